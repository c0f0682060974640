package scolarite_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/scolarite"
)

// teacher is an account of the fixture that may enter marks at all, and holds
// what else is said everywhere: what it may then change depends on the rest.
func (s *site) teacher(userName string, more ...api.Permission) who {
	s.t.Helper()
	w := account(userName)
	s.token(w)
	row, err := s.Identity.AccountByUserName(s.t.Context(), userName)
	s.must(err)
	name := "saisie de " + userName + strings.Repeat("+", len(more))
	refs := []identity.PermissionRef{{Name: scolarite.EnsView.Short()}}
	for _, p := range more {
		refs = append(refs, identity.PermissionRef{Name: p.Short()})
	}
	role, err := s.Identity.CreateRole(s.t.Context(), identity.RoleChange{Name: &name, Add: refs})
	s.must(err)
	_, err = s.Identity.Grant(s.t.Context(), row.ID, role.Name, "")
	s.must(err)
	return w
}

// toJSON writes what json read.
func toJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestModuleImplEvaluations(t *testing.T) {
	s := openMarks(t)
	s.example("moduleimpl_evaluations", request{to: "GET moduleimpl/1/evaluations", as: chef})
	wantShape(t, "evaluations", s.get("moduleimpl/1/evaluations").json(t))
	wantShape(t, "evaluations", s.get("moduleimpl/8/evaluations").json(t))
	// Sport has no weights, a classic programme neither.
	for _, path := range []string{"moduleimpl/4/evaluations", "moduleimpl/7/evaluations"} {
		if got := s.get(path).body; !strings.Contains(got, `"poids":{}`) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := s.get("moduleimpl/12/evaluations").line(); got != "200 []" {
		t.Error(got)
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET moduleimpl/1/evaluations"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET moduleimpl/1/evaluations", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET moduleimpl/99/evaluations", as: chef}, "404 moduleimpl inconnu"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/moduleimpl/1/evaluations", as: chef}, "404 moduleimpl inconnu"},
	})
}

