package scolarite

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/scolarite/bulletin"
)

// Widths of columns, in millimetres.
const (
	markWidth = 15.
	rankWidth = 17.
	coefWidth = 12.
)

// classColumns are those of the means of the class that a table shows.
func (o *BulletinOptions) classColumns(minMax bool) []bulletin.Column {
	var columns []bulletin.Column
	if minMax {
		columns = append(columns, bulletin.Column{Titre: "Min.", Width: markWidth}, bulletin.Column{Titre: "Max.", Width: markWidth})
	}
	if o.ShowMoyPromo {
		columns = append(columns, bulletin.Column{Titre: "Promo.", Width: markWidth})
	}
	return columns
}

// classCells fills classColumns; those that are not to be shown stay empty.
func (o *BulletinOptions) classCells(hasMinMax, minMax bool, n *BulletinNote) []string {
	var cells []string
	switch {
	case hasMinMax && minMax:
		cells = []string{noteFigure(n.Min), noteFigure(n.Max)}
	case hasMinMax:
		cells = []string{"", ""}
	}
	if o.ShowMoyPromo {
		cells = append(cells, noteFigure(n.Moy))
	}
	return cells
}

// ueTable is the table of UEs, without rows.
func (o *BulletinOptions) ueTable() bulletin.Table {
	columns := []bulletin.Column{{Titre: "Unité d’enseignement", Left: true}, {Titre: "Moyenne", Width: markWidth + 2}}
	if o.ShowUERangs || o.ShowRangs {
		columns = append(columns, bulletin.Column{Titre: "Rang", Width: rankWidth})
	}
	columns = append(columns, o.classColumns(o.ShowMinMax)...)
	if o.ShowECTS {
		columns = append(columns, bulletin.Column{Titre: "ECTS", Width: rankWidth})
	}
	return bulletin.Table{Titre: "Unités d’enseignement", Columns: columns}
}

// ueRow is a row of ueTable.
func (o *BulletinOptions) ueRow(kind bulletin.Kind, title string, n *BulletinNote, rang, ects string) bulletin.Row {
	return o.ueRowWith(kind, title, n.Value, rang, ects, o.classCells(o.ShowMinMax, true, n))
}

// ueRowWith is ueRow with the cells of the class given.
func (o *BulletinOptions) ueRowWith(kind bulletin.Kind, title, value, rang, ects string, class []string) bulletin.Row {
	cells := []string{title, noteFigure(value)}
	if o.ShowUERangs || o.ShowRangs {
		cells = append(cells, rang)
	}
	cells = append(cells, class...)
	if o.ShowECTS {
		cells = append(cells, ects)
	}
	return bulletin.Row{Cells: cells, Kind: kind}
}

// acquired adds to ueTable a UE acquired before whose mean counts, with nothing
// of the class.
func (o *BulletinOptions) acquired(t *bulletin.Table, title, value, rang, ects string) {
	t.Rows = append(t.Rows, o.ueRowWith(bulletin.Plain, title, value, rang, ects, make([]string, len(o.classColumns(o.ShowMinMax)))))
}

// general adds the general mean to ueTable, unless the semester has none.
func (o *BulletinOptions) general(t *bulletin.Table, n *BulletinNote, rang, ects string) {
	if len(t.Rows) == 0 || o.BlockMoyenneGenerale {
		return
	}
	t.Rows = append(t.Rows, o.ueRow(bulletin.Strong, "Moyenne générale", n, rang, ects))
}

// detail is a row that says something of the one before.
func detail(cells ...string) bulletin.Row { return bulletin.Row{Cells: cells, Kind: bulletin.Detail} }

// groupRank adds to ueTable the rank in a group.
func (o *BulletinOptions) groupRank(t *bulletin.Table, group, rang string) {
	if rang != "" && o.ShowRangs && len(t.Rows) > 0 {
		t.Rows = append(t.Rows, detail("Rang dans le groupe "+group, "", rang))
	}
}

