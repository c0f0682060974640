package notes_test

import (
	"testing"

	"intendant/internal/scolarite/notes"
)

// TestBUTSemester is a part of a real first semester of the BUT, with the means
// that its bulletin printed.
func TestBUTSemester(t *testing.T) {
	d := newDraft(1)
	d.APC = true
	for _, ects := range []float64{7, 5, 3} {
		d.ue(notes.UE{ECTS: ects})
	}
	type eval struct {
		coef float64
		mark any
	}
	module := func(coefs, poids []float64, evals ...eval) int {
		m := d.module(notes.Module{Kind: notes.Ressource, Coefs: coefs})
		for _, e := range evals {
			d.evaluation(notes.Evaluation{Module: m, Coefficient: e.coef, Poids: poids}, e.mark)
		}
		return m
	}
	r105 := module([]float64{0, 5, 0}, nil, eval{7.5, "ABS"}, eval{2.75, 15.}, eval{1, "ABS"}, eval{1, 17.}, eval{2.25, 5.})
	r107 := module([]float64{0, 0, 22}, nil, eval{1.25, 7.}, eval{6.25, 2.}, eval{6, 0.})
	r110 := module([]float64{3, 5, 5}, nil,
		eval{1.5, 0.}, eval{6, 13.}, eval{5, 16.}, eval{3, 11.}, eval{2, 12.}, eval{3, 17.}, eval{0.25, 4.})
	sae11 := module([]float64{16, 0, 0}, []float64{1, 0, 0}, eval{2, 12.}, eval{5, 8.})
	module([]float64{12, 4, 4}, nil, eval{1, nil})
	r := d.compute()
	for _, test := range []struct {
		module, ue int
		mean       float64
		printed    string
	}{
		{r105, 1, 69.5 / 14.5, "04.79"},
		{r107, 2, 21.25 / 13.5, "01.57"},
		{r110, 0, 267 / 20.75, "12.87"},
		{r110, 1, 267 / 20.75, "12.87"},
		{r110, 2, 267 / 20.75, "12.87"},
		{sae11, 0, 64. / 7, "09.14"},
		{sae11, 1, none, "~"},
	} {
		got := r.ModuleUEMean(test.module, test.ue, 0)
		want(t, "module towards UE", got, test.mean)
		if printed := notes.Format(got); printed != test.printed {
			t.Errorf("printed %s, want %s", printed, test.printed)
		}
	}
	want(t, "indicative mean", r.Moyennes.At(sae11, 0), 64./7)
	ues := []float64{
		(267/20.75*3 + 64./7*16) / 19,
		(69.5/14.5*5 + 267/20.75*5) / 10,
		(21.25/13.5*22 + 267/20.75*5) / 27,
	}
	for u, mean := range ues {
		want(t, "UE", r.UE.At(u, 0).Moyenne, mean)
	}
	want(t, "general", r.Etudiants[0].Moyenne, (ues[0]*7+ues[1]*5+ues[2]*3)/15)
}

// TestPoids: an evaluation weighs as much towards each UE as it says.
func TestPoids(t *testing.T) {
	d := newDraft(1)
	d.APC = true
	for range 3 {
		d.ue(notes.UE{ECTS: 10})
	}
	m := d.module(notes.Module{Kind: notes.SAE, Coefs: []float64{1, 1, 1}})
	d.evaluation(notes.Evaluation{Module: m, Coefficient: 1, Poids: []float64{1, 1, 1}}, 12.)
	d.evaluation(notes.Evaluation{Module: m, Coefficient: 2, NoteMax: 10, Poids: []float64{2, 0, 1}}, 8.)
	r := d.compute()
	for u, mean := range []float64{15.2, 12, 44. / 3} {
		want(t, "towards the UE", r.ModuleUEMean(m, u, 0), mean)
	}
	want(t, "indicative mean", r.Moyennes.At(m, 0), (15.2+12+44./3)/3)
}

