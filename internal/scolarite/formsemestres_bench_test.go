package scolarite_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// BenchmarkFormSemestresQuery reads a school year of 100 semesters: at least
// 0.05 of a handler that writes the same bytes from memory.
func BenchmarkFormSemestresQuery(b *testing.B) {
	s := open(b)
	s.exec(`WITH RECURSIVE n (i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 106)
		INSERT INTO formsemestres (id, dept_id, formation_id, semestre_id, titre, date_debut, date_fin)
		SELECT i, 1 + i % 2, 1 + i % 2, 1 + i % 6, 'BUT Réseaux et Télécommunications', '2025-09-01', '2026-01-31' FROM n;
		INSERT INTO formsemestre_responsables (formsemestre_id, account_id, rang) SELECT id, 101, 0 FROM formsemestres WHERE id > 10;
		INSERT INTO formsemestre_etapes (formsemestre_id, rang, code) SELECT id, 0, 'V1RT' || id FROM formsemestres WHERE id > 10;
		INSERT INTO formsemestre_parcours (formsemestre_id, parcours_id) SELECT f.id, p.id FROM formsemestres f, parcours p WHERE f.id > 10 AND f.formation_id = 1;`)
	const path = "formsemestres/query?annee_scolaire=2025"
	answer := s.get(path)
	if n := strings.Count(answer.body, `"formsemestre_id"`); n != 100 {
		b.Fatalf("%d semesters: %.200s", n, answer.line())
	}
	s.compare(b, path, answer, 200, 3000)
}

// BenchmarkFormSemestreEtudiantsLong reads a year of 300 students in full, with
// their groups: at least 0.04 of a handler that writes the same bytes from
// memory.
func BenchmarkFormSemestreEtudiantsLong(b *testing.B) {
	s := longSite(b)
	const path = "formsemestre/2/etudiants/long"
	answer := s.get(path)
	if n := strings.Count(answer.body, `"sort_key"`); n != 300 {
		b.Fatalf("%d students: %.200s", n, answer.line())
	}
	s.compare(b, path, answer, 200, 3000)
}

// longSite is a site with a semester, the second, of 300 students.
func longSite(b *testing.B) *site {
	b.Helper()
	s := open(b)
	s.exec(`WITH RECURSIVE n (i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 310)
		INSERT INTO etudiants (id, dept_id, nom, prenom, civilite, date_naissance, nationalite, boursier, code_nip, code_ine, nom_key, prenom_key, sort_key, created_at)
		SELECT i, 1, 'NOM' || i, 'Prénom', 'F', '2006-02-14', 'Française', i % 2, '23' || i, 'INE' || i, 'nom' || i, 'prenom', 'nom' || i || ';prenom', '2025-08-20T08:00:00.000Z' FROM n;
		INSERT INTO adresses (id, etudid, email, emailperso, domicile, codepostaldomicile, villedomicile, paysdomicile, telephonemobile)
		SELECT id, id, nom_key || '@etu.example', nom_key || '@perso.example', '1 rue de Siam', '29200', 'Brest', 'France', '0102030405' FROM etudiants WHERE id > 10;
		INSERT INTO admissions (id, etudid, annee, bac, specialite, annee_bac, mention, math, nomlycee, villelycee, type_admission)
		SELECT id, id, 2025, 'S', 'SVT', 2025, 'Bien', '14', 'Lycée Kerichen', 'Brest', 'APB' FROM etudiants WHERE id > 10;
		INSERT INTO inscriptions (etudid, formsemestre_id) SELECT id, 2 FROM etudiants WHERE id > 10;
		INSERT INTO partitions (id, formsemestre_id, partition_name, numero) VALUES (20, 2, 'TD', 1), (21, 2, 'TP', 2);
		INSERT INTO groupes (id, partition_id, group_name) VALUES (20, 20, 'TD1'), (21, 21, 'TPA');
		INSERT INTO groupe_membres (group_id, partition_id, etudid) SELECT g.id, g.partition_id, e.id FROM groupes g, etudiants e WHERE g.partition_id IN (2, 20, 21) AND e.id > 10;`)
	return s
}

// compare reads a path as the administrator, few times a round, and as many
// times more from a handler that writes the answer from memory that the rounds
// take about as long: a busy machine slows both.
func (s *site) compare(b *testing.B, path string, a answer, few, many int64) {
	b.Helper()
	memory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
		w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
		_, _ = io.WriteString(w, a.body)
	}))
	defer memory.Close()
	path = scolarite.Base + "/" + path
	s.measure(b, s.url+path, few) // warm
	var ours, theirs float64
	rounds := 0
	for b.Loop() {
		ours += s.measure(b, s.url+path, few)
		theirs += s.measure(b, memory.URL+path, many)
		rounds++
	}
	b.ReportMetric(ours/float64(rounds), "req/s")
	b.ReportMetric(theirs/float64(rounds), "memory-req/s")
	b.ReportMetric(ours/theirs, "ratio")
}
