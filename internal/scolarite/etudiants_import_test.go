package scolarite_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"intendant/internal/scolarite"
)

const newcomers = `etudid;NIP;N° INE;Nom;Prénom;Sexe;Date de naissance;Boursier;E-mail;Code postal;Bac;Année du bac;Physique;Remarque
;22000002;;;;;;oui;;;;;;il est revenu
;22000030;0A1;le gall;Anne-Marie;Mme;02/03/2007;non;am@etu.example;29200;STI2D;2025;14,5;
;;;Petit;Luca;H;2007-12-31;;;;;;;
1;;;;Simone;;;;;;;;;
`

func TestEtudiantsImport(t *testing.T) {
	s := open(t)
	before := s.value("SELECT count(*) FROM journal")
	s.example("etudiants_import", sending(t, "POST departement/RT/etudiants/import", chef, "nouveaux.csv", []byte(newcomers)))
	if got := s.value("SELECT count(*) FROM etudiants"); got != "7" || s.value("SELECT count(*) FROM journal WHERE action LIKE 'etudiant%'") != "0" {
		t.Fatalf("a dry run wrote: %s students, %s lines in the journal before", got, before)
	}
	a := s.send(sending(t, "POST /ScoDoc/RT/api/departement/RT/etudiants/import?apply=1", holding("RT", scolarite.EtudInscrit), "nouveaux.csv", []byte(newcomers)))
	if got := a.line(); got != `200 {"total":4,"created":2,"updated":2,"errors":[]}` { // a name in capitals is a change
		t.Fatal(got)
	}
	for query, want := range map[string]string{
		"SELECT boursier || nom FROM etudiants WHERE id = 2": "1DUPONT",
		"SELECT nom || '|' || prenom || '|' || civilite || '|' || date_naissance || '|' || boursier || '|' || code_ine || '|' || dept_id FROM etudiants WHERE code_nip = '22000030'": "LE GALL|ANNE-MARIE|F|2007-03-02|0|0A1|1",
		"SELECT email || '|' || codepostaldomicile FROM adresses WHERE etudid = 8":                                                                                                   "am@etu.example|29200",
		"SELECT bac || annee_bac || physique FROM admissions WHERE etudid = 8":                                                                                                       "STI2D202514.5",
		"SELECT count(*) FROM evenements WHERE event_type = 'CREATION' AND etudid IN (8, 9)":                                                                                         "2",
		"SELECT nationalite FROM etudiants WHERE id = 1":                                                                                                                             "Française",  // no column, no change
		"SELECT date_naissance FROM etudiants WHERE id = 1":                                                                                                                          "2006-02-14", // an empty cell, no change
		"SELECT count(*) FROM journal WHERE action = 'etudiant.create'":                                                                                                              "2",
		"SELECT after FROM journal WHERE action = 'etudiants.import'":                                                                                                                `{"created":2,"file":"nouveaux.csv","updated":2}`,
		"SELECT object_type || object_name FROM journal WHERE action = 'etudiants.import'":                                                                                           "departementRT",
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	// Again: nothing but homonyms, for those without a code.
	a = s.send(sending(t, "POST departement/RT/etudiants/import?apply=1", chef, "nouveaux.csv", []byte(newcomers)))
	if got := a.line(); got != `200 {"total":4,"created":0,"updated":0,"errors":[{"line":4,"column":"Nom","message":"1 homonyme détecté"}]}` {
		t.Error(got)
	}
}

func TestEtudiantsImportFaults(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ name, query, sheet, want string }{
		{
			"cells", "", "nom;prenom;civilite;date_naissance;boursier;annee;physique\nA;B;Z;31/02/2007;bof;x;y\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"annee","message":"entier attendu"},{"line":2,"column":"boursier","message":"oui ou non attendu"},{"line":2,"column":"civilite","message":"civilité invalide (M, F ou X attendu)"},{"line":2,"column":"date_naissance","message":"date attendue (AAAA-MM-JJ ou JJ/MM/AAAA)"},{"line":2,"column":"physique","message":"nombre attendu"}]}`,
		},
		{
			"names", "", "Nom;Prénom\n;B\nC|;D\nA1;B1\n",
			`{"total":3,"created":1,"updated":0,"errors":[{"line":2,"column":"Nom","message":"manquant"},{"line":3,"column":"Nom","message":"invalide (caractère interdit)"}]}`,
		},
		{
			"names, to be written", "?apply=1", "Nom;Prénom\n;B\nA1;B1\n",
			`{"total":2,"created":0,"updated":0,"errors":[{"line":2,"column":"Nom","message":"manquant"}]}`,
		},
		{
			"all of a row at once", "", "code_nip;nom;prenom;boursier\n97;A|;B;bof\n22000002;;;bof\n22000002;;;oui\n;Costa;Simone;bof\n",
			`{"total":4,"created":0,"updated":0,"errors":[{"line":2,"column":"boursier","message":"oui ou non attendu"},{"line":2,"column":"nom","message":"invalide (caractère interdit)"},` +
				`{"line":3,"column":"boursier","message":"oui ou non attendu"},{"line":4,"column":"","message":"étudiant déjà donné à la ligne 3"},` +
				`{"line":5,"column":"boursier","message":"oui ou non attendu"},{"line":5,"column":"nom","message":"2 homonymes détectés"}]}`,
		},
		{
			"a number that is none names nobody", "", "etudid;nom;prenom\nun;;\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"etudid","message":"entier attendu"}]}`,
		},
		{
			"codes without names", "", "code_nip\n99\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"nom","message":"manquant"},{"line":2,"column":"prenom","message":"manquant"}]}`,
		},
		{
			"unknown etudid", "", "etudid;nom;prenom\n6;A;B\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"etudid","message":"étudiant inconnu dans ce département"}]}`,
		},
		{
			"codes of two", "", "etudid;code_nip\n1;22000002\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"code_nip","message":"code d'un autre étudiant du département"}]}`,
		},
		{
			"twice the same", "", "etudid;code_nip;statut\n1;;a\n;22000001;b\n",
			`{"total":2,"created":0,"updated":1,"errors":[{"line":3,"column":"","message":"étudiant déjà donné à la ligne 2"}]}`,
		},
		{
			"twice a code", "", "code_nip;nom;prenom\n98;A;B\n98;C;D\n",
			`{"total":2,"created":1,"updated":0,"errors":[{"line":3,"column":"code_nip","message":"code déjà donné à la ligne 2"}]}`,
		},
		{
			"homonyms", "", "nom;prenom\nCosta;Simone\nSeul;Ici\nSEUL;ici\n",
			`{"total":3,"created":1,"updated":0,"errors":[{"line":2,"column":"nom","message":"2 homonymes détectés"},{"line":4,"column":"nom","message":"homonyme de la ligne 3"}]}`,
		},
		{"homonyms by force", "?force=1", "nom;prenom\nCosta;Simone\nSeul;Ici\nSEUL;ici\n", `{"total":3,"created":3,"updated":0,"errors":[]}`},
		{
			"another department", "", "dept;nom;prenom\nGEA;A;B\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"dept","message":"autre département que RT"}]}`,
		},
		{"no known title", "", "rien;de connu\n1;2\n", `{"total":1,"created":0,"updated":0,"errors":[{"line":1,"column":"","message":"aucun titre de colonne connu"}]}`},
		{"twice a title", "", "nom;prenom;Nom de famille\nA;B;C\n", `{"total":1,"created":1,"updated":0,"errors":[{"line":1,"column":"Nom de famille","message":"deux colonnes de même sens"}]}`},
		{"beyond the titles", "", "nom;prenom\nA;B;C\n", `{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"","message":"plus de cellules que de titres"}]}`},
		{"titles only", "", "nom;prenom\n", `{"total":0,"created":0,"updated":0,"errors":[]}`},
	} {
		a := s.send(sending(t, "POST departement/RT/etudiants/import"+c.query, chef, "a.csv", []byte(c.sheet)))
		if got := a.line(); got != "200 "+c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if got := s.value("SELECT count(*) FROM etudiants"); got != "7" {
			t.Fatalf("%s: %s students", c.name, got)
		}
	}
}

