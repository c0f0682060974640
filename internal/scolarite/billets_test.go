package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestBilletExamples(t *testing.T) {
	s := openAttendance(t)
	s.example("billets_absence_etudiant", request{to: "GET billets_absence/etudiant/1", as: account("mdupont")})
	s.example("billets_absence_create", request{to: "POST billets_absence/create", as: account("mdupont"), body: `{"code_nip": "22000002", "abs_begin": "2025-11-24T08:00:00", "abs_end": "2025-11-24T12:30:00+01:00", "description": "Examen du permis", "justified": true}`})
	s.example("billets_absence_delete", request{to: "POST billets_absence/4/delete", as: account("mdupont")})
	s.example("billets_absence_process", request{to: "POST billets_absence/1/process", as: holding("", scolarite.AbsChange), body: `{"justifie": true}`})
	s.example("billets_absence_process.conflit", request{to: "POST billets_absence/3/process", as: holding("", scolarite.AbsChange), body: `{"justifie": false}`})
}

func TestBilletCreate(t *testing.T) {
	s := openAttendance(t)
	const dates = `"abs_begin": "2025-11-24T08:00", "abs_end": "2025-11-24T10:00"`
	for _, tt := range []struct{ base, body, want string }{
		{"", `{"etudid": 1, ` + dates + `}`, `"etudid":1,"abs_begin":"2025-11-24T08:00:00+01:00","abs_end":"2025-11-24T10:00:00+01:00","description":null,"etat":false,"entry_date":"2025-11-17T11:00:00+01:00","justified":false}`},
		{"", `{"code_nip": "22000004", "etudid": null, ` + dates + `, "description": null, "justified": false}`, `"etudid":4,"abs_begin"`},
		{"", `{"code_ine": "INE0000001A", ` + dates + `}`, `"etudid":6,"abs_begin"`}, // the latest registered
		{"/ScoDoc/RT/api/", `{"code_ine": "INE0000001A", ` + dates + `}`, `"etudid":1,"abs_begin"`},
		{"/ScoDoc/RT/api/", `{"code_nip": "22000001", ` + dates + `, "inconnu": []}`, `"etudid":1,"abs_begin"`},
		{"", `{"etudid": 2, "abs_begin": "2025-11-24", "abs_end": "2025-11-25T00:00:00Z", "description": "Été \u0000", "justified": true}`, `"etudid":2,"abs_begin":"2025-11-24T00:00:00+01:00","abs_end":"2025-11-25T01:00:00+01:00","description":"Été \u0000","etat":false,"entry_date":"2025-11-17T11:00:00+01:00","justified":true}`},
		{"", `{"etudid": 2, "abs_begin": "2025-11-24T08:00", "abs_end": "2025-11-24T08:00"}`, `"etudid":2,"abs_begin":"2025-11-24T08:00:00+01:00","abs_end":"2025-11-24T08:00:00+01:00"`}, // a moment
	} {
		a := s.send(request{to: "POST " + tt.base + "billets_absence/create", as: other, body: tt.body})
		if a.StatusCode != 200 || !strings.Contains(a.body, tt.want) {
			t.Errorf("%s:\n got %s\nwant %s", tt.body, a.line(), tt.want)
		}
		id := member(t, a, "id")
		if got := s.get("billets_absence/etudiant/" + fmt.Sprint(member(t, a, "etudid"))).body; fmt.Sprint(member(t, a, "billet_id")) != fmt.Sprint(id) || !strings.Contains(got, strings.TrimSpace(a.body)) {
			t.Errorf("%s: not in the list: %s", tt.body, got)
		}
	}
	if got := s.value("SELECT object_id || ' ' || object_name || ' ' || after FROM journal WHERE action = 'billet.create' AND object_id = 10"); got != `10 M. Éric DUPONT {"abs_begin":"2025-11-24T00:00:00+01:00","abs_end":"2025-11-25T01:00:00+01:00","etat":false,"justified":true}` {
		t.Errorf("journal: %s", got)
	}
}

