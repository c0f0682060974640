package api

import (
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
