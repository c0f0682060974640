package scolarite

import (
	"context"

	"intendant/internal/api"
)

// Pages returns the addresses that answers name beside the API: those of
// ScoDoc's own pages, /ScoDoc/<dept>/Scolarite/…, which clients follow as they
// are.
func (s *Service) Pages() *api.System {
	return &api.System{
		Name: "scolarite-pages", Base: "/ScoDoc/Scolarite", Departmental: true, FindDepartement: s.findDepartement,
		Dialect: api.ScoDoc{Words: words},
		Routes: api.Family("Étudiants",
			api.Get("get_photo_image", ScoView, s.photoImage, "/get_photo_image").Extension().
				Doc("La photo d'un étudiant, ou l'image de ceux qui n'en ont pas : l'adresse photo_url des bulletins."),
		),
	}
}

type photoImageIn struct {
	Etudid int64  `query:"etudid"`
	Size   string `query:"size" default:"orig" enum:"orig|small"`
}

// photoImage is etudiantPhoto under the address that report cards give.
func (s *Service) photoImage(ctx context.Context, in photoImageIn) (api.File, error) {
	return s.etudiantPhoto(ctx, photoIn{etudRef{Etudid: api.Some(in.Etudid)}, in.Size})
}
