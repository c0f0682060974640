package scolarite_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// picture is a small picture of one colour.
func picture(c color.Color) image.Image {
	return image.NewPaletted(image.Rect(0, 0, 40, 20), color.Palette{c})
}

func pngOf(c color.Color) string {
	var buf bytes.Buffer
	if err := png.Encode(&buf, picture(c)); err != nil {
		panic(err)
	}
	return buf.String()
}

func jpegOf(c color.Color) string {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, picture(c), nil); err != nil {
		panic(err)
	}
	return buf.String()
}

// logoForm is a request with a file in a multipart form, nil for none.
func logoForm(to string, as who, files ...string) request {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i, file := range files {
		part, err := form.CreateFormFile(fmt.Sprint("file", i), "logo.png")
		if err != nil {
			panic(err)
		}
		_, _ = part.Write([]byte(file))
	}
	if err := form.Close(); err != nil {
		panic(err)
	}
	return request{to: "POST " + to, as: as, headers: []string{"Content-Type: " + form.FormDataContentType()}, body: body.String()}
}

func TestLogos(t *testing.T) {
	s := open(t)
	red, blue, jpg := pngOf(color.RGBA{R: 255, A: 255}), pngOf(color.RGBA{B: 255, A: 255}), jpegOf(color.White)
	set := func(to string, as who, files ...string) {
		t.Helper()
		if a := s.send(logoForm(to, as, files...)); a.line() != `200 {"OK":true}` {
			t.Fatalf("%s: %s", to, a.line())
		}
	}
	admin := holding("", scolarite.ScoSuperAdmin)
	set("logo/header", admin, red)
	set("logo/footer", admin, blue)
	set("departement/RT/logo/header", admin, jpg)
	set("departement/id/1/logo/A-1_b", admin, blue, jpg) // the first one
	set("/ScoDoc/GEA/api/departement/GEA/logo/header", holding("GEA", scolarite.ScoSuperAdmin), blue)
	s.example("logo_list_globals", request{to: "GET logos", as: admin})
	s.example("logo_get_global", request{to: "GET logo/header", as: admin})
	s.example("departement_logos", request{to: "GET departement/RT/logos", as: admin})
	s.example("departement_logos_by_id", request{to: "GET departement/id/2/logos", as: admin})
	s.example("logo_get_local_dept_by_acronym", request{to: "GET departement/RT/logo/header", as: admin})
	s.example("logo_get_local_dept_by_id", request{to: "GET departement/id/1/logo/A-1_b", as: admin})
	for path, want := range map[string]string{
		"logo/header":                                  "image/png " + red,
		"departement/RT/logo/header":                   "image/jpeg " + jpg,
		"departement/id/1/logo/A-1_b":                  "image/png " + blue,
		"/ScoDoc/GEA/api/departement/id/2/logo/header": "image/png " + blue,
		"/ScoDoc/GEA/api/logo/header":                  "image/png " + red,
	} {
		a := s.get(path)
		if got := a.Header.Get("Content-Type") + " " + a.body; got != want {
			t.Errorf("%s: %.40q", path, got)
		}
	}
	if got := s.get("departement/OLD/logos").body; got != "[]" {
		t.Error(got)
	}
	// The same again is no change; another takes its place, whatever its type.
	set("logo/header", admin, red)
	set("logo/header", admin, jpg)
	if got := s.get("logo/header"); got.Header.Get("Content-Type") != "image/jpeg" || got.body != jpg {
		t.Errorf("the new logo is %s", got.Header.Get("Content-Type"))
	}
	s.example("logo_delete", request{to: "POST departement/RT/logo/header/delete", as: admin})
	if got := s.send(request{to: "GET departement/RT/logo/header", as: admin}).message(); got != "logo inconnu" { // though the site has one
		t.Error(got)
	}
	if got := s.get("departement/RT/logos").body; got != `["A-1_b"]` {
		t.Error(got)
	}
	if got, want := s.value("SELECT group_concat(action || ' ' || object_name, ', ' ORDER BY id) FROM journal WHERE object_type = 'logo'"),
		"logo.create header, logo.create footer, logo.create header, logo.create A-1_b, logo.create header, logo.update header, logo.delete header"; got != want {
		t.Errorf("the journal has %s\nwant %s", got, want)
	}
	if got := s.value("SELECT before FROM journal WHERE action = 'logo.delete'"); !strings.HasPrefix(got, `{"departement":"RT","name":"header","content_type":"image/jpeg","size":`) {
		t.Error(got)
	}
}

