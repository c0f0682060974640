package scolarite

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/scolarite/notes"
	"intendant/internal/scolarite/presence"
)

// resultatRoutes are the entries of "API Formsemestre" about marks.
func (s *Service) resultatRoutes() []api.Route {
	return []api.Route{
		api.Get("formsemestre_etat_evaluations", ScoView, s.etatEvaluations, "/formsemestre/{formsemestre_id:int}/etat_evals").
			Doc("Informations sur l'état des évaluations d'un formsemestre.").Describe(describeEtatEvals),
		api.Get("formsemestre_resultat", ScoView, s.resultat, "/formsemestre/{formsemestre_id:int}/resultats").
			Doc("Tableau récapitulatif des résultats.").Describe(describeResultat),
	}
}

const describeResultat = `Pour chaque étudiant, son état, ses groupes, ses moyennes d'UE et de modules. Les lignes sont dans l'ordre des rangs, puis des noms ; ceux qui n'ont pas de moyenne viennent à la fin, sans rang.

Si format=raw, ne convertit pas les valeurs : des nombres, ou null là où il n'y a pas de moyenne, au lieu de "12.34" et "~". Tout autre format est une erreur 400.

* part_<partition_id> : le nom du groupe de l'étudiant dans cette partition, "" s'il n'en a pas
* moy_gen, moy_ue_<ue_id> : les moyennes, capitalisations, bonus et malus compris ; bonus_ue_<ue_id> et malus_ue_<ue_id> : ces points, là où il y en a ; bonus : ceux ajoutés à la moyenne générale
* moy_res_<moduleimpl_id>_<ue_id>, moy_sae_<moduleimpl_id>_<ue_id> : en BUT, les moyennes des ressources et des SAÉs vers les UEs ; moy_mod_<moduleimpl_id>_<ue_id> pour les autres modules
* moy_mod_<moduleimpl_id> : ailleurs qu'en BUT, les moyennes des modules
* ues_validables : "3/4", les UEs dont la moyenne atteint 10, parmi celles de l'étudiant ; ects : leurs crédits
* nbabs, nbabsjust : les absences du semestre, et celles qui sont justifiées, dans l'unité de la préférence assi_metrique`

type resultatIn struct {
	ID     int64           `path:"formsemestre_id"`
	Format api.Opt[string] `query:"format"`
}

// Resultats are the rows of a table of results. It writes its own JSON: the
// means of a large year are some fifty thousand.
type Resultats []ResultatRow

// ResultatRow is a student. Its members are named by ids for a good part: the
// groups, then the means of UEs and modules.
type ResultatRow struct {
	Etudid        int64
	CodeNIP       *string
	Rang          string // "2 ex", "" without a mean
	CiviliteStr   string
	NomDisp       string
	Prenom        string
	NomShort      string // "COSTA Si."
	SortKey       string
	Etat          string // "I", "D" or "DEF"
	UEsValidables string
	ECTS          api.Float
	NbAbs         any
	NbAbsJust     any
	Bac           *string
	Specialite    *string
	TypeAdmission *string
	Classement    *int64

	etudiant int // his index
	table    *resultatTable
}

// resultat returns the results of a semester, a row for each student. NotFound
// if it is unknown, Malformed (400) for an unknown format.
func (s *Service) resultat(ctx context.Context, in resultatIn) (Resultats, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Format.Set && in.Format.Value != "raw" {
		return nil, errs.New(errs.Malformed, "format_unknown", "param 'format': invalide (raw)")
	}
	r, err := s.results(ctx, sem.ID)
	if err != nil {
		return nil, err
	}
	absences, err := s.absencesIn(ctx, r.FormSemestre)
	if err != nil {
		return nil, err
	}
	return resultatsOf(newResultatTable(r, in.Format.Set), absences), nil
}

// resultatTable is what the rows of a table have in common.
type resultatTable struct {
	r       *SemesterResults
	isRaw   bool
	columns []resultatColumn
	// partitions are the keys of groups, groupes their names as JSON.
	partitions, groupes []string
}

// resultatColumn is a column of means: NaN for none.
type resultatColumn struct {
	key   string // `,"moy_ue_61":`
	value func(etudiant int) float64
}

func newResultatTable(r *SemesterResults, isRaw bool) *resultatTable {
	t := &resultatTable{r: r, isRaw: isRaw}
	for _, p := range r.Partitions {
		t.partitions = append(t.partitions, fmt.Sprintf(`,"part_%d":`, p.ID))
	}
	for _, g := range r.Groupes {
		t.groupes = append(t.groupes, string(jsonvalue.AppendString(nil, textOrEmpty(g.GroupName))))
	}
	if !r.Input.APC && slices.ContainsFunc(r.Input.UEs, func(u notes.UE) bool { return u.Sport }) {
		t.add(func(i int) float64 {
			if math.IsNaN(r.Results.Etudiants[i].Moyenne) {
				return math.NaN()
			}
			return r.Results.Etudiants[i].Bonus
		}, "bonus")
	}
	for u := range r.UEs {
		t.addUE(u)
		for m := range r.Modules {
			if r.Input.Compte(m, u) {
				t.addModule(m, u)
			}
		}
	}
	return t
}

