package api

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fault is the one fault of a 422 as it is on the wire: location, input and
// context are JSON; no context when it is empty.
func fault(kind, loc, msg, input, ctx string) string {
	text := `{"type":"` + kind + `","loc":` + loc + `,"msg":"` + msg + `","input":` + input
	if ctx != "" {
		text += `,"ctx":` + ctx
	}
	return text + "}"
}

func faulty(faults ...string) string {
	return jsonAnswer(422, `{"detail":[`+strings.Join(faults, ",")+"]}")
}

// checkAnswers sends each call to one server and compares the whole answers.
func checkAnswers(t *testing.T, tests []answerTest) {
	t.Helper()
	ts, _ := newTestServer(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, tt.call)
			if diff := cmp.Diff(tt.want, transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

type answerTest struct {
	name string
	call call
	want string
}

const (
	notAnObject = "Input should be a valid dictionary or object to extract fields from"
	notAnInt    = "Input should be a valid integer"
	unparsable  = "Input should be a valid integer, unable to parse string as an integer"
	fraction    = "Input should be a valid integer, got a number with a fractional part"
	notANumber  = "Input should be a valid number"
	notFinite   = "Input should be a finite number"
	notAString  = "Input should be a valid string"
	notABool    = "Input should be a valid boolean"
	noSuchBool  = "Input should be a valid boolean, unable to interpret input"
	notAUUID    = "UUID input should be a string, bytes or UUID object"
)

// TestWorkedExample is the example of the specification, to the byte.
func TestWorkedExample(t *testing.T) {
	checkAnswers(t, []answerTest{{
		"register",
		call{
			"POST /things/register",
			[]string{"Authorization: Bearer writer", "Content-Type: application/json"},
			`{"ip":"10.0.0.1","port":"x","sources":["a",2]}`,
		},
		jsonAnswer(422, `{"detail":[{"type":"missing","loc":["body","site_id"],"msg":"Field required","input":{"ip":"10.0.0.1","port":"x","sources":["a",2]}},{"type":"missing","loc":["body","marque"],"msg":"Field required","input":{"ip":"10.0.0.1","port":"x","sources":["a",2]}},{"type":"string_type","loc":["body","sources",1],"msg":"Input should be a valid string","input":2},{"type":"int_parsing","loc":["body","port"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"}]}`),
	}})
}

func TestBodyFaults(t *testing.T) {
	const to = "POST /string"
	noBody := faulty(fault("missing", `["body"]`, "Field required", "null", ""))
	unreadable := jsonAnswer(400, detail("There was an error parsing the body"))
	invalid := func(offset, reason string) string {
		return faulty(fault("json_invalid", `["body",`+offset+`]`, "JSON decode error", "{}", `{"error":"`+reason+`"}`))
	}
	object := func(input string) string {
		return faulty(fault("model_attributes_type", `["body"]`, notAnObject, input, ""))
	}
	checkAnswers(t, []answerTest{
		{"no body", call{to: to}, noBody},
		{"no body of a type", call{to, []string{"Content-Type: text/plain"}, ""}, noBody},
		{"null", call{to: to, body: "null"}, noBody},
		{"blanks", call{to: to, body: " \n "}, invalid("3", "Expecting value")},
		{"no value", call{to: to, body: `{"v":}`}, invalid("5", "Expecting value")},
		{"offset in characters", call{to: to, body: `{"é€𝄞":}`}, invalid("7", "Expecting value")},
		{"bare name", call{to: to, body: `{v:1}`}, invalid("1", "Expecting property name enclosed in double quotes")},
		{"no comma", call{to: to, body: `{"v":1 "w":2}`}, invalid("7", "Expecting ',' delimiter")},
		{"no colon", call{to: to, body: `{"v" 1}`}, invalid("5", "Expecting ':' delimiter")},
		{"after the end", call{to: to, body: `{} x`}, invalid("3", "Extra data")},
		{"open text", call{to: to, body: `{"v":"a`}, invalid("5", "Unterminated string starting at")},
		{"invalid utf-8", call{to: to, body: "{\"v\":\"\xc3\"}"}, unreadable},
		{"too deep", call{to: to, body: strings.Repeat("[", 100000) + strings.Repeat("]", 100000)}, unreadable},
		{"array", call{to: to, body: `[1, "a"]`}, object(`[1,"a"]`)},
		{"string", call{to: to, body: `"a"`}, object(`"a"`)},
		{"number", call{to: to, body: `12.50`}, object(`12.5`)},
		{"true", call{to: to, body: `true`}, object(`true`)},
		{"as text", call{to, []string{"Content-Type: text/plain"}, `{"v": 1}`}, object(`"{\"v\": 1}"`)},
		{"as a form", call{to, []string{"Content-Type: application/x-www-form-urlencoded"}, `{"v":"é"}`}, object(`"{\"v\":\"é\"}"`)},
		{"broken, as text", call{to, []string{"Content-Type: text/plain"}, `{`}, object(`"{"`)},
		{"with a charset", call{to, []string{"Content-Type: Application/JSON; charset=utf-8"}, `{"v":"a"}`}, jsonAnswer(200, `{"v":"a"}`)},
		{"kind of json", call{to, []string{"Content-Type: application/vnd.api+json"}, `{"v":"a"}`}, jsonAnswer(200, `{"v":"a"}`)},
		{"no type", call{to: to, body: `{"v":"a"}`}, jsonAnswer(200, `{"v":"a"}`)},
		{"unknown members", call{to: to, body: `{"w":1,"v":"a"}`}, jsonAnswer(200, `{"v":"a"}`)},
		{"missing member", call{to: to, body: `{"w": [1, {"x":null}]}`}, faulty(fault("missing", `["body","v"]`, "Field required", `{"w":[1,{"x":null}]}`, ""))},
	})
}

func TestValueFaults(t *testing.T) {
	const notEmail = "value is not a valid email address: "
	const emailReason = "An email address must have an @-sign."
	const uuidReason = "invalid length: expected length 32 for simple format, found 3"
	for _, tt := range []struct{ to, input, kind, msg, ctx string }{
		{"int", `"x"`, "int_parsing", unparsable, ""},
		{"int", `""`, "int_parsing", unparsable, ""},
		{"int", `"12.5"`, "int_parsing", unparsable, ""},
		{"int", `"1__0"`, "int_parsing", unparsable, ""},
		{"int", `12.5`, "int_from_float", fraction, ""},
		{"int", `null`, "int_type", notAnInt, ""},
		{"int", `[1]`, "int_type", notAnInt, ""},
		{"int", `{"a":1}`, "int_type", notAnInt, ""},
		{"int", `9223372036854775808`, "less_than_equal", "Input should be less than or equal to 9223372036854775807", `{"le":9223372036854775807}`},
		{"int", `"-9223372036854775809"`, "greater_than_equal", "Input should be greater than or equal to -9223372036854775808", `{"ge":-9223372036854775808}`},
		{"int", `NaN`, "finite_number", notFinite, ""},
		{"float", `"x"`, "float_parsing", "Input should be a valid number, unable to parse string as a number", ""},
		{"float", `""`, "float_parsing", "Input should be a valid number, unable to parse string as a number", ""},
		{"float", `null`, "float_type", notANumber, ""},
		{"float", `[]`, "float_type", notANumber, ""},
		{"float", `{}`, "float_type", notANumber, ""},
		{"float", `NaN`, "finite_number", notFinite, ""},
		{"float", `Infinity`, "finite_number", notFinite, ""},
		{"float", `"-inf"`, "finite_number", notFinite, ""},
		{"string", `1`, "string_type", notAString, ""},
		{"string", `null`, "string_type", notAString, ""},
		{"string", `true`, "string_type", notAString, ""},
		{"string", `["a"]`, "string_type", notAString, ""},
		{"bool", `"x"`, "bool_parsing", noSuchBool, ""},
		{"bool", `" true"`, "bool_parsing", noSuchBool, ""},
		{"bool", `2`, "bool_parsing", noSuchBool, ""},
		{"bool", `null`, "bool_type", notABool, ""},
		{"bool", `[]`, "bool_type", notABool, ""},
		{"bool", `{}`, "bool_type", notABool, ""},
		{"uuid", `1`, "uuid_type", notAUUID, ""},
		{"uuid", `null`, "uuid_type", notAUUID, ""},
		{"uuid", `"abc"`, "uuid_parsing", "Input should be a valid UUID, " + uuidReason, `{"error":"` + uuidReason + `"}`},
		{"email", `"abc"`, "value_error", notEmail + emailReason, `{"reason":"` + emailReason + `"}`},
		{"email", `1`, "string_type", notAString, ""},
		{"list", `"a"`, "list_type", "Input should be a valid list", ""},
		{"list", `null`, "list_type", "Input should be a valid list", ""},
		{"list", `{"0":"a"}`, "list_type", "Input should be a valid list", ""},
		{"datetime", `null`, "datetime_type", "Input should be a valid datetime", ""},
		{"datetime", `true`, "datetime_type", "Input should be a valid datetime", ""},
		{"optional", `"x"`, "int_parsing", unparsable, ""},
		{"nested", `1`, "model_attributes_type", notAnObject, ""},
	} {
		t.Run(tt.to+" "+tt.input, func(t *testing.T) {
			// The values JSON has no word for are shown as null.
			shown := tt.input
			if shown == "NaN" || shown == "Infinity" {
				shown = "null"
			}
			checkAnswers(t, []answerTest{{
				"whole answer",
				call{to: "POST /" + tt.to, body: `{"v":` + tt.input + `}`},
				faulty(fault(tt.kind, `["body","v"]`, tt.msg, shown, tt.ctx)),
			}})
		})
	}
}

func TestNestedFaults(t *testing.T) {
	checkAnswers(t, []answerTest{
		{
			"list elements",
			call{to: "POST /list", body: `{"v":["a",1,"b",null]}`},
			faulty(fault("string_type", `["body","v",1]`, notAString, "1", ""), fault("string_type", `["body","v",3]`, notAString, "null", "")),
		},
		{
			"object in an object",
			call{to: "POST /nested", body: `{"v":{"v":"x"}}`},
			faulty(fault("int_parsing", `["body","v","v"]`, unparsable, `"x"`, "")),
		},
		{
			"missing from the inner object",
			call{to: "POST /nested", body: `{"v":{"w":1}}`},
			faulty(fault("missing", `["body","v","v"]`, "Field required", `{"w":1}`, "")),
		},
	})
}

func TestLaxConversions(t *testing.T) {
	for _, tt := range []struct{ to, sent, want string }{
		{"int", `12`, `12`},
		{"int", `"12"`, `12`},
		{"int", `" 7 "`, `7`},
		{"int", `"+7"`, `7`},
		{"int", `"-7"`, `-7`},
		{"int", `"1_000"`, `1000`},
		{"int", `"12.0"`, `12`},
		{"int", `12.0`, `12`},
		{"int", `1e3`, `1000`},
		{"int", `true`, `1`},
		{"int", `9223372036854775807`, `9223372036854775807`},
		{"float", `1`, `1.0`},
		{"float", `26.45`, `26.45`},
		{"float", `"1.5"`, `1.5`},
		{"float", `true`, `1.0`},
		{"float", `1e21`, `1e+21`},
		{"float", `1e15`, `1000000000000000.0`},
		{"float", `1e16`, `1e+16`},
		{"float", `0.0001`, `0.0001`},
		{"float", `0.00001`, `1e-05`},
		{"bool", `true`, `true`},
		{"bool", `1`, `true`},
		{"bool", `1.0`, `true`},
		{"bool", `0`, `false`},
		{"bool", `"true"`, `true`},
		{"bool", `"on"`, `true`},
		{"bool", `"YES"`, `true`},
		{"bool", `"y"`, `true`},
		{"bool", `"T"`, `true`},
		{"bool", `"1"`, `true`},
		{"bool", `"false"`, `false`},
		{"bool", `"off"`, `false`},
		{"bool", `"no"`, `false`},
		{"bool", `"N"`, `false`},
		{"bool", `"f"`, `false`},
		{"bool", `"0"`, `false`},
		{"string", `""`, `""`},
		{"uuid", `"{67E55044-10B1-426F-9247-BB680E5FE0C8}"`, `"67e55044-10b1-426f-9247-bb680e5fe0c8"`},
		{"email", `"Joe <A@B.co>"`, `"A@b.co"`},
		{"list", `[]`, `[]`},
		{"datetime", `"2025-08-13T09:49:13"`, `"2025-08-13T09:49:13Z"`},
		{"datetime", `"2025-08-13 11:49:13.12+02:00"`, `"2025-08-13T09:49:13.12Z"`},
		{"datetime", `"2025-08-13t09:49z"`, `"2025-08-13T09:49:00Z"`},
		{"datetime", `"2025-08-13T09:49:13-0030"`, `"2025-08-13T10:19:13Z"`},
		{"datetime", `"2025-08-13"`, `"2025-08-13T00:00:00Z"`},
		{"datetime", `1755078553`, `"2025-08-13T09:49:13Z"`},
		{"datetime", `"1755078553000"`, `"2025-08-13T09:49:13Z"`},
		{"optional", `null`, `null`},
		{"optional", `"3"`, `3`},
	} {
		t.Run(tt.to+" "+tt.sent, func(t *testing.T) {
			checkAnswers(t, []answerTest{{
				"whole answer",
				call{to: "POST /" + tt.to, body: `{"v":` + tt.sent + `}`},
				jsonAnswer(200, `{"v":`+tt.want+`}`),
			}})
		})
	}
	checkAnswers(t, []answerTest{{"optional left out", call{to: "POST /optional", body: `{}`}, jsonAnswer(200, `{"v":null}`)}})
}

func TestParameters(t *testing.T) {
	const body = `{"name":"a"}`
	ok := func(page, size string) string {
		return jsonAnswer(200, `{"name":"a","req":"r","id":5,"page":`+page+`,"size":`+size+`}`)
	}
	low := fault("greater_than_equal", `["query","page"]`, "Input should be greater than or equal to 1", `"0"`, `{"ge":1}`)
	high := fault("less_than_equal", `["query","size"]`, "Input should be less than or equal to 100", `"101"`, `{"le":100}`)
	noReq := fault("missing", `["query","req"]`, "Field required", "null", "")
	const max = "9223372036854775807"
	checkAnswers(t, []answerTest{
		{"defaults", call{to: "PUT /things/5/update?req=r", body: body}, ok("1", "50")},
		{"the last wins", call{to: "PUT /things/5/update?req=q&req=r&page=x&page=2", body: body}, ok("2", "50")},
		{"bounds are allowed", call{to: "PUT /things/5/update?req=r&page=1&size=100", body: body}, ok("1", "100")},
		{"page too low", call{to: "PUT /things/5/update?req=r&page=0", body: body}, faulty(low)},
		{"size too high", call{to: "PUT /things/5/update?req=r&size=101", body: body}, faulty(high)},
		{"query missing", call{to: "PUT /things/5/update", body: body}, faulty(noReq)},
		{"path", call{to: "PUT /things/x/update?req=r", body: body}, faulty(fault("int_parsing", `["path","id"]`, unparsable, `"x"`, ""))},
		{
			"page over int64",
			call{to: "PUT /things/5/update?req=r&page=9223372036854775808", body: body},
			faulty(fault("less_than_equal", `["query","page"]`, "Input should be less than or equal to "+max, `"9223372036854775808"`, `{"le":`+max+`}`)),
		},
		{
			"all at once: dependencies, path, query, body",
			call{to: "PUT /things/x/update?page=0&size=101", body: `{}`},
			faulty(
				low, high, fault("int_parsing", `["path","id"]`, unparsable, `"x"`, ""), noReq,
				fault("missing", `["body","name"]`, "Field required", "{}", ""),
			),
		},
	})
}

func TestForms(t *testing.T) {
	const to = "POST /token"
	form := []string{"Content-Type: application/x-www-form-urlencoded"}
	missingField := func(name string) string {
		return fault("missing", `["body","`+name+`"]`, "Field required", "null", "")
	}
	both := faulty(missingField("username"), missingField("password"))
	checkAnswers(t, []answerTest{
		{"sent", call{to, form, "username=zo%C3%A9&password=a+b"}, jsonAnswer(200, `"zoé"`)},
		{"grant", call{to, form, "grant_type=password&username=u&password=p"}, jsonAnswer(200, `"u"`)},
		{"nothing", call{to, form, ""}, both},
		{"json instead", call{to, []string{"Content-Type: application/json"}, `{"username":"u","password":"p"}`}, both},
		{"broken json instead", call{to, []string{"Content-Type: application/json"}, `{`}, both},
		{"no type", call{to: to, body: "username=u&password=p"}, both},
		{"an empty field", call{to, form, "username=u&password="}, faulty(missingField("password"))},
		{
			"another grant",
			call{to, form, "grant_type=code&username=u&password=p"},
			faulty(fault("string_pattern_mismatch", `["body","grant_type"]`, "String should match pattern '^password$'", `"code"`, `{"pattern":"^password$"}`)),
		},
	})
}

func TestUpload(t *testing.T) {
	var whole, partial bytes.Buffer
	w := multipart.NewWriter(&whole)
	w.WriteField("label", "été")
	file, err := w.CreateFormFile("file", "plan.bin")
	if err != nil {
		t.Fatal(err)
	}
	file.Write([]byte("abc"))
	w.Close()
	p := multipart.NewWriter(&partial)
	p.WriteField("label", "x")
	p.Close()
	noFile := fault("missing", `["body","file"]`, "Field required", "null", "")
	checkAnswers(t, []answerTest{
		{
			"a file",
			call{"POST /upload", []string{"Content-Type: " + w.FormDataContentType()}, whole.String()},
			jsonAnswer(200, `{"Label":"été","Name":"plan.bin","ContentType":"application/octet-stream","Text":"abc","Size":3}`),
		},
		{"no file", call{"POST /upload", []string{"Content-Type: " + p.FormDataContentType()}, partial.String()}, faulty(noFile)},
		{
			"nothing at all",
			call{to: "POST /upload"},
			faulty(fault("missing", `["body","label"]`, "Field required", "null", ""), noFile),
		},
		{
			"cut short",
			call{"POST /upload", []string{"Content-Type: " + w.FormDataContentType()}, whole.String()[:whole.Len()/2]},
			jsonAnswer(400, detail("There was an error parsing the body")),
		},
	})
}
