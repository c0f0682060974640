package scolarite

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// Modalites are the ways a semester is followed, in the order of menus.
var Modalites = []string{"FI", "FAP", "FC", "DEC", "LIC", "CPRO", "DIST", "ETR", "EXT", "OTHER"}

// BonusFuncs are the names of the formulas by which sport counts.
var BonusFuncs = []string{
	"bonus_iutv", "bonus_direct", "bonus_iut_stdenis", "bonus_colmar", "bonus_iutva", "bonus_iut1grenoble_2017", "bonus_lille", "bonus_iutlh",
	"bonus_nantes", "bonus_tours", "bonus_iutr", "bonus_iutam", "bonus_saint_etienne", "bonus_iutTarbes", "bonus_iutSN", "bonus_iutBordeaux1",
	"bonus_iuto", "bonus_iutbethune", "bonus_iutbeziers",
}

// Jour is a day in a body: ISO, or as semesters are shown, DD/MM/YYYY. What
// stands behind an ISO day is left out.
type Jour struct{ db.Day }

// BindValue implements api.ValueBinder.
func (j *Jour) BindValue(v jsonvalue.Value) *api.Problem {
	text := strings.TrimSpace(v.Text())
	if len(text) == len("31/12/2025") && text[2] == '/' && text[5] == '/' {
		text = text[6:] + "-" + text[3:5] + "-" + text[:2]
	}
	if len(text) > len("2025-12-31") && (text[10] == 'T' || text[10] == ' ') {
		text = text[:10]
	}
	day, err := db.ParseDay(text)
	if err != nil || v.Kind() != jsonvalue.String {
		return &api.Problem{Code: "datetime_parsing", Message: "Input should be a valid date"}
	}
	j.Day = day
	return nil
}

// OpenAPI says what is read.
func (Jour) OpenAPI() (kind, format string) { return "string", "date" }

// FormSemestrePatch is what to set of a semester. Null clears what may be
// missing: the codes, the capacity, the bonus, the coefficient of a UE.
type FormSemestrePatch struct {
	Titre                api.Opt[string] `json:"titre"`
	SemestreID           api.Opt[int64]  `json:"semestre_id"` // 1 to 12, -1 for none
	DateDebut            api.Opt[Jour]   `json:"date_debut"`
	DateFin              api.Opt[Jour]   `json:"date_fin"`
	Etat                 api.Opt[bool]   `json:"etat"` // false locks
	Modalite             api.Opt[string] `json:"modalite"`
	GestionCompensation  api.Opt[bool]   `json:"gestion_compensation"`
	GestionSemestrielle  api.Opt[bool]   `json:"gestion_semestrielle"`
	BulHideXML           api.Opt[bool]   `json:"bul_hide_xml"`
	BlockMoyennes        api.Opt[bool]   `json:"block_moyennes"`
	BlockMoyenneGenerale api.Opt[bool]   `json:"block_moyenne_generale"`
	ModeCalculMoyennes   api.Opt[int64]  `json:"mode_calcul_moyennes" ge:"0"`
	BulBgcolor           api.Opt[string] `json:"bul_bgcolor" maxlen:"32"`
	RespCanEdit          api.Opt[bool]   `json:"resp_can_edit"`
	RespCanChangeEns     api.Opt[bool]   `json:"resp_can_change_ens"`
	EnsCanEditEval       api.Opt[bool]   `json:"ens_can_edit_eval"`
	EdtID                api.Opt[string] `json:"edt_id"`
	CapaciteAccueil      api.Opt[int64]  `json:"capacite_accueil" ge:"0"`
	BonusFunc            api.Opt[string] `json:"bonus_func"`
	ElementsPatch

	Responsables api.Opt[[]int64]             `json:"responsables" maxlen:"50"` // ids of open accounts, in order
	Parcours     api.Opt[[]int64]             `json:"parcours" maxlen:"50"`
	Preferences  api.Opt[jsonvalue.Value]     `json:"preferences"` // an object
	UECoefs      api.Opt[map[string]*float64] `json:"ue_coefs"`    // by ue_id; null goes back to the programme's
}

