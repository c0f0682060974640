package scolarite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/photo"
)

// Limits of a logo.
const (
	maxLogo       = 2 << 20 // bytes
	maxLogoPixels = 8 << 20
)

// logoRoutes are the entries of "API Logos" and of our extension for them.
func (s *Service) logoRoutes() []api.Route {
	paths := []string{"/logo/{logoname}", "/departement/{departement}/logo/{logoname}", "/departement/id/{dept_id:int}/logo/{logoname}"}
	return []api.Route{
		api.Get("departement_logos", ScoSuperAdmin, s.departementLogos, "/departement/{dept_acronym}/logos").
			Doc("Liste des noms des logos définis pour le département désigné par son acronyme."),
		api.Get("departement_logos_by_id", ScoSuperAdmin, s.departementLogosByID, "/departement/id/{dept_id:int}/logos").
			Doc("Liste des noms des logos définis pour le département désigné par son id."),
		api.Get("logo_get_global", ScoSuperAdmin, s.logoGetGlobal, paths[0]).
			Doc("Renvoie le logo global de nom donné.").
			Describe("L'image est au format png ou jpg; le format retourné dépend du format sous lequel l'image a été initialement enregistrée."),
		api.Get("logo_get_local_dept_by_acronym", ScoSuperAdmin, s.logoGetLocalByAcronym, paths[1]).
			Doc("Le logo: image (format png ou jpg).").
			Describe("Erreur 404 si le département n'a pas de logo de ce nom, même si le site en a un."),
		api.Get("logo_get_local_dept_by_id", ScoSuperAdmin, s.logoGetLocalByID, paths[2]).
			Doc("Le logo: image (format png ou jpg).").
			Describe("Erreur 404 si le département n'a pas de logo de ce nom, même si le site en a un."),
		api.Get("logo_list_globals", ScoSuperAdmin, s.logoListGlobals, "/logos").
			Doc("Liste des noms des logos définis pour le site ScoDoc."),
		api.Post("logo_set", ScoSuperAdmin, s.logoSet, paths...).Extension().Refuses(http.StatusBadRequest).Accepts(maxLogo + 64<<10).
			Doc("Enregistre un logo du site ou d'un département, à la place de celui de ce nom.").
			Describe("Formulaire `multipart/form-data` : le premier fichier, JPEG ou PNG, 2 Mio et 8 millions de pixels au plus. " +
				"Le nom a des lettres, des chiffres, `-` et `_`. Pour le site, la permission doit valoir pour tous les départements."),
		api.Post("logo_delete", ScoSuperAdmin, s.logoDelete, paths[0]+"/delete", paths[1]+"/delete", paths[2]+"/delete").Extension().
			Doc("Supprime un logo du site ou d'un département."),
	}
}

// logosNamed names the logos of a department by its acronym.
type logosNamed struct {
	Acronym string `path:"dept_acronym"`
}

// logoGlobal names a logo of the site.
type logoGlobal struct {
	Name string `path:"logoname"`
}

// logoNamed names a logo of a department, by its acronym.
type logoNamed struct {
	Departement string `path:"departement"`
	logoGlobal
}

// logoNumbered names a logo of a department, by its id.
type logoNumbered struct {
	DeptID int64 `path:"dept_id"`
	logoGlobal
}

// logoRef names a logo of a department in one way or the other, or of the
// site.
type logoRef struct {
	Departement api.Opt[string] `path:"departement"`
	DeptID      api.Opt[int64]  `path:"dept_id"`
	logoGlobal
}

// logoNew is a logo to keep.
type logoNew struct {
	logoRef
	File api.Upload `file:"*"`
}

// logoListGlobals returns the names of the site's logos, in order.
func (s *Service) logoListGlobals(ctx context.Context, _ api.None) ([]string, error) {
	return s.Store.Read().LogoNames(ctx, 0)
}

// departementLogos returns the names of a department's logos, in order, or
// NotFound.
func (s *Service) departementLogos(ctx context.Context, in logosNamed) ([]string, error) {
	dept, err := visibleDepartementNamed(ctx, s.Store.Read(), in.Acronym)
	if err != nil {
		return nil, err
	}
	return s.Store.Read().LogoNames(ctx, dept.ID)
}

// departementLogosByID is [Service.departementLogos] by id.
func (s *Service) departementLogosByID(ctx context.Context, in departementNumbered) ([]string, error) {
	dept, err := visibleDepartement(ctx, s.Store.Read(), in.ID)
	if err != nil {
		return nil, err
	}
	return s.Store.Read().LogoNames(ctx, dept.ID)
}

// logoGetGlobal returns a logo of the site, or NotFound.
func (s *Service) logoGetGlobal(ctx context.Context, in logoGlobal) (api.File, error) {
	return s.logo(ctx, logoRef{logoGlobal: in})
}

// logoGetLocalByAcronym returns a logo of a department's own, or NotFound.
func (s *Service) logoGetLocalByAcronym(ctx context.Context, in logoNamed) (api.File, error) {
	return s.logo(ctx, logoRef{Departement: api.Some(in.Departement), logoGlobal: in.logoGlobal})
}

// logoGetLocalByID is [Service.logoGetLocalByAcronym] by the department's id.
func (s *Service) logoGetLocalByID(ctx context.Context, in logoNumbered) (api.File, error) {
	return s.logo(ctx, logoRef{DeptID: api.Some(in.DeptID), logoGlobal: in.logoGlobal})
}