// TestPoidsOfSecondChances: with weight 0 a retake does not touch a UE, and a
// bonus counts by its weight.
func TestPoidsOfSecondChances(t *testing.T) {
	for _, test := range []struct {
		kind  notes.EvaluationKind
		mark  float64
		means []float64
	}{
		{notes.Rattrapage, 15, []float64{15, 10}},
		{notes.Session2, 15, []float64{15, 10}},
		{notes.Bonus, 3, []float64{16, 10}},
	} {
		d := newDraft(1)
		d.APC = true
		d.ue(notes.UE{})
		d.ue(notes.UE{})
		m := d.module(notes.Module{Coefs: []float64{1, 1}})
		d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 10.)
		d.evaluation(notes.Evaluation{Module: m, Kind: test.kind, Poids: []float64{2, 0}}, test.mark)
		r := d.compute()
		for u, mean := range test.means {
			want(t, "towards the UE", r.ModuleUEMean(m, u, 0), mean)
		}
	}
}

// TestUEOfSeveralModules weighs modules by the matrix, those without a mean
// towards the UE left out.
func TestUEOfSeveralModules(t *testing.T) {
	d := newDraft(1)
	d.APC = true
	for range 4 {
		d.ue(notes.UE{ECTS: 10})
	}
	mark := func(m, ue int, v float64) {
		poids := make([]float64, 4)
		poids[ue] = 1
		d.evaluation(notes.Evaluation{Module: m, Coefficient: 1, Poids: poids}, v)
	}
	ressource := d.module(notes.Module{Kind: notes.Ressource, Coefs: []float64{3, 0, 2, 0}})
	sae := d.module(notes.Module{Kind: notes.SAE, Coefs: []float64{5, 4, 0, 0}})
	mark(ressource, 0, 14)
	mark(ressource, 2, 13.3)
	mark(sae, 0, 10)
	mark(sae, 1, 12)
	mark(sae, 2, 8)
	r := d.compute()
	for u, mean := range []float64{11.5, 12, 13.3, none} {
		want(t, "UE", r.UE.At(u, 0).Moyenne, mean)
	}
	want(t, "general", r.Etudiants[0].Moyenne, (11.5+12+13.3)/3)
	if r.UE.At(3, 0).Inscrit {
		t.Error("a UE without any module is followed")
	}
}

// TestShareOfSAEs: ressources and SAÉ weigh by their coefficients, nothing else.
func TestShareOfSAEs(t *testing.T) {
	for _, test := range []struct {
		coefs [4]float64
		mean  float64
	}{
		{[4]float64{2, 3, 4, 5}, 20 * 5. / 14},
		{[4]float64{24, 36, 40 * 4. / 9, 40 * 5. / 9}, 12},
	} {
		d := newDraft(1)
		d.APC = true
		d.ue(notes.UE{})
		for i, kind := range []notes.ModuleKind{notes.Ressource, notes.Ressource, notes.SAE, notes.SAE} {
			m := d.module(notes.Module{Kind: kind, Coefs: test.coefs[i : i+1]})
			d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 20*float64(1-i/2))
		}
		want(t, "UE", d.compute().UE.At(0, 0).Moyenne, test.mean)
	}
}

// TestParcours: a student has no mean in a UE that his parcours has not.
func TestParcours(t *testing.T) {
	d := newDraft(2)
	d.APC = true
	d.ue(notes.UE{ECTS: 20})
	d.ue(notes.UE{ECTS: 10})
	m := d.module(notes.Module{Coefs: []float64{1, 1}})
	d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 12., 14.)
	d.module(notes.Module{UE: 1, Kind: notes.Malus})
	d.evaluation(notes.Evaluation{Module: 1, Coefficient: 1}, 1., 1.)
	d.Etudiants[0].UEs = []bool{true, false}
	r := d.compute()
	if e := r.UE.At(1, 0); e.Inscrit || e.Malus != 0 {
		t.Errorf("UE of another parcours: %+v", e)
	}
	want(t, "UE of another parcours", r.UE.At(1, 0).Moyenne, none)
	want(t, "general", r.Etudiants[0].Moyenne, 12)
	want(t, "general of the other", r.Etudiants[1].Moyenne, (14.*20+13.*10)/30)
	want(t, "mean of the class", r.UEs[1].Stats.Mean, 13)
	if r.UEs[1].Stats.N != 1 || r.Etudiants[0].ECTS != 20 || r.Etudiants[1].ECTS != 30 {
		t.Errorf("%d graded, %v and %v ECTS", r.UEs[1].Stats.N, r.Etudiants[0].ECTS, r.Etudiants[1].ECTS)
	}
}

