package metriques

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/common/expfmt"

	"intendant/internal/api"
)

// Read is the permission to read the metrics.
const Read api.Permission = "metrics:read"

// Routes returns the entry that Prometheus reads: open to this machine, to
// others with the permission. What could not be measured is told to logger.
func (m *Metrics) Routes(logger *slog.Logger) []api.Route {
	scrape := func(ctx context.Context, _ api.None) (api.File, error) {
		text, err := m.Text()
		if len(text) == 0 {
			return api.File{}, err
		}
		if err != nil {
			logger.WarnContext(ctx, "metrics incomplete", "request", api.RequestFrom(ctx).ID, "error", err)
		}
		return api.File{
			ContentType: string(expfmt.FmtText), Content: bytes.NewReader(text), Size: int64(len(text)), Inline: true,
		}, nil
	}
	return api.Family(
		"mesures",
		api.Get("metrics", Read, scrape, "/metrics").Loopback().
			Doc("Mesures du serveur pour Prometheus.").Extension(),
	)
}

// Text returns the metrics in the text format of Prometheus, version 0.0.4.
// The error says what could not be measured; the rest is there all the same.
func (m *Metrics) Text() ([]byte, error) {
	families, failed := m.registry.Gather()
	var buf bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&buf, f); err != nil {
			return nil, fmt.Errorf("metric %s: %w", f.GetName(), err)
		}
	}
	return buf.Bytes(), failed
}