// ElementsPatch is what to set of the Apogée codes of a semester, each a text of
// one code or several with commas between them. They may change while it is
// locked.
type ElementsPatch struct {
	EltSemApo     api.Opt[string] `json:"elt_sem_apo"`
	EltAnneeApo   api.Opt[string] `json:"elt_annee_apo"`
	EltPassageApo api.Opt[string] `json:"elt_passage_apo"`
	EtapeApo      api.Opt[string] `json:"etape_apo"`
}

// unlocks reports whether the patch opens a semester.
func (p *FormSemestrePatch) unlocks() bool { return p.Etat.Or(false) }

// isOfElements reports whether the patch sets Apogée codes and nothing else
// that is not so already in a locked semester.
func (p *FormSemestrePatch) isOfElements() bool {
	rest := *p
	rest.ElementsPatch = ElementsPatch{}
	if open, ok := rest.Etat.Get(); ok && !open {
		rest.Etat = api.Opt[bool]{}
	}
	return reflect.ValueOf(rest).IsZero()
}

// apply sets the columns of row, and adds everything that is wrong with them.
func (p *FormSemestrePatch) apply(f *patchFaults, row *db.FormSemestre) {
	p.applyTitle(f, row)
	p.applyDays(f, row)
	put(f, "etat", &row.Etat, p.Etat)
	putWord(f, "modalite", &row.Modalite, p.Modalite, Modalites)
	put(f, "gestion_compensation", &row.GestionCompensation, p.GestionCompensation)
	put(f, "gestion_semestrielle", &row.GestionSemestrielle, p.GestionSemestrielle)
	put(f, "bul_hide_xml", &row.BulHideXml, p.BulHideXML)
	put(f, "block_moyennes", &row.BlockMoyennes, p.BlockMoyennes)
	put(f, "block_moyenne_generale", &row.BlockMoyenneGenerale, p.BlockMoyenneGenerale)
	put(f, "mode_calcul_moyennes", &row.ModeCalculMoyennes, p.ModeCalculMoyennes)
	put(f, "bul_bgcolor", &row.BulBgcolor, p.BulBgcolor)
	f.isText("bul_bgcolor", row.BulBgcolor)
	put(f, "resp_can_edit", &row.RespCanEdit, p.RespCanEdit)
	put(f, "resp_can_change_ens", &row.RespCanChangeEns, p.RespCanChangeEns)
	put(f, "ens_can_edit_eval", &row.EnsCanEditEval, p.EnsCanEditEval)
	putText(f, "edt_id", &row.EdtID, p.EdtID)
	if p.CapaciteAccueil.Set {
		row.CapaciteAccueil = p.CapaciteAccueil.Ptr()
	}
	if name := p.BonusFunc.Or(""); name != "" && !slices.Contains(BonusFuncs, name) {
		f.add("bonus_func", "unknown", "fonction inconnue")
	}
	putText(f, "bonus_func", &row.BonusFunc, p.BonusFunc)
	putText(f, "elt_sem_apo", &row.EltSemApo, p.EltSemApo)
	putText(f, "elt_annee_apo", &row.EltAnneeApo, p.EltAnneeApo)
	putText(f, "elt_passage_apo", &row.EltPassageApo, p.EltPassageApo)
}

func (p *FormSemestrePatch) applyTitle(f *patchFaults, row *db.FormSemestre) {
	titre := row.Titre
	put(f, "titre", &titre, p.Titre)
	titre = strings.TrimSpace(titre)
	switch {
	case p.Titre.Null: // said already
	case titre == "":
		f.add("titre", "blank", "ne peut être vide")
	default:
		f.isText("titre", titre)
	}
	row.Titre = titre
	put(f, "semestre_id", &row.SemestreID, p.SemestreID)
	if n := row.SemestreID; n != -1 && (n < 1 || n > 12) {
		f.add("semestre_id", "out_of_range", "invalide (1 à 12, ou -1)")
	}
}

func (p *FormSemestrePatch) applyDays(f *patchFaults, row *db.FormSemestre) {
	debut, fin := Jour{row.DateDebut}, Jour{row.DateFin}
	put(f, "date_debut", &debut, p.DateDebut)
	put(f, "date_fin", &fin, p.DateFin)
	if fin.Time().Before(debut.Time()) {
		f.add("date_fin", "before_date_debut", "antérieure à la date de début")
	}
	row.DateDebut, row.DateFin = debut.Day, fin.Day
}

