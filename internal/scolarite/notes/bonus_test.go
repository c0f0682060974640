package notes_test

import (
	"slices"
	"testing"

	"intendant/internal/scolarite/notes"
)

// TestFormules are all formulas, on a UE at the general mean. ue is what the UE
// becomes, 0 if the formula leaves it alone.
func TestFormules(t *testing.T) {
	type sport []struct{ mark, coef float64 }
	tests := []struct {
		formule string
		general float64
		sport   sport
		debut   string
		bonus   float64
		ue      float64
	}{
		{"bonus_iutv", 12, sport{{15, 1}, {12, 1}}, "", 0.35, 0},
		{"bonus_iutv", 12, sport{{15, 1}, {4, 1}}, "", 0.25, 0},
		{"bonus_iutv", 12, sport{{15, 0}}, "", 0.25, 0},
		{"bonus_iutv", 12, sport{{15, 0}, {12, 0}}, "", 0, 0},
		{"bonus_iutv", 19.9, sport{{15, 1}}, "", 0.25, 0},
		{"bonus_direct", 12, sport{{0.5, 1}, {0.25, 3}}, "", 0.75, 0},
		{"bonus_iut_stdenis", 12, sport{{15, 1}, {12, 1}}, "", 0.35, 0},
		{"bonus_iut_stdenis", 12, sport{{20, 1}, {18, 1}}, "", 0.5, 0},
		{"bonus_colmar", 12, sport{{15, 1}, {12, 1}}, "", 0.35, 0},
		{"bonus_colmar", 12, sport{{20, 1}, {14, 1}}, "", 0.5, 0},
		{"bonus_iutva", 12, sport{{9.99, 1}}, "", 0, 0},
		{"bonus_iutva", 12, sport{{10, 0}}, "", 0.1, 0},
		{"bonus_iutva", 12, sport{{12, 1}}, "", 0.2, 0},
		{"bonus_iutva", 12, sport{{10, 1}, {18, 3}}, "", 0.3, 0},
		{"bonus_iutva", 12, sport{{8, 3}, {18, 1}}, "", 0.1, 0},
		{"bonus_iut1grenoble_2017", 12, sport{{3, 1}, {1, 1}}, "", 0.12, 0},
		{"bonus_lille", 12, sport{{15, 1}}, "2010-08-01", 0.1, 0},
		{"bonus_lille", 12, sport{{15, 1}, {12, 1}}, "2010-08-02", 0.28, 0},
		{"bonus_iutlh", 12, sport{{15, 1}, {12, 1}}, "", 0.42, 12.42},
		{"bonus_iutlh", 12, sport{{20, 1}, {15, 1}}, "", 0.6, 12.6},
		{"bonus_iutlh", 19.8, sport{{20, 1}}, "", 0.99, 20},
		{"bonus_nantes", 12, sport{{0.3, 1}, {0.1, 1}}, "", 0.4, 0},
		{"bonus_nantes", 12, sport{{0.4, 1}, {0.4, 1}}, "", 0.5, 0},
		{"bonus_tours", 12, sport{{0.4, 1}, {0.4, 1}}, "", 0.8, 0},
		{"bonus_tours", 12, sport{{0.7, 1}, {0.4, 1}}, "", 1, 0},
		{"bonus_iutr", 12, sport{{0.2, 1}, {0.1, 1}}, "", 0.3, 12.3},
		{"bonus_iutr", 12, sport{{0.2, 1}, {0.2, 1}}, "", 0.35, 12.35},
		{"bonus_iutam", 12, sport{{9.99, 1}}, "", 0, 0},
		{"bonus_iutam", 12, sport{{10, 1}}, "", 0.06, 0},
		{"bonus_iutam", 12, sport{{14.5, 1}}, "", 0.33, 0},
		{"bonus_iutam", 12, sport{{14.9, 1}}, "", 0.33, 0},
		{"bonus_iutam", 12, sport{{20, 1}}, "", 0.6, 0},
		{"bonus_iutam", 12, sport{{10, 1}, {20, 1}}, "", 0.06, 0},
		{"bonus_saint_etienne", 12, sport{{0.3, 1}, {0.2, 1}}, "", 0.5, 0},
		{"bonus_saint_etienne", 12, sport{{0.3, 1}, {0.4, 1}}, "", 0.6, 0},
		{"bonus_iutTarbes", 12, sport{{13, 1}, {16, 1}}, "", 0.2, 0},
		{"bonus_iutTarbes", 12, sport{{9, 1}}, "", 0, 0},
		{"bonus_iutSN", 12, sport{{2, 1}, {1, 1}}, "", 0.36, 0},
		{"bonus_iutBordeaux1", 12, sport{{14, 1}, {18, 1}}, "", 0.48, 12.48},
		{"bonus_iutBordeaux1", 12, sport{{9, 1}}, "", 0, 0},
		{"bonus_iuto", 12, sport{{16, 1}}, "2013-08-02", 0.4, 0},
		{"bonus_iuto", 12, sport{{16, 3}, {8, 1}}, "2013-08-01", 0.35, 12.35},
		{"bonus_iutbethune", 12.34, sport{{15, 1}, {12, 1}}, "", 0.43, 0},
		{"bonus_iutbethune", 12.34, sport{{20, 1}, {20, 1}}, "", 0.61, 0},
		{"bonus_iutbeziers", 12, sport{{15, 1}, {12, 1}}, "", 0.21, 0},
		{"bonus_iutbeziers", 12, sport{{20, 1}, {15, 1}}, "", 0.3, 0},
	}
	tested := map[string]bool{}
	for _, test := range tests {
		t.Run(test.formule, func(t *testing.T) {
			tested[test.formule] = true
			d := newDraft(1)
			d.Bonus, _ = notes.FindFormule(test.formule)
			if test.debut != "" {
				d.Debut = day(t, test.debut)
			}
			m := d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1})
			d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, test.general)
			sport := d.ue(notes.UE{Sport: true})
			for _, s := range test.sport {
				m := d.module(notes.Module{UE: sport, Coefficient: s.coef})
				d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, s.mark)
			}
			r := d.compute()
			want(t, "bonus", r.Etudiants[0].Bonus, test.bonus)
			want(t, "general", r.Etudiants[0].Moyenne, min(20, test.general+test.bonus))
			if test.ue == 0 {
				test.ue = test.general
			}
			want(t, "UE", r.UE.At(0, 0).Moyenne, test.ue)
			want(t, "sport UE", r.UE.At(sport, 0).Moyenne, none)
		})
	}
	for _, name := range notes.Formules() {
		if !tested[name] {
			t.Errorf("%s has no case", name)
		}
	}
}

