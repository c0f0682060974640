package scolarite_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// preferences reads the preferences at a path.
func (s *site) preferences(path string) scolarite.Preferences {
	s.t.Helper()
	var all scolarite.Preferences
	s.must(json.Unmarshal([]byte(s.get(path).body), &all))
	return all
}

func TestPreferences(t *testing.T) {
	s := open(t)
	s.example("preferences", request{to: "GET departement/RT/preferences", as: holding("", scolarite.EditPreferences)})
	s.example("preferences_edit", request{
		to: "POST formsemestre/1/preferences", as: holding("", scolarite.EditPreferences),
		body: `{"bul_show_rangs": false, "bul_temporary_txt": "À confirmer", "bonus_but": {"max": 1}}`,
	})
	if got, want := s.value("SELECT object_type || ' ' || object_id || ' ' || object_name || ' ' || before || ' ' || after FROM journal WHERE action = 'preferences.update'"),
		`formsemestre 1 BUT Réseaux et Télécommunications semestre 1 {"bonus_but":null,"bul_show_rangs":null,"bul_temporary_txt":null}`+
			` {"bonus_but":{"seuil":10.0,"proportion":0.05,"max":1.0},"bul_show_rangs":false,"bul_temporary_txt":"À confirmer"}`; got != want {
		t.Errorf("the journal has %s\nwant %s", got, want)
	}
	all := s.preferences("formsemestre/1/preferences")
	if all.Bool("bul_show_rangs") || !all.Bool("bul_show_abs") || all.Text("DeptName") != "R&T" || all.Float("assi_heures_jour") != 8 ||
		all.BonusBUT() != (scolarite.BonusBUT{Seuil: 10, Proportion: 0.05, Max: 1}) {
		t.Errorf("the semester has %v", all)
	}
}

// TestTheNearestPreferenceWins sets one at each place and takes it back.
func TestTheNearestPreferenceWins(t *testing.T) {
	s := open(t)
	places := []string{"preferences", "departement/RT/preferences", "formsemestre/1/preferences", "formsemestre/2/preferences", "departement/GEA/preferences", "formsemestre/4/preferences"}
	for _, step := range []struct{ path, value, want string }{
		{"preferences", `{}`, "P P P P P P"},
		{"preferences", `"site"`, "site site site site site site"},
		{"formsemestre/1/preferences", `"S1"`, "site site S1 site site site"},
		{"departement/RT/preferences", `"RT"`, "site RT S1 RT site site"},
		{"departement/RT/preferences", `""`, "site  S1  site site"},
		{"/ScoDoc/GEA/api/departement/GEA/preferences", `"GEA"`, "site  S1  GEA GEA"},
		{"preferences", `null`, "P  S1  GEA GEA"},
		{"formsemestre/1/preferences", `null`, "P    GEA GEA"},
		{"formsemestre/1/preferences", `null`, "P    GEA GEA"},
		{"departement/RT/preferences", `null`, "P P P P GEA GEA"},
	} {
		body := `{"bul_temporary_txt": ` + step.value + `}`
		if step.value == "{}" {
			body = "{}"
		}
		if a := s.post(step.path, body); a.StatusCode != 200 {
			t.Fatalf("%s %s: %s", step.path, step.value, a.line())
		}
		values := make([]string, len(places))
		for i, path := range places {
			values[i] = strings.Replace(s.preferences(path).Text("bul_temporary_txt"), "Provisoire", "P", 1)
		}
		if got := strings.Join(values, " "); got != step.want {
			t.Errorf("after %s at %s: %q, want %q", step.value, step.path, got, step.want)
		}
	}
	if got := s.value("SELECT count(*) FROM preferences WHERE name = 'bul_temporary_txt'"); got != "1" {
		t.Errorf("%s are set", got)
	}
	// Neither nothing to set nor nothing to take back is a change.
	if got := s.value("SELECT group_concat(object_type, ' ') FROM journal WHERE action = 'preferences.update'"); got != "preferences formsemestre departement departement departement preferences formsemestre departement" {
		t.Errorf("the journal has changes of %s", got)
	}
}

