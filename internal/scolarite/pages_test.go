package scolarite_test

import (
	"image/color"
	"testing"

	"intendant/internal/scolarite"
)

// TestPhotoAddress follows the address of a picture that report cards give.
func TestPhotoAddress(t *testing.T) {
	s := openMarks(t)
	s.send(sending(t, "POST etudiant/etudid/1/photo", chef, "a.png", portrait(t, 200, 300, color.Black)))
	address := at(s.get("etudiant/etudid/1/formsemestre/1/bulletin").json(t), "etudiant photo_url")
	small := s.get("etudiant/etudid/1/photo?size=small")
	for _, header := range []string{"Accept: image/avif,image/webp,*/*;q=0.8", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"} {
		a := s.send(request{to: "GET " + address, as: holding("RT", scolarite.ScoView), headers: []string{header}})
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "image/jpeg" || a.body != small.body {
			t.Errorf("%s: %d %s, %d bytes", header, a.StatusCode, a.Header.Get("Content-Type"), len(a.body))
		}
	}
	if a := s.get("/ScoDoc/RT/Scolarite/get_photo_image?etudid=1"); a.body != s.get("etudiant/etudid/1/photo").body {
		t.Error("not the picture as it was sent")
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET " + address}, "401 Non autorise (logic)"},
		{"another department's caller", request{to: "GET " + address, as: holding("GEA", scolarite.ScoView)}, "403 permission requise : ScoView"},
		{"another department's student", request{to: "GET /ScoDoc/GEA/Scolarite/get_photo_image?etudid=1", as: chef}, "404 étudiant inconnu"},
		{"an unknown student", request{to: "GET /ScoDoc/RT/Scolarite/get_photo_image?etudid=999", as: chef}, "404 étudiant inconnu"},
		{"an unknown department", request{to: "GET /ScoDoc/XX/Scolarite/get_photo_image?etudid=1", as: chef}, "404 département inconnu"},
	})
}
