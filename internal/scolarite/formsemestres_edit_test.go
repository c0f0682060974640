package scolarite_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

func TestFormSemestreEdit(t *testing.T) {
	s := open(t)
	s.example("formsemestre_edit", request{
		to: "POST formsemestre/1/edit", as: holding("", scolarite.EditFormSemestre),
		body: `{"titre": "BUT R&T en apprentissage", "modalite": "FAP", "date_fin": "2026-02-06", "bul_hide_xml": true, "elt_sem_apo": "V1RTS1, V1RTS2"}`,
	})
	want := "BUT R&T en apprentissage|FAP|2026-02-06|1|V1RTS1, V1RTS2|1"
	got := s.value("SELECT concat_ws('|', titre, modalite, date_fin, bul_hide_xml, elt_sem_apo, semestre_id) FROM formsemestres WHERE id = 1")
	if got != want {
		t.Errorf("stored %s, want %s", got, want)
	}
	if got := s.value("SELECT action || ' ' || object_type || ' ' || object_id || ' ' || object_name FROM journal ORDER BY id DESC LIMIT 1"); got != "formsemestre.update formsemestre 1 BUT R&T en apprentissage semestre 1" {
		t.Errorf("journal: %s", got)
	}
}

// TestFormSemestreEditSetsEveryField writes each field and reads it back.
func TestFormSemestreEditSetsEveryField(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ body, column, want string }{
		{`{"titre": "  Autre titre "}`, "titre", "Autre titre"},
		{`{"semestre_id": 12}`, "semestre_id", "12"},
		{`{"semestre_id": -1}`, "semestre_id", "-1"},
		{`{"date_debut": "2025-08-25"}`, "date_debut", "2025-08-25"},
		{`{"date_debut": "26/08/2025"}`, "date_debut", "2025-08-26"},
		{`{"date_fin": "2026-03-01T00:00:00+01:00"}`, "date_fin", "2026-03-01"},
		{`{"date_debut": "2026-09-01", "date_fin": "2026-09-01"}`, "date_debut || date_fin", "2026-09-012026-09-01"},
		{`{"edt_id": "rt1,rt2"}`, "edt_id", "rt1,rt2"},
		{`{"edt_id": null}`, "edt_id", ""},
		{`{"modalite": "EXT"}`, "modalite", "EXT"},
		{`{"gestion_compensation": true}`, "gestion_compensation", "1"},
		{`{"gestion_semestrielle": "1"}`, "gestion_semestrielle", "1"},
		{`{"bul_hide_xml": 1}`, "bul_hide_xml", "1"},
		{`{"block_moyennes": true}`, "block_moyennes", "1"},
		{`{"block_moyenne_generale": true}`, "block_moyenne_generale", "1"},
		{`{"mode_calcul_moyennes": 1}`, "mode_calcul_moyennes", "1"},
		{`{"bul_bgcolor": "#ffeeee"}`, "bul_bgcolor", "#ffeeee"},
		{`{"resp_can_edit": true}`, "resp_can_edit", "1"},
		{`{"resp_can_change_ens": false}`, "resp_can_change_ens", "0"},
		{`{"ens_can_edit_eval": true}`, "ens_can_edit_eval", "1"},
		{`{"elt_sem_apo": ""}`, "elt_sem_apo IS NULL", "1"},
		{`{"elt_annee_apo": "V1RTA2"}`, "elt_annee_apo", "V1RTA2"},
		{`{"elt_passage_apo": "PASS"}`, "elt_passage_apo", "PASS"},
		{`{"capacite_accueil": 30}`, "capacite_accueil", "30"},
		{`{"capacite_accueil": null}`, "capacite_accueil IS NULL", "1"},
		{`{"bonus_func": "bonus_iutv"}`, "bonus_func", "bonus_iutv"},
		{`{"bonus_func": ""}`, "bonus_func IS NULL", "1"},
		{`{"etape_apo": "E2, E1,,E2"}`, "(SELECT group_concat(code, '|') FROM (SELECT code FROM formsemestre_etapes WHERE formsemestre_id = 1 ORDER BY rang))", "E2|E1"},
		{`{"etape_apo": null}`, "(SELECT count(*) FROM formsemestre_etapes WHERE formsemestre_id = 1)", "0"},
		{`{"responsables": [104, 101, 104]}`, "(SELECT group_concat(account_id, '|') FROM (SELECT account_id FROM formsemestre_responsables WHERE formsemestre_id = 1 ORDER BY rang))", "104|101"},
		{`{"responsables": []}`, "(SELECT count(*) FROM formsemestre_responsables WHERE formsemestre_id = 1)", "0"},
		{`{"ue_coefs": {"1": 2, "2": 1.5}}`, "(SELECT group_concat(ue_id || '=' || coef, '|') FROM formsemestre_ue_coefs WHERE formsemestre_id = 1)", "1=2.0|2=1.5"},
		{`{"ue_coefs": {"1": null}}`, "(SELECT group_concat(ue_id || '=' || coef, '|') FROM formsemestre_ue_coefs WHERE formsemestre_id = 1)", "2=1.5"},
		{`{"parcours": [2]}`, "(SELECT group_concat(parcours_id, '|') FROM formsemestre_parcours WHERE formsemestre_id = 1)", "2"},
		{`{"preferences": {"use_ue_coefs": true}}`, "(SELECT name || value FROM preferences WHERE formsemestre_id = 1)", "use_ue_coefstrue"},
		{`{"id": 7, "dept_id": 2, "formation_id": 2, "inconnu": []}`, "dept_id || formation_id", "11"},
		{`{}`, "dept_id", "1"},
	} {
		a := s.post("formsemestre/1/edit", c.body)
		if a.StatusCode != 200 {
			t.Errorf("%s: %s", c.body, a.line())
		}
		if got := s.value("SELECT " + c.column + " FROM formsemestres WHERE id = 1"); got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.body, c.column, got, c.want)
		}
		if strings.TrimSpace(a.body) != s.get("formsemestre/1").body {
			t.Errorf("%s: what it answers is not what is read", c.body)
		}
	}
}

