package scolarite_test

import (
	"testing"

	"intendant/internal/scolarite"
)

func TestMatieres(t *testing.T) {
	s := open(t)
	s.example("matiere_create", request{to: "POST /ScoDoc/GEA/api/matiere/create", as: holding("GEA", scolarite.EditFormation), body: `{"ue_id": 6, "titre": "Psychologie"}`})
	s.example("matiere_edit", request{to: "POST matiere/10/edit", as: planning, body: `{"titre": "Psychologie sociale", "numero": 5, "ue_id": 7}`})
	if got := s.value("SELECT ue_id || titre || numero FROM matieres WHERE id = 10"); got != "6Psychologie sociale5" {
		t.Error(got)
	}
	if got := s.value("SELECT group_concat(action) FROM journal WHERE object_type = 'matiere' AND object_id = '10'"); got != "matiere.create,matiere.update" {
		t.Error(got)
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST matiere/create", body: "{}"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST matiere/create", as: other, body: "{}"}, "403 permission requise : EditFormation"},
		{"nothing said", request{to: "POST matiere/create", as: planning, body: "{}"}, "400 param 'ue_id': manquant, param 'titre': manquant"},
		{"blank", request{to: "POST matiere/create", as: planning, body: `{"ue_id": 6, "titre": " "}`}, "400 param 'titre': manquant"},
		{"control characters", request{to: "POST matiere/create", as: planning, body: `{"ue_id": 6, "titre": "\u0000"}`}, "400 param 'titre': caractère interdit"},
		{"unknown UE", request{to: "POST matiere/create", as: planning, body: `{"ue_id": 99, "titre": "A"}`}, "404 UE inconnue"},
		{"in another department", request{to: "POST /ScoDoc/RT/api/matiere/create", as: planning, body: `{"ue_id": 6, "titre": "A"}`}, "404 UE inconnue"},
		{"taken", request{to: "POST matiere/create", as: planning, body: `{"ue_id": 6, "titre": "Droit"}`}, "409 l'UE a déjà une matière de ce titre"},
		{"emptied", request{to: "POST matiere/10/edit", as: planning, body: `{"titre": null, "numero": null}`}, "400 param 'titre': manquant, param 'numero': ne peut être null"},
		{"renamed to another", request{to: "POST matiere/10/edit", as: planning, body: `{"titre": "Droit"}`}, "409 l'UE a déjà une matière de ce titre"},
		{"edited in another department", request{to: "POST /ScoDoc/RT/api/matiere/10/edit", as: planning, body: "{}"}, "404 matière inconnue"},
		{"deleted by other", request{to: "POST matiere/10/delete", as: other}, "403 permission requise : EditFormation"},
		{"deleted in another department", request{to: "POST /ScoDoc/RT/api/matiere/10/delete", as: planning}, "404 matière inconnue"},
		{"deleted without being there", request{to: "POST matiere/99/delete", as: planning}, "404 matière inconnue"},
		{"deleted with modules", request{to: "POST matiere/9/delete", as: planning}, "409 cette matière a des modules"},
	})
	s.example("matiere_delete", request{to: "POST matiere/10/delete", as: planning})
	if got := s.value("SELECT count(*) FROM matieres WHERE id = 10"); got != "0" {
		t.Error("it is still there")
	}
}
