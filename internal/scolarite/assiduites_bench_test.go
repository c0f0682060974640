package scolarite_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/scolarite"
)

// attendanceSite has 600 students in a semester, the second, and 300 records of
// each over its 150 days: 180,000.
func attendanceSite(b *testing.B) *site {
	b.Helper()
	s := open(b)
	s.manyEtudiants(1200)
	s.exec(`BEGIN;
		INSERT INTO inscriptions (etudid, formsemestre_id) SELECT id, 2 FROM etudiants WHERE id >= 1000 AND dept_id = 1;
		INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) SELECT 5, id FROM etudiants WHERE id >= 1000 AND dept_id = 1;
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
		INSERT INTO assiduites (etudid, moduleimpl_id, debut_at, fin_at, etat, entry_at, account_id, est_just, external_data)
		SELECT e.id, CASE WHEN i % 3 THEN 5 END, strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-02-01T07:00:00Z', (i / 2) || ' days', (i % 2 * 6) || ' hours'),
			strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-02-01T09:00:00Z', (i / 2) || ' days', (i % 2 * 6) || ' hours'),
			(i + e.id) % 3, '2026-02-01T07:00:00.000Z', 101, (i + e.id) % 3 > 0 AND i % 5 = 0, CASE WHEN i % 7 = 0 THEN '{"enseignant":"Mme Morvan"}' END
		FROM etudiants e, n WHERE e.id >= 1000 AND e.dept_id = 1;
		COMMIT`)
	if n := s.value("SELECT count(*) FROM assiduites"); n != "180000" {
		b.Fatalf("%s records", n)
	}
	return s
}

// serve answers a request without a network.
func (s *site) serve(b *testing.B, method, path, body string) string {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, scolarite.Base+"/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.token(chef))
	w := httptest.NewRecorder()
	s.Server().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// BenchmarkAssiduitesFormSemestreCount counts 180,000 records: at most twice the
// time of reading the same rows alone.
func BenchmarkAssiduitesFormSemestreCount(b *testing.B) {
	s := attendanceSite(b)
	s.t = b
	const path = "assiduites/formsemestre/2/count?split=1&user_id=101"
	if got := s.serve(b, "GET", "assiduites/formsemestre/2/count?metric=compte", ""); !strings.Contains(got, "180000") {
		b.Fatal(got)
	}
	var counting, reading time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		s.serve(b, "GET", fmt.Sprint(path, "&date_fin=2027-01-01T00:00:00.", i), "") // not asked before
		counting += time.Since(begin)
		begin = time.Now()
		rows, err := s.Store.Read().AttendanceOfFormSemestre(b.Context(), db.AttendanceOfFormSemestreParams{
			FormsemestreID: 2, Since: db.At(time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC)), Until: db.At(time.Date(2026, 7, 15, 22, 0, 0, 0, time.UTC)),
		})
		if err != nil || len(rows) != 180_000 {
			b.Fatal(len(rows), err)
		}
		reading += time.Since(begin)
	}
	b.ReportMetric(counting.Seconds()*1000/float64(b.N), "count-ms")
	b.ReportMetric(reading.Seconds()*1000/float64(b.N), "read-ms")
	b.ReportMetric(counting.Seconds()/reading.Seconds(), "ratio")
}

// BenchmarkAssiduitesFormSemestreCountAgain asks the same without a write
// between: at most 10 ms.
func BenchmarkAssiduitesFormSemestreCountAgain(b *testing.B) {
	s := attendanceSite(b)
	s.t = b
	s.serve(b, "GET", "assiduites/formsemestre/2/count?split=1", "")
	for b.Loop() {
		s.serve(b, "GET", "assiduites/formsemestre/2/count?split=1", "")
	}
}

// BenchmarkAssiduitesCount counts the 300 records of a student among 180,000:
// at most 2 ms.
func BenchmarkAssiduitesCount(b *testing.B) {
	s := attendanceSite(b)
	s.t = b
	s.serve(b, "GET", "assiduites/1000/count", "")
	for b.Loop() {
		s.serve(b, "GET", "assiduites/1000/count?split=1&formsemestre_id=2", "")
	}
}

// BenchmarkAssiduitesCreate sends 2,000 records at once, to 400 students: at
// most 1 s.
func BenchmarkAssiduitesCreate(b *testing.B) {
	s := attendanceSite(b)
	s.t = b
	for b.Loop() {
		b.StopTimer()
		s.exec("DELETE FROM assiduites WHERE debut_at >= '2026-07-01'")
		var body strings.Builder
		for i := range 2000 {
			if i > 0 {
				body.WriteByte(',')
			}
			fmt.Fprintf(&body, `{"etudid": %d, "date_debut": "2026-07-%02dT08:00", "date_fin": "2026-07-%02dT10:00", "etat": "absent", "moduleimpl_id": 5, "external_data": {"enseignant": "Mme Morvan"}}`,
				1000+2*(i%400), i/400+1, i/400+1)
		}
		b.StartTimer()
		if got := s.serve(b, "POST", "assiduites/create", "["+body.String()+"]"); !strings.HasPrefix(got, `{"errors":[],`) {
			b.Fatalf("%.300s", got)
		}
	}
}