// TestBonusBUT raises every UE, before what was validated is compared, and the
// general mean by them.
func TestBonusBUT(t *testing.T) {
	tests := []struct {
		name  string
		rule  notes.BonusBUT
		sport []any
		bonus float64
	}{
		{"above the threshold", notes.BonusBUTDefaut, []any{14.}, 0.2},
		{"at the threshold", notes.BonusBUTDefaut, []any{10.}, 0},
		{"two marks", notes.BonusBUTDefaut, []any{14., 13.}, 0.35},
		{"one above, one below", notes.BonusBUTDefaut, []any{14., 3.}, 0.2},
		{"the most", notes.BonusBUTDefaut, []any{19., 18.}, 0.5},
		{"another rule", notes.BonusBUT{Seuil: 8, Proportion: 0.1, Max: 2}, []any{14.}, 0.6},
		{"no mark", notes.BonusBUTDefaut, []any{"EXC"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(1)
			d.APC, d.BonusBUT = true, test.rule
			for range 3 {
				d.ue(notes.UE{ECTS: 10})
			}
			d.Etudiants[0].Capitalisees = []notes.Capitalisation{{UE: 2, Moyenne: 11}}
			sport := d.ue(notes.UE{Sport: true})
			for u, v := range []any{9.8, 19.9, 9.} {
				coefs := make([]float64, 4)
				coefs[u] = 1
				d.evaluation(notes.Evaluation{Module: d.module(notes.Module{Coefs: coefs}), Coefficient: 1}, v)
			}
			for _, v := range test.sport {
				d.evaluation(notes.Evaluation{Module: d.module(notes.Module{UE: sport}), Coefficient: 1}, v)
			}
			r := d.compute()
			want(t, "UE", r.UE.At(0, 0).Moyenne, 9.8+test.bonus)
			want(t, "bonus", r.UE.At(0, 0).Bonus, test.bonus)
			want(t, "UE near 20", r.UE.At(1, 0).Moyenne, min(20, 19.9+test.bonus))
			want(t, "capitalised UE", r.UE.At(2, 0).Moyenne, 11)
			want(t, "the same now", r.UE.At(2, 0).Courante, 9+test.bonus)
			want(t, "general", r.Etudiants[0].Moyenne, (9.8+test.bonus+min(20, 19.9+test.bonus)+11)/3)
			want(t, "bonus of the general mean", r.Etudiants[0].Bonus, 0)
			if reached := r.UE.At(0, 0).ECTS == 10; reached != (test.bonus >= 0.2) {
				t.Errorf("ECTS = %v", r.UE.At(0, 0).ECTS)
			}
		})
	}
}

// TestCreditsOfParcours: a UE may give other credits in a parcours, which then
// weigh the general mean too.
func TestCreditsOfParcours(t *testing.T) {
	d := newDraft(2)
	d.APC = true
	d.ue(notes.UE{ECTS: 5})
	d.ue(notes.UE{ECTS: 5})
	d.Etudiants[1].ECTS = []float64{6, 2}
	d.evaluation(notes.Evaluation{Module: d.module(notes.Module{Coefs: []float64{1, 0}}), Coefficient: 1}, 12., 12.)
	d.evaluation(notes.Evaluation{Module: d.module(notes.Module{Coefs: []float64{0, 1}}), Coefficient: 1}, 8., 8.)
	r := d.compute()
	want(t, "mean by the UEs' own credits", r.Etudiants[0].Moyenne, 10)
	want(t, "mean by those of the parcours", r.Etudiants[1].Moyenne, 11)
	want(t, "credits", r.Etudiants[0].ECTS, 5)
	want(t, "credits of the parcours", r.Etudiants[1].ECTS, 6)
}
