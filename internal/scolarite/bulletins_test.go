package scolarite_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

// decided adds to the marks what juries decided of students 1 and 6, their
// absences, and the preferences that show all.
const decided = `
INSERT INTO preferences (formsemestre_id, name, value) VALUES (1, 'bul_show_decision', 'true'), (1, 'bul_show_abs_modules', 'true'), (4, 'bul_show_decision', 'true');
INSERT INTO validations (id, etudid, formsemestre_id, ue_id, code, event_at, moy_ue, semestre_id, is_external) VALUES
  (201, 1, 1, NULL, 'ADM', '2026-02-03T09:00:00.000Z', NULL, 1, 0), (202, 1, 1, 1, 'ADM', '2026-02-03T09:00:00.000Z', 12.5, NULL, 0),
  (203, 1, 1, 2, 'AJ', '2026-02-03T09:00:00.000Z', 9.9, NULL, 0), (204, 6, 4, NULL, 'ADC', '2026-02-04T09:00:00.000Z', NULL, 1, 0),
  (205, 6, 4, 6, 'ADM', '2026-02-04T09:00:00.000Z', 11.2, NULL, 0), (206, 6, NULL, 7, 'ADM', '2024-06-30T22:30:00.000Z', 14, 1, 1);
INSERT INTO validations_rcue (etudid, formsemestre_id, ue1_id, ue2_id, at, code) VALUES
  (1, 1, 1, 4, '2026-02-03T09:00:00.000Z', 'ADM'), (1, NULL, 2, 5, '2026-02-03T09:00:00.000Z', 'AJ');
INSERT INTO validations_annee (etudid, ordre, formsemestre_id, referentiel_id, annee_scolaire, at, code) VALUES
  (1, 1, 1, 1, 2025, '2026-02-03T09:00:00.000Z', 'PASD'), (1, 2, NULL, 1, 2024, '2025-02-03T09:00:00.000Z', 'ADM');
INSERT INTO validations_dut120 (etudid, formsemestre_id, referentiel_id, at) VALUES (1, 1, 1, '2026-02-03T09:00:00.000Z');
INSERT INTO autorisations (etudid, formation_code, semestre_id, at, origin_formsemestre_id) VALUES
  (1, 'FCOD1', 2, '2026-02-03T09:00:00.000Z', 1), (1, 'FCOD1', 3, '2026-02-03T09:00:00.000Z', 1), (6, 'FCOD2', 2, '2026-02-03T09:00:00.000Z', 4);
INSERT INTO assiduites (id, etudid, moduleimpl_id, debut_at, fin_at, etat, entry_at, est_just) VALUES
  (201, 1, 1, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 2, '2025-10-06T09:00:00.000Z', 0),
  (202, 1, NULL, '2025-10-07T06:00:00.000Z', '2025-10-07T15:30:00.000Z', 2, '2025-10-07T16:00:00.000Z', 1),
  (203, 1, 1, '2025-10-08T06:00:00.000Z', '2025-10-08T08:00:00.000Z', 1, '2025-10-08T09:00:00.000Z', 0),
  (204, 6, NULL, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 2, '2025-10-06T09:00:00.000Z', 1);`

func TestBulletin(t *testing.T) {
	s := openMarks(t)
	s.example("bulletin", request{to: "GET etudiant/nip/22000101/formsemestre/1/bulletin", as: chef})
	s.example("bulletin.short", request{to: "GET etudiant/etudid/2/formsemestre/1/bulletin/short", as: chef})
	s.example("bulletin.classique", request{to: "GET etudiant/etudid/103/formsemestre/4/bulletin/long", as: chef})
	s.example("bulletin.demission", request{to: "GET etudiant/etudid/4/formsemestre/1/bulletin", as: chef})
	s.example("bulletins", request{to: "GET formsemestre/4/bulletins/short", as: chef})
	s.exec(decided)
	s.example("bulletin.long", request{to: "GET etudiant/ine/INE0000001A/formsemestre/1/bulletin/long", as: chef})
	s.example("bulletin.classique.decisions", request{to: "GET etudiant/nip/22000001/formsemestre/4/bulletin/long", as: chef})
	s.exec(`UPDATE formsemestres SET bul_hide_xml = 1`)
	s.example("bulletin.non_publie", request{to: "GET etudiant/etudid/1/formsemestre/1/bulletin/long", as: chef})
	classique := s.get("etudiant/etudid/6/formsemestre/4/bulletin").json(t).(map[string]any)
	if got := brief(classique); got != "[date etape_apo etapes etat_inscription etudiant etudid formsemestre_id publie type version]" || fmt.Sprint(classique["publie"]) != "0" {
		t.Errorf("not published: %s", got)
	}
}