// TestDeptName: the preference is the name that answers show.
func TestDeptName(t *testing.T) {
	s := open(t)
	names := func() string {
		var list []scolarite.Departement
		s.must(json.Unmarshal([]byte(s.get("departements").body), &list))
		all := make([]string, len(list))
		for i, d := range list {
			all[i] = *d.DeptName
		}
		return strings.Join(all, ", ")
	}
	for _, step := range []struct{ path, value, want string }{
		{"departement/GEA/preferences", `"Gestion <A&B>"`, "Gestion <A&B>, R&T, OLD"},
		{"preferences", `"IUT"`, "Gestion <A&B>, R&T, IUT"},
		{"departement/GEA/preferences", `""`, "GEA, R&T, IUT"}, // what is empty is set
		{"departement/GEA/preferences", `null`, "IUT, R&T, IUT"},
		{"departement/RT/preferences", `null`, "IUT, IUT, IUT"},
	} {
		if a := s.post(step.path, `{"DeptName": `+step.value+`}`); a.StatusCode != 200 {
			t.Fatal(a.line())
		}
		if got := names(); got != step.want {
			t.Errorf("after %s: %s, want %s", step.value, got, step.want)
		}
	}
}

// TestPreferenceValues sets values of every type: what is kept, or why not.
func TestPreferenceValues(t *testing.T) {
	s := open(t)
	const (
		aFlag    = "400 param '%s': invalide (booléen attendu)"
		aText    = "400 param '%s': invalide (texte attendu)"
		anHour   = "400 param '%s': invalide (heure attendue, comme 08:00)"
		aNumber  = "400 param '%s': invalide (nombre positif attendu, 24 au plus)"
		anURL    = "400 param '%s': invalide (adresse http ou https attendue, 1000 caractères au plus)"
		aPattern = "400 param '%s': invalide (expression régulière attendue, 500 caractères au plus)"
		aField   = "400 param '%s': invalide (nom d'une propriété iCalendar attendu)"
		days     = "400 param '%s': invalide (jours attendus parmi lun, mar, mer, jeu, ven, sam, dim, séparés par des virgules)"
		aBonus   = "400 param '%s': invalide (objet attendu : seuil et max de 0 à 20, proportion de 0 à 1)"
		unknown  = "400 param '%s': préférence inconnue"
	)
	for _, tt := range []struct{ name, value, want string }{
		{"bul_show_abs", `false`, `false`},
		{"bul_show_abs", `1`, aFlag},
		{"use_ue_coefs", `"true"`, aFlag},
		{"DeptName", `"` + strings.Repeat("é", 128) + `"`, `"` + strings.Repeat("é", 128) + `"`},
		{"DeptName", `"` + strings.Repeat("é", 129) + `"`, "400 param '%s': invalide (128 caractères au plus)"},
		{"DeptName", `"R\nT"`, "400 param '%s': invalide (caractère invisible)"},
		{"DeptName", `12`, aText},
		{"bonus_sport_func_name", `"bonus_iutSN"`, `"bonus_iutSN"`},
		{"bonus_sport_func_name", `""`, `""`},
		{"bonus_sport_func_name", `"bonus_iutsn"`, `400 param '%s': invalide (un de : ["" "bonus_iutv" "bonus_direct" "bonus_iut_stdenis" "bonus_colmar" "bonus_iutva" "bonus_iut1grenoble_2017" "bonus_lille" "bonus_iutlh" "bonus_nantes" "bonus_tours" "bonus_iutr" "bonus_iutam" "bonus_saint_etienne" "bonus_iutTarbes" "bonus_iutSN" "bonus_iutBordeaux1" "bonus_iuto" "bonus_iutbethune" "bonus_iutbeziers"])`},
		{"bonus_but", `{}`, `{"seuil":10.0,"proportion":0.05,"max":0.5}`},
		{"bonus_but", `{"seuil": 0, "proportion": 1, "max": 20}`, `{"seuil":0.0,"proportion":1.0,"max":20.0}`},
		{"bonus_but", `{"proportion": 1.01}`, aBonus},
		{"bonus_but", `{"seuil": -1}`, aBonus},
		{"bonus_but", `{"max": "1"}`, aBonus},
		{"bonus_but", `{"taux": 1}`, aBonus},
		{"bonus_but", `0.5`, aBonus},
		{"non_travail", `"DIM,ven , sam,dim"`, `"ven, sam, dim"`},
		{"non_travail", `" "`, `""`},
		{"non_travail", `"sam dim"`, days},
		{"non_travail", `"sam,"`, days},
		{"non_travail", `["sam"]`, aText},
		{"assi_metrique", `"H."`, `"H."`},
		{"assi_metrique", `"heure"`, `400 param '%s': invalide (un de : ["1/2 J." "J." "H."])`},
		{"assi_morning_time", `"7:30"`, `"07:30"`},
		{"assi_morning_time", `"24:00"`, anHour},
		{"assi_morning_time", `"07:30:00"`, anHour},
		{"assi_morning_time", `730`, aText},
		{"assi_heures_jour", `7`, `7.0`},
		{"assi_heures_jour", `7.5`, `7.5`},
		{"assi_heures_jour", `0`, aNumber},
		{"assi_heures_jour", `24.01`, aNumber},
		{"assi_heures_jour", `1e400`, aNumber},
		{"assi_heures_jour", `"7"`, aNumber},
		{"edt_sem_ics_url", `"https://edt.iut.example/ics?sem={edt_id}&x=1"`, `"https://edt.iut.example/ics?sem={edt_id}&x=1"`},
		{"edt_sem_ics_url", `"HTTP://edt.iut.example:8080/{edt_id}.ics"`, `"HTTP://edt.iut.example:8080/{edt_id}.ics"`},
		{"edt_sem_ics_url", `""`, `""`},
		{"edt_sem_ics_url", `"file:///etc/passwd"`, anURL},
		{"edt_sem_ics_url", `"edt.iut.example/a.ics"`, anURL},
		{"edt_sem_ics_url", `"https:///a.ics"`, anURL},
		{"edt_sem_ics_url", `"http://a b/"`, anURL},
		{"edt_sem_ics_url", `"http://a/` + strings.Repeat("b", 1000) + `"`, anURL},
		{"edt_sem_ics_url", `false`, aText},
		{"edt_ics_group_field", `"description"`, `"DESCRIPTION"`},
		{"edt_ics_group_field", `"X-GROUP\n"`, aField},
		{"edt_ics_group_field", `"TD : 1"`, aField},
		{"edt_ics_group_regexp", `"TD : (\\w+)"`, `"TD : (\\w+)"`},
		{"edt_ics_group_regexp", `"TD : ("`, aPattern},
		{"edt_ics_group_regexp", `"` + strings.Repeat("a", 501) + `"`, aPattern},
		{"edt_id", `"x"`, unknown},
		{"block_moyennes", `true`, unknown},
		{"", `null`, unknown},
	} {
		if strings.Contains(tt.want, "%s") {
			s.refuses([]refusal{{tt.value, request{to: "POST departement/RT/preferences", as: chef, body: fmt.Sprintf(`{%q: %s}`, tt.name, tt.value)}, fmt.Sprintf(tt.want, tt.name)}})
			continue
		}
		a := s.post("departement/RT/preferences", fmt.Sprintf(`{%q: %s}`, tt.name, tt.value))
		if a.StatusCode != 200 {
			t.Errorf("%s %s: %s", tt.name, tt.value, a.line())
		} else if got := string(s.preferences("departement/RT/preferences")[tt.name]); got != tt.want {
			t.Errorf("%s %s is kept as %s, want %s", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestPreferencesRefuse(t *testing.T) {
	s := open(t)
	edit := func(name, to, body, want string) refusal {
		return refusal{name, request{to: "POST " + to, as: chef, body: body}, want}
	}
	const good = `{"bul_show_abs": false}`
	const order = "invalide (matin, midi et fin de journée dans cet ordre)"
	s.refuses([]refusal{
		edit("no body", "preferences", "", "400 corps de la requête: manquant"),
		edit("a list", "preferences", `[]`, "400 corps de la requête: invalide (objet attendu)"),
		edit("not JSON", "preferences", `{`, "400 corps de la requête: JSON invalide"),
		edit("all faults at once", "preferences", `{"bul_show_abs": false, "nom": 1, "bul_show_ects": 2}`, "400 param 'nom': préférence inconnue, param 'bul_show_ects': invalide (booléen attendu)"),
		edit("the name of a department in a semester", "formsemestre/1/preferences", `{"DeptName": "S1", "ImputationDept": null}`,
			"400 param 'DeptName': ne se règle pas pour un semestre, param 'ImputationDept': ne se règle pas pour un semestre"),
		edit("lunch before morning", "preferences", `{"assi_lunch_time": "08:00"}`, "400 param 'assi_lunch_time': "+order),
		edit("the end at noon", "departement/RT/preferences", `{"assi_afternoon_time": "13:00"}`, "400 param 'assi_afternoon_time': "+order),
		edit("a late morning", "formsemestre/1/preferences", `{"bul_show_abs": false, "assi_morning_time": "14:00"}`, "400 param 'assi_morning_time': "+order),
		edit("a locked semester", "formsemestre/3/preferences", good, "403 formsemestre verrouillé"),
		edit("an unknown semester", "formsemestre/99/preferences", good, "404 formsemestre inconnu"),
		edit("an unknown department", "departement/MMI/preferences", good, "404 département inconnu"),
		edit("a semester of another department", "/ScoDoc/GEA/api/formsemestre/1/preferences", good, "404 formsemestre inconnu"),
		edit("another department", "/ScoDoc/GEA/api/departement/RT/preferences", good, "404 département inconnu"),
		{"reading another department", request{to: "GET /ScoDoc/GEA/api/departement/RT/preferences", as: holding("GEA", scolarite.EditPreferences)}, "404 département inconnu"},
		{"reading a semester of another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/1/preferences", as: holding("GEA", scolarite.EditPreferences)}, "404 formsemestre inconnu"},
		{"nobody", request{to: "POST preferences", body: good}, "401 Non autorise (logic)"},
		{"nobody reads", request{to: "GET preferences"}, "401 Non autorise (logic)"},
		{"without permission", request{to: "POST departement/RT/preferences", as: other, body: good}, "403 permission requise : EditPreferences"},
		{"reading without permission", request{to: "GET departement/RT/preferences", as: holding("", scolarite.ScoView)}, "403 permission requise : EditPreferences"},
		{"with it in one department", request{to: "POST departement/RT/preferences", as: holding("RT", scolarite.EditPreferences), body: good}, "403 permission requise : EditPreferences"},
		{
			"the site's, by a department's base",
			request{to: "POST /ScoDoc/RT/api/preferences", as: holding("RT", scolarite.EditPreferences), body: good},
			"403 permission requise dans tous les départements : EditPreferences",
		},
	})
	if got := s.value("SELECT group_concat(name) FROM preferences"); got != "DeptName" {
		t.Errorf("%s are set", got)
	}
	// The hours of a day may change together, and the chief of a department sets his own.
	body := `{"assi_morning_time": "14:00", "assi_lunch_time": "18:00", "assi_afternoon_time": "22:00"}`
	if a := s.send(request{to: "POST /ScoDoc/RT/api/formsemestre/1/preferences", as: holding("RT", scolarite.EditPreferences), body: body}); a.StatusCode != 200 {
		t.Error(a.line())
	}
	if a := s.send(request{to: "GET /ScoDoc/RT/api/preferences", as: holding("RT", scolarite.EditPreferences)}); a.StatusCode != 200 {
		t.Error(a.line())
	}
	if got := s.preferences("formsemestre/3/preferences").Text("assi_morning_time"); got != "08:00" {
		t.Errorf("the locked semester begins at %s", got)
	}
}

// TestBrokenPreferencesCountAsNotSet: what a base has from elsewhere, or from
// before a rule, breaks nothing.
func TestBrokenPreferencesCountAsNotSet(t *testing.T) {
	s := open(t)
	s.exec(`UPDATE preferences SET value = 'R&T'; INSERT INTO preferences (dept_id, name, value) VALUES (2, 'DeptName', '12'), (1, 'bul_show_abs', '0'), (1, 'work_saturday', 'true')`)
	all := s.preferences("departement/RT/preferences")
	if _, ok := all["work_saturday"]; ok || all.Text("DeptName") != "" || !all.Bool("bul_show_abs") {
		t.Errorf("%v", all)
	}
	if got := s.get("departement/RT").line(); !strings.Contains(got, `"dept_name":"RT"`) {
		t.Error(got)
	}
}

// TestPreferencesOfAnotherType: to ask for a preference as what it is not is a
// fault of the program.
func TestPreferencesOfAnotherType(t *testing.T) {
	all := scolarite.Preferences{"a": json.RawMessage(`true`)}
	for name, ask := range map[string]func(){"unknown": func() { all.Bool("b") }, "another type": func() { all.Text("a") }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			ask()
		}()
	}
}
