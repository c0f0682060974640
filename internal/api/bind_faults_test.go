package api

import (
	"encoding/json"
	"math"
	"testing"

	"intendant/internal/errs"
)

// TestAppendFaults holds what a service may put in a fault, beside what the
// binder does: nothing in it is escaped for HTML.
func TestAppendFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault errs.Fault
		want  string
	}{
		{"text", errs.Fault{Loc: []any{"<a>", 1}, Code: "c", Message: "<é>&", Input: "<&>"}, `{"type":"c","loc":["<a>",1],"msg":"<é>&","input":"<&>"}`},
		{"any value", errs.Fault{Input: map[string]any{"b": []string{"<&>"}, "a": true}}, `{"type":"","loc":[],"msg":"","input":{"a":true,"b":["<&>"]}}`},
		{"empty object", errs.Fault{Input: emptyObject{}}, `{"type":"","loc":[],"msg":"","input":{}}`},
		{"numbers", errs.Fault{Input: int64(1), Ctx: map[string]any{"le": Float(90), "ge": -1}}, `{"type":"","loc":[],"msg":"","input":1,"ctx":{"ge":-1,"le":90.0}}`},
		{"what JSON cannot say", errs.Fault{Input: math.Inf(1)}, `{"type":"","loc":[],"msg":"","input":null}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(appendFaults(nil, []errs.Fault{tt.fault})); got != "["+tt.want+"]" {
				t.Errorf("got  %s\nwant [%s]", got, tt.want)
			}
		})
	}
}

func TestFloatJSON(t *testing.T) {
	for f, want := range map[Float]string{1: "1.0", 26.45: "26.45", 1e21: "1e+21", Float(math.Inf(-1)): "null"} {
		marshaled, err := json.Marshal(f)
		if got := string(f.AppendJSON(nil)); got != want || err != nil {
			t.Errorf("%v: got %s, %v", float64(f), got, err)
		}
		if !json.Valid(marshaled) {
			t.Errorf("%v: marshaled to %s", float64(f), marshaled)
		}
	}
}

// TestBindAllocates: locations are built for faults only, however long a list
// of good values is.
func TestBindAllocates(t *testing.T) {
	type in struct {
		Ports []int64 `query:"ports"`
	}
	many := make([]string, 1000)
	for i := range many {
		many[i] = "22"
	}
	src := &input{query: map[string][]string{"ports": many}}
	bindInput[in](t, src)
	if n := testing.AllocsPerRun(10, func() { bindInput[in](t, src) }); n > 20 {
		t.Errorf("%v allocations", n)
	}
}
