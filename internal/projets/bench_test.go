package projets_test

import (
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

	"intendant/internal/projets/projetstest"
)

// BenchmarkProjects reads the list of 200 projects with Basic, in alternating
// rounds with a handler that writes the same bytes from memory: at least 0.08
// of it.
func BenchmarkProjects(b *testing.B) {
	s := open(b)
	projetstest.Exec(b, s.Appliance, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 197)
		INSERT INTO projects (name, name_key, database_id, no, owner_id, project_type_id, constructor, description, created_at, created_by)
		SELECT 'Projet ' || i, 'projet ' || i, p.database_id, printf('%02d', i + 1), 5, 1, 'Bativo AS', 'Un bâtiment de ' || i || ' pièces', p.created_at, 'testadmin'
		FROM n, projects p WHERE p.id = 1`)
	answer := s.admin("GET /projects.json")
	if n := strings.Count(answer.text, `{"project":`); n != 200 {
		b.Fatalf("%d projects: %.200s", n, answer.line())
	}
	memory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", fmt.Sprint(len(answer.text)))
		_, _ = io.WriteString(w, answer.text)
	}))
	defer memory.Close()
	// The rounds take about as long, so that a busy machine slows both.
	const few, many = 200, 2000
	measure(b, s.url, few) // warm
	var ours, theirs float64
	rounds := 0
	for b.Loop() {
		ours += measure(b, s.url, few)
		theirs += measure(b, memory.URL, many)
		rounds++
	}
	b.ReportMetric(ours/float64(rounds), "req/s")
	b.ReportMetric(theirs/float64(rounds), "memory-req/s")
	b.ReportMetric(ours/theirs, "ratio")
}

// measure reads the list that many times from 16 connections and returns
// requests a second.
func measure(b *testing.B, url string, requests int64) float64 {
	b.Helper()
	const connections = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var left atomic.Int64
	left.Store(requests)
	var wg sync.WaitGroup
	runtime.GC()
	start := time.Now()
	for range connections {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				req, err := http.NewRequest(http.MethodGet, url+"/projects.json", nil)
				if err != nil {
					b.Error(err)
					return
				}
				req.SetBasicAuth(projetstest.AdminName, projetstest.AdminPassword)
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
					b.Error(resp.Status, err)
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	return float64(requests) / time.Since(start).Seconds()
}
