package scolarite_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// sending is a POST of a file in a form, under a name that no one asked for.
func sending(t *testing.T, to string, as who, name string, data []byte) request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.SetBoundary("limite"); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("fichier", name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(data)
	form.Close()
	return request{to: to, as: as, headers: []string{"Content-Type: " + form.FormDataContentType()}, body: body.String()}
}

// portrait is a PNG of one colour.
func portrait(t *testing.T, w, h int, c color.Color) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			picture.Set(x, y, c)
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, picture); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func sizeOf(t *testing.T, a answer) image.Point {
	t.Helper()
	c, err := jpeg.DecodeConfig(strings.NewReader(a.body))
	if err != nil {
		t.Fatalf("%v in %s %q", err, a.Status, a.Header)
	}
	return image.Pt(c.Width, c.Height)
}

func TestEtudiantPhoto(t *testing.T) {
	const drawn = "Wed, 01 Jan 2025 00:00:00 GMT"
	s := open(t)
	none := s.get("etudiant/etudid/1/photo")
	if none.Header.Get("Content-Type") != "image/jpeg" || none.Header.Get("Cache-Control") != "private, max-age=3600" || none.Header.Get("Last-Modified") != drawn || sizeOf(t, none).Y != 360 {
		t.Errorf("placeholder: %v", none.Header)
	}
	// A later date is that of a picture taken away since.
	for header, want := range map[string]int{
		"If-Modified-Since: " + drawn: 304, "If-None-Match: " + none.Header.Get("ETag"): 304,
		"If-Modified-Since: Thu, 02 Jan 2025 00:00:00 GMT": 200, "If-Modified-Since: Tue, 31 Dec 2024 00:00:00 GMT": 200, "If-Modified-Since: hier": 200,
	} {
		for _, size := range []string{"", "?size=small"} {
			a := s.send(request{to: "GET etudiant/etudid/1/photo" + size, as: chef, headers: []string{header}})
			if size != "" && strings.HasPrefix(header, "If-None-Match") {
				want = http.StatusOK // of the other size
			}
			if a.StatusCode != want || a.Header.Get("Last-Modified") != drawn && want == 200 || (a.body == "") != (want == 304) {
				t.Errorf("placeholder%s, %s: %d %v", size, header, a.StatusCode, a.Header)
			}
		}
	}
	s.example("etudiant_photo", sending(t, "POST /ScoDoc/RT/api/etudiant/nip/22000001/photo", holding("RT", scolarite.EtudChangeAdr), "simone.png", portrait(t, 200, 300, color.RGBA{200, 10, 10, 255})))

	a := s.get("etudiant/etudid/1/photo")
	if sizeOf(t, a) != image.Pt(200, 300) || a.Header.Get("Last-Modified") != "Mon, 17 Nov 2025 10:00:00 GMT" || a.ContentLength != int64(len(a.body)) {
		t.Errorf("picture: %v", a.Header)
	}
	if a := s.get("etudiant/ine/INE0000001A/photo?size=orig"); sizeOf(t, a) != image.Pt(270, 360) { // of student 6
		t.Errorf("another department: %v", sizeOf(t, a))
	}
	if a := s.get("/ScoDoc/RT/api/etudiant/ine/INE0000001A/photo?size=small"); sizeOf(t, a) != image.Pt(60, 90) {
		t.Errorf("small: %v", sizeOf(t, a))
	}
	for _, header := range []string{"If-Modified-Since: Mon, 17 Nov 2025 10:00:00 GMT", "If-None-Match: " + a.Header.Get("ETag")} {
		if a := s.send(request{to: "GET etudiant/etudid/1/photo", as: chef, headers: []string{header}}); a.StatusCode != http.StatusNotModified || a.body != "" {
			t.Errorf("%s: %d", header, a.StatusCode)
		}
	}
	if a := s.send(request{to: "GET etudiant/etudid/1/photo", as: chef, headers: []string{"If-Modified-Since: Mon, 17 Nov 2025 09:59:59 GMT"}}); a.StatusCode != http.StatusOK {
		t.Errorf("older copy: %d", a.StatusCode)
	}
	if got := member(t, s.get("etudiant/etudid/1"), "photo_filename"); got != "F01/RT_1" {
		t.Errorf("photo_filename %v", got)
	}
	// Another in its place, then none.
	s.send(sending(t, "POST etudiant/etudid/1/photo", chef, "b.png", portrait(t, 50, 50, color.Black)))
	if a := s.get("etudiant/etudid/1/photo"); sizeOf(t, a) != image.Pt(50, 50) {
		t.Errorf("replaced: %v", sizeOf(t, a))
	}
	s.example("etudiant_photo_delete", request{to: "POST etudiant/etudid/1/photo/delete", as: chef})
	if a := s.send(request{to: "GET etudiant/etudid/1/photo", as: chef, headers: []string{"If-Modified-Since: Mon, 17 Nov 2025 10:00:00 GMT"}}); a.StatusCode != 200 || sizeOf(t, a).Y != 360 {
		t.Errorf("deleted: %s", a.Status)
	}
	if got := s.value("SELECT group_concat(action, ' ') FROM (SELECT action FROM journal WHERE action LIKE 'etudiant.photo%' ORDER BY id)"); got != "etudiant.photo_set etudiant.photo_set etudiant.photo_delete" {
		t.Errorf("journal: %s", got)
	}
}

