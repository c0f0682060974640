package scolarite_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

var (
	pdfStream = regexp.MustCompile(`(?s)/Length \d+\s*>>\s*stream\n(.*?)\nendstream`)
	pdfShown  = regexp.MustCompile(`(?s)BT [-\d.]+ [-\d.]+ Td \((.*?)\) ?Tj ET`)
	pdfPage   = regexp.MustCompile(`/Type /Page\b[^s]`)
)

// pdfText is the texts of a document, one a line, in the order they are drawn.
func pdfText(t testing.TB, doc string) string {
	t.Helper()
	var out strings.Builder
	for _, stream := range pdfStream.FindAllStringSubmatch(doc, -1) {
		r, err := zlib.NewReader(strings.NewReader(stream[1]))
		if err != nil {
			continue // a picture
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range pdfShown.FindAllSubmatch(content, -1) {
			text := bytes.NewBuffer(nil)
			for i := 0; i < len(shown[1]); i++ {
				if c := shown[1][i]; c != '\\' {
					text.WriteByte(c)
					continue
				}
				i++
				text.WriteByte(map[byte]byte{'r': '\r', '(': '(', ')': ')', '\\': '\\'}[shown[1][i]])
			}
			var units []uint16
			for b := text.Bytes(); len(b) > 1; b = b[2:] {
				units = append(units, uint16(b[0])<<8|uint16(b[1]))
			}
			out.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	return out.String()
}

// pdf reads a report card to be printed, and its text.
func (s *site) pdf(path string) (doc, text string) {
	s.t.Helper()
	a := s.get(path)
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.body, "%PDF-") ||
		!strings.HasPrefix(a.Header.Get("Content-Disposition"), "inline") {
		s.t.Fatalf("%s: %s %v", path, a.line(), a.Header)
	}
	if dir := os.Getenv("KEEP_PDF"); dir != "" {
		if err := os.WriteFile(dir+"/"+strings.ReplaceAll(path, "/", "_")+".pdf", []byte(a.body), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	return a.body, pdfText(s.t, a.body)
}

// illustrated gives students 1 and 6 a photograph, and the site a logo.
func (s *site) illustrated() {
	s.t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i/1200*2) | byte(i%4/3*255) // opaque
	}
	var logo bytes.Buffer
	if err := png.Encode(&logo, picture); err != nil {
		s.t.Fatal(err)
	}
	s.exec(fmt.Sprintf(`INSERT INTO logos (dept_id, name, content_type, content, modified_at) VALUES (NULL, 'header', 'image/png', x'%x', '2025-09-01T08:00:00.000Z');
		INSERT INTO photos (etudid, orig, small, modified_at) SELECT id, x'%x', x'00', '2025-09-01T08:00:00.000Z' FROM etudiants WHERE id IN (1, 6)`, logo.Bytes(), logo.Bytes()))
}

// shown are the preferences that print all there is.
const shown = `INSERT INTO preferences (name, value) SELECT value, 'true' FROM
	json_each('["bul_show_minmax", "bul_show_minmax_mod", "bul_show_minmax_eval", "bul_show_codemodules", "bul_show_all_evals"]');`

func TestBulletinPDF(t *testing.T) {
	s := openMarks(t)
	s.exec(decided + shown)
	s.illustrated()
	for name, path := range map[string]string{
		"but":       "etudiant/etudid/1/formsemestre/1/bulletin/long/pdf",
		"classique": "etudiant/etudid/6/formsemestre/4/bulletin/long/pdf",
		"butcourt":  "etudiant/etudid/101/formsemestre/1/bulletin/butcourt/pdf/nosig",
		"demission": "etudiant/etudid/4/formsemestre/1/bulletin/selectedevals/pdf",
	} {
		doc, text := s.pdf(path)
		golden(t, "testdata/bulletins/"+name+".txt", text)
		if again := s.get(path).body; again != doc {
			t.Errorf("%s: the same report card gives other bytes", name)
		}
	}
}

func TestBulletinPDFSigned(t *testing.T) {
	s := openMarks(t)
	for _, path := range []string{"etudiant/etudid/1/formsemestre/1/bulletin/short/pdf", "etudiant/etudid/6/formsemestre/4/bulletin/selectedevals/pdf"} {
		_, signed := s.pdf(path)
		_, unsigned := s.pdf(path + "/nosig")
		if !strings.Contains(signed, "signature") || strings.Contains(unsigned, "signature") || !strings.Contains(unsigned, "Provisoire") {
			t.Errorf("signed:\n%s\nunsigned:\n%s", signed, unsigned)
		}
	}
}

// TestBulletinPDFRules changes something of the site and reads what is printed,
// and what is not.
func TestBulletinPDFRules(t *testing.T) {
	const but, classique = "etudiant/etudid/1/formsemestre/1/bulletin/long/pdf", "etudiant/etudid/6/formsemestre/4/bulletin/long/pdf"
	preference := func(name, value string) string {
		return fmt.Sprintf("INSERT INTO preferences (name, value) VALUES ('%s', '%s');", name, value)
	}
	for _, tt := range []struct{ name, do, path, has, hasNot string }{
		{"nothing", "", but, "Rang|Promo.|Coef. UE1.1|ECTS|Rang dans le groupe TD TD1|aucune|Provisoire", "Min.|Décisions d’UE"},
		{"ranks hidden", preference("bul_show_rangs", "false") + preference("bul_show_ue_rangs", "false"), but, "Moyenne générale", "Rang|Rang dans le groupe TD TD1"},
		{"the class hidden", preference("bul_show_moypromo", "false"), but, "Note /20", "Promo."},
		{"coefficients and credits hidden", preference("bul_show_coef", "false") + preference("bul_show_ects", "false"), but, "Note /20", "Coef. UE1.1|ECTS"},
		{"no general mean", "UPDATE formsemestres SET block_moyenne_generale = 1;", but, "12,53", "Moyenne générale"},
		{"the department's name", preference("DeptName", `"Gestion"`), classique, "Département Gestion", "Département GEA"},
		{"days", decided + preference("assi_metrique", `"J."`), but, "2 jours, dont 1 non justifié", "Provisoire"},
		{"hours", decided + preference("assi_metrique", `"H."`), but, "11,5 heures, dont 2 non justifiées", ""},
		{"no absence unjustified", decided, classique, "1 demi-journée, dont aucune non justifiée", "Provisoire"},
		{"not provisional before a jury", preference("bul_show_temporary", "false"), classique, "Moyenne générale", "Provisoire"},
		{"classic", "", classique, "Introduction à l’économie|Coef.|Rang|Provisoire", "M1101 – Introduction à l’économie"},
		{"classic, ranks of modules hidden", preference("bul_show_mod_rangs", "false"), classique, "3 / 4", "2 ex / 4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := openMarks(t)
			s.exec(tt.do)
			_, text := s.pdf(tt.path)
			for _, line := range strings.Split(tt.has, "|") {
				if !strings.Contains("\n"+text, "\n"+line+"\n") {
					t.Errorf("no %q in\n%s", line, text)
				}
			}
			for _, line := range strings.Split(tt.hasNot, "|") {
				if line != "" && strings.Contains("\n"+text, "\n"+line+"\n") {
					t.Errorf("%q in\n%s", line, text)
				}
			}
		})
	}
}

// TestBulletinPDFLogo: the department's logo goes before the site's.
func TestBulletinPDFLogo(t *testing.T) {
	s := openMarks(t)
	const path = "etudiant/etudid/2/formsemestre/1/bulletin/short/pdf"
	plain, _ := s.pdf(path)
	s.illustrated()
	site, _ := s.pdf(path)
	s.exec(fmt.Sprintf(`INSERT INTO logos (dept_id, name, content_type, content, modified_at) VALUES (1, 'header', 'image/png', x'%x', '2025-09-01T08:00:00.000Z')`, square(t)))
	dept, _ := s.pdf(path)
	if plain == site || site == dept || !strings.Contains(dept, "/Width 8") {
		t.Error("the logo is not that of the department, else of the site")
	}
}

// square is a small PNG picture.
func square(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBulletinPDFRefusals(t *testing.T) {
	s := openMarks(t)
	const but, classique = "GET etudiant/etudid/1/formsemestre/1/bulletin/", "GET etudiant/etudid/6/formsemestre/4/bulletin/"
	s.refuses([]refusal{
		{"butcourt of a classic semester", request{to: classique + "butcourt/pdf", as: chef}, "404 version invalide"},
		{"butcourt of a classic semester, unsigned", request{to: classique + "butcourt/pdf/nosig", as: chef}, "404 version invalide"},
		{"an unknown version", request{to: but + "all/pdf", as: chef}, "404 version invalide"},
		{"nobody", request{to: but + "long/pdf", as: nobody}, "401 Non autorise (logic)"},
		{"without the permission", request{to: but + "long/pdf/nosig", as: other}, "403 permission requise : ScoView"},
		{"a student of another semester", request{to: "GET etudiant/etudid/6/formsemestre/1/bulletin/long/pdf", as: chef}, "404 étudiant inconnu"},
	})
	s.exec("UPDATE formsemestres SET bul_hide_xml = 1")
	s.refuses([]refusal{{"not published", request{to: but + "long/pdf", as: chef}, "404 bulletin non publié"}})
}

// BenchmarkBulletinPDF prints the report cards, in full, of 200 students of a
// BUT of 600 with 6 UEs, 20 modules and 60 evaluations: 4 s at most.
func BenchmarkBulletinPDF(b *testing.B) {
	s := largeSite(b)
	a := s.get("etudiant/etudid/1010/formsemestre/50/bulletin/long/pdf")
	if pages := len(pdfPage.FindAllString(a.body, -1)); pages < 2 {
		b.Fatalf("%d pages: %.200s", pages, a.line())
	}
	var spent time.Duration
	for b.Loop() {
		start := time.Now()
		for i := range 200 {
			s.get(fmt.Sprintf("etudiant/etudid/%d/formsemestre/50/bulletin/long/pdf", 1001+i))
		}
		spent += time.Since(start)
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "ms/200")
}
