package jsonvalue

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct {
		text, msg string
		offset    int
	}{
		{"", "Expecting value", 0},
		{"   ", "Expecting value", 3},
		{"x", "Expecting value", 0},
		{`{"a":}`, "Expecting value", 5},
		{`[1,]`, "Expecting value", 3},
		{`{a:1}`, "Expecting property name enclosed in double quotes", 1},
		{`{"a":1,}`, "Expecting property name enclosed in double quotes", 7},
		{`{"a" 1}`, "Expecting ':' delimiter", 5},
		{`{"a":1 "b":2}`, "Expecting ',' delimiter", 7},
		{`[1 2]`, "Expecting ',' delimiter", 3},
		{`{"a":1`, "Expecting ',' delimiter", 6},
		{`{} x`, "Extra data", 3},
		{`01`, "Extra data", 1},
		{`1.`, "Extra data", 1},
		{`"abc`, "Unterminated string starting at", 0},
		{`["é", "abc`, "Unterminated string starting at", 6},
		{"\"a\nb\"", "Invalid control character at", 2},
		{`"\x"`, `Invalid \escape`, 1},
		{`"\u12"`, `Invalid \uXXXX escape`, 2},
		{`"\u1234`, `Invalid \uXXXX escape`, 2},
		{`"\ud83d\ude00`, `Invalid \uXXXX escape`, 8},
		{`"\ud800\`, "Unterminated string starting at", 0},
		{`"\`, "Unterminated string starting at", 0},
		{`{"a":1,,}`, "Expecting property name enclosed in double quotes", 7},
		{`-`, "Expecting value", 0},
		{`nul`, "Expecting value", 0},
	} {
		_, err := Parse([]byte(tt.text), 10)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Msg != tt.msg || syntax.Offset != tt.offset {
			t.Errorf("%q: got %v, want %s at %d", tt.text, err, tt.msg, tt.offset)
		}
	}
	if _, err := Parse([]byte("\"\xff\""), 10); !errors.Is(err, ErrEncoding) {
		t.Error(err)
	}
	if _, err := Parse([]byte(strings.Repeat("[", 11)), 10); !errors.Is(err, ErrDepth) {
		t.Error(err)
	}
}

func TestRoundTrip(t *testing.T) {
	for text, want := range map[string]string{
		` {"b" : 1, "a":[true,false,null] } `:                    `{"b":1,"a":[true,false,null]}`,
		`{"a":1,"b":2,"a":3}`:                                    `{"a":3,"b":2}`,
		`[1.0,26.45,1e21,1E400,NaN,1e-5,0.0001,1e15,12e15,-0.0]`: `[1.0,26.45,1e+21,null,null,1e-05,0.0001,1000000000000000.0,1.2e+16,-0.0]`,
		`123456789012345678901234567890`:                         `123456789012345678901234567890`,
		`"<é&>\/\u00e9\ud83d\ude00\ud800"`:                       `"<é&>/é😀` + "\uFFFD" + `"`,
		"\xef\xbb\xbf\"bom\"":                                    `"bom"`,
		`"\"\\\n\u0001"`:                                         `"\"\\\n\u0001"`,
	} {
		v, err := Parse([]byte(text), 10)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := string(v.AppendJSON(nil)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestParseStrict(t *testing.T) {
	for _, text := range []string{`NaN`, `[Infinity]`, `{"a":-Infinity}`} {
		if _, err := Parse([]byte(text), 3); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var syntax *SyntaxError
		if _, err := ParseStrict([]byte(text), 3); !errors.As(err, &syntax) || syntax.Msg != "Expecting value" {
			t.Errorf("%s: strictly %v", text, err)
		}
	}
	for text, want := range map[string]bool{
		`{"a":[1,2.5,null,"NaN",true,-1e300]}`: true, `[123456789012345678901234567890]`: true,
		`1e400`: false, `{"a":[-1E400]}`: false, `{"a":{"b":1,"c":1e309}}`: false,
	} {
		v, err := ParseStrict([]byte(text), 5)
		if err != nil || v.IsFinite() != want {
			t.Errorf("%s: finite %t, %v", text, v.IsFinite(), err)
		}
	}
}

func TestManyMembersKeepTheLast(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"k0":-1`)
	for i := range 3 * manyMembers {
		b.WriteString(`,"k` + string(AppendFloat(nil, float64(i%100))) + `":1`)
	}
	b.WriteString(`,"k0":2}`)
	v, err := Parse([]byte(b.String()), 3)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := v.Get("k0"); got.Int() != 2 || len(v.Members()) != 101 {
		t.Errorf("k0 = %d of %d members", got.Int(), len(v.Members()))
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,"é\u00e9",null,true]}`, `"\ud800"`, `1e400`, `[[[`, `-0`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse(data, 100)
		if !json.Valid(data) {
			return
		}
		if errors.Is(err, ErrDepth) || errors.Is(err, ErrEncoding) || errors.Is(err, ErrDigits) {
			return
		}
		if err != nil {
			t.Fatalf("valid JSON refused: %v", err)
		}
		var want, got any
		if json.Unmarshal(data, &want) != nil { // a number out of range
			return
		}
		if err := json.Unmarshal(v.AppendJSON(nil), &got); err != nil {
			t.Fatalf("wrote %s: %v", v.AppendJSON(nil), err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFormatFloat(t *testing.T) {
	for want, f := range map[string]float64{
		"1.0": 1, "26.45": 26.45, "1e+21": 1e21, "1e+16": 1e16, "9999999999999998.0": 9999999999999998,
		"0.0001": 1e-4, "1e-05": 1e-5, "5e-324": 5e-324, "1.7976931348623157e+308": math.MaxFloat64,
		"-0.0": math.Copysign(0, -1), "nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1),
	} {
		if got := FormatFloat(f); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestStacksAreShared nests containers so that elements of several wait at
// once, more than the parser has room for at first.
func TestStacksAreShared(t *testing.T) {
	item := `[1,{"a":[2,{"b":3}],"c":[]},{}]`
	text := "[" + strings.Repeat(item+",", 40) + item + "]"
	v, err := Parse([]byte(text), 10)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(v.AppendJSON(nil)); got != text {
		t.Errorf("got %s", got)
	}
}

func TestDigitLimit(t *testing.T) {
	for _, sign := range []string{"", "-"} {
		if v, err := Parse([]byte(sign+strings.Repeat("1", 4300)), 1); err != nil || v.Kind() != BigInt {
			t.Errorf("%s4300 digits: kind %d, %v", sign, v.Kind(), err)
		}
		if _, err := Parse([]byte(sign+strings.Repeat("1", 4301)), 1); !errors.Is(err, ErrDigits) {
			t.Errorf("%s4301 digits: %v", sign, err)
		}
	}
}

func TestOfArray(t *testing.T) {
	if got := string(OfArray(OfString("a"), Value{}).AppendJSON(nil)); got != `["a",null]` {
		t.Error(got)
	}
	if got := string(OfArray().AppendJSON(nil)); got != `[]` {
		t.Error(got)
	}
}

func TestFloatOfBigInt(t *testing.T) {
	v, err := Parse([]byte("1"+strings.Repeat("0", 400)), 1)
	if err != nil || v.Kind() != BigInt || !math.IsInf(v.Float(), 1) {
		t.Error(v, err)
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(`{"ip":"10.0.0.1","site_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","marque":"Cisco","sources":["snmp","ssh"],"port":443,"username":"admin","password":"secret","description":"coeur de réseau","modele":"C9300"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(data, 100); err != nil {
			b.Fatal(err)
		}
	}
}
