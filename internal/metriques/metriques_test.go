package metriques_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/metriques"
)

// nobody is an authenticator that knows no caller.
type nobody struct{}

func (nobody) Authenticate(*http.Request) (api.Caller, error) { return nil, nil }

// watched is a server that answers two entries and tells its metrics.
type watched struct {
	metrics *metriques.Metrics
	store   *db.Store
	handler http.Handler
	entered chan struct{} // a request of /slow is inside
	leave   chan struct{} // lets it go
}

func watch(t *testing.T) *watched {
	t.Helper()
	store, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "base.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	w := &watched{
		metrics: metriques.New(metriques.Config{Version: "1.2.3", Base: store}),
		store:   store, entered: make(chan struct{}), leave: make(chan struct{}),
	}
	slow := func(context.Context, api.None) (api.Text, error) {
		w.entered <- struct{}{}
		<-w.leave
		return "ok", nil
	}
	type ref struct {
		ID int64 `path:"id"`
	}
	thing := func(context.Context, ref) (api.Text, error) { return "ok", nil }
	routes := append(
		w.metrics.Routes(slog.New(slog.DiscardHandler)),
		api.Get("slow", api.Public, slow, "/slow"),
		api.Get("thing", api.Public, thing, "/thing/{id:int}"),
	)
	rt, err := api.NewRouter(&api.System{Name: "server", Dialect: api.FastAPI{}, Routes: routes})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = w.metrics.Middleware(&api.Server{
		Router: rt, Authenticator: nobody{}, Fallback: api.FastAPI{}, Logger: slog.New(slog.DiscardHandler), Observe: w.metrics.Observe,
	})
	return w
}

func (w *watched) call(t *testing.T, peer, method, path string) *http.Response {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	req.RemoteAddr = peer
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	return rec.Result()
}

const (
	here      = "127.0.0.1:4321"
	elsewhere = "192.0.2.7:4321"
)

// scrape reads and parses the metrics as Prometheus does.
func (w *watched) scrape(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	resp := w.call(t, here, http.MethodGet, "/metrics")
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Fatalf("%s %s: %s", resp.Status, resp.Header.Get("Content-Type"), text)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return families
}

// metric returns the one of a family with these labels, nil when there is
// none.
func metric(families map[string]*dto.MetricFamily, name string, labels ...string) *dto.Metric {
	for _, m := range families[name].GetMetric() {
		found := 0
		for _, l := range m.GetLabel() {
			for i := 0; i < len(labels); i += 2 {
				if l.GetName() == labels[i] && l.GetValue() == labels[i+1] {
					found++
				}
			}
		}
		if found == len(labels)/2 {
			return m
		}
	}
	return nil
}