func TestFormSemestreEditRefusals(t *testing.T) {
	s := open(t)
	s.exec("UPDATE accounts SET active = 0 WHERE id = 104")
	edit := func(body string) request { return request{to: "POST formsemestre/1/edit", as: chef, body: body} }
	before := s.value("SELECT group_concat(concat_ws('|', titre, date_debut, date_fin, modalite, semestre_id), '/') FROM formsemestres")
	s.refuses([]refusal{
		{"nobody", request{to: "POST formsemestre/1/edit", body: `{}`}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "POST formsemestre/1/edit", as: account("mdupont"), body: `{}`}, "403 permission requise : EditFormSemestre"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/4/edit", as: holding("RT", scolarite.EditFormSemestre), body: `{}`}, "403 permission requise : EditFormSemestre"},
		{"unknown", request{to: "POST formsemestre/99/edit", as: chef, body: `{"titre": "x"}`}, "404 formsemestre inconnu"},
		{"of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/1/edit", as: chef, body: `{"titre": "x"}`}, "404 formsemestre inconnu"},
		{"no JSON", edit(`{"titre": `), "400 corps de la requête: JSON invalide"},
		{"a list", edit(`[]`), "404 corps de la requête: invalide (objet attendu)"},
		{"no body", edit(""), "404 corps de la requête: manquant"},
		{"no title", edit(`{"titre": " "}`), "404 param 'titre': ne peut être vide"},
		{"a title that is none", edit(`{"titre": 3}`), "404 param 'titre': invalide (texte attendu)"},
		{"null", edit(`{"titre": null, "etat": null, "date_debut": null}`), "404 param 'titre': ne peut être null, param 'date_debut': ne peut être null, param 'etat': ne peut être null"},
		{"too long a title", edit(`{"titre": "` + strings.Repeat("é", 513) + `"}`), "404 param 'titre': trop long (512 caractères au plus)"},
		{"number zero", edit(`{"semestre_id": 0}`), "404 param 'semestre_id': invalide (1 à 12, ou -1)"},
		{"a number too large", edit(`{"semestre_id": 13}`), "404 param 'semestre_id': invalide (1 à 12, ou -1)"},
		{"days in disorder", edit(`{"date_debut": "2026-02-01"}`), "404 param 'date_fin': antérieure à la date de début"},
		{"a day that no calendar has", edit(`{"date_debut": "2025-02-30"}`), "404 param 'date_debut': invalide (date attendue)"},
		{"a day that no calendar has, in French", edit(`{"date_debut": "31/02/2025"}`), "404 param 'date_debut': invalide (date attendue)"},
		{"a day that is none", edit(`{"date_debut": 20250901}`), "404 param 'date_debut': invalide (date attendue)"},
		{"an unknown modality", edit(`{"modalite": "fi"}`), "404 param 'modalite': invalide (FI, FAP, FC, DEC, LIC, CPRO, DIST, ETR, EXT, OTHER)"},
		{"no boolean", edit(`{"block_moyennes": "peut-être"}`), "404 param 'block_moyennes': invalide (booléen attendu)"},
		{"a negative capacity", edit(`{"capacite_accueil": -1}`), "404 param 'capacite_accueil': invalide (au moins 0)"},
		{"an unknown bonus", edit(`{"bonus_func": "bonus_mars"}`), "404 param 'bonus_func': fonction inconnue"},
		{"too long a code", edit(`{"elt_sem_apo": "` + strings.Repeat("A", 513) + `"}`), "404 param 'elt_sem_apo': trop long (512 caractères au plus)"},
		{"too many steps", edit(`{"etape_apo": "` + strings.Repeat("A,", 300) + `"}`), "404 param 'etape_apo': trop long (512 caractères au plus)"},
		{"an unknown account, a closed one", edit(`{"responsables": [101, 9, 104]}`), "404 param 'responsables': utilisateur 9 inconnu ou inactif, param 'responsables': utilisateur 104 inconnu ou inactif"},
		{"no list", edit(`{"responsables": 101}`), "404 param 'responsables': invalide (liste attendue)"},
		{"a foreign track", edit(`{"parcours": [7]}`), "404 param 'parcours': le parcours 7 n'est pas du référentiel de la formation"},
		{"a foreign UE", edit(`{"ue_coefs": {"6": 1, "x": 1, "1": -1}}`), `404 param 'ue_coefs': coefficient négatif pour l'UE 1, param 'ue_coefs': l'UE "6" n'est pas de la formation, param 'ue_coefs': l'UE "x" n'est pas de la formation`},
		{"a UE under another writing of its id", edit(`{"ue_coefs": {"1": 1, "01": 2, "+1": 3}}`), `404 param 'ue_coefs': l'UE "+1" n'est pas de la formation, param 'ue_coefs': l'UE "01" n'est pas de la formation`},
		{"a coefficient that is none", edit(`{"ue_coefs": {"1": "deux"}}`), "404 param '1': invalide (nombre attendu)"},
		{"preferences that are none", edit(`{"preferences": []}`), "404 param 'preferences': invalide (objet attendu)"},
		{"an unknown preference", edit(`{"titre": "Perdu", "preferences": {"mars": 1}}`), "404 param 'mars': préférence inconnue"},
		{"several at once, and nothing is written", edit(`{"titre": "", "modalite": "X", "responsables": [101]}`), "404 param 'titre': ne peut être vide, param 'modalite': invalide (FI, FAP, FC, DEC, LIC, CPRO, DIST, ETR, EXT, OTHER)"},
		{"several of its lists", edit(`{"titre": "", "responsables": [9], "parcours": [7], "ue_coefs": {"6": 1}, "preferences": {"mars": 1}}`), `404 param 'titre': ne peut être vide, param 'responsables': utilisateur 9 inconnu ou inactif, param 'parcours': le parcours 7 n'est pas du référentiel de la formation, param 'ue_coefs': l'UE "6" n'est pas de la formation, param 'mars': préférence inconnue`},
		{"an invisible character", edit(`{"titre": "a\u0000b", "bul_bgcolor": "\u007f", "edt_id": "a\nb", "elt_sem_apo": "\u0007", "etape_apo": "E1,\u0001"}`), "404 param 'titre': caractère invisible, param 'bul_bgcolor': caractère invisible, param 'edt_id': caractère invisible, param 'elt_sem_apo': caractère invisible, param 'etape_apo': caractère invisible"},
		{"too large", edit(`{"titre": "` + strings.Repeat("x", 1<<20) + `"}`), "413 corps de la requête trop volumineux"},
	})
	if after := s.value("SELECT group_concat(concat_ws('|', titre, date_debut, date_fin, modalite, semestre_id), '/') FROM formsemestres"); after != before {
		t.Errorf("(-before +after)\n%s", cmp.Diff(before, after))
	}
}