// TestLogoSetExample keeps a form that can be read.
func TestLogoSetExample(t *testing.T) {
	s := open(t)
	r := logoForm("departement/RT/logo/header", chef, pngOf(color.Black))
	a := s.send(r)
	golden(t, "exemples/logo_set.txt", "> POST "+scolarite.Base+"/departement/RT/logo/header\n> Content-Type: multipart/form-data\n> file: logo.png\n< "+
		fmt.Sprint(a.StatusCode)+" "+a.Header.Get("Content-Type")+"\n\n"+a.body)
}

// TestLogoIsKeptByClients: who has a logo asks whether it still stands.
func TestLogoIsKeptByClients(t *testing.T) {
	s := open(t)
	s.send(logoForm("logo/header", chef, pngOf(color.Black)))
	a := s.get("logo/header")
	if got := a.Header.Get("Last-Modified") + ", " + a.Header.Get("Cache-Control") + ", " + a.Header.Get("X-Content-Type-Options"); got != "Mon, 17 Nov 2025 10:00:00 GMT, private, no-cache, nosniff" {
		t.Error(got)
	}
	tag := a.Header.Get("ETag")
	for name, tt := range map[string]struct {
		header string
		want   int
	}{
		"as it was then":        {"If-Modified-Since: Mon, 17 Nov 2025 10:00:00 GMT", http.StatusNotModified},
		"as it was before":      {"If-Modified-Since: Mon, 17 Nov 2025 09:59:59 GMT", http.StatusOK},
		"the same":              {"If-None-Match: " + tag, http.StatusNotModified},
		"the first eight bytes": {"Range: bytes=0-7", http.StatusPartialContent},
	} {
		if got := s.send(request{to: "GET logo/header", as: chef, headers: []string{tt.header}}); got.StatusCode != tt.want {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
	s.send(logoForm("logo/header", chef, pngOf(color.White))) // within the same second
	if got := s.send(request{to: "GET logo/header", as: chef, headers: []string{"If-None-Match: " + tag}}); got.StatusCode != http.StatusOK {
		t.Errorf("another: %d", got.StatusCode)
	}
}

// pngOfSize says that it is a picture of that size and has no pixel of it.
func pngOfSize(width, height uint32) string {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height)
	header = append(header, 8, 0, 0, 0, 0)
	return "\x89PNG\r\n\x1a\n" + string(binary.BigEndian.AppendUint32(nil, uint32(len(header)-4))) + string(header) +
		string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(header)))
}

