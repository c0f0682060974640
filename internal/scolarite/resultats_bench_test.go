package scolarite_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"intendant/internal/scolarite"
	"intendant/internal/scolarite/notes"
)

// largeYear makes a BUT semester of 600 students, 20 modules and 60
// evaluations: 36,000 marks, and 20 absences for each student. It returns its
// id.
func (s *site) largeYear() int64 {
	s.t.Helper()
	s.manyEtudiants(1200) // half of them in department 1
	s.exec(`
		INSERT INTO ues (id, formation_id, acronyme, numero, ue_code, ects, semestre_idx)
		  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
		  SELECT 900 + i, 3, 'UE' || i, i, 'UCODX' || i, 6, 5 FROM n;
		INSERT INTO matieres (id, ue_id, titre) SELECT id, id, 'm' FROM ues WHERE id >= 900;
		UPDATE formations SET type_parcours = 700 WHERE id = 3;
		INSERT INTO formsemestres (id, dept_id, formation_id, semestre_id, titre, date_debut, date_fin) VALUES (900, 1, 3, 5, 'Grand', '2025-09-01', '2026-01-31');
		INSERT INTO modules (id, formation_id, ue_id, matiere_id, code, numero, module_type, semestre_id)
		  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
		  SELECT 900 + i, 3, 900 + i % 5, 900 + i % 5, 'R' || i, i, 2 + i % 2, 5 FROM n;
		INSERT INTO module_ue_coefs (module_id, ue_id, coef) SELECT m.id, u.id, 1 + (m.id + u.id) % 4 FROM modules m, ues u WHERE m.id >= 900 AND u.id >= 900 AND (m.id + u.id) % 5 < 3;
		INSERT INTO moduleimpls (id, module_id, formsemestre_id) SELECT id, id, 900 FROM modules WHERE id >= 900;
		INSERT INTO evaluations (id, moduleimpl_id, numero, coefficient)
		  SELECT 1000 + 3 * mi.id + n.value, mi.id, n.value, 1 + n.value FROM moduleimpls mi, json_each('[0,1,2]') n WHERE mi.id >= 900;
		INSERT INTO partitions (id, formsemestre_id, partition_name) VALUES (900, 900, 'TD');
		INSERT INTO groupes (id, partition_id, group_name)
		  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19) SELECT 900 + i, 900, 'TD' || i FROM n;`)
	s.register(600, 900)
	s.exec(`
		INSERT INTO groupe_membres (group_id, partition_id, etudid) SELECT 900 + etudid % 20, 900, etudid FROM inscriptions WHERE formsemestre_id = 900;
		INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) SELECT mi.id, i.etudid FROM inscriptions i, moduleimpls mi WHERE mi.formsemestre_id = 900 AND i.formsemestre_id = 900;
		INSERT INTO notes (evaluation_id, etudid, value, at, account_id)
		  SELECT e.id, i.etudid, (i.etudid * 7919 + e.id * 104729) % 81 / 4.0, '2025-11-13T09:00:00.000Z', 101 FROM evaluations e, inscriptions i WHERE e.id >= 3700 AND i.formsemestre_id = 900;
		INSERT INTO assiduites (etudid, debut_at, fin_at, etat, entry_at, est_just)
		  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
		  SELECT i.etudid, strftime('%Y-%m-%dT08:00:00.000Z', '2025-09-08', (n.i * 4) || ' days'), strftime('%Y-%m-%dT10:00:00.000Z', '2025-09-08', (n.i * 4) || ' days'), 2, '2025-11-13T09:00:00.000Z', n.i % 3 = 0
		  FROM inscriptions i, n WHERE i.formsemestre_id = 900;
		ANALYZE;`)
	return 900
}

// BenchmarkResultats works out and answers the results of a large year, in
// process: its rows alone, to compare with; from the base; from the rows, once
// read; from memory; and right after a mark was saved.
func BenchmarkResultats(b *testing.B) {
	s := openMarks(b)
	id := s.largeYear()
	path := fmt.Sprintf("/ScoDoc/api/formsemestre/%d/resultats", id)
	s.ask(path)
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			if n, err := scolarite.ReadResultRows(s.Scolarite, b.Context(), id); err != nil || n != 48_000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("base", func(b *testing.B) {
		for b.Loop() {
			if _, err := scolarite.FreshResults(s.Scolarite, b.Context(), id); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("computed", func(b *testing.B) {
		r, err := scolarite.FreshResults(s.Scolarite, b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			notes.Compute(r.Input)
		}
	})
	b.Run("memory", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			b.SetBytes(int64(s.ask(path)))
		}
	})
	b.Run("saved", func(b *testing.B) {
		base := s.file()
		for n := 0; b.Loop(); n++ {
			if _, err := base.Exec("UPDATE notes SET value = ? WHERE evaluation_id = 3701 AND etudid = (SELECT min(etudid) FROM inscriptions WHERE formsemestre_id = 900)", n%20); err != nil {
				b.Fatal(err)
			}
			s.ask(path)
		}
	})
}

// ask sends a GET as the administrator in process, wants 200 and returns the
// length of the answer.
func (s *site) ask(path string) int {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+s.token(chef))
	w := httptest.NewRecorder()
	s.Server().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Fatal(w.Code, w.Body)
	}
	return w.Body.Len()
}
