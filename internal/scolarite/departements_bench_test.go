package scolarite_test

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

	"intendant/internal/scolarite"
)

// BenchmarkDepartements reads the list of 10 departments, in alternating rounds
// with a handler that writes the same bytes from memory: at least 0.2 of it.
func BenchmarkDepartements(b *testing.B) {
	s := open(b)
	s.exec(`WITH RECURSIVE n (i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
		INSERT INTO departements (acronym, date_creation) SELECT 'DEPT' || i, '2024-09-01T08:00:00.000Z' FROM n`)
	answer := s.get("departements")
	if n := strings.Count(answer.body, `"acronym"`); n != 10 {
		b.Fatalf("%d departments: %s", n, answer.line())
	}
	s.against(b, "departements", answer)
}

// against reads a path as the administrator and compares it with a handler
// that writes the answer from memory.
func (s *site) against(b *testing.B, path string, a answer) {
	b.Helper()
	memory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
		w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
		_, _ = io.WriteString(w, a.body)
	}))
	defer memory.Close()
	path = scolarite.Base + "/" + path
	const requests = 3000
	s.measure(b, s.url+path, requests/4) // warm
	var ours, theirs float64
	rounds := 0
	for b.Loop() {
		ours += s.measure(b, s.url+path, requests)
		theirs += s.measure(b, memory.URL+path, requests)
		rounds++
	}
	b.ReportMetric(ours/float64(rounds), "req/s")
	b.ReportMetric(theirs/float64(rounds), "memory-req/s")
	b.ReportMetric(ours/theirs, "ratio")
}

// measure reads a URL that many times from 16 connections and returns requests
// a second.
func (s *site) measure(b *testing.B, url string, requests int64) float64 {
	b.Helper()
	const connections = 16
	token := s.token(chef)
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
				req, err := http.NewRequest(http.MethodGet, url, nil)
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
