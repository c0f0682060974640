package scolarite_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// proof is a file of a form.
type proof struct{ field, name, content string }

// proofs is a POST of files in a form, their names as they are, whatever is in
// them.
func proofs(to string, as who, files ...proof) request {
	var body strings.Builder
	for _, f := range files {
		fmt.Fprintf(&body, "--limite\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n\r\n%s\r\n", f.field, f.name, f.content)
	}
	body.WriteString("--limite--\r\n")
	return request{to: "POST " + to, as: as, headers: []string{"Content-Type: multipart/form-data; boundary=limite"}, body: body.String()}
}

// files are the files of a justification in the base, by name.
func (s *site) files(justifID int) map[string]string {
	s.t.Helper()
	kept := map[string]string{}
	text := s.value(fmt.Sprintf("SELECT json_group_object(name, hex(content)) FROM justificatif_files WHERE justif_id = %d", justifID))
	s.must(json.Unmarshal([]byte(text), &kept))
	return kept
}

func TestJustifFileExamples(t *testing.T) {
	s := openAttendance(t)
	s.example("justif_list", request{to: "GET justificatif/1/list", as: account("mdupont")})
	s.example("justif_export", request{to: "POST justificatif/1/export/courrier.txt", as: account("mdupont")})
	s.example("justif_export.refus", request{to: "POST justificatif/1/export/courrier.txt", as: holding("", scolarite.ScoView)})
	s.example("justif_import", proofs("justificatif/2/import", holding("", scolarite.AbsChange), proof{"files", "Convocation Préfecture.pdf", "%PDF-1.4"}))
	s.example("justif_remove", request{to: "POST justificatif/1/remove", as: chef, body: `{"remove": "list", "filenames": ["courrier.txt"]}`})
}

// TestJustifFileRights: all holders of the permission see all; others see what
// they sent, and may read what proves their own justifications.
func TestJustifFileRights(t *testing.T) {
	s := openAttendance(t)
	changer := holding("", scolarite.ScoView, scolarite.AbsChange)
	s.send(proofs("justificatif/1/import", changer, proof{"f", "mien.pdf", "le mien"}))
	for _, tt := range []struct {
		name, base string
		as         who
		list       string
		exports    int
	}{
		{"the author", "/ScoDoc/api/", account("mdupont"), `{"total":3,"filenames":["certificat.pdf"]}`, 200},
		{"who sent one", "/ScoDoc/api/", account("pmartin"), `{"total":3,"filenames":["courrier.txt"]}`, 403},
		{"who sent another", "/ScoDoc/api/", changer, `{"total":3,"filenames":["mien.pdf"]}`, 403},
		{"who sent none", "/ScoDoc/api/", holding("", scolarite.ScoView), `{"total":3,"filenames":[]}`, 403},
		{"a holder", "/ScoDoc/api/", holding("", scolarite.ScoView, scolarite.AbsJustifView), `{"total":3,"filenames":["certificat.pdf","courrier.txt","mien.pdf"]}`, 200},
		{"a holder in the department", "/ScoDoc/RT/api/", holding("RT", scolarite.ScoView, scolarite.AbsJustifView), `{"total":3,"filenames":["certificat.pdf","courrier.txt","mien.pdf"]}`, 200},
	} {
		if got := s.send(request{to: "GET " + tt.base + "justificatif/1/list", as: tt.as}).line(); got != "200 "+tt.list {
			t.Errorf("%s: list %s", tt.name, got)
		}
		a := s.send(request{to: "POST " + tt.base + "justificatif/1/export/certificat.pdf", as: tt.as})
		if a.StatusCode != tt.exports {
			t.Errorf("%s: export %s", tt.name, a.line())
		}
		if a.StatusCode == http.StatusForbidden && a.message() != "opération non autorisée" {
			t.Errorf("%s: %s", tt.name, a.message())
		}
	}
	// The author of a justification reads what others sent with it.
	if a := s.send(request{to: "POST justificatif/1/export/mien.pdf", as: account("mdupont")}); a.line() != "200 le mien" {
		t.Errorf("the author: %s", a.line())
	}
}