// TestBonusAcrossUEs: the general mean takes the formula's bonus once, over what
// it was before; UEs are raised for their ECTS, but not capitalised ones.
func TestBonusAcrossUEs(t *testing.T) {
	d := newDraft(2)
	d.Bonus, _ = notes.FindFormule("bonus_iutr")
	for i, v := range []any{9.8, 11.} {
		m := d.module(notes.Module{UE: d.ue(notes.UE{ECTS: 10}), Coefficient: float64(1 + i)})
		d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, v, 10.)
	}
	sport := d.module(notes.Module{UE: d.ue(notes.UE{Sport: true}), Coefficient: 1})
	d.evaluation(notes.Evaluation{Module: sport, Coefficient: 1}, 0.3, "EXC")
	// Neither a malus among sports nor a sport validated before is a sport mark.
	malus := d.module(notes.Module{UE: 2, Kind: notes.Malus})
	d.evaluation(notes.Evaluation{Module: malus, Coefficient: 1}, 0.1, 0.1)
	d.Etudiants[0].Capitalisees = []notes.Capitalisation{
		{UE: 1, Moyenne: 12, Coefficient: 2}, {UE: 2, Moyenne: 18, Coefficient: 2},
	}
	r := d.compute()
	want(t, "general", r.Etudiants[0].Moyenne, (9.8+12*2)/3+0.3)
	want(t, "bonus", r.Etudiants[0].Bonus, 0.3)
	want(t, "UE", r.UE.At(0, 0).Moyenne, 10.1)
	want(t, "capitalised UE", r.UE.At(1, 0).Moyenne, 12)
	want(t, "ECTS", r.Etudiants[0].ECTS, 20)
	want(t, "bonus of who has no sport mark", r.Etudiants[1].Bonus, 0)
	if e := r.UE.At(2, 0); !e.Inscrit {
		t.Errorf("sport UE = %+v", e)
	}
}

// TestBonusWithoutMean gives nothing to a student without a general mean.
func TestBonusWithoutMean(t *testing.T) {
	d := newDraft(1)
	d.Bonus, _ = notes.FindFormule("bonus_direct")
	d.ue(notes.UE{})
	m := d.module(notes.Module{UE: d.ue(notes.UE{Sport: true}), Coefficient: 1})
	d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 15.)
	r := d.compute()
	want(t, "general", r.Etudiants[0].Moyenne, none)
	want(t, "bonus", r.Etudiants[0].Bonus, 0)
}

func TestFormulesAreNineteen(t *testing.T) {
	names := notes.Formules()
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) != 19 {
		t.Errorf("%d formulas: %v", len(names), names)
	}
	if _, ok := notes.FindFormule("bonus_inconnu"); ok {
		t.Error("an unknown formula is found")
	}
}
