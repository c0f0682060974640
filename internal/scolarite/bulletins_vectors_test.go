package scolarite_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// TestClassiqueVectors compares classic report cards with those that the server
// of 2021 made of the same eleven semesters. testdata/bulletins has them by
// student; the semesters are those of the grade engine's tests.
func TestClassiqueVectors(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "bulletins", "*.json"))
	if err != nil || len(files) != 11 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) { compareVector(t, name, file) })
	}
}

// ours are the figures that our rules change, by vector, as beginnings of
// paths: a mark of 30 of 40 is brought to 20, of two retakes the best counts,
// and a UE that nobody graded is no 0 in the statistics of the class.
var ours = map[string][]string{
	"02-abs-exc":     {"/ue UE1/note/m"},
	"03-att-pending": {"/ue UE1/note/m"},
	"05-rattrapage": {
		"/note/", "/rang/", "/ue UE2/note/", "/ue UE2/rang", "/ue UE2/module C/note/", "/ue UE2/module D/note/", "/ue UE2/module D/rang/",
	},
	"06-session2": {
		"/note/", "/ue UE2/note/", "/ue UE2/rang", "/ue UE2/module C/note/", "/ue UE2/module D/note/", "/ue UE2/module D/rang/",
	},
	"08-not-enrolled": {"/ue UE1/note/m", "/ue UE2/note/m"},
	"10-malus":        {"/ue UE1/note/m", "/ue UE1/rang"},
	"12-ties":         {"/ue UE1/note/m", "/ue UE2/note/m"},
}

func compareVector(t *testing.T, name, file string) {
	s := openEmpty(t, scolarite.Reference)
	students := s.plantVector(filepath.Join("notes", "testdata", name+".json"))
	want := readJSON[map[string]map[string]any](t, file)
	got := map[string]figuresOfCard{}
	for _, card := range s.get("formsemestre/1/bulletins").json(t).([]any) {
		card := card.(map[string]any)
		got[students[card["etudid"].(json.Number).String()]] = flatten(card)
	}
	compared := 0
	for _, student := range slices.Sorted(maps.Keys(want)) {
		for path, figure := range flatten(want[student]) {
			if slices.ContainsFunc(ours[name], func(start string) bool { return strings.HasPrefix(path, start) }) {
				continue
			}
			compared++
			is, ok := got[student][path]
			if expected, isThere := translated(path, figure, got[student], got); expected != is || ok != isThere {
				t.Errorf("%s %s is %q (%t), want %q (%t)", student, path, is, ok, expected, isThere)
			}
		}
	}
	if compared < 100 {
		t.Errorf("%d figures", compared)
	}
}

// translated is a figure of 2021 by the rules that hold now, and whether it is
// on the card: a missing mean and a mark not entered are ~, without a mean there
// is no rank, the rank in a UE is among those with a mean, and a UE of which the
// student takes no module, or who left, is not there.
func translated(path, figure string, card figuresOfCard, all map[string]figuresOfCard) (text string, isThere bool) {
	ue, rest, isInUE := strings.Cut(strings.TrimPrefix(path, "/ue "), "/")
	ue = "/ue " + ue
	if isInUE = isInUE && strings.HasPrefix(path, "/ue "); isInUE {
		if _, ok := card[ue+"/acronyme"]; !ok {
			return "", false
		}
	}
	owner := strings.TrimSuffix(strings.TrimSuffix(path, "/value"), "/rang")
	switch {
	case figure == "-" || figure == "NP":
		return "~", true
	case strings.HasPrefix(path, "/rang_group ") && strings.HasSuffix(path, "/value") && card["/note/value"] == "~":
		return "", true
	case owner+"/rang" == strings.TrimSuffix(path, "/value") && card[owner+"/note/value"] == "~":
		return "", true
	case isInUE && rest == "effectif":
		n := 0
		for _, other := range all {
			if mean, ok := other[ue+"/note/value"]; ok && mean != "~" {
				n++
			}
		}
		return fmt.Sprint(n), true
	}
	return figure, true
}

// figuresOfCard are the figures of a report card by a path that names UEs,
// modules and evaluations.
type figuresOfCard map[string]string

// flatten leaves out ids, which are ours alone.
func flatten(card map[string]any) figuresOfCard {
	figures := figuresOfCard{}
	figures.add("", card)
	return figures
}

func (f figuresOfCard) add(path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			if !slices.Contains([]string{"id", "etudid", "formsemestre_id", "evaluation_id", "date"}, key) {
				f.add(path+"/"+key, member)
			}
		}
	case []any:
		for _, item := range v {
			object, ok := item.(map[string]any)
			if !ok {
				f.add(path, item)
				continue
			}
			for _, key := range []string{"acronyme", "code", "description", "group_type"} {
				if name, ok := object[key]; ok {
					f.add(path+" "+name.(string), object)
					break
				}
			}
		}
	default:
		f[path] = strings.TrimSuffix(fmt.Sprint(v), ".0")
	}
}

