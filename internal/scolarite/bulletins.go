package scolarite

import (
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// bulletinRoutes are the entries of "API Étudiants" about report cards.
func (s *Service) bulletinRoutes() []api.Route {
	const path = "/etudiant/{code_type}/{code}/formsemestre/{formsemestre_id:int}/bulletin"
	return []api.Route{
		api.Get("bulletin", ScoView, s.bulletinGet, path, path+"/{version}").
			Doc("Retourne le bulletin d'un étudiant dans un formsemestre.").Describe(describeBulletin),
		api.Get("bulletin", ScoView, s.bulletinPDF, path+"/{version}/pdf").
			Doc("Retourne le bulletin d'un étudiant dans un formsemestre.").Describe(describeBulletinPDF),
		api.Get("bulletin", ScoView, s.bulletinPDFUnsigned, path+"/{version}/pdf/nosig").
			Doc("Retourne le bulletin d'un étudiant dans un formsemestre.").Describe(describeBulletinPDF),
	}
}

// bulletinsRoutes are the entries of "API Formsemestre" about report cards.
func (s *Service) bulletinsRoutes() []api.Route {
	return []api.Route{
		api.Get("bulletins", ScoView, s.bulletinsGet, "/formsemestre/{formsemestre_id:int}/bulletins", "/formsemestre/{formsemestre_id:int}/bulletins/{version}").
			Doc("Retourne les bulletins d'un formsemestre.").Describe(describeBulletins),
	}
}

const describeBulletin = `code_type : "etudid", "nip" ou "ine". L'étudiant doit être inscrit au formsemestre, dans n'importe quel état. version : short (sans évaluations), selectedevals (défaut : les évaluations montrées aux étudiants), long (toutes), ou butcourt (en BUT, comme short).

Le type vaut "BUT" ou "classic", et la forme en dépend. Les notes et moyennes sont des textes sur 20 ("09.50"), "~" quand il n'y en a pas. Tant qu'un module attend des notes, les rangs du semestre et des groupes sont vides. Si le formsemestre ne publie pas ses bulletins (bul_hide_xml), publie est faux et l'objet s'arrête après les options. Sans la permission ViewEtudData, les données personnelles sont vides. Les décisions de jury ne sont montrées que si la préférence bul_show_decision le veut.`

const describeBulletins = `Ceux de tous les inscrits, démissionnaires et défaillants compris, par nom. version : long (défaut), short ou selectedevals.`

// The versions of report cards: without evaluations, with those shown to
// students, with all.
const (
	versionShort         = "short"
	versionSelectedEvals = "selectedevals"
	versionLong          = "long"
	versionBUTCourt      = "butcourt" // of a BUT, on one page: as short
)

var errVersionUnknown = errs.New(errs.NotFound, "version_unknown", "version invalide")

// bulletinRef names a report card.
type bulletinRef struct {
	codeRef
	FormSemestreID int64           `path:"formsemestre_id"`
	Version        api.Opt[string] `path:"version"`
}

// bulletinsRef names the report cards of a semester.
type bulletinsRef struct {
	FormSemestreID int64           `path:"formsemestre_id"`
	Version        api.Opt[string] `path:"version"`
}

// bulletinGet returns a report card, a *[BulletinBUT] or a *[BulletinClassique].
// NotFound for an unknown student, semester or version, and for a student who
// is not registered in the semester.
func (s *Service) bulletinGet(ctx context.Context, in bulletinRef) (any, error) {
	etud, sem, err := s.bulletinOf(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.bulletin(ctx, etud, sem, in.Version.Or(versionSelectedEvals))
}

// bulletinOf returns whose report card is meant: of students who share a code,
// the one of the semester's department.
func (s *Service) bulletinOf(ctx context.Context, in bulletinRef) (db.Etudiant, db.FormSemestre, error) {
	q := s.Store.Read()
	ref, err := in.ref()
	if err != nil {
		return db.Etudiant{}, db.FormSemestre{}, err
	}
	sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
	if err != nil {
		return db.Etudiant{}, sem, err
	}
	etudiants, err := etudiantsOf(ctx, q, ref)
	if err != nil {
		return db.Etudiant{}, sem, err
	}
	i := slices.IndexFunc(etudiants, func(etud db.Etudiant) bool { return etud.DeptID == sem.DeptID })
	if i < 0 {
		return db.Etudiant{}, sem, errEtudiantUnknown
	}
	return etudiants[i], sem, nil
}

// bulletin returns the report card of a student in a semester he is registered
// in: a *[BulletinBUT] or a *[BulletinClassique]. NotFound for an unknown version
// and when he is not registered.
func (s *Service) bulletin(ctx context.Context, etud db.Etudiant, sem db.FormSemestre, version string) (any, error) {
	m, i, err := s.bulletinMakerOf(ctx, etud, sem, version)
	if err != nil {
		return nil, err
	}
	if m.Input.APC {
		return m.but(i), nil
	}
	return m.classique(i), nil
}

// bulletinMakerOf returns what makes the report card of a student, and his
// index there. NotFound as for bulletin.
func (s *Service) bulletinMakerOf(ctx context.Context, etud db.Etudiant, sem db.FormSemestre, version string) (*bulletinMaker, int, error) {
	r, err := s.results(ctx, sem.ID)
	if err != nil {
		return nil, 0, err
	}
	versions := []string{versionShort, versionSelectedEvals, versionLong}
	if r.Input.APC {
		versions = append(versions, versionBUTCourt)
	}
	if !slices.Contains(versions, version) {
		return nil, 0, errVersionUnknown
	}
	i, ok := r.EtudiantIndex(etud.ID)
	if !ok {
		return nil, 0, errs.New(errs.NotFound, "etudiant_not_registered", "étudiant non inscrit à ce formsemestre")
	}
	m, err := s.newBulletinMaker(ctx, r, version, []int{i})
	return m, i, err
}

// bulletinsGet returns the report cards of all who are registered in a
// semester, by name. NotFound for an unknown semester or version.
func (s *Service) bulletinsGet(ctx context.Context, in bulletinsRef) (Bulletins, error) {
	sem, err := visibleFormSemestre(ctx, s.Store.Read(), in.FormSemestreID)
	if err != nil {
		return Bulletins{}, err
	}
	version := in.Version.Or(versionLong)
	if !slices.Contains([]string{versionShort, versionSelectedEvals, versionLong}, version) {
		return Bulletins{}, errVersionUnknown
	}
	r, err := s.results(ctx, sem.ID)
	if err != nil {
		return Bulletins{}, err
	}
	all := make([]int, len(r.Etudiants))
	for i := range all {
		all[i] = i
	}
	maker, err := s.newBulletinMaker(ctx, r, version, all)
	return Bulletins{maker}, err
}

// Bulletins are the report cards of a semester. They are made as they are
// written, so that one at a time takes room.
type Bulletins struct{ maker *bulletinMaker }

// AppendJSON implements api.JSONAppender.
func (b Bulletins) AppendJSON(dst []byte) []byte {
	dst = append(dst, '[')
	for i := range b.maker.Etudiants {
		if i > 0 {
			dst = append(dst, ',')
		}
		from := len(dst)
		if b.maker.Input.APC {
			dst = b.maker.but(i).AppendJSON(dst)
		} else {
			dst = b.maker.classique(i).AppendJSON(dst)
		}
		if size := len(dst) - from; cap(dst)-len(dst) < size { // the others are about as long
			dst = slices.Grow(dst, (size+size/20)*(len(b.maker.Etudiants)-i))
		}
	}
	return append(dst, ']')
}

// MarshalJSON writes the list; it never fails.
func (b Bulletins) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil), nil }

// BulletinCount is a number of absences, of half-days or of days; of hours, it
// is written 2.0.
type BulletinCount struct {
	N       float64
	IsHours bool
}

// MarshalJSON writes the number; it never fails.
func (c BulletinCount) MarshalJSON() ([]byte, error) {
	if c.IsHours {
		return jsonvalue.AppendFloat(nil, c.N), nil
	}
	return appendInt(nil, "", int64(c.N)), nil
}
