package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/api/jsonvalue"
)

type melange struct {
	Zone    string    `json:"zone"`
	Any     any       `json:"any"`
	At      time.Time `json:"at"`
	Hidden  string    `json:"-"`
	Untold  string
	Keys    map[string]int    `json:"keys"`
	Key     uuid.UUID         `json:"key"`
	Count   *uint16           `json:"count"`
	Ratio   float64           `json:"ratio"`
	Inner   *melange          `json:"inner"`
	Boxes   []*place          `json:"boxes"`
	Words   []string          `json:"words"`
	Grid    [][]int           `json:"grid"`
	Nothing map[string]string `json:"nothing"`
}

func TestRailsEncoding(t *testing.T) {
	three := uint16(3)
	full := melange{
		Zone: "é\u2028\x01\r", Any: place{ID: 1}, At: time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC),
		Keys: map[string]int{"b_c": 2, "a": 1, "1 é": 3}, Count: &three, Ratio: 2, Inner: &melange{Ratio: 0.5},
		Boxes: []*place{{ID: 2}, nil}, Words: []string{"x", "<y>"}, Grid: [][]int{{1}, {}},
	}
	for _, tt := range []struct {
		name     string
		value    any
		json, xm string
	}{
		{"no root", place{ID: 1, Name: "a", No: "b"}, `{"id":1,"name":"a","no":"b"}`, "<hash>\n  <id type=\"integer\">1</id>\n  <name>a</name>\n  <no>b</no>\n</hash>\n"},
		{"a list without roots", []place{{}}, `[{"id":0,"name":"","no":""}]`, "<objects type=\"array\">\n  <object>\n    <id type=\"integer\">0</id>\n    <name></name>\n    <no></no>\n  </object>\n</objects>\n"},
		{"an empty list without roots", []place{}, `[]`, "<objects type=\"array\"/>\n"},
		{"no list at all", []projet(nil), `[]`, "<projects type=\"array\"/>\n"},
		{"pointers", []*personne{{true, "a"}}, `[{"user":{"active":true,"username":"a"}}]`, "<users type=\"array\">\n  <user>\n    <active type=\"boolean\">true</active>\n    <username>a</username>\n  </user>\n</users>\n"},
		{"anything of one root", []any{connexions{"R", 1}}, `[{"login":{"client":"R","count":1}}]`, "<logins type=\"array\">\n  <login>\n    <client>R</client>\n    <count type=\"integer\">1</count>\n  </login>\n</logins>\n"},
		{"roots that differ", []any{connexions{"R", 1}, membre{1, "a"}}, `[{"login":{"client":"R","count":1}},{"project_user":{"project_id":1,"username":"a"}}]`, "<objects type=\"array\">\n  <login>\n    <client>R</client>\n    <count type=\"integer\">1</count>\n  </login>\n  <project-user>\n    <project-id type=\"integer\">1</project-id>\n    <username>a</username>\n  </project-user>\n</objects>\n"},
		{"a map", map[string]bool{"b": true, "a_a": false}, `{"a_a":false,"b":true}`, "<hash>\n  <a-a type=\"boolean\">false</a-a>\n  <b type=\"boolean\">true</b>\n</hash>\n"},
		{"null", (*projet)(nil), `null`, ""},
		{"nothing", nil, `null`, ""},
		{"a text", "a<b", `"a\u003cb"`, ""},
		{
			"everything", full,
			`{"any":{"id":1,"name":"","no":""},"at":"2024-01-02T03:04:05Z","boxes":[{"id":2,"name":"","no":""},null],"count":3,"grid":[[1],[]],"inner":{"any":null,"at":"0001-01-01T00:00:00Z","boxes":[],"count":null,"grid":[],"inner":null,"key":"00000000-0000-0000-0000-000000000000","keys":{},"nothing":{},"ratio":0.5,"words":[],"zone":""},"key":"00000000-0000-0000-0000-000000000000","keys":{"1 é":3,"a":1,"b_c":2},"nothing":{},"ratio":2.0,"words":["x","\u003cy\u003e"],"zone":"é\u2028\u0001\r"}`,
			`<hash>
  <any>
    <id type="integer">1</id>
    <name></name>
    <no></no>
  </any>
  <at type="datetime">2024-01-02T03:04:05Z</at>
  <boxes type="array">
    <box>
      <id type="integer">2</id>
      <name></name>
      <no></no>
    </box>
    <box nil="true"/>
  </boxes>
  <count type="integer">3</count>
  <grid type="array">
    <grid type="array">
      <grid type="integer">1</grid>
    </grid>
    <grid type="array"/>
  </grid>
  <inner>
    <any nil="true"/>
    <at type="datetime">0001-01-01T00:00:00Z</at>
    <boxes type="array"/>
    <count type="integer" nil="true"/>
    <grid type="array"/>
    <inner nil="true"/>
    <key>00000000-0000-0000-0000-000000000000</key>
    <keys>
    </keys>
    <nothing>
    </nothing>
    <ratio type="float">0.5</ratio>
    <words type="array"/>
    <zone></zone>
  </inner>
  <key>00000000-0000-0000-0000-000000000000</key>
  <keys>
    <key-1-- type="integer">3</key-1-->
    <a type="integer">1</a>
    <b-c type="integer">2</b-c>
  </keys>
  <nothing>
  </nothing>
  <ratio type="float">2.0</ratio>
  <words type="array">
    <word>x</word>
    <word>&lt;y&gt;</word>
  </words>
  <zone>é` + "\u2028\uFFFD" + `&#13;</zone>
</hash>
`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := encodeRailsJSON(tt.value)
			if diff := cmp.Diff(tt.json, string(got)); diff != "" || err != nil || !json.Valid(got) {
				t.Errorf("json: %v (-want +got)\n%s", err, diff)
			}
			got, err = encodeRailsXML(tt.value)
			if tt.xm == "" {
				if err == nil {
					t.Errorf("xml: got %s, want an error", got)
				}
				return
			}
			if diff := cmp.Diff(xmlHead+tt.xm, string(got)); diff != "" || err != nil {
				t.Errorf("xml: %v (-want +got)\n%s", err, diff)
			}
			if _, err := parseXML(got); err != nil {
				t.Errorf("not well formed: %v", err)
			}
		})
	}
}

