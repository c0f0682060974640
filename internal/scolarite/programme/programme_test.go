package programme

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/scolarite/tree"
)

var ignoreNodes = cmpopts.IgnoreUnexported(Programme{}, ProgrammeUE{}, ProgrammeModule{})

// programmes draws whole programmes, with texts that fit everywhere.
func programmes(t *rapid.T) Programme {
	fits := func(s string) bool { return tree.IsText(s) && utf8.RuneCountInString(s) <= maxCode }
	text, name := rapid.String().Filter(fits), rapid.StringMatching(`\PC*[a-zé]\PC*`).Filter(fits)
	number, semestre, code := rapid.Int64Range(0, 1_000_000), rapid.Int64Range(-1, 20), rapid.StringMatching(`[A-Z]{0,2}[0-9]?`)
	weight := rapid.Map(rapid.Float64Range(0, 300), func(f float64) jsonvalue.Real { return jsonvalue.Real(f) })
	float := rapid.Custom(func(t *rapid.T) *jsonvalue.Real {
		return rapid.Ptr(weight, true).Draw(t, "float")
	})
	f := Programme{
		Acronyme: name.Draw(t, "acronyme"), Titre: name.Draw(t, "titre"), TitreOfficiel: name.Draw(t, "officiel"), Version: rapid.Int64Range(0, 9).Draw(t, "version"),
		FormationCode: code.Draw(t, "formation"), TypeParcours: rapid.SampledFrom([]int64{0, 100, 700}).Draw(t, "type"), CodeSpecialite: code.Draw(t, "specialite"),
		Commentaire: text.Draw(t, "commentaire"), Archived: rapid.Bool().Draw(t, "archived"), RefcompSpecialite: text.Draw(t, "refcomp"),
	}
	parcours := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) ProgrammeParcours {
		return ProgrammeParcours{Code: name.Draw(t, "parcours"), ECTS: float.Draw(t, "ects")}
	}), 0, 2, func(p ProgrammeParcours) string { return p.Code })
	f.UE = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ProgrammeUE {
		return ProgrammeUE{
			Acronyme: name.Draw(t, "acronyme"), Numero: number.Draw(t, "numero"), Titre: text.Draw(t, "titre"), Type: rapid.Int64Range(0, 6).Draw(t, "type"),
			UECode: code.Draw(t, "code"), ECTS: float.Draw(t, "ects"), IsExternal: rapid.Bool().Draw(t, "external"), CodeApogee: text.Draw(t, "apogee"),
			CodeApogeeRCUE: text.Draw(t, "rcue"), Coefficient: weight.Draw(t, "coefficient"), CoefRCUE: weight.Draw(t, "coef"),
			SemestreIdx: rapid.Ptr(semestre, true).Draw(t, "semestre"), Color: rapid.SampledFrom([]string{"", "#00ffAA"}).Draw(t, "color"), NiveauCompetence: text.Draw(t, "competence"),
			NiveauLibelle: text.Draw(t, "libelle"), NiveauAnnee: code.Draw(t, "annee"), NiveauOrdre: rapid.Int64Range(0, 3).Draw(t, "ordre"),
			Parcours: parcours.Draw(t, "parcours"), Matiere: []ProgrammeMatiere{},
		}
	}), 0, 4).Draw(t, "ue")
	References(f.UE)
	module := rapid.Custom(func(t *rapid.T) ProgrammeModule {
		m := ProgrammeModule{
			Titre: text.Draw(t, "titre"), Abbrev: text.Draw(t, "abbrev"), Code: name.Draw(t, "code"), HeuresCours: float.Draw(t, "cours"),
			HeuresTD: float.Draw(t, "td"), HeuresTP: float.Draw(t, "tp"), Coefficient: float.Draw(t, "coefficient"), ECTS: float.Draw(t, "ects"),
			SemestreID: semestre.Draw(t, "semestre"), Numero: number.Draw(t, "numero"), CodeApogee: text.Draw(t, "apogee"),
			ModuleType: rapid.Int64Range(0, 3).Draw(t, "type"), EdtID: text.Draw(t, "edt"), Tags: []ProgrammeTag{}, Coefficients: []ProgrammeCoefficient{},
			Parcours: parcours.Draw(t, "parcours"), AppCritiques: rapid.SliceOfN(name, 0, 3).Draw(t, "acs"),
		}
		for _, tag := range rapid.SliceOfNDistinct(name, 0, 3, rapid.ID).Draw(t, "tags") {
			m.Tags = append(m.Tags, ProgrammeTag{tag})
		}
		for _, ue := range f.UE {
			if strings.TrimSpace(ue.Reference) != "" && rapid.Bool().Draw(t, "counts") {
				m.Coefficients = append(m.Coefficients, ProgrammeCoefficient{UEReference: ue.Reference, Coef: weight.Draw(t, "coef")})
			}
		}
		return m
	})
	for i := range f.UE {
		for _, titre := range rapid.SliceOfNDistinct(text, 0, 2, rapid.ID).Draw(t, "matieres") {
			m := ProgrammeMatiere{Titre: titre, Numero: number.Draw(t, "numero"), Module: rapid.SliceOfN(module, 0, 2).Draw(t, "modules")}
			f.UE[i].Matiere = append(f.UE[i].Matiere, m)
		}
	}
	return f
}