// add adds a column, named by its parts.
func (t *resultatTable) add(value func(etudiant int) float64, name string, ids ...int64) {
	for _, id := range ids {
		name += "_" + strconv.FormatInt(id, 10)
	}
	t.columns = append(t.columns, resultatColumn{`,"` + name + `":`, value})
}

// addUE adds the mean of a UE, and what was added to it and taken off: where
// there is sport, and malus.
func (t *resultatTable) addUE(u int) {
	in, row, id := t.r.Input, t.r.Results.UE.Row(u), t.r.UEs[u].ID
	if in.UEs[u].Sport {
		return
	}
	t.add(func(i int) float64 { return row[i].Moyenne }, "moy_ue", id)
	known := func(i int, v float64) float64 {
		if math.IsNaN(row[i].Courante) {
			return math.NaN()
		}
		return v
	}
	if slices.ContainsFunc(in.UEs, func(u notes.UE) bool { return u.Sport }) {
		t.add(func(i int) float64 { return known(i, row[i].Bonus) }, "bonus_ue", id)
	}
	if slices.ContainsFunc(in.Modules, func(m notes.Module) bool { return m.UE == u && m.Kind == notes.Malus }) {
		t.add(func(i int) float64 { return known(i, row[i].Malus) }, "malus_ue", id)
	}
}

// addModule adds the mean of a module: in the BUT, towards a UE.
func (t *resultatTable) addModule(m, u int) {
	in, row := t.r.Input, t.r.Results.Moyennes.Row(m)
	own := func(i int) float64 { return row[i] }
	if !in.APC {
		t.add(own, "moy_mod", t.r.Modules[m].ID)
		return
	}
	name := "moy_mod"
	switch in.Modules[m].Kind {
	case notes.Ressource:
		name = "moy_res"
	case notes.SAE:
		name = "moy_sae"
	}
	if in.VersUEs(m) {
		own = func(i int) float64 {
			if !in.Suit(i, u) {
				return math.NaN()
			}
			return t.r.Results.ModuleUEMean(m, u, i)
		}
	}
	t.add(own, name, t.r.Modules[m].ID, t.r.UEs[u].ID)
}

// resultatsOf makes the rows of a table, the best first.
func resultatsOf(t *resultatTable, absences map[int64]absenceCount) Resultats {
	rows := make(Resultats, 0, len(t.r.Etudiants))
	for _, i := range t.r.Results.Ordre {
		etud, result := &t.r.Etudiants[i], &t.r.Results.Etudiants[i]
		row := ResultatRow{
			Etudid: etud.ID, CodeNIP: etud.CodeNip, Rang: result.Rang.String(), CiviliteStr: civiliteStr(etud.Civilite),
			NomDisp: nomDisp(etud.Nom, etud.NomUsuel), Prenom: etud.Prenom, NomShort: nomShort(etud.Nom, etud.NomUsuel, etud.Prenom),
			SortKey: etud.SortKey, Etat: etud.Etat, UEsValidables: t.validables(i), ECTS: api.Float(result.ECTS),
			NbAbs: absences[etud.ID].total, NbAbsJust: absences[etud.ID].justified,
			Bac: etud.Bac, Specialite: etud.Specialite, TypeAdmission: etud.TypeAdmission, Classement: etud.Classement,
			etudiant: i, table: t,
		}
		if row.NbAbs == nil {
			row.NbAbs, row.NbAbsJust = 0, 0
		}
		rows = append(rows, row)
	}
	return rows
}

// validables tells how many of a student's UEs reach 10, "" for one who left.
func (t *resultatTable) validables(etudiant int) string {
	in := t.r.Input
	if in.Etudiants[etudiant].Etat != notes.Inscrit {
		return ""
	}
	reached, all := 0, 0
	for u := range in.UEs {
		result := t.r.Results.UE.Row(u)[etudiant]
		if in.UEs[u].Sport || !in.Suit(etudiant, u) || !in.APC && !result.Inscrit && !result.Capitalisee {
			continue
		}
		all++
		if notes.Atteint(result.Moyenne, 10) {
			reached++
		}
	}
	return fmt.Sprint(reached, "/", all)
}

// AppendJSON implements api.JSONAppender.
func (rows Resultats) AppendJSON(dst []byte) []byte {
	const usual = 400 // bytes of a row without its means
	if len(rows) > 0 {
		dst = slices.Grow(dst, len(rows)*(usual+24*len(rows[0].table.columns)))
	}
	dst = append(dst, '[')
	for i := range rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = rows[i].appendJSON(dst)
	}
	return append(dst, ']')
}

// MarshalJSON writes the row; it never fails.
func (row ResultatRow) MarshalJSON() ([]byte, error) { return row.appendJSON(nil), nil }

