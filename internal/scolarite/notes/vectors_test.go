package notes_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/scolarite/notes"
)

// vector is a small classic semester of testdata with every figure that the
// engine of 2021 worked out from it.
type vector struct {
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
		Semester struct {
			DateDebut     string `json:"date_debut"`
			BlockMoyennes bool   `json:"block_moyennes"`
			Prefs         struct {
				UseUECoefs int `json:"use_ue_coefs"`
			}
		}
		Students   []struct{ ID, Etat string }
		Enrolments map[string][]string
		Partitions []struct {
			Name   string
			Groups map[string][]string
		}
		Evaluations []struct {
			ID, Module, Date, Type string
			Coefficient            float64
			NoteMax                float64 `json:"note_max"`
			PublishIncomplete      bool    `json:"publish_incomplete"`
			Numero                 int
		}
		Grades map[string]map[string]any
	}
	Output vectorOutput
}

type vectorOutput struct {
	Order struct {
		Alphabetical []string
		ByRank       []string `json:"by_rank"`
	}
	Evaluations map[string]struct {
		Used, EvalComplete, EvalAttente bool
		NbInscrits                      int `json:"nb_inscrits"`
		NbNotes                         int `json:"nb_notes"`
		NbNotesTotal                    int `json:"nb_notes_total"`
		NbAbs                           int `json:"nb_abs"`
		NbNeutre                        int `json:"nb_neutre"`
		NbAtt                           int `json:"nb_att"`
		Moy, Median, Min, Max           figure
		MoyTxt                          string `json:"moy_txt"`
	}
	Modules map[string]struct {
		Averages map[string]figure
		Ranks    map[string]string
		Effectif int
		Attente  bool
		Stats    struct {
			Moy, Max, Min figure
			NbNotes       int `json:"nb_notes"`
			NbMissing     int `json:"nb_missing"`
			NbValidEvals  int `json:"nb_valid_evals"`
		}
	}
	UEs     map[string]vectorUE
	General struct {
		Moy, Min, Max figure
		NbDemissions  int `json:"nb_demissions"`
		NbDefaillants int `json:"nb_defaillants"`
		NInscrits     int
		Students      map[string]struct {
			Moy      figure
			MoyTxt   string `json:"moy_txt"`
			Rank     string
			Bonus    figure
			SumCoefs figure `json:"sum_coefs"`
			ECTSPot  figure `json:"ects_pot"`
			Etat     string
		}
	}
	GroupRanks map[string]map[string]string `json:"group_ranks"`
}

type vectorUE struct {
	Moy, Min, Max figure
	NbMoy         int `json:"nb_moy"`
	Students      map[string]struct {
		CurMoyUE      figure `json:"cur_moy_ue"`
		CoefUE        figure `json:"coef_ue"`
		SumCoefs      figure `json:"sum_coefs"`
		NbNotes       int    `json:"nb_notes"`
		NbMissing     int    `json:"nb_missing"`
		EstInscrit    bool   `json:"est_inscrit"`
		IsCapitalized bool   `json:"is_capitalized"`
		ECTSPot       figure `json:"ects_pot"`
		UEMalus       figure `json:"ue_malus"`
		Rank          string
	}
}

// figure is a number, NaN where the vector has null or "NA".
type figure float64

func (f *figure) UnmarshalJSON(data []byte) error {
	if text := string(data); text == "null" || text == `"NA"` {
		*f = figure(math.NaN())
		return nil
	}
	return json.Unmarshal(data, (*float64)(f))
}

// about is a figure that holds within 1e-12: means of the class, whose sums the
// engine takes in another order.
type about float64

// figures are all figures of a semester, by a path such as
// "module M1/E3/mean".
type figures map[string]any

