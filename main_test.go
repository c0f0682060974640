package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
)

// command runs one command line and returns its output; it fails the test
// unless it exits with code.
func command(t *testing.T, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(t.Context(), args, &stdout, &stderr); got != code {
		t.Fatalf("intendant %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout.String(), stderr.String())
	}
	return stdout.String() + stderr.String()
}

// secretFile writes a password to a file of its own.
func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// chefPassword is that of the administrator of the sample data.
const chefPassword = "cheval-batterie-9"

// demoFolder returns a folder of the test's own with the sample data. They are
// loaded once, and copied.
func demoFolder(t *testing.T) string {
	t.Helper()
	sampleOnce.Do(func() {
		folder, err := os.MkdirTemp("", "intendant-test")
		if err != nil {
			t.Fatal(err)
		}
		sample = folder
		command(t, 0, "demo", "--load-only", "--data", filepath.Join(sample, "site"), "--password-file", secretFile(t, chefPassword))
	})
	data := filepath.Join(t.TempDir(), "site")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", filepath.Join(sample, "site"), data).CombinedOutput(); err != nil {
		t.Fatalf("copy the sample data: %v\n%s", err, out)
	}
	return data
}

var (
	sampleOnce sync.Once
	sample     string // a folder, or "" until a test asks for it
)

// lines lets a test read what a running command prints.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

var address = regexp.MustCompile(`http://\S+`)

// start runs a serving command until the test ends, and returns its address.
func start(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out := &lines{more: make(chan struct{}, 1)}
	done := make(chan int, 1)
	go func() { done <- run(ctx, append(args, "--listen", "127.0.0.1:0"), out, io.Discard) }()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			t.Errorf("intendant %s: exit %d", args[0], code)
		}
	})
	for {
		select {
		case <-out.more:
		case code := <-done:
			done <- code
			t.Fatalf("intendant %s ended with %d: %s", strings.Join(args, " "), code, out.text.String())
		}
		out.mu.Lock()
		found := address.FindString(out.text.String())
		out.mu.Unlock()
		if found != "" {
			return found
		}
	}
}

func get(t *testing.T, url, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestFourLines follows the configuration that the document of the student
// records API gives: role, rights, account, password.
func TestFourLines(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	command(t, 1, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	command(t, 0, "role", "create", "LecteurAPI", "--data", data)
	command(t, 0, "role", "edit", "LecteurAPI", "-a", "ScoView", "-a", "users:read", "--data", data)
	command(t, 0, "user", "create", "lecteur_api", "LecteurAPI", "@all", "--data", data)
	command(t, 0, "user", "password", "lecteur_api", "--password-file", secretFile(t, "agrafe-correcte-7"), "--data", data)
	command(t, 1, "user", "password", "lecteur_api", "--password-file", secretFile(t, "azerty"), "--data", data)
	command(t, 1, "user", "create", "autre", "LecteurAPI", "XX", "--data", data)

	url := start(t, "serve", "--data", data)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/users/list", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("lecteur_api", "agrafe-correcte-7")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the new account reads the users: %d", resp.StatusCode)
	}
	command(t, 0, "healthcheck", "--url", url)
	command(t, 1, "restore", "--data", data, secretFile(t, "not an archive"))
	if list, want := command(t, 0, "user", "list", "--data", data), "chef\t100000\tchef\tactif\tadmin\nlecteur_api\t100001\t\tactif\tLecteurAPI\n"; list != want {
		t.Errorf("accounts: %q, want %q", list, want)
	}
	command(t, 0, "user", "role", "lecteur_api", "-a", "admin", "-r", "LecteurAPI", "--data", data)
}

