package api

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/api/jsonvalue"
)

func TestDatetimeFaults(t *testing.T) {
	for _, tt := range []struct{ text, reason string }{
		{"", "input is too short"},
		{"hier", "input is too short"},
		{"2025-13-01", "month value is outside expected range of 1-12"},
		{"2025-00-01T00:00:00", "month value is outside expected range of 1-12"},
		{"2025-02-29", "day value is outside expected range"},
		{"2o25-01-01", "invalid character in year"},
		{"2025/01/01", "invalid date separator, expected `-`"},
		{"2025-O1-01", "invalid character in month"},
		{"2025-01-1T", "invalid character in day"},
		{"2025-01-01T25:00:00", "unexpected extra characters at the end of the input"},
		{"2025-01-01T10:00:00+1", "unexpected extra characters at the end of the input"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			checkAnswers(t, []answerTest{{
				"whole answer",
				call{to: "POST /datetime", body: `{"v":"` + tt.text + `"}`},
				faulty(fault("datetime_from_date_parsing", `["body","v"]`, "Input should be a valid datetime or date, "+tt.reason, `"`+tt.text+`"`, `{"error":"`+tt.reason+`"}`)),
			}})
		})
	}
}

// FuzzDatetime checks that a time that is read prints as one that reads back.
func FuzzDatetime(f *testing.F) {
	for _, seed := range []string{"", "2025-08-13", "2025-08-13T09:49:13.123456789+02:00", "0000-01-01_00:00", "-62135596800", "1e300", "2025-08-13T09:49+14"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, problem := datetimeOf(jsonvalue.OfString(text))
		if problem != nil || at.Year() < 0 || at.Year() > 9999 {
			return // a zone may push the first and last hours out of the calendar
		}
		printed := at.Format(time.RFC3339Nano)
		if again, problem := datetimeOf(jsonvalue.OfString(printed)); problem != nil || !again.Equal(at) {
			t.Errorf("%q is %s, which reads %s, %v", text, printed, again, problem)
		}
	})
}

func TestDatetimes(t *testing.T) {
	for text, want := range map[string]string{
		`"2025-01-01"`:                     "2025-01-01T00:00:00Z",
		`"2024-02-29"`:                     "2024-02-29T00:00:00Z",
		`"2025-01-01T10:20"`:               "2025-01-01T10:20:00Z",
		`"2025-01-01 10:20:30"`:            "2025-01-01T10:20:30Z",
		`"2025-01-01t10:20:30z"`:           "2025-01-01T10:20:30Z",
		`"2025-01-01_10:20:30,5"`:          "2025-01-01T10:20:30.5Z",
		`"2025-01-01T10:20:30.1234567891"`: "2025-01-01T10:20:30.123456Z",
		`"2025-01-01T10:20+02:00"`:         "2025-01-01T08:20:00Z",
		`"2025-01-01T10:20:30.5+0530"`:     "2025-01-01T04:50:30.5Z",
		`"2025-01-01T10:20:30−02:00"`:      "2025-01-01T12:20:30Z",
		`"2025-01-01T10:20:30-23:59"`:      "2025-01-02T10:19:30Z",
		`"9999-12-31T23:59:59.999999"`:     "9999-12-31T23:59:59.999999Z",
		`"2025"`:                           "1970-01-01T00:33:45Z",
		`"-1"`:                             "1969-12-31T23:59:59Z",
		`"+1"`:                             "1970-01-01T00:00:01Z",
		`"1700000000.5"`:                   "2023-11-14T22:13:20.5Z",
		`".5"`:                             "1970-01-01T00:00:00.5Z",
		`"1.5e9"`:                          "2017-07-14T02:40:00Z",
		`1700000000`:                       "2023-11-14T22:13:20Z",
		`1700000000123`:                    "2023-11-14T22:13:20.123Z",
		`20000000000`:                      "2603-10-11T11:33:20Z",
		`20000000001`:                      "1970-08-20T11:33:20.001Z",
		`-20000000001`:                     "1969-05-14T12:26:39.999Z",
		`1700000000.1234567`:               "2023-11-14T22:13:20.123457Z",
		`1700000000123.456`:                "2023-11-14T22:13:20.123456Z",
		`-1.5`:                             "1969-12-31T23:59:58.5Z",
		`253402300799999`:                  "9999-12-31T23:59:59.999Z",
		`-62135596800000`:                  "0001-01-01T00:00:00Z",
	} {
		got, code := decodeInto[time.Time](t, text)
		if code != "" || got.Format(time.RFC3339Nano) != want || got.Location() != time.UTC {
			t.Errorf("%s: got %v %s, want %s", text, got, code, want)
		}
	}
}

