package scolarite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/edt"
)

// edtRoutes are the entries of "API Formsemestre" about timetables.
func (s *Service) edtRoutes() []api.Route {
	return []api.Route{
		api.Get("formsemestre_edt", ScoView, s.formSemestreEdt, "/formsemestre/{formsemestre_id:int}/edt").
			Doc("L'emploi du temps du semestre.").
			Describe("Si ok, une liste d'évènements. Sinon, une chaine indiquant un message d'erreur.\n\n" +
				"Expérimental, ne pas utiliser hors ScoDoc.\n\n" +
				"`group_ids` : seulement les évènements de ces groupes (ids séparés par des virgules) et ceux de tous. " +
				"`show_modules_titles` : le titre du module après son code (oui par défaut).\n\n" +
				"Les évènements viennent du fichier iCalendar `edt/<edt_id>.ics` du dossier de données, ou de l'adresse de la préférence `edt_sem_ics_url`, " +
				"où `{edt_id}` est remplacé ; si le semestre a plusieurs `edt_id`, séparés par des virgules, tous sont lus. Les préférences `edt_ics_<nom>_field` et `edt_ics_<nom>_regexp` disent " +
				"dans quel champ chercher le titre (`title`, SUMMARY), les groupes (`group`, DESCRIPTION), le module (`mod`, SUMMARY) et les enseignants (`uid`, DESCRIPTION), " +
				"et comment. Sans expression régulière, un groupe et un enseignant sont une ligne du champ, un module y est cité."),
	}
}

// edtQuery is the question for a timetable.
type edtQuery struct {
	partitionsRef
	GroupIDs   string `query:"group_ids" default:""`
	ShowTitles bool   `query:"show_modules_titles" default:"true"`
}

// EdtEvent is something of a timetable.
type EdtEvent struct {
	CalendarID      string   `json:"calendarId"` // the group's name, or "tous"
	Title           string   `json:"title"`
	Start           Instant  `json:"start"`
	End             Instant  `json:"end"`
	BackgroundColor string   `json:"backgroundColor"` // the module's
	GroupID         *int64   `json:"group_id"`
	GroupEdtID      *string  `json:"group_edt_id"` // as the timetable names the group
	ModuleImplID    *int64   `json:"moduleimpl_id"`
	EdtEnsIDs       []string `json:"edt_ens_ids"` // as the timetable names the teachers
	EnsUserNames    []string `json:"ens_user_names"`
}

// Timetable is a list of events, or the text of what is wrong.
type Timetable struct {
	Events []EdtEvent
	Wrong  string
}

// MarshalJSON writes the list or the text.
func (t Timetable) MarshalJSON() ([]byte, error) {
	if t.Wrong != "" {
		return json.Marshal(t.Wrong)
	}
	return json.Marshal(t.Events)
}

// everybody is the calendar of what is not one group's.
const everybody = "tous"

// formSemestreEdt returns the timetable of a semester in the order of time, or
// the text of why there is none. NotFound if the semester is unknown or one of
// the groups is not one of its own.
func (s *Service) formSemestreEdt(ctx context.Context, in edtQuery) (Timetable, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
	if err != nil {
		return Timetable{}, err
	}
	names, err := s.timetableNames(ctx, q, sem)
	if err != nil {
		return Timetable{}, err
	}
	if names.wanted, err = names.groupsNamed(in.GroupIDs); err != nil {
		return Timetable{}, err
	}
	names.showTitles = in.ShowTitles
	preferences, err := preferencesAt(ctx, q, sem.ID, sem.DeptID)
	if err != nil {
		return Timetable{}, err
	}
	events, err := s.edtEvents(ctx, sem, names, preferences)
	if wrong, ok := errors.AsType[timetableFault](err); ok {
		return Timetable{Wrong: string(wrong)}, nil
	}
	return Timetable{Events: events}, err
}

// edtEvents reads the calendars of a semester and names what they speak of.
func (s *Service) edtEvents(ctx context.Context, sem db.FormSemestre, names timetableNames, preferences Preferences) ([]EdtEvent, error) {
	sources, err := timetableSources(preferences)
	if err != nil {
		return nil, err
	}
	calendars, err := s.timetableEvents(ctx, sem, preferences.Text("edt_sem_ics_url"))
	if err != nil {
		return nil, err
	}
	events := []EdtEvent{}
	for _, e := range calendars {
		if event, ok := names.event(e, sources); ok {
			event.Start, event.End = s.instant(db.At(e.Start)), s.instant(db.At(e.End))
			events = append(events, event)
		}
	}
	return events, nil
}

// edtSources say where a calendar names things.
type edtSources struct{ title, group, module, teacher edt.Source }