func TestLogosRefuse(t *testing.T) {
	s := open(t)
	good := pngOf(color.Black)
	var animated bytes.Buffer
	s.must(gif.Encode(&animated, picture(color.Black), nil))
	const noType, noName = "400 type d'image invalide", "404 param 'logoname': invalide (1 à 64 lettres, chiffres, - ou _)"
	set := func(name, to, file, want string) refusal {
		return refusal{name, logoForm(to, chef, file), want}
	}
	jpg := jpegOf(color.White)
	s.refuses([]refusal{
		{"no form", request{to: "POST logo/header", as: chef, body: good}, "400 fichier manquant"},
		{"no file", logoForm("logo/header", chef), "400 fichier manquant"},
		{"a form cut short", request{to: "POST logo/header", as: chef, headers: []string{"Content-Type: multipart/form-data; boundary=x"}, body: "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nabc"}, "400 corps de la requête illisible"},
		set("empty", "logo/header", "", noType),
		set("a text", "logo/header", "bonjour", noType),
		set("a GIF", "logo/header", animated.String(), noType),
		set("a malformed GIF", "logo/header", "GIF89a..........", noType),
		set("a GIF of too many bytes", "logo/header", "GIF89a"+strings.Repeat(".", 2<<20), noType),
		set("a drawing", "logo/header", `<svg xmlns="http://www.w3.org/2000/svg"/>`, noType),
		set("a PNG cut short", "logo/header", good[:len(good)-20], noType),
		set("a JPEG cut short", "logo/header", jpg[:len(jpg)-40], noType),
		set("a PNG with a false sum", "logo/header", strings.Replace(good, "IDAT", "IDAU", 1), noType),
		set("a PNG that unfolds", "logo/header", pngOfSize(1<<15, 1<<15), "413 logo de plus de 8 millions de pixels"),
		set("a long line", "logo/header", pngOfSize(1<<23+1, 1), "413 logo de plus de 8 millions de pixels"),
		set("too large a file", "logo/header", good+strings.Repeat(" ", 2<<20), "413 logo de plus de 2 Mio"),
		set("too large a form", "logo/header", strings.Repeat(" ", 3<<20), "413 corps de la requête trop volumineux"),
		set("a dot in the name", "logo/head.er", good, noName),
		set("an accent in the name", "logo/en-t%C3%AAte", good, noName),
		set("65 letters", "departement/RT/logo/"+strings.Repeat("a", 65), good, noName),
		set("an unknown department", "departement/MMI/logo/header", good, "404 département inconnu"),
		set("an unknown id", "departement/id/9/logo/header", good, "404 département inconnu"),
		set("another department", "/ScoDoc/GEA/api/departement/RT/logo/header", good, "404 département inconnu"),
		set("the id of another department", "/ScoDoc/GEA/api/departement/id/1/logo/header", good, "404 département inconnu"),
		{"nobody", logoForm("logo/header", nobody, good), "401 Non autorise (logic)"},
		{"without permission", logoForm("departement/RT/logo/header", other, good), "403 permission requise : ScoSuperAdmin"},
		{"with it in one department", logoForm("departement/RT/logo/header", holding("RT", scolarite.ScoSuperAdmin), good), "403 permission requise : ScoSuperAdmin"},
		{"the site's, by a department's base", logoForm("/ScoDoc/RT/api/logo/header", holding("RT", scolarite.ScoSuperAdmin), good), "403 permission requise dans tous les départements : ScoSuperAdmin"},
	})
	get := func(name, path, want string) refusal {
		return refusal{name, request{to: "GET " + path, as: chef}, want}
	}
	remove := func(name, path, want string) refusal {
		return refusal{name, request{to: "POST " + path + "/delete", as: chef}, want}
	}
	if a := s.send(logoForm("logo/header", chef, good)); a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	s.refuses([]refusal{
		get("unknown", "logo/footer", "404 logo inconnu"),
		get("of another case", "logo/Header", "404 logo inconnu"),
		get("the site's in a department", "departement/RT/logo/header", "404 logo inconnu"),
		get("the site's in a department by id", "departement/id/1/logo/header", "404 logo inconnu"),
		get("an unknown department", "departement/MMI/logo/header", "404 département inconnu"),
		get("another department", "/ScoDoc/GEA/api/departement/RT/logo/header", "404 département inconnu"),
		get("logos of an unknown department", "departement/MMI/logos", "404 département inconnu"),
		get("logos of another department", "/ScoDoc/GEA/api/departement/id/1/logos", "404 département inconnu"),
		{"nobody reads", request{to: "GET logo/header"}, "401 Non autorise (logic)"},
		{"reading without permission", request{to: "GET logos", as: holding("", scolarite.ScoView)}, "403 permission requise : ScoSuperAdmin"},
		remove("unknown", "logo/footer", "404 logo inconnu"),
		remove("the site's in a department", "departement/RT/logo/header", "404 logo inconnu"),
		remove("an unknown department", "departement/id/9/logo/header", "404 département inconnu"),
		{"deleting the site's by a department's base", request{to: "POST /ScoDoc/RT/api/logo/header/delete", as: holding("RT", scolarite.ScoSuperAdmin)}, "403 permission requise dans tous les départements : ScoSuperAdmin"},
	})
	if got := s.value("SELECT group_concat(name) FROM logos"); got != "header" {
		t.Errorf("the logos are %s", got)
	}
}
