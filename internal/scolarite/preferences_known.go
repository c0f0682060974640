package scolarite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
)

// knownPreference is what a preference may be.
type knownPreference struct {
	usual json.RawMessage
	// read returns a value as it is kept, or why it will not do, in French.
	read func(v jsonvalue.Value) (value json.RawMessage, refusal string)
	// notOfSemesters is for what departments and the site alone have.
	notOfSemesters bool
}

// knownPreferences are all preferences by name, with the names that ScoDoc
// gives them.
var knownPreferences = map[string]knownPreference{
	// How the department is called: in lists, and in the session_id of its
	// semesters. Its acronym stands for the first, the first for the second.
	"DeptName":       notOfSemesters(prefText("", 128)),
	"ImputationDept": notOfSemesters(prefText("", 128)),

	// What bulletins show.
	"bul_show_abs":            prefFlag(true),
	"bul_show_abs_modules":    prefFlag(false),
	"bul_show_all_evals":      prefFlag(false),
	"bul_show_codemodules":    prefFlag(false),
	"bul_show_coef":           prefFlag(true),
	"bul_show_date_inscr":     prefFlag(true),
	"bul_show_decision":       prefFlag(false),
	"bul_show_ects":           prefFlag(true),
	"bul_show_matieres":       prefFlag(false),
	"bul_show_minmax":         prefFlag(false),
	"bul_show_minmax_eval":    prefFlag(false),
	"bul_show_minmax_mod":     prefFlag(false),
	"bul_show_mod_rangs":      prefFlag(true),
	"bul_show_moypromo":       prefFlag(true),
	"bul_show_rangs":          prefFlag(true),
	"bul_show_temporary":      prefFlag(true),
	"bul_show_ue_cap_current": prefFlag(true),
	"bul_show_ue_cap_details": prefFlag(false),
	"bul_show_ue_rangs":       prefFlag(true),
	"bul_show_uevalid":        prefFlag(true),
	"bul_temporary_txt":       prefText("Provisoire", 1000),

	// How means are computed: UEs weighed by their own coefficients, what a
	// mark in sport adds.
	"use_ue_coefs":          prefFlag(false),
	"bonus_sport_func_name": prefChoice("", BonusFuncs...),
	"bonus_but":             {usual: prefJSON(BonusBUT{10, 0.05, 0.5}), read: prefBonusBUT},

	// Attendance: the days nobody works, the unit of counts, the hours of a day.
	"non_travail":         {usual: prefJSON("sam, dim"), read: prefWeekdays},
	"assi_metrique":       prefChoice("1/2 J.", "J.", "H."),
	"assi_morning_time":   prefClock("08:00"),
	"assi_lunch_time":     prefClock("13:00"),
	"assi_afternoon_time": prefClock("18:00"),
	"assi_heures_jour":    prefNumber(8, 24),

	// Timetables: where they are read, and what says in an event of an
	// iCalendar file which title, group, module and teacher it is of. Without a
	// pattern the whole property counts.
	"edt_sem_ics_url":      {usual: prefJSON(""), read: prefTimetableURL},
	"edt_ics_title_field":  prefProperty("SUMMARY"),
	"edt_ics_title_regexp": prefPattern(),
	"edt_ics_group_field":  prefProperty(""),
	"edt_ics_group_regexp": prefPattern(),
	"edt_ics_mod_field":    prefProperty(""),
	"edt_ics_mod_regexp":   prefPattern(),
	"edt_ics_uid_field":    prefProperty(""),
	"edt_ics_uid_regexp":   prefPattern(),
}

// BonusBUT says what a mark in sport adds to the mean of every UE of a BUT:
// Proportion of what it has above Seuil, Max at most.
type BonusBUT struct {
	Seuil      api.Float `json:"seuil"`
	Proportion api.Float `json:"proportion"`
	Max        api.Float `json:"max"`
}

// weekdays are the days of a week, Monday first.
var weekdays = []string{"lun", "mar", "mer", "jeu", "ven", "sam", "dim"}

// prefJSON writes a value as it is kept.
func prefJSON(v any) json.RawMessage {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // texts and numbers always encode
	}
	return bytes.TrimSpace(text.Bytes())
}

// notOfSemesters marks what departments and the site alone have.
func notOfSemesters(known knownPreference) knownPreference {
	known.notOfSemesters = true
	return known
}

// prefFlag is true or false.
func prefFlag(usual bool) knownPreference {
	return knownPreference{usual: prefJSON(usual), read: func(v jsonvalue.Value) (json.RawMessage, string) {
		if v.Kind() != jsonvalue.Bool {
			return nil, "booléen attendu"
		}
		return prefJSON(v.Bool()), ""
	}}
}

// prefOfText is a text; keep returns it as it is kept, or why it will not do.
func prefOfText(usual string, keep func(text string) (kept, refusal string)) knownPreference {
	return knownPreference{usual: prefJSON(usual), read: func(v jsonvalue.Value) (json.RawMessage, string) {
		if v.Kind() != jsonvalue.String {
			return nil, "texte attendu"
		}
		kept, refusal := keep(v.Text())
		return prefJSON(kept), refusal
	}}
}