func TestBulletinShapes(t *testing.T) {
	s := openMarks(t)
	s.exec(decided)
	wantShape(t, "bulletin_but", apart(s.get("etudiant/etudid/1/formsemestre/1/bulletin/long").json(t)))
	wantShape(t, "bulletin_classique", s.get("etudiant/etudid/6/formsemestre/4/bulletin/long").json(t))
}

// apart moves the UE of sport of a report card to a member of its own, as the
// shapes have it.
func apart(card any) any {
	object, sport := card.(map[string]any), map[string]any{}
	ues := object["ues"].(map[string]any)
	for acronyme, ue := range ues {
		if fmt.Sprint(ue.(map[string]any)["type"]) == "1" {
			sport[acronyme] = ue
			delete(ues, acronyme)
		}
	}
	object["sport"] = sport
	return object
}

// TestBulletinsAreTheBulletins compares the list with the report cards one by
// one, and the values with what encoding/json would write of them.
func TestBulletinsAreTheBulletins(t *testing.T) {
	s := openMarks(t)
	s.exec(decided)
	for _, semestre := range []int{1, 4} {
		for _, version := range []string{"short", "selectedevals", "long"} {
			list := s.get(fmt.Sprintf("formsemestre/%d/bulletins/%s", semestre, version)).json(t).([]any)
			var names []string
			for _, card := range list {
				etud := card.(map[string]any)["etudiant"].(map[string]any)
				names = append(names, etud["nom"].(string))
				alone := s.get(fmt.Sprintf("etudiant/etudid/%v/formsemestre/%d/bulletin/%s", etud["etudid"], semestre, version)).json(t)
				if diff := cmp.Diff(alone, card); diff != "" {
					t.Errorf("formsemestre %d, student %v, %s (-alone +list)\n%s", semestre, etud["etudid"], version, diff)
				}
			}
			want := map[int]string{1: "ABADIE COSTA DUPONT DURAND GAUTIER ÉTIENNE", 4: "BRUN COSTA LEGRAND MOREL"}[semestre]
			if got := strings.Join(names, " "); got != want {
				t.Errorf("formsemestre %d: %s, want %s", semestre, got, want)
			}
		}
	}
	if a, b := s.get("formsemestre/1/bulletins").body, s.get("formsemestre/1/bulletins/long").body; a != b {
		t.Error("the usual version of the list is not long")
	}
	if a, b := s.get("etudiant/etudid/1/formsemestre/1/bulletin").body, s.get("etudiant/etudid/1/formsemestre/1/bulletin/selectedevals").body; a != b {
		t.Error("the usual version is not selectedevals")
	}
}

// TestBulletinOrder reads the order of the members, which clients rely on.
func TestBulletinOrder(t *testing.T) {
	s := openMarks(t)
	s.exec(`UPDATE ues SET acronyme = 'UE9', numero = 0 WHERE id = 2; UPDATE ues SET acronyme = 'A', numero = -1 WHERE id = 3;
		UPDATE modules SET code = 'Z', numero = 0 WHERE id = 2`)
	body := s.get("etudiant/etudid/1/formsemestre/1/bulletin").body
	for _, tt := range []struct {
		name    string
		members []string
	}{
		{"ues", []string{`"UE9":{"id":2`, `"UE1.1":{"id":1`, `"A":{"id":3`}},
		{"ressources", []string{`"Z":{"id":2`, `"R1.01":{"id":1`}},
	} {
		_, after, _ := strings.Cut(body, `"`+tt.name+`":{`)
		for _, member := range tt.members {
			var found bool
			if _, after, found = strings.Cut(after, member); !found {
				t.Errorf("%s: no %s where it should be in %s", tt.name, member, body)
			}
		}
	}
}

