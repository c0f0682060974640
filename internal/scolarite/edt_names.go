package scolarite

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/plier"
	"intendant/internal/scolarite/edt"
)

// timetableNames are what the events of a semester may be about, and which are
// wanted.
type timetableNames struct {
	groups     []db.Groupe
	byName     [2]edt.Names[*db.Groupe] // the groups: by their names in timetables, by their own
	modules    [2][]moduleName          // likewise
	teachers   edt.Names[string]        // user names
	wanted     []int64                  // ids of groups, none for all
	showTitles bool
}

// moduleName is what timetables call a module.
type moduleName struct {
	name   string
	module *db.TimetableModulesRow
}

func (s *Service) timetableNames(ctx context.Context, q *db.Queries, sem db.FormSemestre) (names timetableNames, err error) {
	if names.groups, err = q.GroupesOfFormSemestre(ctx, sem.ID); err != nil {
		return names, err
	}
	names.byName = groupNames(names.groups)
	modules, err := q.TimetableModules(ctx, sem.ID)
	if err != nil {
		return names, err
	}
	names.modules = moduleNames(modules)
	accounts, err := q.TimetableAccounts(ctx, sem.ID)
	names.teachers = edt.Names[string]{}
	for _, a := range accounts {
		for _, name := range append(edtIDsOf(a.EdtID), a.UserName) {
			names.teachers.Add(name, a.UserName)
		}
	}
	return names, err
}

// groupNames returns groups by their names in timetables, and by their own.
func groupNames(groups []db.Groupe) [2]edt.Names[*db.Groupe] {
	inTimetables, own := edt.Names[*db.Groupe]{}, edt.Names[*db.Groupe]{}
	for i := range groups {
		g := &groups[i]
		for _, name := range edtIDsOf(g.EdtID) {
			inTimetables.Add(name, g)
		}
		own.Add(textOrEmpty(g.GroupName), g)
	}
	return [...]edt.Names[*db.Groupe]{inTimetables, own}
}

// moduleNames returns the names of modules in timetables, and their codes: the
// longest first, for a text that mentions R1.01-B may mention R1.01 too.
func moduleNames(modules []db.TimetableModulesRow) [2][]moduleName {
	var inTimetables, codes []moduleName
	for i := range modules {
		m := &modules[i]
		for _, name := range edtIDsOf(m.EdtID) {
			inTimetables = append(inTimetables, moduleName{plier.Key(name), m})
		}
		codes = append(codes, moduleName{plier.Key(m.Code), m})
	}
	return [...][]moduleName{longestFirst(inTimetables), longestFirst(codes)}
}

// longestFirst sorts names, and leaves out those of blanks.
func longestFirst(names []moduleName) []moduleName {
	names = slices.DeleteFunc(names, func(m moduleName) bool { return m.name == "" })
	slices.SortStableFunc(names, func(a, b moduleName) int { return cmp.Compare(len(b.name), len(a.name)) })
	return names
}

// edtIDsOf takes the names of something in timetables apart.
func edtIDsOf(ids *string) []string {
	var list []string
	for id := range strings.SplitSeq(textOrEmpty(ids), ",") {
		if id = strings.TrimSpace(id); id != "" {
			list = append(list, id)
		}
	}
	return list
}

// groupsNamed reads "1,2": ids of groups of the semester. None is all, and so is
// the group of everybody. Invalid (404) for what is no id, NotFound for a group
// of another semester.
func (n *timetableNames) groupsNamed(text string) ([]int64, error) {
	var ids []int64
	all := false
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		id, err := strconv.ParseInt(item, 10, 64)
		if err != nil {
			return nil, errs.NewInvalid("group_ids", "int_parsing", "")
		}
		i := slices.IndexFunc(n.groups, func(g db.Groupe) bool { return g.ID == id })
		if i < 0 {
			return nil, errs.New(errs.NotFound, "group_unknown", "groupe inconnu")
		}
		all = all || n.groups[i].GroupName == nil
		ids = append(ids, id)
	}
	if all {
		return nil, nil
	}
	return ids, nil
}