func TestRailsTypesThatCannotBeWritten(t *testing.T) {
	for _, value := range []any{
		make(chan int),
		map[int]string{},
		struct {
			F func() `json:"f"`
		}{},
		struct {
			membre
			B string `json:"username"`
		}{},
	} {
		if got, err := encodeRailsJSON(value); err == nil {
			t.Errorf("%T was written as %s", value, got)
		}
	}
}

func TestDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"12.5": "12.5", "12": "12.0", " 007.500 ": "7.5", "-0.25": "-0.25", "+1": "1.0", ".5": "0.5", "-0": "0.0", "1e3": "", "": "", "1,5": "", "--1": "", "1.": "",
		strings.Repeat("9", maxDecimal+1): "",
	} {
		var d Decimal
		problem := d.BindValue(jsonvalue.OfString(text))
		if string(d) != want || (problem == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", text, d, problem)
		}
	}
	for text, want := range map[string]string{"12": "12.0", "12.50": "12.5", "1e3": "1000.0", "true": "", "NaN": "", "[]": "", "123456789012345678901234567890": "123456789012345678901234567890.0"} {
		v, err := jsonvalue.Parse([]byte(text), 2)
		if err != nil {
			t.Fatal(err)
		}
		var d Decimal
		d.BindValue(v)
		if string(d) != want {
			t.Errorf("%s: got %q", text, d)
		}
	}
}

func TestPlurals(t *testing.T) {
	for one, many := range map[string]string{
		"project": "projects", "project_user": "project_users", "database": "databases", "entry": "entries", "day": "days", "box": "boxes", "batch": "batches", "address": "addresses",
	} {
		if got := pluralOf(one); got != many {
			t.Errorf("plural of %s: %s", one, got)
		}
		if got := singularOf(many); got != one {
			t.Errorf("singular of %s: %s", many, got)
		}
	}
	if got := singularOf("access") + singularOf("grid"); got != "accessgrid" {
		t.Error(got)
	}
}