// ours are the figures of vectors that our rules change, with what they are
// under them, worked out by hand.
var ours = map[string]figures{
	// A rattrapage on a module without mean was taken on its own scale: 30 of
	// 40 is 15. The last of two rattrapages won, even without a mark in it: the
	// best does.
	"05-rattrapage": {
		"module C/E1/mean": 15., "module C/mean": about(8), "module C/max": 15.,
		"module D/E1/mean": 15., "module D/E2/mean": 15., "module D/mean": about(74. / 7),
		"module D/E1/rank": "2 ex", "module D/E2/rank": "2 ex",
		"module D/E4/rank": "4 ex", "module D/E5/rank": "4 ex", "module D/E6/rank": "4 ex", "module D/E7/rank": "4 ex",
		"ue UE2/E1/mean": 15., "ue UE2/E2/mean": 15., "ue UE2/E2/ects": 8.,
		"ue UE2/mean": about(68.5 / 7), "ue UE2/max": 15.,
		"ue UE2/E1/rank": "1 ex", "ue UE2/E2/rank": "1 ex", "ue UE2/E3/rank": "3", "ue UE2/E4/rank": "4",
		"general/E1/mean": 13.2, "general/E1/text": "13.20", "general/E1/rank": "1 ex", "general/E4/rank": "1 ex",
		"general/E2/mean": 11., "general/E2/text": "11.00", "general/E2/ects": 8.,
		"general/mean": about(70.6 / 7), "general/max": 13.2,
	},
	// The same scale. After a rattrapage, a session2 without a mark took the
	// rattrapage away: E2 keeps his 15.
	"06-session2": {
		"module C/E1/mean": 15., "module C/mean": about(48. / 7), "module C/max": 15.,
		"module D/E2/mean": 15., "module D/mean": about(57. / 7), "module D/max": 15.,
		"module D/E1/rank": "2", "module D/E2/rank": "1",
		"module D/E4/rank": "3 ex", "module D/E5/rank": "3 ex", "module D/E6/rank": "3 ex", "module D/E7/rank": "3 ex",
		"ue UE2/E1/mean": 13., "ue UE2/E2/mean": 10.5, "ue UE2/E2/ects": 8.,
		"ue UE2/mean": about(7.5), "ue UE2/max": 13.,
		"ue UE2/E2/rank": "2", "ue UE2/E5/rank": "3 ex", "ue UE2/E6/rank": "3 ex", "ue UE2/E7/rank": "3 ex",
		"general/E1/mean": 12.4, "general/E1/text": "12.40",
		"general/E2/mean": 6., "general/E2/text": "06.00", "general/E2/rank": "6", "general/E2/ects": 8.,
		"general/E3/rank": "7",
		"general/mean":    about(59.2 / 7), "general/min": 5.4, "general/max": 12.4,
		"order": "E1 E4 E5 E7 E6 E2 E3",
	},
	// A UE without marks counted as 0, and so tied with those who had 0.
	"03-att-pending": {"ue UE1/E5/rank": "4"},
	"10-malus":       {"ue UE1/E3/rank": "7"},
}

func TestVectors(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) != 11 {
		t.Fatalf("%d vectors, %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			v := readVector(t, path)
			s, groups := v.semestre(t)
			want, got := v.figures(), v.computed(s, notes.Compute(s), groups)
			for path, figure := range ours[name] {
				if old, ok := want[path]; !ok || same(figure, old) {
					t.Errorf("%s is %v in the vector: nothing to change to %v", path, old, figure)
				}
				want[path] = figure
			}
			compare(t, got, want)
		})
	}
}