// TestSharedCodes: two modules with one code, and two UEs with one acronym,
// keep apart.
func TestSharedCodes(t *testing.T) {
	s := openMarks(t)
	s.exec(`UPDATE modules SET code = 'R1.01' WHERE id = 2; UPDATE ues SET acronyme = 'UE1.1' WHERE id = 2`)
	card := s.get("etudiant/etudid/1/formsemestre/1/bulletin").json(t).(map[string]any)
	if got := brief(card["ressources"].(map[string]any)); got != "[R1.01 R1.01 (2)]" {
		t.Error(got)
	}
	if got := brief(card["ues"].(map[string]any)); got != "[UE1.1 UE1.1 (2) UE1.S]" {
		t.Error(got)
	}
}

// at returns what lies at a path of a report card: "semestre rang value".
func at(card any, path string) string {
	for _, name := range strings.Fields(path) {
		switch v := card.(type) {
		case map[string]any:
			card = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return "nothing"
			}
			card = v[i]
		}
	}
	if list, ok := card.([]any); ok {
		return fmt.Sprint(len(list), " items")
	}
	return fmt.Sprint(card)
}

// TestBulletinRules changes something of the site and reads what it does to a
// report card.
func TestBulletinRules(t *testing.T) {
	const but, classique = "etudiant/etudid/1/formsemestre/1/bulletin/", "etudiant/etudid/6/formsemestre/4/bulletin/"
	preference := func(semestre int, name, value string) string {
		return fmt.Sprintf("INSERT INTO preferences (formsemestre_id, name, value) VALUES (%d, '%s', '%s');", semestre, name, value)
	}
	for _, tt := range []struct {
		name, do, path string
		want           map[string]string
	}{
		{"nothing", "", but + "long", map[string]string{
			"semestre rang value": "2", "semestre rang groupes 6 value": "1", "semestre absences total": "0", "semestre decision": "<nil>",
			"semestre situation": "Inscrite le 25/08/2025.", "ues UE1.1 moyenne rang": "2", "ues UE1.1 bonus": "00.20",
		}},
		{"a mark awaited", "UPDATE notes SET value = -1002 WHERE id = 110;", but + "long", map[string]string{
			"semestre rang value": "", "semestre rang groupes": "map[]", "ues UE1.1 moyenne rang": "2", "ressources R1.02 evaluations 0 note value": "ATT",
		}},
		{"ranks hidden", preference(1, "bul_show_rangs", "false") + preference(1, "bul_show_ue_rangs", "false"), but + "long", map[string]string{
			"semestre rang value": "", "ues UE1.1 moyenne rang": "", "ues UE1.1 moyenne total": "4", "options show_rangs": "false",
		}},
		{"no general mean", "UPDATE formsemestres SET block_moyenne_generale = 1;", but + "long", map[string]string{
			"semestre notes value": "~", "semestre notes max": "~", "semestre rang value": "", "options block_moyenne_generale": "true", "ues UE1.1 moyenne value": "12.53",
		}},
		{"evaluations hidden from students", "", but + "selectedevals", map[string]string{"saes SAE1.01 evaluations": "0 items", "ressources R1.01 evaluations": "2 items"}},
		{"all evaluations", preference(1, "bul_show_all_evals", "true"), but + "long", map[string]string{
			"saes SAE1.01 evaluations": "2 items", "saes SAE1.01 evaluations 1 note value": "~",
		}},
		{"no evaluations", "", but + "short", map[string]string{"ressources R1.01 evaluations": "0 items", "ressources R1.01 moyenne value": "13.30"}},
		{"butcourt", "", but + "butcourt", map[string]string{"ressources R1.01 evaluations": "0 items"}},
		{"an excuse", "", "etudiant/etudid/101/formsemestre/1/bulletin/long", map[string]string{"ressources R1.01 evaluations 1 note value": "EXC"}},
		{"an absence from a test", "", "etudiant/etudid/102/formsemestre/1/bulletin/long", map[string]string{"ressources R1.01 evaluations 0 note value": "ABS"}},
		{
			"a tie", "UPDATE notes SET value = 7.25 WHERE id = 108; UPDATE notes SET value = 8 WHERE id = 112; UPDATE notes SET value = 14 WHERE id = 120; DELETE FROM validations WHERE id = 101;",
			but + "long",
			map[string]string{"semestre rang value": "2 ex", "ues UE1.1 moyenne rang": "2 ex"},
		},
		{"a UE acquired", "", but + "long", map[string]string{
			"ues_capitalisees UE1.2 moyenne value": "13.50", "ues UE1.2 moyenne value": "10.14", "ues UE1.2 ECTS acquis": "8.0", "semestre ECTS acquis": "8.0",
			"ues_capitalisees UE1.2 bul_orig_url": "/ScoDoc/RT/api/etudiant/etudid/1/formsemestre/3/bulletin",
		}},
		{"a UE acquired with a lower mean", "UPDATE validations SET moy_ue = 10 WHERE id = 101;", but + "long", map[string]string{
			"ues_capitalisees": "map[]", "ues UE1.2 ECTS acquis": "8.0",
		}},
		{"a UE acquired and not followed again", "DELETE FROM moduleimpl_inscriptions WHERE etudid = 1;", but + "long", map[string]string{
			"ues": "map[]", "ues_capitalisees UE1.2 ECTS total": "8.0", "semestre ECTS total": "8.0", "ressources": "map[]",
		}},
		{"absences in half-days", decided, but + "long", map[string]string{
			"semestre absences": "map[injustifie:1 metrique:1/2 J. total:3]", "ressources R1.01 absences": "map[injustifie:1 metrique:1/2 J. total:1]",
			"ressources R1.02 absences": "map[injustifie:0 metrique:1/2 J. total:0]",
		}},
		{"absences in days", decided + preference(1, "assi_metrique", `"J."`), but + "long", map[string]string{"semestre absences": "map[injustifie:1 metrique:J. total:2]"}},
		{"absences in hours", decided + preference(1, "assi_metrique", `"H."`), but + "long", map[string]string{"semestre absences": "map[injustifie:2.0 metrique:H. total:11.5]"}},
		{"absences hidden", decided + preference(1, "bul_show_abs", "false"), but + "long", map[string]string{"semestre absences": "<nil>", "ressources R1.01 absences": "<nil>"}},
		{"decisions", decided, but + "long", map[string]string{
			"semestre decision code": "ADM", "semestre decision etat": "I", "semestre decision_ue 0 ects": "12.0", "semestre decision_ue 1 ects": "0.0",
			"semestre decision_rcue 0 niveau competence titre": "Administrer", "semestre decision_rcue 1 code": "AJ", "semestre decision_annee code": "PASD",
			"semestre descr_decisions_rcue": "Administrer BUT1 : ADM, Connecter BUT1 : AJ", "semestre descr_decisions_niveaux": "Administrer BUT1",
			"semestre diplome_dut120": "true", "semestre diplomation": "", "ues UE1.1 ECTS acquis": "12.0", "semestre ECTS acquis": "20.0",
			"semestre situation": "Inscrite le 25/08/2025. Décision jury: Validé. UE acquises: UE1.1. Autorisée à s’inscrire en S2, S3.",
		}},
		{"decisions hidden", decided + "DELETE FROM preferences WHERE name = 'bul_show_decision';", but + "long", map[string]string{
			"semestre decision": "<nil>", "semestre decision_ue": "0 items", "semestre decision_annee": "<nil>", "semestre situation": "Inscrite le 25/08/2025.",
		}},
		{"the year alone decided", decided + "DELETE FROM validations WHERE id = 201;", but + "long", map[string]string{
			"semestre situation": "Inscrite le 25/08/2025. Décision jury: Passage de droit. UE acquises: UE1.1. Autorisée à s’inscrire en S2, S3.",
		}},
		{
			"a diploma", decided + `UPDATE formsemestres SET semestre_id = 5 WHERE id = 1; UPDATE ues SET semestre_idx = 5 WHERE semestre_idx = 1;
			INSERT INTO validations_annee (etudid, ordre, referentiel_id, annee_scolaire, at, code) VALUES (1, 3, 1, 2025, '2026-07-03T09:00:00.000Z', 'ADM');`,
			but + "long",
			map[string]string{"semestre diplomation": "Diplôme obtenu.", "semestre decision_annee ordre": "3"},
		},
		{
			"resigned", "INSERT INTO evenements (etudid, at, formsemestre_id, event_type) VALUES (4, '2025-10-10T22:30:00.000Z', 1, 'DEMISSION');",
			"etudiant/etudid/4/formsemestre/1/bulletin",
			map[string]string{
				"etat_inscription": "D", "semestre notes value": "DEM", "semestre notes min": "", "semestre rang value": "DEM", "ues": "map[]", "ressources": "map[]",
				"saes": "map[]", "ues_capitalisees": "map[]", "semestre situation": "Inscrit. Démission le 11/10/2025.", "semestre decision etat": "DEM",
			},
		},
		{"defaulted", "", "etudiant/etudid/3/formsemestre/1/bulletin", map[string]string{
			"semestre notes value": "DEF", "semestre situation": "Inscrit(e). Défaillant(e).", "semestre rang total": "6",
		}},
		{"classic", "", classique + "long", map[string]string{"rang value": "3", "ue 0 module 0 rang value": "2 ex", "ue 1 note value": "05.50", "situation": "Inscrite."}},
		{
			"classic, ranks hidden", preference(4, "bul_show_rangs", "false") + preference(4, "bul_show_mod_rangs", "false") + preference(4, "bul_show_ue_rangs", "false"),
			classique + "long",
			map[string]string{"rang value": "", "ue 0 module 0 rang value": "", "ue 0 rang": ""},
		},
		{"classic, ranks in groups", "UPDATE partitions SET bul_show_rank = 1;", classique + "long", map[string]string{"rang_group 0 value": "2"}},
		{"classic, all evaluations", preference(4, "bul_show_all_evals", "true") + "DELETE FROM notes WHERE evaluation_id = 112 AND etudid = 7;", classique + "selectedevals", map[string]string{
			"ue 0 module 0 evaluation 1 incomplete": "1", "ue 0 module 0 evaluation 1 note": "<nil>", "ue 0 module 0 evaluation 0 note": "12.00",
		}},
		{
			"classic, all evaluations but those hidden from students",
			preference(4, "bul_show_all_evals", "true") + "DELETE FROM notes WHERE evaluation_id = 112 AND etudid = 7; UPDATE evaluations SET visibulletin = 0 WHERE id = 112;",
			classique + "selectedevals",
			map[string]string{"ue 0 module 0 evaluation": "1 items"},
		},
		{"classic, hidden evaluations", "", classique + "selectedevals", map[string]string{"ue 1 module 1 evaluation": "0 items"}},
		{"classic, no evaluations", "", classique + "short", map[string]string{"ue 0 module 0 evaluation": "0 items"}},
		{"classic, a UE acquired elsewhere", decided, classique + "long", map[string]string{
			"ue_capitalisee 0 note": "14.00", "ue_capitalisee 0 date_capitalisation": "2024-07-01", "ue_capitalisee 0 ects": "15", "ue 1 note value": "05.50",
			"decision code": "ADC", "absences nbabs": "1", "absences nbabsjust": "1",
			"situation": "Inscrite. Décision jury: Validé par compensation. UE acquises: UE11. Autorisée à s’inscrire en S2.",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := openMarks(t)
			s.exec(tt.do)
			card := s.get(tt.path).json(t)
			for path, want := range tt.want {
				if got := at(card, path); got != want {
					t.Errorf("%s is %q, want %q", path, got, want)
				}
			}
		})
	}
}

