package scolarite

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// etudFields are what may be said of a student beside his names; what is left
// out stays, null clears, and so does a blank text.
type etudFields struct {
	NomUsuel          api.Opt[string]      `json:"nom_usuel"`
	Civilite          api.Opt[Civilite]    `json:"civilite"`
	CiviliteEtatCivil api.Opt[Civilite]    `json:"civilite_etat_civil"`
	PrenomEtatCivil   api.Opt[string]      `json:"prenom_etat_civil"`
	DateNaissance     api.Opt[Naissance]   `json:"date_naissance"`
	LieuNaissance     api.Opt[string]      `json:"lieu_naissance"`
	DeptNaissance     api.Opt[string]      `json:"dept_naissance"`
	Nationalite       api.Opt[string]      `json:"nationalite"`
	Statut            api.Opt[string]      `json:"statut"`
	Boursier          api.Opt[bool]        `json:"boursier"`
	CodeNIP           api.Opt[string]      `json:"code_nip"`
	CodeINE           api.Opt[string]      `json:"code_ine"`
	ScoDoc7ID         api.Opt[string]      `json:"scodoc7_id"`
	Admission         api.Opt[admissionIn] `json:"admission"`
	// Adresses is a list of which the first counts: a student has one.
	Adresses api.Opt[[]adresseIn] `json:"adresses"`
}

type admissionIn struct {
	Annee           api.Opt[int64]   `json:"annee"`
	Bac             api.Opt[string]  `json:"bac"`
	Specialite      api.Opt[string]  `json:"specialite"`
	AnneeBac        api.Opt[int64]   `json:"annee_bac"`
	Mention         api.Opt[string]  `json:"mention"`
	Math            api.Opt[string]  `json:"math"`
	Physique        api.Opt[float64] `json:"physique"`
	Anglais         api.Opt[float64] `json:"anglais"`
	Francais        api.Opt[float64] `json:"francais"`
	Rang            api.Opt[int64]   `json:"rang"`
	Qualite         api.Opt[float64] `json:"qualite"`
	Rapporteur      api.Opt[string]  `json:"rapporteur"`
	Decision        api.Opt[string]  `json:"decision"`
	Score           api.Opt[float64] `json:"score"`
	Commentaire     api.Opt[string]  `json:"commentaire"`
	Classement      api.Opt[int64]   `json:"classement"`
	ApbGroupe       api.Opt[string]  `json:"apb_groupe"`
	ApbClassementGr api.Opt[int64]   `json:"apb_classement_gr"`
	NomLycee        api.Opt[string]  `json:"nomlycee"`
	VilleLycee      api.Opt[string]  `json:"villelycee"`
	CodePostalLycee api.Opt[string]  `json:"codepostallycee"`
	CodeLycee       api.Opt[string]  `json:"codelycee"`
	TypeAdmission   api.Opt[string]  `json:"type_admission"`
	BoursierPrec    api.Opt[bool]    `json:"boursier_prec"`
}

type adresseIn struct {
	Email              api.Opt[string] `json:"email"`
	EmailPerso         api.Opt[string] `json:"emailperso"`
	Domicile           api.Opt[string] `json:"domicile"`
	CodePostalDomicile api.Opt[string] `json:"codepostaldomicile"`
	VilleDomicile      api.Opt[string] `json:"villedomicile"`
	PaysDomicile       api.Opt[string] `json:"paysdomicile"`
	Telephone          api.Opt[string] `json:"telephone"`
	TelephoneMobile    api.Opt[string] `json:"telephonemobile"`
	Fax                api.Opt[string] `json:"fax"`
	TypeAdresse        api.Opt[string] `json:"typeadresse"`
	Description        api.Opt[string] `json:"description"`
}

// Civilite is "M", "F" or "X", read from what people write for them; "" is
// kept, for no civility at all.
type Civilite string

var civilites = map[string]Civilite{
	"": "", "M": "M", "M.": "M", "MR": "M", "H": "M",
	"F": "F", "MLLE": "F", "MLLE.": "F", "MELLE": "F", "MME": "F", "X": "X",
}

// BindValue implements api.ValueBinder.
func (c *Civilite) BindValue(v jsonvalue.Value) *api.Problem {
	known, ok := civilites[strings.ToUpper(strings.TrimSpace(v.Text()))]
	if !ok || v.Kind() != jsonvalue.String {
		return &api.Problem{Code: "civilite_invalid", Message: "civilité invalide (M, F ou X attendu)"}
	}
	*c = known
	return nil
}

