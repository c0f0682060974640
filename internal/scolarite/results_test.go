package scolarite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/scolarite"
	"intendant/internal/scolarite/notes"
)

// sameResults compares all of two results, NaN equal to itself.
var sameResults = []cmp.Option{
	cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b *notes.Formule) bool { return a == b }),
}

// changes are statements that may change results, or must not; {a}, {b} and {c}
// stand for numbers, {some TABLE} for a row of it.
var changes = []string{
	"UPDATE notes SET value = {b} % 21 WHERE id = {some notes}",
	"UPDATE notes SET value = NULL WHERE id = {some notes}",
	"UPDATE notes SET value = CASE {b} % 2 WHEN 0 THEN -1000 ELSE -1002 END WHERE id = {some notes}",
	"UPDATE notes SET comment = 'relue' WHERE id = {some notes}",
	"UPDATE notes SET etudid = (SELECT id FROM etudiants ORDER BY id LIMIT 1 OFFSET {b} % 11) WHERE id = {some notes}",
	"UPDATE notes SET evaluation_id = (SELECT id FROM evaluations ORDER BY id LIMIT 1 OFFSET {b} % 15) WHERE id = {some notes}",
	"INSERT INTO notes (evaluation_id, etudid, value, at) VALUES ({some evaluations}, 101 + {b} % 4, {c} % 21, '2025-11-13T09:00:00.000Z')",
	"INSERT OR REPLACE INTO notes (evaluation_id, etudid, value, at) VALUES ({some evaluations}, 1 + {b} % 7, {c} % 21, '2025-11-13T09:00:00.000Z')",
	"DELETE FROM notes WHERE id = {some notes}",
	"DELETE FROM notes WHERE evaluation_id = {some evaluations}",
	"UPDATE evaluations SET coefficient = {b} % 4 WHERE id = {some evaluations}",
	"UPDATE evaluations SET note_max = {b} % 4 * 10 WHERE id = {some evaluations}",
	"UPDATE evaluations SET evaluation_type = {b} % 4, publish_incomplete = {c} % 2 WHERE id = {some evaluations}",
	"UPDATE evaluations SET numero = {b} % 5, debut_at = NULL WHERE id = {some evaluations}",
	"UPDATE evaluations SET blocked_until_at = CASE {b} % 2 WHEN 0 THEN '2026-01-01T00:00:00.000Z' END WHERE id = {some evaluations}",
	"UPDATE evaluations SET moduleimpl_id = (SELECT id FROM moduleimpls ORDER BY id LIMIT 1 OFFSET {b} % 12) WHERE id = {some evaluations}",
	"INSERT INTO evaluations (moduleimpl_id, note_max, coefficient, publish_incomplete) VALUES ({some moduleimpls}, 20, 1, {b} % 2)",
	"DELETE FROM evaluations WHERE id = {some evaluations}",
	"INSERT OR REPLACE INTO evaluation_poids (evaluation_id, ue_id, poids) VALUES ({some evaluations}, 1 + {b} % 5, {c} % 3)",
	"UPDATE evaluation_poids SET poids = {b} % 3",
	"DELETE FROM evaluation_poids WHERE ue_id = 1 + {b} % 3",
	"UPDATE modules SET coefficient = {b} % 5 WHERE id = {some modules}",
	"UPDATE modules SET numero = {b} % 5, code = 'M{c}' WHERE id = {some modules}",
	"UPDATE modules SET module_type = {b} % 4 WHERE id = {some modules}",
	"UPDATE modules SET ue_id = (SELECT id FROM ues ORDER BY id LIMIT 1 OFFSET {b} % 8) WHERE id = {some modules}",
	"UPDATE matieres SET numero = {b} % 5 WHERE id = {some matieres}",
	"INSERT OR REPLACE INTO module_ue_coefs (module_id, ue_id, coef) VALUES ({some modules}, 1 + {b} % 5, {c} % 9)",
	"UPDATE module_ue_coefs SET coef = {b} % 9 WHERE module_id = {some modules}",
	"DELETE FROM module_ue_coefs WHERE module_id = {some modules}",
	"UPDATE ues SET ects = {b} % 20, coefficient = {c} % 4 WHERE id = {some ues}",
	"UPDATE ues SET numero = {b} % 20, acronyme = 'UE{c}' WHERE id = {some ues}",
	"UPDATE ues SET ue_code = 'UCOD' || (1 + {b} % 8) WHERE id = {some ues}",
	"UPDATE ues SET type = {b} % 2 WHERE id = {some ues}",
	"UPDATE ues SET semestre_idx = 1 + {b} % 2 WHERE id = {some ues}",
	"UPDATE ues SET formation_id = 1 + {b} % 3 WHERE id = {some ues}",
	"INSERT INTO ues (formation_id, acronyme, ue_code, semestre_idx, ects) VALUES (1 + {a} % 3, 'UEx', 'UCOD2', 1 + {b} % 2, 4)",
	"DELETE FROM ues WHERE id = {some ues}",
	"INSERT OR REPLACE INTO ue_parcours (ue_id, parcours_id, ects) VALUES ({some ues}, 1 + {b} % 2, {c} % 9)",
	"UPDATE ue_parcours SET ects = {b} % 9",
	"DELETE FROM ue_parcours WHERE parcours_id = 1 + {b} % 2",
	"DELETE FROM parcours WHERE id = {some parcours}",
	"UPDATE formations SET formation_code = 'FCOD' || (1 + {b} % 2) WHERE id = {some formations}",
	"UPDATE formations SET type_parcours = CASE {b} % 2 WHEN 0 THEN 700 ELSE 100 END WHERE id = {some formations}",
	"INSERT INTO moduleimpls (module_id, formsemestre_id) VALUES ({some modules}, 1 + {b} % 5)",
	"UPDATE moduleimpls SET module_id = (SELECT id FROM modules ORDER BY id LIMIT 1 OFFSET {b} % 11) WHERE id = {some moduleimpls}",
	"UPDATE moduleimpls SET formsemestre_id = 1 + {b} % 5 WHERE id = {some moduleimpls}",
	"DELETE FROM moduleimpls WHERE id = {some moduleimpls}",
	"INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) VALUES ({some moduleimpls}, {some etudiants})",
	"UPDATE moduleimpl_inscriptions SET moduleimpl_id = (SELECT id FROM moduleimpls ORDER BY id LIMIT 1 OFFSET {b} % 12) WHERE id = {some moduleimpl_inscriptions}",
	"DELETE FROM moduleimpl_inscriptions WHERE id = {some moduleimpl_inscriptions}",
	"INSERT INTO inscriptions (etudid, formsemestre_id, etat) VALUES ({some etudiants}, 1 + {b} % 5, 'I')",
	"UPDATE inscriptions SET etat = CASE {b} % 3 WHEN 0 THEN 'I' WHEN 1 THEN 'D' ELSE 'DEF' END WHERE id = {some inscriptions}",
	"UPDATE inscriptions SET parcours_id = CASE {b} % 3 WHEN 0 THEN NULL ELSE {b} % 3 END WHERE id = {some inscriptions}",
	"UPDATE inscriptions SET formsemestre_id = 1 + {b} % 5 WHERE id = {some inscriptions}",
	"DELETE FROM inscriptions WHERE id = {some inscriptions}",
	"UPDATE etudiants SET sort_key = 'n{b}', nom = 'N{b}' WHERE id = {some etudiants}",
	"DELETE FROM etudiants WHERE id = {some etudiants}",
	"UPDATE admissions SET bac = 'Bac {b}' WHERE id = {some admissions}",
	"DELETE FROM admissions WHERE id = {some admissions}",
	"INSERT INTO admissions (etudid, bac) VALUES ({some etudiants}, 'Bac {b}')",
	"INSERT INTO partitions (formsemestre_id, partition_name, numero) VALUES (1 + {a} % 5, 'P{b}', {c} % 4)",
	"UPDATE partitions SET numero = {b} % 4, bul_show_rank = {c} % 2 WHERE id = {some partitions}",
	"UPDATE partitions SET formsemestre_id = 1 + {b} % 5 WHERE id = {some partitions}",
	"DELETE FROM partitions WHERE id = {some partitions}",
	"INSERT INTO groupes (partition_id, group_name, numero) VALUES ({some partitions}, 'G{b}', {c} % 4)",
	"UPDATE groupes SET group_name = 'G{b}', numero = {c} % 4 WHERE id = {some groupes}",
	"DELETE FROM groupes WHERE id = {some groupes}",
	"INSERT OR REPLACE INTO groupe_membres (group_id, partition_id, etudid) SELECT id, partition_id, {some etudiants} FROM groupes WHERE id = {some groupes}",
	"UPDATE groupe_membres SET group_id = (SELECT id FROM groupes g WHERE g.partition_id = groupe_membres.partition_id ORDER BY g.id LIMIT 1 OFFSET {b} % 2) WHERE etudid = {some etudiants}",
	"DELETE FROM groupe_membres WHERE etudid = {some etudiants}",
	"INSERT INTO validations (etudid, formsemestre_id, ue_id, code, event_at, moy_ue) VALUES ({some etudiants}, 1 + {b} % 5, {some ues}, 'ADM', '2025-02-10T10:00:00.000Z', {c} % 21)",
	"INSERT INTO validations (etudid, ue_id, code, event_at, moy_ue, is_external) VALUES ({some etudiants}, {some ues}, 'ADM', '2025-02-10T10:00:00.000Z', {c} % 21, 1)",
	"UPDATE validations SET moy_ue = {b} % 21, code = CASE {c} % 3 WHEN 0 THEN 'AJ' ELSE 'ADM' END WHERE id = {some validations}",
	"UPDATE validations SET etudid = {some etudiants} WHERE id = 1 + {b} % 2 * 100",
	"DELETE FROM validations WHERE id = {some validations}",
	"UPDATE formsemestres SET block_moyennes = {b} % 2, block_moyenne_generale = {c} % 2 WHERE id = {some formsemestres}",
	"UPDATE formsemestres SET date_debut = CASE {b} % 3 WHEN 0 THEN '2009-09-01' WHEN 1 THEN '2024-09-02' ELSE '2025-09-01' END WHERE id = {some formsemestres}",
	"UPDATE formsemestres SET semestre_id = 1 + {b} % 2 WHERE id = {some formsemestres}",
	"UPDATE formsemestres SET formation_id = 1 + {b} % 2 WHERE id = {some formsemestres}",
	"UPDATE formsemestres SET bonus_func = CASE {b} % 3 WHEN 0 THEN NULL WHEN 1 THEN 'bonus_direct' ELSE 'bonus_iutr' END WHERE id = {some formsemestres}",
	"DELETE FROM formsemestres WHERE id = {some formsemestres}",
	"INSERT INTO formsemestres (dept_id, formation_id, titre, date_debut, date_fin) VALUES (1, 1 + {b} % 2, 'Nouveau', '2025-09-01', '2026-01-31')",
	"INSERT OR REPLACE INTO formsemestre_ue_coefs (formsemestre_id, ue_id, coef) VALUES (4, 6 + {a} % 2, {b} % 4)",
	"UPDATE formsemestre_ue_coefs SET coef = {b} % 4",
	"DELETE FROM formsemestre_ue_coefs",
	"INSERT OR IGNORE INTO formsemestre_parcours (formsemestre_id, parcours_id) VALUES ({some formsemestres}, 1 + {b} % 2)",
	"UPDATE OR IGNORE formsemestre_parcours SET parcours_id = 3 - parcours_id WHERE formsemestre_id = 1 + {b} % 3",
	"DELETE FROM formsemestre_parcours WHERE parcours_id = 1 + {b} % 2",
	"INSERT OR REPLACE INTO preferences (name, value) VALUES ('use_ue_coefs', CASE {b} % 2 WHEN 0 THEN 'true' ELSE 'false' END)",
	"INSERT OR REPLACE INTO preferences (dept_id, name, value) VALUES (1 + {a} % 2, 'bonus_sport_func_name', CASE {b} % 2 WHEN 0 THEN '\"bonus_direct\"' ELSE '\"bonus_iutlh\"' END)",
	"INSERT OR REPLACE INTO preferences (formsemestre_id, name, value) VALUES (1 + {a} % 5, 'bonus_but', '{\"seuil\": 10, \"proportion\": 0.{b}, \"max\": 2}')",
	"UPDATE preferences SET value = CASE {b} % 2 WHEN 0 THEN 'true' ELSE 'false' END WHERE name = 'use_ue_coefs'",
	"DELETE FROM preferences WHERE id = {some preferences}",
	"INSERT INTO preferences (name, value) VALUES ('assi_metrique', '\"H.\"')",
	"INSERT INTO preferences (dept_id, name, value) VALUES (1, 'assi_lunch_time', '\"09:00\"')",
	"INSERT INTO assiduites (etudid, debut_at, fin_at, etat, entry_at) VALUES ({some etudiants}, '2025-10-03T07:00:00.000Z', '2025-10-03T15:00:00.000Z', {b} % 3, '2025-10-03T15:00:00.000Z')",
	"UPDATE assiduites SET etat = {b} % 3 WHERE id = {some assiduites}",
	"UPDATE assiduites SET est_just = 1 - est_just WHERE id = {some assiduites}",
	"UPDATE assiduites SET etudid = {some etudiants} WHERE id = {some assiduites}",
	"UPDATE assiduites SET debut_at = CASE {b} % 2 WHEN 0 THEN '2025-03-06T07:00:00.000Z' ELSE '2025-10-02T12:00:00.000Z' END WHERE id = {some assiduites}",
	"DELETE FROM assiduites WHERE id = {some assiduites}",
	"DELETE FROM departements WHERE id = 1 + {b} % 3",
}

