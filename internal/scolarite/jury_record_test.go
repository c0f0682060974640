package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// lastLine is the last line of the journal.
func (s *site) lastLine() string {
	s.t.Helper()
	return s.value("SELECT action || ' ' || object_type || ' ' || object_id || ' ' || object_name FROM journal ORDER BY id DESC LIMIT 1")
}

// TestJuryRecords records each kind of decision and takes it back, as a
// secretary of the department.
func TestJuryRecords(t *testing.T) {
	s := openJury(t)
	secretary := holding("RT", scolarite.EtudInscrit, scolarite.ScoView)
	clerk := holding("GEA", scolarite.EtudInscrit, scolarite.ScoView)
	for _, c := range []struct {
		as                                        who
		etudid, kind, function, body, want, event string
	}{
		{secretary, "202", "validation_rcue", "", `{"code": "CMP", "ue1_id": 1, "ue2_id": 4, "formsemestre_id": 202, "parcours_id": 1, "date": "2024-07-10T14:30:00"}`, "1+4 CMP", ""},
		{secretary, "202", "validation_ue", "", `{"ue_id": 4, "code": "ADM", "formsemestre_id": 202}`, "202/4 ADM", "VALID_UE 202/4"},
		{secretary, "201", "validation_annee_but", "", `{"formsemestre_id": 202, "code": "ADM"}`, "BUT1 ADM 2023", ""},
		{secretary, "208", "validation_dut120", "", `{"formsemestre_id": 204, "date": "2025-07-10"}`, "", ""},
		{secretary, "204", "autorisation_inscription", "", `{"formsemestre_id": 202, "semestre_id": 1}`, "202>S1", "AUT_RED 202"},
		{clerk, "212", "validation_formsemestre", "", `{"formsemestre_id": 206, "code": "ADM", "compense_formsemestre_id": 205}`, "206/* ADM for 205, 206/205 ADM, 206/206 ADM", "UTIL_COMPENSATION 206>205, VALID_SEM 206, VALID_UE 206/205, VALID_UE 206/206"},
	} {
		dept := "RT"
		if c.as == clerk {
			dept = "GEA"
		}
		path := "POST /ScoDoc/" + dept + "/api/etudiant/" + c.etudid + "/jury/" + c.kind + "/"
		a := s.example(c.kind+"_record", request{to: path + "record", as: c.as, body: c.body})
		id := a.json(t).(map[string]any)["id"].(interface{ String() string }).String()
		if got := s.decided(c.etudid); got != c.want {
			t.Errorf("%s: %s, want %s", c.kind, got, c.want)
		}
		if got := s.events(c.etudid); got != c.event {
			t.Errorf("%s: events %s", c.kind, got)
		}
		if got := s.value("SELECT count(*) FROM journal WHERE action = '" + c.kind + ".record'"); got != "1" {
			t.Errorf("%s: %s lines in the journal", c.kind, got)
		}
		s.example(c.kind+"_delete", request{to: path + id + "/delete", as: c.as})
		if got := s.decided(c.etudid) + s.events(c.etudid); got != "" {
			t.Errorf("%s: left %s", c.kind, got)
		}
		if got := s.lastLine(); !strings.HasPrefix(got, c.kind+".delete "+c.kind+" "+id+" ") {
			t.Errorf("%s: journal %s", c.kind, got)
		}
	}
	if got := s.value("SELECT count(*) FROM validations_dut120"); got != "0" {
		t.Errorf("%s DUT120 left", got)
	}
}

