// Package metriques counts what the appliance does, for Prometheus.
//
// The registry is its own: nothing that a library registers by itself shows.
package metriques

import (
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Config says what is watched.
type Config struct {
	// Version of the program; "" reads the one that the Go tools recorded.
	Version string
	// Base is watched at each scrape; nil leaves its metrics out.
	Base Base
}

// Metrics are the counters of one appliance. Its methods may be called from
// several goroutines.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	inFlight  prometheus.Gauge
}

// buckets of the durations of answers, in seconds: most take about a
// millisecond, a bulletin of a whole promotion many seconds.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// New returns counters at zero.
func New(cfg Config) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "intendant_http_requests_total",
			Help: "Requests answered, by route pattern, method and class of status.",
		}, []string{"route", "method", "class"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "intendant_http_request_duration_seconds", Buckets: buckets,
			Help: "Time from the request's head to the end of its answer, by route pattern and method.",
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "intendant_http_requests_in_flight",
			Help: "Requests being answered, the scrape itself included.",
		}),
	}
	m.registry.MustRegister(
		m.requests, m.durations, m.inFlight, buildInfo(cfg.Version),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	if cfg.Base != nil {
		m.registry.MustRegister(baseCollector{cfg.Base})
	}
	return m
}

// unmatched stands for the route of a request that no route matches; a
// pattern begins with a slash.
const unmatched = "none"

// Observe counts one answer. An empty route means that none matched; a status
// of 0, that the client left before there was one.
func (m *Metrics) Observe(route, method string, status int, elapsed time.Duration) {
	if route == "" {
		route = unmatched
	}
	method = knownMethod(method)
	m.requests.WithLabelValues(route, method, class(status)).Inc()
	m.durations.WithLabelValues(route, method).Observe(elapsed.Seconds())
}

// Middleware counts the requests that next is answering.
func (m *Metrics) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Inc()
		defer m.inFlight.Dec()
		next.ServeHTTP(w, r)
	})
}

// knownMethod keeps the number of series bounded: a client may send any word
// for a method.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

func class(status int) string {
	if status < 100 || status > 599 {
		return "none"
	}
	return strconv.Itoa(status/100) + "xx"
}

// buildInfo is the constant 1, its labels the build.
func buildInfo(version string) prometheus.Collector {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if version == "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "intendant_build_info",
		Help:        "Always 1; the labels name the build.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision, "goversion": runtime.Version()},
	}, func() float64 { return 1 })
}