func TestNotDatetimes(t *testing.T) {
	const fromDate, parsing = "datetime_from_date_parsing", "datetime_parsing"
	for _, tt := range []struct{ code, reason, texts string }{
		{fromDate, reasonTooShort, `"" "x" "2025-1-1" "12:00" "1e5" "nan" "1_0" "1.5.5" "1.5e300" "." "1.nan" "1\n"`},
		{fromDate, reasonExtra, `"2025-01-01T" "2025-01-01T10" "2025-01-01T10:2" "2025-01-01T10:20:" "2025-01-01T10:20:3" "2025-01-01x10:20:30" "2025-01-01T10:20:30." "2025-01-01T10:20:30-02" "2025-01-01T10:20:30+24:00" "2025-01-01T10:20:30+23:60" "2025-01-01T10:20:30Zx" "2025-01-01T24:00:00" "2025-01-01T10:60:00" "2025-01-01T10:20:60" "2025-01-01T10:20.5" "2025-01-01T1020" "2025-01-01\n" "2025-01-01T10:20:30+2:00"`},
		{fromDate, reasonSeparator, `"2025/01/01" "10000-01-01" "20250101T102030" "99999999999999999999"`},
		{fromDate, reasonYear, `"202x-01-01" "é025-01-01" "-99999999999999999999"`},
		{fromDate, reasonMonth, `"2025-0x-01"`},
		{fromDate, reasonDay, `"2025-01-0x"`},
		{fromDate, reasonMonths, `"2025-13-01" "2025-00-01"`},
		{fromDate, reasonDays, `"2025-01-32" "2025-02-29" "2025-01-00" "1900-02-29"`},
		{fromDate, reasonAfter9999, `"253402300800000"`},
		{fromDate, reasonBefore0, `"-62167219200001"`},
		{parsing, reasonAfter9999, `253402300800000 100000000000000000000 Infinity 1e300`},
		{parsing, reasonBefore0, `-62167219200001 -100000000000000000000 -Infinity`},
		{parsing, reasonNaN, `NaN`},
		{parsing, "year 0 is out of range", `"0000-01-01" "-62135596801000" -62135596801000 "0001-01-01T00:00:00+01:00"`},
		{parsing, "year 10000 is out of range", `"9999-12-31T23:59:59-01:00"`},
	} {
		for _, text := range strings.Fields(tt.texts) {
			v, err := jsonvalue.Parse([]byte(text), 1)
			if err != nil {
				t.Fatal(text, err)
			}
			if got, problem := datetimeOf(v); problem == nil || problem.Code != tt.code || problem.Ctx["error"] != tt.reason {
				t.Errorf("%s: got %v %v, want %s: %s", text, got, problem, tt.code, tt.reason)
			}
		}
	}
	for _, text := range []string{`true`, `null`, `[]`, `{}`} {
		if got, code := decodeInto[time.Time](t, text); code != "datetime_type" {
			t.Errorf("%s: got %v %s", text, got, code)
		}
	}
}

func FuzzDatetimeRFC3339(f *testing.F) {
	for _, seed := range []string{"2025-01-01T10:20:30.5+02:00", "2024-02-29", "1700000000.5", "-1", "2025-01-01T10:20:30−02:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, problem := datetimeOfText(text)
		if problem == nil && (got.Year() < 1 || got.Year() > 9999) {
			t.Errorf("%q: got %v", text, got)
		}
		want, err := time.Parse(time.RFC3339, text)
		if err != nil || want.UTC().Year() < 1 || want.UTC().Year() > 9999 {
			return
		}
		if problem == nil && !got.Equal(want.Truncate(time.Microsecond)) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	})
}