func TestEtudiantPhotoRefusals(t *testing.T) {
	s := open(t)
	good := portrait(t, 20, 20, color.Black)
	large := append(append([]byte{}, good...), make([]byte, 1<<20)...)
	s.refuses([]refusal{
		{"unknown size", request{to: "GET etudiant/etudid/1/photo?size=medium", as: chef}, "404 param 'size': invalide"},
		{"unknown student", request{to: "GET etudiant/etudid/99/photo", as: chef}, "404 étudiant inconnu"},
		{"another department", request{to: "GET /ScoDoc/GEA/api/etudiant/etudid/1/photo", as: chef}, "404 étudiant inconnu"},
		{"no permission", request{to: "GET etudiant/etudid/1/photo", as: other}, "403 permission requise : ScoView"},
		{"nobody", sending(t, "POST etudiant/etudid/1/photo", nobody, "a.png", good), "401 Non autorise (logic)"},
		{"no permission to send", sending(t, "POST etudiant/etudid/1/photo", holding("", scolarite.ScoView), "a.png", good), "403 permission requise : EtudChangeAdr"},
		{"of nobody", sending(t, "POST etudiant/etudid/99/photo", chef, "a.png", good), "404 étudiant inconnu"},
		{"of another department", sending(t, "POST /ScoDoc/GEA/api/etudiant/etudid/1/photo", chef, "a.png", good), "404 étudiant inconnu"},
		{"no file", request{to: "POST etudiant/etudid/1/photo", as: chef, body: "a=1"}, "400 fichier manquant"},
		{"ten bytes", sending(t, "POST etudiant/etudid/1/photo", chef, "a.png", good[:10]), "400 fichier trop petit pour une photo"},
		{"no picture", sending(t, "POST etudiant/etudid/1/photo", chef, "a.png", []byte("<html>une page</html>")), "400 format d'image inconnu (JPEG, PNG ou GIF attendu)"},
		{"cut short", sending(t, "POST etudiant/etudid/1/photo", chef, "a.png", good[:len(good)-20]), "400 image illisible"},
		{"over a mebibyte", sending(t, "POST etudiant/etudid/1/photo", chef, "a.png", large), "413 photo de plus de 1 Mio"},
		{"far over it", sending(t, "POST etudiant/etudid/1/photo", chef, "a.png", append(large, large...)), "413 corps de la requête trop volumineux"},
		{"nothing to delete", request{to: "POST etudiant/etudid/1/photo/delete", as: chef}, "404 cet étudiant n'a pas de photo"},
		{"delete of nobody", request{to: "POST etudiant/nip/99/photo/delete", as: chef}, "404 étudiant inconnu"},
	})
	if got := s.value("SELECT count(*) FROM photos"); got != "0" {
		t.Errorf("%s pictures", got)
	}
}