func readVector(t *testing.T, path string) (v vector) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// semestre is the input of a vector, and the names of its groups.
func (v vector) semestre(t *testing.T) (*notes.Semestre, []string) {
	in := v.Input
	s := &notes.Semestre{
		BlockMoyennes: in.Semester.BlockMoyennes,
		UseUECoefs:    in.Semester.Prefs.UseUECoefs == 1,
		Debut:         day(t, in.Semester.DateDebut),
	}
	for _, student := range in.Students {
		etat := map[string]notes.Etat{"I": notes.Inscrit, "D": notes.Demissionnaire, "DEF": notes.Defaillant}[student.Etat]
		position := slices.Index(v.Output.Order.Alphabetical, student.ID)
		s.Etudiants = append(s.Etudiants, notes.Etudiant{Etat: etat, Position: position})
	}
	for i, ue := range in.Formation.UEs {
		s.UEs = append(s.UEs, notes.UE{Numero: i, Sport: ue.Type == "sport", ECTS: ue.ECTS})
	}
	for i, m := range in.Formation.Modules {
		kind := map[string]notes.ModuleKind{"standard": notes.Standard, "malus": notes.Malus}[m.Kind]
		s.Modules = append(s.Modules, notes.Module{UE: v.ue(m.UE), Numero: i, Kind: kind, Coefficient: m.Coefficient})
	}
	for _, e := range in.Evaluations {
		s.Evaluations = append(s.Evaluations, notes.Evaluation{
			Module: v.module(e.Module), Numero: e.Numero, Date: day(t, e.Date),
			Kind: map[string]notes.EvaluationKind{
				"normale": notes.Normale, "rattrapage": notes.Rattrapage, "session2": notes.Session2,
			}[e.Type],
			Coefficient: e.Coefficient, NoteMax: e.NoteMax, PublishIncomplete: e.PublishIncomplete,
		})
	}
	s.MakeGrids()
	v.fill(s)
	return s, v.groups(s)
}

// fill writes the enrolments and the marks of a vector in the tables.
func (v vector) fill(s *notes.Semestre) {
	for m, students := range v.Input.Enrolments {
		for _, id := range students {
			s.Inscrits.Set(v.module(m), v.student(id), true)
		}
	}
	for i, e := range v.Input.Evaluations {
		for id, grade := range v.Input.Grades[e.ID] {
			s.Notes.Set(i, v.student(id), mark(grade))
		}
	}
}

// groups writes the groups of a vector, and returns their names.
func (v vector) groups(s *notes.Semestre) (names []string) {
	for _, p := range v.Input.Partitions {
		for name, members := range p.Groups {
			group := []int{}
			for _, id := range members {
				group = append(group, v.student(id))
			}
			s.Groupes, names = append(s.Groupes, group), append(names, p.Name+"/"+name)
		}
	}
	return names
}

func (v vector) student(id string) int {
	return slices.IndexFunc(v.Input.Students, func(s struct{ ID, Etat string }) bool { return s.ID == id })
}

func (v vector) module(id string) int {
	for i, m := range v.Input.Formation.Modules {
		if m.ID == id {
			return i
		}
	}
	return -1
}

func (v vector) ue(id string) int {
	for i, ue := range v.Input.Formation.UEs {
		if ue.ID == id {
			return i
		}
	}
	return -1
}

