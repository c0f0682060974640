package scolarite

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/jury"
	"intendant/internal/scolarite/pv"
)

type juryPVIn struct {
	ID     int64  `path:"formsemestre_id"`
	Format string `path:"format"`
}

// juryPV returns the minutes of the jury of a semester. NotFound for an unknown
// semester, or another format than pdf and xlsx.
func (s *Service) juryPV(ctx context.Context, in juryPVIn) (api.File, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return api.File{}, err
	}
	if in.Format != "pdf" && in.Format != "xlsx" {
		return api.File{}, badFilter("format")
	}
	m, err := s.minutes(ctx, q, sem)
	if err != nil {
		return api.File{}, fmt.Errorf("minutes of formsemestre %d: %w", sem.ID, err)
	}
	var out bytes.Buffer
	file := api.File{Name: fmt.Sprintf("pv-jury-%d.%s", sem.ID, in.Format), ContentType: "application/pdf", Inline: true}
	if in.Format == "pdf" {
		err = m.PDF(&out)
	} else {
		file.ContentType, file.Inline = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false
		err = m.XLSX(&out)
	}
	file.Content, file.Size = bytes.NewReader(out.Bytes()), int64(out.Len())
	return file, err
}

// minutes gathers what a jury decided in a semester.
func (s *Service) minutes(ctx context.Context, q *db.Queries, sem db.FormSemestre) (*pv.Minutes, error) {
	d, err := openDossier(ctx, q, sem, s.results, nil)
	if err != nil {
		return nil, err
	}
	departements, err := s.departementsByID(ctx, q)
	if err != nil {
		return nil, err
	}
	dept := departements[sem.DeptID]
	m := &pv.Minutes{
		Departement: "Département " + *dept.DeptName, Formation: d.formation.TitreOfficiel, Semestre: titreNum(sem),
		Session: juryPVSession(sem), Date: d.lastDate(s.instant(db.At(sem.DateFin.Time())).Time), Decision: "Semestre",
	}
	if d.isAPC() {
		m.Decision = "Année"
	}
	b := minutesBuilder{Service: s, d: d, m: m}
	if err := b.columns(ctx); err != nil {
		return nil, err
	}
	for _, row := range d.etudiants {
		if err := b.etudiant(ctx, row); err != nil {
			return nil, err
		}
	}
	b.legend()
	m.Date = m.Date.In(s.Location)
	return m, nil
}

// juryPVSession names a semester in a few letters: "S1 2025/2026, FI".
func juryPVSession(sem db.FormSemestre) string {
	year := AnneeScolaire(sem.DateDebut)
	text := fmt.Sprintf("%d/%d, %s", year, year+1, sem.Modalite)
	if sem.SemestreID < 1 {
		return text
	}
	return fmt.Sprintf("S%d %s", sem.SemestreID, text)
}

// minutesBuilder fills minutes from a dossier.
type minutesBuilder struct {
	*Service
	d     *juryDossier
	m     *pv.Minutes
	ues   []db.UE
	rcues [][2]int64 // the UEs of each
	codes map[string]bool
}

// columns are the UEs of the semester that a student has, and in an even
// semester of the BUT the levels of the year.
func (b *minutesBuilder) columns(ctx context.Context) error {
	seen := map[int64]bool{}
	for _, row := range b.d.etudiants {
		ues, err := b.d.uesOf(ctx, row)
		if err != nil {
			return err
		}
		for _, u := range ues {
			if !seen[u.ID] {
				seen[u.ID] = true
				b.ues = append(b.ues, u)
			}
		}
		if err := b.levels(ctx, row); err != nil {
			return err
		}
	}
	slices.SortStableFunc(b.ues, func(x, y db.UE) int { return int(x.Numero - y.Numero) })
	for _, u := range b.ues {
		b.m.UEs = append(b.m.UEs, u.Acronyme)
	}
	for _, r := range b.rcues {
		b.m.RCUEs = append(b.m.RCUEs, [2]string{b.d.ueByID[r[0]].Acronyme, b.d.ueByID[r[1]].Acronyme})
	}
	return nil
}