// TestWriteAndRead writes programmes and reads the same ones back.
func TestWriteAndRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := programmes(t)
		var file, again bytes.Buffer
		if err := Write(&file, want); err != nil {
			t.Fatal(err)
		}
		got, err := Read(file.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, file.String())
		}
		if diff := cmp.Diff(want, got, ignoreNodes, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		if err := Write(&again, got); err != nil || again.String() != file.String() {
			t.Fatalf("%v, wrote %s\nand then %s", err, file.String(), again.String())
		}
	})
}

// TestReferencesDiffer gives references to UEs of few codes.
func TestReferencesDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ues := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ProgrammeUE {
			return ProgrammeUE{UECode: rapid.SampledFrom([]string{"", "A", "A-2", "A-2-2", "B"}).Draw(t, "code"), Acronyme: "A"}
		}), 0, 12).Draw(t, "ues")
		References(ues)
		seen := map[string]bool{}
		for _, ue := range ues {
			if seen[ue.Reference] || !strings.HasPrefix(ue.Reference, ue.code()) {
				t.Fatalf("%s for %s", ue.Reference, ue.code())
			}
			seen[ue.Reference] = true
		}
	})
}

// elsewhere is a programme as other servers write it.
const elsewhere = `{"acronyme": "A", "titre": "T", "ue": [
	{"acronyme": "U", "reference": 17, "apc_niveau_libelle": "Lire", "apc_niveau_annee": "BUT1", "apc_niveau_ordre": 1, "parcour": [{"code": "P", "ects": 6}],
	 "matiere": [{"module": [{"code": "M", "coefficients": [{"ue_reference": "17", "coef": "3"}], "parcours": ["P"], "app_critiques": {"AC1": {"libelle": "x"}, "AC2": {}}}]}]}]}`

const elsewhereXML = `<formation acronyme="A" titre="T">
	<ue acronyme="U" reference="17" apc_niveau_libelle="Lire" apc_niveau_annee="BUT1" apc_niveau_ordre="1">
		<parcour code="P" ects="6"/>
		<matiere><module code="M"><coefficients ue_reference="17" coef="3"/><parcours code="P"/><app_critiques code="AC1"/><app_critiques code="AC2"/></module></matiere>
	</ue></formation>`

var known = Known{
	Parcours:     map[string]int64{"P": 5},
	Niveaux:      []Niveau{{7, "C", "Lire", "BUT1", 1}, {8, "C", "Lire", "BUT2", 2}, {9, "D", "Écrire", "BUT1", 1}, {10, "E", "Écrire", "BUT1", 1}},
	AppCritiques: map[string][]int64{"AC1": {1}, "AC2": {2, 3}},
}

