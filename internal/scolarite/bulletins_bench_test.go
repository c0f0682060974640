package scolarite_test

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkBulletins reads the report cards, in full, of 600 students of a BUT
// with 6 UEs, 20 modules and 60 evaluations, whose results are in memory: 400
// ms at most.

func BenchmarkBulletins(b *testing.B) {
	s := largeSite(b)
	for _, version := range []string{"long", "short"} {
		b.Run(version, func(b *testing.B) {
			path := "formsemestre/50/bulletins/" + version
			answer := s.get(path)
			if n := strings.Count(answer.body, `"etat_inscription"`); n != 600 {
				b.Fatalf("%d report cards: %.200s", n, answer.line())
			}
			b.SetBytes(int64(len(answer.body)))
			var spent time.Duration
			for b.Loop() {
				start := time.Now()
				s.get(path)
				spent += time.Since(start)
			}
			b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "ms/600")
		})
	}
}

// BenchmarkBulletin reads one of them.
func BenchmarkBulletin(b *testing.B) {
	s := largeSite(b)
	for b.Loop() {
		s.get("etudiant/etudid/1010/formsemestre/50/bulletin/long")
	}
}

// largeSite is a site with a large semester, of id 50.
func largeSite(b *testing.B) *site {
	b.Helper()
	s := open(b)
	s.exec(`INSERT INTO formsemestres (id, dept_id, formation_id, semestre_id, titre, date_debut, date_fin) VALUES (50, 1, 1, 5, 'BUT', '2025-09-01', '2026-01-31');
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6)
		INSERT INTO ues (id, formation_id, acronyme, numero, titre, ue_code, ects, semestre_idx) SELECT 100 + i, 1, 'UE5.' || i, i, 'Compétence ' || i, 'UC' || i, 5, 5 FROM n;
		INSERT INTO matieres (id, ue_id, titre) VALUES (101, 101, 'Tout');
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
		INSERT INTO modules (id, formation_id, ue_id, matiere_id, titre, code, semestre_id, numero, module_type)
		SELECT 100 + i, 1, 101, 101, 'Un module au titre assez long ' || i, CASE WHEN i > 12 THEN 'SAE5.' ELSE 'R5.' END || i, 5, i, CASE WHEN i > 12 THEN 3 ELSE 2 END FROM n;
		INSERT INTO module_ue_coefs (module_id, ue_id, coef) SELECT m.id, u.id, 1 + (m.id + u.id) % 9 FROM modules m, ues u WHERE m.id > 100 AND u.id > 100;
		INSERT INTO moduleimpls (id, module_id, formsemestre_id) SELECT id, id, 50 FROM modules WHERE id > 100;
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2)
		INSERT INTO evaluations (id, moduleimpl_id, debut_at, fin_at, description, coefficient, numero)
		SELECT mi.id * 10 + n.i, mi.id, '2025-10-01T06:00:00.000Z', '2025-10-01T08:00:00.000Z', 'Devoir surveillé ' || n.i, 1 + n.i, n.i FROM moduleimpls mi, n WHERE mi.formsemestre_id = 50;
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
		INSERT INTO etudiants (id, dept_id, nom, prenom, civilite, date_naissance, code_nip, nom_key, prenom_key, sort_key, created_at)
		SELECT 1000 + i, 1, 'NOM' || i, 'Prénom', 'F', '2006-02-14', '24' || i, 'nom' || i, 'prenom', 'nom' || i || ';prenom', '2025-08-20T08:00:00.000Z' FROM n;
		INSERT INTO adresses (etudid, email, domicile) SELECT id, nom_key || '@etu.example', '1 rue de Siam' FROM etudiants WHERE id > 1000;
		INSERT INTO inscriptions (etudid, formsemestre_id) SELECT id, 50 FROM etudiants WHERE id > 1000;
		INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) SELECT mi.id, e.id FROM moduleimpls mi, etudiants e WHERE mi.formsemestre_id = 50 AND e.id > 1000;
		INSERT INTO notes (evaluation_id, etudid, value, at) SELECT ev.id, e.id, (ev.id * 7 + e.id * 13) % 81 / 4.0, '2025-10-06T09:00:00.000Z' FROM evaluations ev, etudiants e WHERE ev.id > 1000 AND e.id > 1000;
		INSERT INTO evenements (etudid, at, formsemestre_id, event_type) SELECT id, '2025-08-25T08:00:00.000Z', 50, 'INSCRIPTION' FROM etudiants WHERE id > 1000;
		INSERT INTO assiduites (etudid, debut_at, fin_at, etat, entry_at, est_just) SELECT e.id, '2025-10-0' || d.i || 'T07:00:00.000Z', '2025-10-0' || d.i || 'T09:00:00.000Z', 2, '2025-10-08T07:00:00.000Z', d.i % 2
		FROM etudiants e, (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3 UNION SELECT 6 UNION SELECT 7) d WHERE e.id > 1000;
		INSERT INTO partitions (id, formsemestre_id, partition_name, numero, bul_show_rank) VALUES (50, 50, 'TD', 1, 1);
		INSERT INTO groupes (id, partition_id, group_name) VALUES (50, 50, 'TD1'), (51, 50, 'TD2');
		INSERT INTO groupe_membres (group_id, partition_id, etudid) SELECT 50 + id % 2, 50, id FROM etudiants WHERE id > 1000;`)
	return s
}