// timetableSources returns the sources that preferences set, the usual ones
// where they do not.
func timetableSources(preferences Preferences) (out edtSources, err error) {
	for _, p := range []struct {
		name, usual string
		dst         *edt.Source
	}{
		{"title", "SUMMARY", &out.title},
		{"group", "DESCRIPTION", &out.group},
		{"mod", "SUMMARY", &out.module},
		{"uid", "DESCRIPTION", &out.teacher},
	} {
		p.dst.Field = cmp.Or(preferences.Text("edt_ics_"+p.name+"_field"), p.usual)
		pattern := strings.TrimSpace(preferences.Text("edt_ics_" + p.name + "_regexp"))
		if pattern == "" {
			continue
		}
		if p.dst.Pattern, err = regexp.Compile(pattern); err != nil {
			return out, fmt.Errorf("preference edt_ics_%s_regexp: %w", p.name, err)
		}
	}
	return out, nil
}

// timetableNames are what the events of a semester may be about, and which are
// wanted.
type timetableNames struct {
	groups     []namedGroup
	modules    []db.TimetableModulesRow
	accounts   []db.TimetableAccountsRow
	wanted     []int64 // ids of groups, none for all
	showTitles bool
}

// namedGroup is a group and its names in timetables.
type namedGroup struct {
	db.Groupe
	edtIDs []string
}

func (s *Service) timetableNames(ctx context.Context, q *db.Queries, sem db.FormSemestre) (names timetableNames, err error) {
	groups, err := q.GroupesOfFormSemestre(ctx, sem.ID)
	if err != nil {
		return names, err
	}
	for _, g := range groups {
		names.groups = append(names.groups, namedGroup{g, edtIDsOf(g.EdtID)})
	}
	if names.modules, err = q.TimetableModules(ctx, sem.ID); err != nil {
		return names, err
	}
	names.accounts, err = q.TimetableAccounts(ctx, sem.ID)
	return names, err
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
func (n timetableNames) groupsNamed(text string) ([]int64, error) {
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
		i := slices.IndexFunc(n.groups, func(g namedGroup) bool { return g.ID == id })
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
func (n timetableNames) event(e edt.Event, sources edtSources) (EdtEvent, bool) {
	out := EdtEvent{CalendarID: everybody, Title: sources.title.Text(e), BackgroundColor: noModuleColor}
	group, as, ok := n.groupOf(sources.group.Items(e))
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
		out.GroupEdtID = textOrNil(strings.Join(sources.group.Items(e), ","))
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
func (n timetableNames) groupOf(items []string) (group *namedGroup, as string, ok bool) {
	unwanted := false
	for _, names := range []func(namedGroup) []string{
		func(g namedGroup) []string { return g.edtIDs },
		func(g namedGroup) []string { return []string{textOrEmpty(g.GroupName)} },
	} {
		for _, item := range items {
			for i, g := range n.groups {
				if firstNamed([]string{item}, names(g)) == "" {
					continue
				}
				if len(n.wanted) == 0 || g.GroupName == nil || slices.Contains(n.wanted, g.ID) {
					return &n.groups[i], item, true
				}
				unwanted = true
			}
		}
	}
	return nil, "", !unwanted
}

// firstNamed returns the first of the items that is one of the names, "" for
// none.
func firstNamed(items, names []string) string {
	for _, item := range items {
		if slices.ContainsFunc(names, func(name string) bool { return edt.Same(item, name) }) {
			return item
		}
	}
	return ""
}

// moduleOf returns the module of an event, nil for none: the one that its
// source names, by its name in timetables before its code; without a pattern,
// the one with the longest name among those that the text mentions.
func (n timetableNames) moduleOf(e edt.Event, source edt.Source) *db.TimetableModulesRow {
	items, text := source.Items(e), source.Text(e)
	for _, names := range []func(*db.TimetableModulesRow) []string{
		func(m *db.TimetableModulesRow) []string { return edtIDsOf(m.EdtID) },
		func(m *db.TimetableModulesRow) []string { return []string{m.Code} },
	} {
		var best *db.TimetableModulesRow
		length := 0
		for i := range n.modules {
			for _, name := range names(&n.modules[i]) {
				isNamed := firstNamed(items, []string{name}) != "" || source.Pattern == nil && edt.Mentions(text, name)
				if isNamed && len(name) > length {
					best, length = &n.modules[i], len(name)
				}
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// moduleTitle is the code of a module, and what it is called if that is wanted.
func (n timetableNames) moduleTitle(m *db.TimetableModulesRow) string {
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
func (n timetableNames) teachersOf(e edt.Event, source edt.Source) (edtIDs, userNames []string) {
	edtIDs, userNames = []string{}, []string{}
	for _, item := range source.Items(e) {
		isKnown := false
		for _, a := range n.accounts {
			names := append(edtIDsOf(a.EdtID), a.UserName)
			if firstNamed([]string{item}, names) == "" {
				continue
			}
			isKnown = true
			if !slices.Contains(userNames, a.UserName) {
				userNames = append(userNames, a.UserName)
			}
		}
		if isKnown || source.Pattern != nil {
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
