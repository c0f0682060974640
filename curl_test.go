package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/appliance"
	"intendant/internal/projets/projetstest"
)

// TestTheCurlsOfTheDocument runs the curl lines of the published document of
// projets against the program, in a process of its own, and compares the
// answers whole. An instant of this very run stands for the document's.
func TestTheCurlsOfTheDocument(t *testing.T) {
	_, url := childOn(t, examples(t))
	since := time.Now().Truncate(time.Second)
	files := map[string]string{}
	for _, step := range session(t, filepath.Join("internal", "projets", "testdata", "reference", "session.txt")) {
		if name, ok := strings.CutPrefix(step.command, "cat "); ok {
			files[name] = step.output
			continue
		}
		got := datedAs(step.output, curl(t, url, step.command, files), since)
		if diff := cmp.Diff(step.output, got); diff != "" {
			t.Errorf("$ %s\n(-want +got)\n%s", step.command, diff)
		}
	}
}

// examples makes a data folder with what the examples suppose.
func examples(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "site")
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	projetstest.Load(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// childOn starts the program on a data folder, in a process that ends with the
// test, and returns its address.
func childOn(t *testing.T, data string, flags ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd, url := child(t, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--backup-at", "off"}, flags...)...)
	t.Cleanup(func() { kill(cmd) })
	return cmd, url
}

// kill ends a process as a power cut does; one that has ended stays so.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// step is a command of a session and what it prints.
type step struct{ command, output string }

// session reads the steps of a file, each of which begins with "$ ".
func session(t *testing.T, path string) []step {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for block := range strings.SplitSeq("\n"+string(text), "\n$ ") {
		if command, output, ok := strings.Cut(block, "\n"); ok && command != "" {
			steps = append(steps, step{command, strings.TrimSpace(output)})
		}
	}
	return steps
}

// documented is the address in the lines of the document.
const documented = "http://localhost:3000"

// curl does what the line asks of the server at url, and returns status,
// headers and body of the answer. Files are those that "-d @name" sends.
func curl(t *testing.T, url, line string, files map[string]string) string {
	t.Helper()
	line, isReformatted := strings.CutSuffix(line, "|json_reformat")
	method, address, header, body := http.MethodGet, "", http.Header{"Accept": {"*/*"}}, ""
	words := shellWords(t, line)
	for i := 1; i < len(words); i++ {
		option := words[i]
		if option == "-s" {
			continue
		}
		if !strings.HasPrefix(option, "-") {
			address = option
			continue
		}
		i++
		switch value := words[i]; option {
		case "-H":
			name, text, _ := strings.Cut(value, ": ")
			header.Set(name, text)
		case "-X":
			method = value
		case "-u":
			name, password, _ := strings.Cut(value, ":")
			r := http.Request{Header: header}
			r.SetBasicAuth(name, password)
		case "-d":
			body = value
			if name, ok := strings.CutPrefix(value, "@"); ok {
				body = strings.ReplaceAll(files[name], "\n", "")
			}
		default:
			t.Fatalf("curl %s is not known here: %s", option, line)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, strings.Replace(address, documented, url, 1), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(printed(t, resp, isReformatted), url, documented)
}

var shellWord = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// shellWords splits a line as a shell does one whose quotes stand around whole
// words.
func shellWords(t *testing.T, line string) []string {
	t.Helper()
	words := shellWord.FindAllString(line, -1)
	if len(words) == 0 || words[0] != "curl" {
		t.Fatalf("not a curl: %s", line)
	}
	for i, word := range words {
		if word[0] == '\'' || word[0] == '"' {
			words[i] = word[1 : len(word)-1]
		}
	}
	return words
}

// printed is an answer as the session has it, without what differs each time:
// the date, the number of the request.
func printed(t *testing.T, resp *http.Response, isReformatted bool) string {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, resp.Status)
	for _, name := range []string{"Content-Length", "Date", "X-Request-Id"} {
		resp.Header.Del(name)
	}
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(resp.Header[name], ", "))
	}
	out.WriteByte('\n')
	if !isReformatted {
		out.Write(body)
	} else if err := json.Indent(&out, body, "", "    "); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return strings.TrimSpace(out.String())
}

var instant = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// datedAs puts the instants of want into got, in the places of those that lie
// between since and now.
func datedAs(want, got string, since time.Time) string {
	dates := instant.FindAllString(want, -1)
	i := -1
	return instant.ReplaceAllStringFunc(got, func(text string) string {
		i++
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || i >= len(dates) || at.Before(since) || at.After(time.Now()) {
			return text
		}
		return dates[i]
	})
}