// TestDisableStopsTokensAtOnce disables an account from the command line while
// its token is in use: from the moment the command returns it opens nothing.
func TestDisableStopsTokensAtOnce(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	command(t, 0, "user", "create", "agent", "admin", "@all", "--data", data)
	url := start(t, "serve", "--data", data)
	token := strings.TrimSpace(command(t, 0, "token", "agent", "--data", data))
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				get(t, url+"/users/list", token)
			}
		})
	}
	if status := get(t, url+"/users/list", token); status != http.StatusOK {
		t.Errorf("before: %d", status)
	}
	command(t, 0, "user", "disable", "agent", "--data", data)
	for range 20 {
		if status := get(t, url+"/users/list", token); status != http.StatusUnauthorized {
			t.Errorf("after: %d", status)
		}
	}
	stop()
	wg.Wait()
	command(t, 0, "user", "enable", "agent", "--data", data)
}

func TestBackupBesideTheServer(t *testing.T) {
	data := demoFolder(t)
	command(t, 1, "demo", "--load-only", "--data", data)
	start(t, "serve", "--data", data)
	file := filepath.Join(t.TempDir(), "tout.tar")
	if out := command(t, 0, "backup", "--data", data, file); !strings.Contains(out, "intendant.db") {
		t.Errorf("printed %s", out)
	}
	if out := command(t, 1, "restore", "--data", data, file); !strings.Contains(out, "stop the server first") {
		t.Errorf("restored under a running server: %s", out)
	}
	empty := filepath.Join(t.TempDir(), "ailleurs")
	command(t, 0, "restore", "--data", empty, file)
	if list := command(t, 0, "user", "list", "--data", empty); !strings.Contains(list, "n.mbarga") {
		t.Errorf("accounts after the restore: %s", list)
	}
}

// TestBackupForms makes and restores an archive without keys, and a sealed one.
func TestBackupForms(t *testing.T) {
	data, folder := filepath.Join(t.TempDir(), "site"), t.TempDir()
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	passphrase := secretFile(t, "une phrase assez longue")
	bare, sealed := filepath.Join(folder, "sans-cles.tar"), filepath.Join(folder, "scelle.tar.age")
	if out := command(t, 0, "backup", "--data", data, "--without-keys", bare); strings.Contains(out, "keys/") || !strings.Contains(out, "vérifiés") {
		t.Errorf("without keys: %s", out)
	}
	if out := command(t, 0, "backup", "--data", data, sealed, "--passphrase-file", passphrase); !strings.Contains(out, "keys/seal.key") {
		t.Errorf("sealed: %s", out)
	}
	for _, file := range []string{bare, sealed} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
		command(t, 1, "backup", "--data", data, file) // never over another
	}

	elsewhere := filepath.Join(t.TempDir(), "ailleurs")
	command(t, 1, "restore", "--data", elsewhere, sealed)
	command(t, 1, "restore", "--data", elsewhere, sealed, "--passphrase-file", secretFile(t, "une autre phrase"))
	if out := command(t, 0, "restore", "--data", elsewhere, sealed, "--passphrase-file", passphrase); !strings.Contains(out, "vérifiés") {
		t.Errorf("nothing is said to be checked: %s", out)
	}
	if out := command(t, 0, "restore", "--data", elsewhere, bare); !strings.Contains(out, "ancien contenu") {
		t.Errorf("what was replaced is not named: %s", out)
	}
	if list := command(t, 0, "user", "list", "--data", elsewhere); !strings.Contains(list, "chef") {
		t.Errorf("the keys that were there are lost: %s", list)
	}
}