func TestFilesOfOtherServers(t *testing.T) {
	for _, text := range []string{elsewhere, elsewhereXML} {
		f, err := Read([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if !f.NamesCompetences() || f.Modules() != 1 || f.TitreOfficiel != "T" {
			t.Errorf("read %+v", f)
		}
		for range 2 { // a transaction may run twice
			if err := f.Resolve(known); err != nil {
				t.Fatal(err)
			}
		}
		ue, m := f.UE[0], f.UE[0].Matiere[0].Module[0]
		got := fmt.Sprint(ue.NiveauCompetenceID, ue.Parcours[0].ID, *ue.Parcours[0].ECTS, m.Coefficients[0], m.Parcours[0].ID, m.AppCritiques, m.AppCritiqueIDs)
		if want := "7 5 6 {17 0 3} 5 [AC1 AC2] [1 2]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		f.WithoutCompetences()
		if f.NamesCompetences() {
			t.Error("still names competences")
		}
	}
}

func TestResolveTellsWhatIsUnknown(t *testing.T) {
	for change, want := range map[[2]string]string{
		{`"P"`, `"Q"`}:     "ue[0].parcour : parcours inconnu (Q) ; ue[0].matiere[0].module[0].parcours : parcours inconnu (Q)",
		{"Lire", "Dire"}:   "ue[0].apc_niveau_libelle : niveau de compétence inconnu",
		{"Lire", "Écrire"}: "ue[0].apc_niveau_libelle : plusieurs niveaux de compétence portent ce nom",
		{`"apc_niveau_libelle": "Lire"`, `"apc_niveau_competence": "Z"`}: "ue[0].apc_niveau_competence : niveau de compétence inconnu",
		{`"AC1"`, `"AC9"`}: "ue[0].matiere[0].module[0].app_critiques : apprentissage critique inconnu (AC9)",
		{`{"AC1": {"libelle": "x"}, "AC2": {}}`, `["AC2", {"code": "AC2"}, "AC2"]`}: "ue[0].matiere[0].module[0].app_critiques : apprentissage critique en double (AC2)",
	} {
		f, err := Read([]byte(strings.ReplaceAll(elsewhere, change[0], change[1])))
		if err != nil {
			t.Errorf("%s: %v", change, err)
			continue
		}
		for range 2 {
			if err := f.Resolve(known); err == nil || err.Error() != want {
				t.Errorf("%s: %v\nwant %s", change, err, want)
			}
		}
	}
}

func TestWhatComesTwice(t *testing.T) {
	_, err := Read([]byte(`{"acronyme": "A", "titre": "T", "ue": [{"acronyme": "U", "reference": "r", "parcours": ["P", "P"]}, {"acronyme": "V", "reference": "r",
		"matiere": [{"module": [{"code": "M", "tags": ["x", {"name": "x"}], "coefficients": [{"ue_reference": "r", "coef": 1}, {"ue_reference": "r", "coef": 1}, {}]}]}]}]}`))
	want := "ue[0].parcours[1] : en double ; ue[1].matiere[0].module[0].tags[1] : en double ; ue[1].matiere[0].module[0].coefficients[2].coef : manquant ; " +
		"ue[1].matiere[0].module[0].coefficients[2].ue_reference : manquant ; ue[1].reference : en double ; ue[1].matiere[0].module[0].coefficients : UE en double (r)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// FuzzReadJSON checks that what is read of any JSON can be written, and is
// then the same.
func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{elsewhere, `{}`, `{"ue": [{}]}`, `[]`, `{"acronyme":"é","titre":1e3}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readAgain(t, ReadJSON, data) })
}

// FuzzReadXML is FuzzReadJSON for XML.
func FuzzReadXML(f *testing.F) {
	for _, seed := range []string{elsewhereXML, `<formation/>`, `<!DOCTYPE a>`, `<formation acronyme="A" titre="T"><ue><matiere>&amp;</matiere></ue></formation>`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readAgain(t, ReadXML, data) })
}

func readAgain(t *testing.T, read func([]byte) (Programme, error), data []byte) {
	got, err := read(data)
	if err != nil {
		return
	}
	if err := got.Resolve(Known{}); (err == nil) == got.NamesCompetences() {
		t.Fatalf("resolved: %v", err)
	}
	var file bytes.Buffer
	if err := Write(&file, got); err != nil {
		t.Fatal(err)
	}
	again, err := ReadJSON(file.Bytes())
	if err != nil {
		t.Fatalf("%v in %s", err, file.String())
	}
	again.WithoutIDs()
	got.WithoutIDs()
	if diff := cmp.Diff(got, again, ignoreNodes, cmpopts.IgnoreFields(ProgrammeModule{}, "AppCritiqueIDs")); diff != "" {
		t.Fatalf("(-read +again)\n%s", diff)
	}
}

// greatFile is a programme of as many UEs, all of the last of as many levels.
func greatFile(t testing.TB, many int) (Programme, Known) {
	t.Helper()
	f, err := ReadJSON([]byte(`{"acronyme": "A", "titre": "T", "ue": [` +
		strings.Repeat(`{"acronyme": "U", "apc_niveau_competence": "last", "apc_niveau_annee": "BUT1"},`, many) + `{"acronyme": "V"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	known := Known{Niveaux: make([]Niveau, many, many+1)}
	for i := range known.Niveaux {
		known.Niveaux[i] = Niveau{ID: 1, Competence: "same", Annee: "BUT1"}
	}
	known.Niveaux = append(known.Niveaux, Niveau{ID: 2, Competence: "last", Annee: "BUT1"})
	return f, known
}

func TestGreatFilesAreResolved(t *testing.T) {
	f, known := greatFile(t, 50_000)
	if err := f.Resolve(known); err != nil || f.UE[0].NiveauCompetenceID != 2 {
		t.Errorf("level %d, %v", f.UE[0].NiveauCompetenceID, err)
	}
}

// BenchmarkResolve: resolving happens where the base is written, and everyone
// waits for it. Twice the file takes twice the time, not four times.
func BenchmarkResolve(b *testing.B) {
	for _, many := range []int{25_000, 50_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			f, known := greatFile(b, many)
			for b.Loop() {
				if err := f.Resolve(known); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