func TestBulletinRefusals(t *testing.T) {
	s := openMarks(t)
	const path = "GET etudiant/etudid/1/formsemestre/1/bulletin"
	s.refuses([]refusal{
		{"nobody", request{to: path}, "401 Non autorise (logic)"},
		{"without the permission", request{to: path, as: other}, "403 permission requise : ScoView"},
		{"another department's caller", request{to: path, as: holding("GEA", scolarite.ScoView)}, "403 permission requise : ScoView"},
		{"an unknown version", request{to: path + "/longue", as: chef}, "404 version invalide"},
		{"butcourt of a classic semester", request{to: "GET etudiant/etudid/6/formsemestre/4/bulletin/butcourt", as: chef}, "404 version invalide"},
		{"an unknown type of code", request{to: "GET etudiant/nom/COSTA/formsemestre/1/bulletin", as: chef}, "404 code_type invalide (etudid, nip ou ine)"},
		{"an unknown student", request{to: "GET etudiant/etudid/999/formsemestre/1/bulletin", as: chef}, "404 étudiant inconnu"},
		{"an etudid that is no number", request{to: "GET etudiant/etudid/x/formsemestre/1/bulletin", as: chef}, "404 étudiant inconnu"},
		{"an unknown semester", request{to: "GET etudiant/etudid/1/formsemestre/999/bulletin", as: chef}, "404 formsemestre inconnu"},
		{"a student who is not registered", request{to: "GET etudiant/etudid/5/formsemestre/1/bulletin", as: chef}, "404 étudiant non inscrit à ce formsemestre"},
		{"a student of another department", request{to: "GET etudiant/etudid/7/formsemestre/1/bulletin", as: chef}, "404 étudiant inconnu"},
		{"a semester of another department", request{to: "GET /ScoDoc/GEA/api/etudiant/etudid/1/formsemestre/1/bulletin", as: chef}, "404 formsemestre inconnu"},
		{"the list to nobody", request{to: "GET formsemestre/1/bulletins"}, "401 Non autorise (logic)"},
		{"the list without the permission", request{to: "GET formsemestre/1/bulletins", as: other}, "403 permission requise : ScoView"},
		{"the list in an unknown version", request{to: "GET formsemestre/1/bulletins/butcourt", as: chef}, "404 version invalide"},
		{"the list of an unknown semester", request{to: "GET formsemestre/999/bulletins", as: chef}, "404 formsemestre inconnu"},
		{"the list of another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/1/bulletins", as: chef}, "404 formsemestre inconnu"},
	})
	a := s.send(request{to: "GET /ScoDoc/RT/api/etudiant/nip/22000001/formsemestre/1/bulletin", as: holding("RT", scolarite.ScoView)})
	if a.StatusCode != 200 {
		t.Errorf("in the department: %s", a.line())
	}
}

