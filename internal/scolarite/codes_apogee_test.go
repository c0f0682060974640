package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// TestCodesApogee writes codes by every path, on objects of a locked semester.
func TestCodesApogee(t *testing.T) {
	s := open(t)
	rt := holding("RT", scolarite.EditFormation)
	s.example("formation_module_set_code_apogee", request{to: "POST /ScoDoc/RT/api/formation/module/1/set_code_apogee/V1RTR101,V1RTR1X", as: rt})
	s.example("ue_set_code_apogee", request{to: "POST formation/ue/set_code_apogee", as: planning, body: "oid=1&value=+V1RTU11%2C+V1RTU12+"})
	s.example("ue_set_code_apogee_rcue", request{to: "POST formation/ue/1/set_code_apogee_rcue", as: planning, body: "value=V1RTRC1"})
	const module, ue, rcue = "SELECT code_apogee FROM modules WHERE id = 1", "SELECT code_apogee FROM ues WHERE id = 1", "SELECT code_apogee_rcue FROM ues WHERE id = 1"
	for _, c := range []struct{ to, body, want, stored string }{
		{"formation/module/1/set_code_apogee", "value=B", "B", module},
		{"formation/module/set_code_apogee", "oid=1&value=C", "C", module},
		{"formation/module/1/set_code_apogee/D%20E", "value=F", "D E", module},
		{"formation/module/1/set_code_apogee/%20", "value=F", "F", module},
		{"formation/module/1/set_code_apogee", "value=", "", module},
		{"formation/ue/1/set_code_apogee/X!111", "", "X!111", ue},
		{"formation/ue/1/set_code_apogee", "value=Y", "Y", ue},
		{"formation/ue/1/set_code_apogee", "oid=2&value=", "", ue},
		{"formation/ue/1/set_code_apogee_rcue/Z%C3%A9", "", "Zé", rcue},
		{"formation/ue/1/set_code_apogee_rcue", "value=", "", rcue},
		{"formation/ue/1/set_code_apogee", "value=" + strings.Repeat("a", 512), strings.Repeat("a", 512), ue},
	} {
		a := s.post(c.to, c.body)
		if a.StatusCode != 200 || a.body != c.want || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s with %q: %s", c.to, c.body, a.line())
		}
		if got := s.value(c.stored); got != c.want {
			t.Errorf("%s with %q stored %q", c.to, c.body, got)
		}
	}
	if got := s.value("SELECT count(*) FROM modules WHERE code_apogee = ''"); got != "0" {
		t.Error("an empty code is stored as a text")
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action IN ('ue.update', 'module.update')"); got != "14" {
		t.Errorf("%s lines of journal", got)
	}
}

func TestCodesApogeeRefused(t *testing.T) {
	s := open(t)
	long := strings.Repeat("a", 513)
	for _, f := range []struct{ path, unknown string }{
		{"formation/module/%/set_code_apogee", "404 module inconnu"}, {"formation/ue/%/set_code_apogee", "404 UE inconnue"}, {"formation/ue/%/set_code_apogee_rcue", "404 UE inconnue"},
	} {
		at := func(id string) string { return strings.ReplaceAll(f.path, "%", id) }
		s.refuses([]refusal{
			{"nobody", request{to: "POST " + at("1") + "/A"}, "401 Non autorise (logic)"},
			{"no permission", request{to: "POST " + at("1") + "/A", as: account("mdupont")}, "403 permission requise : EditFormation"},
			{"unknown", request{to: "POST " + at("99") + "/A", as: planning}, f.unknown},
			{"in another department", request{to: "POST /ScoDoc/GEA/api/" + at("1"), as: planning, body: "value=A"}, f.unknown},
			{"too long", request{to: "POST " + at("1"), as: planning, body: "value=" + long}, "404 param 'value': trop long (512 caractères au plus)"},
			{"not UTF-8", request{to: "POST " + at("1") + "/%FF", as: planning}, "404 param 'code_apogee': invalide"},
			{"on two lines", request{to: "POST " + at("1"), as: planning, body: "value=A%0AB"}, "404 param 'value': invalide"},
			{"no code", request{to: "POST " + at("1"), as: planning}, "404 param 'value': manquant"},
			{"no code but an id", request{to: "POST " + at("1"), as: planning, body: "oid=1"}, "404 param 'value': manquant"},
			{"a code in JSON", request{to: "POST " + at("1"), as: planning, body: `{"value": "A"}`}, "404 param 'value': manquant"},
			{"a blank path", request{to: "POST " + at("1") + "/%20", as: planning}, "404 param 'value': manquant"},
			{"too long in the path", request{to: "POST " + at("1") + "/" + long, as: planning}, "404 param 'code_apogee': trop long (512 caractères au plus)"},
		})
	}
	for _, kind := range []struct{ path, unknown string }{{"formation/module/set_code_apogee", "404 module inconnu"}, {"formation/ue/set_code_apogee", "404 UE inconnue"}} {
		s.refuses([]refusal{
			{"no id", request{to: "POST " + kind.path, as: planning, body: "value=A"}, "404 param 'oid': manquant"},
			{"no code", request{to: "POST " + kind.path, as: planning, body: "oid=1"}, "404 param 'value': manquant"},
			{"no number", request{to: "POST " + kind.path, as: planning, body: "oid=x&value=A"}, "404 param 'oid': invalide (entier attendu)"},
			{"unknown id", request{to: "POST " + kind.path, as: planning, body: "oid=99&value=A"}, kind.unknown},
		})
	}
}