// TestResultsAreNeverStale: after any write to the base, by another process
// than the one that keeps results, what is kept is what a fresh computation
// gives, for every semester; so are the absences counted.
func TestResultsAreNeverStale(t *testing.T) {
	template := marksBase(t)
	rapid.Check(t, func(t *rapid.T) {
		bed := openCopy(t, template)
		defer bed.close()
		bed.compare(t, "at first")
		for range rapid.IntRange(1, 5).Draw(t, "writes") {
			statement := drawChange(t, rapid.SampledFrom(changes).Draw(t, "change"))
			_, err := bed.beside.Exec(statement)
			bed.compare(t, fmt.Sprint(statement, ": ", err))
		}
	})
}

// TestEachChangeIsSeen makes each change a few times on a base of its own, so
// that none of them is left to chance.
func TestEachChangeIsSeen(t *testing.T) {
	template := marksBase(t)
	for _, change := range changes {
		bed := openCopy(t, template)
		bed.compare(t, "at first")
		for n := range 3 {
			statement := fillChange(change, func(string) int { return n*7 + 1 })
			_, err := bed.beside.Exec(statement)
			bed.compare(t, fmt.Sprint(statement, ": ", err))
		}
		bed.close()
	}
}

// TestResultsOfANewSemester: one that takes the id of a semester deleted is not
// taken for it, and is followed like the others.
func TestResultsOfANewSemester(t *testing.T) {
	bed := openCopy(t, marksBase(t))
	defer bed.close()
	bed.compare(t, "at first")
	for _, statement := range []string{
		"DELETE FROM formsemestres WHERE id = 6",
		"INSERT INTO formsemestres (id, dept_id, formation_id, titre, date_debut, date_fin) VALUES (6, 2, 2, 'Autre', '2025-09-01', '2026-01-31')",
		"UPDATE formsemestres SET block_moyennes = 1 WHERE id = 6",
		"INSERT INTO formsemestres (id, dept_id, formation_id, titre, date_debut, date_fin) VALUES (7, 2, 2, 'Neuf', '2025-09-01', '2026-01-31')",
		"UPDATE formsemestres SET block_moyennes = 1 WHERE id = 7",
	} {
		if _, err := bed.beside.Exec(statement); err != nil {
			t.Fatal(err)
		}
		if statement[:6] != "DELETE" { // so that the old one is still kept
			bed.compare(t, statement)
		}
	}
}