// TestEtudiantsImportColumns checks that every column goes where its name says.
func TestEtudiantsImportColumns(t *testing.T) {
	s := open(t)
	cells := []struct{ column, cell, want string }{
		{"code_nip", "90000001", "90000001"},
		{"code_ine", "INE9", "INE9"},
		{"nom", "Le Bihan", "LE BIHAN"},
		{"prenom", "Maël", "MAËL"},
		{"nom_usuel", "Bihan", "Bihan"},
		{"civilite", "Mme", "F"},
		{"civilite_etat_civil", "M.", "M"},
		{"prenom_etat_civil", "Maëlle", "MAËLLE"},
		{"date_naissance", "1/2/2007", "2007-02-01"},
		{"lieu_naissance", "Quimper", "Quimper"},
		{"dept_naissance", "29", "29"},
		{"nationalite", "Belge", "Belge"},
		{"statut", "SALARIE", "SALARIE"},
		{"boursier", "Oui", "true"},
		{"email", "m@etu.example", "m@etu.example"},
		{"emailperso", "m@perso.example", "m@perso.example"},
		{"domicile", "2 rue du Port", "2 rue du Port"},
		{"codepostaldomicile", "29000", "29000"},
		{"villedomicile", "Douarnenez", "Douarnenez"},
		{"paysdomicile", "Irlande", "Irlande"},
		{"telephone", "0201", "0201"},
		{"telephonemobile", "0601", "0601"},
		{"fax", "0301", "0301"},
		{"annee", "2025", "2025"},
		{"bac", "STL", "STL"},
		{"specialite", "Biotech", "Biotech"},
		{"annee_bac", "2024", "2024"},
		{"mention", "AB", "AB"},
		{"math", "11", "11"},
		{"physique", "12,5", "12.5"},
		{"anglais", "13.5", "13.5"},
		{"francais", "14.5", "14.5"},
		{"rang", "15", "15"},
		{"qualite", "16.5", "16.5"},
		{"rapporteur", "R. Morvan", "R. Morvan"},
		{"decision", "Admis", "Admis"},
		{"score", "17.5", "17.5"},
		{"commentaire", "Motivé", "Motivé"},
		{"classement", "18", "18"},
		{"apb_groupe", "G1", "G1"},
		{"apb_classement_gr", "19", "19"},
		{"nomlycee", "Lycée Brizeux", "Lycée Brizeux"},
		{"villelycee", "Concarneau", "Concarneau"},
		{"codepostallycee", "29900", "29900"},
		{"codelycee", "0290001A", "0290001A"},
		{"type_admission", "Direct", "Direct"},
		{"boursier_prec", "non", "false"},
	}
	var titles, row []string
	for _, c := range cells {
		titles, row = append(titles, c.column), append(row, c.cell)
	}
	sheet := strings.Join(titles, ";") + "\n" + strings.Join(row, ";") + "\n"
	a := s.send(sending(t, "POST departement/RT/etudiants/import?apply=1", chef, "a.csv", []byte(sheet)))
	if got := a.line(); got != `200 {"total":1,"created":1,"updated":0,"errors":[]}` {
		t.Fatal(got)
	}
	etud := s.get("etudiant/nip/90000001").json(t).(map[string]any)
	parts := []map[string]any{etud, etud["adresses"].([]any)[0].(map[string]any), etud["admission"].(map[string]any)}
	for _, c := range cells {
		var got any
		for _, part := range parts {
			if value, ok := part[c.column]; ok {
				got = value
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.column, got, c.want)
		}
	}
}