func TestJustifExport(t *testing.T) {
	s := openAttendance(t)
	for name, contentType := range map[string]string{
		"a.pdf": "application/pdf", "b.PDF": "application/pdf", "c.jpg": "image/jpeg", "d.png": "image/png", "e.txt": "text/plain; charset=utf-8",
		"f.html": "text/html; charset=utf-8", "g.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"h.exe": "application/octet-stream", "sans_extension": "application/octet-stream", "i.svg": "application/octet-stream",
	} {
		content := "contenu\x00\xff de " + name
		if a := s.send(proofs("justificatif/2/import", chef, proof{"file", name, content})); a.line() != `200 {"filename":"`+name+`"}` {
			t.Fatal(a.line())
		}
		a := s.post("justificatif/2/export/"+name, "")
		if a.StatusCode != 200 || a.body != content || a.ContentLength != int64(len(content)) {
			t.Errorf("%s: %s", name, a.line())
		}
		for header, want := range map[string]string{
			"Content-Type": contentType, "Content-Disposition": `attachment; filename="` + name + `"`, "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store", "Last-Modified": "Mon, 17 Nov 2025 10:00:00 GMT",
		} {
			if got := a.Header.Get(header); got != want {
				t.Errorf("%s: %s is %s, want %s", name, header, got, want)
			}
		}
	}
}

// TestJustifFileNames sends names as they come and looks at what is kept.
func TestJustifFileNames(t *testing.T) {
	s := openAttendance(t)
	const stamp = "2025-11-17-11-00-00-000000"
	long := strings.Repeat("x", 300)
	for _, tt := range []struct{ sent, kept string }{
		{"scan.pdf", "scan.pdf"},
		{"Certificat médical (été).PDF", "Certificat_medical_ete.PDF"},
		{"../../etc/passwd", "passwd"},
		{`..\\..\\Windows\\win.ini`, "win.ini"},
		{`C:\Users\moi\Mes documents\preuve n°1.jpg`, "preuve_n1.jpg"},
		{"/etc/shadow", "shadow"},
		{".htaccess", stamp + ".htaccess"},
		{"..", stamp},
		{".", stamp},
		{"...", stamp},
		{"/", stamp},
		{" ", stamp},
		{"_", stamp},
		{"__.pdf", stamp + ".pdf"},
		{"._.", stamp + "._"},
		{"_.htaccess", stamp + ".htaccess"},
		{"\t_ scan_1.pdf", "scan_1.pdf"},
		{"é", stamp + "e"},
		{"日本.pdf", stamp + ".pdf"},
		{"日本", stamp},
		{"😀😀", stamp},
		{"a b\u00a0c\u2003d\te.txt", "a_b_c_d_e.txt"},
		{"a'b;c&d<e>f|g$h`i%2e%2e%2fj.txt", "abcdefghi2e2e2fj.txt"},
		{"l\u202egpj.exe", "lgpj.exe"},
		{"ab\u0085.txt", "ab_.txt"},
		{"fin.", "fin"},
		{"_description.txt", "description.txt"},
		{"\xff\xfe.pdf", stamp + ".pdf"},
		{long + ".pdf", strings.Repeat("x", 116) + ".pdf"},
		{"y." + long, "y." + strings.Repeat("x", 118)},
		{long, strings.Repeat("x", 120)},
	} {
		got := s.send(proofs("justificatif/2/import", chef, proof{"files", tt.sent, tt.sent}))
		if got.line() != fmt.Sprintf(`200 {"filename":%q}`, tt.kept) {
			t.Errorf("%q: %s, want %s", tt.sent, got.line(), tt.kept)
			continue
		}
		if a := s.post("justificatif/2/export/"+tt.kept, ""); a.line() != strings.TrimSpace("200 "+tt.sent) {
			t.Errorf("%q: export %q", tt.sent, a.line())
		}
		if got := s.post("justificatif/2/remove", fmt.Sprintf(`{"remove": "list", "filenames": [%q]}`, tt.kept)).line(); got != `200 {"response":"removed"}` {
			t.Errorf("%q: remove %s", tt.sent, got)
		}
	}
	if got := s.value("SELECT count(*) || ' ' || (SELECT count(fichier) FROM justificatifs WHERE id = 2) FROM justificatif_files WHERE justif_id = 2"); got != "0 0" {
		t.Errorf("left over: %s", got)
	}
}

