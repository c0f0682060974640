package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestEtudiantCreate(t *testing.T) {
	s := open(t)
	a := s.post("etudiant/create", `{"dept": "GEA", "nom": " d'Arc ", "prenom": "jean-éric", "nom_usuel": " Le Gall ", "civilite": "mlle", "civilite_etat_civil": "H",
		"prenom_etat_civil": "jean", "date_naissance": "2007-03-02", "boursier": true, "code_nip": " 33 ", "code_ine": "", "id": 77, "sort_key": "zzz", "inconnu": [1],
		"admission": {"annee": 2025, "bac": "S", "math": "14", "physique": 12.5, "boursier_prec": false, "nomlycee": "Lycée Kerichen"},
		"adresses": [{"email": "jean@etu.example", "telephone": "0102030405"}, {"email": "autre@etu.example"}]}`)
	if a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	for name, want := range map[string]string{
		"id": "8", "dept_acronym": "GEA", "nom": "D'ARC", "prenom": "JEAN-ÉRIC", "nom_usuel": "Le Gall", "civilite": "F", "civilite_etat_civil": "M",
		"prenom_etat_civil": "JEAN", "etat_civil": "M. Jean D'ARC", "nomprenom": "Mme Jean-Éric LE GALL", "sort_key": "le gall;jean-eric",
		"date_naissance": "2007-03-02", "boursier": "true", "code_nip": "33", "code_ine": "<nil>", "email": "jean@etu.example", "annotations": "[]",
	} {
		if got := fmt.Sprint(member(t, a, name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := a.json(t).(map[string]any)["adresses"].([]any); len(got) != 1 {
		t.Errorf("%d addresses", len(got))
	}
	for query, want := range map[string]string{
		"SELECT nom_key || '|' || prenom_key FROM etudiants WHERE id = 8":                             "d arc|jean eric",
		"SELECT description || '|' || telephone || '|' || typeadresse FROM adresses WHERE etudid = 8": "(creation individuelle)|0102030405|domicile",
		"SELECT physique || '|' || math || '|' || boursier_prec FROM admissions WHERE etudid = 8":     "12.5|14|0",
		"SELECT event_type || '|' || at FROM evenements WHERE etudid = 8":                             "CREATION|2025-11-17T10:00:00.000Z",
		"SELECT count(*) FROM inscriptions WHERE etudid = 8":                                          "0",
		"SELECT object_name FROM journal WHERE action = 'etudiant.create' AND object_id = '8'":        "Mme Jean-Éric LE GALL",
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	a = s.post("etudiant/create", `{"dept": "RT", "nom": "Seul", "prenom": "Ü"}`)
	if got := fmt.Sprint(member(t, a, "civilite"), member(t, a, "civilite_str"), member(t, a, "admission", "etudid"), member(t, a, "adresses", "description")); got != "X9(creation individuelle)" {
		t.Errorf("a student of whom little is said: %s in %s", got, a.line())
	}
}

// TestEtudiantCreateIsUnrestricted checks that who makes a student reads back
// what he wrote.
func TestEtudiantCreateIsUnrestricted(t *testing.T) {
	s := open(t)
	a := s.send(request{
		to: "POST /ScoDoc/RT/api/etudiant/create", as: holding("RT", scolarite.EtudInscrit),
		body: `{"dept": "RT", "nom": "A", "prenom": "B", "boursier": true, "adresses": [{"domicile": "ici"}]}`,
	})
	if got := fmt.Sprint(member(t, a, "boursier"), member(t, a, "adresses", "domicile")); got != "trueici" {
		t.Error(a.line())
	}
}

func TestEtudiantCreateRefusals(t *testing.T) {
	s := open(t)
	create := func(body string) request { return request{to: "POST etudiant/create", as: chef, body: body} }
	const taken = `{"dept": "RT", "nom": "Autre", "prenom": "Nom", "code_nip": "22000002", "code_ine": "INE0000001A"}`
	s.refuses([]refusal{
		{"nobody", request{to: "POST etudiant/create", body: `{}`}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST etudiant/create", as: holding("", scolarite.ScoView), body: `{}`}, "403 permission requise : EtudInscrit"},
		{"permission elsewhere", request{to: "POST /ScoDoc/GEA/api/etudiant/create", as: holding("RT", scolarite.EtudInscrit), body: `{}`}, "403 permission requise : EtudInscrit"},
		{"departmental on the base of all", request{to: "POST etudiant/create", as: holding("RT", scolarite.EtudInscrit), body: `{}`}, "403 permission requise : EtudInscrit"},
		{"broken", create(`{"dept": `), "400 corps de la requête: JSON invalide"},
		{"a list", create(`[]`), "400 corps de la requête: invalide (objet attendu)"},
		{"nothing", create(`{}`), "400 param 'dept': manquant, param 'nom': manquant, param 'prenom': manquant"},
		{"null names", create(`{"dept": "RT", "nom": null, "prenom": null}`), "400 param 'nom': invalide (texte attendu), param 'prenom': invalide (texte attendu)"},
		{"unknown department", create(`{"dept": "XX", "nom": "A", "prenom": "B"}`), "400 param 'dept': département invalide"},
		{"department of another base", request{to: "POST /ScoDoc/GEA/api/etudiant/create", as: chef, body: `{"dept": "RT", "nom": "A", "prenom": "B"}`}, "400 param 'dept': département invalide"},
		{"names", create(`{"dept": "RT", "nom": "  ", "prenom": "B|C"}`), "400 param 'nom': invalide (vide, ou caractère interdit), param 'prenom': invalide (vide, ou caractère interdit)"},
		{"a civility", create(`{"dept": "RT", "nom": "A", "prenom": "B", "civilite": 1}`), "400 civilité invalide (M, F ou X attendu)"},
		{"a day", create(`{"dept": "RT", "nom": "A", "prenom": "B", "date_naissance": "2007-02-30"}`), "400 param 'date_naissance': invalide (date ISO attendue)"},
		{"addresses", create(`{"dept": "RT", "nom": "A", "prenom": "B", "adresses": {}, "boursier": "peut-être"}`), "400 param 'boursier': invalide (booléen attendu), param 'adresses': invalide (liste attendue)"},
		{"homonym", create(`{"dept": "RT", "nom": "Légrand", "prenom": "Àna"}`), "400 1 homonyme détecté : vous pouvez forcer la création par /etudiant/create/force"},
		{"codes taken", create(taken), "400 param 'code_nip': déjà utilisé dans ce département, param 'code_ine': déjà utilisé dans ce département"},
		{"codes taken, by force", request{to: "POST etudiant/create/force", as: chef, body: taken}, "400 param 'code_nip': déjà utilisé dans ce département, param 'code_ine': déjà utilisé dans ce département"},
	})
	if got := s.value("SELECT count(*) FROM etudiants"); got != "7" {
		t.Errorf("%s students", got)
	}
	// A homonym by force, and a code of another department.
	if a := s.post("etudiant/create/force", `{"dept": "GEA", "nom": "Costa", "prenom": "Simone", "code_nip": "22000002"}`); a.StatusCode != 200 {
		t.Error(a.line())
	}
}

func TestEtudiantEditByINE(t *testing.T) {
	s := open(t)
	a := s.post("/ScoDoc/RT/api/etudiant/ine/INE0000001A/edit", `{"date_naissance": " ", "adresses": [{"typeadresse": "parents"}]}`)
	if got := fmt.Sprintf("%v %v", member(t, a, "id"), member(t, a, "date_naissance")); got != "1 <nil>" {
		t.Errorf("the student is %s", got)
	}
	if got := s.value("SELECT typeadresse FROM adresses WHERE etudid = 1"); got != "parents" {
		t.Errorf("the kind of an address is %s", got)
	}
}

func TestEtudiantEdit(t *testing.T) {
	s := open(t)
	a := s.post("/ScoDoc/RT/api/etudiant/nip/22000001/edit", `{"prenom": "Simone-Anne", "dept": "GEA", "dept_id": 2, "nationalite": null, "lieu_naissance": "",
		"civilite": null, "code_nip": "22000011", "admission": {"mention": "Très bien", "math": null}, "adresses": [{"telephonemobile": "0607080910", "email": null}]}`)
	if a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	for query, want := range map[string]string{
		"SELECT prenom || '|' || prenom_key || '|' || sort_key || '|' || dept_id || '|' || civilite || '|' || code_nip || '|' || date_naissance FROM etudiants WHERE id = 1": "SIMONE-ANNE|simone anne|costa;simone-anne|1|X|22000011|2006-02-14",
		"SELECT nationalite IS NULL AND lieu_naissance IS NULL AND boursier FROM etudiants WHERE id = 1":                                                                     "1",
		"SELECT mention || '|' || bac || '|' || nomlycee || '|' || (math IS NULL) FROM admissions WHERE etudid = 1":                                                          "Très bien|S|Lycée Kerichen|1",
		"SELECT telephonemobile || '|' || domicile || '|' || (email IS NULL) FROM adresses WHERE etudid = 1":                                                                 "0607080910|1 rue de Siam|1",
		"SELECT count(*) FROM adresses":                                 "7",
		"SELECT count(*) FROM admissions":                               "7",
		"SELECT prenom FROM etudiants WHERE id = 6":                     "Simone",
		"SELECT count(*) FROM journal WHERE action = 'etudiant.update'": "1",
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	// The same again changes nothing, and what is there may be said again.
	s.post("etudiant/etudid/1/edit", `{"prenom": "Simone-Anne", "code_nip": "22000011", "code_ine": "INE0000001A"}`)
	s.post("etudiant/etudid/1/edit", `{}`)
	if got := s.value("SELECT count(*) FROM journal WHERE action = 'etudiant.update'"); got != "1" {
		t.Errorf("%s lines in the journal", got)
	}
	// A homonym is none of an edit's business.
	if a := s.post("etudiant/etudid/5/edit", `{"nom": "Durand", "prenom": "Ali"}`); a.StatusCode != 200 {
		t.Error(a.line())
	}
	// Who may not see personal data does not read it back.
	a = s.send(request{to: "POST etudiant/etudid/2/edit", as: holding("", scolarite.EtudInscrit), body: `{"boursier": true}`})
	if got := fmt.Sprint(member(t, a, "boursier"), s.value("SELECT boursier FROM etudiants WHERE id = 2")); got != "<nil>1" {
		t.Errorf("%s in %s", got, a.line())
	}
}

func TestEtudiantEditRefusals(t *testing.T) {
	s := open(t)
	edit := func(path, body string) request { return request{to: "POST " + path + "/edit", as: chef, body: body} }
	s.refuses([]refusal{
		{"nobody", request{to: "POST etudiant/etudid/1/edit", body: `{}`}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST etudiant/etudid/1/edit", as: holding("", scolarite.ScoView), body: `{}`}, "403 permission requise : EtudInscrit"},
		{"unknown", edit("etudiant/etudid/99", `{}`), "404 étudiant inconnu"},
		{"no number", edit("etudiant/etudid/abc", `{}`), "404 étudiant inconnu"},
		{"unknown NIP", edit("etudiant/nip/99", `{}`), "404 étudiant inconnu"},
		{"another code", edit("etudiant/nom/COSTA", `{}`), "404 code_type invalide (etudid, nip ou ine)"},
		{"another department", edit("/ScoDoc/GEA/api/etudiant/etudid/1", `{}`), "404 étudiant inconnu"},
		{"invisible characters in a name", edit("etudiant/etudid/1", `{"nom": "A\u0000B", "prenom": "C\nD"}`), "400 param 'nom': invalide (vide, ou caractère interdit), param 'prenom': invalide (vide, ou caractère interdit)"},
		{"names", edit("etudiant/etudid/1", `{"nom": null, "prenom": ""}`), "400 param 'nom': invalide (vide, ou caractère interdit), param 'prenom': invalide (vide, ou caractère interdit)"},
		{"types", edit("etudiant/etudid/1", `{"nom": 1, "admission": [], "adresses": [{"email": 2}]}`), "400 param 'nom': invalide (texte attendu), param 'admission': invalide (objet attendu), param 'email': invalide (texte attendu)"},
		{"code taken", edit("etudiant/etudid/1", `{"code_nip": "22000002", "prenom": "Autre"}`), "400 param 'code_nip': déjà utilisé dans ce département"},
		{"INE taken", edit("etudiant/etudid/2", `{"code_ine": "INE0000001A"}`), "400 param 'code_ine': déjà utilisé dans ce département"},
	})
	if got := s.value("SELECT count(*) FROM etudiants WHERE nom = 'COSTA' AND prenom = 'Simone'"); got != "2" {
		t.Error("something was written")
	}
}

func TestEtudiantAnnotations(t *testing.T) {
	s := open(t)
	author, reader := holding("", scolarite.EtudInscrit), holding("", scolarite.EtudInscrit, scolarite.ScoView)
	write := func(as who) string {
		a := s.send(request{to: "POST etudiant/etudid/2/annotation", as: as, body: `{"comment": "<b>à revoir</b>"}`})
		if a.StatusCode != 200 || member(t, a, "comment") != "<b>à revoir</b>" {
			t.Fatal(a.line())
		}
		return fmt.Sprint(member(t, a, "id"))
	}
	mine, hers := write(author), write(reader)
	remove := func(as who, id string) string {
		return s.send(request{to: "POST etudiant/nip/22000002/annotation/" + id + "/delete", as: as}).line()
	}
	if got := remove(author, hers); !strings.HasPrefix(got, "403") {
		t.Errorf("another's: %s", got)
	}
	if got := remove(author, mine); got != `200 "ok"` {
		t.Errorf("one's own: %s", got)
	}
	if got := remove(holding("", scolarite.EtudInscrit, scolarite.EtudAnnotations), hers); got != `200 "ok"` {
		t.Errorf("with the permission: %s", got)
	}
	if got := s.value("SELECT count(*) FROM annotations"); got != "1" {
		t.Errorf("%s annotations", got)
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action LIKE 'etudiant.annotation_%' AND object_type = 'etudiant' AND object_id = '2'"); got != "4" {
		t.Errorf("%s lines in the journal", got)
	}
	note := func(path, body string) request { return request{to: "POST " + path, as: chef, body: body} }
	s.refuses([]refusal{
		{"nobody", request{to: "POST etudiant/etudid/1/annotation", body: `{"comment": "a"}`}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST etudiant/etudid/1/annotation", as: holding("", scolarite.ScoView, scolarite.EtudAnnotations), body: `{"comment": "a"}`}, "403 permission requise : EtudInscrit"},
		{"no text", note("etudiant/etudid/1/annotation", `{}`), "404 param 'comment': manquant"},
		{"no body", note("etudiant/etudid/1/annotation", ``), "404 corps de la requête: manquant"},
		{"a number", note("etudiant/etudid/1/annotation", `{"comment": 1}`), "404 param 'comment': invalide (texte attendu)"},
		{"blank", note("etudiant/etudid/1/annotation", `{"comment": " "}`), "404 param 'comment': texte vide"},
		{"broken", note("etudiant/etudid/1/annotation", `{`), "400 corps de la requête: JSON invalide"},
		{"unknown student", note("etudiant/etudid/99/annotation", `{"comment": "a"}`), "404 étudiant inconnu"},
		{"another department", note("/ScoDoc/GEA/api/etudiant/etudid/1/annotation", `{"comment": "a"}`), "404 étudiant inconnu"},
		{"of another student", note("etudiant/etudid/2/annotation/1/delete", ``), "404 annotation inconnue"},
		{"unknown annotation", note("etudiant/etudid/1/annotation/99/delete", ``), "404 annotation inconnue"},
		{"in another department", note("/ScoDoc/GEA/api/etudiant/etudid/1/annotation/1/delete", ``), "404 étudiant inconnu"},
		{"not the author", request{to: "POST etudiant/etudid/1/annotation/1/delete", as: author}, "403 opération non autorisée"},
	})
}