// TestResultsOfABlockedEvaluation: the marks of an evaluation that is blocked
// count from the moment on when it is no longer, though nothing is written.
func TestResultsOfABlockedEvaluation(t *testing.T) {
	bed := openCopy(t, marksBase(t))
	defer bed.close()
	if _, err := bed.beside.Exec("UPDATE evaluations SET blocked_until_at = '2025-11-18T00:00:00.000Z' WHERE id = 101"); err != nil {
		t.Fatal(err)
	}
	at := now
	service := scolarite.NewResults(bed.store, func() time.Time { return at })
	for _, tt := range []struct {
		at   string
		want float64
	}{{"2025-11-17T10:00:00Z", 14.5}, {"2025-11-17T23:59:59Z", 14.5}, {"2025-11-18T00:00:00Z", 14.1}} {
		at, _ = time.Parse(time.RFC3339, tt.at)
		r, err := scolarite.Results(service, t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		etudiant, _ := r.EtudiantIndex(1)
		if got := r.Results.ModuleUEMean(0, 0, etudiant); got != tt.want {
			t.Errorf("at %s: %v", tt.at, got)
		}
	}
}

// TestResultsAreShared asks for results from many sides while marks change:
// each answer is of the base as it was when it was asked for, or later.
func TestResultsAreShared(t *testing.T) {
	bed := openCopy(t, marksBase(t))
	defer bed.close()
	var written atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for written.Load() < 20 {
				least := written.Load()
				r, err := scolarite.Results(bed.kept, t.Context(), 1)
				if err != nil {
					t.Error(err)
					return
				}
				etudiant, _ := r.EtudiantIndex(1)
				evaluation, _ := r.EvaluationIndex(101)
				if got := r.Input.Notes.At(evaluation, etudiant).Value; got < float64(least) {
					t.Errorf("%v after %d was written", got, least)
				}
			}
		})
	}
	for n := range int64(21) {
		if _, err := bed.beside.Exec("UPDATE notes SET value = ? WHERE evaluation_id = 101 AND etudid = 1", n); err != nil {
			t.Fatal(err)
		}
		written.Store(n)
	}
	group.Wait()
}

