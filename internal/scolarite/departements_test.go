package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

func TestDepartements(t *testing.T) {
	s := open(t)
	s.example("departements_list", request{to: "GET departements", as: holding("", scolarite.ScoView)})
	s.example("departements_ids", request{to: "GET departements_ids", as: chef})
	s.example("departement_by_acronym", request{to: "GET departement/RT", as: chef})
	s.example("departement_get", request{to: "GET departement/id/2", as: chef})
	s.example("departement_formsemestres_ids", request{to: "GET departement/RT/formsemestres_ids", as: chef})
	s.example("departement_formsemestres_ids_by_id", request{to: "GET departement/id/2/formsemestres_ids", as: chef})
	if got := s.get("departement/OLD/formsemestres_ids").body; got != "[]" {
		t.Errorf("a department without semesters has %s", got)
	}
}

// TestDepartementsInProduction shows the moment of creation as servers in
// production do: in the site's time, with a fraction when there is one.
func TestDepartementsInProduction(t *testing.T) {
	s := openWire(t, scolarite.Production)
	s.example("departements_list.production", request{to: "GET departements", as: chef})
}

// TestDepartementsOfTheBase: a department's base shows it alone.
func TestDepartementsOfTheBase(t *testing.T) {
	s := open(t)
	gea := holding("GEA", scolarite.ScoView)
	for path, want := range map[string]string{
		"departements_ids":                                          "200 [2]",
		"departement/GEA/formsemestres_ids":                         "200 [4,5]",
		"departement/id/2/formsemestres_ids":                        "200 [4,5]",
		"departement/RT":                                            "404 département inconnu",
		"departement/id/1":                                          "404 département inconnu",
		"departement/RT/etudiants":                                  "404 département inconnu",
		"departement/id/1/etudiants":                                "404 département inconnu",
		"departement/RT/formsemestres_ids":                          "404 département inconnu",
		"departement/id/1/formsemestres_ids":                        "404 département inconnu",
		"departement/RT/formsemestres_courants":                     "404 département inconnu",
		"departement/id/1/formsemestres_courants":                   "404 département inconnu",
		"departement/GEA/formsemestres_courants?date_courante=soon": "404 param 'date_courante': invalide (date attendue)",
	} {
		a := s.send(request{to: "GET /ScoDoc/GEA/api/" + path, as: gea})
		got := a.line()
		if a.StatusCode != 200 {
			got = fmt.Sprint(a.StatusCode, " ", a.message())
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	list, _ := s.send(request{to: "GET /ScoDoc/GEA/api/departements", as: gea}).json(t).([]any)
	if len(list) != 1 || list[0].(map[string]any)["acronym"] != "GEA" {
		t.Errorf("the list of GEA's base is %v", list)
	}
	if diff := cmp.Diff(list[0], s.send(request{to: "GET /ScoDoc/GEA/api/departement/GEA", as: gea}).json(t)); diff != "" {
		t.Error(diff)
	}
}

func TestDepartementCreate(t *testing.T) {
	s := open(t)
	s.example("departement_create", request{to: "POST departement/create", as: holding("", scolarite.ScoSuperAdmin), headers: asJSON, body: `{"acronym": "MMI", "visible": false}`})
	s.example("departement_create.taken", request{to: "POST departement/create", as: chef, headers: asJSON, body: `{"acronym": "MMI"}`})
	if got := s.send(request{
		to: "POST departement/create", as: chef, headers: []string{"Content-Type: Application/JSON; charset=utf-8"},
		body: `{"acronym": "Info_2-b", "visible": null, "description": "ignorée"}`,
	}); got.StatusCode != 200 {
		t.Error(got.line())
	}
	if got, want := s.get("departement/Info_2-b").line(), `200 {"id":5,"acronym":"Info_2-b","description":null,"visible":true,"date_creation":"Mon, 17 Nov 2025 10:00:00 GMT","dept_name":"Info_2-b"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Where it lies its roles hold at once.
	if got := s.send(request{to: "GET /ScoDoc/MMI/api/departements_ids", as: holding("MMI", scolarite.ScoView)}).line(); got != "200 [4]" {
		t.Error(got)
	}
	if got := s.value(`SELECT group_concat(action || ' ' || object_name, ', ') FROM journal WHERE object_type = 'departement'`); got != "departement.create MMI, departement.create Info_2-b" {
		t.Errorf("the journal has %s", got)
	}
}

func TestDepartementCreateRefuses(t *testing.T) {
	s := open(t)
	const invalid = "400 param 'acronym': invalide (1 à 32 lettres, chiffres, - ou _)"
	create := func(name, body, want string) refusal {
		return refusal{name, request{to: "POST departement/create", as: chef, headers: asJSON, body: body}, want}
	}
	const noType = "400 le Content-Type doit être application/json"
	typed := func(name, contentType string) refusal {
		return refusal{name, request{to: "POST departement/create", as: chef, headers: []string{"Content-Type: " + contentType}, body: `{"acronym": "MMI"}`}, noType}
	}
	s.refuses([]refusal{
		typed("a form's type", "application/x-www-form-urlencoded"),
		typed("a text", "text/plain"),
		typed("a cousin of JSON", "application/problem+json"),
		typed("no type", ""),
		typed("not a type", ";"),
		{"no body and no type", request{to: "POST departement/create", as: chef}, noType},
		create("no body", "", "400 corps de la requête: manquant"),
		create("not JSON", `acronym=MMI`, "400 corps de la requête: JSON invalide"),
		create("a list", `["MMI"]`, "400 corps de la requête: invalide (objet attendu)"),
		create("no acronym", `{"visible": true}`, "400 param 'acronym': manquant"),
		create("null", `{"acronym": null}`, "400 param 'acronym': invalide (texte attendu)"),
		create("a number and a word", `{"acronym": 3, "visible": "maybe"}`, "400 param 'acronym': invalide (texte attendu), param 'visible': invalide (booléen attendu)"),
		create("empty", `{"acronym": ""}`, invalid),
		create("blank inside", `{"acronym": "R T"}`, invalid),
		create("a slash", `{"acronym": "R/T"}`, invalid),
		create("a newline at the end", `{"acronym": "RT2\n"}`, invalid),
		create("an accent", `{"acronym": "GÉA"}`, invalid),
		create("33 letters", `{"acronym": "`+strings.Repeat("a", 33)+`"}`, invalid),
		create("the place of the API", `{"acronym": "Api"}`, "400 param 'acronym': réservé"),
		create("the place of pages", `{"acronym": "scolarite"}`, "400 param 'acronym': réservé"),
		create("taken", `{"acronym": "RT"}`, "400 param 'acronym': un département de ce nom existe déjà"),
		{"nobody", request{to: "POST departement/create", body: `{"acronym": "MMI"}`}, "401 Non autorise (logic)"},
		{"without permission", request{to: "POST departement/create", as: holding("", scolarite.ScoView), body: `{"acronym": "MMI"}`}, "403 permission requise : ScoSuperAdmin"},
		{"with it in one department", request{to: "POST departement/create", as: holding("RT", scolarite.ScoSuperAdmin), body: `{"acronym": "MMI"}`}, "403 permission requise : ScoSuperAdmin"},
		{
			"by that department's base",
			request{to: "POST /ScoDoc/RT/api/departement/create", as: holding("RT", scolarite.ScoSuperAdmin), headers: asJSON, body: `{"acronym": "MMI"}`},
			"403 permission requise dans tous les départements : ScoSuperAdmin",
		},
	})
	if got := s.value("SELECT count(*) FROM departements"); got != "3" {
		t.Errorf("%s departments", got)
	}
}

func TestDepartementEdit(t *testing.T) {
	s := open(t)
	s.example("departement_edit", request{to: "POST departement/OLD/edit", as: chef, body: `{"visible": true, "acronym": "NEW", "description": "ignorée"}`})
	if got := s.post("departement/OLD/edit", `{"visible": true}`); got.StatusCode != 200 {
		t.Error(got.line())
	}
	if got := s.send(request{to: "POST /ScoDoc/RT/api/departement/RT/edit", as: holding("RT", scolarite.ScoSuperAdmin), body: `{"visible": false}`}); got.StatusCode != 200 {
		t.Error(got.line())
	}
	if got := s.value("SELECT group_concat(acronym || visible || ifnull(description, ''), ' ') FROM departements"); got != "RT0 GEA1Gestion des entreprises OLD1" {
		t.Errorf("the departments are %s", got)
	}
	if got := s.value(`SELECT group_concat(object_name, ', ') FROM journal WHERE action = 'departement.update'`); got != "OLD, RT" {
		t.Errorf("the journal has changes of %s", got)
	}
	edit := func(name, to, body, want string) refusal {
		return refusal{name, request{to: "POST " + to, as: chef, body: body}, want}
	}
	s.refuses([]refusal{
		edit("unknown", "departement/MMI/edit", `{"visible": true}`, "404 département inconnu"),
		edit("of another case", "departement/rt/edit", `{"visible": true}`, "404 département inconnu"),
		edit("of another base", "/ScoDoc/GEA/api/departement/RT/edit", `{"visible": true}`, "404 département inconnu"),
		edit("nothing to change", "departement/RT/edit", `{}`, "404 param 'visible': manquant"),
		edit("no boolean", "departement/RT/edit", `{"visible": "oui"}`, "404 param 'visible': invalide (booléen attendu)"),
		edit("not JSON", "departement/RT/edit", `{"visible": `, "400 corps de la requête: JSON invalide"),
		{"nobody", request{to: "POST departement/RT/edit", body: `{"visible": true}`}, "401 Non autorise (logic)"},
		{"without permission", request{to: "POST departement/RT/edit", as: other, body: `{"visible": true}`}, "403 permission requise : ScoSuperAdmin"},
	})
}
