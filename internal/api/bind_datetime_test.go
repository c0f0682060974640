package api

import "testing"

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