// logo returns a logo, or NotFound. Whoever keeps it asks each time whether it
// still stands.
func (s *Service) logo(ctx context.Context, in logoRef) (api.File, error) {
	q := s.Store.Read()
	dept, err := in.departement(ctx, q)
	if err != nil {
		return api.File{}, err
	}
	row, err := q.Logo(ctx, db.LogoParams{DeptID: dept.ID, Name: in.Name})
	if err != nil {
		return api.File{}, logoUnknown(err)
	}
	return api.File{
		ContentType: row.ContentType, Content: bytes.NewReader(row.Content), Size: int64(len(row.Content)), Inline: true,
		Modified: row.ModifiedAt.Time, ETag: `"` + checksum(row.Content) + `"`, CacheControl: "private, no-cache",
	}, nil
}

// logoSet keeps a logo in the place of any other of the name. NotFound for an
// unknown department or a name that none can have; Invalid, 400 on the wire,
// for what is no picture; TooLarge over the limits; Forbidden for the site's
// without the permission in all departments.
func (s *Service) logoSet(ctx context.Context, in logoNew) (OK, error) {
	if err := in.mayChange(ctx); err != nil {
		return OK{}, err
	}
	if _, err := in.departement(ctx, s.Store.Read()); err != nil {
		return OK{}, err // before the work
	}
	if !logoPattern.MatchString(in.Name) {
		return OK{}, errs.NewInvalid("logoname", "logo_name", "param 'logoname': invalide (1 à 64 lettres, chiffres, - ou _)")
	}
	content, contentType, err := readLogo(in.File)
	if err != nil {
		return OK{}, err
	}
	if err := checkLogo(content); err != nil {
		return OK{}, err
	}
	return done, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		dept, err := in.departement(ctx, q)
		if err != nil {
			return err
		}
		action := "logo.update"
		old, err := q.Logo(ctx, db.LogoParams{DeptID: dept.ID, Name: in.Name})
		switch {
		case err == nil:
			err = q.DeleteLogo(ctx, old.ID)
		case errs.Is(logoUnknown(err), errs.NotFound):
			action, err = "logo.create", nil
		}
		if err != nil {
			return err
		}
		row, err := q.AddLogo(ctx, db.AddLogoParams{
			DeptID: zeroIsNil(dept.ID), Name: in.Name, ContentType: contentType, Content: content, ModifiedAt: s.now(),
		})
		if err != nil {
			return err
		}
		return s.record(ctx, q, action, "logo", row.ID, row.Name, logoImage(dept, old), logoImage(dept, row))
	})
}

// logoDelete takes a logo away, or NotFound; Forbidden as in logoSet.
func (s *Service) logoDelete(ctx context.Context, in logoRef) (OK, error) {
	if err := in.mayChange(ctx); err != nil {
		return OK{}, err
	}
	return done, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		dept, err := in.departement(ctx, q)
		if err != nil {
			return err
		}
		row, err := q.Logo(ctx, db.LogoParams{DeptID: dept.ID, Name: in.Name})
		if err != nil {
			return logoUnknown(err)
		}
		if err := q.DeleteLogo(ctx, row.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "logo.delete", "logo", row.ID, row.Name, logoImage(dept, row), nil)
	})
}

func logoUnknown(err error) error { return db.NotFound(err, "logo_unknown", "logo inconnu") }

// departement returns the department of the logo, one without an id for the
// site; it exists for ctx's request, or NotFound.
func (r logoRef) departement(ctx context.Context, q *db.Queries) (db.Departement, error) {
	if !r.Departement.Set && !r.DeptID.Set {
		return db.Departement{}, nil
	}
	return departementOr(ctx, q, r.Departement, r.DeptID)
}

// mayChange returns Forbidden when the logo is the site's and ctx's caller does
// not hold the permission in all departments.
func (r logoRef) mayChange(ctx context.Context) error {
	if r.Departement.Set || r.DeptID.Set {
		return nil
	}
	return requireEverywhere(ctx, ScoSuperAdmin)
}

var logoPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

var (
	errLogoType   = errs.New(errs.Invalid, "logo_type", "type d'image invalide")
	errLogoSize   = errs.New(errs.TooLarge, "logo_size", "logo de plus de 2 Mio")
	errLogoPixels = errs.New(errs.TooLarge, "logo_pixels", "logo de plus de 8 millions de pixels")
)

// readLogo reads a file sent and returns its media type, told from its first
// bytes. Invalid when it is neither JPEG nor PNG, whatever its size; else
// TooLarge over the limit.
func readLogo(file api.Upload) (content []byte, contentType string, err error) {
	content, err = uploadBytes(file, maxLogo)
	if err != nil {
		return nil, "", err
	}
	contentType = http.DetectContentType(content)
	switch {
	case contentType != "image/jpeg" && contentType != "image/png":
		return nil, "", errLogoType
	case len(content) > maxLogo:
		return nil, "", errLogoSize
	}
	return content, contentType, nil
}

// checkLogo returns Invalid for a picture that is broken, TooLarge for one of
// too many pixels.
func checkLogo(content []byte) error {
	_, err := photo.Format(content, maxLogoPixels)
	switch {
	case errors.Is(err, photo.ErrTooMany):
		return errLogoPixels
	case err != nil:
		return errLogoType.Because(err)
	}
	return nil
}

// logoRecord is what the journal says of a logo.
type logoRecord struct {
	Departement string `json:"departement"` // "" for the site
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int    `json:"size"`
	SHA256      string `json:"sha256"`
}

// logoImage returns what the journal says of a row, nil when there is none.
func logoImage(dept db.Departement, row db.Logo) any {
	if row.ID == 0 {
		return nil
	}
	return logoRecord{dept.Acronym, row.Name, row.ContentType, len(row.Content), checksum(row.Content)}
}

// checksum is the SHA-256 of a content, in hexadecimal.
func checksum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