// TestALockedSemesterKeepsStill tries what may change of it: Apogée codes, and
// its lock with whatever comes along.
func TestALockedSemesterKeepsStill(t *testing.T) {
	s := open(t)
	edit := func(body string) request { return request{to: "POST formsemestre/3/edit", as: chef, body: body} }
	s.refuses([]refusal{
		{"a title", edit(`{"titre": "x"}`), "403 formsemestre verrouillé"},
		{"a title beside a code", edit(`{"titre": "x", "elt_sem_apo": "C"}`), "403 formsemestre verrouillé"},
		{"a title beside the lock", edit(`{"titre": "x", "etat": false}`), "403 formsemestre verrouillé"},
		{"preferences", edit(`{"preferences": {"use_ue_coefs": true}}`), "403 formsemestre verrouillé"},
		{"a list", edit(`{"responsables": []}`), "403 formsemestre verrouillé"},
		{"a null", edit(`{"edt_id": null}`), "403 formsemestre verrouillé"},
	})
	for _, body := range []string{`{}`, `{"etat": false}`, `{"elt_sem_apo": "C1", "elt_annee_apo": "C2", "elt_passage_apo": "C3", "etape_apo": "E1"}`} {
		if a := s.post("formsemestre/3/edit", body); a.StatusCode != 200 {
			t.Errorf("%s: %s", body, a.line())
		}
	}
	const state = "SELECT concat_ws('|', titre, etat, elt_sem_apo, elt_annee_apo, elt_passage_apo) FROM formsemestres WHERE id = 3"
	if got := s.value(state); got != "BUT Réseaux et Télécommunications|0|C1|C2|C3" {
		t.Error(got)
	}
	if a := s.post("formsemestre/3/edit", `{"etat": true, "titre": "Rouvert"}`); a.StatusCode != 200 {
		t.Error(a.line())
	}
	if got := s.value(state); got != "Rouvert|1|C1|C2|C3" {
		t.Error(got)
	}
	if a := s.post("formsemestre/3/edit", `{"etat": false, "titre": "Refermé"}`); a.StatusCode != 200 {
		t.Error(a.line())
	}
	if got := s.value(state); got != "Refermé|0|C1|C2|C3" {
		t.Error(got)
	}
}