// TestBulletinHidesPersonalData: ScoView alone reads report cards, without what
// takes ViewEtudData.
func TestBulletinHidesPersonalData(t *testing.T) {
	s := openMarks(t)
	for _, path := range []string{"etudiant/etudid/1/formsemestre/1/bulletin", "formsemestre/1/bulletins", "etudiant/etudid/6/formsemestre/4/bulletin"} {
		s.exec(`UPDATE adresses SET emailperso = 'simone@perso.example' WHERE etudid = 6`)
		a := s.send(request{to: "GET " + path, as: account("mdupont")})
		if a.StatusCode != 200 {
			t.Fatal(a.line())
		}
		for _, personal := range []string{"1 rue de Siam", "29200", "0102030405", "simone@perso.example", `"boursier":true`} {
			if strings.Contains(a.body, personal) {
				t.Errorf("%s shows %s", path, personal)
			}
			if path == "etudiant/etudid/1/formsemestre/1/bulletin" && !strings.Contains(s.get(path).body, personal) {
				t.Errorf("%s hides %s from who may see it", path, personal)
			}
		}
	}
}

// TestBulletinsAreRendered reads the report cards of two semesters as the pages
// do that show them to students, and finds no value missing.
func TestBulletinsAreRendered(t *testing.T) {
	s := openMarks(t)
	for _, sql := range []string{"", decided} {
		s.exec(sql)
		for _, version := range []string{"short", "selectedevals", "long"} {
			for _, card := range s.get("formsemestre/1/bulletins/" + version).json(t).([]any) {
				p := &page{t: t}
				p.but(card.(map[string]any))
				p.check(at(card, "etudiant nom"))
			}
			for _, card := range s.get("formsemestre/4/bulletins/" + version).json(t).([]any) {
				p := &page{t: t}
				p.classique(card.(map[string]any))
				p.check(at(card, "etudiant nom"))
			}
		}
	}
}

