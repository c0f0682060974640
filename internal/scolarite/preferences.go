package scolarite

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// preferenceRoutes are the entries of our extension for preferences.
func (s *Service) preferenceRoutes() []api.Route {
	paths := []string{"/preferences", "/departement/{acronym}/preferences", "/formsemestre/{formsemestre_id:int}/preferences"}
	return []api.Route{
		api.Get("preferences", EditPreferences, s.preferencesGet, paths...).Extension().
			Doc("Toutes les préférences et leur valeur : pour le site, un département ou un semestre.").
			Describe("La valeur la plus proche l'emporte : celle du semestre, sinon du département, sinon du site, sinon la valeur usuelle."),
		api.Post("preferences_edit", EditPreferences, s.preferencesEdit, paths...).Extension().Refuses(http.StatusBadRequest).
			Doc("Règle des préférences du site, d'un département ou d'un semestre.").
			Describe("Le corps est un objet `{nom: valeur}` ; `null` retire le réglage à ce niveau. La réponse est celle de la lecture. " +
				"Un nom inconnu ou une valeur refusée est une erreur 400, et rien n'est changé. Un semestre verrouillé refuse (403). " +
				"Pour régler le site, la permission doit valoir pour tous les départements."),
	}
}

// preferencesRef names a place in a path: a department, a semester, or the
// site.
type preferencesRef struct {
	Acronym        api.Opt[string] `path:"acronym"`
	FormSemestreID api.Opt[int64]  `path:"formsemestre_id"`
}

// preferencesChange is what to set, or with null to take back, at a place.
type preferencesChange struct {
	preferencesRef
	Values jsonvalue.Value `body:""`
}

// preferencesGet returns the values at a place, by name; NotFound for an
// unknown one.
func (s *Service) preferencesGet(ctx context.Context, in preferencesRef) (Preferences, error) {
	q := s.Store.Read()
	place, err := placeNamed(ctx, q, in)
	if err != nil {
		return nil, err
	}
	return preferencesAt(ctx, q, place.formSemestreID, place.deptID)
}

// preferencesEdit sets values at a place and returns all as they are then.
// NotFound for an unknown place, Forbidden for a locked semester or for the
// site without the permission in all departments, Invalid (400 on the wire)
// for an unknown name or a value that will not do.
func (s *Service) preferencesEdit(ctx context.Context, in preferencesChange) (Preferences, error) {
	var after Preferences
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		place, err := placeNamed(ctx, q, in.preferencesRef)
		if err != nil {
			return err
		}
		if err := place.mayChange(ctx); err != nil {
			return err
		}
		if err := s.setPreferences(ctx, q, place, in.Values); err != nil {
			return err
		}
		after, err = preferencesAt(ctx, q, place.formSemestreID, place.deptID)
		return err
	})
	return after, err
}

// SetDepartementPreferences sets the members of an object as preferences of a
// department; see preferencesEdit for its errors.
func (s *Service) SetDepartementPreferences(ctx context.Context, acronym string, values jsonvalue.Value) (Preferences, error) {
	return s.preferencesEdit(ctx, preferencesChange{preferencesRef{Acronym: api.Some(acronym)}, values})
}

// preferencePlace is where preferences are set: a semester, else a department,
// else, where both ids are 0, the site.
type preferencePlace struct {
	formSemestreID, deptID int64 // the department is the semester's too
	name                   string
	isLocked               bool
}

// placeOf is a semester as a place.
func placeOf(sem db.FormSemestre) preferencePlace {
	return preferencePlace{formSemestreID: sem.ID, deptID: sem.DeptID, name: titreNum(sem), isLocked: !sem.Etat}
}

// placeNamed returns the place that a path names, or NotFound.
func placeNamed(ctx context.Context, q *db.Queries, in preferencesRef) (preferencePlace, error) {
	if id, ok := in.FormSemestreID.Get(); ok {
		sem, err := visibleFormSemestre(ctx, q, id)
		return placeOf(sem), err
	}
	if acronym, ok := in.Acronym.Get(); ok {
		dept, err := visibleDepartementNamed(ctx, q, acronym)
		return preferencePlace{deptID: dept.ID, name: dept.Acronym}, err
	}
	return preferencePlace{}, nil
}

// mayChange returns Forbidden when the place is a locked semester, or the site
// and ctx's caller does not hold the permission in all departments.
func (p preferencePlace) mayChange(ctx context.Context) error {
	switch {
	case p.isLocked:
		return errLocked
	case p.deptID == 0:
		return requireEverywhere(ctx, EditPreferences)
	}
	return nil
}

// own returns the ids that the settings of the place itself bear.
func (p preferencePlace) own() (formSemestreID, deptID int64) {
	if p.formSemestreID != 0 {
		return p.formSemestreID, 0
	}
	return 0, p.deptID
}

// object returns how the journal names the place.
func (p preferencePlace) object() (kind string, id int64) {
	switch {
	case p.formSemestreID != 0:
		return "formsemestre", p.formSemestreID
	case p.deptID != 0:
		return "departement", p.deptID
	}
	return "preferences", 0
}

