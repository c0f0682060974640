package api

import (
	"reflect"
	"strings"
	"testing"

	"intendant/internal/api/jsonvalue"
)

// decodeInto reads a JSON text into a T; code is "" when it was accepted.
func decodeInto[T any](t testing.TB, text string) (value T, code string) {
	t.Helper()
	v, err := jsonvalue.Parse([]byte(text), 10)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	decode, err := decoderOf(reflect.TypeFor[T](), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &binding{}
	decode(v, reflect.ValueOf(&value).Elem(), b)
	if len(b.faults) > 0 {
		code = b.faults[0].Code
	}
	return value, code
}

func TestIntegers(t *testing.T) {
	for text, want := range map[string]int64{
		`12`: 12, `"12"`: 12, `" 7 "`: 7, `"\u00a07\n"`: 7, `"1_000"`: 1000, `"-1_0"`: -10, `"12.0"`: 12, `"1_000.00"`: 1000, `"+5"`: 5,
		`"-0"`: 0, `"00012"`: 12, `12.0`: 12, `1e3`: 1000, `true`: 1, `false`: 0,
		`9223372036854775807`: 1<<63 - 1, `"-9223372036854775808"`: -1 << 63, `-9223372036854775808.0`: -1 << 63,
	} {
		if got, code := decodeInto[int64](t, text); got != want || code != "" {
			t.Errorf("%s: got %d %s, want %d", text, got, code, want)
		}
	}
	for code, texts := range map[string][]string{
		"int_parsing": {
			`""`, `"  "`, `"x"`, `"12.5"`, `"1e3"`, `"--1"`, `"+-1"`, `"-"`, `"+ 1"`, `"1__0"`, `"_1"`, `"1_"`, `"1."`, `".0"`, `"12._0"`,
			`"0x1"`, `"٣"`, `"1 2"`,
		},
		"int_from_float":     {`12.5`, `1e-7`},
		"int_type":           {`null`, `[]`, `{}`, `[1]`},
		"finite_number":      {`NaN`, `Infinity`, `-1e400`},
		"less_than_equal":    {`9223372036854775808`, `"9223372036854775808.0"`, `1e19`, `9223372036854775808.0`},
		"greater_than_equal": {`-9223372036854775809`, `"-9223372036854775809"`, `-1e19`},
	} {
		for _, text := range texts {
			if got, gotCode := decodeInto[int64](t, text); gotCode != code {
				t.Errorf("%s: got %d %s, want %s", text, got, gotCode, code)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		`1`: 1, `1.5`: 1.5, `"1.5"`: 1.5, `" 1.5 "`: 1.5, `true`: 1, `"1_0.5"`: 10.5, `"1."`: 1, `".5"`: 0.5, `"+1.5"`: 1.5, `"1e5"`: 1e5,
		`123456789012345678901`: 123456789012345678901,
	} {
		if got, code := decodeInto[float64](t, text); got != want || code != "" {
			t.Errorf("%s: got %v %s, want %v", text, got, code, want)
		}
	}
	for code, texts := range map[string][]string{
		"float_parsing": {`""`, `"x"`, `"1__0"`, `"_1"`, `"1_"`, `" 1_0"`, `"1_0 "`, `"0x10"`, `"1e"`, `"."`, `"infinit"`, `"1p2"`, `"++nan"`},
		"float_type":    {`null`, `[]`, `{}`},
		"finite_number": {`NaN`, `Infinity`, `-Infinity`, `1e400`, `"nan"`, `"-NaN"`, `"inf"`, `"-Infinity"`, `"1e400"`, `1` + strings.Repeat("0", 400)},
	} {
		for _, text := range texts {
			if got, gotCode := decodeInto[float64](t, text); gotCode != code {
				t.Errorf("%s: got %v %s, want %s", text, got, gotCode, code)
			}
		}
	}
}

func TestBooleans(t *testing.T) {
	for want, texts := range map[bool][]string{
		true:  {`true`, `1`, `1.0`, `"true"`, `"TRUE"`, `"On"`, `"yes"`, `"y"`, `"t"`, `"1"`},
		false: {`false`, `0`, `0.0`, `"false"`, `"off"`, `"No"`, `"n"`, `"f"`, `"0"`},
	} {
		for _, text := range texts {
			if got, code := decodeInto[bool](t, text); got != want || code != "" {
				t.Errorf("%s: got %v %s", text, got, code)
			}
		}
	}
	for code, texts := range map[string][]string{
		"bool_parsing": {`2`, `-1`, `2.0`, `"x"`, `""`, `" true "`, `"2"`, `9223372036854775807`},
		"bool_type":    {`null`, `[]`, `{}`, `1.5`, `NaN`, `9223372036854775808`, `1e300`, `Infinity`},
	} {
		for _, text := range texts {
			if got, gotCode := decodeInto[bool](t, text); gotCode != code {
				t.Errorf("%s: got %v %s, want %s", text, got, gotCode, code)
			}
		}
	}
}

// host is a type as a wing would declare it.
type host string

func (h *host) BindValue(v jsonvalue.Value) *Problem {
	if v.Kind() != jsonvalue.String || v.Text() == "" {
		return ValueError("not a host")
	}
	*h = host(strings.ToLower(v.Text()))
	return nil
}

func TestValueBinder(t *testing.T) {
	type in struct {
		Host  host      `json:"host"`
		Other Opt[host] `json:"other"`
		Hosts []host    `json:"hosts"`
	}
	got := bindBody[in](t, `{"host":"A","other":"B","hosts":["C"]}`)
	if got.faults != "[]" || got.in.Host != "a" || got.in.Other != Some(host("b")) || got.in.Hosts[0] != "c" {
		t.Errorf("%+v", got)
	}
	want := `[{"type":"value_error","loc":["body","host"],"msg":"Value error, not a host","input":1,"ctx":{"error":"not a host"}},{"type":"value_error","loc":["body","hosts",0],"msg":"Value error, not a host","input":"","ctx":{"error":"not a host"}}]`
	if got := faultsOf[in](t, `{"host":1,"hosts":[""]}`); got != want {
		t.Errorf("got %s", got)
	}
	type query struct {
		Host host `query:"host"`
	}
	if got := bindQuery[query](t, "host=X"); got.in.Host != "x" {
		t.Errorf("%+v", got)
	}
}

func TestBounds(t *testing.T) {
	type in struct {
		Nom   Opt[string]  `json:"nom" minlen:"1" maxlen:"3"`
		Code  Opt[string]  `json:"code" minlen:"2" maxlen:"9"`
		Lat   Opt[float64] `json:"lat" ge:"-90.5" le:"90"`
		Etat  Opt[string]  `json:"etat" enum:"a|b|c"`
		Sens  Opt[string]  `json:"sens" enum:"a|b"`
		Seul  Opt[string]  `json:"seul" enum:"a"`
		Liste Opt[[]int]   `json:"liste" ge:"1" minlen:"1" maxlen:"2"`
	}
	for text, want := range map[string]string{
		`{"nom":"été","lat":90,"etat":"c","sens":null,"liste":[1,2]}`: ``,
		`{"nom":""}`:        `{"type":"string_too_short","loc":["body","nom"],"msg":"String should have at least 1 character","input":"","ctx":{"min_length":1}}`,
		`{"nom":"abcd"}`:    `{"type":"string_too_long","loc":["body","nom"],"msg":"String should have at most 3 characters","input":"abcd","ctx":{"max_length":3}}`,
		`{"code":"é"}`:      `{"type":"string_too_short","loc":["body","code"],"msg":"String should have at least 2 characters","input":"é","ctx":{"min_length":2}}`,
		`{"lat":91}`:        `{"type":"less_than_equal","loc":["body","lat"],"msg":"Input should be less than or equal to 90","input":91,"ctx":{"le":90.0}}`,
		`{"lat":"-91"}`:     `{"type":"greater_than_equal","loc":["body","lat"],"msg":"Input should be greater than or equal to -90.5","input":"-91","ctx":{"ge":-90.5}}`,
		`{"etat":"x"}`:      `{"type":"literal_error","loc":["body","etat"],"msg":"Input should be 'a', 'b' or 'c'","input":"x","ctx":{"expected":"'a', 'b' or 'c'"}}`,
		`{"sens":1}`:        `{"type":"literal_error","loc":["body","sens"],"msg":"Input should be 'a' or 'b'","input":1,"ctx":{"expected":"'a' or 'b'"}}`,
		`{"seul":"b"}`:      `{"type":"literal_error","loc":["body","seul"],"msg":"Input should be 'a'","input":"b","ctx":{"expected":"'a'"}}`,
		`{"liste":[]}`:      `{"type":"too_short","loc":["body","liste"],"msg":"List should have at least 1 item after validation, not 0","input":[],"ctx":{"field_type":"List","min_length":1,"actual_length":0}}`,
		`{"liste":[1,2,3]}`: `{"type":"too_long","loc":["body","liste"],"msg":"List should have at most 2 items after validation, not 3","input":[1,2,3],"ctx":{"field_type":"List","max_length":2,"actual_length":3}}`,
		`{"liste":[1,"0"]}`: `{"type":"greater_than_equal","loc":["body","liste",1],"msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}`,
	} {
		if got := faultsOf[in](t, text); got != "["+want+"]" {
			t.Errorf("%s:\ngot  %s\nwant [%s]", text, got, want)
		}
	}
}
