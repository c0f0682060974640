package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/demo"
)

// largeBase makes a folder with 5,000 equipments on 200 sites and the account
// "admin"; it returns the folder and a site.
func largeBase(b *testing.B) (data, site string) {
	b.Helper()
	data = filepath.Join(b.TempDir(), "site")
	secret := filepath.Join(b.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("trois lampes vertes"), 0o600); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(b.Context(), []string{"init", "--admin", "admin", "--data", data, "--password-file", secret}, &out, &out); code != 0 {
		b.Fatal(out.String())
	}
	a, err := appliance.Open(b.Context(), appliance.Config{Data: data, MustExist: true})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	if site, err = demo.LoadLarge(b.Context(), a, 200, 25); err != nil {
		b.Fatal(err)
	}
	return data, site
}

// BenchmarkStart is the time from nothing to the first answer of /readyz on
// the large base: at most 300 ms.
func BenchmarkStart(b *testing.B) {
	data, _ := largeBase(b)
	program := built(b)
	for b.Loop() {
		cmd, address := serve(b, program, data)
		resp, err := http.Get(address + "/readyz")
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatal(err)
		}
		resp.Body.Close()
		b.StopTimer()
		stop(b, cmd)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
}

// BenchmarkResident is the memory of the process ten seconds after two logins,
// the whole list of equipment read and new ones registered: at most 120 MiB.
func BenchmarkResident(b *testing.B) {
	data, site := largeBase(b)
	program := built(b)
	for b.Loop() {
		cmd, address := serve(b, program, data)
		token := login(b, address)
		login(b, address)
		load(b, 3000, func(int) (*http.Request, error) {
			return http.NewRequest(http.MethodGet, address+"/equipements/all?size=50", nil)
		}, token)
		load(b, 3000, func(i int) (*http.Request, error) {
			body := fmt.Sprintf(`{"ip":"10.0.0.1","site_id":%q,"marque":"Cisco","sources":["snmp"],"port":22,"username":"u","password":"p","description":"%d","modele":"x"}`, site, i)
			req, err := http.NewRequest(http.MethodPost, address+"/equipements/register", strings.NewReader(body))
			if err == nil {
				req.Header.Set("Content-Type", "application/json")
			}
			return req, err
		}, token)
		time.Sleep(10 * time.Second)
		b.ReportMetric(resident(b, cmd.Process.Pid), "MiB")
		stop(b, cmd)
	}
}

// built returns the program as it is shipped.
func built(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "intendant")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

// serve starts the program and returns its address.
func serve(b *testing.B, program, data string) (*exec.Cmd, string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--backup-at", "off")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	line := make([]byte, 256)
	n, err := stdout.Read(line)
	if err != nil {
		b.Fatal(err)
	}
	return cmd, address.FindString(string(line[:n]))
}

func stop(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}

// login returns an access token.
func login(b *testing.B, address string) string {
	b.Helper()
	resp, err := http.PostForm(address+"/auth/login", url.Values{"username": {"admin"}, "password": {"trois lampes vertes"}})
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatal("login", err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(body.String(), `"access_token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

// load sends n requests from 16 connections.
func load(b *testing.B, n int, request func(i int) (*http.Request, error), token string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				req, err := request(int(i))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := new(bytes.Buffer).ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
					b.Error(resp.Status, err)
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
}

// resident returns the resident memory of a process, in MiB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}
