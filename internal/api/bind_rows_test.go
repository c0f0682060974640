package api

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/api/jsonvalue"
)

// bound is what became of a request.
type bound[In any] struct {
	in     In
	faults string // as the dialect writes them
}

func bindInput[In any](t testing.TB, src *input) bound[In] {
	t.Helper()
	var b bound[In]
	p, err := planFor(reflect.TypeFor[In]())
	if err != nil {
		t.Fatal(err)
	}
	b.faults = string(appendFaults(nil, p.bind(src, reflect.ValueOf(&b.in).Elem())))
	return b
}

func bindBody[In any](t testing.TB, text string) bound[In] {
	t.Helper()
	v, err := jsonvalue.Parse([]byte(text), 100)
	if err != nil {
		t.Fatal(err)
	}
	return bindInput[In](t, &input{body: body{kind: bodyJSON, json: v}})
}

func bindQuery[In any](t testing.TB, query string) bound[In] {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return bindInput[In](t, &input{query: values})
}

func bindForm[In any](t testing.TB, form string) bound[In] {
	t.Helper()
	values, err := url.ParseQuery(form)
	if err != nil {
		t.Fatal(err)
	}
	return bindInput[In](t, &input{body: body{kind: bodyForm, form: values}})
}

func emptyObjectValue(t testing.TB) jsonvalue.Value {
	t.Helper()
	v, err := jsonvalue.Parse([]byte(`{}`), 1)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

type appareil struct {
	IP          string    `json:"ip"`
	SiteID      uuid.UUID `json:"site_id"`
	Marque      string    `json:"marque"`
	Sources     []string  `json:"sources"`
	Port        int64     `json:"port" ge:"0" le:"65535"`
	Username    string    `json:"username"`
	Password    string    `json:"password"`
	Description string    `json:"description"`
	Modele      string    `json:"modele"`
}

const equipementBody = `{"ip":"10.0.0.1","site_id":"3FA85F64-5717-4562-b3fc-2c963f66afa6","marque":"Cisco","sources":["snmp","ssh"],"port":"443","username":"admin","password":"secret","description":"cœur de réseau","modele":"C9300","unknown":{}}`

func TestBindWorkedExample(t *testing.T) {
	body := `{"ip":"10.0.0.1","port":"x","sources":["a",2]}`
	missing := func(name string) string {
		return `{"type":"missing","loc":["body","` + name + `"],"msg":"Field required","input":` + body + `}`
	}
	want := `[` + missing("site_id") + `,` + missing("marque") +
		`,{"type":"string_type","loc":["body","sources",1],"msg":"Input should be a valid string","input":2}` +
		`,{"type":"int_parsing","loc":["body","port"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"},` +
		missing("username") + `,` + missing("password") + `,` + missing("description") + `,` + missing("modele") + `]`
	if got := bindBody[appareil](t, body).faults; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBindGoodBody(t *testing.T) {
	got := bindBody[appareil](t, equipementBody)
	want := bound[appareil]{in: appareil{
		IP: "10.0.0.1", SiteID: uuid.MustParse("3fa85f64-5717-4562-b3fc-2c963f66afa6"), Marque: "Cisco", Sources: []string{"snmp", "ssh"},
		Port: 443, Username: "admin", Password: "secret", Description: "cœur de réseau", Modele: "C9300",
	}, faults: "[]"}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(bound[appareil]{})); diff != "" {
		t.Error(diff)
	}
}

// TestBindRows holds the 422 table, a row each; the body is {"x": value}.
func TestBindRows(t *testing.T) {
	type text struct {
		X string `json:"x"`
	}
	type integer struct {
		X int `json:"x"`
	}
	type number struct {
		X float64 `json:"x"`
	}
	type boolean struct {
		X bool `json:"x"`
	}
	type id struct {
		X uuid.UUID `json:"x"`
	}
	type list struct {
		X []string `json:"x"`
	}
	type instant struct {
		X time.Time `json:"x"`
	}
	type mail struct {
		X Email `json:"x"`
	}
	type table struct {
		X map[string]int `json:"x"`
	}
	type model struct {
		X text `json:"x"`
	}
	const xText, xNull = `{"x":"x"}`, `{"x":null}`
	tests := []struct {
		name   string
		bind   func(testing.TB, string) string
		bodies []string
		want   string // type, loc and msg; input; ctx
	}{
		{"int text", faultsOf[integer], []string{xText}, `{"type":"int_parsing","loc":["body","x"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"}`},
		{"int fraction", faultsOf[integer], []string{`{"x":12.5}`}, `{"type":"int_from_float","loc":["body","x"],"msg":"Input should be a valid integer, got a number with a fractional part","input":12.5}`},
		{"int null", faultsOf[integer], []string{xNull}, `{"type":"int_type","loc":["body","x"],"msg":"Input should be a valid integer","input":null}`},
		{"int object", faultsOf[integer], []string{`{"x":{"a":1}}`}, `{"type":"int_type","loc":["body","x"],"msg":"Input should be a valid integer","input":{"a":1}}`},
		{"int not finite", faultsOf[integer], []string{`{"x":NaN}`, `{"x":Infinity}`, `{"x":-1e400}`}, `{"type":"finite_number","loc":["body","x"],"msg":"Input should be a finite number","input":null}`},
		{"int over", faultsOf[integer], []string{`{"x":9223372036854775808}`}, `{"type":"less_than_equal","loc":["body","x"],"msg":"Input should be less than or equal to 9223372036854775807","input":9223372036854775808,"ctx":{"le":9223372036854775807}}`},
		{"int over as text", faultsOf[integer], []string{`{"x":"9223372036854775808"}`}, `{"type":"less_than_equal","loc":["body","x"],"msg":"Input should be less than or equal to 9223372036854775807","input":"9223372036854775808","ctx":{"le":9223372036854775807}}`},
		{"int under", faultsOf[integer], []string{`{"x":-1e19}`}, `{"type":"greater_than_equal","loc":["body","x"],"msg":"Input should be greater than or equal to -9223372036854775808","input":-1e+19,"ctx":{"ge":-9223372036854775808}}`},
		{"number text", faultsOf[number], []string{xText}, `{"type":"float_parsing","loc":["body","x"],"msg":"Input should be a valid number, unable to parse string as a number","input":"x"}`},
		{"number null", faultsOf[number], []string{xNull}, `{"type":"float_type","loc":["body","x"],"msg":"Input should be a valid number","input":null}`},
		{"number not finite", faultsOf[number], []string{`{"x":NaN}`, `{"x":-Infinity}`, `{"x":1e400}`}, `{"type":"finite_number","loc":["body","x"],"msg":"Input should be a finite number","input":null}`},
		{"string number", faultsOf[text], []string{`{"x":1}`}, `{"type":"string_type","loc":["body","x"],"msg":"Input should be a valid string","input":1}`},
		{"string null", faultsOf[text], []string{xNull}, `{"type":"string_type","loc":["body","x"],"msg":"Input should be a valid string","input":null}`},
		{"uuid number", faultsOf[id], []string{`{"x":1}`}, `{"type":"uuid_type","loc":["body","x"],"msg":"UUID input should be a string, bytes or UUID object","input":1}`},
		{"uuid text", faultsOf[id], []string{`{"x":"abc"}`}, `{"type":"uuid_parsing","loc":["body","x"],"msg":"Input should be a valid UUID, invalid length: expected length 32 for simple format, found 3","input":"abc","ctx":{"error":"invalid length: expected length 32 for simple format, found 3"}}`},
		{"list text", faultsOf[list], []string{xText}, `{"type":"list_type","loc":["body","x"],"msg":"Input should be a valid list","input":"x"}`},
		{"list element", faultsOf[list], []string{`{"x":["a",[1]]}`}, `{"type":"string_type","loc":["body","x",1],"msg":"Input should be a valid string","input":[1]}`},
		{"bool text", faultsOf[boolean], []string{xText}, `{"type":"bool_parsing","loc":["body","x"],"msg":"Input should be a valid boolean, unable to interpret input","input":"x"}`},
		{"bool number", faultsOf[boolean], []string{`{"x":2}`}, `{"type":"bool_parsing","loc":["body","x"],"msg":"Input should be a valid boolean, unable to interpret input","input":2}`},
		{"bool null", faultsOf[boolean], []string{xNull}, `{"type":"bool_type","loc":["body","x"],"msg":"Input should be a valid boolean","input":null}`},
		{"datetime text", faultsOf[instant], []string{xText}, `{"type":"datetime_from_date_parsing","loc":["body","x"],"msg":"Input should be a valid datetime or date, input is too short","input":"x","ctx":{"error":"input is too short"}}`},
		{"datetime null", faultsOf[instant], []string{xNull}, `{"type":"datetime_type","loc":["body","x"],"msg":"Input should be a valid datetime","input":null}`},
		{"e-mail text", faultsOf[mail], []string{xText}, `{"type":"value_error","loc":["body","x"],"msg":"value is not a valid email address: An email address must have an @-sign.","input":"x","ctx":{"reason":"An email address must have an @-sign."}}`},
		{"e-mail number", faultsOf[mail], []string{`{"x":1}`}, `{"type":"string_type","loc":["body","x"],"msg":"Input should be a valid string","input":1}`},
		{"dictionary text", faultsOf[table], []string{xText}, `{"type":"dict_type","loc":["body","x"],"msg":"Input should be a valid dictionary","input":"x"}`},
		{"dictionary element", faultsOf[table], []string{`{"x":{"k":"y"}}`}, `{"type":"int_parsing","loc":["body","x","k"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"y"}`},
		{"nested text", faultsOf[model], []string{xText}, `{"type":"model_attributes_type","loc":["body","x"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"x"}`},
		{"nested missing", faultsOf[model], []string{`{"x":{}}`}, `{"type":"missing","loc":["body","x","x"],"msg":"Field required","input":{}}`},
		{"missing", faultsOf[text], []string{`{"y":[1]}`}, `{"type":"missing","loc":["body","x"],"msg":"Field required","input":{"y":[1]}}`},
		{"null body", faultsOf[text], []string{`null`}, `{"type":"missing","loc":["body"],"msg":"Field required","input":null}`},
		{"list for a body", faultsOf[text], []string{`[1]`}, `{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[1]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range tt.bodies {
				if got := tt.bind(t, text); got != "["+tt.want+"]" {
					t.Errorf("%s:\ngot  %s\nwant [%s]", text, got, tt.want)
				}
			}
		})
	}
}

func faultsOf[In any](t testing.TB, text string) string {
	t.Helper()
	return bindBody[In](t, text).faults
}

func TestBindBodyAsSent(t *testing.T) {
	type in struct {
		X Opt[string] `json:"x"`
	}
	type optional struct {
		X Opt[string] `json:"x" body_optional:"true"`
		Y string      `json:"y" default:"d"`
	}
	missing := `[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]`
	if got := bindInput[in](t, &input{}).faults; got != missing {
		t.Errorf("no body: %s", got)
	}
	want := `[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"{\"x\":1}"}]`
	if got := bindInput[in](t, &input{body: body{kind: bodyRaw, raw: `{"x":1}`}}).faults; got != want {
		t.Errorf("wrong content type: %s", got)
	}
	if got := bindInput[optional](t, &input{}); got.faults != "[]" || got.in.Y != "d" {
		t.Errorf("optional body: %+v", got)
	}
}

func TestBindOrder(t *testing.T) {
	type page struct {
		Page int `query:"page" default:"1" ge:"1" dep:"true"`
		Size int `query:"size" default:"50" ge:"1" le:"100" dep:"true"`
	}
	type in struct {
		Nom string    `json:"nom"`
		Req string    `query:"req"`
		ID  uuid.UUID `path:"id"`
		page
	}
	got := bindInput[in](t, &input{
		path:  func(string) (string, bool) { return "-", true },
		query: url.Values{"page": {"0"}, "size": {"1", "101"}},
		body:  body{kind: bodyJSON, json: emptyObjectValue(t)},
	}).faults
	want := `[{"type":"greater_than_equal","loc":["query","page"],"msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}` +
		`,{"type":"less_than_equal","loc":["query","size"],"msg":"Input should be less than or equal to 100","input":"101","ctx":{"le":100}}` +
		`,{"type":"uuid_parsing","loc":["path","id"],"msg":"Input should be a valid UUID, invalid group count: expected 5, found 2","input":"-","ctx":{"error":"invalid group count: expected 5, found 2"}}` +
		`,{"type":"missing","loc":["query","req"],"msg":"Field required","input":null}` +
		`,{"type":"missing","loc":["body","nom"],"msg":"Field required","input":{}}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBindQuery(t *testing.T) {
	type in struct {
		Page  int       `query:"page" default:"1"`
		Nom   *string   `query:"nom"`
		Actif Opt[bool] `query:"actif"`
		Tags  []int     `query:"tag"`
	}
	got := bindQuery[in](t, "page=2&page=3&nom=&actif=on&tag=1&tag=2&other=x")
	if got.faults != "[]" || got.in.Page != 3 || *got.in.Nom != "" || got.in.Actif != Some(true) || !cmp.Equal(got.in.Tags, []int{1, 2}) {
		t.Errorf("%+v", got)
	}
	got = bindQuery[in](t, "")
	if got.faults != "[]" || got.in.Page != 1 || got.in.Nom != nil || got.in.Actif.Set || len(got.in.Tags) != 0 {
		t.Errorf("%+v", got)
	}
	if got := bindQuery[in](t, "tag=1&tag=x").faults; !strings.Contains(got, `"loc":["query","tag",1]`) {
		t.Error(got)
	}
}

func TestBindWholeBody(t *testing.T) {
	type note struct {
		Note Opt[float64] `json:"note"`
	}
	type list struct {
		Notes []note `body:""`
	}
	got := bindBody[list](t, `[{"note":1.5},{"note":null},{}]`)
	want := []note{{Some(1.5)}, {Opt[float64]{Set: true, Null: true}}, {}}
	if diff := cmp.Diff(want, got.in.Notes); diff != "" || got.faults != "[]" {
		t.Error(got.faults, diff)
	}
	if got, want := faultsOf[list](t, `[{"note":[]},3]`), `[{"type":"float_type","loc":["body",0,"note"],"msg":"Input should be a valid number","input":[]},{"type":"model_attributes_type","loc":["body",1],"msg":"Input should be a valid dictionary or object to extract fields from","input":3}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := faultsOf[list](t, `{}`), `[{"type":"list_type","loc":["body"],"msg":"Input should be a valid list","input":{}}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	type free struct {
		Any jsonvalue.Value `body:""`
	}
	if got := bindBody[free](t, `{"a":[1,2.0]}`); string(got.in.Any.AppendJSON(nil)) != `{"a":[1,2.0]}` {
		t.Errorf("%+v", got)
	}
}

func TestBindOptional(t *testing.T) {
	type in struct {
		Opt     Opt[int]         `json:"opt" ge:"1"`
		Pointer *uuid.UUID       `json:"pointer"`
		List    Opt[[]string]    `json:"list"`
		Table   map[string][]int `json:"table" default:""`
	}
	if _, err := planFor(reflect.TypeFor[in]()); err == nil {
		t.Error("a table has a text as its default")
	}
	type good struct {
		Opt     Opt[int]               `json:"opt" ge:"1"`
		Pointer *uuid.UUID             `json:"pointer"`
		List    Opt[[]string]          `json:"list"`
		Table   *map[string]Opt[[]int] `json:"table"`
	}
	got := bindBody[good](t, `{"opt":null,"pointer":null,"list":null,"table":null}`)
	null := Opt[int]{Set: true, Null: true}
	if got.faults != "[]" || got.in.Opt != null || got.in.Pointer != nil || !got.in.List.Null || got.in.Table != nil {
		t.Errorf("%+v", got)
	}
	got = bindBody[good](t, `{"opt":true,"list":["a"],"table":{"k":[1],"l":null}}`)
	if v, ok := got.in.Opt.Get(); got.faults != "[]" || !ok || v != 1 || got.in.List.Value[0] != "a" ||
		(*got.in.Table)["k"].Value[0] != 1 || !(*got.in.Table)["l"].Null {
		t.Errorf("%+v", got)
	}
	want := `[{"type":"greater_than_equal","loc":["body","opt"],"msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}]`
	if got := faultsOf[good](t, `{"opt":0}`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