func readJSON[T any](t testing.TB, file string) (v T) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// plantVector writes the input of a vector as semester 1 of the base, and
// returns the names of its students by etudid.
func (s *site) plantVector(file string) map[string]string {
	s.t.Helper()
	v := readJSON[struct {
		Input struct {
			Formation struct {
				UEs []struct {
					ID, Type string
					ECTS     float64
				}
				Modules []struct {
					ID, UE, Kind string
					Coefficient  float64
				}
			}
			Students    []struct{ ID, Nom, Prenom, Etat string }
			Enrolments  map[string][]string
			Partitions  []vectorPartition
			Evaluations []struct {
				ID, Module, Date, Type string
				Coefficient            float64
				NoteMax                float64 `json:"note_max"`
				PublishIncomplete      bool    `json:"publish_incomplete"`
				Numero                 int
			}
			Grades map[string]map[string]any
		}
	}](s.t, file)
	in := v.Input
	var sql strings.Builder
	run := func(format string, args ...any) { fmt.Fprintf(&sql, format+";\n", args...) }
	run(`INSERT INTO departements (id, acronym, date_creation) VALUES (1, 'GEA', '2021-01-01T00:00:00.000Z')`)
	run(`INSERT INTO formations (id, dept_id, acronyme, titre, titre_officiel, formation_code, type_parcours) VALUES (1, 1, 'DUT', 'DUT', 'DUT', 'FC', 100)`)
	run(`INSERT INTO formsemestres (id, dept_id, formation_id, semestre_id, titre, date_debut, date_fin) VALUES (1, 1, 1, 1, 'DUT', '2021-09-01', '2022-01-31')`)
	ues, modules, evaluations, students := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for i, ue := range in.Formation.UEs {
		ues[ue.ID] = i + 1
		run(`INSERT INTO ues (id, formation_id, acronyme, titre, numero, ue_code, ects) VALUES (%d, 1, '%s', '%s', %d, '%s', %g)`, i+1, ue.ID, ue.ID, i+1, ue.ID, ue.ECTS)
		run(`INSERT INTO matieres (id, ue_id, titre) VALUES (%d, %d, 'mat')`, i+1, i+1)
	}
	for i, m := range in.Formation.Modules {
		modules[m.ID] = i + 1
		kind := map[string]int{"standard": 0, "malus": 1}[m.Kind]
		run(`INSERT INTO modules (id, formation_id, ue_id, matiere_id, titre, code, coefficient, numero, module_type) VALUES (%d, 1, %d, %d, '%s', '%s', %g, %d, %d)`,
			i+1, ues[m.UE], ues[m.UE], m.ID, m.ID, m.Coefficient, i+1, kind)
		run(`INSERT INTO moduleimpls (id, module_id, formsemestre_id) VALUES (%d, %d, 1)`, i+1, i+1)
	}
	names := map[string]string{}
	for i, e := range in.Students {
		students[e.ID] = i + 1
		names[fmt.Sprint(i+1)] = e.ID
		key := strings.ToLower(e.Nom) + ";" + strings.ToLower(e.Prenom)
		run(`INSERT INTO etudiants (id, dept_id, nom, prenom, civilite, nom_key, prenom_key, sort_key, created_at) VALUES (%d, 1, '%s', '%s', 'M', '%s', '%s', '%s', '2021-09-01T00:00:00.000Z')`,
			i+1, e.Nom, strings.ToUpper(e.Prenom[:1])+e.Prenom[1:], strings.ToLower(e.Nom), strings.ToLower(e.Prenom), key)
		run(`INSERT INTO inscriptions (etudid, formsemestre_id, etat) VALUES (%d, 1, '%s')`, i+1, e.Etat)
	}
	for module, of := range in.Enrolments {
		for _, e := range of {
			run(`INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) VALUES (%d, %d)`, modules[module], students[e])
		}
	}
	for i, ev := range in.Evaluations {
		evaluations[ev.ID] = i + 1
		kind := map[string]int{"normale": 0, "rattrapage": 1, "session2": 2}[ev.Type]
		// 8:00 in Paris, summer or winter.
		hour := map[bool]string{true: "06", false: "07"}[ev.Date < "2021-10-31"]
		end := map[bool]string{true: "07", false: "08"}[ev.Date < "2021-10-31"]
		run(`INSERT INTO evaluations (id, moduleimpl_id, debut_at, fin_at, description, note_max, coefficient, publish_incomplete, evaluation_type, numero)
			VALUES (%d, %d, '%sT%s:00:00.000Z', '%sT%s:00:00.000Z', '%s', %g, %g, %t, %d, %d)`,
			i+1, modules[ev.Module], ev.Date, hour, ev.Date, end, ev.ID, ev.NoteMax, ev.Coefficient, ev.PublishIncomplete, kind, ev.Numero)
	}
	for ev, marks := range in.Grades {
		for e, mark := range marks {
			value := fmt.Sprint(mark)
			if code, ok := map[string]string{"ABS": "NULL", "EXC": "-1000", "ATT": "-1002"}[value]; ok {
				value = code
			}
			run(`INSERT INTO notes (evaluation_id, etudid, value, at) VALUES (%d, %d, %s, '2021-10-10T00:00:00.000Z')`, evaluations[ev], students[e], value)
		}
	}
	for p, partition := range in.Partitions {
		run(`INSERT INTO partitions (id, formsemestre_id, partition_name, numero, bul_show_rank) VALUES (%d, 1, '%s', %d, 1)`, p+1, partition.Name, p)
		for g, group := range slices.Sorted(maps.Keys(partition.Groups)) {
			id := (p+1)*100 + g
			run(`INSERT INTO groupes (id, partition_id, group_name, numero) VALUES (%d, %d, '%s', %d)`, id, p+1, group, g)
			for _, e := range partition.Groups[group] {
				run(`INSERT INTO groupe_membres (group_id, partition_id, etudid) VALUES (%d, %d, %d)`, id, p+1, students[e])
			}
		}
	}
	s.exec(sql.String())
	return names
}

type vectorPartition struct {
	Name   string
	Groups map[string][]string
}
