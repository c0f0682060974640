package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"intendant/db"
	"intendant/internal/appliance"
)

// scolariteSite is a folder with two departments.
func scolariteSite(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, chefPassword))
	base, err := sql.Open("sqlite", db.FileURI(filepath.Join(data, appliance.BaseName)))
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	_, err = base.ExecContext(t.Context(), `INSERT INTO departements (id, acronym, visible, date_creation) VALUES
		(1, 'INFO', 1, '2022-05-04T21:09:25.000Z'), (2, 'RT', 1, '2022-05-04T21:09:25.000Z')`)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestProgrammesFromTheCommandLine(t *testing.T) {
	data := scolariteSite(t)
	here := func(name string) string { return filepath.Join("internal", "scolarite", "testdata", name) }
	in := func(code int, args ...string) string { return command(t, code, append(args, "--data", data)...) }

	// A framework of competences.
	out := in(0, "referentiel", "import", here("orebut.xml"), "--dept", "INFO")
	wantLines(t, out, "Lecture de "+here("orebut.xml")+"…", "Référentiel 1 chargé : INFO, 2 compétences, 2 parcours.")
	wantLines(t, in(0, "referentiel", "list", "--dept", "INFO"), "1\tINFO\t2021-12-11 00:00:00\tB.U.T.\torebut.xml")
	if out := in(1, "referentiel", "import", here("orebut.xml"), "--dept", "INFO"); !strings.Contains(out, "orebut.xml: ce référentiel de compétences est déjà chargé (id 1)") {
		t.Errorf("twice: %s", out)
	}
	in(1, "referentiel", "list", "--dept", "XX")
	in(1, "referentiel", "import", here("orebut.xml"), "--dept", "XX")
	in(1, "referentiel", "import", here("rien.xml"), "--dept", "INFO")
	in(2, "referentiel", "import", here("orebut.xml"))

	// A programme, in, out, and in again.
	out = in(0, "formation", "import", here("formation.xml"), "--dept", "INFO")
	wantLines(t, out, "Formation 1 créée : DUT Info version 1, 2 UE, 1 modules.")
	file := filepath.Join(t.TempDir(), "formation.json")
	wantLines(t, in(0, "formation", "export", "1", "--out", file), file+" : DUT Info version 1, 1 UE, 1 modules.")
	wantLines(t, in(0, "formation", "import", file, "--dept", "INFO"), "Formation 2 créée : DUT Info version 2, 1 UE, 1 modules.")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if first, again := string(text), in(0, "formation", "export", "2"); strings.Replace(first, `"version": 1`, `"version": 2`, 1) != again {
		t.Errorf("exported %s\nand then %s", first, again)
	}
	var ids struct {
		ID int64
		UE []struct {
			UEID int64 `json:"ue_id"`
		}
	}
	if err := json.Unmarshal([]byte(in(0, "formation", "export", "2", "--with-ids")), &ids); err != nil || ids.ID != 2 || len(ids.UE) != 1 || ids.UE[0].UEID == 0 {
		t.Errorf("with ids: %+v %v", ids, err)
	}
	in(1, "formation", "export", "99")
	in(1, "formation", "export", "1", "--out", filepath.Join(t.TempDir(), "nowhere", "x.json"))
	in(2, "formation", "export", "un")
	in(1, "formation", "import", file, "--dept", "XX")

	// What is wrong with a file is said with its place.
	but := filepath.Join(t.TempDir(), "but.json")
	write := func(text string) {
		if err := os.WriteFile(but, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"acronyme": "BUT", "titre": "BUT", "ue": [{"acronyme": "UE1", "coefficient": "deux"}]}`)
	if out := in(1, "formation", "import", but, "--dept", "INFO"); !strings.Contains(out, but+": ue[0].coefficient : nombre attendu") {
		t.Errorf("a fault: %s", out)
	}
	write(`{"acronyme": "BUT", "titre": "BUT", "ue": [{"acronyme": "UE1", "parcours": ["A"]}]}`)
	if out := in(1, "formation", "import", but, "--dept", "INFO"); !strings.Contains(out, "refcomp_specialite : manquant") {
		t.Errorf("no framework: %s", out)
	}
	in(1, "formation", "import", but, "--dept", "RT", "--referentiel", "1")
	in(0, "formation", "import", but, "--dept", "RT", "--referentiel", "0")
	in(0, "formation", "import", but, "--dept", "INFO", "--referentiel", "1")
	if out := in(0, "formation", "export", "4"); !strings.Contains(out, `"code": "A"`) || !strings.Contains(out, `"refcomp_specialite": "INFO"`) {
		t.Errorf("with a framework: %s", out)
	}
	write("{" + strings.Repeat(" ", maxFile))
	if out := in(1, "formation", "import", but, "--dept", "INFO"); !strings.Contains(out, "plus de 16 Mio / more than 16 MiB") {
		t.Errorf("too large: %s", out)
	}
}
