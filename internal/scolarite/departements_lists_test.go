package scolarite_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

func TestDepartementEtudiants(t *testing.T) {
	s := open(t)
	s.example("departement_etudiants", request{to: "GET departement/GEA/etudiants", as: chef})
	s.example("departement_etudiants_by_id", request{to: "GET departement/id/1/etudiants", as: holding("", scolarite.ScoView)})
	if got := s.get("departement/OLD/etudiants").body; got != "[]" {
		t.Errorf("a department without students has %s", got)
	}
}

func TestDepartementFormSemestresCourants(t *testing.T) {
	s := open(t)
	s.example("departement_formsemestres_courants", request{to: "GET departement/RT/formsemestres_courants", as: chef})
	for path, want := range map[string][]string{
		"RT/formsemestres_courants":                                            {"1"},
		"id/1/formsemestres_courants?date_courante=":                           {"1"},
		"id/2/formsemestres_courants":                                          {"5", "4"}, // the latest first
		"OLD/formsemestres_courants":                                           {},
		"RT/formsemestres_courants?date_courante=2025-09-01":                   {"1"},
		"RT/formsemestres_courants?date_courante=2026-01-31":                   {"1"},
		"RT/formsemestres_courants?date_courante=2026-02-01":                   {"2"},
		"RT/formsemestres_courants?date_courante=2024-12-24":                   {"3"},
		"RT/formsemestres_courants?date_courante=2025-08-31":                   {},
		"RT/formsemestres_courants?date_courante=2025-08-31T23:30:00":          {},
		"RT/formsemestres_courants?date_courante=2025-08-31T23:30:00Z":         {"1"}, // half past one in Paris
		"RT/formsemestres_courants?date_courante=2025-08-31T21:30:00-02:00":    {"1"},
		"RT/formsemestres_courants?date_courante=2025-08-31T23:30:00+02:00":    {}, // the "+" is read as a blank
		"RT/formsemestres_courants?date_courante=2026-01-31%2023:59":           {"1"},
		"RT/formsemestres_courants?date_courante=2026-01-31T23:59:59.5%2B0100": {"1"},
		"RT/formsemestres_courants?date_courante=2026-01-31T24:00":             nil,
		"RT/formsemestres_courants?date_courante=2026-02-30":                   nil,
		"RT/formsemestres_courants?date_courante=31/01/2026":                   nil,
	} {
		a := s.send(request{to: "GET departement/" + path, as: chef})
		if want == nil {
			if got := fmt.Sprint(a.StatusCode, " ", a.message()); got != "404 param 'date_courante': invalide (date attendue)" {
				t.Errorf("%s: %s", path, got)
			}
			continue
		}
		got := []string{}
		list, _ := a.json(t).([]any)
		for _, sem := range list {
			got = append(got, fmt.Sprint(sem.(map[string]any)["id"]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", path, diff)
		}
	}
}
