package scolarite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"intendant/db"
	"intendant/internal/api"
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
	events, err := s.edtEvents(ctx, sem, &names, preferences)
	if wrong, ok := errors.AsType[timetableFault](err); ok {
		return Timetable{Wrong: string(wrong)}, nil
	}
	return Timetable{Events: events}, err
}

// edtEvents reads the calendars of a semester and names what they speak of.
func (s *Service) edtEvents(ctx context.Context, sem db.FormSemestre, names *timetableNames, preferences Preferences) ([]EdtEvent, error) {
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
