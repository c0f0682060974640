package api

import (
	"reflect"
	"strings"
	"testing"
)

type loop struct {
	Children []loop `json:"children"`
}

type fieldless struct{ A string }

func TestPlanRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		in   any
		want string
	}{
		"not a struct": {1, "not a struct"},
		"unknown type": {struct {
			A chan int `json:"a"`
		}{}, "no value can be read"},
		"unexported field": {struct {
			a int `query:"a"`
		}{}, "not exported"},
		"no name": {struct {
			A int `query:""`
		}{}, "no name"},
		"two sources": {struct {
			A int `path:"a" query:"a"`
		}{}, "both"},
		"json and form": {struct {
			A int `json:"a"`
			B int `form:"b"`
		}{}, "not both"},
		"whole body and a field": {struct {
			A int   `json:"a"`
			B []int `body:""`
		}{}, "whole body"},
		"same name twice": {struct {
			A int `query:"a"`
			B int `query:"a"`
		}{}, "twice"},
		"file of a wrong type": {struct {
			A string `file:"a"`
		}{}, "Upload"},
		"table in a path": {struct {
			A map[string]int `path:"a"`
		}{}, "cannot be read from the path"},
		"list in a path": {struct {
			A []int `path:"a"`
		}{}, "cannot be read from the path"},
		"bad bound": {struct {
			A int `query:"a" ge:"x"`
		}{}, "bound ge"},
		"bad length": {struct {
			A string `query:"a" minlen:"-1"`
		}{}, "not a length"},
		"bad pattern": {struct {
			A string `query:"a" pattern:"("`
		}{}, "pattern"},
		"range of a text": {struct {
			A string `query:"a" ge:"1"`
		}{}, "no range"},
		"pattern of a number": {struct {
			A int `query:"a" pattern:"x"`
		}{}, "no length"},
		"bounds of a boolean": {struct {
			A bool `query:"a" ge:"1"`
		}{}, "no bounds"},
		"bad default": {struct {
			A int `query:"a" default:"x"`
		}{}, "default"},
		"default out of bounds": {struct {
			A int `query:"a" default:"0" ge:"1"`
		}{}, "default"},
		"default of a list": {struct {
			A []int `query:"a" default:"1"`
		}{}, "default of a list is empty"},
		"default of an optional list": {struct {
			A Opt[[]int] `query:"a" default:""`
		}{}, "optional list"},
		"default of a file": {struct {
			A Upload `file:"a" default:""`
		}{}, "no default"},
		"an empty number": {struct {
			A int `form:"a" empty:"true"`
		}{}, "an empty int of the form is no value"},
		"an empty text of the query": {struct {
			A string `query:"a" empty:"true"`
		}{}, "an empty string of the query is no value"},
		"empty default of a number": {struct {
			A int `form:"a" default:""`
		}{}, "default"},
		"optional list of files": {struct {
			A Opt[[]Upload] `file:"a"`
		}{}, "Upload"},
		"required in a body that may be absent": {struct {
			A Opt[int] `json:"a" body_optional:"true"`
			B int      `json:"b"`
		}{}, "may be absent"},
		"holds itself": {loop{}, "holds itself"},
		"nothing inside": {struct {
			A fieldless `json:"a"`
		}{}, "no field"},
		"query inside a body": {struct {
			A struct {
				B int `query:"b"`
			} `json:"a"`
		}{}, "inside a body"},
	} {
		if _, err := planFor(reflect.TypeOf(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

func TestPlanFields(t *testing.T) {
	type paging struct {
		Page int `query:"page" default:"1" ge:"1" dep:"true"`
	}
	type in struct {
		paging
		ID    string       `path:"id"`
		Sort  string       `query:"sort" enum:"nom|date" default:"nom"`
		Note  Opt[float64] `json:"note,omitempty" ge:"0" le:"20"`
		Tags  []string     `json:"tags" minlen:"1" maxlen:"3"`
		Plain string       // comes from nowhere
		Out   string       `json:"-"`
	}
	p, err := planFor(reflect.TypeFor[in]())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range p.fields {
		text := string(f.Source) + " " + f.Name
		if f.Required {
			text += " required"
		}
		got = append(got, text)
	}
	if want := "query page, path id required, query sort, json note, json tags required"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	if p.body() != bodyJSON || !p.fields[0].IsDependency || *p.fields[0].Ge != 1 || len(p.fields[2].Enum) != 2 || *p.fields[3].Le != 20 || p.fields[4].MaxLen != 3 {
		t.Error("a field lost its tags")
	}
	if again, _ := planFor(reflect.TypeFor[in]()); again != p {
		t.Error("the plan was made again")
	}
	r := &Route{plan: p}
	if len(r.Fields()) != 5 || r.sourceOf("id") != "path" || r.sourceOf("page") != "query" || r.sourceOf("note") != "body" || len((&Route{}).Fields()) != 0 {
		t.Error("the route does not know its fields")
	}
}