func TestApogeeCodes(t *testing.T) {
	s := open(t)
	apo := holding("", scolarite.EditApogee)
	for _, c := range []struct{ function, path, value, stored, read string }{
		{"formsemestre_set_apo_etapes", "set_etapes", "V1RT,V1RT2!111", "V1RT, V1RT2!111", "(SELECT group_concat(code, ', ') FROM (SELECT code FROM formsemestre_etapes WHERE formsemestre_id = 3 ORDER BY rang))"},
		{"formsemestre_set_elt_sem_apo", "set_elt_sem", "V1RTS1", "V1RTS1", "elt_sem_apo"},
		{"formsemestre_set_elt_annee_apo", "set_elt_annee", "V1RTA,V1RTB", "V1RTA,V1RTB", "elt_annee_apo"},
		{"formsemestre_set_elt_passage_apo", "set_elt_passage", "V1RTP", "V1RTP", "elt_passage_apo"},
	} {
		a := s.example(c.function, request{to: "POST formsemestre/apo/" + c.path, as: apo, body: "oid=3&value=" + strings.ReplaceAll(c.value, "!", "%21")})
		if a.body != c.stored {
			t.Errorf("%s answers %q, want %q", c.path, a.body, c.stored)
		}
		if got := s.value("SELECT " + c.read + " FROM formsemestres WHERE id = 3"); got != c.stored {
			t.Errorf("%s stored %q", c.path, got)
		}
		if a := s.send(request{to: "POST formsemestre/apo/" + c.path, as: apo, body: "oid=3&value="}); a.line() != "200" {
			t.Errorf("%s of nothing: %s", c.path, a.line())
		}
		if got := s.value("SELECT " + c.read + " IS NULL FROM formsemestres WHERE id = 3"); got != "1" {
			t.Errorf("%s does not clear", c.path)
		}
		to := "POST formsemestre/apo/" + c.path
		if a := s.send(request{to: to, as: apo, body: "oid=3&value=KEPT"}); a.body != "KEPT" {
			t.Error(a.line())
		}
		s.refuses([]refusal{
			{"nobody", request{to: to, body: "oid=3&value=X"}, "401 Non autorise (logic)"},
			{"without the permission", request{to: to, as: holding("", scolarite.EditFormSemestre), body: "oid=3&value=X"}, "403 permission requise : EditApogee"},
			{"unknown", request{to: to, as: apo, body: "oid=99&value=X"}, "404 formsemestre inconnu"},
			{"of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/apo/" + c.path, as: chef, body: "oid=3&value=X"}, "404 formsemestre inconnu"},
			{"no id", request{to: to, as: apo, body: "value=X"}, "404 param 'oid': manquant"},
			{"an id that is none", request{to: to, as: apo, body: "oid=x&value=X"}, "404 param 'oid': invalide (entier attendu)"},
			{"no value", request{to: to, as: apo, body: "oid=3"}, "404 param 'value': manquant"},
			{"JSON", request{to: to, as: apo, body: `{"oid": 3}`}, "404 param 'oid': manquant, param 'value': manquant"},
		})
		if a := s.send(request{to: to, as: apo, body: "oid=3&value=" + strings.Repeat("X", 600)}); a.StatusCode != 404 || !strings.HasSuffix(a.message(), "trop long (512 caractères au plus)") {
			t.Errorf("%s of a long text: %s", c.path, a.line())
		}
		if got := s.value("SELECT " + c.read + " FROM formsemestres WHERE id = 3"); got != "KEPT" {
			t.Errorf("%s stored %q of what was refused", c.path, got)
		}
	}
}