// setPreferences sets the members of an object at a place, and takes back
// those that are null. It asks for no permission. Invalid, with every fault,
// for an unknown name or a value that will not do.
func (s *Service) setPreferences(ctx context.Context, q *db.Queries, p preferencePlace, values jsonvalue.Value) error {
	changes, err := readPreferences(p, values)
	if err != nil {
		return err
	}
	formSemestreID, deptID := p.own()
	rows, err := q.PreferencesSet(ctx, db.PreferencesSetParams{FormsemestreID: formSemestreID, DeptID: deptID})
	if err != nil {
		return err
	}
	was := make(Preferences, len(rows))
	for _, row := range rows {
		was[row.Name] = json.RawMessage(row.Value)
	}
	before := Preferences{}
	for name, value := range changes {
		before[name] = was[name] // null when it is not set
		if err := q.DeletePreference(ctx, db.DeletePreferenceParams{FormsemestreID: formSemestreID, DeptID: deptID, Name: name}); err != nil {
			return err
		}
		if value == nil {
			continue
		}
		err := q.AddPreference(ctx, db.AddPreferenceParams{
			FormsemestreID: zeroIsNil(formSemestreID), DeptID: zeroIsNil(deptID), Name: name, Value: string(value),
		})
		if err != nil {
			return err
		}
	}
	if err := checkDayHours(ctx, q, p, changes); err != nil {
		return err
	}
	kind, id := p.object()
	return s.record(ctx, q, "preferences.update", kind, id, p.name, before, changes)
}

// readPreferences returns the members of an object as they are kept, nil for
// null.
func readPreferences(p preferencePlace, values jsonvalue.Value) (Preferences, error) {
	if values.Kind() != jsonvalue.Object {
		return nil, errs.Faulty([]errs.Fault{{Loc: []any{"body"}, Code: "dict_type", Message: "objet attendu"}})
	}
	changes := Preferences{}
	var faults []errs.Fault
	refuse := func(name, code, reason string) {
		faults = append(faults, errs.Fault{Loc: []any{name}, Code: code, Message: "param '" + name + "': " + reason})
	}
	for _, m := range values.Members() {
		known, ok := knownPreferences[m.Key]
		switch {
		case !ok:
			refuse(m.Key, "preference_unknown", "préférence inconnue")
		case known.notOfSemesters && p.formSemestreID != 0:
			refuse(m.Key, "preference_misplaced", "ne se règle pas pour un semestre")
		case m.Value.Kind() == jsonvalue.Null:
			changes[m.Key] = nil
		default:
			value, reason := known.read(m.Value)
			if reason != "" {
				refuse(m.Key, "preference_invalid", "invalide ("+reason+")")
			}
			changes[m.Key] = value
		}
	}
	return changes, errs.Faulty(faults)
}

// checkDayHours returns Invalid when changes leave the hours of a day at a
// place out of order.
func checkDayHours(ctx context.Context, q *db.Queries, p preferencePlace, changes Preferences) error {
	hours := []string{"assi_morning_time", "assi_lunch_time", "assi_afternoon_time"}
	all, err := preferencesAt(ctx, q, p.formSemestreID, p.deptID)
	if err != nil {
		return err
	}
	for i, name := range hours {
		_, isChanged := changes[name]
		if !isChanged {
			continue
		}
		isEarly := i > 0 && all.Text(hours[i-1]) >= all.Text(name)
		isLate := i+1 < len(hours) && all.Text(name) >= all.Text(hours[i+1])
		if isEarly || isLate {
			return errs.NewInvalid(name, "preference_invalid", "param '"+name+"': invalide (matin, midi et fin de journée dans cet ordre)")
		}
	}
	return nil
}

// Preferences are preferences by name: each the JSON of its value, null for
// one that is not set.
type Preferences map[string]json.RawMessage

// Text returns a preference that is a text. To ask for one that is unknown or
// of another type is a fault of the program: it panics, as do the others.
func (p Preferences) Text(name string) string { return preferenceAs[string](p, name) }

// Bool returns a preference that is true or false.
func (p Preferences) Bool(name string) bool { return preferenceAs[bool](p, name) }

// Float returns a preference that is a number.
func (p Preferences) Float(name string) float64 { return preferenceAs[float64](p, name) }

// BonusBUT returns the preference bonus_but.
func (p Preferences) BonusBUT() BonusBUT { return preferenceAs[BonusBUT](p, "bonus_but") }

func preferenceAs[T any](p Preferences, name string) T {
	var value T
	if err := json.Unmarshal(p[name], &value); err != nil {
		panic(fmt.Sprintf("preference %s as %T: %v", name, value, err))
	}
	return value
}

// preferencesAt returns all known preferences with their values for a semester
// (0 for none) of a department (0 for none): that of the semester if set there,
// else of the department, else of the site, else its usual value. What is set
// to a value that would be refused today counts as not set.
func preferencesAt(ctx context.Context, q *db.Queries, formSemestreID, deptID int64) (Preferences, error) {
	rows, err := q.PreferencesAt(ctx, db.PreferencesAtParams{FormsemestreID: formSemestreID, DeptID: deptID})
	if err != nil {
		return nil, fmt.Errorf("preferences of formsemestre %d in departement %d: %w", formSemestreID, deptID, err)
	}
	values := make(Preferences, len(knownPreferences))
	for name, known := range knownPreferences {
		values[name] = known.usual
	}
	for _, row := range rows { // the nearest last
		if value, ok := keptPreference(row.Name, row.Value); ok {
			values[row.Name] = value
		}
	}
	return values, nil
}

// keptPreference reads a value from the base; ok is false when it would be
// refused today.
func keptPreference(name, text string) (value json.RawMessage, ok bool) {
	known, ok := knownPreferences[name]
	if !ok {
		return nil, false
	}
	parsed, err := jsonvalue.Parse([]byte(text), 2)
	if err != nil {
		return nil, false
	}
	value, reason := known.read(parsed)
	return value, reason == ""
}

// zeroIsNil is an id, nil for 0.
func zeroIsNil(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