// TestCommandsBesideTheServer runs every command that the server must see at
// once while it runs.
func TestCommandsBesideTheServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	url := start(t, "serve", "--data", data)
	t.Setenv("INTENDANT_DATA", data)
	token := ""
	for _, row := range []struct {
		args []string
		want int // what GET /users/list then answers to the token
	}{
		{[]string{"role", "create", "LecteurAPI"}, 0},
		{[]string{"user", "create", "lecteur_api", "LecteurAPI", "@all"}, 0},
		{[]string{"token", "lecteur_api"}, http.StatusForbidden},
		{[]string{"role", "edit", "LecteurAPI", "-a", "users:read", "-a", "ScoView"}, http.StatusOK},
		{[]string{"role", "edit", "LecteurAPI", "-r", "users:read"}, http.StatusForbidden},
		{[]string{"user", "role", "lecteur_api", "-a", "admin"}, http.StatusOK},
		{[]string{"user", "role", "lecteur_api", "-r", "admin", "-r", "LecteurAPI"}, http.StatusForbidden},
		{[]string{"user", "disable", "lecteur_api"}, http.StatusUnauthorized},
		{[]string{"user", "enable", "lecteur_api"}, http.StatusUnauthorized}, // the token does not come back
		{[]string{"user", "list"}, 0},
		{[]string{"backup", filepath.Join(t.TempDir(), "tout.tar")}, 0},
		{[]string{"routes"}, 0},
		{[]string{"openapi"}, 0},
		{[]string{"healthcheck", "--url", url}, 0},
	} {
		out := command(t, 0, row.args...)
		if row.args[0] == "token" {
			token = strings.TrimSpace(out)
		}
		if row.want == 0 {
			continue
		}
		if status := get(t, url+"/users/list", token); status != row.want {
			t.Errorf("after %v: %d, want %d", row.args, status, row.want)
		}
	}
}

func TestRoutesAreData(t *testing.T) {
	var table []routeLine
	if err := json.Unmarshal([]byte(command(t, 0, "routes", "--json")), &table); err != nil {
		t.Fatal(err)
	}
	documented := 0
	for _, l := range table {
		if l.Permission == "" || l.Name == "" || !strings.HasPrefix(l.Path, "/") {
			t.Errorf("incomplete: %+v", l)
		}
		if l.System == "parc" && !l.Extension {
			documented++
		}
	}
	if documented != 19 {
		t.Errorf("%d documented operations of parc, want 19", documented)
	}
}

// published is a parameter of a path as ScoDoc's document writes it.
var published = regexp.MustCompile(`<(?:(int|string):)?(\w+)>`)