func TestEtudiantsImportRefusals(t *testing.T) {
	s := open(t)
	send := func(path string, as who, sheet string) request {
		return sending(t, "POST "+path, as, "a.csv", []byte(sheet))
	}
	const path, sheet = "departement/RT/etudiants/import?apply=1", "nom;prenom\nA;B\n"
	s.refuses([]refusal{
		{"nobody", send(path, nobody, sheet), "401 Non autorise (logic)"},
		{"no permission", send(path, holding("", scolarite.ScoView), sheet), "403 permission requise : EtudInscrit"},
		{"unknown department", send("departement/XX/etudiants/import", chef, sheet), "404 département inconnu"},
		{"another department", send("/ScoDoc/GEA/api/"+path, chef, sheet), "404 département inconnu"},
		{"no file", request{to: "POST " + path, as: chef}, "400 fichier manquant"},
		{"empty", send(path, chef, ""), "400 fichier vide"},
		{"binary", send(path, chef, "\x00\x01\x02\x03"), "400 ce n'est ni du CSV ni un classeur XLSX"},
		{"a quote left open", send(path, chef, "nom;prenom\n\"A;B\n"), "400 ligne 2 : guillemet jamais refermé"},
		{"no boolean", send("departement/RT/etudiants/import?apply=peut-etre", chef, sheet), "404 param 'apply': invalide (booléen attendu)"},
	})
}

func TestEtudiantsImportWorkbook(t *testing.T) {
	s := open(t)
	f := excelize.NewFile()
	for i, row := range [][]any{{"code_nip", "nom", "prenom", "date_naissance", "telephone"}, {22000040, "Noël", "Ève", "2007-01-02", "0612345678"}} {
		for j, cell := range row {
			name, _ := excelize.CoordinatesToCellName(j+1, i+1)
			s.must(f.SetCellValue("Sheet1", name, cell))
		}
	}
	var buf bytes.Buffer
	s.must(f.Write(&buf))
	a := s.send(sending(t, "POST departement/GEA/etudiants/import?apply=1", chef, "a.xlsx", buf.Bytes()))
	if got := a.line(); got != `200 {"total":1,"created":1,"updated":0,"errors":[]}` {
		t.Fatal(got)
	}
	if got := s.value("SELECT code_nip || nom || prenom || date_naissance || telephone FROM etudiants e JOIN adresses a ON a.etudid = e.id WHERE e.id = 8"); got != "22000040NOËLÈVE2007-01-020612345678" {
		t.Error(got)
	}
}

// TestEtudiantsImportMany checks that a large sheet is read in a few queries.
func TestEtudiantsImportMany(t *testing.T) {
	s := open(t)
	var sheet strings.Builder
	sheet.WriteString("nom;prenom;code_nip\n")
	for i := range 2000 {
		fmt.Fprintf(&sheet, "Nom%d;Prenom%d;%d\n", i, i, 30000000+i)
	}
	a := s.send(sending(t, "POST departement/RT/etudiants/import?apply=1", chef, "a.csv", []byte(sheet.String())))
	if got := a.line(); got != `200 {"total":2000,"created":2000,"updated":0,"errors":[]}` {
		t.Fatal(got)
	}
	a = s.send(sending(t, "POST departement/RT/etudiants/import", chef, "a.csv", []byte(sheet.String())))
	if got := a.line(); got != `200 {"total":2000,"created":0,"updated":0,"errors":[]}` {
		t.Fatal(got)
	}
}