// credits are those acquired among all: "12 / 12".
func credits(e BulletinECTS) string {
	return figure(float64(e.Acquis)) + " / " + figure(float64(e.Total))
}

// printBUT prints what a report card of a BUT has.
func (m *bulletinMaker) printBUT(doc *bulletin.Bulletin, i int) {
	b := m.but(i)
	m.printHead(doc, &b.Etudiant, b.Semestre, i)
	doc.UEs = m.options.ueTable()
	m.printUEs(&doc.UEs, b)
	m.options.general(&doc.UEs, &b.Semestre.Notes, rangFigure(b.Semestre.Rang.Value, b.Semestre.Rang.Total), credits(b.Semestre.ECTS))
	for _, g := range b.Semestre.Groupes {
		for _, rang := range b.Semestre.Rang.Groupes {
			if rang.Name == strconv.FormatInt(g.ID, 10) {
				m.options.groupRank(&doc.UEs, strings.TrimSpace(textOrEmpty(g.Partition.PartitionName)+" "+g.GroupName), rangFigure(rang.Value.Value, rang.Value.Total))
			}
		}
	}
	doc.Sections = append(doc.Sections, m.moduleTable("Ressources", b, b.Ressources), m.moduleTable("Situations d’apprentissage et d’évaluation (SAÉ)", b, b.SAEs))
	for _, ue := range b.UEs {
		if ue.Value.IsSport {
			doc.Sections = append(doc.Sections, m.moduleTable(titled(ue.Name, ue.Value.Titre), nil, ue.Value.Modules))
		}
	}
	m.printRemarks(doc, b.Semestre, b.Appreciation)
}

// titled is "UE1.1 – Administrer", without a title the name alone.
func titled(name, title string) string {
	if title == "" {
		return name
	}
	return name + " – " + title
}

// printUEs adds the UEs of a BUT, those acquired before after those followed. A
// UE that is both has its rank and its credits with what was acquired, which is
// what counts.
func (m *bulletinMaker) printUEs(t *bulletin.Table, b *BulletinBUT) {
	acquired := map[string]bool{}
	for _, ue := range b.UEsCapitalisees {
		acquired[ue.Name] = true
	}
	for _, ue := range b.UEs {
		switch {
		case ue.Value.IsSport:
		case acquired[ue.Name]:
			m.printUE(t, ue.Name, ue.Value, "", "")
		default:
			m.printUE(t, ue.Name, ue.Value, rangOf(&ue.Value.Moyenne), credits(ue.Value.ECTS))
		}
	}
	for _, ue := range b.UEsCapitalisees {
		n := &ue.Value.Moyenne
		m.options.acquired(t, titled(ue.Name, ue.Value.Titre)+", acquise le "+ue.Value.DateCapitalisation.Format("02/01/2006"), n.Value, rangOf(n), credits(ue.Value.ECTS))
	}
	for _, ue := range b.UEs {
		if ue.Value.IsSport {
			t.Rows = append(t.Rows, bulletin.Row{Cells: []string{titled(ue.Name, ue.Value.Titre) + " : " + pointsText(ue.Value.BonusDescription)}})
		}
	}
}

// printUE adds a UE that a student follows, with the points it had.
func (m *bulletinMaker) printUE(t *bulletin.Table, name string, ue *BulletinUE, rang, ects string) {
	t.Rows = append(t.Rows, m.options.ueRow(bulletin.Plain, titled(name, ue.Titre), &ue.Moyenne.BulletinNote, rang, ects))
	for _, points := range [][2]string{{"Bonus compris : ", ue.Bonus}, {"Malus compris : ", ue.Malus}} {
		if points[1] != "00.00" {
			t.Rows = append(t.Rows, detail(points[0]+noteFigure(points[1])))
		}
	}
}

var pointsPattern = regexp.MustCompile(`\b\d\d\.\d\d\b`)

