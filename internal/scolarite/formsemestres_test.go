package scolarite_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

func TestFormSemestreGet(t *testing.T) {
	s := open(t)
	s.example("formsemestre_get", request{to: "GET formsemestre/1", as: holding("", scolarite.ScoView)})
	if a := s.send(request{to: "GET /ScoDoc/RT/api/formsemestre/1", as: holding("RT", scolarite.ScoView)}); a.body != s.get("formsemestre/1").body {
		t.Errorf("the base of the department says %s", a.line())
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formsemestre/1"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "GET formsemestre/1", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET formsemestre/99", as: chef}, "404 formsemestre inconnu"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/1", as: chef}, "404 formsemestre inconnu"},
		{"not a number", request{to: "GET formsemestre/un", as: chef}, "404 adresse inconnue"},
	})
}

// sem is what tests read of a semester.
type sem struct {
	ID            int64   `json:"formsemestre_id"`
	Titre         string  `json:"titre"`
	TitreNum      string  `json:"titre_num"`
	TitreCourt    string  `json:"titre_court"`
	SessionID     string  `json:"session_id"`
	AnneeScolaire int     `json:"annee_scolaire"`
	EtapeApo      string  `json:"etape_apo"`
	DateDebut     string  `json:"date_debut"`
	Etat          bool    `json:"etat"`
	Responsables  []int64 `json:"responsables"`
	Modalite      string  `json:"modalite"`
	SemestreID    int64   `json:"semestre_id"`
	BonusFunc     string  `json:"bonus_func"`
	EltSemApo     *string `json:"elt_sem_apo"`
	Parcours      []struct {
		Code   string                     `json:"code"`
		Annees map[string]json.RawMessage `json:"annees"`
	} `json:"parcours"`
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%s: %v", a.line(), err)
	}
}

// TestNamesOfSemesters holds the rules that clients read titles and session ids
// by, as seen in answers of servers in production.
func TestNamesOfSemesters(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		name, set                  string // of semester 1
		titreNum, session, further string
		annee                      int
	}{
		{"as it is", "titre = titre", "BUT Réseaux et Télécommunications semestre 1", "RT-BUTBachelorUniversitairedeTechnologie-FI-S1-2025", "BUT R&T", 2025},
		{"no number", "semestre_id = -1", "BUT Réseaux et Télécommunications", "RT-BUTBachelorUniversitairedeTechnologie-FI--2025", "BUT R&T", 2025},
		{"apprentices", "semestre_id = 3, modalite = 'FAP'", "BUT Réseaux et Télécommunications semestre 3", "RT-BUTBachelorUniversitairedeTechnologie-FA-S3-2025", "BUT R&T", 2025},
		{"odd in spring", "semestre_id = 1, modalite = 'FC', date_debut = '2026-01-05', date_fin = '2026-07-01'", "BUT Réseaux et Télécommunications semestre 1", "RT-BUTBachelorUniversitairedeTechnologie-FC-S1D-2025", "BUT R&T", 2025},
		{"odd in June", "date_debut = '2026-06-30', date_fin = '2026-12-01'", "BUT Réseaux et Télécommunications semestre 1", "RT-BUTBachelorUniversitairedeTechnologie-FC-S1D-2025", "BUT R&T", 2025},
		{"odd in July", "date_debut = '2026-07-01'", "BUT Réseaux et Télécommunications semestre 1", "RT-BUTBachelorUniversitairedeTechnologie-FC-S1-2025", "BUT R&T", 2025},
		{"even in spring", "semestre_id = 4, date_debut = '2022-03-14', date_fin = '2022-08-31', modalite = 'FI'", "BUT Réseaux et Télécommunications semestre 4", "RT-BUTBachelorUniversitairedeTechnologie-FI-S4-2021", "BUT R&T", 2021},
		{"even in autumn", "semestre_id = 4, date_debut = '2022-12-01', date_fin = '2023-08-31'", "BUT Réseaux et Télécommunications semestre 4", "RT-BUTBachelorUniversitairedeTechnologie-FI-S4D-2022", "BUT R&T", 2022},
		{"the last day of a school year", "semestre_id = 2, date_debut = '2022-07-31'", "BUT Réseaux et Télécommunications semestre 2", "RT-BUTBachelorUniversitairedeTechnologie-FI-S2D-2021", "BUT R&T", 2021},
		{"the first day of a school year", "semestre_id = 1, date_debut = '2022-08-01'", "BUT Réseaux et Télécommunications semestre 1", "RT-BUTBachelorUniversitairedeTechnologie-FI-S1-2022", "BUT R&T", 2022},
		{"a DUT", "formation_id = 2, date_debut = '2025-09-01', date_fin = '2026-01-31'", "BUT Réseaux et Télécommunications semestre 1", "RT-DUTDiplomeUniversitairedeTechnologie-FI-S1-2025", "DUT GEA", 2025},
		{"of a department without a name", "dept_id = 2", "BUT Réseaux et Télécommunications semestre 1", "GEA-DUTDiplomeUniversitairedeTechnologie-FI-S1-2025", "DUT GEA", 2025},
	} {
		s.exec("UPDATE formsemestres SET " + c.set + " WHERE id = 1")
		var got sem
		s.get("formsemestre/1").into(t, &got)
		if got.TitreNum != c.titreNum || got.SessionID != c.session || got.TitreCourt != c.further || got.AnneeScolaire != c.annee {
			t.Errorf("%s:\n got %q %q %q %d\nwant %q %q %q %d", c.name, got.TitreNum, got.SessionID, got.TitreCourt, got.AnneeScolaire, c.titreNum, c.session, c.further, c.annee)
		}
		if n := strings.Count(got.SessionID, "-"); n != 4 {
			t.Errorf("%s: %q has %d parts", c.name, got.SessionID, n+1)
		}
	}
}