// figures are what a vector says, but for what our rules change everywhere: a
// student without a mean has no rank and prints "~", and has no 0 in a UE
// without marks, the statistics of which are then left out, since that 0 went
// into them. The denominator of UE ranks (effectif) is left out too: it counted
// students without a mean.
func (v vector) figures() figures {
	f, out := figures{}, v.Output
	f["order"] = strings.Join(out.Order.ByRank, " ")
	for id, e := range out.Evaluations {
		f["evaluation "+id] = fmt.Sprintf("used %v complete %v attente %v inscrits %d notes %d/%d abs %d exc %d att %d",
			e.Used, e.EvalComplete, e.EvalAttente, e.NbInscrits, e.NbNotes, e.NbNotesTotal, e.NbAbs, e.NbNeutre, e.NbAtt)
		f.stats("evaluation "+id, e.Moy, e.Min, e.Max)
		f["evaluation "+id+"/median"] = float64(e.Median)
		if e.MoyTxt != "" {
			f["evaluation "+id+"/text"] = e.MoyTxt
		}
	}
	for id, m := range out.Modules {
		f["module "+id] = fmt.Sprintf("attente %v effectif %d notes %d missing %d evaluations %d",
			m.Attente, m.Effectif, m.Stats.NbNotes, m.Stats.NbMissing, m.Stats.NbValidEvals)
		f.stats("module "+id, m.Stats.Moy, m.Stats.Min, m.Stats.Max)
		for student, mean := range m.Averages {
			f.student("module "+id+"/"+student, mean, m.Ranks[student])
		}
	}
	for id, ue := range out.UEs {
		v.figuresUE(f, "ue "+id, ue)
	}
	f["general"] = fmt.Sprintf("demissions %d defaillants %d inscrits %d",
		out.General.NbDemissions, out.General.NbDefaillants, out.General.NInscrits)
	f.stats("general", out.General.Moy, out.General.Min, out.General.Max)
	for id, e := range out.General.Students {
		f.student("general/"+id, e.Moy, e.Rank)
		f["general/"+id+"/text"] = strings.Replace(e.MoyTxt, "-", "~", 1)
		f["general/"+id+"/bonus"] = float64(e.Bonus)
		f["general/"+id+"/coefs"] = float64(e.SumCoefs)
		f["general/"+id+"/ects"] = float64(e.ECTSPot)
	}
	for group, ranks := range out.GroupRanks {
		for id, rank := range ranks {
			if math.IsNaN(float64(out.General.Students[id].Moy)) {
				rank = ""
			}
			f["group "+group+"/"+id] = fmt.Sprintf("%s of %d", rank, len(ranks))
		}
	}
	return f
}

// figuresUE are what a vector says of a UE.
func (v vector) figuresUE(f figures, path string, ue vectorUE) {
	graded := true
	for _, student := range v.Input.Students {
		e := ue.Students[student.ID]
		graded = graded && (student.Etat != "I" || !math.IsNaN(float64(e.CurMoyUE)))
		f.student(path+"/"+student.ID, e.CurMoyUE, e.Rank)
		f[path+"/"+student.ID] = fmt.Sprintf("coef %v/%v notes %d missing %d inscrit %v capitalisee %v",
			float64(e.CoefUE), float64(e.SumCoefs), e.NbNotes, e.NbMissing, e.EstInscrit, e.IsCapitalized)
		f[path+"/"+student.ID+"/ects"] = float64(e.ECTSPot)
		f[path+"/"+student.ID+"/malus"] = 0.
		if !math.IsNaN(float64(e.UEMalus)) {
			f[path+"/"+student.ID+"/malus"] = float64(e.UEMalus)
		}
	}
	if graded {
		f.stats(path, ue.Moy, ue.Min, ue.Max)
		f[path+"/n"] = ue.NbMoy
	}
}

func (f figures) stats(path string, mean, low, high figure) {
	f[path+"/mean"], f[path+"/min"], f[path+"/max"] = about(mean), float64(low), float64(high)
}

func (f figures) student(path string, mean figure, rank string) {
	if math.IsNaN(float64(mean)) {
		rank = ""
	}
	f[path+"/mean"], f[path+"/rank"] = float64(mean), rank
}

