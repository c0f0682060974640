package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestTheRollOfADay(t *testing.T) {
	s := openAttendance(t)
	s.exec("INSERT INTO groupe_membres (group_id, partition_id, etudid) VALUES (10, 8, 5)") // in no semester
	s.example("group_assiduites_jour", request{to: "GET group/6/assiduites/jour/2025-10-06", as: holding("", scolarite.ScoView)})
	roll := func(path string) string {
		var rows []string
		for _, row := range s.get(path).json(t).([]any) {
			row := row.(map[string]any)
			rows = append(rows, strings.TrimSpace(fmt.Sprint(row["id"], " ", row["etat"], " ", recordIDs(row["assiduites"]))))
		}
		return strings.Join(rows, "; ")
	}
	s.absence(2, "2025-11-16T21:00", "2025-11-17T06:00", false) // over midnight in Paris
	s.absence(1, "2025-11-16T20:00", "2025-11-16T23:00", false) // up to midnight
	for path, want := range map[string]string{
		"group/1/assiduites/jour/2025-10-06":                  "1 I 1 2; 2 I 5; 4 D; 3 DEF", // by name
		"group/1/assiduites/jour/2025-11-17":                  "1 I; 2 I 9 6; 4 D; 3 DEF",
		"group/1/assiduites/jour/2025-11-16":                  "1 I 10; 2 I 9; 4 D; 3 DEF",
		"group/7/assiduites/jour/2025-10-06":                  "2 I 5",
		"group/10/assiduites/jour/2025-10-06":                 "",
		"/ScoDoc/GEA/api/group/12/assiduites/jour/2025-10-07": "6 I 8",
	} {
		if got := roll(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	get := func(to string) request { return request{to: "GET " + to, as: chef} }
	s.refuses([]refusal{
		{"an unknown group", get("group/999/assiduites/jour/2025-10-06"), "404 groupe inconnu"},
		{"a group of another department", get("/ScoDoc/GEA/api/group/6/assiduites/jour/2025-10-06"), "404 groupe inconnu"},
		{"no day", get("group/6/assiduites/jour/hier"), "404 jour invalide (AAAA-MM-JJ attendu)"},
		{"a day that no calendar has", get("group/6/assiduites/jour/2025-02-29"), "404 jour invalide (AAAA-MM-JJ attendu)"},
		{"nobody", request{to: "GET group/6/assiduites/jour/2025-10-06"}, "401 Non autorise (logic)"},
		{"without permission", request{to: "GET group/6/assiduites/jour/2025-10-06", as: other}, "403 permission requise : ScoView"},
	})
}

func TestTheSameIsRecordedForAGroup(t *testing.T) {
	s := openAttendance(t)
	s.example("group_assiduites_signaler", request{
		to: "POST group/1/assiduites/signaler", as: holding("", scolarite.AbsChange),
		body: `{"date_debut": "2025-11-17T08:30", "date_fin": "2025-11-17T10:30", "etat": "present", "moduleimpl_id": 1, "desc": "TD"}`,
	})
	// 1 has it, 2 is late already, 3 has defaulted, 4 has resigned.
	if got := s.value("SELECT group_concat(etudid || ' ' || moduleimpl_id || ' ' || etat || ' ' || description || ' ' || debut_at, '; ' ORDER BY id) FROM assiduites WHERE id > 8"); got != "1 1 0 TD 2025-11-17T07:30:00.000Z" {
		t.Errorf("stored: %s", got)
	}
	if got := s.lastAction(); got != "assiduite.create assiduite 9 Mme Simone COSTA" {
		t.Errorf("journal: %s", got)
	}
	const at = `"date_debut": "2025-11-18T08:00", "date_fin": "2025-11-18T10:00", "etat": "absent"`
	for _, c := range []struct{ path, body, want string }{
		{"group/6", `{` + at + `, "etudids": [3]}`, `200 {"errors":[],"success":[{"indice":0,"message":{"assiduite_id":10}}]}`}, // chosen, though he has defaulted
		{"group/6", `{` + at + `, "etudids": [2, 999, 1, 1]}`, `200 {"errors":[{"indice":0,"message":"l'étudiant n'est pas dans le groupe"},{"indice":1,"message":"l'étudiant n'est pas dans le groupe"},` +
			`{"indice":3,"message":"la période est en conflit avec une plage enregistrée (absent, du 2025-11-18T08:00:00+01:00 au 2025-11-18T10:00:00+01:00)"}],"success":[{"indice":2,"message":{"assiduite_id":11}}]}`},
		{"group/6", `{` + at + `, "etudids": []}`, `200 {"errors":[],"success":[]}`},
		{"group/10", `{` + at + `}`, `200 {"errors":[],"success":[]}`},
		{"group/7", `{` + at + `, "moduleimpl_id": "autre", "etudids": null, "desc": null}`, `200 {"errors":[],"success":[{"indice":0,"message":{"assiduite_id":12}}]}`},
		{"group/7", `{"date_debut": "hier", "date_fin": "2025-11-18", "etat": "malade"}`, `200 {"errors":[{"indice":0,"message":"param 'date_debut': format invalide, param 'etat': invalide"}],"success":[]}`},
		{"group/7", `{"date_debut": "2025-11-19", "date_fin": "2025-11-20", "etat": "absent", "moduleimpl_id": 4}`, `200 {"errors":[{"indice":0,"message":"l'étudiant n'est pas inscrit au module"}],"success":[]}`},
	} {
		if got := s.post(c.path+"/assiduites/signaler", c.body).line(); got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.path, c.body, got, c.want)
		}
	}
	if got := s.row(12); !strings.HasSuffix(got, `|0|{"module":"Autre"}`) {
		t.Errorf("stored: %s", got)
	}
	to := func(path, body string) request {
		return request{to: "POST " + path + "/assiduites/signaler", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"an unknown group", to("group/999", `{`+at+`}`), "404 groupe inconnu"},
		{"a group of another department", to("/ScoDoc/GEA/api/group/6", `{`+at+`}`), "404 groupe inconnu"},
		{"a group of a locked semester", to("group/11", `{`+at+`}`), "403 formsemestre verrouillé"},
		{"an unknown group and nothing said", to("group/999", `{}`), "404 groupe inconnu"},
		{"nothing said in another department", to("/ScoDoc/GEA/api/group/6", `{"etudids": 1}`), "404 groupe inconnu"},
		{"half a body", to("group/6", `{"etat"`), "400 corps de la requête: JSON invalide"},
		{"nothing said", to("group/6", `{}`), "404 param 'date_debut': manquant, param 'date_fin': manquant, param 'etat': manquant"},
		{"students that are no ids", to("group/6", `{`+at+`, "etudids": ["a"]}`), "404 param 'etudids': invalide (entier attendu)"},
		{"students that are no list", to("group/6", `{`+at+`, "etudids": 1}`), "404 param 'etudids': invalide (liste attendue)"},
		{"a text that is none", to("group/6", `{`+at+`, "desc": 1}`), "404 param 'desc': invalide (texte attendu)"},
		{"without permission", request{to: "POST group/6/assiduites/signaler", as: holding("", scolarite.ScoView), body: `{}`}, "403 permission requise : AbsChange"},
		{"nobody", request{to: "POST group/6/assiduites/signaler", body: `{}`}, "401 Non autorise (logic)"},
	})
}