// page is what a renderer writes: a member that an object lacks is undefined.
type page struct {
	t    *testing.T
	text strings.Builder
}

func (p *page) check(of string) {
	p.t.Helper()
	if text := p.text.String(); strings.Contains(text, "undefined") || len(text) < 100 {
		p.t.Errorf("%s: %s", of, text)
	}
}

// read returns a member of an object and writes it.
func (p *page) read(object map[string]any, names ...string) {
	for _, name := range names {
		value, ok := object[name]
		if !ok || value == nil {
			value = "undefined"
		}
		fmt.Fprintf(&p.text, "%s: %v\n", name, value)
	}
}

// in returns the object that a member is.
func (p *page) in(object map[string]any, name string) map[string]any {
	inner, ok := object[name].(map[string]any)
	if !ok {
		fmt.Fprintf(&p.text, "%s: undefined in %s\n", name, brief(object))
	}
	return inner
}

// each calls visit with the items of a list, or the members of an object.
func (p *page) each(object map[string]any, name string, visit func(map[string]any)) {
	switch v := object[name].(type) {
	case []any:
		for _, item := range v {
			visit(item.(map[string]any))
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			fmt.Fprintf(&p.text, "%s\n", key)
			visit(v[key].(map[string]any))
		}
	default:
		fmt.Fprintf(&p.text, "%s: undefined in %s\n", name, brief(object))
	}
}