func (row *ResultatRow) appendJSON(dst []byte) []byte {
	t := row.table
	dst = appendInt(dst, `{"etudid":`, row.Etudid)
	dst = appendText(dst, `,"code_nip":`, row.CodeNIP)
	dst = appendText(dst, `,"rang":`, &row.Rang)
	dst = appendText(dst, `,"civilite_str":`, &row.CiviliteStr)
	dst = appendText(dst, `,"nom_disp":`, &row.NomDisp)
	dst = appendText(dst, `,"prenom":`, &row.Prenom)
	dst = appendText(dst, `,"nom_short":`, &row.NomShort)
	dst = appendText(dst, `,"sort_key":`, &row.SortKey)
	dst = appendText(dst, `,"etat":`, &row.Etat)
	for p, key := range t.partitions {
		name := `""`
		if g, ok := t.r.GroupeOf(row.etudiant, p); ok {
			name = t.groupes[g]
		}
		dst = append(append(dst, key...), name...)
	}
	dst = t.appendMean(append(dst, `,"moy_gen":`...), t.r.Results.Etudiants[row.etudiant].Moyenne)
	for k := range t.columns {
		dst = append(dst, t.columns[k].key...)
		dst = t.appendMean(dst, t.columns[k].value(row.etudiant))
	}
	dst = appendText(dst, `,"ues_validables":`, &row.UEsValidables)
	dst = appendFloat(dst, `,"ects":`, &row.ECTS)
	dst = appendCount(append(dst, `,"nbabs":`...), row.NbAbs)
	dst = appendCount(append(dst, `,"nbabsjust":`...), row.NbAbsJust)
	dst = appendText(dst, `,"bac":`, row.Bac)
	dst = appendText(dst, `,"specialite":`, row.Specialite)
	dst = appendText(dst, `,"type_admission":`, row.TypeAdmission)
	return append(appendNumber(dst, `,"classement":`, row.Classement), '}')
}

// appendMean appends a mean: "12.34" and "~", or a number and null.
func (t *resultatTable) appendMean(dst []byte, v float64) []byte {
	if t.isRaw {
		return jsonvalue.AppendFloat(dst, v)
	}
	return append(notes.AppendFormat(append(dst, '"'), v), '"')
}

// appendCount appends a count of [inUnit].
func appendCount(dst []byte, count any) []byte {
	if hours, ok := count.(api.Float); ok {
		return hours.AppendJSON(dst)
	}
	return fmt.Append(dst, count)
}

// nomDisp is a name as tables show it: "MARTIN (ETIENNE)" for who uses another
// name than the register's.
func nomDisp(nom string, usuel *string) string {
	if usuel == nil || *usuel == "" {
		return nom
	}
	return *usuel + " (" + nom + ")"
}

// nomShort is a name and the beginning of the first: "COSTA Si.".
func nomShort(nom string, usuel *string, prenom string) string {
	if usuel != nil && *usuel != "" {
		nom = *usuel
	}
	if prenom == "" {
		return nom
	}
	first := prenom
	if utf8.RuneCountInString(prenom) > 2 {
		first = string([]rune(prenom)[:2])
	}
	return nom + " " + capitalized(strings.ToLower(first)) + "."
}

// absenceCount are absences in the unit of the preference assi_metrique.
type absenceCount struct{ total, justified any }

// absencesOf counts the absences of a semester by student; those without any
// are left out.
func (s *Service) absencesOf(ctx context.Context, q *db.Queries, sem db.FormSemestre) (map[int64]absenceCount, error) {
	calendar, err := s.calendar(ctx, q, sem.DeptID)
	if err != nil {
		return nil, err
	}
	prefs, err := preferencesAt(ctx, q, sem.ID, sem.DeptID)
	if err != nil {
		return nil, err
	}
	unit := metricUnits[prefs.Text("assi_metrique")]
	within := s.timeOf(sem)
	rows, err := q.AbsencesOfFormSemestre(ctx, db.AbsencesOfFormSemestreParams{FormsemestreID: sem.ID, Since: db.At(within.since), Until: db.At(within.until)})
	if err != nil {
		return nil, fmt.Errorf("absences of formsemestre %d: %w", sem.ID, err)
	}
	counts := map[int64]absenceCount{}
	var all, justified []presence.Record
	for start := 0; start < len(rows); {
		end := start
		all, justified = all[:0], justified[:0]
		for ; end < len(rows) && rows[end].Etudid == rows[start].Etudid; end++ {
			record := presence.Record{Start: rows[end].DebutAt.Time, End: rows[end].FinAt.Time, State: presence.Absent, IsJustified: rows[end].EstJust}
			all = append(all, record)
			if record.IsJustified {
				justified = append(justified, record)
			}
		}
		counts[rows[start].Etudid] = absenceCount{inUnit(calendar.Count(all), unit), inUnit(calendar.Count(justified), unit)}
		start = end
	}
	return counts, nil
}

// metricUnits are the metrics by the values of the preference assi_metrique.
var metricUnits = map[string]int64{"J.": 1, "1/2 J.": 2, "H.": 3}