// TestRoutesAreAllOfScoDoc finds every one of the 200 routes of the published
// document among those that the command lists, with its method and permission.
func TestRoutesAreAllOfScoDoc(t *testing.T) {
	var table []routeLine
	if err := json.Unmarshal([]byte(command(t, 0, "routes", "--json")), &table); err != nil {
		t.Fatal(err)
	}
	listed := map[string]routeLine{}
	for _, l := range table {
		listed[l.Method+" "+strings.ReplaceAll(l.Path, ":string}", "}")] = l
	}
	text, err := os.ReadFile(filepath.Join("internal", "appliance", "testdata", "routes-scolarite.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	functions := map[string]bool{}
	for _, line := range lines {
		want := strings.Split(line, "\t") // family, name, method, permission, path
		path := published.ReplaceAllStringFunc(want[4], func(p string) string {
			m := published.FindStringSubmatch(p)
			if m[1] == "int" {
				return "{" + m[2] + ":int}"
			}
			return "{" + m[2] + "}"
		})
		got, ok := listed[want[2]+" "+path]
		needs := strings.TrimPrefix(got.Permission, "scodoc:")
		if needs == "signed-in" && (want[3] == "none" || want[3] == "authenticated") {
			needs = want[3]
		}
		if !ok || got.Name != want[1] || got.Family != want[0] || needs != want[3] || got.Extension {
			t.Errorf("%s %s: %+v, want %v", want[2], path, got, want)
		}
		functions[want[1]] = true
	}
	if len(lines) != 200 || len(functions) != 139 {
		t.Errorf("%d routes of %d functions, the document has 200 of 139", len(lines), len(functions))
	}
}

// TestHelpIsInBothLanguages reads the help of every command and option.
func TestHelpIsInBothLanguages(t *testing.T) {
	parser, err := newParser(t.Context(), io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var read func(n *kong.Node)
	read = func(n *kong.Node) {
		texts := map[string]string{n.FullPath(): n.Help}
		for _, f := range n.Flags {
			texts[n.FullPath()+" --"+f.Name] = f.Help
		}
		for _, p := range n.Positional {
			texts[n.FullPath()+" "+p.Name] = p.Help
		}
		for where, help := range texts {
			if french, english, ok := strings.Cut(help, " / "); !ok || french == "" || english == "" {
				t.Errorf("%s: %q", where, help)
			}
		}
		for _, child := range n.Children {
			read(child)
		}
	}
	read(parser.Model.Node)
	help := command(t, 0, "backup", "--help")
	for _, want := range []string{"Options :", "Affiche cette aide", "Show this help"} {
		if !strings.Contains(help, want) {
			t.Errorf("%q is not in %s", want, help)
		}
	}
}

// TestFaultsAreInBothLanguages lets whoever types the commands understand them.
func TestFaultsAreInBothLanguages(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	for _, row := range []struct {
		want string
		args []string
	}{
		{"intendant: " + data + " : une base s'y trouve déjà / a base is there already\n", []string{"init", "--admin", "chef"}},
		{"intendant: " + data + " : le dossier n'est pas vide / the folder is not empty\n", []string{"demo", "--load-only"}},
		{"intendant: Un rôle porte déjà ce nom. / Role already exists\n", []string{"role", "create", "admin"}},
		{"intendant: Ce rôle n’existe pas. / Absent: Role not found\n", []string{"role", "edit", "Absent", "-a", "ScoView"}},
		{"intendant: C’est le dernier administrateur actif : nommez-en un autre d’abord. / The last administrator cannot be deactivated\n", []string{"user", "disable", "chef"}},
		{"intendant: Au moins 8 caractères. / password: The password must have at least 8 characters.\n", []string{"user", "password", "chef", "--password-file", secretFile(t, "azerty")}},
	} {
		if got := command(t, 1, append(row.args, "--data", data)...); got != row.want {
			t.Errorf("%v: %q, want %q", row.args, got, row.want)
		}
	}
}

// TestDemoKeepsTheGivenPassword prints only a password that demo drew itself.
func TestDemoKeepsTheGivenPassword(t *testing.T) {
	given := "cheval-batterie-9"
	out := command(t, 0, "demo", "--load-only", "--data", filepath.Join(t.TempDir(), "a"), "--password-file", secretFile(t, given))
	if !strings.Contains(out, "Compte : admin\n") || strings.Contains(out, given) {
		t.Errorf("with a file: %s", out)
	}
	out = command(t, 0, "demo", "--load-only", "--data", filepath.Join(t.TempDir(), "b"))
	if !regexp.MustCompile(`Compte : admin\nMot de passe : \S{12,}\n`).MatchString(out) {
		t.Errorf("without one: %s", out)
	}
}

func TestExitCodes(t *testing.T) {
	command(t, 0, "version")
	command(t, 0, "--help")
	for _, args := range [][]string{{"version"}, {"routes", "--json"}, {"openapi", "parc"}} { // every command takes --data
		command(t, 0, append(args, "--data", t.TempDir())...)
	}
	command(t, 2, "unknown")
	command(t, 2, "serve", "--no-such-flag")
	absent := filepath.Join(t.TempDir(), "absent")
	if got, want := command(t, 1, "user", "list", "--data", absent), "intendant: "+absent+" : aucune base ; --data ou INTENDANT_DATA nomme le dossier / no base there\n"; got != want {
		t.Errorf("without a base: %q, want %q", got, want)
	}
	t.Setenv("INTENDANT_LOG_JSON", "perhaps")
	if out := command(t, 2, "serve"); !strings.Contains(out, "INTENDANT_LOG_JSON") {
		t.Errorf("an invalid setting is not named: %s", out)
	}
	t.Setenv("INTENDANT_LOG_JSON", "true")
	t.Setenv("INTENDANT_LISTEM", "127.0.0.1:0")
	if out := command(t, 2, "version"); !strings.Contains(out, "INTENDANT_LISTEM") {
		t.Errorf("an unknown setting is not named: %s", out)
	}
}