// TestJuryReplaces records decisions twice: the second takes the place of the
// first, with its own id.
func TestJuryReplaces(t *testing.T) {
	s := openJury(t)
	for _, c := range []struct{ etudid, kind, first, second, want string }{
		{"202", "validation_rcue", `{"code": "AJ", "ue1_id": 1, "ue2_id": 4}`, `{"code": "ADJ", "ue1_id": 1, "ue2_id": 4}`, "1+4 ADJ"},
		{"203", "validation_ue", `{"ue_id": 4, "code": "ADM", "formsemestre_id": 202}`, `{"ue_id": 4, "code": "AJ", "formsemestre_id": 202, "moy_ue": 7.5}`, "202/4 AJ"},
		{"204", "validation_ue", `{"ue_id": 4, "code": "AJ", "formsemestre_id": null}`, `{"ue_id": 4, "code": "ADM", "moy_ue": 12, "is_external": true}`, "-/4 ADM"},
		{"205", "validation_annee_but", `{"formsemestre_id": 202, "code": "EXCLU"}`, `{"formsemestre_id": 201, "code": "RED", "annee_scolaire": 2022}`, "BUT1 RED 2022"},
		{"212", "validation_formsemestre", `{"formsemestre_id": 205, "code": "ADJ"}`, `{"formsemestre_id": 205, "code": "AJ", "assidu": false}`, "205/* AJ, 205/6 AJ, 205/7 AJ"},
		{"201", "autorisation_inscription", `{"formsemestre_id": 201, "semestre_id": 2}`, `{"formsemestre_id": 201, "semestre_id": 2, "date": "2024-02-01"}`, "201>S2"},
		{"208", "validation_dut120", `{"formsemestre_id": 203}`, `{"formsemestre_id": 204}`, ""},
	} {
		path := "etudiant/" + c.etudid + "/jury/" + c.kind + "/record"
		one, two := s.post(path, c.first), s.post(path, c.second)
		if one.StatusCode != 200 || two.StatusCode != 200 || one.json(t).(map[string]any)["id"] != two.json(t).(map[string]any)["id"] {
			t.Errorf("%s: %s\n%s", c.kind, one.line(), two.line())
		}
		if got := s.decided(c.etudid); got != c.want {
			t.Errorf("%s: %s, want %s", c.kind, got, c.want)
		}
	}
	for etudid, want := range map[string]string{"203": "", "204": "VALID_UE /4", "205": "", "212": "ECHEC_SEM 205"} {
		if got := s.events(etudid); got != want {
			t.Errorf("%s: events %s, want %s", etudid, got, want)
		}
	}
	if got := s.value("SELECT moy_ue || ' ' || is_external FROM validations WHERE etudid = 204"); got != "12.0 1" {
		t.Errorf("a UE from elsewhere: %s", got)
	}
}

// TestADJOnASemester: granted by the jury, a semester gives each of its UEs ADM
// or CMP.
func TestADJOnASemester(t *testing.T) {
	s := openJury(t)
	for _, etudid := range []string{"211", "212", "213", "214"} {
		a := s.post("etudiant/"+etudid+"/jury/validation_formsemestre/record", `{"formsemestre_id": 206, "code": "ADJ"}`)
		if a.StatusCode != 200 {
			t.Fatal(a.line())
		}
		if got := s.value("SELECT count(*) FROM validations WHERE etudid = " + etudid + " AND ue_id IS NOT NULL AND code IN ('ADM', 'CMP')"); got != "2" {
			t.Errorf("%s: %s", etudid, s.decided(etudid))
		}
		id := a.json(t).(map[string]any)["id"].(interface{ String() string }).String()
		if a := s.post("etudiant/"+etudid+"/jury/validation_formsemestre/"+id+"/delete", ""); a.line() != `200 "ok"` {
			t.Error(a.line())
		}
		if got := s.decided(etudid); got != "" {
			t.Errorf("%s: left %s", etudid, got)
		}
	}
}

