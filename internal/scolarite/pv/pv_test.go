package pv

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/internal/tableur"
)

// minutes are those of n students with some UEs and RCUEs each.
func minutes(n, ues, rcues int) *Minutes {
	m := &Minutes{
		Departement: "Département R&T", Formation: "Bachelor Universitaire de Technologie", Semestre: "BUT R&T semestre 2", Session: "S2 2023/2024, FI",
		Date: time.Date(2024, 7, 10, 14, 30, 0, 0, time.UTC), Decision: "Année", Legende: []Libelle{{"ADM", "Validé"}, {"CMP", "Acquis par compensation"}},
	}
	for u := range ues {
		m.UEs = append(m.UEs, fmt.Sprintf("UE2.%d", u+1))
	}
	for r := range rcues {
		m.RCUEs = append(m.RCUEs, [2]string{fmt.Sprintf("UE1.%d", r+1), fmt.Sprintf("UE2.%d", r+1)})
	}
	for i := range n {
		e := Etudiant{Etudid: int64(i), NIP: fmt.Sprint(22000000 + i), Nom: "ÉTIENNE-GUYÔT", Prenom: "Zoé", Generale: 12.345, Decision: "ADM", ECTS: 30.5, Suite: "S3"}
		for u := range ues {
			e.UEs = append(e.UEs, Cell{Moyenne: 9.996, Code: "CMP", Absent: u == 1})
		}
		for range rcues {
			e.RCUEs = append(e.RCUEs, Cell{Moyenne: math.NaN()})
		}
		m.Etudiants = append(m.Etudiants, e)
	}
	return m
}

var pages = regexp.MustCompile(`/Type /Page\b[^s]`)

func TestPDF(t *testing.T) {
	long := minutes(1, 0, 0)
	long.Etudiants[0].Nom, long.Etudiants[0].Etat = strings.Repeat("Œuvre-", 40), "Démission"
	for _, c := range []struct {
		name  string
		m     *Minutes
		pages int
	}{
		{"nobody", &Minutes{Semestre: "DUT", Date: long.Date}, 1},
		{"a student without UE, whose name is too long", long, 1},
		{"a class", minutes(12, 3, 3), 1},
		{"the signature on its own page", minutes(18, 3, 3), 2},
		{"several pages and many columns", minutes(100, 8, 6), 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			var one, two bytes.Buffer
			if err := c.m.PDF(&one); err != nil {
				t.Fatal(err)
			}
			if err := c.m.PDF(&two); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Errorf("the same minutes give other bytes (%v)", err)
			}
			if got := len(pages.FindAll(one.Bytes(), -1)); got != c.pages {
				t.Errorf("%d pages, want %d", got, c.pages)
			}
		})
	}
}

func TestPreamble(t *testing.T) {
	none, some := minutes(2, 1, 0), minutes(3, 1, 0)
	for i := range none.Etudiants {
		none.Etudiants[i].Decision, none.Etudiants[i].UEs = "", nil
	}
	some.Etudiants[1] = none.Etudiants[1]
	for _, c := range []struct {
		m    *Minutes
		want string
	}{
		{none, "Le jury n’a pas encore arrêté de décision (2 étudiants)."},
		{some, "Le jury, réuni souverainement, a arrêté le 10/07/2024 les décisions suivantes (2 étudiants sur 3 ; un tiret pour qui n’a pas de décision)."},
		{minutes(1, 1, 0), "Le jury, réuni souverainement, a arrêté le 10/07/2024 les décisions suivantes (1 étudiant)."},
	} {
		if got := c.m.preamble(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

func TestXLSX(t *testing.T) {
	var out bytes.Buffer
	if err := minutes(1, 2, 1).XLSX(&out); err != nil {
		t.Fatal(err)
	}
	sheet, err := tableur.Read("pv.xlsx", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, row := range sheet.Rows {
		got.WriteString(strings.Join(row.Cells, ";") + "\n")
	}
	want := "etudid;NIP;Nom;Prénom;État;Moyenne;UE2.1;UE2.1 code;UE2.2;UE2.2 code;RCUE UE1.1 UE2.1;RCUE UE1.1 UE2.1 code;Année;ECTS;Autorisé à s’inscrire en\n" +
		"0;22000000;ÉTIENNE-GUYÔT;Zoé;;12.345;9.996;CMP;9.996;CMP;;;ADM;30.5;S3\n"
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
}

func TestFigures(t *testing.T) {
	for in, want := range map[float64]string{12: "12,00", 9.996: "10,00", 9.994: "9,99", math.NaN(): "–"} {
		if got := mean(in); got != want {
			t.Errorf("%v is printed %s", in, got)
		}
	}
	if got := ects(7.5) + " " + ects(30); got != "7,5 30" {
		t.Errorf("ECTS are printed %s", got)
	}
}
