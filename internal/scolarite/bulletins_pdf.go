package scolarite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/bulletin"
)

const describeBulletinPDF = `Un document PDF, identique tant que les données le sont : il ne porte pas la date d'édition. butcourt est réservé aux BUT. Les options du bulletin (bul_show_*) décident de ce qui est imprimé ; "bul_temporary_txt" est en filigrane tant que le jury n'a pas décidé. Le logo est celui du nom "header", du département ou sinon du site. /nosig : sans cadre de signature. Erreur 404 si le formsemestre ne publie pas ses bulletins.`

var errBulletinHidden = errs.New(errs.NotFound, "bulletin_not_published", "bulletin non publié")

// bulletinPDF returns a report card to be printed and signed. NotFound as for
// the report card itself, and when the semester does not publish them.
func (s *Service) bulletinPDF(ctx context.Context, in bulletinRef) (api.File, error) {
	return s.printBulletin(ctx, in, "Pour le département")
}

// bulletinPDFUnsigned is [Service.bulletinPDF] without room for a signature.
func (s *Service) bulletinPDFUnsigned(ctx context.Context, in bulletinRef) (api.File, error) {
	return s.printBulletin(ctx, in, "")
}

func (s *Service) printBulletin(ctx context.Context, in bulletinRef, signature string) (api.File, error) {
	etud, sem, err := s.bulletinOf(ctx, in)
	if err != nil {
		return api.File{}, err
	}
	m, i, err := s.bulletinMakerOf(ctx, etud, sem, in.Version.Or(versionSelectedEvals))
	if err != nil {
		return api.File{}, err
	}
	if sem.BulHideXml {
		return api.File{}, errBulletinHidden
	}
	doc := m.document(i)
	doc.Signature = signature
	if doc.Photo, doc.Logo, err = s.bulletinPictures(ctx, etud, sem); err != nil {
		return api.File{}, err
	}
	var out bytes.Buffer
	if err := doc.PDF(&out); err != nil {
		return api.File{}, err
	}
	return api.File{
		Name:        fmt.Sprintf("bulletin_%d_%d.pdf", sem.ID, etud.ID),
		ContentType: "application/pdf", Content: bytes.NewReader(out.Bytes()), Size: int64(out.Len()), Inline: true,
		ETag: `"` + checksum(out.Bytes()) + `"`,
	}, nil
}

// logoHeader is the name of the logo at the head of documents.
const logoHeader = "header"

// bulletinPictures returns the photograph of a student and the logo of his
// department, else of the site, to be printed; nil for none.
func (s *Service) bulletinPictures(ctx context.Context, etud db.Etudiant, sem db.FormSemestre) (photo, logo []byte, err error) {
	q := s.Store.Read()
	row, err := q.Photo(ctx, db.PhotoParams{Etudid: etud.ID})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, nil, fmt.Errorf("picture of student %d: %w", etud.ID, err)
	}
	if photo, err = printable(row.Content); err != nil {
		return nil, nil, err
	}
	for _, dept := range []int64{sem.DeptID, 0} {
		row, err := q.Logo(ctx, db.LogoParams{DeptID: dept, Name: logoHeader})
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("logo of report cards: %w", err)
		}
		logo, err = printable(row.Content)
		return photo, logo, err
	}
	return photo, nil, nil
}

// onePicture lets one picture be unfolded at a time: it may take 64 MB.
var onePicture sync.Mutex

// printable makes a picture one to print.
func printable(content []byte) ([]byte, error) {
	if content == nil {
		return nil, nil
	}
	onePicture.Lock()
	defer onePicture.Unlock()
	return bulletin.Picture(content)
}

// document makes the report card of a student to be printed, in either kind of
// programme, but for its pictures and its signature.
func (m *bulletinMaker) document(i int) *bulletin.Bulletin {
	sem := &m.FormSemestre
	doc := &bulletin.Bulletin{
		Departement: "Département " + m.deptName, Formation: m.Formation.TitreOfficiel, Semestre: titreNum(*sem), Date: sem.DateDebut.Time(),
	}
	if v := m.students[i].semestre; v != nil {
		doc.Date = v.EventAt.Time
	}
	if m.options.ShowTemporary && !m.isDecided(i) {
		doc.Filigrane = m.options.TemporaryTxt
	}
	if m.Input.APC {
		m.printBUT(doc, i)
	} else {
		m.printClassique(doc, i)
	}
	return doc
}

// isDecided reports whether a jury decided on the semester of a student, or on
// the year it is of.
func (m *bulletinMaker) isDecided(i int) bool {
	for _, v := range m.students[i].annees {
		if m.isOfYear(&v) {
			return true
		}
	}
	return m.students[i].semestre != nil
}