// attach writes what is set of the lists of a semester: who directs it, its
// steps, its tracks, its coefficients and preferences. It adds everything that
// is wrong with them.
func (s *Service) attach(ctx context.Context, q *db.Queries, sem db.FormSemestre, p *FormSemestrePatch, f *patchFaults) error {
	for _, set := range []func() error{
		func() error { return setResponsables(ctx, q, sem.ID, p.Responsables) },
		func() error { return setEtapes(ctx, q, sem.ID, p.EtapeApo) },
		func() error { return s.setParcours(ctx, q, sem, p.Parcours) },
		func() error { return setUECoefs(ctx, q, sem, p.UECoefs.Or(nil)) },
		func() error { return s.preferIn(ctx, q, sem, p.Preferences) },
	} {
		if err := f.take(set()); err != nil {
			return err
		}
	}
	return nil
}

// preferIn sets preferences of a semester; Invalid for what is no object, an
// unknown name or a value that will not do.
func (s *Service) preferIn(ctx context.Context, q *db.Queries, sem db.FormSemestre, wanted api.Opt[jsonvalue.Value]) error {
	values, ok := wanted.Get()
	if !ok {
		return nil
	}
	if values.Kind() != jsonvalue.Object {
		return errs.NewInvalid("preferences", "dict_type", "")
	}
	return s.setPreferences(ctx, q, placeOf(sem), values)
}

// setResponsables replaces who directs a semester; Invalid for accounts that
// are unknown or closed.
func setResponsables(ctx context.Context, q *db.Queries, formsemestreID int64, wanted api.Opt[[]int64]) error {
	if !wanted.Set {
		return nil
	}
	uids := distinct(wanted.Value)
	if err := openAccounts(ctx, q, "responsables", uids); err != nil {
		return err
	}
	if err := q.DeleteResponsables(ctx, formsemestreID); err != nil {
		return err
	}
	for i, uid := range uids {
		err := q.AddResponsable(ctx, db.AddResponsableParams{FormsemestreID: formsemestreID, AccountID: uid, Rang: int64(i)})
		if err != nil {
			return err
		}
	}
	return nil
}

// setParcours replaces the tracks of a semester and brings its partition of
// tracks up to date; Invalid for a track that the programme's framework has
// not.
func (s *Service) setParcours(ctx context.Context, q *db.Queries, sem db.FormSemestre, wanted api.Opt[[]int64]) error {
	if !wanted.Set {
		return nil
	}
	known, err := q.ParcoursOfFormation(ctx, sem.FormationID)
	if err != nil {
		return err
	}
	var f patchFaults
	ids := distinct(wanted.Value)
	for _, id := range ids {
		if !slices.Contains(known, id) {
			f.add("parcours", "parcours_foreign", fmt.Sprintf("le parcours %d n'est pas du référentiel de la formation", id))
		}
	}
	if len(f) > 0 {
		return errs.Faulty(f)
	}
	if err := q.DeleteFormSemestreParcours(ctx, sem.ID); err != nil {
		return err
	}
	for _, id := range ids {
		if err := q.AddFormSemestreParcours(ctx, db.AddFormSemestreParcoursParams{FormsemestreID: sem.ID, ParcoursID: id}); err != nil {
			return err
		}
	}
	return s.syncParcoursPartition(ctx, q, sem)
}