func TestRequestsAreCounted(t *testing.T) {
	w := watch(t)
	for _, r := range [][2]string{
		{"GET", "/thing/7"}, {"GET", "/thing/8"}, {"POST", "/thing/7"}, {"GET", "/thing/x"}, {"BREW", "/nowhere"}, {"STEEP", "/elsewhere"},
	} {
		w.call(t, elsewhere, r[0], r[1])
	}
	families := w.scrape(t)
	for _, tt := range []struct {
		route, method, class string
		want                 float64
	}{
		{"/thing/{id:int}", "GET", "2xx", 2},
		{"none", "POST", "4xx", 1},
		{"none", "GET", "4xx", 1},
		{"none", "other", "4xx", 2},
	} {
		m := metric(families, "intendant_http_requests_total", "route", tt.route, "method", tt.method, "class", tt.class)
		if got := m.GetCounter().GetValue(); got != tt.want {
			t.Errorf("%s %s %s: %v, want %v", tt.method, tt.route, tt.class, got, tt.want)
		}
	}
	m := metric(families, "intendant_http_request_duration_seconds", "route", "/thing/{id:int}", "method", "GET")
	if got := m.GetHistogram().GetSampleCount(); got != 2 {
		t.Errorf("%d durations, want 2", got)
	}
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes"} {
		if families[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	if m := metric(families, "intendant_build_info", "version", "1.2.3"); m.GetGauge().GetValue() != 1 {
		t.Errorf("build: %v", families["intendant_build_info"])
	}
}

func TestAnAnswerWithoutStatusIsCounted(t *testing.T) {
	w := watch(t)
	w.metrics.Observe("/thing/{id:int}", "GET", 0, time.Second)
	if m := metric(w.scrape(t), "intendant_http_requests_total", "class", "none"); m.GetCounter().GetValue() != 1 {
		t.Errorf("counted: %v", m)
	}
}

func TestInFlight(t *testing.T) {
	w := watch(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.call(t, here, http.MethodGet, "/slow")
	}()
	inFlight := func() float64 {
		return metric(w.scrape(t), "intendant_http_requests_in_flight").GetGauge().GetValue()
	}
	<-w.entered
	if got := inFlight(); got != 2 {
		t.Errorf("in flight with a slow one: %v, want it and the scrape", got)
	}
	w.leave <- struct{}{}
	<-done
	if got := inFlight(); got != 1 {
		t.Errorf("in flight afterwards: %v, want the scrape alone", got)
	}
}

func TestTheBaseIsWatched(t *testing.T) {
	w := watch(t)
	before := w.scrape(t)
	if got := metric(before, "intendant_backup_last_success_timestamp_seconds").GetGauge().GetValue(); got != 0 {
		t.Errorf("backup before any: %v", got)
	}
	at := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	for i, checked := range []bool{true, false} {
		err := w.store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
			_, err := q.RecordBackup(ctx, db.RecordBackupParams{At: db.At(at.AddDate(0, 0, i)), File: "f", Size: 1, Checked: checked})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	after := w.scrape(t)
	if got := metric(after, "intendant_backup_last_success_timestamp_seconds").GetGauge().GetValue(); got != float64(at.Unix()) {
		t.Errorf("last good backup: %v, want %d", got, at.Unix())
	}
	commits := func(f map[string]*dto.MetricFamily) (uint64, float64) {
		s := metric(f, "intendant_writer_commit_duration_seconds").GetSummary()
		return s.GetSampleCount(), s.GetSampleSum()
	}
	n0, spent0 := commits(before)
	if n, spent := commits(after); n != n0+2 || spent <= spent0 {
		t.Errorf("commits: %d in %v s, before %d in %v s", n, spent, n0, spent0)
	}
	if got := metric(after, "intendant_writer_writes_total").GetCounter().GetValue(); got < 2 {
		t.Errorf("writes: %v", got)
	}
	if metric(after, "intendant_base_size_bytes").GetGauge().GetValue() <= 0 || metric(after, "intendant_wal_size_bytes").GetGauge().GetValue() <= 0 {
		t.Errorf("sizes: %v %v", after["intendant_base_size_bytes"], after["intendant_wal_size_bytes"])
	}
	if families := after["intendant_writer_queue_length"]; families == nil || families.GetMetric()[0].GetGauge().GetValue() != 0 {
		t.Errorf("queue: %v", families)
	}
}

// TestAClosedBaseLeavesTheRest scrapes when the base does not answer: what it
// would have told is missing, the rest is there.
func TestAClosedBaseLeavesTheRest(t *testing.T) {
	w := watch(t)
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	families := w.scrape(t)
	if families["intendant_backup_last_success_timestamp_seconds"] != nil {
		t.Error("a time of backup was invented")
	}
	if families["go_goroutines"] == nil || families["intendant_writer_queue_length"] == nil {
		t.Error("the rest is missing too")
	}
}

func TestOthersNeedThePermission(t *testing.T) {
	w := watch(t)
	if resp := w.call(t, elsewhere, http.MethodGet, "/metrics"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("from elsewhere: %s", resp.Status)
	}
	if resp := w.call(t, "[::1]:4321", http.MethodGet, "/metrics"); resp.StatusCode != http.StatusOK {
		t.Errorf("from this machine: %s", resp.Status)
	}
}