// OpenAPI says what is read.
func (Civilite) OpenAPI() (kind, format string) { return "string", "" }

// Naissance is a day of birth in ISO; a blank text is none.
type Naissance struct{ day *db.Day }

// BindValue implements api.ValueBinder.
func (n *Naissance) BindValue(v jsonvalue.Value) *api.Problem {
	text := strings.TrimSpace(v.Text())
	if v.Kind() == jsonvalue.String && text == "" {
		return nil
	}
	day, err := db.ParseDay(text)
	if err != nil || v.Kind() != jsonvalue.String {
		return &api.Problem{Code: "date_naissance_invalid", Message: "param 'date_naissance': invalide (date ISO attendue)"}
	}
	n.day = &day
	return nil
}

// OpenAPI says what is read.
func (Naissance) OpenAPI() (kind, format string) { return "string", "date" }

// dossier is all that the base holds of a student but what others wrote.
type dossier struct {
	etud      db.Etudiant
	admission db.Admission
	adresse   db.Adresse
	acronym   string // of the department
}

// image is what the journal keeps of a dossier.
func (d *dossier) image() EtudLong {
	e := etudLong(d.etud, d.acronym)
	e.Admission, e.Adresses, e.Email = admissionOf(&d.admission), []Adresse{adresseOf(d.adresse)}, d.adresse.Email
	return e
}

// nameOf is a student's name for people.
func nameOf(row db.Etudiant) string {
	nom := row.Nom
	if row.NomUsuel != nil {
		nom = *row.NomUsuel
	}
	return fullName(row.Civilite, row.Prenom, nom)
}

// apply changes what is given, names aside.
func (f *etudFields) apply(d *dossier) {
	e := &d.etud
	setText(&e.NomUsuel, f.NomUsuel)
	if f.Civilite.Set {
		e.Civilite = string(f.Civilite.Value)
	}
	if e.Civilite == "" {
		e.Civilite = "X"
	}
	setText(&e.CiviliteEtatCivil, api.Opt[string]{Set: f.CiviliteEtatCivil.Set, Value: string(f.CiviliteEtatCivil.Value)})
	setText(&e.PrenomEtatCivil, upper(f.PrenomEtatCivil))
	if f.DateNaissance.Set {
		e.DateNaissance = f.DateNaissance.Value.day
	}
	setText(&e.LieuNaissance, f.LieuNaissance)
	setText(&e.DeptNaissance, f.DeptNaissance)
	setText(&e.Nationalite, f.Nationalite)
	setText(&e.Statut, f.Statut)
	setValue(&e.Boursier, f.Boursier)
	setText(&e.CodeNip, f.CodeNIP)
	setText(&e.CodeIne, f.CodeINE)
	setText(&e.Scodoc7ID, f.ScoDoc7ID)
	if a, ok := f.Admission.Get(); ok {
		a.apply(&d.admission)
	}
	if list := f.Adresses.Value; len(list) > 0 {
		list[0].apply(&d.adresse)
	}
	e.NomKey, e.PrenomKey, e.SortKey = plier.Key(e.Nom), plier.Key(e.Prenom), sortKey(e.Nom, e.NomUsuel, e.Prenom)
}

func (f *admissionIn) apply(a *db.Admission) {
	setValue(&a.Annee, f.Annee)
	setText(&a.Bac, f.Bac)
	setText(&a.Specialite, f.Specialite)
	setValue(&a.AnneeBac, f.AnneeBac)
	setText(&a.Mention, f.Mention)
	setText(&a.Math, f.Math)
	setValue(&a.Physique, f.Physique)
	setValue(&a.Anglais, f.Anglais)
	setValue(&a.Francais, f.Francais)
	setValue(&a.Rang, f.Rang)
	setValue(&a.Qualite, f.Qualite)
	setText(&a.Rapporteur, f.Rapporteur)
	setText(&a.Decision, f.Decision)
	setValue(&a.Score, f.Score)
	setText(&a.Commentaire, f.Commentaire)
	setValue(&a.Classement, f.Classement)
	setText(&a.ApbGroupe, f.ApbGroupe)
	setValue(&a.ApbClassementGr, f.ApbClassementGr)
	setText(&a.Nomlycee, f.NomLycee)
	setText(&a.Villelycee, f.VilleLycee)
	setText(&a.Codepostallycee, f.CodePostalLycee)
	setText(&a.Codelycee, f.CodeLycee)
	setText(&a.TypeAdmission, f.TypeAdmission)
	setValue(&a.BoursierPrec, f.BoursierPrec)
}

