package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestWhatThePageOfGroupsKeeps(t *testing.T) {
	s := open(t)
	if a := s.get("formsemestre/1/groups_get_auto_assignment"); a.body != "" || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("nothing kept: %q as %s", a.body, a.Header.Get("Content-Type"))
	}
	s.example("groups_save_auto_assignment", request{to: "POST formsemestre/1/groups_save_auto_assignment", as: account("mdupont"), body: `{"criteres": [ "bac" ]}`})
	s.example("groups_get_auto_assignment", request{to: "GET formsemestre/1/groups_get_auto_assignment", as: holding("", scolarite.ScoView)})
	if got := s.value("SELECT object_type || object_id || ifnull(before, '-') || after FROM journal WHERE action = 'formsemestre.save_auto_assignment'"); !strings.HasPrefix(got, `formsemestre1-{"size":23,`) {
		t.Errorf("journal: %s", got)
	}
	// Any bytes will do, none too, and up to 1 MiB.
	for name, body := range map[string]string{"not JSON": "\x00\xffa{", "nothing": "", "1 MiB": strings.Repeat("x", 1<<20)} {
		if got := s.post("formsemestre/1/groups_save_auto_assignment", body).line(); got != `200 {"status":"ok"}` {
			t.Errorf("%s: %s", name, got)
		}
		if got := s.get("formsemestre/1/groups_get_auto_assignment").body; got != body {
			t.Errorf("%s: %d bytes came back", name, len(got))
		}
	}
	s.refuses([]refusal{{
		"more than 1 MiB",
		request{to: "POST formsemestre/1/groups_save_auto_assignment", as: chef, body: strings.Repeat("x", 1<<20+1)},
		"413 corps de la requête trop volumineux",
	}})
	if got := s.get("formsemestre/2/groups_get_auto_assignment").body; got != "" {
		t.Errorf("another semester: %s", got)
	}
}