func TestBilletList(t *testing.T) {
	s := openAttendance(t)
	for path, want := range map[string]string{
		"billets_absence/etudiant/1": "2 1", "/ScoDoc/RT/api/billets_absence/etudiant/1": "2 1", "billets_absence/etudiant/2": "3",
		"/ScoDoc/GEA/api/billets_absence/etudiant/6": "4", "billets_absence/etudiant/5": "",
	} {
		if got := members(t, s.send(request{to: "GET " + path, as: other}), "billet_id"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := s.get("billets_absence/etudiant/5").line(); got != "200 []" {
		t.Errorf("none: %s", got)
	}
}

// TestBilletRights: an account is enough, but permissions that are held in
// departments alone are not for the base of all of them.
func TestBilletRights(t *testing.T) {
	s := openAttendance(t)
	const body = `{"etudid": 1, "abs_begin": "2025-11-24T08:00", "abs_end": "2025-11-24T10:00"}`
	const departmental = `403 {"error":"Forbidden","status":403,"message":"permission requise dans tous les départements"}`
	for _, tt := range []struct {
		name   string
		as     who
		global string // the answer there, "" for a success
	}{
		{"without a role", other, ""},
		{"of a department", holding("RT", scolarite.AbsAddBillet, scolarite.ScoView), departmental},
		{"of another department", holding("GEA", scolarite.ScoView), departmental},
		{"of all departments", holding("", scolarite.ScoView), ""},
		{"the administrator", chef, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for base, want := range map[string]string{"": tt.global, "/ScoDoc/RT/api/": ""} {
				check := func(to string, a answer) {
					t.Helper()
					if got := a.line(); want != "" && got != want || want == "" && a.StatusCode != 200 {
						t.Errorf("%s%s: %s", base, to, got)
					}
				}
				check("list", s.send(request{to: "GET " + base + "billets_absence/etudiant/1", as: tt.as}))
				created := s.send(request{to: "POST " + base + "billets_absence/create", as: tt.as, body: body})
				check("create", created)
				id := "1"
				if want == "" {
					id = fmt.Sprint(member(t, created, "id"))
				} else {
					check("create nothing", s.send(request{to: "POST " + base + "billets_absence/create", as: tt.as, body: `{}`}))
				}
				check("delete", s.send(request{to: "POST " + base + "billets_absence/" + id + "/delete", as: tt.as}))
			}
		})
	}
}

// TestBilletProcess records what notes announce: with a justification, the
// reason is with it; without, with the absence.
func TestBilletProcess(t *testing.T) {
	s := openAttendance(t)
	clerk := holding("RT", scolarite.AbsChange, scolarite.ScoView)
	process := func(id int, body string) answer {
		return s.send(request{to: fmt.Sprintf("POST /ScoDoc/RT/api/billets_absence/%d/process", id), as: clerk, body: body})
	}
	if got := process(1, `{"justifie": true}`).line(); got != `200 {"assiduite_id":9,"justif_id":6}` {
		t.Fatal(got)
	}
	user := s.value("SELECT id FROM accounts WHERE user_name = (SELECT account FROM journal WHERE action = 'billet.process')")
	const when = `"date_debut":"2025-11-18T08:00:00+01:00","date_fin":"2025-11-18T12:00:00+01:00"`
	if got := s.send(request{to: "GET /ScoDoc/RT/api/assiduite/9", as: clerk}).body; !strings.Contains(got, `"etudid":1,"code_nip":"22000001","moduleimpl_id":null,`+when+`,"etat":"absent","desc":null,`) ||
		!strings.Contains(got, `"est_just":true`) || !strings.Contains(got, `"user_id":`+user+`,`) {
		t.Error(got)
	}
	if got := s.send(request{to: "GET /ScoDoc/RT/api/justificatif/6", as: clerk}).body; !strings.Contains(got, when+`,"etat":"valide","raison":"Rendez-vous médical","fichier":null,`) || !strings.Contains(got, `"user_id":`+user+`,`) {
		t.Error(got)
	}
	if got := s.send(request{to: "GET /ScoDoc/RT/api/justificatif/6", as: account("mdupont")}).body; strings.Contains(got, "Rendez-vous") {
		t.Errorf("the reason is shown: %s", got)
	}
	if got := members(t, s.get("billets_absence/etudiant/1"), "etat"); got != "true true" {
		t.Errorf("etat %s", got)
	}

	// Without a justification. Touching another record is no conflict, and one
	// justification on file is enough.
	s.exec(`INSERT INTO billets (id, etudid, debut_at, fin_at, description, entry_at, justified) VALUES
  (10, 2, '2025-11-17T08:00:00.000Z', '2025-11-17T10:00:00.000Z', 'Panne', '2025-11-16T18:00:00.000Z', 1),
  (11, 1, '2025-10-06T10:15:00.000Z', '2025-10-06T11:00:00.000Z', NULL, '2025-11-16T18:00:00.000Z', 0);`)
	if got := process(10, `{"justifie": false}`).line(); got != `200 {"assiduite_id":10,"justif_id":null}` {
		t.Error(got)
	}
	if got := s.value("SELECT description || ' ' || est_just FROM assiduites WHERE id = 10"); got != "Panne 0" {
		t.Error(got)
	}
	if got := process(11, `{"justifie": false}`).line(); got != `200 {"assiduite_id":11,"justif_id":null}` {
		t.Error(got)
	}
	if got := s.justified(1); got != "1 2 9 11" {
		t.Errorf("justified: %s", got)
	}
	if got := s.value("SELECT group_concat(action || ' ' || object_id, ', ') FROM (SELECT * FROM journal WHERE object_type IN ('billet', 'assiduite', 'justificatif') ORDER BY id)"); got !=
		"justificatif.create 6, assiduite.create 9, billet.process 1, assiduite.create 10, billet.process 10, assiduite.create 11, billet.process 11" {
		t.Errorf("journal: %s", got)
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action NOT LIKE 'assiduite%' AND ifnull(after, '') LIKE '%médical%'"); got != "0" {
		t.Error("the journal tells a reason")
	}
	// A note that is dealt with may go; what became of it stays.
	if got := s.post("billets_absence/1/delete", "").line(); got != `200 {"OK":true}` {
		t.Error(got)
	}
	if got := s.value("SELECT (SELECT count(*) FROM assiduites WHERE id = 9) || (SELECT count(*) FROM justificatifs WHERE id = 6) || (SELECT count(*) FROM billets WHERE id = 1)"); got != "110" {
		t.Error(got)
	}
	if got := s.value("SELECT before || ifnull(after, '') FROM journal WHERE action = 'billet.delete'"); got != `{"abs_begin":"2025-11-18T08:00:00+01:00","abs_end":"2025-11-18T12:00:00+01:00","etat":true,"justified":true}` {
		t.Errorf("journal: %s", got)
	}
}

func TestBilletRefusals(t *testing.T) {
	s := openAttendance(t)
	s.exec(`INSERT INTO billets (id, etudid, debut_at, fin_at, entry_at) VALUES
  (10, 1, '2024-10-08T08:00:00.000Z', '2024-10-08T10:00:00.000Z', '2025-11-16T18:00:00.000Z'), -- in the locked semester
  (11, 1, '2025-11-24T08:00:00.000Z', '2025-11-24T08:00:00.000Z', '2025-11-16T18:00:00.000Z');`)
	create := func(body string) request {
		return request{to: "POST billets_absence/create", as: other, body: body}
	}
	process := func(id, body string) request {
		return request{to: "POST billets_absence/" + id + "/process", as: chef, body: body}
	}
	const dates = `"abs_begin": "2025-11-24T08:00", "abs_end": "2025-11-24T10:00"`
	s.refuses([]refusal{
		{"create as nobody", request{to: "POST billets_absence/create", body: `{"etudid": 1, ` + dates + `}`}, "401 Non autorise (logic)"},
		{"create for an unknown etudid", create(`{"etudid": 99, ` + dates + `}`), "404 étudiant inconnu"},
		{"create for -1", create(`{"etudid": -1, ` + dates + `}`), "404 étudiant inconnu"},
		{"create for an unknown NIP", create(`{"code_nip": "0", ` + dates + `}`), "404 étudiant inconnu"},
		{"create for an empty NIP", create(`{"code_nip": "", ` + dates + `}`), "404 étudiant inconnu"},
		{"create for an unknown INE", create(`{"code_ine": "0", ` + dates + `}`), "404 étudiant inconnu"},
		{"create for another department's", request{to: "POST /ScoDoc/GEA/api/billets_absence/create", as: chef, body: `{"etudid": 1, ` + dates + `}`}, "404 étudiant inconnu"},
		{"create in no department", request{to: "POST /ScoDoc/XX/api/billets_absence/create", as: chef, body: `{"etudid": 1, ` + dates + `}`}, "404 département inconnu"},
		{"create for whom", create(`{` + dates + `}`), "404 param 'etudid': manquant (ou code_nip, ou code_ine)"},
		{"create nothing", create(`{}`), "404 param 'abs_begin': manquant, param 'abs_end': manquant"},
		{"create all wrong", create(`{"etudid": null, "abs_begin": "hier", "abs_end": "2025-02-30"}`), "404 param 'etudid': manquant (ou code_nip, ou code_ine), param 'abs_begin': format invalide, param 'abs_end': format invalide"},
		{"create inverted", create(`{"etudid": 1, "abs_begin": "2025-11-24T10:00", "abs_end": "2025-11-24T08:00"}`), "404 abs_begin doit être avant abs_end"},
		{"create far away", create(`{"etudid": 1, "abs_begin": "0001-01-01", "abs_end": "9999-12-31"}`), "404 param 'abs_begin': format invalide, param 'abs_end': format invalide"},
		{"create with numbers", create(`{"etudid": "un", "abs_begin": 1, "abs_end": null, "description": 5, "justified": "peut-être"}`), "404 param 'etudid': invalide (entier attendu), param 'abs_begin': invalide (texte attendu), param 'abs_end': invalide (texte attendu), param 'description': invalide (texte attendu), param 'justified': invalide (booléen attendu)"},
		{"create for more than 64 bits", create(`{"etudid": 99999999999999999999, ` + dates + `}`), "404 param 'etudid': invalide (au plus 9223372036854775807)"},
		{"create a list", create(`[{"etudid": 1, ` + dates + `}]`), "404 corps de la requête: invalide (objet attendu)"},
		{"create null", create(`null`), "404 corps de la requête: manquant"},
		{"create without a body", create(``), "404 corps de la requête: manquant"},
		{"create half of one", create(`{"etudid"`), "400 corps de la requête: JSON invalide"},

		{"delete as nobody", request{to: "POST billets_absence/1/delete"}, "401 Non autorise (logic)"},
		{"delete an unknown one", request{to: "POST billets_absence/99/delete", as: chef}, "404 billet inconnu"},
		{"delete another department's", request{to: "POST /ScoDoc/GEA/api/billets_absence/1/delete", as: chef}, "404 billet inconnu"},
		{"list as nobody", request{to: "GET billets_absence/etudiant/1"}, "401 Non autorise (logic)"},
		{"list of an unknown student", request{to: "GET billets_absence/etudiant/99", as: chef}, "404 étudiant inconnu"},
		{"list of another department's", request{to: "GET /ScoDoc/GEA/api/billets_absence/etudiant/1", as: chef}, "404 étudiant inconnu"},

		{"process as nobody", request{to: "POST billets_absence/1/process", body: `{"justifie": true}`}, "401 Non autorise (logic)"},
		{"process without permission", request{to: "POST billets_absence/1/process", as: holding("", scolarite.ScoView, scolarite.AbsAddBillet), body: `{"justifie": true}`}, "403 permission requise : AbsChange"},
		{"process an unknown one", process("99", `{"justifie": true}`), "404 billet inconnu"},
		{"process another department's", request{to: "POST /ScoDoc/GEA/api/billets_absence/1/process", as: chef, body: `{"justifie": true}`}, "404 billet inconnu"},
		{"process how", process("1", `{}`), "404 param 'justifie': manquant"},
		{"process null", process("1", `{"justifie": null}`), "404 param 'justifie': invalide (booléen attendu)"},
		{"process perhaps", process("1", `{"justifie": "peut-être"}`), "404 param 'justifie': invalide (booléen attendu)"},
		{"process twice", process("2", `{"justifie": true}`), "409 billet déjà traité"},
		{"process over another record", process("3", `{"justifie": true}`), "409 la période est en conflit avec une plage enregistrée (retard, du 2025-11-17T08:00:00+01:00 au 2025-11-17T09:00:00+01:00)"},
		{"process in a locked semester", process("10", `{"justifie": true}`), "403 formsemestre verrouillé"},
		{"process a moment", process("11", `{"justifie": true}`), "409 le billet n'a pas de durée"},
	})
	if got := s.value("SELECT count(*) || ' ' || sum(etat) || ' ' || (SELECT count(*) FROM assiduites) || ' ' || (SELECT count(*) FROM justificatifs) FROM billets"); got != "6 1 8 5" {
		t.Errorf("written: %s", got)
	}
}
