package bulletin

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// card is a report card of as many modules, each with as many evaluations.
func card(modules, evaluations int) *Bulletin {
	b := &Bulletin{
		Departement: "Département R&T", Formation: "Bachelor Universitaire de Technologie", Semestre: "BUT R&T semestre 1", Annee: "2025 - 2026",
		Date: time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC), Nom: "Mme Zoé ÉTIENNE-GUYÔT", Identite: []Ligne{{"Née le", "14/02/2006"}},
		Scolarite: []Ligne{{"Groupes", "TD1"}}, Remarques: []Ligne{{"Absences", "aucune"}}, Signature: "Le chef de département",
	}
	t := Table{Titre: "Ressources", Columns: []Column{{Titre: "Module", Left: true}, {Titre: "Note", Width: 15}}}
	for m := range modules {
		t.Rows = append(t.Rows, Row{[]string{fmt.Sprintf("R%d – Une ressource", m), "12,50"}, Strong})
		for e := range evaluations {
			t.Rows = append(t.Rows, Row{[]string{fmt.Sprintf("Contrôle %d", e), "9,50"}, Detail})
		}
	}
	b.Sections = []Table{t}
	return b
}

func printed(t *testing.T, b *Bulletin) []byte {
	t.Helper()
	var one, two bytes.Buffer
	if err := b.PDF(&one); err != nil {
		t.Fatal(err)
	}
	if err := b.PDF(&two); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Errorf("the same report card gives other bytes (%v)", err)
	}
	if name := os.Getenv("KEEP_PDF"); name != "" {
		if err := os.WriteFile(name+"/"+strings.ReplaceAll(t.Name(), "/", "_")+".pdf", one.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return one.Bytes()
}

var pagePattern = regexp.MustCompile(`/Type /Page\b[^s]`)

func TestPages(t *testing.T) {
	long := card(3, 1)
	long.Sections[0].Rows[0].Cells[0] = strings.Repeat("Œuvre-", 80)
	long.Sections[0].Rows[2].Cells[0] = strings.Repeat("économie et gestion ", 30)
	long.Nom, long.Remarques[0].Texte, long.Filigrane = strings.Repeat("ÎLE ", 60), strings.Repeat("Assidue. ", 900), strings.Repeat("Provisoire ", 20)
	wide := card(4, 0)
	for range 30 {
		wide.Sections[0].Columns = append(wide.Sections[0].Columns, Column{Titre: "UE", Width: 12})
	}
	for _, c := range []struct {
		name  string
		b     *Bulletin
		pages int
	}{
		{"nothing", &Bulletin{}, 1},
		{"one page", card(8, 2), 1},
		{"several pages", card(40, 4), 5},
		{"texts that are too long", long, 2},
		{"more columns than there is room for", wide, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := len(pagePattern.FindAll(printed(t, c.b), -1)); got != c.pages {
				t.Errorf("%d pages, want %d", got, c.pages)
			}
		})
	}
}

// TestRows: no row is below the foot of a page, and none of a module is there
// without the first of its evaluations.
func TestRows(t *testing.T) {
	for modules := range 60 {
		b := card(modules, 1)
		p := newPage(b)
		table := &b.Sections[0]
		widths := table.widths()
		heights := make([]float64, len(table.Rows))
		for i := range heights {
			heights[i] = p.height(table, &table.Rows[i], widths)
		}
		for i := range table.Rows {
			if began := p.room(p.together(table, heights, i)); began && table.Rows[i].Kind == Detail {
				t.Fatalf("%d modules: row %d begins a page", modules, i)
			}
			if p.row(table, &table.Rows[i], widths, heights[i]); p.GetY() > bottom {
				t.Fatalf("%d modules: row %d ends at %.1f", modules, i, p.GetY())
			}
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"E\u0301tienne": "Étienne", "a\r\n\tb": "a b", "x\u200b\x00y": "xy", "😀 Zoé": "? Zoé", " ": "",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// TestAnyText prints texts of all kinds: none makes the document fail.
func TestAnyText(t *testing.T) {
	b := card(1, 1)
	b.Nom, b.Filigrane = "العربية 漢字 \uffff😀 (a\\b) {pages}", "😀"
	b.Sections[0].Rows[0].Cells[0] = strings.Repeat("漢字\uffff", 300)
	b.Remarques[0].Texte = strings.Repeat("\uffff😀", 600)
	printed(t, b)
}

func TestPicture(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 2000, 500))
	src.Set(0, 0, color.NRGBA{A: 0})
	var file bytes.Buffer
	if err := png.Encode(&file, src); err != nil {
		t.Fatal(err)
	}
	made, err := Picture(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(made))
	if err != nil || got.Bounds().Size() != image.Pt(800, 200) {
		t.Fatalf("%v: %v", got.Bounds(), err)
	}
	if r, _, _, _ := got.At(5, 5).RGBA(); r < 0xf000 {
		t.Errorf("what is transparent is not white but %v", got.At(5, 5))
	}
	if again, err := Picture(made); err != nil || !bytes.Equal(again, made) {
		t.Errorf("a picture made to print is made again (%v)", err)
	}
	if _, err := Picture([]byte("<svg>")); err == nil {
		t.Error("a text is taken for a picture")
	}
	b := card(1, 1)
	b.Photo, b.Logo = made, made
	printed(t, b)
	b.Photo = []byte("none")
	if err := b.PDF(&file); err == nil {
		t.Error("a broken picture is printed")
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestFailure(t *testing.T) {
	if err := card(1, 1).PDF(full{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

func BenchmarkPDF(b *testing.B) {
	c := card(20, 3)
	for b.Loop() {
		if err := c.PDF(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}