func (f *adresseIn) apply(a *db.Adresse) {
	setText(&a.Email, f.Email)
	setText(&a.Emailperso, f.EmailPerso)
	setText(&a.Domicile, f.Domicile)
	setText(&a.Codepostaldomicile, f.CodePostalDomicile)
	setText(&a.Villedomicile, f.VilleDomicile)
	setText(&a.Paysdomicile, f.PaysDomicile)
	setText(&a.Telephone, f.Telephone)
	setText(&a.Telephonemobile, f.TelephoneMobile)
	setText(&a.Fax, f.Fax)
	if kind := strings.TrimSpace(f.TypeAdresse.Value); kind != "" {
		a.Typeadresse = kind
	}
	setText(&a.Description, f.Description)
}

// setText changes a text that was given; a blank one is none.
func setText(dst **string, v api.Opt[string]) {
	if v.Set {
		*dst = textOrNil(strings.TrimSpace(v.Value))
	}
}

// setValue changes a value that was given.
func setValue[T any](dst **T, v api.Opt[T]) {
	if v.Set {
		*dst = v.Ptr()
	}
}

func upper(v api.Opt[string]) api.Opt[string] {
	v.Value = strings.ToUpper(v.Value)
	return v
}

// isName reports whether a text will do for the name or the first name of a
// student.
func isName(text string) bool {
	return strings.TrimSpace(text) != "" && !strings.ContainsAny(text, `*|~()\`) && !strings.ContainsFunc(text, unicode.IsControl)
}

// setNames gives a dossier the names that were sent, in capitals, and returns
// what is wrong with them.
func (d *dossier) setNames(nom, prenom api.Opt[string]) (faults []errs.Fault) {
	for _, n := range []struct {
		field string
		sent  api.Opt[string]
		dst   *string
	}{{"nom", nom, &d.etud.Nom}, {"prenom", prenom, &d.etud.Prenom}} {
		switch {
		case !n.sent.Set:
		case !isName(n.sent.Value):
			faults = append(faults, errs.Fault{Loc: []any{n.field}, Code: n.field + "_invalid", Message: "param '" + n.field + "': invalide (vide, ou caractère interdit)"})
		default:
			*n.dst = strings.ToUpper(strings.TrimSpace(n.sent.Value))
		}
	}
	return faults
}

// codeFaults returns what is wrong with the codes of a dossier: another
// student of the department has them.
func codeFaults(ctx context.Context, q *db.Queries, d *dossier) (faults []errs.Fault, err error) {
	find := func(field string, rows []db.Etudiant, err error) error {
		for _, row := range rows {
			if row.ID != d.etud.ID {
				faults = append(faults, errs.Fault{Loc: []any{field}, Code: field + "_taken", Message: "param '" + field + "': déjà utilisé dans ce département"})
				break
			}
		}
		return err
	}
	if d.etud.CodeNip != nil {
		rows, err := q.EtudiantsByNIP(ctx, db.EtudiantsByNIPParams{CodeNip: d.etud.CodeNip, DeptID: d.etud.DeptID})
		if err := find("code_nip", rows, err); err != nil {
			return nil, err
		}
	}
	if d.etud.CodeIne != nil {
		rows, err := q.EtudiantsByINE(ctx, db.EtudiantsByINEParams{CodeIne: d.etud.CodeIne, DeptID: d.etud.DeptID})
		if err := find("code_ine", rows, err); err != nil {
			return nil, err
		}
	}
	return faults, nil
}

// homonyms says how many students of any department bear the same names,
// however they are written; "" for none.
func homonyms(n int64) string {
	if n == 0 {
		return ""
	}
	noun := "homonyme détecté"
	if n > 1 {
		noun = "homonymes détectés"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// newDossier is a student to be made.
func newDossier(dept db.Departement) dossier {
	return dossier{
		etud: db.Etudiant{DeptID: dept.ID}, acronym: dept.Acronym,
		adresse: db.Adresse{Typeadresse: "domicile", Description: new("(creation individuelle)")},
	}
}

type newEtudiant struct {
	Dept   string `json:"dept"`
	Nom    string `json:"nom"`
	Prenom string `json:"prenom"`
	etudFields
}

// etudiantCreate makes a student and returns him, personal data included.
// Invalid for values that will not do, for a department that is unknown or not
// that of the path, for a homonym, for a code that another of the department
// has.
func (s *Service) etudiantCreate(ctx context.Context, in newEtudiant) (EtudFull, error) {
	return s.createEtudiant(ctx, in, false)
}

// etudiantCreateForce is etudiantCreate whatever homonyms there are.
func (s *Service) etudiantCreateForce(ctx context.Context, in newEtudiant) (EtudFull, error) {
	return s.createEtudiant(ctx, in, true)
}

func (s *Service) createEtudiant(ctx context.Context, in newEtudiant, isForced bool) (EtudFull, error) {
	var etudid int64
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		d, err := checkedCreation(ctx, q, in, isForced)
		if err != nil {
			return err
		}
		err = s.addDossier(ctx, q, &d)
		etudid = d.etud.ID
		return err
	})
	if err != nil {
		return EtudFull{}, fmt.Errorf("create a student: %w", err)
	}
	return s.unrestricted(ctx, etudid)
}

// checkedCreation returns the student that newEtudiant asks for, or all that is
// wrong with it. Who may register students on a base may in every department
// that it shows.
func checkedCreation(ctx context.Context, q *db.Queries, in newEtudiant, isForced bool) (dossier, error) {
	var faults []errs.Fault
	dept, err := visibleDepartementNamed(ctx, q, in.Dept)
	if errs.Is(err, errs.NotFound) {
		faults = append(faults, errs.Fault{Loc: []any{"dept"}, Code: "dept_invalid", Message: "param 'dept': département invalide"})
	} else if err != nil {
		return dossier{}, err
	}
	d := newDossier(dept)
	faults = append(faults, d.setNames(api.Some(in.Nom), api.Some(in.Prenom))...)
	in.apply(&d)
	taken, err := codeFaults(ctx, q, &d)
	if err != nil {
		return dossier{}, err
	}
	faults = append(faults, taken...)
	if len(faults) > 0 || isForced {
		return d, errs.Faulty(faults)
	}
	n, err := q.CountHomonyms(ctx, db.CountHomonymsParams{NomKey: d.etud.NomKey, PrenomKey: d.etud.PrenomKey})
	if text := homonyms(n); text != "" {
		return d, errs.New(errs.Invalid, "homonyms", text+" : vous pouvez forcer la création par /etudiant/create/force")
	}
	return d, err
}

// addDossier makes a student, with an address, an admission and the event of
// his creation, and sets his number.
func (s *Service) addDossier(ctx context.Context, q *db.Queries, d *dossier) (err error) {
	e := &d.etud
	e.CreatedAt = s.now()
	e.ID, err = q.AddEtudiant(ctx, db.AddEtudiantParams{
		DeptID: e.DeptID, Nom: e.Nom, Prenom: e.Prenom, Civilite: e.Civilite, NomKey: e.NomKey, PrenomKey: e.PrenomKey, SortKey: e.SortKey, CreatedAt: e.CreatedAt,
	})
	if err != nil {
		return err
	}
	if err := d.save(ctx, q); err != nil {
		return err
	}
	if err := q.AddCreationEvent(ctx, db.AddCreationEventParams{Etudid: e.ID, At: e.CreatedAt}); err != nil {
		return err
	}
	return s.record(ctx, q, "etudiant.create", "etudiant", e.ID, nameOf(*e), nil, d.image())
}

// changeDossier writes a student as he is to be.
func (s *Service) changeDossier(ctx context.Context, q *db.Queries, before, after *dossier) error {
	if err := after.save(ctx, q); err != nil {
		return err
	}
	return s.record(ctx, q, "etudiant.update", "etudiant", after.etud.ID, nameOf(after.etud), before.image(), after.image())
}

// save writes the three rows of a dossier.
func (d *dossier) save(ctx context.Context, q *db.Queries) error {
	e, a, m := d.etud, d.adresse, d.admission
	err := q.UpdateEtudiant(ctx, db.UpdateEtudiantParams{
		Nom: e.Nom, Prenom: e.Prenom, NomUsuel: e.NomUsuel, Civilite: e.Civilite, CiviliteEtatCivil: e.CiviliteEtatCivil, PrenomEtatCivil: e.PrenomEtatCivil,
		DateNaissance: e.DateNaissance, LieuNaissance: e.LieuNaissance, DeptNaissance: e.DeptNaissance, Nationalite: e.Nationalite, Statut: e.Statut,
		Boursier: e.Boursier, CodeNip: e.CodeNip, CodeIne: e.CodeIne, Scodoc7ID: e.Scodoc7ID, NomKey: e.NomKey, PrenomKey: e.PrenomKey, SortKey: e.SortKey, ID: e.ID,
	})
	if err != nil {
		return err
	}
	err = q.SetAdresse(ctx, db.SetAdresseParams{
		Etudid: e.ID, Email: a.Email, Emailperso: a.Emailperso, Domicile: a.Domicile, Codepostaldomicile: a.Codepostaldomicile, Villedomicile: a.Villedomicile,
		Paysdomicile: a.Paysdomicile, Telephone: a.Telephone, Telephonemobile: a.Telephonemobile, Fax: a.Fax, Typeadresse: a.Typeadresse, Description: a.Description,
	})
	if err != nil {
		return err
	}
	return q.SetAdmission(ctx, db.SetAdmissionParams{
		Etudid: e.ID, Annee: m.Annee, Bac: m.Bac, Specialite: m.Specialite, AnneeBac: m.AnneeBac, Mention: m.Mention, Math: m.Math, Physique: m.Physique,
		Anglais: m.Anglais, Francais: m.Francais, Rang: m.Rang, Qualite: m.Qualite, Rapporteur: m.Rapporteur, Decision: m.Decision, Score: m.Score,
		Commentaire: m.Commentaire, Classement: m.Classement, ApbGroupe: m.ApbGroupe, ApbClassementGr: m.ApbClassementGr, Nomlycee: m.Nomlycee,
		Villelycee: m.Villelycee, Codepostallycee: m.Codepostallycee, Codelycee: m.Codelycee, TypeAdmission: m.TypeAdmission, BoursierPrec: m.BoursierPrec,
	})
}

// dossiers returns what the base holds of students of one department, in the
// order of the rows.
func dossiers(ctx context.Context, q *db.Queries, rows []db.Etudiant, acronym string) ([]dossier, error) {
	list := make([]dossier, len(rows))
	at := make(map[int64]int, len(rows))
	for i, row := range rows {
		at[row.ID] = i
		list[i] = dossier{etud: row, acronym: acronym, adresse: db.Adresse{Typeadresse: "domicile"}}
	}
	etudids := etudidList(rows)
	adresses, err := q.AdressesOf(ctx, etudids)
	if err != nil {
		return nil, fmt.Errorf("addresses of students: %w", err)
	}
	for _, row := range adresses {
		list[at[row.Etudid]].adresse = row
	}
	admissions, err := q.AdmissionsOf(ctx, etudids)
	if err != nil {
		return nil, fmt.Errorf("admissions of students: %w", err)
	}
	for _, row := range admissions {
		list[at[row.Etudid]].admission = row
	}
	return list, nil
}

// unrestricted returns a student with everything that is known of him, to who
// has just written it.
func (s *Service) unrestricted(ctx context.Context, etudid int64) (EtudFull, error) {
	q := s.Store.Read()
	row, err := q.Etudiant(ctx, etudid)
	if err != nil {
		return EtudFull{}, fmt.Errorf("student %d: %w", etudid, err)
	}
	longs, err := s.wholeEtudLongs(ctx, q, []db.Etudiant{row})
	if err != nil {
		return EtudFull{}, err
	}
	list, err := s.annotated(ctx, q, longs, true)
	if err != nil {
		return EtudFull{}, err
	}
	return list[0], nil
}

type etudiantPatch struct {
	codeRef
	Nom    api.Opt[string] `json:"nom"`
	Prenom api.Opt[string] `json:"prenom"`
	etudFields
}

// etudiantEdit changes what is given of a student and returns him. NotFound
// for no student, Invalid for values that will not do and for a code that
// another of the department has.
func (s *Service) etudiantEdit(ctx context.Context, in etudiantPatch) (EtudFull, error) {
	var etudid int64
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := etudiantOfCode(ctx, q, in.codeRef)
		if err != nil {
			return err
		}
		dept, err := q.Departement(ctx, row.DeptID)
		if err != nil {
			return err
		}
		list, err := dossiers(ctx, q, []db.Etudiant{row}, dept.Acronym)
		if err != nil {
			return err
		}
		before, after := list[0], list[0]
		faults := after.setNames(in.Nom, in.Prenom)
		in.apply(&after)
		taken, err := codeFaults(ctx, q, &after)
		if err != nil {
			return err
		}
		if faults = append(faults, taken...); len(faults) > 0 {
			return errs.Faulty(faults)
		}
		etudid = row.ID
		return s.changeDossier(ctx, q, &before, &after)
	})
	if err != nil {
		return EtudFull{}, fmt.Errorf("edit a student: %w", err)
	}
	return s.etudiant(ctx, etudRef{Etudid: api.Some(etudid)})
}