// event says what an event is about; false if it is not wanted.
func (n *timetableNames) event(e edt.Event, sources edtSources) (EdtEvent, bool) {
	out := EdtEvent{CalendarID: everybody, Title: sources.title.Text(e), BackgroundColor: noModuleColor}
	items := sources.group.Items(e)
	group, as, ok := n.groupOf(items)
	if !ok {
		return out, false
	}
	if group != nil {
		out.GroupID = &group.ID
		if group.GroupName != nil {
			out.CalendarID = *group.GroupName
		}
	}
	out.GroupEdtID = textOrNil(as)
	if sources.group.Pattern != nil && group == nil {
		out.GroupEdtID = textOrNil(strings.Join(items, ","))
	}
	if module := n.moduleOf(e, sources.module); module != nil {
		out.ModuleImplID, out.BackgroundColor, out.Title = &module.ID, moduleColor(module.ModuleID), n.moduleTitle(module)
	}
	out.EdtEnsIDs, out.EnsUserNames = n.teachersOf(e, sources.teacher)
	return out, true
}

// groupOf returns the first group that the items name, and the item that does:
// by its names in timetables, else by its own, one that is wanted before the
// others. It is nil for none; false when only groups that are not wanted are
// named.
func (n *timetableNames) groupOf(items []string) (group *db.Groupe, as string, ok bool) {
	unwanted := false
	for _, names := range n.byName {
		for _, item := range items {
			for _, g := range names.Called(item) {
				if len(n.wanted) == 0 || g.GroupName == nil || slices.Contains(n.wanted, g.ID) {
					return g, item, true
				}
				unwanted = true
			}
		}
	}
	return nil, "", !unwanted
}

// moduleOf returns the module of an event, nil for none: the one that its
// source names, by its name in timetables before its code; without a pattern,
// the one with the longest name among those that the text mentions.
func (n *timetableNames) moduleOf(e edt.Event, source edt.Source) *db.TimetableModulesRow {
	text, items := plier.Key(source.Text(e)), source.Items(e)
	for i, item := range items {
		items[i] = plier.Key(item)
	}
	for _, names := range n.modules {
		for _, m := range names {
			if slices.Contains(items, m.name) || source.Pattern == nil && edt.Mentions(text, m.name) {
				return m.module
			}
		}
	}
	return nil
}

// moduleTitle is the code of a module, and what it is called if that is wanted.
func (n *timetableNames) moduleTitle(m *db.TimetableModulesRow) string {
	title := textOrEmpty(m.Abbrev)
	if title == "" {
		title = textOrEmpty(m.Titre)
	}
	if !n.showTitles || title == "" {
		return m.Code
	}
	return m.Code + " " + title
}

// teachersOf returns the teachers of an event as the timetable names them, and
// the accounts that these are. Without a pattern only names that some account
// bears are taken for teachers.
func (n *timetableNames) teachersOf(e edt.Event, source edt.Source) (edtIDs, userNames []string) {
	edtIDs, userNames = []string{}, []string{}
	for _, item := range source.Items(e) {
		known := n.teachers.Called(item)
		for _, name := range known {
			if !slices.Contains(userNames, name) {
				userNames = append(userNames, name)
			}
		}
		if len(known) > 0 || source.Pattern != nil {
			edtIDs = append(edtIDs, item)
		}
	}
	return edtIDs, userNames
}

// noModuleColor is behind events of no module, moduleColors behind the others:
// light enough for black text.
const noModuleColor = "#e5e5e5"

var moduleColors = []string{
	"#b6e3f4", "#ffd5a8", "#c9e7b5", "#f7c6d9", "#d9ccf2", "#fff1a6", "#bfe6df", "#f4c7b8",
	"#c7d3f0", "#e3dfb0", "#e8c4e6", "#cfe8c9",
}

// moduleColor is a module's color, the same in every semester.
func moduleColor(moduleID int64) string {
	return moduleColors[uint64(moduleID)%uint64(len(moduleColors))]
}