var photoURL = regexp.MustCompile(`/ScoDoc/(.+)/Scolarite/`)

// but renders the report card of a BUT.
func (p *page) but(card map[string]any) {
	p.read(card, "type", "date", "publie")
	etud := p.in(card, "etudiant")
	p.read(etud, "civilite", "nom", "prenom", "date_naissance", "code_nip", "code_ine", "photo_url", "fiche_url")
	if m := photoURL.FindStringSubmatch(fmt.Sprint(etud["photo_url"])); m == nil || m[1] != "RT" {
		p.t.Errorf("photo_url %v", etud["photo_url"])
	}
	p.read(p.in(card, "formation"), "titre")
	p.semestre(p.in(card, "semestre"), p.in(card, "options"))
	p.each(card, "ues", p.ue)
	p.each(card, "ues_capitalisees", func(ue map[string]any) {
		p.ue(ue)
		p.read(ue, "bul_orig_url")
		day, _, ok := strings.Cut(fmt.Sprint(ue["date_capitalisation"]), "T")
		if !ok || len(day) != len("2006-01-02") {
			p.t.Errorf("date_capitalisation %v", ue["date_capitalisation"])
		}
	})
	for _, modules := range []string{"ressources", "saes"} {
		p.each(card, modules, p.module)
	}
	p.each(card, "appreciation", func(a map[string]any) { p.read(a, "comment") })
}

func (p *page) semestre(sem, options map[string]any) {
	p.read(sem, "numero", "inscription", "situation", "annee_universitaire")
	p.each(sem, "groupes", func(g map[string]any) {
		p.read(g, "group_name")
		p.read(p.in(g, "partition"), "partition_name")
	})
	p.note(p.in(sem, "notes"))
	rang := p.in(sem, "rang")
	p.read(rang, "value", "total")
	p.each(rang, "groupes", func(g map[string]any) { p.read(g, "value", "total") })
	if options["show_abs"] == true {
		p.read(p.in(sem, "absences"), "injustifie", "total", "metrique")
	}
	p.read(p.in(sem, "ECTS"), "acquis", "total")
	p.each(sem, "decision_rcue", func(d map[string]any) { p.read(p.in(p.in(d, "niveau"), "competence"), "titre"); p.read(d, "code") })
	p.each(sem, "decision_ue", func(d map[string]any) { p.read(d, "acronyme", "titre", "code", "ects") })
	if annee, ok := sem["decision_annee"]; !ok {
		p.t.Error("no decision_annee")
	} else if annee != nil {
		p.read(p.in(sem, "decision_annee"), "code")
	}
}