// computed are the same figures as the engine has them.
func (v vector) computed(s *notes.Semestre, r *notes.Results, groups []string) figures {
	f := figures{}
	var order []string
	for _, i := range r.Ordre {
		order = append(order, v.Input.Students[i].ID)
	}
	f["order"] = strings.Join(order, " ")
	for i, e := range r.Evaluations {
		path := "evaluation " + v.Input.Evaluations[i].ID
		f[path] = fmt.Sprintf("used %v complete %v attente %v inscrits %d notes %d/%d abs %d exc %d att %d",
			e.Used, e.Complete, e.Attente, e.NbInscrits, e.NbNotes, e.NbNotesTotal, e.NbAbs, e.NbExc, e.NbAtt)
		f.ourStats(path, e.Stats)
		f[path+"/median"], f[path+"/text"] = e.Stats.Median, notes.Format(e.Stats.Mean)
	}
	for i, m := range r.Modules {
		path := "module " + v.Input.Formation.Modules[i].ID
		f[path] = fmt.Sprintf("attente %v effectif %d notes %d missing %d evaluations %d",
			m.Attente, m.Effectif, m.Stats.N, m.NbSansMoyenne, m.NbEvaluations)
		f.ourStats(path, m.Stats)
		for k, student := range v.Input.Students {
			f[path+"/"+student.ID+"/mean"] = r.Moyennes.At(i, k)
			f[path+"/"+student.ID+"/rank"] = r.ModuleRangs.At(i, k).String()
		}
	}
	for i, ue := range r.UEs {
		path := "ue " + v.Input.Formation.UEs[i].ID
		f.ourStats(path, ue.Stats)
		f[path+"/n"] = ue.Stats.N
		for k, student := range v.Input.Students {
			f.ourUE(path+"/"+student.ID, r.UE.At(i, k), r.UERangs.At(i, k))
		}
	}
	f["general"] = fmt.Sprintf("demissions %d defaillants %d inscrits %d", r.NbDemissions, r.NbDefaillants, len(r.Etudiants))
	f.ourStats("general", r.General)
	for k, student := range v.Input.Students {
		path, e := "general/"+student.ID, r.Etudiants[k]
		f[path+"/mean"], f[path+"/rank"], f[path+"/text"] = e.Moyenne, e.Rang.String(), notes.Format(e.Moyenne)
		f[path+"/bonus"], f[path+"/coefs"], f[path+"/ects"] = e.Bonus, e.SumCoefs, e.ECTS
	}
	for g, name := range groups {
		for _, k := range s.Groupes[g] {
			rank, size := r.GroupRang(g, k)
			f["group "+name+"/"+v.Input.Students[k].ID] = fmt.Sprintf("%s of %d", rank, size)
		}
	}
	return f
}

func (f figures) ourStats(path string, s notes.Stats) {
	f[path+"/mean"], f[path+"/min"], f[path+"/max"] = about(s.Mean), s.Min, s.Max
}

func (f figures) ourUE(path string, e notes.EtudiantUE, rank notes.Rang) {
	f[path+"/mean"], f[path+"/rank"] = e.Moyenne, rank.String()
	f[path] = fmt.Sprintf("coef %v/%v notes %d missing %d inscrit %v capitalisee %v",
		e.Coefficient, e.SumCoefs, e.NbNotes, e.NbManquantes, e.Inscrit, e.Capitalisee)
	f[path+"/ects"], f[path+"/malus"] = e.ECTS, e.Malus
}

// compare tells every figure that is not what it should be.
func compare(t *testing.T, got, want figures) {
	t.Helper()
	for path, figure := range want {
		if value, ok := got[path]; !ok || !same(value, figure) {
			t.Errorf("%s = %v, want %v", path, value, figure)
		}
	}
}

// same tells whether two figures are equal: to the last bit, but for [about].
func same(a, b any) bool {
	if x, ok := a.(about); ok {
		y, ok := b.(about)
		return ok && near(float64(x), float64(y), 1e-12)
	}
	if x, ok := a.(float64); ok {
		y, ok := b.(float64)
		return ok && equal(x, y)
	}
	return a == b
}

// equal is equality where no value equals no value.
func equal(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func near(a, b, epsilon float64) bool { return equal(a, b) || math.Abs(a-b) <= epsilon }

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// mark reads a mark as the tables of this package write them: a number, "ABS",
// "EXC", "ATT", or nil for none.
func mark(v any) notes.Note {
	switch v := v.(type) {
	case float64:
		return notes.Valeur(v)
	case string:
		return map[string]notes.Note{"ABS": notes.ABS, "EXC": notes.EXC, "ATT": notes.ATT}[v]
	}
	return notes.Note{}
}