// pointsText is what points sport gives, with figures as the French write them.
func pointsText(description string) string {
	return pointsPattern.ReplaceAllStringFunc(description, noteFigure)
}

// rangOf is the rank in a UE.
func rangOf(n *BulletinMoyenneUE) string { return rangFigure(n.Rang, n.Total) }

// moduleTable is a table of modules of a BUT with their evaluations, and what
// they count for in each UE of the report card, if any.
func (m *bulletinMaker) moduleTable(title string, b *BulletinBUT, modules Ordered[*BulletinModule]) bulletin.Table {
	o := m.options
	hasMinMax := o.ShowMinMaxMod || o.ShowMinMaxEval
	columns := []bulletin.Column{{Titre: "Module", Left: true}, {Titre: "Note /20", Width: markWidth}}
	columns = append(columns, o.classColumns(hasMinMax)...)
	var ues []*BulletinUE
	if b != nil && o.ShowCoef {
		for _, ue := range b.UEs {
			if !ue.Value.IsSport {
				ues = append(ues, ue.Value)
				columns = append(columns, bulletin.Column{Titre: "Coef. " + ue.Name, Width: coefWidth + 4})
			}
		}
	}
	t := bulletin.Table{Titre: title, Columns: columns}
	for _, module := range modules {
		n := module.Value
		cells := append([]string{titled(module.Name, n.Titre), noteFigure(n.Moyenne.Value)}, o.classCells(hasMinMax, o.ShowMinMaxMod, &n.Moyenne)...)
		for _, ue := range ues {
			cells = append(cells, ue.coefOf(n.ID))
		}
		t.Rows = append(t.Rows, bulletin.Row{Cells: cells, Kind: bulletin.Strong})
		for k := range n.Evaluations {
			e := &n.Evaluations[k]
			title := evaluationTitle(e.Description, dayText(textOrEmpty(e.Date)), e.EvaluationType)
			t.Rows = append(t.Rows, detail(append([]string{title, noteFigure(e.Note.Value)}, o.classCells(hasMinMax, o.ShowMinMaxEval, &e.Note)...)...))
		}
		if a := n.Absences; a != nil && a.Total.N > 0 {
			t.Rows = append(t.Rows, detail("Absences : "+absencesText(a)))
		}
	}
	return t
}

// coefOf is what a module counts for in a UE, "" for nothing.
func (ue *BulletinUE) coefOf(moduleImplID int64) string {
	for _, parts := range []Ordered[BulletinPart]{ue.Ressources, ue.SAEs} {
		for _, part := range parts {
			if part.Value.ID == moduleImplID {
				return figure(float64(part.Value.Coef))
			}
		}
	}
	return ""
}

// evaluationTitle is "Devoir surveillé (08/10/2025)".
func evaluationTitle(description, day string, kind int64) string {
	about := map[int64]string{1: "rattrapage", 2: "seconde session", 3: "bonus"}[kind]
	title := cmp.Or(description, "Évaluation")
	if strings.EqualFold(title, about) {
		about = ""
	}
	parts := slices.DeleteFunc([]string{day, about}, func(text string) bool { return text == "" })
	if len(parts) == 0 {
		return title
	}
	return title + " (" + strings.Join(parts, ", ") + ")"
}

