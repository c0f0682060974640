package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
	"intendant/internal/tableur"
)

func TestNotesExport(t *testing.T) {
	s := openMarks(t)
	s.exec("UPDATE inscriptions SET etat = 'D' WHERE etudid = 101; UPDATE notes SET comment = '=2+2; \"ou\" presque' WHERE id = 103")
	a := s.example("evaluation_notes_export", request{to: "GET evaluation/101/notes/export", as: s.teacher("mdupont")})
	if got := a.Header.Get("Content-Disposition"); got != `attachment; filename="notes-101.csv"` {
		t.Error(got)
	}
	book := s.get("evaluation/101/notes/export?format=xlsx")
	sheet, err := tableur.Read("notes.xlsx", []byte(book.body))
	s.must(err)
	if got := fmt.Sprintf("%q", sheet.Rows[2].Cells); got != `["101" "1" "22000001" "COSTA" "Simone" "Cyber TD1" "20" "12.5"]` {
		t.Error(got)
	}
	// What it gives changes nothing, in either form: who resigned keeps his mark.
	before := s.marks(101)
	for name, body := range map[string]string{"notes.csv": a.body, "notes.xlsx": book.body} {
		if got := s.send(sending(t, "POST evaluation/101/notes/import?apply=1", chef, name, []byte(body))).line(); got != `200 {"total":5,"created":0,"updated":0,"errors":[]}` {
			t.Errorf("%s: %s", name, got)
		}
	}
	s.wantMarks(101, before)
	s.refuses([]refusal{
		{"nobody", request{to: "GET evaluation/101/notes/export"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET evaluation/101/notes/export", as: holding("", scolarite.ScoView)}, "403 permission requise : EnsView"},
		{"unknown", request{to: "GET evaluation/999/notes/export", as: chef}, "404 évaluation inconnue"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/evaluation/101/notes/export", as: chef}, "404 évaluation inconnue"},
		{"another format", request{to: "GET evaluation/101/notes/export?format=ods", as: chef}, "404 le paramètre 'format' est invalide"},
	})
}

const notesSheet = `Nom;NIP;Etudid;Note;Commentaire
COSTA;22000001;;13,5;
DUPONT;;2;abs;sans excuse
ÉTIENNE;22000003;3;;pas encore
GAUTIER;22000101;101;12,5;copie relue deux fois
ABADIE;22000102;;SUP;
`

func TestNotesImport(t *testing.T) {
	s := openMarks(t)
	before := s.marks(101)
	s.example("evaluation_notes_import", sending(t, "POST evaluation/101/notes/import", s.teacher("pmartin"), "notes.csv", []byte(notesSheet)))
	s.wantMarks(101, before)
	a := s.send(sending(t, "POST evaluation/101/notes/import?apply=1", account("pmartin"), "notes.csv", []byte(notesSheet)))
	if got := a.line(); got != `200 {"total":5,"created":0,"updated":4,"errors":[]}` {
		t.Fatal(got)
	}
	s.wantMarks(101, map[string]string{"1": "13.5", "2": "ABS", "3": "ATT", "101": "12.5"})
	for query, want := range map[string]string{
		"SELECT comment || account_id FROM notes WHERE evaluation_id = 101 AND etudid = 2":                "sans excuse102",
		"SELECT ifnull(comment, '-') FROM notes WHERE evaluation_id = 101 AND etudid = 1":                 "-",
		"SELECT comment FROM notes WHERE evaluation_id = 101 AND etudid = 101":                            "copie relue deux fois",
		"SELECT object_type || object_name || before || after FROM journal WHERE action = 'notes.import'": `evaluationR1.01, Contrôle 1{"1":12.5,"2":9.0,"101":12.5,"102":"ABS"}{"1":13.5,"2":"ABS","101":12.5}`,
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := s.history(101, 102); got != "ABS -1001.0" {
		t.Error(got)
	}
	// Again: nothing.
	lines := s.value("SELECT count(*) FROM journal")
	if got := s.send(sending(t, "POST evaluation/101/notes/import?apply=1", chef, "notes.csv", []byte(notesSheet))).line(); got != `200 {"total":5,"created":0,"updated":0,"errors":[]}` {
		t.Error(got)
	}
	// Comments stay when the sheet has none.
	s.send(sending(t, "POST evaluation/101/notes/import?apply=1", chef, "notes.csv", []byte("etudid;note\n2;8\n")))
	if got := s.value("SELECT value || comment FROM notes WHERE evaluation_id = 101 AND etudid = 2"); got != "8.0sans excuse" {
		t.Error(got)
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action = 'notes.import'"); got != "2" {
		t.Errorf("%s lines of import, %s before", got, lines)
	}
}

func TestNotesImportFaults(t *testing.T) {
	s := openMarks(t)
	before := s.marks(101)
	for _, c := range []struct{ name, query, sheet, want string }{
		{
			"cells", "", "etudid;code_nip;note\n1;;21\n2;;douze\nx;;12\n4;;12\n;22000004;12\n3;22000001;12\n;;12\n101;22000101;11\n102;;-1\n",
			`{"total":9,"created":0,"updated":1,"errors":[{"line":2,"column":"note","message":"note 21 hors barème (de 0 à 20)"},{"line":3,"column":"note","message":"note invalide « douze »"},` +
				`{"line":4,"column":"etudid","message":"entier attendu"},{"line":5,"column":"etudid","message":"étudiant non inscrit au module"},` +
				`{"line":6,"column":"code_nip","message":"étudiant non inscrit au module"},{"line":7,"column":"code_nip","message":"code d'un autre étudiant"},` +
				`{"line":8,"column":"","message":"etudid ou code_nip manquant"},{"line":10,"column":"note","message":"note -1 hors barème (de 0 à 20)"}]}`,
		},
		{
			"one fault keeps all from being written", "?apply=1", "etudid;note\n1;14\n2;21\n",
			`{"total":2,"created":0,"updated":0,"errors":[{"line":3,"column":"note","message":"note 21 hors barème (de 0 à 20)"}]}`,
		},
		{
			"one student twice", "", "etudid;NIP;note\n1;;14\n;22000001;14\n",
			`{"total":2,"created":0,"updated":1,"errors":[{"line":3,"column":"","message":"étudiant déjà donné à la ligne 2"}]}`,
		},
		{
			"rows without a mark", "?apply=1", "nom;etudid;note\nMoyenne;;\nDURAND;4;DEM\n;999;\n",
			`{"total":3,"created":0,"updated":0,"errors":[]}`,
		},
		{
			"of another evaluation", "?apply=1", "evaluation_id;etudid;note\n102;1;9\n101;2;9\n",
			`{"total":2,"created":0,"updated":0,"errors":[{"line":2,"column":"evaluation_id","message":"feuille d'une autre évaluation"}]}`,
		},
		{
			"a long comment", "", "etudid;note;remarque\n1;9;" + strings.Repeat("a", 513) + "\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"remarque","message":"trop long (512 caractères au plus)"}]}`,
		},
		{
			"no columns", "?apply=1", "nom;prenom\nA;B\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":1,"column":"etudid","message":"colonne manquante, code_nip aussi"},{"line":1,"column":"note","message":"colonne manquante"}]}`,
		},
		{
			"two columns of marks", "?apply=1", "etudid;note;Notes\n1;2;3\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":1,"column":"Notes","message":"deux colonnes de même sens"}]}`,
		},
		{
			"more cells than titles", "?apply=1", "etudid;note\n1;2;3\n",
			`{"total":1,"created":0,"updated":0,"errors":[{"line":2,"column":"","message":"plus de cellules que de titres"}]}`,
		},
	} {
		a := s.send(sending(t, "POST evaluation/101/notes/import"+c.query, chef, "notes.csv", []byte(c.sheet)))
		if got := a.line(); got != "200 "+c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	s.wantMarks(101, before)
	// A first mark is made.
	if got := s.send(sending(t, "POST evaluation/106/notes/import?apply=true", chef, "notes.csv", []byte("etudid;note\n1;9\n2;SUP\n"))).line(); got != `200 {"total":2,"created":1,"updated":0,"errors":[]}` {
		t.Error(got)
	}
	const to = "POST evaluation/101/notes/import"
	good := []byte("etudid;note\n1;2\n")
	s.refuses([]refusal{
		{"nobody", request{to: to}, "401 Non autorise (logic)"},
		{"no permission", sending(t, to, holding("", scolarite.ScoView), "notes.csv", good), "403 permission requise : EnsView"},
		{"not his", sending(t, to, s.teacher("jpetit"), "notes.csv", good), "403 opération non autorisée"},
		{"unknown", sending(t, "POST evaluation/999/notes/import", chef, "notes.csv", good), "404 évaluation inconnue"},
		{"of another department", sending(t, "POST /ScoDoc/GEA/api/evaluation/101/notes/import", chef, "notes.csv", good), "404 évaluation inconnue"},
		{"no file", request{to: to, as: chef}, "400 fichier manquant"},
		{"no sheet", sending(t, to, chef, "notes.csv", []byte("a\x00b")), "400 ce n'est ni du CSV ni un classeur XLSX"},
		{"empty", sending(t, to, chef, "notes.csv", nil), "400 fichier vide"},
	})
	s.exec("UPDATE formsemestres SET etat = 0 WHERE id = 1")
	s.refuses([]refusal{{"locked", sending(t, to+"?apply=1", chef, "notes.csv", good), "403 formsemestre verrouillé"}})
}