func TestJuryRecordRefusals(t *testing.T) {
	s := openJury(t)
	record := func(etudid, kind, body string) request {
		return request{to: "POST etudiant/" + etudid + "/jury/" + kind + "/record", as: chef, body: body}
	}
	rcue := func(body string) request { return record("202", "validation_rcue", body) }
	s.refuses([]refusal{
		{"nobody", request{to: "POST etudiant/202/jury/validation_rcue/record", body: `{}`}, "401 Non autorise (logic)"},
		{"who directs the semester", request{to: "POST etudiant/202/jury/validation_rcue/record", as: account("mdupont"), body: `{}`}, "403 permission requise : EtudInscrit"},
		{"an unknown student", record("99", "validation_rcue", `{"code": "ADM", "ue1_id": 1, "ue2_id": 4}`), "404 étudiant inconnu"},
		{"another department", request{to: "POST /ScoDoc/GEA/api/etudiant/202/jury/validation_rcue/record", as: chef, body: `{"code": "ADM", "ue1_id": 1, "ue2_id": 4}`}, "404 étudiant inconnu"},
		{"nothing", rcue(`{}`), "400 param 'code': manquant, param 'ue1_id': manquant, param 'ue2_id': manquant"},
		{"no JSON", rcue(`{`), "400 corps de la requête: JSON invalide"},
		{"a code of years", rcue(`{"code": "PASD", "ue1_id": 1, "ue2_id": 4}`), "400 param 'code': invalide"},
		{"unknown UEs and a date that is none", rcue(`{"code": "ADM", "ue1_id": 98, "ue2_id": 99, "date": "hier"}`), "400 param 'date': invalide (date attendue), param 'ue1_id': UE inconnue, param 'ue2_id': UE inconnue"},
		{"a UE of another department", rcue(`{"code": "ADM", "ue1_id": 6, "ue2_id": 4}`), "400 param 'ue1_id': UE inconnue"},
		{"UEs of two levels", rcue(`{"code": "ADM", "ue1_id": 1, "ue2_id": 5}`), "400 param 'ue2_id': les UEs ne sont pas associées au même niveau de compétence"},
		{"a UE without level", rcue(`{"code": "ADM", "ue1_id": 3, "ue2_id": 3}`), "400 param 'ue2_id': les UEs ne sont pas associées au même niveau de compétence"},
		{"the even one first", rcue(`{"code": "ADM", "ue1_id": 4, "ue2_id": 1}`), "400 param 'ue1_id': ue1 doit être d'un semestre impair et ue2 du semestre pair qui le suit"},
		{"a semester he is not in", rcue(`{"code": "ADM", "ue1_id": 1, "ue2_id": 4, "formsemestre_id": 1}`), "404 étudiant non inscrit à ce semestre"},
		{"an unknown semester", rcue(`{"code": "ADM", "ue1_id": 1, "ue2_id": 4, "formsemestre_id": 99}`), "404 formsemestre inconnu"},
		{"an unknown track", rcue(`{"code": "ADM", "ue1_id": 1, "ue2_id": 4, "parcours_id": 9}`), "400 param 'parcours_id': parcours inconnu dans cette formation"},
		{"a locked semester", record("1", "validation_rcue", `{"code": "ADM", "ue1_id": 1, "ue2_id": 4, "formsemestre_id": 3}`), "403 formsemestre verrouillé"},
		{"a locked semester, a UE", record("1", "validation_ue", `{"code": "ADM", "ue_id": 1, "formsemestre_id": 3}`), "403 formsemestre verrouillé"},
		{"a locked semester, the year", record("1", "validation_annee_but", `{"code": "ADM", "formsemestre_id": 3}`), "403 formsemestre verrouillé"},
		{"a locked semester, what follows", record("1", "autorisation_inscription", `{"semestre_id": 2, "formsemestre_id": 3}`), "403 formsemestre verrouillé"},
		{"a locked semester, all", request{to: "POST formsemestre/3/jury/auto", as: chef, body: `{"dry_run": true}`}, "403 formsemestre verrouillé"},
		{"a code of years on a UE", record("202", "validation_ue", `{"code": "PASD", "ue_id": 4}`), "400 param 'code': invalide (ADM, CMP, ADJ, ADJR, ADSUP, AJ, ATJ, RAT, DEF, UEBSL, DEM, ABAN)"},
		{"a code of the BUT on a classic UE", record("212", "validation_ue", `{"code": "ADJR", "ue_id": 6}`), "400 param 'code': invalide (ADM, CMP, AJ)"},
		{"a mean over 20", record("202", "validation_ue", `{"code": "ADM", "ue_id": 4, "moy_ue": 20.5}`), "400 param 'moy_ue': invalide (au plus 20)"},
		{"a semester of the BUT", record("202", "validation_formsemestre", `{"code": "ADM", "formsemestre_id": 202}`), "400 param 'formsemestre_id': un semestre de BUT n'a pas de décision de semestre"},
		{"makes up for a semester he is not in", record("212", "validation_formsemestre", `{"code": "ADM", "formsemestre_id": 206, "compense_formsemestre_id": 4}`), "400 param 'compense_formsemestre_id': l'étudiant n'est pas inscrit à ce semestre dans cette formation"},
		{"makes up for itself", record("212", "validation_formsemestre", `{"code": "ADM", "formsemestre_id": 206, "compense_formsemestre_id": 206}`), "400 param 'compense_formsemestre_id': les deux semestres ne se suivent pas"},
		{"a year of a DUT", record("212", "validation_annee_but", `{"code": "ADM", "formsemestre_id": 206}`), "400 param 'formsemestre_id': ce n'est pas un semestre de BUT associé à un référentiel"},
		{"a DUT120 of a DUT", record("212", "validation_dut120", `{"formsemestre_id": 206}`), "400 param 'formsemestre_id': ce n'est pas un semestre de BUT associé à un référentiel"},
		{"a semester that is none", record("202", "autorisation_inscription", `{"semestre_id": 13, "formsemestre_id": 202}`), "400 param 'semestre_id': invalide (1 à 12, ou -1)"},
		{"all, without saying whether", request{to: "POST formsemestre/202/jury/auto", as: chef, body: `{}`}, "400 param 'dry_run': manquant"},
		{"all, and a student of elsewhere", request{to: "POST formsemestre/202/jury/auto", as: chef, body: `{"dry_run": false, "etudids": [201, 211]}`}, "400 param 'etudids': étudiant non inscrit à ce semestre"},
		{"all, who directs the semester", request{to: "POST formsemestre/202/jury/auto", as: account("mdupont"), body: `{"dry_run": true}`}, "403 permission requise : EtudInscrit"},
	})
	if got := s.value("SELECT (SELECT count(*) FROM validations) + (SELECT count(*) FROM validations_rcue) + (SELECT count(*) FROM autorisations)"); got != "2" {
		t.Errorf("%s decisions: something was written", got)
	}
}