func TestEvaluationCreate(t *testing.T) {
	s := openMarks(t)
	s.example("evaluation_create", request{
		to: "POST moduleimpl/1/evaluation/create", as: s.teacher("mdupont"),
		body: `{"description": "Contrôle 2", "date_debut": "2025-11-20T08:00:00", "date_fin": "2025-11-20T10:00:00", "note_max": 40, "coefficient": 1.5, "poids": {"2": 0.5}}`,
	})
	wantShape(t, "evaluation", s.post("moduleimpl/1/evaluation/create", `{}`).json(t))
	for query, want := range map[string]string{
		"SELECT max(id) FROM evaluations": "120",
		"SELECT debut_at || '|' || fin_at || '|' || description || '|' || note_max || '|' || coefficient || '|' || numero FROM evaluations WHERE id = 119":           "2025-11-20T07:00:00.000Z|2025-11-20T09:00:00.000Z|Contrôle 2|40.0|1.5|2",
		"SELECT group_concat(ue_id || ':' || poids) FROM evaluation_poids WHERE evaluation_id = 119":                                                                 "2:0.5",
		"SELECT ifnull(debut_at, '-') || note_max || coefficient || visibulletin || publish_incomplete || evaluation_type || numero FROM evaluations WHERE id = 120": "-20.01.01003",
		"SELECT object_name FROM journal WHERE action = 'evaluation.create' AND object_id = '119'":                                                                   "R1.01, Contrôle 2",
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestEvaluationPlace numbers evaluations by their dates.
func TestEvaluationPlace(t *testing.T) {
	s := open(t)
	const order = "SELECT group_concat(description || numero, ' ') FROM (SELECT * FROM evaluations WHERE moduleimpl_id = 1 ORDER BY numero)"
	for i, step := range []struct{ name, dates, want string }{
		{"the first", `"date_debut": "2025-10-10T08:00", "date_fin": "2025-10-10T10:00"`, "a0"},
		{"later, so last", `"date_debut": "2025-10-20T08:00", "date_fin": "2025-10-20T08:00"`, "a0 b1"},
		{"between", `"date_debut": "2025-10-15T08:00", "date_fin": "2025-10-15T20:00"`, "a0 c1 b2"},
		{"before all", `"date_debut": "2025-09-01T00:00", "date_fin": "2025-09-01T01:00"`, "d0 a1 c2 b3"},
		{"without a date, so last", `"date_debut": "", "date_fin": null`, "d0 a1 c2 b3 e4"},
		{"of the same time, so after it", `"date_debut": "2025-10-15T08:00", "date_fin": "2025-10-15T09:00"`, "d0 a1 c2 f3 b4 e5"},
		{"where it says", `"numero": 9`, "d0 a1 c2 f3 b4 e5 g9"},
		{"without a date, after that", `"numero": null`, "d0 a1 c2 f3 b4 e5 g9 h10"},
	} {
		a := s.post("moduleimpl/1/evaluation/create", fmt.Sprintf(`{"description": "%c", %s}`, 'a'+i, step.dates))
		if a.StatusCode != 200 {
			t.Fatalf("%s: %s", step.name, a.line())
		}
		if got := s.value(order); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

func TestEvaluationRefusals(t *testing.T) {
	s := openMarks(t)
	const create = "POST moduleimpl/1/evaluation/create"
	hours := func(start, end string) string { return `{"date_debut": "` + start + `", "date_fin": "` + end + `"}` }
	s.refuses([]refusal{
		{"nobody", request{to: create}, "401 Non autorise (logic)"},
		{"no permission", request{to: create, as: other, body: `{}`}, "403 permission requise : EnsView"},
		{"a teacher of another module", request{to: "POST moduleimpl/2/evaluation/create", as: s.teacher("jpetit"), body: `{}`}, "403 opération non autorisée"},
		{"unknown module", request{to: "POST moduleimpl/99/evaluation/create", as: chef, body: `{}`}, "404 moduleimpl inconnu"},
		{"module of another department", request{to: "POST /ScoDoc/GEA/api/moduleimpl/1/evaluation/create", as: chef, body: `{}`}, "404 moduleimpl inconnu"},
		{"locked semester", request{to: "POST moduleimpl/12/evaluation/create", as: chef, body: `{}`}, "403 formsemestre verrouillé"},
		{"no JSON", request{to: create, as: chef, body: `{`}, "400 corps de la requête: JSON invalide"},
		{"negative scale and weight", request{to: create, as: chef, body: `{"note_max": -1, "coefficient": -0.5, "evaluation_type": 4}`}, "404 param 'note_max': invalide (au moins 0), param 'coefficient': invalide (au moins 0), param 'evaluation_type': invalide (au plus 3)"},
		{"no numbers", request{to: create, as: chef, body: `{"note_max": "vingt", "coefficient": []}`}, "404 param 'note_max': invalide (nombre attendu), param 'coefficient': invalide (nombre attendu)"},
		{"null", request{to: create, as: chef, body: `{"note_max": null, "coefficient": null, "visibulletin": null}`}, "404 param 'note_max': ne peut être null, param 'coefficient': ne peut être null, param 'visibulletin': ne peut être null"},
		{"no date", request{to: create, as: chef, body: hours("hier", "2025-13-01T08:00")}, "404 param 'date_debut': invalide (date et heure ISO attendues), param 'date_fin': invalide (date et heure ISO attendues)"},
		{"no end", request{to: create, as: chef, body: `{"date_debut": "2025-10-10T08:00"}`}, "404 param 'date_fin': manquant"},
		{"no start", request{to: create, as: chef, body: `{"date_fin": "2025-10-10T08:00"}`}, "404 param 'date_debut': manquant"},
		{"a day without hours", request{to: create, as: chef, body: hours("2025-10-10", "2025-10-10")}, "404 param 'date_debut': invalide (date et heure ISO attendues), param 'date_fin': invalide (date et heure ISO attendues)"},
		{"no day to wait for", request{to: create, as: chef, body: `{"blocked_until": "bientôt"}`}, "404 param 'blocked_until': invalide (date ISO attendue)"},
		{"before the semester", request{to: create, as: chef, body: hours("2025-08-31T23:00", "2025-09-01T01:00")}, "404 param 'date_debut': hors du semestre (du 01/09/2025 au 31/01/2026)"},
		{"after it", request{to: create, as: chef, body: hours("2026-01-31T23:00", "2026-02-01T01:00")}, "404 param 'date_fin': hors du semestre (du 01/09/2025 au 31/01/2026)"},
		{"backwards", request{to: create, as: chef, body: hours("2025-10-10T10:00", "2025-10-10T08:00")}, "404 param 'date_fin': avant date_debut"},
		{"over 12 hours", request{to: create, as: chef, body: hours("2025-10-10T08:00", "2025-10-10T20:00:01")}, "404 param 'date_fin': plus de 12 heures après date_debut"},
		{"weights that are none", request{to: create, as: chef, body: `{"poids": {"1": -1}}`}, "404 param 'poids': invalide ({ue_id: poids de 0 à 10000} attendu)"},
		{"weights of nothing", request{to: create, as: chef, body: `{"poids": [1]}`}, "404 param 'poids': invalide ({ue_id: poids de 0 à 10000} attendu)"},
		{"weights of other UEs", request{to: create, as: chef, body: `{"poids": {"3": 1, "4": 1, "1": 1}}`}, "404 param 'poids': l'UE 3 n'est pas du semestre, param 'poids': l'UE 4 n'est pas du semestre"},
		{"weights in a classic programme", request{to: "POST moduleimpl/7/evaluation/create", as: chef, body: `{"poids": {"6": 1}}`}, "404 param 'poids': réservé aux modules d'UE d'un BUT"},
		{"weights of sport", request{to: "POST moduleimpl/4/evaluation/create", as: chef, body: `{"poids": {"1": 1}}`}, "404 param 'poids': réservé aux modules d'UE d'un BUT"},
		{"a long description", request{to: create, as: chef, body: `{"description": "` + strings.Repeat("é", 513) + `"}`}, "404 param 'description': trop long (512 caractères au plus)"},
		{"edit, nobody", request{to: "POST evaluation/101/edit"}, "401 Non autorise (logic)"},
		{"edit, unknown", request{to: "POST evaluation/999/edit", as: chef, body: `{}`}, "404 évaluation inconnue"},
		{"edit, in another department", request{to: "POST /ScoDoc/GEA/api/evaluation/101/edit", as: chef, body: `{}`}, "404 évaluation inconnue"},
		{"edit, marks out of scale", request{to: "POST evaluation/101/edit", as: chef, body: `{"note_max": 10}`}, "404 param 'note_max': notes saisies hors barème (de 0 à 10) : 2"},
		{"edit, out of the semester", request{to: "POST evaluation/101/edit", as: chef, body: `{"date_fin": "2026-10-01T10:00"}`}, "404 param 'date_fin': hors du semestre (du 01/09/2025 au 31/01/2026), param 'date_fin': plus de 12 heures après date_debut"},
		{"delete, nobody", request{to: "POST evaluation/101/delete"}, "401 Non autorise (logic)"},
		{"delete, no permission", request{to: "POST evaluation/101/delete", as: other}, "403 permission requise : EnsView"},
		{"delete, not hers", request{to: "POST evaluation/103/delete", as: account("jpetit")}, "403 opération non autorisée"},
		{"delete, unknown", request{to: "POST evaluation/999/delete", as: chef}, "404 évaluation inconnue"},
		{"delete, in another department", request{to: "POST /ScoDoc/GEA/api/evaluation/101/delete", as: chef}, "404 évaluation inconnue"},
	})
	s.exec("UPDATE formsemestres SET etat = 0 WHERE id = 1")
	s.refuses([]refusal{
		{"edit, locked", request{to: "POST evaluation/101/edit", as: chef, body: `{"coefficient": 3}`}, "403 formsemestre verrouillé"},
		{"delete, locked", request{to: "POST evaluation/101/delete", as: chef}, "403 formsemestre verrouillé"},
	})
	if got := s.value("SELECT count(*) || '/' || (SELECT count(*) FROM notes) || '/' || (SELECT count(*) FROM evaluation_poids) FROM evaluations"); got != "15/40/3" {
		t.Error(got)
	}
}

func TestEvaluationEdit(t *testing.T) {
	s := openMarks(t)
	s.example("evaluation_edit", request{
		to: "POST evaluation/102/edit", as: s.teacher("pmartin"),
		body: `{"description": "TP noté n° 1", "coefficient": 3, "visibulletin": false, "blocked_until": "2025-12-01", "poids": {"2": 1}}`,
	})
	const poids = "SELECT group_concat(ue_id || ':' || poids) FROM evaluation_poids WHERE evaluation_id = 102"
	if got := s.value(poids); got != "1:2.0,2:1.0" {
		t.Error(got)
	}
	if got := s.value("SELECT before || after FROM journal WHERE action = 'evaluation.update'"); !strings.Contains(got, `"coefficient":2.0`) || !strings.Contains(got, `"coefficient":3.0`) {
		t.Error(got)
	}
	// What it already is changes nothing, and what it answers may be sent back.
	s.token(chef)
	before := s.value("SELECT count(*) FROM journal")
	shown := s.get("moduleimpl/1/evaluations").json(t).([]any)[1]
	if a := s.post("evaluation/102/edit", toJSON(t, shown)); a.StatusCode != 200 || toJSON(t, a.json(t)) != toJSON(t, shown) {
		t.Errorf("sent back: %s, want %v", a.line(), shown)
	}
	if after := s.value("SELECT count(*) FROM journal"); after != before {
		t.Error("it wrote to the journal")
	}
	// Marks that are out of scale are in the way of another scale only.
	s.exec("UPDATE notes SET value = 30 WHERE id = 106")
	if a := s.post("evaluation/102/edit", `{"description": "TP", "note_max": 10}`); a.StatusCode != 200 {
		t.Error(a.line())
	}
	// Both dates go together.
	if a := s.post("evaluation/102/edit", `{"date_debut": null, "date_fin": ""}`); !strings.Contains(a.body, `"date_debut":"","date_fin":""`) || !strings.Contains(a.body, `"date":"","heure_debut":"","heure_fin":""`) {
		t.Error(a.line())
	}
}

func TestEvaluationDelete(t *testing.T) {
	s := openMarks(t)
	s.example("evaluation_delete", request{to: "POST evaluation/101/delete", as: s.teacher("mdupont")})
	for _, table := range []string{"notes", "notes_log", "evaluation_poids"} {
		if got := s.value("SELECT count(*) FROM " + table + " WHERE evaluation_id = 101"); got != "0" {
			t.Errorf("%s: %s rows left", table, got)
		}
	}
	if got := s.value("SELECT count(*) FROM evaluations"); got != "14" {
		t.Errorf("%s evaluations", got)
	}
	// Only the journal knows the marks now.
	if got := s.value("SELECT before FROM journal WHERE action = 'evaluation.delete'"); !strings.Contains(got, `"notes":{"102":"ABS","1":12.5,"2":9.0,"101":12.5,"3":"ATT"}`) {
		t.Error(got)
	}
	if got := s.send(request{to: "GET evaluation/101/notes", as: chef}).line(); !strings.HasPrefix(got, "404 ") {
		t.Error(got)
	}
}

// TestEvaluationRights tells who may change evaluations: in semester 1 accounts
// 101 and 102 direct, in semester 4 account 103, who is in charge of module 7
// that account 104 teaches.
func TestEvaluationRights(t *testing.T) {
	s := openMarks(t)
	s.exec("UPDATE moduleimpls SET responsable_id = 104 WHERE id = 8; DELETE FROM formsemestre_responsables WHERE formsemestre_id = 4 AND account_id = 101")
	jpetit, aleroy := s.teacher("jpetit"), s.teacher("aleroy")
	wants := func(name, to string, as who, want string) {
		t.Helper()
		a := s.send(request{to: to, as: as, body: `{"publish_incomplete": true}`})
		if got := strings.TrimSpace(a.line()[:3] + " " + a.message()); got != want {
			t.Errorf("%s: %s, want %s", name, a.line(), want)
		}
	}
	wants("who directs the semester", "POST evaluation/111/edit", aleroy, "200")
	wants("a teacher", "POST evaluation/111/edit", jpetit, "403 opération non autorisée")
	wants("who is in charge of the module", "POST evaluation/113/edit", jpetit, "200")
	wants("a stranger", "POST evaluation/114/edit", jpetit, "403 opération non autorisée")
	wants("a holder of EditAllEvals", "POST evaluation/111/edit", holding("", scolarite.EnsView, scolarite.EditAllEvals), "200")
	wants("of the department only, on its base", "POST /ScoDoc/GEA/api/evaluation/111/edit", holding("GEA", scolarite.EnsView, scolarite.EditAllEvals), "200")
	wants("a holder of EditAllNotes", "POST evaluation/111/edit", holding("", scolarite.EnsView, scolarite.EditAllNotes), "403 opération non autorisée")
	s.exec("UPDATE formsemestres SET ens_can_edit_eval = 1 WHERE id = 4")
	wants("a teacher where they may", "POST evaluation/111/edit", jpetit, "200")
	wants("of another module", "POST evaluation/114/edit", jpetit, "403 opération non autorisée")
	wants("a teacher who creates", "POST moduleimpl/7/evaluation/create", jpetit, "200")
	// Once a jury decided, marks do not go with their evaluation.
	s.exec("INSERT INTO validations (id, etudid, formsemestre_id, code, event_at) VALUES (200, 7, 4, 'ADM', '2026-02-01T10:00:00.000Z')")
	wants("a teacher after the jury", "POST evaluation/111/delete", jpetit, "403 opération non autorisée")
	wants("a holder of EditAllEvals after the jury", "POST evaluation/111/delete", holding("", scolarite.EnsView, scolarite.EditAllEvals), "403 opération non autorisée")
	wants("an evaluation without marks", "POST evaluation/119/delete", jpetit, "200")
	wants("who directs, after the jury", "POST evaluation/111/delete", aleroy, "200")
}