func TestFormSemestreCreate(t *testing.T) {
	s := open(t)
	a := s.example("formsemestre_create", request{
		to: "POST /ScoDoc/RT/api/formsemestre/create", as: holding("RT", scolarite.EditFormSemestre),
		body: `{"formation_id": 1, "semestre_id": 2, "titre": "BUT R&T", "date_debut": "2027-02-01", "date_fin": "2027-07-10", "modalite": "FAP",
 "responsables": [102, 101], "modules": "all", "parcours": [1, 2], "bonus_func": "bonus_iutv", "preferences": {"use_ue_coefs": true}, "ue_coefs": {"4": 2.5}}`,
	})
	if a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	var made sem
	a.into(t, &made)
	if made.ID != 6 || made.SessionID != "RT-BUTBachelorUniversitairedeTechnologie-FA-S2-2026" || !cmp.Equal(made.Responsables, []int64{102, 101}) || len(made.Parcours) != 2 {
		t.Errorf("made %+v", made)
	}
	if again := s.get("formsemestre/6"); again.body != a.body {
		t.Errorf("it reads %s", again.line())
	}
	for query, want := range map[string]string{
		"SELECT after ->> 'modules' FROM journal WHERE action = 'formsemestre.create'":                                                                                                                                "[5,6]",
		"SELECT group_concat(module_id || '/' || responsable_id, ' ') FROM (SELECT * FROM moduleimpls WHERE formsemestre_id = 6 ORDER BY module_id)":                                                                  "5/102 6/102",
		"SELECT group_concat(ifnull(p.partition_name, '-') || ':' || ifnull(g.group_name, '-'), ' ') FROM (SELECT * FROM partitions WHERE formsemestre_id = 6 ORDER BY id) p JOIN groupes g ON g.partition_id = p.id": "-:- Parcours:Cyber Parcours:DevCloud",
		"SELECT coef FROM formsemestre_ue_coefs WHERE formsemestre_id = 6 AND ue_id = 4":                                                                                                                              "2.5",
		"SELECT bonus_func FROM formsemestres WHERE id = 6":                                                                                                                                                           "bonus_iutv",
		"SELECT name || '=' || value FROM preferences WHERE formsemestre_id = 6":                                                                                                                                      "use_ue_coefs=true",
		"SELECT object_id || ' ' || object_name FROM journal WHERE action = 'formsemestre.create'":                                                                                                                    "6 BUT R&T semestre 2",
		"SELECT count(*) FROM inscriptions WHERE formsemestre_id = 6":                                                                                                                                                 "0",
		"SELECT count(*) FROM pragma_foreign_key_check":                                                                                                                                                               "0",
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// TestFormSemestreCreateDefaults makes semesters of little, and of some
// modules.
func TestFormSemestreCreateDefaults(t *testing.T) {
	s := open(t)
	const modules = "SELECT ifnull(group_concat(module_id, ' '), '') FROM (SELECT module_id FROM moduleimpls WHERE formsemestre_id = (SELECT max(id) FROM formsemestres) ORDER BY module_id)"
	for _, c := range []struct{ name, to, body, titreNum, session, modules string }{
		{"the least", "formsemestre/create", `{"formation_id": 1, "date_debut": "01/09/2026", "date_fin": "2027-01-31"}`, "BUT Réseaux et Télécommunications semestre 1", "RT-BUTBachelorUniversitairedeTechnologie-FI-S1-2026", "1 2 3 4"},
		{"with a department", "formsemestre/create", `{"dept": "GEA", "formation_id": 2, "date_debut": "2026-09-01", "date_fin": "2027-01-31", "modules": [7, 11, 7]}`, "DUT Gestion des Entreprises semestre 1", "GEA-DUTDiplomeUniversitairedeTechnologie-FI-S1-2026", "7 11"},
		{"without number", "/ScoDoc/GEA/api/formsemestre/create", `{"formation_id": 2, "semestre_id": -1, "date_debut": "2026-09-01", "date_fin": "2027-01-31", "modules": "all"}`, "DUT Gestion des Entreprises", "GEA-DUTDiplomeUniversitairedeTechnologie-FI--2026", "7 8 9 10 11"},
		{"without module", "formsemestre/create", `{"formation_id": 3, "date_debut": "2026-09-01", "date_fin": "2027-01-31", "modules": []}`, "Licence professionnelle Cyber semestre 1", "RT-LicenceLMD-FI-S1-2026", ""},
	} {
		a := s.post(c.to, c.body)
		if a.StatusCode != 200 {
			t.Errorf("%s: %s", c.name, a.line())
			continue
		}
		var made sem
		a.into(t, &made)
		if made.TitreNum != c.titreNum || made.SessionID != c.session || !made.Etat || s.value(modules) != c.modules {
			t.Errorf("%s: %+v with modules %s", c.name, made, s.value(modules))
		}
	}
}

func TestFormSemestreCreateRefusals(t *testing.T) {
	s := open(t)
	s.exec("UPDATE accounts SET active = 0 WHERE id = 104")
	create := func(body string) request { return request{to: "POST formsemestre/create", as: chef, body: body} }
	const days = `"date_debut": "2026-09-01", "date_fin": "2027-01-31"`
	s.refuses([]refusal{
		{"nobody", request{to: "POST formsemestre/create", body: `{}`}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "POST formsemestre/create", as: account("mdupont"), body: `{}`}, "403 permission requise : EditFormSemestre"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/create", as: holding("RT", scolarite.EditFormSemestre), body: `{}`}, "403 permission requise : EditFormSemestre"},
		{"of nothing", create(`{}`), "404 param 'formation_id': manquant"},
		{"without days", create(`{"formation_id": 1, "modalite": "X"}`), "404 param 'date_debut': manquant, param 'date_fin': manquant, param 'modalite': invalide (FI, FAP, FC, DEC, LIC, CPRO, DIST, ETR, EXT, OTHER)"},
		{"an unknown programme", create(`{"formation_id": 99, ` + days + `}`), "404 formation inconnue"},
		{"a programme of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/create", as: chef, body: `{"formation_id": 1, ` + days + `}`}, "404 formation inconnue"},
		{"a programme of another department than the one named", create(`{"dept": "GEA", "formation_id": 1, ` + days + `}`), "404 formation inconnue"},
		{"an unknown department", create(`{"dept": "XX", "formation_id": 1, ` + days + `}`), "404 département inconnu"},
		{"another department than the path's", request{to: "POST /ScoDoc/RT/api/formsemestre/create", as: chef, body: `{"dept": "GEA", "formation_id": 1, ` + days + `}`}, "404 département inconnu"},
		{"modules of another programme", create(`{"formation_id": 1, "modules": [1, 7, 99], ` + days + `}`), "404 param 'modules': le module 7 n'est pas de la formation, param 'modules': le module 99 n'est pas de la formation"},
		{"modules that are none", create(`{"formation_id": 1, "modules": "tous", ` + days + `}`), "404 param 'modules': invalide (liste attendue)"},
		{"a module that is none", create(`{"formation_id": 1, "modules": ["1"], ` + days + `}`), "404 param 'modules': invalide (entier attendu)"},
		{"a closed account", create(`{"formation_id": 1, "responsables": [104], ` + days + `}`), "404 param 'responsables': utilisateur 104 inconnu ou inactif"},
		{"a track of no framework", create(`{"formation_id": 2, "parcours": [1], ` + days + `}`), "404 param 'parcours': le parcours 1 n'est pas du référentiel de la formation"},
		{"no JSON", create(`{`), "400 corps de la requête: JSON invalide"},
	})
	if got := s.value("SELECT count(*) || ' ' || (SELECT count(*) FROM moduleimpls) || ' ' || (SELECT count(*) FROM partitions) FROM formsemestres"); got != "5 12 10" {
		t.Errorf("something was made: %s", got)
	}
}