// TestDaysAndStepsOfSemesters holds how the days of a semester and its steps are
// written, as seen in answers of servers in production.
func TestDaysAndStepsOfSemesters(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO formsemestre_etapes VALUES (2, 1, 'V1GRH2'), (2, 0, 'V2GCF!122'), (2, 2, 'A')`)
	var list []struct {
		ID           int64  `json:"id"`
		DateDebut    string `json:"date_debut"`
		DateDebutISO string `json:"date_debut_iso"`
		DateFin      string `json:"date_fin"`
		DateFinISO   string `json:"date_fin_iso"`
		EtapeApo     string `json:"etape_apo"`
		Responsables []int64
	}
	s.get("formsemestres/query?annee_scolaire=2025").into(t, &list)
	var got []string
	for _, f := range list {
		got = append(got, fmt.Sprintf("%d %s=%s %s=%s %q %v", f.ID, f.DateDebut, f.DateDebutISO, f.DateFin, f.DateFinISO, f.EtapeApo, f.Responsables))
	}
	if diff := cmp.Diff([]string{
		`2 01/02/2026=2026-02-01 15/07/2026=2026-07-15 "V2GCF!122, V1GRH2, A" [101]`,
		`5 15/09/2025=2025-09-15 30/06/2026=2026-06-30 "" []`,
		`1 01/09/2025=2025-09-01 31/01/2026=2026-01-31 "V1RT, V1RT2!111" [101 102]`,
		`4 01/09/2025=2025-09-01 31/01/2026=2026-01-31 "GEA1" [103]`,
	}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSessionIDsNameTheType reads the type of the curriculum in session ids.
func TestSessionIDsNameTheType(t *testing.T) {
	s := open(t)
	for number, want := range map[string]string{
		"0": "Classique", "100": "DUTDiplomeUniversitairedeTechnologie", "110": "DUT4(4semestres)", "120": "DUT2(2semestres)", "200": "LicenceLMD",
		"210": "LPLicenceProfessionnelle", "220": "LP2014(1session)", "300": "Master", "700": "BUTBachelorUniversitairedeTechnologie", "999": "Type999",
	} {
		s.exec("UPDATE formations SET type_parcours = " + number + " WHERE id = 1")
		var got sem
		s.get("formsemestre/1").into(t, &got)
		if parts := strings.Split(got.SessionID, "-"); len(parts) != 5 || parts[1] != want {
			t.Errorf("type %s: %s, want %s", number, got.SessionID, want)
		}
	}
}

// TestSessionIDsNameTheDepartment reads the department in session ids: what the
// preference ImputationDept says, else its name.
func TestSessionIDsNameTheDepartment(t *testing.T) {
	for _, c := range []struct{ name, preferences, want string }{
		{"its name", `('DeptName', '"Génie Civil - Énergie <x>"')`, "GENIECIVILENERGIEX"},
		{"its imputation", `('DeptName', '"R&T"'), ('ImputationDept', '"SD"')`, "SD"},
		{"blank ones", `('DeptName', '" - "'), ('ImputationDept', '""')`, "RT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			s.exec("DELETE FROM preferences; INSERT INTO preferences (dept_id, name, value) SELECT 1, * FROM (VALUES " + c.preferences + ")")
			var got sem
			s.get("formsemestre/1").into(t, &got)
			if part, _, _ := strings.Cut(got.SessionID, "-"); part != c.want {
				t.Errorf("got %q, want %q", part, c.want)
			}
		})
	}
}

func TestFormSemestresQuery(t *testing.T) {
	s := open(t)
	s.example("formsemestres_query", request{to: "GET formsemestres/query?dept_acronym=GEA&annee_scolaire=2025&etat=1", as: holding("", scolarite.ScoView)})
	s.exec(`INSERT INTO formsemestre_etapes VALUES (2, 0, 'V1RT!222'), (3, 0, 'V1RT!111')`)
	for _, c := range []struct{ name, path, want string }{
		{"all, the latest first", "formsemestres/query", "2 5 1 4 3"},
		{"a question mark alone", "formsemestres/query?", "2 5 1 4 3"},
		{"of a department", "/ScoDoc/RT/api/formsemestres/query", "2 1 3"},
		{"by acronym", "formsemestres/query?dept_acronym=RT", "2 1 3"},
		{"by id", "formsemestres/query?dept_id=2", "5 4"},
		{"by both", "formsemestres/query?dept_id=2&dept_acronym=GEA", "5 4"},
		{"by two departments", "formsemestres/query?dept_id=2&dept_acronym=RT", ""},
		{"by an unknown department", "formsemestres/query?dept_acronym=XX", ""},
		{"by an unknown id", "formsemestres/query?dept_id=77", ""},
		{"by another department than the path's", "/ScoDoc/RT/api/formsemestres/query?dept_acronym=GEA", ""},
		{"of a school year", "formsemestres/query?annee_scolaire=2025", "2 5 1 4"},
		{"of the year before", "formsemestres/query?annee_scolaire=2024", "3"},
		{"of a year that never was", "formsemestres/query?annee_scolaire=-5", ""},
		{"of a year too far", "formsemestres/query?annee_scolaire=99999", ""},
		{"locked", "formsemestres/query?etat=0", "3"},
		{"open", "formsemestres/query?etat=1", "2 5 1 4"},
		{"of a student, whatever the department", "formsemestres/query?nip=22000001", "1 4 3"},
		{"of a student in a department", "/ScoDoc/GEA/api/formsemestres/query?nip=22000001", "4"},
		{"of an unknown student", "formsemestres/query?nip=nobody", ""},
		{"of a student without a code", "formsemestres/query?nip=", ""},
		{"by INE", "formsemestres/query?ine=INE0000001A&annee_scolaire=2025", "1 4"},
		{"by both codes", "formsemestres/query?ine=INE0000001A&nip=22000007", "4"},
		{"by step, with any version", "formsemestres/query?etape_apo=V1RT", "2 1 3"},
		{"by step and version", "formsemestres/query?etape_apo=V1RT!111", "1 3"},
		{"by a step without version, with one", "formsemestres/query?etape_apo=GEA1!100", "4"},
		{"by an unknown step", "formsemestres/query?etape_apo=V1", ""},
		{"by no step", "formsemestres/query?etape_apo=", ""},
		{"by everything", "formsemestres/query?etape_apo=V1RT&annee_scolaire=2025&dept_acronym=RT&dept_id=1&etat=1&nip=22000001&ine=INE0000001A", "1"},
	} {
		a := s.get(c.path)
		if got := ids(t, a); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if c.want == "" && a.body != "[]" {
			t.Errorf("%s: %s", c.name, a.line())
		}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formsemestres/query"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "GET formsemestres/query", as: other}, "403 permission requise : ScoView"},
		{"a year that is none", request{to: "GET formsemestres/query?annee_scolaire=2025/26", as: chef}, "404 param 'annee_scolaire': invalide (entier attendu)"},
		{"no year", request{to: "GET formsemestres/query?annee_scolaire=", as: chef}, "404 param 'annee_scolaire': invalide (entier attendu)"},
		{"a state that is none", request{to: "GET formsemestres/query?etat=ouvert", as: chef}, "404 param 'etat': invalide (entier attendu)"},
		{"a third state", request{to: "GET formsemestres/query?etat=2", as: chef}, "404 param 'etat': invalide (au plus 1)"},
		{"an id that is none", request{to: "GET formsemestres/query?dept_id=RT", as: chef}, "404 param 'dept_id': invalide (entier attendu)"},
	})
}

// ids are the semesters of a list, in order.
func ids(t testing.TB, a answer) string {
	t.Helper()
	var list []sem
	a.into(t, &list)
	texts := make([]string, len(list))
	for i, sem := range list {
		texts[i] = fmt.Sprint(sem.ID)
	}
	return strings.Join(texts, " ")
}

// TestOrderOfSemesters sorts those of one day by modality, then number.
func TestOrderOfSemesters(t *testing.T) {
	s := open(t)
	s.exec(`UPDATE formsemestres SET date_debut = '2025-09-01', date_fin = '2026-07-01';
		UPDATE formsemestres SET modalite = 'FAP', semestre_id = 3 WHERE id = 1;
		UPDATE formsemestres SET modalite = 'FI', semestre_id = 1, titre = 'B' WHERE id = 2;
		UPDATE formsemestres SET modalite = 'FI', semestre_id = 1, titre = 'A' WHERE id = 3;
		UPDATE formsemestres SET modalite = 'FI', semestre_id = -1 WHERE id = 4;
		UPDATE formsemestres SET modalite = 'FAP', semestre_id = 1 WHERE id = 5;`)
	if got, want := ids(t, s.get("formsemestres/query")), "5 1 4 3 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFormSemestreProgramme(t *testing.T) {
	s := open(t)
	s.example("formsemestre_programme", request{to: "GET formsemestre/1/programme", as: holding("", scolarite.ScoView)})
	s.example("formsemestre_programme.classique", request{to: "GET formsemestre/4/programme", as: chef})
	s.exec(`DELETE FROM formsemestre_parcours WHERE formsemestre_id = 2 AND parcours_id = 1;
		UPDATE modules SET numero = 50 WHERE id = 7; UPDATE matieres SET numero = 5 WHERE id = 6; UPDATE ues SET numero = 0 WHERE id = 8`)
	for _, c := range []struct{ name, path, want string }{
		{"BUT", "formsemestre/1/programme", "UE1.1 UE1.2 UE1.S | R1.01 R1.02 | SAE1.01 | SPORT1"},
		{"a track without its UE", "formsemestre/2/programme", "UE2.1 | R2.01 | SAE2.01 | "},
		{"classic, by UE, subject and number, sport last", "formsemestre/4/programme", "UE11 UE12 UESPORT |  |  | M1102 M1101 M1201 MALUS SPORT"},
		{"without a module", "formsemestre/5/programme", " |  |  | "},
		{"locked", "formsemestre/3/programme", "UE1.1 UE1.2 UE1.S | R1.01 |  | "},
	} {
		if got := programme(t, s.get(c.path)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	if a := s.get("formsemestre/5/programme"); a.body != `{"ues":[],"ressources":[],"saes":[],"modules":[]}` {
		t.Errorf("nothing is %s", a.line())
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formsemestre/1/programme"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "GET formsemestre/1/programme", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET formsemestre/99/programme", as: chef}, "404 formsemestre inconnu"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/1/programme", as: chef}, "404 formsemestre inconnu"},
	})
}

// programme is what a semester teaches, by codes.
func programme(t testing.TB, a answer) string {
	t.Helper()
	type taught []struct{ Module struct{ Code string } }
	var p struct {
		UEs                       []struct{ Acronyme string }
		Ressources, SAEs, Modules taught
	}
	a.into(t, &p)
	lists := make([][]string, 4)
	for _, ue := range p.UEs {
		lists[0] = append(lists[0], ue.Acronyme)
	}
	for i, list := range []taught{p.Ressources, p.SAEs, p.Modules} {
		for _, m := range list {
			lists[i+1] = append(lists[i+1], m.Module.Code)
		}
	}
	texts := make([]string, len(lists))
	for i, list := range lists {
		texts[i] = strings.Join(list, " ")
	}
	return strings.Join(texts, " | ")
}

func TestFormSemestreEtudiants(t *testing.T) {
	s := open(t)
	s.example("formsemestre_etudiants", request{to: "GET formsemestre/1/etudiants", as: holding("", scolarite.ScoView)})
	s.example("formsemestre_etudiants.long", request{to: "GET formsemestre/1/etudiants/long/query?etat=I", as: holding("", scolarite.ScoView, scolarite.ViewEtudData)})
	for _, c := range []struct{ query, want string }{
		{"", "COSTA:Cyber,TD1 DUPONT:DevCloud,TD2 DURAND: ÉTIENNE:TD1"},
		{"/query", "COSTA:Cyber,TD1 DUPONT:DevCloud,TD2 DURAND: ÉTIENNE:TD1"},
		{"?etat=I", "COSTA:Cyber,TD1 DUPONT:DevCloud,TD2"},
		{"/query?etat=I", "COSTA:Cyber,TD1 DUPONT:DevCloud,TD2"},
		{"/query?etat=", "COSTA:Cyber,TD1 DUPONT:DevCloud,TD2 DURAND: ÉTIENNE:TD1"},
		{"/query?etat=actifs", "COSTA:Cyber,TD1 DUPONT:DevCloud,TD2"},
		{"/query?etat=D", "DURAND:"},
		{"/query?etat=demissionnaires", "DURAND:"},
		{"/query?etat=DEF", "ÉTIENNE:TD1"},
		{"/query?etat=defaillants", "ÉTIENNE:TD1"},
	} {
		for _, path := range []string{"formsemestre/1/etudiants", "formsemestre/1/etudiants/long", "/ScoDoc/RT/api/formsemestre/1/etudiants/long"} {
			if got := students(t, s.get(path+c.query)); got != c.want {
				t.Errorf("%s%s:\n got %s\nwant %s", path, c.query, got, c.want)
			}
		}
	}
	for _, path := range []string{"formsemestre/2/etudiants", "formsemestre/2/etudiants/long/query"} {
		if a := s.get(path); a.body != "[]" {
			t.Errorf("%s: %s", path, a.line())
		}
	}
	for _, path := range []string{"etudiants", "etudiants/query", "etudiants/long", "etudiants/long/query"} {
		s.refuses([]refusal{
			{"nobody", request{to: "GET formsemestre/1/" + path}, "401 Non autorise (logic)"},
			{"without the permission", request{to: "GET formsemestre/1/" + path, as: other}, "403 permission requise : ScoView"},
			{"unknown", request{to: "GET formsemestre/99/" + path, as: chef}, "404 formsemestre inconnu"},
			{"of another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/1/" + path, as: chef}, "404 formsemestre inconnu"},
			{"a state that is none", request{to: "GET formsemestre/1/" + path + "?etat=i", as: chef}, "404 param 'etat': invalide (I, D ou DEF)"},
		})
	}
}

// students are the names of a list, each with its groups.
func students(t testing.TB, a answer) string {
	t.Helper()
	var list []struct {
		Nom    string
		Groups []struct {
			PartitionName *string `json:"partition_name"`
			GroupName     string  `json:"group_name"`
		}
	}
	a.into(t, &list)
	texts := make([]string, len(list))
	for i, e := range list {
		var groups []string
		for _, g := range e.Groups {
			if g.PartitionName == nil {
				t.Errorf("%s is shown in the default partition", e.Nom)
			}
			groups = append(groups, g.GroupName)
		}
		texts[i] = e.Nom + ":" + strings.Join(groups, ",")
	}
	return strings.Join(texts, " ")
}