func TestJuryDeleteRights(t *testing.T) {
	s := openJury(t)
	s.exec(`INSERT INTO validations (id, etudid, formsemestre_id, ue_id, code, event_at) VALUES
		(301, 202, 202, 4, 'ADM', '2024-07-10T10:00:00.000Z'), (302, 202, 202, 5, 'ADM', '2024-07-10T10:00:00.000Z'),
		(303, 202, NULL, 1, 'ADM', '2024-07-10T10:00:00.000Z'), (304, 213, 206, NULL, 'ADM', '2024-07-10T10:00:00.000Z');
		INSERT INTO validations_rcue (id, etudid, ue1_id, ue2_id, at, code) VALUES (301, 202, 1, 4, '2024-07-10T10:00:00.000Z', 'ADM')`)
	ue := func(id string, as who) request {
		return request{to: "POST etudiant/202/jury/validation_ue/" + id + "/delete", as: as}
	}
	viewer := holding("", scolarite.ScoView)
	s.refuses([]refusal{
		{"nobody", ue("301", nobody), "401 Non autorise (logic)"},
		{"without a role", ue("301", other), "403 permission requise : ScoView"},
		{"who only looks", ue("301", viewer), "403 opération non autorisée (saisie du jury)"},
		{"who directs another semester", ue("301", account("pmartin")), "403 opération non autorisée (saisie du jury)"},
		{"a decision of no semester", ue("303", account("mdupont")), "403 opération non autorisée (décision hors semestre)"},
		{"of a locked semester", request{to: "POST etudiant/1/jury/validation_ue/1/delete", as: account("pmartin")}, "403 opération non autorisée (semestre verrouillé)"},
		{"of a locked semester, the chief", request{to: "POST etudiant/1/jury/validation_ue/1/delete", as: holding("", scolarite.ScoView, scolarite.EditFormSemestre)}, "403 opération non autorisée (semestre verrouillé)"},
		{"of another student", request{to: "POST etudiant/201/jury/validation_ue/301/delete", as: chef}, "404 validation inconnue"},
		{"unknown", ue("999", chef), "404 validation inconnue"},
		{"of a semester, as a UE", request{to: "POST etudiant/213/jury/validation_ue/304/delete", as: chef}, "404 validation inconnue"},
		{"of a UE, as a semester", request{to: "POST etudiant/202/jury/validation_formsemestre/301/delete", as: chef}, "404 validation inconnue"},
		{"of another department", request{to: "POST /ScoDoc/GEA/api/etudiant/202/jury/validation_ue/301/delete", as: chef}, "404 étudiant inconnu"},
		{"an RCUE, who directs the semester", request{to: "POST etudiant/202/jury/validation_rcue/301/delete", as: account("mdupont")}, "403 permission requise : EtudInscrit"},
		{"an RCUE of another student", request{to: "POST etudiant/201/jury/validation_rcue/301/delete", as: chef}, "404 validation inconnue"},
		{"a year, unknown", request{to: "POST etudiant/201/jury/validation_annee_but/301/delete", as: chef}, "404 validation inconnue"},
		{"a DUT120, unknown", request{to: "POST etudiant/201/jury/validation_dut120/301/delete", as: chef}, "404 validation inconnue"},
		{"a permission, unknown", request{to: "POST etudiant/201/jury/autorisation_inscription/1/delete", as: chef}, "404 autorisation inconnue"},
	})
	for _, c := range []struct {
		name string
		r    request
	}{
		{"who directs the semester", ue("301", account("mdupont"))},
		{"the chief", ue("302", holding("", scolarite.ScoView, scolarite.EditFormSemestre))},
		{"the registrar, of no semester", ue("303", holding("", scolarite.ScoView, scolarite.EtudInscrit))},
		{"the registrar, of a locked semester", request{to: "POST etudiant/1/jury/validation_ue/1/delete", as: holding("", scolarite.ScoView, scolarite.EtudInscrit)}},
		{"who directs the semester, the semester", request{to: "POST etudiant/213/jury/validation_formsemestre/304/delete", as: account("aleroy")}},
	} {
		if a := s.send(c.r); a.line() != `200 "ok"` {
			t.Errorf("%s: %s", c.name, a.line())
		}
	}
	if got := s.value("SELECT count(*) FROM validations"); got != "0" {
		t.Errorf("%s decisions left", got)
	}
}