func (p *page) note(note map[string]any) { p.read(note, "value", "min", "max", "moy") }

func (p *page) ue(ue map[string]any) {
	p.read(ue, "titre", "numero", "type")
	if fmt.Sprint(ue["type"]) == "1" {
		p.read(ue, "bonus_description")
		p.each(ue, "modules", p.module)
		return
	}
	p.note(p.in(ue, "moyenne"))
	p.read(p.in(ue, "moyenne"), "rang", "total")
	p.read(ue, "bonus", "malus")
	for _, name := range []string{"bonus", "malus"} {
		if _, err := fmt.Sscan(fmt.Sprint(ue[name]), new(float64)); err != nil {
			p.t.Errorf("%s is no number: %v", name, ue[name])
		}
	}
	p.read(p.in(ue, "ECTS"), "acquis", "total")
	for _, modules := range []string{"ressources", "saes"} {
		p.each(ue, modules, func(part map[string]any) { p.read(part, "moyenne", "coef") })
	}
}

func (p *page) module(m map[string]any) {
	p.read(m, "id", "titre", "url")
	p.note(p.in(m, "moyenne"))
	p.each(m, "evaluations", func(e map[string]any) {
		p.read(e, "id", "description", "coef", "url")
		p.note(p.in(e, "note"))
		p.in(e, "poids")
		if _, ok := e["date"]; !ok {
			p.t.Error("no date")
		}
	})
}

// classique renders a classic report card.
func (p *page) classique(card map[string]any) {
	if card["type"] == "BUT" {
		p.t.Error("a BUT")
	}
	p.read(p.in(card, "etudiant"), "sexe", "nom", "prenom", "code_nip", "code_ine", "photo_url")
	p.each(card, "rang_group", func(g map[string]any) { p.read(g, "group_name") })
	p.read(card, "situation")
	p.note(p.in(card, "note"))
	p.read(p.in(card, "rang"), "value", "ninscrits")
	p.each(card, "ue", func(ue map[string]any) {
		p.read(ue, "acronyme", "titre", "rang")
		p.read(p.in(ue, "note"), "value")
		p.each(ue, "module", func(m map[string]any) {
			p.read(m, "code", "titre", "coefficient")
			p.note(p.in(m, "note"))
			p.read(p.in(m, "rang"), "value")
			p.each(m, "evaluation", func(e map[string]any) { p.read(e, "description", "note", "coefficient") })
		})
	})
}

// TestBulletinFormats holds every mark of the report cards to its form.
func TestBulletinFormats(t *testing.T) {
	s := openMarks(t)
	s.exec(decided)
	mark := regexp.MustCompile(`^(-?\d{1,2}\.\d{2}|~|ABS|EXC|ATT|DEM|DEF|)$`)
	for _, semestre := range []string{"1", "4"} {
		var visit func(path string, value any)
		visit = func(path string, value any) {
			switch v := value.(type) {
			case map[string]any:
				for name, member := range v {
					visit(path+"/"+name, member)
				}
			case []any:
				for _, item := range v {
					visit(path, item)
				}
			case json.Number:
				if regexp.MustCompile(`/(coef|coefficient|ects|acquis|UE1\.[12])$`).MatchString(path) && !strings.Contains(v.String(), ".") {
					t.Errorf("%s is %s", path, v)
				}
			case string:
				isMark := regexp.MustCompile(`(notes?|moyenne)/(value|min|max|moy)$|/(bonus|malus|evaluations/coef|saes/[^/]+/moyenne)$`).MatchString(path)
				if isMark && !mark.MatchString(v) {
					t.Errorf("%s is %q", path, v)
				}
			}
		}
		visit("", s.get("formsemestre/"+semestre+"/bulletins").json(t))
	}
}