// TestResultsAreBounded: the results asked for longest ago make room, whatever
// the number of semesters, and those asked for last stay.
func TestResultsAreBounded(t *testing.T) {
	bed := openCopy(t, marksBase(t))
	defer bed.close()
	const many = 260
	if _, err := bed.beside.Exec(fmt.Sprintf(`
		INSERT INTO etudiants (id, dept_id, nom, civilite, nom_key, prenom_key, sort_key, created_at)
		  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399) SELECT 1000 + i, 1, 'N', 'X', 'n', '', 'n' || i, '2025-08-20T08:00:00.000Z' FROM n;
		INSERT INTO formsemestres (id, dept_id, formation_id, titre, date_debut, date_fin)
		  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 1000 + i, 1, 1, 'S', '2025-09-01', '2026-01-31' FROM n;
		INSERT INTO inscriptions (etudid, formsemestre_id) SELECT e.id, s.id FROM etudiants e, formsemestres s WHERE e.id >= 1000 AND s.id >= 1000`, many-1)); err != nil {
		t.Fatal(err)
	}
	for id := range int64(many) {
		if _, err := scolarite.Results(bed.kept, t.Context(), 1000+id); err != nil {
			t.Fatal(err)
		}
		if _, bytes := scolarite.KeptResults(bed.kept); bytes > scolarite.MaxResultsBytes {
			t.Fatalf("%d bytes after %d semesters", bytes, id)
		}
	}
	if n, _ := scolarite.KeptResults(bed.kept); n == many || n < 50 {
		t.Errorf("%d semesters kept of %d", n, many)
	}
	first, err := scolarite.Results(bed.kept, t.Context(), 1000+many-1)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := scolarite.Results(bed.kept, t.Context(), 1000+many-1); again != first {
		t.Error("the last semester was worked out twice")
	}
}

