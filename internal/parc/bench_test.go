package parc_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/demo"
	"intendant/internal/identity"
)

// benchSite is an appliance with 5,000 equipments on 200 sites.
func benchSite(b *testing.B) (url, token, siteID string) {
	b.Helper()
	a, err := appliance.Open(b.Context(), appliance.Config{Data: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(a.Server())
	b.Cleanup(func() { srv.Close(); a.Close() })
	if siteID, err = demo.LoadLarge(b.Context(), a, 200, 25); err != nil {
		b.Fatal(err)
	}
	admin, err := a.Identity.RoleByName(b.Context(), identity.Admin)
	if err != nil {
		b.Fatal(err)
	}
	account, err := a.Identity.CreateAccount(b.Context(), identity.NewAccount{UserName: "chef", RoleUUID: admin.UUID})
	if err != nil {
		b.Fatal(err)
	}
	if token, err = a.Identity.IssueToken(b.Context(), account.ID, time.Hour); err != nil {
		b.Fatal(err)
	}
	return srv.URL, token, siteID
}

// measure sends n requests from the connections and returns requests a second.
func measure(b *testing.B, n, connections int, method, url, token, body string) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	runtime.GC()
	start := time.Now()
	for range connections {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				req, err := http.NewRequest(method, url, strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+token)
				req.Header.Set("Content-Type", "application/json")
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
					b.Errorf("%s %v", resp.Status, err)
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(start).Seconds()
}

// against compares a request with a handler that reads the same body and
// writes the same bytes from memory, in alternating rounds of one run.
func against(b *testing.B, connections int, method, url, token, body string) {
	b.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		b.Fatal(resp.Status, err)
	}
	memory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var buf bytes.Buffer
		_, _ = io.Copy(&buf, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
		_, _ = w.Write(answer)
	}))
	defer memory.Close()
	const requests = 3000
	measure(b, requests/4, connections, method, url, token, body) // warm
	var ours, theirs float64
	rounds := 0
	for b.Loop() {
		ours += measure(b, requests, connections, method, url, token, body)
		theirs += measure(b, requests, connections, method, memory.URL, token, body)
		rounds++
	}
	b.ReportMetric(ours/float64(rounds), "req/s")
	b.ReportMetric(theirs/float64(rounds), "memory-req/s")
	b.ReportMetric(ours/theirs, "ratio")
}

// BenchmarkEquipementsAll is to be at least 0.08 of the handler in memory.
func BenchmarkEquipementsAll(b *testing.B) {
	url, token, _ := benchSite(b)
	against(b, 16, "GET", url+"/equipements/all?size=50", token, "")
}

// BenchmarkEquipementsRegister is to be at least 0.10 of the handler in
// memory, with each row on disk before its answer.
func BenchmarkEquipementsRegister(b *testing.B) {
	url, token, site := benchSite(b)
	body := fmt.Sprintf(`{"ip":"10.0.0.1","site_id":%q,"marque":"Cisco","sources":["snmp"],"port":22,"username":"u","password":"p","description":"d","modele":"x"}`, site)
	against(b, 16, "POST", url+"/equipements/register", token, body)
}