// printClassique prints what a classic report card has.
func (m *bulletinMaker) printClassique(doc *bulletin.Bulletin, i int) {
	b := m.classique(i)
	m.printHead(doc, &b.Identite, b.Semestre, i)
	doc.UEs = m.options.ueTable()
	acquired := map[int64]bool{}
	for k := range b.UEsCapitalisees {
		acquired[b.UEsCapitalisees[k].ID] = true
	}
	ranks := map[int64]string{}
	for k := range b.UEs {
		ue := &b.UEs[k]
		rang, ects := rangFigure(ue.Rang, ue.Effectif), ectsFigure(ue.ECTS)
		if acquired[ue.ID] { // which has the rank and the credits, for it counts
			ranks[ue.ID], rang, ects = rang, "", ""
		}
		row := m.options.ueRow(bulletin.Plain, titled(ue.Acronyme, ue.Titre), &ue.Note, rang, ects)
		if ue.Type == sportUE {
			row.Cells = []string{titled(ue.Acronyme, ue.Titre) + " : " + m.bonusClassique(b)}
		}
		doc.UEs.Rows = append(doc.UEs.Rows, row)
	}
	for _, ue := range b.UEsCapitalisees {
		m.options.acquired(&doc.UEs, titled(ue.Acronyme, ue.Titre)+", acquise le "+dayText(ue.DateCapitalisation), ue.Note, ranks[ue.ID], ectsFigure(ue.ECTS))
	}
	m.options.general(&doc.UEs, &b.Note, rangFigure(b.Rang.Value, b.Rang.NInscrits), "")
	for _, g := range b.RangGroup {
		m.options.groupRank(&doc.UEs, strings.TrimSpace(g.GroupType+" "+g.GroupName), rangFigure(g.Value, int64(g.NInscrits)))
	}
	for k := range b.UEs {
		doc.Sections = append(doc.Sections, m.moduleTableClassique(&b.UEs[k]))
	}
	m.printRemarks(doc, b.Semestre, b.Appreciation)
}

// ectsFigure is [ectsText] as the French write it.
func ectsFigure(text string) string { return strings.Replace(strings.TrimSpace(text), ".", ",", 1) }

// bonusClassique says which points sport gives to the general mean.
func (m *bulletinMaker) bonusClassique(b *BulletinClassique) string {
	if b.BonusSportCulture.Value == 0 {
		return "Aucun bonus"
	}
	return "Bonus de " + figure(float64(b.BonusSportCulture.Value)) + " compris"
}

// moduleTableClassique is the table of the modules of a UE with their
// evaluations.
func (m *bulletinMaker) moduleTableClassique(ue *BulletinUEClassique) bulletin.Table {
	o := m.options
	hasMinMax := o.ShowMinMaxMod || o.ShowMinMaxEval
	columns := []bulletin.Column{{Titre: "Module", Left: true}, {Titre: "Note /20", Width: markWidth}}
	if o.ShowModRangs {
		columns = append(columns, bulletin.Column{Titre: "Rang", Width: rankWidth})
	}
	columns = append(columns, o.classColumns(hasMinMax)...)
	if o.ShowCoef {
		columns = append(columns, bulletin.Column{Titre: "Coef.", Width: coefWidth})
	}
	t := bulletin.Table{Titre: titled(ue.Acronyme, ue.Titre), Columns: columns}
	row := func(kind bulletin.Kind, title string, n *BulletinNote, rang string, minMax bool, coef float64) {
		cells := []string{title, noteFigure(n.Value)}
		if o.ShowModRangs {
			cells = append(cells, rang)
		}
		class := o.classCells(hasMinMax, minMax, n)
		if kind == bulletin.Detail {
			clear(class) // evaluations do not tell of the class
		}
		cells = append(cells, class...)
		if o.ShowCoef {
			cells = append(cells, figure(coef))
		}
		t.Rows = append(t.Rows, bulletin.Row{Cells: cells, Kind: kind})
	}
	for k := range ue.Modules {
		mod := &ue.Modules[k]
		title := mod.Titre
		if o.ShowCodeModules || title == "" {
			title = titled(mod.Code, mod.Titre)
		}
		row(bulletin.Strong, title, &mod.Note.BulletinNote, rangFigure(mod.Rang, mod.Effectif), o.ShowMinMaxMod, float64(mod.Coefficient))
		for j := range mod.Evaluations {
			e := &mod.Evaluations[j]
			row(bulletin.Detail, evaluationTitle(e.Description, dayText(e.Jour), e.EvaluationType), &BulletinNote{Value: e.Note}, "", false, float64(e.Coefficient))
		}
	}
	return t
}