// printHead prints who the student is and what semester it is.
func (m *bulletinMaker) printHead(doc *bulletin.Bulletin, e *BulletinEtudiant, b *BulletinSemestre, i int) {
	doc.Nom, doc.Annee = e.NomPrenom, b.AnneeUniversitaire
	born := dayText(e.DateNaissance)
	if born != "" && e.LieuNaissance != "" {
		born += " à " + e.LieuNaissance
	}
	var groupes []string
	for _, g := range b.Groupes {
		groupes = append(groupes, strings.TrimSpace(textOrEmpty(g.Partition.PartitionName)+" "+g.GroupName))
	}
	doc.Identite = said("Né"+feminine(e.Civilite)+" le", born, "Numéro étudiant", e.CodeNIP, "INE", e.CodeINE, "Courriel", e.Email)
	doc.Scolarite = said(
		"Période", "du "+dayText(b.DateDebut)+" au "+dayText(b.DateFin), "Modalité", m.FormSemestre.Modalite,
		"Groupes", strings.Join(groupes, ", "), "État", leftText[m.Etudiants[i].Etat],
	)
	if m.options.ShowDateInscr {
		doc.Scolarite = append(doc.Scolarite, said("Inscription", dayText(b.Inscription))...)
	}
}

// leftText says how a student left.
var leftText = map[string]string{"D": "Démission", "DEF": "Défaillance"}

// said pairs labels and texts, but those without a text.
func said(pairs ...string) []bulletin.Ligne {
	var lines []bulletin.Ligne
	for k := 0; k < len(pairs); k += 2 {
		if pairs[k+1] != "" {
			lines = append(lines, bulletin.Ligne{Libelle: pairs[k], Texte: pairs[k+1]})
		}
	}
	return lines
}

// printRemarks prints absences, decisions and appreciations.
func (m *bulletinMaker) printRemarks(doc *bulletin.Bulletin, b *BulletinSemestre, written []BulletinAppreciation) {
	doc.Remarques = said("Absences", absencesText(b.Absences), "Situation", b.Situation)
	var ues []string
	for _, ue := range b.DecisionUE {
		text := ue.Acronyme + " : " + ue.Code
		if m.options.ShowECTS && ue.ECTS > 0 {
			text += " (" + figure(float64(ue.ECTS)) + " ECTS)"
		}
		ues = append(ues, text)
	}
	year := ""
	if a := b.DecisionAnnee; a != nil {
		year = fmt.Sprintf("BUT%d : %s", a.Ordre, a.Code)
	}
	doc.Remarques = append(doc.Remarques, said(
		"Décisions d’UE", strings.Join(ues, ", "), "Compétences", b.DescrRCUE, "Année", year, "Diplôme", b.DiplomeDUTDescr,
	)...)
	for _, a := range written {
		doc.Remarques = append(doc.Remarques, said("Appréciation", a.Comment)...)
	}
}

// absencesText is "3 demi-journées, dont 1 non justifiée".
func absencesText(a *BulletinAbsences) string {
	if a == nil {
		return ""
	}
	unit := map[string]string{"J.": "jour", "H.": "heure"}[a.Metrique]
	participle := map[string]string{"J.": "justifié"}[a.Metrique]
	unit, participle = cmp.Or(unit, "demi-journée"), cmp.Or(participle, "justifiée")
	if a.Total.N == 0 {
		return "aucune"
	}
	of := figure(a.Injustifie.N)
	if a.Injustifie.N == 0 {
		of = "aucun" + strings.TrimPrefix(participle, "justifié")
	}
	return figure(a.Total.N) + " " + plural(unit, a.Total.N) + ", dont " + of + " non " + plural(participle, a.Injustifie.N)
}

func plural(word string, n float64) string {
	if n < 2 {
		return word
	}
	return word + "s"
}

// dayText writes an ISO day as the French do; "" for none.
func dayText(iso string) string {
	if len(iso) < len("2006-01-02") {
		return ""
	}
	return iso[8:10] + "/" + iso[5:7] + "/" + iso[:4]
}

// figure writes a number as the French do, with as few digits as it takes.
func figure(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", ",", 1)
}

// noteFigure writes a mark as the French do: "9,50" for "09.50", and a dash for
// none. Other texts, "ABS", are as they are.
func noteFigure(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "~" || text == "":
		return "–"
	case err != nil:
		return text
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), ".", ",", 1)
}

// rangFigure is "2 ex / 24", "" for no rank.
func rangFigure[N int64 | string](rang string, total N) string {
	if rang == "" {
		return ""
	}
	return fmt.Sprint(rang, " / ", total)
}