// setUECoefs sets coefficients of UEs in a semester, by the text of their ids;
// Invalid for a UE of another programme or a negative coefficient.
func setUECoefs(ctx context.Context, q *db.Queries, sem db.FormSemestre, wanted map[string]*float64) error {
	if len(wanted) == 0 {
		return nil
	}
	known, err := q.UEIDsOfFormation(ctx, sem.FormationID)
	if err != nil {
		return err
	}
	coefs, err := readUECoefs(known, wanted)
	if err != nil {
		return err
	}
	for ue, coef := range coefs {
		if coef == nil {
			err = q.DeleteUECoef(ctx, db.DeleteUECoefParams{FormsemestreID: sem.ID, UEID: ue})
		} else {
			err = q.PutUECoef(ctx, db.PutUECoefParams{FormsemestreID: sem.ID, UEID: ue, Coef: *coef})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readUECoefs returns coefficients by the ids of their UEs.
func readUECoefs(known []int64, wanted map[string]*float64) (map[int64]*float64, error) {
	var f patchFaults
	coefs := make(map[int64]*float64, len(wanted))
	for key, coef := range wanted {
		ue, err := strconv.ParseInt(key, 10, 64)
		switch {
		case err != nil || strconv.FormatInt(ue, 10) != key || !slices.Contains(known, ue):
			f.add("ue_coefs", "ue_foreign", fmt.Sprintf("l'UE %q n'est pas de la formation", key))
		case coef != nil && *coef < 0:
			f.add("ue_coefs", "negative", fmt.Sprintf("coefficient négatif pour l'UE %d", ue))
		}
		coefs[ue] = coef
	}
	slices.SortFunc(f, func(a, b errs.Fault) int { return cmp.Compare(a.Message, b.Message) })
	return coefs, errs.Faulty(f)
}

type formSemestreChange struct {
	formSemestreRef
	FormSemestrePatch
}

func (s *Service) formSemestreEdit(ctx context.Context, in formSemestreChange) (FormSemestre, error) {
	return s.EditFormSemestre(ctx, in.ID, in.FormSemestrePatch)
}

// EditFormSemestre changes a semester. NotFound if it is unknown; Forbidden if
// it is locked, unless the patch unlocks it or sets Apogée codes only; Invalid
// for values that will not do, all of them named.
func (s *Service) EditFormSemestre(ctx context.Context, id int64, p FormSemestrePatch) (sem FormSemestre, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleFormSemestre(ctx, q, id)
		if err != nil {
			return err
		}
		if !row.Etat && !p.unlocks() && !p.isOfElements() {
			return errLocked
		}
		before, err := formSemestreImage(ctx, q, row)
		if err != nil {
			return err
		}
		if err := s.changeFormSemestre(ctx, q, &row, &p); err != nil {
			return err
		}
		after, err := formSemestreImage(ctx, q, row)
		if err != nil {
			return err
		}
		if sem, err = s.formSemestreOf(ctx, q, row); err != nil {
			return err
		}
		return s.record(ctx, q, "formsemestre.update", "formsemestre", row.ID, titreNum(row), before, after)
	})
	return sem, err
}

// changeFormSemestre writes a patch of a semester, and into its row. Invalid
// for everything that is wrong with it.
func (s *Service) changeFormSemestre(ctx context.Context, q *db.Queries, row *db.FormSemestre, p *FormSemestrePatch) error {
	var f patchFaults
	p.apply(&f, row)
	if len(f) == 0 { // the base refuses what is faulty too
		if err := q.UpdateFormSemestre(ctx, updateOf(*row)); err != nil {
			return err
		}
	}
	if err := s.attach(ctx, q, *row, p, &f); err != nil {
		return err
	}
	return errs.Faulty(f)
}

func updateOf(row db.FormSemestre) db.UpdateFormSemestreParams {
	return db.UpdateFormSemestreParams{
		ID: row.ID, SemestreID: row.SemestreID, Titre: row.Titre, DateDebut: row.DateDebut, DateFin: row.DateFin, Etat: row.Etat, Modalite: row.Modalite,
		GestionCompensation: row.GestionCompensation, GestionSemestrielle: row.GestionSemestrielle, BulHideXml: row.BulHideXml,
		BlockMoyennes: row.BlockMoyennes, BlockMoyenneGenerale: row.BlockMoyenneGenerale, ModeCalculMoyennes: row.ModeCalculMoyennes,
		BulBgcolor: row.BulBgcolor, RespCanEdit: row.RespCanEdit, RespCanChangeEns: row.RespCanChangeEns, EnsCanEditEval: row.EnsCanEditEval,
		EltSemApo: row.EltSemApo, EltAnneeApo: row.EltAnneeApo, EltPassageApo: row.EltPassageApo, EdtID: row.EdtID,
		CapaciteAccueil: row.CapaciteAccueil, BonusFunc: row.BonusFunc,
	}
}
