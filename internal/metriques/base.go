package metriques

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"intendant/db"
)

// Base is what is watched of a base; *db.Store is one.
type Base interface {
	Stats() db.Stats
	Path() string
	Read() *db.Queries
}

// backupTimeout bounds the one query of a scrape.
const backupTimeout = 2 * time.Second

var (
	writerQueue = prometheus.NewDesc(
		"intendant_writer_queue_length", "Writes that wait for their transaction.", nil, nil,
	)
	writerFunctions = prometheus.NewDesc(
		"intendant_writer_writes_total", "Writes answered, done or refused.", nil, nil,
	)
	writerCommits = prometheus.NewDesc(
		"intendant_writer_commit_duration_seconds", "Transactions put on disk, and the time spent on it.", nil, nil,
	)
	baseBytes = prometheus.NewDesc(
		"intendant_base_size_bytes", "Size of the file of the base.", nil, nil,
	)
	walBytes = prometheus.NewDesc(
		"intendant_wal_size_bytes", "Size of the write-ahead log of the base.", nil, nil,
	)
	lastBackup = prometheus.NewDesc(
		"intendant_backup_last_success_timestamp_seconds", "When the last good nightly backup was made, in Unix time; 0 when there is none yet.", nil, nil,
	)
)

// baseCollector reads a base at each scrape. What cannot be read is missing
// from the answer, so that an alert on its absence rings.
type baseCollector struct{ base Base }

// Describe implements prometheus.Collector.
func (c baseCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{writerQueue, writerFunctions, writerCommits, baseBytes, walBytes, lastBackup} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c baseCollector) Collect(out chan<- prometheus.Metric) {
	s := c.base.Stats()
	gauge := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	gauge(writerQueue, float64(s.Waiting))
	out <- prometheus.MustNewConstMetric(writerFunctions, prometheus.CounterValue, float64(s.Functions))
	out <- prometheus.MustNewConstSummary(writerCommits, uint64(s.Commits), s.Committing.Seconds(), nil)
	for _, f := range []struct {
		desc *prometheus.Desc
		path string
	}{{baseBytes, c.base.Path()}, {walBytes, c.base.Path() + "-wal"}} {
		size, err := sizeOf(f.path)
		if err != nil {
			out <- prometheus.NewInvalidMetric(f.desc, err)
			continue
		}
		gauge(f.desc, float64(size))
	}
	at, err := c.lastBackup()
	if err != nil {
		out <- prometheus.NewInvalidMetric(lastBackup, err)
		return
	}
	gauge(lastBackup, at)
}

// sizeOf returns the size of a file in bytes, 0 for one that is not there: a
// base that was just opened has no log.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (c baseCollector) lastBackup() (float64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), backupTimeout)
	defer cancel()
	row, err := c.base.Read().LastGoodBackup(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return float64(row.At.Unix()), nil
}
