package scolarite_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

// TestDepartementDelete deletes a department with rows in every table, and
// finds every row of others as it was.
func TestDepartementDelete(t *testing.T) {
	s := open(t)
	s.exec(fillDepartement)
	lecteur := holding("RT", scolarite.ScoView) // whose only role goes
	s.token(lecteur)
	for _, dept := range []string{"RT", "GEA"} { // whose primary role goes
		_, err := s.Identity.Grant(t.Context(), 102, s.value("SELECT max(name) FROM roles WHERE name LIKE 'role%'"), dept)
		s.must(err)
	}
	s.token(chef)
	its, others := s.rowsOf(1)
	for _, table := range s.tablesBelow("departements") {
		if len(its[table]) == 0 {
			t.Errorf("the department has nothing in %s: add a row", table)
		}
	}
	s.example("departement_delete", request{to: "POST departement/RT/delete", as: chef})
	left, after := s.rowsOf(1)
	if len(left) != 0 {
		t.Errorf("the department still has %v", left)
	}
	if diff := cmp.Diff(others, after); diff != "" {
		t.Errorf("what others have (-before +after)\n%s", diff)
	}
	for query, want := range map[string]string{
		"SELECT count(*) FROM pragma_foreign_key_check":                                                       "0",
		"SELECT group_concat(ifnull(departement_id, 'none'), ' ') FROM accounts WHERE id BETWEEN 101 AND 104": "none none 2 none",
		"SELECT group_concat(departement_id || ' ' || is_primary) FROM grants WHERE account_id = 102":         "2 1",
		"SELECT action || ' ' || object_name || ' ' || object_id FROM journal ORDER BY id DESC LIMIT 1":       "departement.delete RT 1",
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for path, want := range map[string]string{
		"/ScoDoc/GEA/api/departement/GEA/formsemestres_ids": "200 ",

		"departement/RT":              "404 département inconnu",
		"departements_ids":            "200 ",
		"/ScoDoc/RT/api/departements": "404 département inconnu",
	} {
		a := s.send(request{to: "GET " + path, as: chef})
		if got := fmt.Sprint(a.StatusCode, " ", a.message()); got != want {
			t.Errorf("%s: %s, want %s", path, a.line(), want)
		}
	}
	if a := s.send(request{to: "GET departements", as: lecteur}); a.StatusCode != 403 {
		t.Errorf("who had his only role in the department reads %s", a.line())
	}
}

func TestDepartementDeleteRefuses(t *testing.T) {
	s := open(t)
	remove := func(name, to, want string) refusal {
		return refusal{name, request{to: "POST " + to, as: chef}, want}
	}
	const inUse = "409 un autre département se sert des formations, des UEs ou des référentiels de celui-ci"
	s.refuses([]refusal{
		remove("unknown", "departement/MMI/delete", "404 département inconnu"),
		remove("of another base", "/ScoDoc/GEA/api/departement/RT/delete", "404 département inconnu"),
		{"nobody", request{to: "POST departement/RT/delete"}, "401 Non autorise (logic)"},
		{"without permission", request{to: "POST departement/RT/delete", as: other}, "403 permission requise : ScoSuperAdmin"},
		{"with it in another department", request{to: "POST departement/RT/delete", as: holding("GEA", scolarite.ScoSuperAdmin)}, "403 permission requise : ScoSuperAdmin"},
	})
	for _, use := range []struct{ name, begin, end string }{
		{"its framework", "UPDATE formations SET referentiel_id = 1 WHERE id = 2", "UPDATE formations SET referentiel_id = NULL WHERE id = 2"},
		{"a level of it", "UPDATE ues SET niveau_id = 1 WHERE id = 6", "UPDATE ues SET niveau_id = NULL WHERE id = 6"},
		{"its programme", "UPDATE formsemestres SET formation_id = 1 WHERE id = 4", "UPDATE formsemestres SET formation_id = 2 WHERE id = 4"},
		{"its module", "UPDATE moduleimpls SET module_id = 1 WHERE id = 7", "UPDATE moduleimpls SET module_id = 7 WHERE id = 7"},
		{"its UE in a decision", "INSERT INTO validations (id, etudid, ue_id, code, event_at) VALUES (9, 6, 1, 'ADM', '2025-02-10T10:00:00.000Z')", "DELETE FROM validations WHERE id = 9"},
	} {
		s.exec(use.begin)
		s.refuses([]refusal{remove("another uses "+use.name, "departement/RT/delete", inUse)})
		s.exec(use.end)
	}
	if got := s.value("SELECT count(*) FROM etudiants WHERE dept_id = 1"); got != "5" {
		t.Errorf("%s students are left", got)
	}
	if a := s.post("departement/RT/delete", ""); a.line() != `200 {"OK":true}` {
		t.Error(a.line())
	}
}

// TestDepartementDeleteInside: who administers a department alone may delete
// it from its own base.
func TestDepartementDeleteInside(t *testing.T) {
	s := open(t)
	a := s.send(request{to: "POST /ScoDoc/GEA/api/departement/GEA/delete", as: holding("GEA", scolarite.ScoSuperAdmin)})
	if got := a.line() + " " + s.get("departements_ids").body; got != `200 {"OK":true} [1,3]` {
		t.Error(got)
	}
}

// reference is a foreign key that holds a row to another.
type reference struct {
	from, to string // tables
	columns  [][2]string
}

// references returns the foreign keys of the base but those that become NULL.
func (s *site) references() map[string][]*reference {
	s.t.Helper()
	base := s.file()
	rows, err := base.QueryContext(s.t.Context(), `SELECT m.name, f.id, f."table", f."from", f."to" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' AND f.on_delete <> 'SET NULL' ORDER BY m.name, f.id, f.seq`)
	s.must(err)
	defer rows.Close()
	all := map[string][]*reference{}
	lastID := -1
	for rows.Next() {
		var r reference
		var id int
		var column [2]string
		s.must(rows.Scan(&r.from, &id, &r.to, &column[0], &column[1]))
		if list := all[r.from]; len(list) > 0 && id == lastID {
			list[len(list)-1].columns = append(list[len(list)-1].columns, column)
			continue
		}
		r.columns, lastID = [][2]string{column}, id
		all[r.from] = append(all[r.from], &r)
	}
	s.must(rows.Err())
	return all
}

// tablesBelow returns the tables whose rows hang on those of a table.
func (s *site) tablesBelow(root string) []string {
	below := []string{root}
	for found := true; found; {
		found = false
		for table, list := range s.references() {
			if !slices.Contains(below, table) && slices.ContainsFunc(list, func(r *reference) bool { return slices.Contains(below, r.to) }) {
				below, found = append(below, table), true
			}
		}
	}
	return below
}

// rowsOf returns, by table and as text, the rows that hang on a department,
// and all others. What moves with any change, or with accounts, is left out.
func (s *site) rowsOf(dept int64) (its, others map[string][]string) {
	s.t.Helper()
	base := s.file()
	names, err := base.QueryContext(s.t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
		AND name NOT IN ('journal', 'revisions', 'formsemestre_revisions', 'visits')`)
	s.must(err)
	tables := map[string][]map[string]any{}
	var name string
	for names.Next() {
		s.must(names.Scan(&name))
		tables[name] = nil
	}
	s.must(names.Err())
	for name := range tables {
		tables[name] = s.rows(base, name)
	}
	owned := map[string][]map[string]any{}
	references := s.references()
	for found := true; found; {
		found = false
		for table, rows := range tables {
			tables[table] = slices.DeleteFunc(rows, func(row map[string]any) bool {
				hangs := table == "departements" && row["id"] == dept ||
					slices.ContainsFunc(references[table], func(r *reference) bool { return slices.ContainsFunc(owned[r.to], r.leads(row)) })
				if hangs {
					owned[table], found = append(owned[table], row), true
				}
				return hangs
			})
		}
	}
	return texts(owned), texts(tables)
}

// leads returns whether a row refers to another.
func (r *reference) leads(row map[string]any) func(to map[string]any) bool {
	return func(to map[string]any) bool {
		return !slices.ContainsFunc(r.columns, func(c [2]string) bool { return row[c[0]] == nil || row[c[0]] != to[c[1]] })
	}
}

func (s *site) rows(base *sql.DB, table string) (list []map[string]any) {
	s.t.Helper()
	rows, err := base.QueryContext(s.t.Context(), "SELECT * FROM "+table)
	s.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	s.must(err)
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		s.must(rows.Scan(places...))
		row := map[string]any{}
		for i, column := range columns {
			row[column] = values[i]
		}
		list = append(list, row)
	}
	s.must(rows.Err())
	return list
}

func texts(tables map[string][]map[string]any) map[string][]string {
	all := map[string][]string{}
	for table, rows := range tables {
		for _, row := range rows {
			switch table {
			case "accounts":
				delete(row, "departement_id")
			case "grants":
				delete(row, "is_primary")
			}
			all[table] = append(all[table], fmt.Sprint(row))
		}
	}
	return all
}

// fillDepartement puts rows of the first department, and some of the second,
// into the tables that the site leaves empty.
const fillDepartement = `
INSERT INTO referentiels (id, dept_id, specialite, loaded_at) VALUES (9, 2, 'GEA', '2022-06-27T09:17:04.890Z');
INSERT INTO photos (etudid, orig, small, modified_at) VALUES (1, x'01', x'01', '2025-01-01T00:00:00.000Z'), (6, x'01', x'01', '2025-01-01T00:00:00.000Z');
INSERT INTO formsemestre_ue_coefs (formsemestre_id, ue_id, coef) VALUES (1, 1, 2), (4, 6, 2);
INSERT INTO auto_assignments (formsemestre_id, data) VALUES (1, x'01'), (4, x'01');
INSERT INTO evaluations (id, moduleimpl_id) VALUES (1, 1), (2, 7);
INSERT INTO evaluation_poids (evaluation_id, ue_id, poids) VALUES (1, 1, 1), (2, 6, 1);
INSERT INTO notes (evaluation_id, etudid, value, at, account_id) VALUES (1, 1, 12, '2025-10-01T00:00:00.000Z', 101), (2, 6, 12, '2025-10-01T00:00:00.000Z', 101);
INSERT INTO notes_log (evaluation_id, etudid, value, at, account_id) VALUES (1, 1, 12, '2025-10-01T00:00:00.000Z', 101), (2, 6, 12, '2025-10-01T00:00:00.000Z', 101);
INSERT INTO assiduites (etudid, moduleimpl_id, debut_at, fin_at, etat, entry_at) VALUES
  (1, 1, '2025-10-01T08:00:00.000Z', '2025-10-01T10:00:00.000Z', 2, '2025-10-01T10:00:00.000Z'), (6, 7, '2025-10-01T08:00:00.000Z', '2025-10-01T10:00:00.000Z', 2, '2025-10-01T10:00:00.000Z');
INSERT INTO justificatifs (id, etudid, debut_at, fin_at, etat, entry_at) VALUES
  (1, 1, '2025-10-01T08:00:00.000Z', '2025-10-01T10:00:00.000Z', 0, '2025-10-01T10:00:00.000Z'), (2, 6, '2025-10-01T08:00:00.000Z', '2025-10-01T10:00:00.000Z', 0, '2025-10-01T10:00:00.000Z');
INSERT INTO justificatif_files (justif_id, name, content, entry_at) VALUES (1, 'a.pdf', x'01', '2025-10-01T10:00:00.000Z'), (2, 'a.pdf', x'01', '2025-10-01T10:00:00.000Z');
INSERT INTO billets (etudid, debut_at, fin_at, entry_at) VALUES
  (1, '2025-10-01T08:00:00.000Z', '2025-10-01T10:00:00.000Z', '2025-10-01T10:00:00.000Z'), (6, '2025-10-01T08:00:00.000Z', '2025-10-01T10:00:00.000Z', '2025-10-01T10:00:00.000Z');
INSERT INTO validations (etudid, formsemestre_id, ue_id, code, event_at) VALUES (1, 1, 1, 'ADM', '2026-02-10T10:00:00.000Z'), (6, 4, 6, 'ADM', '2026-02-10T10:00:00.000Z');
INSERT INTO validations_rcue (etudid, formsemestre_id, ue1_id, ue2_id, parcours_id, at, code) VALUES (1, 2, 1, 4, 1, '2026-07-10T10:00:00.000Z', 'ADM'), (6, 4, 6, 7, NULL, '2026-07-10T10:00:00.000Z', 'ADM');
INSERT INTO validations_annee (etudid, ordre, formsemestre_id, referentiel_id, annee_scolaire, at, code) VALUES (1, 1, 2, 1, 2025, '2026-07-10T10:00:00.000Z', 'ADM'), (6, 1, 4, 9, 2025, '2026-07-10T10:00:00.000Z', 'ADM');
INSERT INTO validations_dut120 (etudid, formsemestre_id, referentiel_id, at) VALUES (1, 2, 1, '2026-07-10T10:00:00.000Z'), (6, 4, 9, '2026-07-10T10:00:00.000Z');
INSERT INTO evenements (etudid, at, formsemestre_id, ue_id, event_type) VALUES (1, '2026-02-10T10:00:00.000Z', 1, 1, 'VALID_UE'), (6, '2026-02-10T10:00:00.000Z', 4, 6, 'VALID_UE');
INSERT INTO logos (dept_id, name, content_type, content, modified_at) VALUES
  (1, 'header', 'image/png', x'01', '2025-01-01T00:00:00.000Z'), (2, 'header', 'image/png', x'01', '2025-01-01T00:00:00.000Z'), (NULL, 'header', 'image/png', x'01', '2025-01-01T00:00:00.000Z');
INSERT INTO preferences (dept_id, formsemestre_id, name, value) VALUES (NULL, 1, 'bul_show_abs', 'false'), (NULL, 4, 'bul_show_abs', 'false'), (2, NULL, 'bul_show_abs', 'false'), (NULL, NULL, 'bul_show_abs', 'true');
`
