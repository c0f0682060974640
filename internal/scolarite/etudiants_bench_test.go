package scolarite_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"intendant/internal/plier"
)

// manyEtudiants adds students to the site, in one transaction: names of two to
// four syllables, all known by a NIP, all at home somewhere.
func (s *site) manyEtudiants(n int) {
	s.t.Helper()
	base := s.file()
	tx, err := base.BeginTx(s.t.Context(), nil)
	s.must(err)
	defer tx.Rollback()
	student, err := tx.Prepare(`INSERT INTO etudiants (id, dept_id, nom, prenom, civilite, date_naissance, code_nip, nom_key, prenom_key, sort_key, created_at)
		VALUES (?, ?, ?, ?, 'F', '2006-01-02', ?, ?, ?, ?, '2025-08-20T08:00:00.000Z')`)
	s.must(err)
	address, err := tx.Prepare(`INSERT INTO adresses (etudid, email, emailperso, domicile, codepostaldomicile, villedomicile, telephonemobile) VALUES (?, ?, ?, '12 rue du Port', '29200', 'Brest', '0601020304')`)
	s.must(err)
	admission, err := tx.Prepare(`INSERT INTO admissions (etudid, annee, bac, specialite, annee_bac, mention, nomlycee, villelycee) VALUES (?, 2025, 'Générale', 'Maths, NSI', 2025, 'Bien', 'Lycée Kerichen', 'Brest')`)
	s.must(err)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		nom, prenom, id := syllables(random, 2+i%3), syllables(random, 2), 1000+i
		key, prenomKey := plier.Key(nom), plier.Key(prenom)
		exec(s.t, student, id, 1+i%2, nom, prenom, fmt.Sprint(40000000+i), key, prenomKey, key+";"+prenomKey)
		exec(s.t, address, id, fmt.Sprintf("etudiant%d@etu.example", i), fmt.Sprintf("etudiant%d@perso.example", i))
		exec(s.t, admission, id)
	}
	s.must(tx.Commit())
}

func exec(t testing.TB, stmt *sql.Stmt, args ...any) {
	t.Helper()
	if _, err := stmt.ExecContext(t.Context(), args...); err != nil {
		t.Fatal(err)
	}
}

func syllables(random *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("BCDFGLMNPRST"[random.IntN(12)])
		b.WriteString([]string{"A", "E", "I", "O", "AU", "É", "OU", "AN"}[random.IntN(8)])
	}
	return b.String()
}

// register puts students that manyEtudiants made into a semester.
func (s *site) register(n, formsemestre int) {
	s.t.Helper()
	s.exec(fmt.Sprintf("INSERT INTO inscriptions (etudid, formsemestre_id) SELECT id, %d FROM etudiants WHERE id >= 1000 AND dept_id = 1 ORDER BY id LIMIT %d", formsemestre, n))
}

// TestEtudiantsByNameIsIndexed checks that a search looks at ranges of indexes
// and at no other student.
func TestEtudiantsByNameIsIndexed(t *testing.T) {
	s := open(t)
	base := s.file()
	rows, err := base.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT t.* FROM etudiants t WHERE t.id IN (
		SELECT n.id FROM etudiants n WHERE n.nom_key >= CAST(?1 AS TEXT) AND n.nom_key < CAST(?2 AS TEXT)
		UNION ALL
		SELECT u.id FROM etudiants u WHERE u.sort_key >= CAST(?3 AS TEXT) AND u.sort_key < CAST(?4 AS TEXT)
	) AND (t.dept_id = ?5 OR CAST(?5 AS INTEGER) = 0) ORDER BY t.sort_key, t.id`, "a", "b", "a", "b", 0)
	s.must(err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		s.must(rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	s.must(rows.Err())
	for _, want := range []string{"etudiants_nom (nom_key>? AND nom_key<?)", "etudiants_sort (sort_key>? AND sort_key<?)", "SEARCH t USING INTEGER PRIMARY KEY"} {
		if !strings.Contains(plan.String(), want) {
			t.Errorf("no %s in\n%s", want, plan.String())
		}
	}
	if strings.Contains(plan.String(), "SCAN") {
		t.Errorf("a scan in\n%s", plan.String())
	}
}

// BenchmarkEtudiantsByName searches 100,000 students: 5 ms at most.
func BenchmarkEtudiantsByName(b *testing.B) {
	s := open(b)
	s.manyEtudiants(100_000)
	for _, start := range []string{"BAC", "bacane", "zzz"} {
		b.Run(start, func(b *testing.B) { s.benchmark(b, "etudiants/name/"+start) })
	}
}

// BenchmarkEtudiantsLong reads 300 students in full, and the same bytes from a
// handler that has them ready: the first answers at least 0.04 times as often.
func BenchmarkEtudiantsLong(b *testing.B) {
	s := open(b)
	s.manyEtudiants(600)
	s.register(296, 1) // four are there already
	b.Run("etudiants_courants", func(b *testing.B) { s.benchmark(b, "/ScoDoc/RT/api/etudiants/courants/long") })
	body := []byte(s.get("/ScoDoc/RT/api/etudiants/courants/long").body)
	ready := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }))
	defer ready.Close()
	b.Run("same_bytes", func(b *testing.B) {
		s := &site{t: b, url: ready.URL, callers: map[string]string{string(chef): "x"}}
		s.benchmark(b, "/")
	})
}

// benchmark reads a path over and over.
func (s *site) benchmark(b *testing.B, path string) {
	defer func(t testing.TB) { s.t = t }(s.t)
	s.t = b
	size := len(s.get(path).body)
	b.SetBytes(int64(size))
	begin := time.Now()
	for b.Loop() {
		s.get(path)
	}
	b.ReportMetric(float64(time.Since(begin).Microseconds())/1000/float64(b.N), "ms/op")
}
