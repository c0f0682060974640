package settings_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/db/dbtest"
	"intendant/internal/audit"
	"intendant/internal/errs"
	"intendant/internal/settings"
)

func now() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }

func ptr[T any](v T) *T { return &v }

func current(t *testing.T, s *settings.Service) settings.Settings {
	t.Helper()
	v, err := s.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestUsualValues(t *testing.T) {
	s := settings.New(dbtest.Open(t), now, settings.Fixed{})
	if diff := cmp.Diff(settings.Settings{MinPassword: 8}, current(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestUpdateIsFollowedByEveryProcess(t *testing.T) {
	store := dbtest.Open(t)
	server, command := settings.New(store, now, settings.Fixed{}), settings.New(store, now, settings.Fixed{})
	current(t, server)
	err := command.Update(t.Context(), settings.Change{
		SiteName: ptr("  Lycée   du Parc "), MinPassword: ptr(12), CORSOrigins: ptr("https://App.Example/\n\nhttp://127.0.0.1:3000\nhttps://app.example:443"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{SiteName: "Lycée du Parc", MinPassword: 12, CORSOrigins: []string{"https://app.example", "http://127.0.0.1:3000"}}
	if diff := cmp.Diff(want, current(t, server)); diff != "" {
		t.Error(diff)
	}
	if p, err := server.Policy(t.Context()); err != nil || p.MinLength != 12 {
		t.Error(p, err)
	}
	if err := command.Update(t.Context(), settings.Change{SiteName: ptr(""), MinPassword: ptr(8), CORSOrigins: ptr("")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(settings.Settings{MinPassword: 8}, current(t, server)); diff != "" {
		t.Error(diff)
	}
	rows, err := store.Read().Settings(t.Context())
	if err != nil || len(rows) != 0 {
		t.Errorf("usual values are kept: %v, %v", rows, err)
	}
}

func TestUpdateIsInTheJournal(t *testing.T) {
	store := dbtest.Open(t)
	s := settings.New(store, now, settings.Fixed{})
	for range 2 { // the second changes nothing
		if err := s.Update(t.Context(), settings.Change{MinPassword: ptr(10)}); err != nil {
			t.Fatal(err)
		}
	}
	lines, total, err := audit.List(t.Context(), store.Read(), audit.Query{})
	if err != nil || total != 1 || lines[0].Action != "settings.update" {
		t.Fatal(lines, err)
	}
	if diff := cmp.Diff([]audit.Change{{Field: "min_password", Before: "8", After: "10"}}, lines[0].Changes()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFaultIsReported(t *testing.T) {
	long := "0123456789012345678901234567890123456789012345678901234567890"
	for _, row := range []struct {
		name   string
		fixed  settings.Fixed
		change settings.Change
		want   map[string]string
	}{
		{
			"all wrong",
			settings.Fixed{},
			settings.Change{SiteName: &long, MinPassword: ptr(7), CORSOrigins: ptr("app.example")},
			map[string]string{"site_name": "string_too_long", "min_password": "greater_than_equal", "cors_origins": "origin_form"},
		},
		{"too long a password", settings.Fixed{}, settings.Change{MinPassword: ptr(65)}, map[string]string{"min_password": "less_than_equal"}},
		{"a control character", settings.Fixed{}, settings.Change{SiteName: ptr("a\x00b")}, map[string]string{"site_name": "value_error"}},
		{
			"fixed values",
			settings.Fixed{MinPassword: 9, CORSOrigins: []string{"*"}},
			settings.Change{MinPassword: ptr(12), CORSOrigins: ptr("*")},
			map[string]string{"min_password": "setting_fixed", "cors_origins": "setting_fixed"},
		},
	} {
		store := dbtest.Open(t)
		s := settings.New(store, now, row.fixed)
		e := errs.As(s.Update(t.Context(), row.change))
		if e == nil {
			t.Errorf("%s: accepted", row.name)
			continue
		}
		got := map[string]string{}
		for _, f := range e.Faults {
			got[f.Field()] = f.Code
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		if rows, err := store.Read().Settings(t.Context()); err != nil || len(rows) != 0 {
			t.Errorf("%s: written: %v, %v", row.name, rows, err)
		}
	}
}

func TestFixedValuesWin(t *testing.T) {
	store := dbtest.Open(t)
	if err := settings.New(store, now, settings.Fixed{}).Update(t.Context(), settings.Change{MinPassword: ptr(12), CORSOrigins: ptr("https://a.example")}); err != nil {
		t.Fatal(err)
	}
	s := settings.New(store, now, settings.Fixed{MinPassword: 20, CORSOrigins: []string{"https://b.example"}})
	want := settings.Settings{MinPassword: 20, CORSOrigins: []string{"https://b.example"}}
	if diff := cmp.Diff(want, current(t, s)); diff != "" {
		t.Error(diff)
	}
	if err := s.Update(t.Context(), settings.Change{SiteName: ptr("Labo")}); err != nil {
		t.Fatal(err)
	}
	// What the base holds is not overwritten by what was given at the start.
	if got := current(t, settings.New(store, now, settings.Fixed{})); got.MinPassword != 12 || got.SiteName != "Labo" {
		t.Errorf("%+v", got)
	}
}

func TestParseOrigins(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example":       "https://a.example",
		"HTTPS://A.Example:443/":  "https://a.example",
		"http://a.example:443":    "http://a.example:443",
		"http://[::1]:8080":       "http://[::1]:8080",
		"http://[::1]":            "http://[::1]",
		"*":                       "*",
		"a.example":               "",
		"//a.example":             "",
		"ftp://a.example":         "",
		"https://":                "",
		"https://a.example/x":     "",
		"https://a.example?":      "",
		"https://a.example#":      "",
		"https://u@a.example":     "",
		"https://a.example:":      "",
		"https://a.example:port":  "",
		"https://*.example":       "",
		"https://élève.example":   "",
		"https://a.example,https": "",
		"null":                    "",
	} {
		got, bad := settings.ParseOrigins([]string{text})
		if want == "" && bad != text || want != "" && (bad != "" || len(got) != 1 || got[0] != want) {
			t.Errorf("%s: %v, bad %q, want %q", text, got, bad, want)
		}
	}
}

func TestABrokenBaseIsAnError(t *testing.T) {
	store := dbtest.Open(t)
	err := store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		return q.SetSetting(ctx, db.SetSettingParams{Name: "min_password", Value: "douze"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := settings.New(store, now, settings.Fixed{}).Policy(t.Context()); err == nil {
		t.Error("no error: a policy that cannot be read must not become the weakest")
	}
}
