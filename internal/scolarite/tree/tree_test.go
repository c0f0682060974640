package tree

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// both reads one object written in JSON and in XML.
func both(t *testing.T, json, xml string, check func(t *testing.T, n *Node)) {
	t.Helper()
	for kind, text := range map[string]string{"JSON": json, "XML": xml} {
		t.Run(kind, func(t *testing.T) {
			n, err := Read([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			check(t, n)
		})
	}
}

func TestScalarsAreReadLeniently(t *testing.T) {
	both(t, `{"i": 7, "it": " 7 ", "if": 7.0, "f": 2.5, "ft": "2.5", "none": "", "null": null, "b1": 1, "bt": "True", "b0": "0", "text": "é", "n": 12}`,
		`<x i="7" it=" 7 " if="7.0" f="2.5" ft="2.5" none="" b1="1" bt="True" b0="0" text="é" n="12"/>`, func(t *testing.T, n *Node) {
			for _, name := range []string{"i", "it", "if"} {
				if got := n.Int(name, 0, 9); got == nil || *got != 7 {
					t.Errorf("%s = %v", name, got)
				}
			}
			for _, name := range []string{"f", "ft"} {
				if got := n.Float(name, 0, 9); got == nil || *got != 2.5 {
					t.Errorf("%s = %v", name, got)
				}
			}
			for _, name := range []string{"none", "null", "absent"} {
				if n.Float(name, 0, 9) != nil || n.Int(name, 0, 9) != nil || n.IntOr(name, 5, 0, 9) != 5 || n.Bool(name) || n.Text(name, 1) != "" {
					t.Errorf("%s is something", name)
				}
			}
			if !n.Bool("b1") || !n.Bool("bt") || n.Bool("b0") || n.Text("text", 1) != "é" || n.Need("n", 0) != "12" {
				t.Error("booleans or texts")
			}
			if err := n.Err(); err != nil {
				t.Error(err)
			}
		})
}

func TestFaultsTellTheirPlace(t *testing.T) {
	read := func(n *Node) error {
		n.Need("titre", 0)
		for _, ue := range n.List("ue") {
			ue.Need("code", 3)
			ue.Float("ects", 0, 9)
			ue.Int("numero", 0, 9)
			ue.Int("type", 0, 9)
			ue.Bool("externe")
		}
		return n.Err()
	}
	n, err := Read([]byte("\xef\xbb\xbf" + `{"ue": [{"code": "abc"}, {"code": "abcd", "ects": "x", "numero": 10, "type": 1.5, "externe": "oui"}, {"ects": "Inf"}, {"code": "a", "ects": 9.5}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := "titre : manquant ; ue[1].code : trop long (3 caractères au plus) ; ue[1].ects : nombre attendu ; ue[1].numero : hors limites (de 0 à 9) ; " +
		"ue[1].type : entier attendu ; ue[1].externe : booléen attendu ; ue[2].code : manquant ; ue[2].ects : nombre attendu ; ue[3].ects : hors limites (de 0 à 9)"
	if got := read(n); got == nil || got.Error() != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
	if err := n.Err(); err != nil {
		t.Errorf("not forgotten: %v", err)
	}
	if n, err = Read([]byte("<f>\n<ue code='abc'/>\n<ue code='abcd'\n ects='x'/>\n<ue/></f>")); err != nil {
		t.Fatal(err)
	}
	want = "ligne 1, f.titre : manquant ; ligne 4, ue.code : trop long (3 caractères au plus) ; ligne 4, ue.ects : nombre attendu ; ligne 5, ue.code : manquant"
	if got := read(n); got == nil || got.Error() != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
}

func TestContainersOfTheWrongKind(t *testing.T) {
	n, err := ReadJSON([]byte(`{"list": {}, "object": 1, "empty": [], "text": [], "number": {}, "flag": {}, "big": 123456789012345678901234567890}`))
	if err != nil {
		t.Fatal(err)
	}
	n.List("list")
	n.Members("object")
	n.Members("empty")
	n.Need("text", 0)
	n.Float("number", 0, 9)
	n.Bool("flag")
	n.Int("big", 0, math.MaxInt64)
	want := "list : liste attendue ; object : objet attendu ; text : texte attendu ; number : nombre attendu ; flag : booléen attendu ; big : entier attendu"
	if got := n.Err(); got == nil || got.Error() != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
}

func TestTextsHoldNoControls(t *testing.T) {
	n, err := ReadJSON([]byte(`{"a": "x\u0000", "b": ["\u001f"], "c": {"\u0001": 1}, "d": "un\tdeux\r\ntrois \u0092"}`))
	if err != nil {
		t.Fatal(err)
	}
	n.Need("a", 0)
	n.List("b")[0].Value()
	n.Members("c")
	if n.Text("d", 0) != "un\tdeux\r\ntrois \u0092" {
		t.Error("a text has changed")
	}
	want := "a : caractère interdit ; b[0] : caractère interdit ; c.\x01 : caractère interdit"
	if got := n.Err(); got == nil || got.Error() != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestBrokenFiles(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "ligne 1, colonne 1 : JSON invalide",
		"{\"é\":\n  x}":          "ligne 2, colonne 3 : JSON invalide",
		"\"\xff\"":               "le fichier n'est pas en UTF-8",
		`["` + "\x00":            "ligne 1, colonne 3 : JSON invalide",
		"[" + digits(5000) + "]": "JSON invalide : nombre démesuré",
		"  <a>":                  "ligne 1 : XML invalide",
		"<a></b>":                "ligne 1 : XML invalide",
		"<a/><b/>":               "ligne 1 : plusieurs éléments racines",
		"<a/>\n\nx":              "ligne 3 : texte hors de l'élément racine",
		"<!-- rien -->":          "ligne 1 : XML invalide : aucun élément",
		"<!DOCTYPE a>\n<a/>":     "ligne 1 : DOCTYPE refusé",
		"<a b='&x;'/>":           "ligne 1 : XML invalide",
		"<a b='\xff'/>":          "ligne 1 : XML invalide",
		"<?xml version='1.0' encoding='EBCDIC'?><a/>": "ligne 1 : encodage inconnu : EBCDIC",
		strings.Repeat("<a>", 40):                     "ligne 1 : plus de 32 niveaux d'imbrication",
		strings.Repeat("[", 40):                       "plus de 32 niveaux d'imbrication",
		"<a>" + strings.Repeat("<b/>", MaxItems):      "ligne 1 : plus de 100000 éléments dans le fichier",
	} {
		_, err := Read([]byte(text))
		var faults *Error
		if !errors.As(err, &faults) || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func digits(n int) string { return strings.Repeat("9", n) }

func TestOldEncodings(t *testing.T) {
	for _, encoding := range []string{"ISO-8859-1", "windows-1252", "iso-8859-15"} {
		n, err := Read([]byte("<?xml version='1.0' encoding='" + encoding + "'?><a titre='\xe9t\xe9'>\xe8</a>"))
		if err != nil || n.Text("titre", 0) != "été" || n.Content() != "è" {
			t.Errorf("%s: %v", encoding, err)
		}
	}
}

func TestManyFaultsAndItems(t *testing.T) {
	n, err := ReadJSON([]byte(`{"ue": [` + strings.Repeat(`1,`, 49) + `1], "more": [` + strings.Repeat(`1,`, MaxItems) + `1]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, ue := range n.List("ue") {
		ue.Need("code", 0)
	}
	if len(n.List("more")) != 0 {
		t.Error("too many items were read")
	}
	var faults *Error
	if !errors.As(n.Err(), &faults) || len(faults.Faults) != maxFaults || faults.Others != 31 || !strings.HasSuffix(faults.Error(), " ; et 31 autres fautes") {
		t.Errorf("%+v", faults)
	}
}

// hostile returns the worst files of some megabytes.
func hostile() map[string]string {
	return map[string]string{
		"text in pieces":    "<a>" + strings.Repeat("x<!---->", 400_000) + "</a>",
		"attributes":        "<a " + attributes(200_000) + "/>",
		"nested lists":      `{"ue":[` + strings.Repeat("[],", 1_000_000) + "1]}",
		"broken at the end": "[" + strings.Repeat("1,", 1_000_000),
	}
}

// TestHostileFilesAreCheap: reading one takes memory in proportion to it, never
// to its square.
func TestHostileFilesAreCheap(t *testing.T) {
	for name, text := range hostile() {
		before := allocated()
		readAll(text)
		if times := (allocated() - before) / uint64(len(text)); times > 500 {
			t.Errorf("%s takes %d times its length", name, times)
		}
	}
}

func readAll(text string) {
	if n, err := Read([]byte(text)); err == nil {
		n.List("ue")
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func BenchmarkHostileFiles(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				readAll(text)
			}
		})
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("b", i%7) + "='' ")
	}
	return b.String()
}

func TestNames(t *testing.T) {
	n, err := ReadXML([]byte("<f><a x='1'/><g><a/></g><a>t</a><b>u</b></f>"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range n.List("a") {
		got = append(got, a.Name()+" "+a.Content())
	}
	b, ok := n.Get("b")
	if diff := cmp.Diff([]string{"a ", "a t"}, got); diff != "" || !ok || b.Value() != "u" || n.Either("z", "b") != "b" || n.Either("y", "z") != "y" {
		t.Errorf("%v %s", got, diff)
	}
}