// levels adds the levels of a student to the columns.
func (b *minutesBuilder) levels(ctx context.Context, row db.JuryEtudiantsRow) error {
	if !b.d.isEven() {
		return nil
	}
	levels, err := b.d.levels(ctx, row)
	for i := range levels {
		if l := &levels[i]; l.isComplete() && !slices.Contains(b.rcues, l.ids()) {
			b.rcues = append(b.rcues, l.ids())
		}
	}
	return err
}

func (l *juryLevel) ids() [2]int64 { return [2]int64{l.ues[0].ID, l.ues[1].ID} }

// etatNames are the states of those who left, in the minutes.
var etatNames = map[string]string{"D": "Démission", "DEF": "Défaillance"}

// etudiant adds the line of a student.
func (b *minutesBuilder) etudiant(ctx context.Context, row db.JuryEtudiantsRow) error {
	decision, err := b.decisionOf(ctx, b.d, row)
	if err != nil {
		return err
	}
	e := pv.Etudiant{
		Etudid: row.Etudiant.ID, NIP: textOrEmpty(row.Etudiant.CodeNip), Nom: row.Etudiant.Nom, Prenom: row.Etudiant.Prenom,
		Etat: etatNames[row.Inscription.Etat], Decision: decision.Annee.Code,
	}
	if row.Etudiant.NomUsuel != nil {
		e.Nom = *row.Etudiant.NomUsuel
	}
	if decision.Semestre.DecisionSemestre != nil {
		e.Decision = decision.Semestre.Code
	}
	if e.Generale, err = b.d.generale(ctx, row.Etudiant.ID, b.d.sem.ID); err != nil {
		return err
	}
	if e.UEs, err = b.ueCells(ctx, row, decision); err != nil {
		return err
	}
	if e.RCUEs, err = b.rcueCells(ctx, row); err != nil {
		return err
	}
	for _, u := range decision.UEs {
		e.ECTS += float64(u.ECTS)
	}
	var suite []string
	for _, a := range decision.Autorisations {
		suite = append(suite, fmt.Sprint("S", a.SemestreID))
	}
	e.Suite = strings.Join(suite, " ou ")
	b.count(e)
	b.m.Etudiants = append(b.m.Etudiants, e)
	return nil
}

func (b *minutesBuilder) ueCells(ctx context.Context, row db.JuryEtudiantsRow, decision DecisionJury) ([]pv.Cell, error) {
	mine, err := b.d.uesOf(ctx, row)
	if err != nil {
		return nil, err
	}
	cells := make([]pv.Cell, len(b.ues))
	for i, u := range b.ues {
		cells[i].Absent = !slices.ContainsFunc(mine, func(m db.UE) bool { return m.ID == u.ID })
		if cells[i].Moyenne, err = b.d.mean(ctx, row.Etudiant.ID, b.d.sem.ID, u.ID); err != nil {
			return nil, err
		}
		for _, v := range decision.UEs {
			if v.UEID == u.ID {
				cells[i].Code = v.Code
			}
		}
	}
	return cells, nil
}

func (b *minutesBuilder) rcueCells(ctx context.Context, row db.JuryEtudiantsRow) ([]pv.Cell, error) {
	levels, err := b.d.levels(ctx, row)
	if err != nil {
		return nil, err
	}
	cells := make([]pv.Cell, len(b.rcues))
	for i, ids := range b.rcues {
		cells[i] = pv.Cell{Moyenne: math.NaN(), Absent: true}
		for k := range levels {
			if l := &levels[k]; l.isComplete() && l.ids() == ids {
				cells[i] = pv.Cell{Moyenne: l.propose().Moyenne()}
				if l.rcue != nil {
					cells[i].Code = l.rcue.Code
				}
			}
		}
	}
	return cells, nil
}

// count notes which codes are printed.
func (b *minutesBuilder) count(e pv.Etudiant) {
	if b.codes == nil {
		b.codes = map[string]bool{}
	}
	b.codes[e.Decision] = true
	for _, c := range slices.Concat(e.UEs, e.RCUEs) {
		b.codes[c.Code] = true
	}
}

// legend says what the codes that are printed mean, in the order of the alphabet.
func (b *minutesBuilder) legend() {
	delete(b.codes, "")
	for code := range b.codes {
		b.m.Legende = append(b.m.Legende, pv.Libelle{Code: code, Texte: jury.Code(code).Libelle()})
	}
	slices.SortFunc(b.m.Legende, func(x, y pv.Libelle) int { return strings.Compare(x.Code, y.Code) })
}
