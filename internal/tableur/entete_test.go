package tableur

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var siteColumns = []Column{
	{Key: "nom", Titles: []string{"Nom", "Name"}, Required: true},
	{Key: "serie", Titles: []string{"N° de série", "Serial number"}, Required: true},
	{Key: "mail", Titles: []string{"E-mail", "Email", "Courriel"}},
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []Fault
		cells      []string // nom, serie, mail of the first row
	}{
		{"French", "Nom;N° de série;E-mail\na;b;c", nil, []string{"a", "b", "c"}},
		{"English, another order", "EMAIL;Serial_Number;name\nc;b;a", nil, []string{"a", "b", "c"}},
		{"no accents, other case", "NOM; n° DE SERIE ;courriel\n a ; b\u00a0;c", nil, []string{"a", "b", "c"}},
		{"an optional column less", "Nom;N° de série\na;b", nil, []string{"a", "b", ""}},
		{"a short row", "Nom;N° de série;E-mail\na", nil, []string{"a", "", ""}},
		{"a column without title or text", "Nom;;N° de série\na;;b", nil, []string{"a", "b", ""}},
		{
			"a required column less", "\nNom;E-mail\na;c",
			[]Fault{{2, "N° de série", ColumnMissing, ""}},
			[]string{"a", "", "c"},
		},
		{
			"unknown and double titles", "Nom;Étage;Name;N° de série\na;2;x;b",
			[]Fault{{1, "Étage", ColumnUnknown, "Étage"}, {1, "Name", ColumnTwice, "Name"}},
			[]string{"a", "b", ""},
		},
		{
			"rows beyond the titles", "Nom;N° de série\na;b\nc;d;;e;f\n",
			[]Fault{{3, "", RowTooLong, "e"}},
			[]string{"a", "b", ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, faults := Match(mustRead(t, []byte(c.data)), siteColumns)
			if diff := cmp.Diff(c.want, faults); diff != "" {
				t.Error(diff)
			}
			row := table.Rows[0]
			if diff := cmp.Diff(c.cells, []string{row.Get("nom"), row.Get("serie"), row.Get("mail")}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMatchOfNothing(t *testing.T) {
	table, faults := Match(&Sheet{}, siteColumns)
	want := []Fault{{0, "Nom", ColumnMissing, ""}, {0, "N° de série", ColumnMissing, ""}}
	if diff := cmp.Diff(want, faults); diff != "" || len(table.Rows) != 0 {
		t.Error(diff)
	}
}

func TestEntryFault(t *testing.T) {
	table, _ := Match(mustRead(t, []byte("NAME;serial number\n\na; x ")), siteColumns)
	if got, want := table.Rows[0].Fault("serie", "serial_taken"), (Fault{3, "serial number", "serial_taken", "x"}); got != want {
		t.Errorf("got %+v", got)
	}
	if got, want := table.Rows[0].Fault("mail", "missing"), (Fault{3, "E-mail", "missing", ""}); got != want {
		t.Errorf("got %+v", got)
	}
	if table.Has("mail") || !table.Has("nom") || table.Rows[0].Get("other") != "" {
		t.Error("columns are mixed up")
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]float64{
		"12": 12, "12,5": 12.5, "12.5": 12.5, " -3 ": -3, "+4": 4, "1 234,5": 1234.5, "1\u202f234\u00a0567": 1234567, "1.5E-05": 1.5e-05,
	} {
		if got, ok := Number(in); !ok || got != want {
			t.Errorf("%q: %v, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", " ", "abc", "1.234,5", "1,2,3", "NaN", "inf", "0x10", "1_000", "1e999", "12 €"} {
		if got, ok := Number(in); ok {
			t.Errorf("%q is read as %v", in, got)
		}
	}
}

func TestDay(t *testing.T) {
	want := time.Date(2024, 2, 9, 0, 0, 0, 0, time.UTC)
	for _, in := range []string{"2024-02-09", "09/02/2024", "9/2/2024", " 2024-02-09 "} {
		if got, ok := Day(in); !ok || !got.Equal(want) {
			t.Errorf("%q: %v, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "30/02/2024", "2024-13-01", "2024-02-09 10:00:00", "02-09-2024"} {
		if _, ok := Day(in); ok {
			t.Errorf("%q is read as a day", in)
		}
	}
}