// TestJustifFileNameFaults: names that no header may hold are refused, and
// never a fault of the server.
func TestJustifFileNameFaults(t *testing.T) {
	s := openAttendance(t)
	for _, name := range []string{"a\x00b.pdf", "a\nb.pdf", "a\r\nX: y\r\n.pdf", "a\"b.pdf", `a\`, "a\x01b", "a\x7fb"} {
		if a := s.send(proofs("justificatif/2/import", chef, proof{"files", name, "x"})); a.StatusCode >= 500 {
			t.Errorf("%q: %s", name, a.line())
		}
	}
	for name := range s.files(2) {
		if !safeFile.MatchString(name) {
			t.Errorf("kept %q", name)
		}
	}
}

var safeFile = regexp.MustCompile(`^[-_.!A-Za-z0-9]{2,126}$`)

func TestJustifImport(t *testing.T) {
	s := openAttendance(t)
	// A justification that has files keeps its archive; a name that is taken gets
	// a number, and so do those of one form. An empty file is a file.
	if got := s.send(proofs("/ScoDoc/RT/api/justificatif/1/import", chef,
		proof{"b", "certificat.pdf", "deux"}, proof{"a", "certificat.pdf", "un"}, proof{"a", "vide", ""}, proof{"a", "Certificat.pdf", "autre"}, proof{"c", ".tar", "x"},
	)).line(); got != `200 {"filename":"certificat_2.pdf"}` {
		t.Error(got)
	}
	want := map[string]string{
		"certificat.pdf": "255044462D312E340A", "certificat_2.pdf": "756E", "certificat_3.pdf": "64657578", "Certificat.pdf": "6175747265", "vide": "",
		"courrier.txt": s.value("SELECT hex(content) FROM justificatif_files WHERE id = 2"), "2025-11-17-11-00-00-000000.tar": "78",
	}
	if got := s.files(1); !maps.Equal(got, want) {
		t.Errorf("files %v", got)
	}
	if got := member(t, s.get("justificatif/1"), "fichier"); got != "2025-10-08-09-00-00" {
		t.Errorf("fichier %v", got)
	}
	if got := s.post("justificatif/1/export/vide", ""); got.StatusCode != 200 || got.body != "" || got.ContentLength != 0 {
		t.Errorf("an empty file: %s", got.line())
	}
	if got := s.value("SELECT object_name || ' ' || after FROM journal WHERE action = 'justificatif.import'"); got != `Mme Simone COSTA {"fichiers":["certificat_2.pdf","vide","Certificat.pdf","certificat_3.pdf","2025-11-17-11-00-00-000000.tar"]}` {
		t.Errorf("journal: %s", got)
	}
	// The first file of another opens its archive, and the same name is free there.
	if got := s.send(proofs("justificatif/2/import", chef, proof{"", "perdu.pdf", "sans champ"}, proof{"n'importe", "certificat.pdf", "x"})).line(); got != `200 {"filename":"certificat.pdf"}` {
		t.Error(got)
	}
	if got := member(t, s.get("justificatif/2"), "fichier"); got != "2025-11-17-11-00-00-000000" {
		t.Errorf("fichier %v", got)
	}
	if got := s.get("justificatif/2").body; strings.Contains(got, "VALIDE") || !strings.Contains(got, `"etat":"attente"`) {
		t.Errorf("a file changed the state: %s", got)
	}
}

func TestJustifRemove(t *testing.T) {
	s := openAttendance(t)
	// A name given twice counts once: the other file stays, and so does fichier.
	if got := s.post("justificatif/1/remove", `{"remove": "list", "filenames": ["courrier.txt", "courrier.txt"]}`).line(); got != `200 {"response":"removed"}` {
		t.Error(got)
	}
	if got := s.get("justificatif/1/list").line(); got != `200 {"total":1,"filenames":["certificat.pdf"]}` {
		t.Error(got)
	}
	if got := member(t, s.get("justificatif/1"), "fichier"); got != "2025-10-08-09-00-00" {
		t.Errorf("fichier %v", got)
	}
	if got := s.value("SELECT before || ifnull(after, '') FROM journal WHERE action = 'justificatif.remove'"); got != `{"fichiers":["courrier.txt"]}` {
		t.Errorf("journal: %s", got)
	}
	if got := s.post("justificatif/1/remove", `{"remove": "list", "filenames": ["certificat.pdf"]}`).line(); got != `200 {"response":"removed"}` {
		t.Error(got)
	}
	if got := member(t, s.get("justificatif/1"), "fichier"); got != nil {
		t.Errorf("fichier %v without files", got)
	}
	s.refuses([]refusal{{"none left", request{to: "POST justificatif/1/remove", as: chef, body: `{"remove": "all"}`}, "404 le justificatif n'a pas de fichier"}})
	// All of them at once, whatever else is said; others keep theirs.
	for _, id := range []string{"1", "2"} {
		s.send(proofs("justificatif/"+id+"/import", chef, proof{"a", "a.pdf", "1"}, proof{"b", "b.pdf", "2"}))
	}
	if got := s.post("justificatif/1/remove", `{"remove": "all", "filenames": ["inconnu"]}`).line(); got != `200 {"response":"removed"}` {
		t.Error(got)
	}
	if got := s.get("justificatif/1/list").line(); got != `200 {"total":0,"filenames":[]}` {
		t.Error(got)
	}
	if got := s.get("justificatif/2/list").line(); got != `200 {"total":2,"filenames":["a.pdf","b.pdf"]}` {
		t.Error(got)
	}
	// The files of a justification go with it.
	s.post("justificatif/delete", "[2]")
	if got := s.value("SELECT count(*) FROM justificatif_files"); got != "0" {
		t.Errorf("%s files left", got)
	}
}

func TestJustifFileRefusals(t *testing.T) {
	s := openAttendance(t)
	s.send(proofs("justificatif/2/import", chef, proof{"f", "de_2.pdf", "x"}))
	viewer, changer := holding("", scolarite.ScoView), holding("", scolarite.AbsChange)
	one := proof{"files", "a.pdf", "x"}
	remove := func(body string) request { return request{to: "POST justificatif/1/remove", as: chef, body: body} }
	export := func(id, name string) request {
		return request{to: "POST justificatif/" + id + "/export/" + name, as: chef}
	}
	s.refuses([]refusal{
		{"import as nobody", proofs("justificatif/1/import", nobody, one), "401 Non autorise (logic)"},
		{"import as a viewer", proofs("justificatif/1/import", viewer, one), "403 permission requise : AbsChange"},
		{"import to an unknown one", proofs("justificatif/99/import", changer, one), "404 justificatif inconnu"},
		{"import to another department's", proofs("/ScoDoc/GEA/api/justificatif/1/import", chef, one), "404 justificatif inconnu"},
		{"no file", proofs("justificatif/1/import", chef), "404 fichier manquant"},
		{"a file without a name", proofs("justificatif/1/import", chef, proof{"files", "", "x"}), "404 fichier manquant"},
		{"a file in no field", proofs("justificatif/1/import", chef, proof{"", "a.pdf", "x"}), "404 fichier manquant"},
		{"a field that is no file", request{to: "POST justificatif/1/import", as: chef, headers: []string{"Content-Type: multipart/form-data; boundary=limite"}, body: "--limite\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\ntexte\r\n--limite--\r\n"}, "404 fichier manquant"},
		{"no form", request{to: "POST justificatif/1/import", as: chef, body: "files=a"}, "404 fichier manquant"},
		{"no body", request{to: "POST justificatif/1/import", as: chef}, "404 fichier manquant"},
		{"half a form", request{to: "POST justificatif/1/import", as: chef, headers: []string{"Content-Type: multipart/form-data; boundary=limite"}, body: "--limite\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\ntexte"}, "400 corps de la requête illisible"},
		{"a form without boundary", request{to: "POST justificatif/1/import", as: chef, headers: []string{"Content-Type: multipart/form-data"}, body: "x"}, "400 corps de la requête illisible"},

		{"list as nobody", request{to: "GET justificatif/1/list"}, "401 Non autorise (logic)"},
		{"list without permission", request{to: "GET justificatif/1/list", as: changer}, "403 permission requise : ScoView"},
		{"list of an unknown one", request{to: "GET justificatif/99/list", as: viewer}, "404 justificatif inconnu"},
		{"list of another department's", request{to: "GET /ScoDoc/GEA/api/justificatif/1/list", as: chef}, "404 justificatif inconnu"},

		{"export by GET", request{to: "GET justificatif/1/export/certificat.pdf", as: chef}, "405 méthode refusée, à cette adresse : POST"},
		{"export as nobody", request{to: "POST justificatif/1/export/certificat.pdf"}, "401 Non autorise (logic)"},
		{"export without permission", request{to: "POST justificatif/1/export/certificat.pdf", as: holding("", scolarite.AbsJustifView)}, "403 permission requise : ScoView"},
		{"export neither as the author nor with the right", request{to: "POST justificatif/1/export/certificat.pdf", as: viewer}, "403 opération non autorisée"},
		{"nor is it said what there is", request{to: "POST justificatif/1/export/inconnu.pdf", as: viewer}, "403 opération non autorisée"},
		{"export from an unknown one", export("99", "certificat.pdf"), "404 justificatif inconnu"},
		{"export from another department's", request{to: "POST /ScoDoc/GEA/api/justificatif/1/export/certificat.pdf", as: chef}, "404 justificatif inconnu"},
		{"export an unknown file", export("1", "inconnu.pdf"), "404 fichier inconnu"},
		{"export the file of another", export("1", "de_2.pdf"), "404 fichier inconnu"},
		{"export by another way", export("1", url.PathEscape("../2/de_2.pdf")), "404 adresse inconnue"},
		{"export from a folder", export("1", "a/certificat.pdf"), "404 adresse inconnue"},
		{"export what is nearly its name", export("1", "Certificat.pdf"), "404 fichier inconnu"},
		{"export a NUL", export("1", "certificat.pdf%00"), "404 fichier inconnu"},

		{"remove as a viewer", request{to: "POST justificatif/1/remove", as: viewer, body: `{"remove": "all"}`}, "403 permission requise : AbsChange"},
		{"remove from an unknown one", request{to: "POST justificatif/99/remove", as: chef, body: `{"remove": "all"}`}, "404 justificatif inconnu"},
		{"remove from another department's", request{to: "POST /ScoDoc/GEA/api/justificatif/1/remove", as: chef, body: `{"remove": "all"}`}, "404 justificatif inconnu"},
		{"remove from one without", request{to: "POST justificatif/3/remove", as: chef, body: `{"remove": "all"}`}, "404 le justificatif n'a pas de fichier"},
		{"remove nothing", remove(`{}`), "404 param 'remove': manquant"},
		{"remove null", remove(`null`), "404 corps de la requête: manquant"},
		{"remove something", remove(`{"remove": "tout"}`), "404 param 'remove': invalide (all ou list)"},
		{"remove 1", remove(`{"remove": 1}`), "404 param 'remove': invalide (texte attendu)"},
		{"remove a list of nothing", remove(`{"remove": "list"}`), "404 param 'filenames': manquant"},
		{"remove null of a list", remove(`{"remove": "list", "filenames": null}`), "404 param 'filenames': manquant"},
		{"remove an empty list", remove(`{"remove": "list", "filenames": []}`), "404 param 'filenames': manquant"},
		{"remove a name that is none", remove(`{"remove": "list", "filenames": "certificat.pdf"}`), "404 param 'filenames': invalide (liste attendue)"},
		{"remove numbers", remove(`{"remove": "list", "filenames": [1]}`), "404 param 'filenames': invalide (texte attendu)"},
		{"remove one that is there and one that is not", remove(`{"remove": "list", "filenames": ["certificat.pdf", "inconnu"]}`), "404 fichier inconnu : inconnu"},
		{"remove the file of another", remove(`{"remove": "list", "filenames": ["de_2.pdf"]}`), "404 fichier inconnu : de_2.pdf"},
		{"broken", remove(`{"remove": `), "400 corps de la requête: JSON invalide"},
	})
	if got := s.value("SELECT group_concat(name, ' ') FROM (SELECT name FROM justificatif_files ORDER BY id)"); got != "certificat.pdf courrier.txt de_2.pdf" {
		t.Errorf("files: %s", got)
	}
}

// TestJustifFileSizes: 16 MiB of files pass, and not a byte more.
func TestJustifFileSizes(t *testing.T) {
	s := openAttendance(t)
	const mebibyte = 1 << 20
	most := strings.Repeat("0123456789abcdef", mebibyte)
	if a := s.send(proofs("justificatif/2/import", chef, proof{"files", "16.bin", most})); a.line() != `200 {"filename":"16.bin"}` {
		t.Fatalf("16 MiB: %s", a.line())
	}
	if a := s.post("justificatif/2/export/16.bin", ""); a.body != most {
		t.Errorf("16 MiB came back as %d bytes", len(a.body))
	}
	if a := s.send(proofs("justificatif/2/import", chef, proof{"a", "8.bin", most[:8*mebibyte]}, proof{"b", "8.bin", most[8*mebibyte:]})); a.StatusCode != 200 {
		t.Errorf("twice 8 MiB: %s", a.line())
	}
	s.refuses([]refusal{
		{"a byte more", proofs("justificatif/2/import", chef, proof{"files", "17.bin", most + "!"}), "413 fichiers de plus de 16 Mio"},
		{"a byte more in two", proofs("justificatif/2/import", chef, proof{"a", "a.bin", most}, proof{"b", "b.bin", "!"}), "413 fichiers de plus de 16 Mio"},
		{"20 MiB", proofs("justificatif/2/import", chef, proof{"files", "20.bin", most + most[:4*mebibyte]}), "413 corps de la requête trop volumineux"},
	})
	if got := s.value("SELECT group_concat(name || length(content), ' ') FROM (SELECT name, content FROM justificatif_files WHERE justif_id = 2 ORDER BY id)"); got != "16.bin16777216 8.bin8388608 8_2.bin8388608" {
		t.Errorf("kept: %s", got)
	}
}

// TestJustifFileSequences sends and removes at random: what is listed is what
// is in the base, nothing is lost or written over, and fichier tells whether
// there is anything.
func TestJustifFileSequences(t *testing.T) {
	s := openAttendance(t)
	random := rand.New(rand.NewPCG(17, 11))
	names := []string{"a.pdf", "a_2.pdf", "A.pdf", "é.pdf", "../a.pdf", `x\a.pdf`, ".pdf", "", " ", "b", "b.tar.gz", "日.txt", strings.Repeat("n", 130) + ".pdf"}
	for step := range 150 {
		id := 1 + random.IntN(3)
		before := s.files(id)
		path := fmt.Sprint("justificatif/", id)
		if random.IntN(5) < 3 {
			sent := make([]proof, 1+random.IntN(4))
			count := 0
			for i := range sent {
				sent[i] = proof{fmt.Sprint("f", random.IntN(2)), names[random.IntN(len(names))], fmt.Sprint(step, "-", i)}
				if sent[i].name != "" {
					count++
				}
			}
			a := s.send(proofs(path+"/import", chef, sent...))
			after := s.files(id)
			if len(after) != len(before)+count || count > 0 != (a.StatusCode == 200) {
				t.Fatalf("step %d: %d files after %d and %v: %s", step, len(after), len(before), sent, a.line())
			}
			for name, content := range before {
				if after[name] != content {
					t.Fatalf("step %d: %s was written over", step, name)
				}
			}
		} else {
			known := slices.Sorted(maps.Keys(before))
			random.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
			gone := known[:random.IntN(len(known)+1)]
			order, _ := json.Marshal(map[string]any{"remove": "list", "filenames": append(slices.Clone(gone), gone...)})
			if random.IntN(4) == 0 {
				order, gone = []byte(`{"remove": "all"}`), known
			}
			a := s.post(path+"/remove", string(order))
			if (a.StatusCode == 200) != (len(gone) > 0) {
				t.Fatalf("step %d: %s: %s", step, order, a.line())
			}
			for _, name := range gone {
				delete(before, name)
			}
			if got := s.files(id); !maps.Equal(got, before) {
				t.Fatalf("step %d: %s left %v, want %v", step, order, got, before)
			}
		}
		s.checkFiles(step, id)
	}
}

// checkFiles holds the list of a justification against the base.
func (s *site) checkFiles(step, id int) {
	s.t.Helper()
	kept := s.files(id)
	var list struct {
		Total     int
		Filenames []string
	}
	s.must(json.Unmarshal([]byte(s.get(fmt.Sprintf("justificatif/%d/list", id)).body), &list))
	if names := slices.Sorted(maps.Keys(kept)); list.Total != len(kept) || !slices.Equal(list.Filenames, names) {
		s.t.Fatalf("step %d: the list says %v, the base %v", step, list, names)
	}
	for name := range kept {
		if !safeFile.MatchString(name) {
			s.t.Fatalf("step %d: kept %q", step, name)
		}
	}
	if got := s.value(fmt.Sprintf("SELECT fichier IS NOT NULL FROM justificatifs WHERE id = %d", id)); got != map[bool]string{false: "0", true: "1"}[len(kept) > 0] {
		s.t.Fatalf("step %d: fichier %s with %d files", step, got, len(kept))
	}
}