func drawChange(t *rapid.T, change string) string {
	return fillChange(change, func(label string) int { return rapid.IntRange(0, 999).Draw(t, label) })
}

// fillChange puts numbers and rows in a change.
func fillChange(change string, number func(label string) int) string {
	for _, label := range []string{"a", "b", "c"} {
		if strings.Contains(change, "{"+label+"}") {
			change = strings.ReplaceAll(change, "{"+label+"}", fmt.Sprint(number(label)))
		}
	}
	for {
		before, after, found := strings.Cut(change, "{some ")
		if !found {
			return change
		}
		table, after, _ := strings.Cut(after, "}")
		change = fmt.Sprintf("%s(SELECT id FROM %s ORDER BY id LIMIT 1 OFFSET %d %% (SELECT max(count(*), 1) FROM %[2]s))%[4]s", before, table, number(table), after)
	}
}

// more gives something to change where the site has nothing: UEs of one track
// without modules, a module from which a UE was acquired, an empty semester, one
// with a module of another programme.
const more = `
	INSERT INTO ues (id, formation_id, acronyme, numero, ue_code, ects, semestre_idx) VALUES
	  (9, 1, 'UE2.3', 13, 'UCOD9', 5, 2), (10, 1, 'UE2.4', 14, 'UCOD10', 5, 2);
	INSERT INTO ue_parcours (ue_id, parcours_id, ects) VALUES (9, 1, 4), (10, 2, NULL);
	DELETE FROM formsemestre_parcours WHERE formsemestre_id = 2 AND parcours_id = 2;
	INSERT INTO inscriptions (etudid, formsemestre_id, parcours_id) VALUES (101, 2, 1);
	UPDATE modules SET coefficient = 2 WHERE id = 2;
	INSERT INTO moduleimpls (id, module_id, formsemestre_id) VALUES (13, 2, 3), (14, 2, 4);
	INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) VALUES (13, 1);
	INSERT INTO formsemestre_ue_coefs (formsemestre_id, ue_id, coef) VALUES (4, 7, 3);
	INSERT INTO preferences (dept_id, name, value) VALUES (2, 'use_ue_coefs', 'true');
	INSERT INTO assiduites (id, etudid, debut_at, fin_at, etat, entry_at) VALUES
	  (1, 1, '2025-10-02T07:00:00.000Z', '2025-10-02T15:00:00.000Z', 2, '2025-10-02T15:00:00.000Z'),
	  (2, 6, '2025-10-02T07:00:00.000Z', '2025-10-02T15:00:00.000Z', 2, '2025-10-02T15:00:00.000Z'),
	  (3, 101, '2025-10-02T07:00:00.000Z', '2025-10-02T15:00:00.000Z', 0, '2025-10-02T15:00:00.000Z');
	DELETE FROM admissions WHERE etudid = 102;
	INSERT INTO formsemestres (id, dept_id, formation_id, titre, date_debut, date_fin) VALUES (6, 1, 1, 'Vide', '2025-09-01', '2026-01-31');`

