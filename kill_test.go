package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"intendant/db"
	"intendant/internal/appliance"
)

// childEnv makes the test binary behave as the program itself.
const childEnv = "TEST_AS_INTENDANT"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main() // which exits
	}
	code := m.Run()
	if sample != "" {
		os.RemoveAll(sample)
	}
	os.Exit(code)
}

// child starts the program in a process of its own and returns its address.
func child(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	return startChild(t, exec.CommandContext(t.Context(), os.Args[0], args...))
}

// startChild starts a command that runs the program and returns its address.
func startChild(t *testing.T, cmd *exec.Cmd) (*exec.Cmd, string) {
	t.Helper()
	cmd.Env = append(cmd.Environ(), childEnv+"=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	return cmd, address.FindString(line)
}

const (
	kills       = 20
	connections = 16
	acksOfRound = 60
)

// TestKill kills a server that registers equipment from 16 connections, again
// and again: every acknowledged row is there after each restart, whole, with
// its line of the journal.
func TestKill(t *testing.T) {
	data := demoFolder(t)
	token := strings.TrimSpace(command(t, 0, "token", "admin", "--data", data))
	site, existing := firstSite(t, data)
	acked := map[string]bool{}
	for round := range kills {
		cmd, url := child(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
		for _, id := range registerUntilKilled(t, cmd, url, token, site, round) {
			acked[id] = true
		}
		verifyPages(t, data)
		verify(t, data, acked, existing)
	}
	if len(acked) < kills*acksOfRound {
		t.Errorf("only %d acknowledged", len(acked))
	}
}

// firstSite returns a site and the number of equipments the sample has.
func firstSite(t *testing.T, data string) (string, int) {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	sites, err := a.Store.Read().SitesWithClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := a.Store.Read().CountEquipements(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sites[0].SiteID, int(n)
}

// registerUntilKilled registers from all connections, kills the child after
// acksOfRound answers, and returns every identifier acknowledged.
func registerUntilKilled(t *testing.T, cmd *exec.Cmd, url, token, site string, round int) []string {
	t.Helper()
	var mu sync.Mutex
	var acked []string
	var wg sync.WaitGroup
	for c := range connections {
		wg.Go(func() {
			for i := 0; ; i++ {
				id, err := register(t.Context(), url, token, site, fmt.Sprintf("%d-%d-%d", round, c, i))
				if err != nil {
					return // the server is gone
				}
				mu.Lock()
				acked = append(acked, id)
				if len(acked) == acksOfRound {
					_ = cmd.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	_ = cmd.Wait()
	return acked
}

func register(ctx context.Context, url, token, site, description string) (string, error) {
	body := fmt.Sprintf(`{"ip":"10.0.0.1","site_id":%q,"marque":"m","sources":["a"],"port":1,"username":"u","password":"p","description":%q,"modele":"x"}`, site, description)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/equipements/register", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %s", resp.Status)
	}
	var out struct {
		ID string `json:"equipement_id"`
	}
	return out.ID, json.NewDecoder(resp.Body).Decode(&out)
}

// verify opens the base as the next start would and looks for every
// acknowledged row.
func verify(t *testing.T, data string, acked map[string]bool, existing int) {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	rows, err := a.Store.Read().AllEquipements(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, row := range rows {
		there[row.EquipementID] = true
	}
	for id := range acked {
		if !there[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	lines, err := a.Store.Read().CountJournalLines(t.Context(), db.CountJournalLinesParams{Action: "equipement.create", Until: "9999"})
	if err != nil {
		t.Fatal(err)
	}
	if int(lines) != len(rows)-existing {
		t.Errorf("%d lines of the journal for %d new rows", lines, len(rows)-existing)
	}
}

// verifyPages asks SQLite whether the killed base is whole, before anything
// else has opened it: a copy of it would have fresh indexes.
func verifyPages(t *testing.T, data string) {
	t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(filepath.Join(data, appliance.BaseName))+"?mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	var verdict string
	if err := base.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %q, %v", verdict, err)
	}
}