// prefText has a number of characters at most, none of them invisible.
func prefText(usual string, longest int) knownPreference {
	return prefOfText(usual, func(text string) (string, string) {
		if utf8.RuneCountInString(text) > longest {
			return "", strconv.Itoa(longest) + " caractères au plus"
		}
		if strings.ContainsFunc(text, unicode.IsControl) {
			return "", "caractère invisible"
		}
		return text, ""
	})
}

// prefChoice is one of a few texts.
func prefChoice(usual string, others ...string) knownPreference {
	return prefOfText(usual, func(text string) (string, string) {
		if text != usual && !slices.Contains(others, text) {
			return "", fmt.Sprintf("un de : %q", append([]string{usual}, others...))
		}
		return text, ""
	})
}

// prefNumber is a number above 0.
func prefNumber(usual, greatest float64) knownPreference {
	return knownPreference{usual: prefJSON(api.Float(usual)), read: func(v jsonvalue.Value) (json.RawMessage, string) {
		f, ok := numberIn(v, math.SmallestNonzeroFloat64, greatest)
		if !ok {
			return nil, "nombre positif attendu, " + strconv.FormatFloat(greatest, 'g', -1, 64) + " au plus"
		}
		return prefJSON(f), ""
	}}
}

// numberIn returns a number; ok is false when it is none or out of bounds.
func numberIn(v jsonvalue.Value, least, greatest float64) (f api.Float, ok bool) {
	if v.Kind() != jsonvalue.Int && v.Kind() != jsonvalue.Float {
		return 0, false
	}
	return api.Float(v.Float()), v.Float() >= least && v.Float() <= greatest
}

// prefClock is an hour, kept as 08:00.
func prefClock(usual string) knownPreference {
	return prefOfText(usual, func(text string) (string, string) {
		t, err := time.Parse("15:04", text)
		if err != nil {
			return "", "heure attendue, comme 08:00"
		}
		return t.Format("15:04"), ""
	})
}

var propertyName = regexp.MustCompile(`^[A-Za-z0-9-]{0,64}$`)

// prefProperty is the name of a property of an event, "" for none.
func prefProperty(usual string) knownPreference {
	return prefOfText(usual, func(text string) (string, string) {
		if !propertyName.MatchString(text) {
			return "", "nom d'une propriété iCalendar attendu"
		}
		return strings.ToUpper(text), ""
	})
}

// prefPattern is a regular expression, "" for none.
func prefPattern() knownPreference {
	return prefOfText("", func(text string) (string, string) {
		if _, err := regexp.Compile(text); err != nil || len(text) > 500 {
			return "", "expression régulière attendue, 500 caractères au plus"
		}
		return text, ""
	})
}

// prefWeekdays reads days between commas, "sam, dim".
func prefWeekdays(v jsonvalue.Value) (json.RawMessage, string) {
	const refusal = "jours attendus parmi lun, mar, mer, jeu, ven, sam, dim, séparés par des virgules"
	if v.Kind() != jsonvalue.String {
		return nil, "texte attendu"
	}
	var chosen []string
	for part := range strings.SplitSeq(v.Text(), ",") {
		day := strings.ToLower(strings.TrimSpace(part))
		switch {
		case slices.Contains(weekdays, day):
			chosen = append(chosen, day)
		case strings.TrimSpace(v.Text()) != "":
			return nil, refusal
		}
	}
	slices.SortFunc(chosen, func(a, b string) int { return slices.Index(weekdays, a) - slices.Index(weekdays, b) })
	return prefJSON(strings.Join(slices.Compact(chosen), ", ")), ""
}

// prefTimetableURL reads a web address where {edt_id} stands for the name of a
// semester in timetables, or "".
func prefTimetableURL(v jsonvalue.Value) (json.RawMessage, string) {
	const refusal = "adresse http ou https attendue, 1000 caractères au plus"
	if v.Kind() != jsonvalue.String {
		return nil, "texte attendu"
	}
	if v.Text() == "" {
		return prefJSON(""), ""
	}
	u, err := url.Parse(strings.ReplaceAll(v.Text(), "{edt_id}", "x"))
	if err != nil || len(v.Text()) > 1000 || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, refusal
	}
	return prefJSON(v.Text()), ""
}

// prefBonusBUT reads an object; a member left out has its usual value.
func prefBonusBUT(v jsonvalue.Value) (json.RawMessage, string) {
	const refusal = "objet attendu : seuil et max de 0 à 20, proportion de 0 à 1"
	if v.Kind() != jsonvalue.Object {
		return nil, refusal
	}
	bonus := BonusBUT{10, 0.05, 0.5}
	for _, m := range v.Members() {
		field, greatest := map[string]*api.Float{"seuil": &bonus.Seuil, "proportion": &bonus.Proportion, "max": &bonus.Max}[m.Key], 20.0
		if m.Key == "proportion" {
			greatest = 1
		}
		f, ok := numberIn(m.Value, 0, greatest)
		if field == nil || !ok {
			return nil, refusal
		}
		*field = f
	}
	return prefJSON(bonus), ""
}