// marksBase makes a base with the site and its marks, to be copied.
func marksBase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "intendant.db")
	store, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	beside, err := sql.Open("sqlite", db.FileURI(path)+"?_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	for _, statements := range []string{fixture(t, "site.sql"), fixture(t, "marks.sql"), more} {
		if _, err := beside.Exec(statements); err != nil {
			t.Fatal(err)
		}
	}
	beside.Close()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// resultsBed is a service of results over a copy of a base, and a connection
// that writes beside it.
type resultsBed struct {
	store  *db.Store
	kept   *scolarite.Service
	beside *sql.DB
	folder string
}

// nobodysContext is for a bed that outlives no test.
var nobodysContext = context.Background()

// failer is a test, or a check of rapid.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func openCopy(t failer, template string) *resultsBed {
	t.Helper()
	folder, err := os.MkdirTemp(filepath.Dir(template), "copy")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "intendant.db")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	bed := &resultsBed{folder: folder}
	if bed.store, err = db.Open(nobodysContext, path, db.Options{MustExist: true, Readers: 1}); err != nil {
		t.Fatal(err)
	}
	if bed.beside, err = sql.Open("sqlite", db.FileURI(path)+"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=synchronous(0)"); err != nil {
		t.Fatal(err)
	}
	bed.kept = scolarite.NewResults(bed.store, func() time.Time { return now })
	return bed
}

func (bed *resultsBed) close() {
	bed.beside.Close()
	bed.store.Close()
	os.RemoveAll(bed.folder)
}

// compare holds what is kept of every semester against what the base gives.
func (bed *resultsBed) compare(t failer, after string) {
	t.Helper()
	for id := int64(1); id <= 7; id++ {
		kept, keptErr := scolarite.Results(bed.kept, nobodysContext, id)
		fresh, err := scolarite.FreshResults(bed.kept, nobodysContext, id)
		if err != nil && errs.Is(keptErr, errs.NotFound) {
			continue // it is gone
		}
		if err != nil || keptErr != nil {
			t.Fatalf("semester %d after %s: %v, %v", id, after, keptErr, err)
		}
		if diff := cmp.Diff(fresh, kept, sameResults...); diff != "" {
			t.Fatalf("semester %d after %s (-fresh +kept)\n%s", id, after, diff)
		}
		counted, recounted, err := scolarite.Absences(bed.kept, nobodysContext, kept.FormSemestre)
		if err != nil {
			t.Fatalf("absences of semester %d after %s: %v", id, after, err)
		}
		if diff := cmp.Diff(recounted, counted, sameResults...); diff != "" {
			t.Fatalf("absences of semester %d after %s (-fresh +kept)\n%s", id, after, diff)
		}
	}
}
