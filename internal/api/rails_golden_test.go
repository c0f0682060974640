package api

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares an answer with the file of that name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "rails", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRailsWholeAnswers(t *testing.T) {
	ts, _ := newRailsServer(t)
	const owner = `{"project":{"name":"REST <TEST>","owner_id":"5","new_db":"1","gross_area":12.50}}`
	const faulty = `{"project":{"name":"","owner_id":"x","new_db":"maybe","kind":"huge","gross_area":"1,5"}}`
	for _, tt := range []struct {
		name string
		call call
	}{
		{"list_json", call{to: "GET /projects.json", headers: []string{chef}}},
		{"list_xml", call{to: "GET /projects.xml", headers: []string{chef}}},
		{"list_html_without_page", call{to: "GET /projects", headers: []string{chef}}},
		{"empty_json", call{to: "GET /projects.json?query=none", headers: []string{chef}}},
		{"empty_xml", call{to: "GET /projects.xml?query=none", headers: []string{chef}}},
		{"nested_json", call{to: "GET /projects.json?include=project_users", headers: []string{chef}}},
		{"nested_xml", call{to: "GET /projects.xml?include=project_users", headers: []string{chef}}},
		{"show_json", call{to: "GET /projects/7", headers: []string{chef, inJSON}}},
		{"show_xml", call{to: "GET /projects/7", headers: []string{chef, inXML}}},
		{"database_json", call{to: "GET /database/north.json", headers: []string{chef}}},
		{"database_xml", call{to: "GET /database/north.xml", headers: []string{chef}}},
		{"owners_xml", call{to: "GET /owners.xml"}},
		{"logins_json", call{to: "GET /node/logins.json", headers: []string{chef}}},
		{"logins_xml", call{to: "GET /node/logins.xml", headers: []string{chef}}},
		{"created_json", call{to: "POST /projects", headers: []string{chef, inJSON, fromJSON}, body: owner}},
		{"created_xml", call{to: "POST /projects.xml", headers: []string{chef, fromJSON}, body: owner}},
		{"invalid_json", call{to: "POST /projects.json", headers: []string{chef, fromJSON}, body: faulty}},
		{"invalid_xml", call{to: "POST /projects.xml", headers: []string{chef, fromJSON}, body: faulty}},
		{"updated", call{to: "PATCH /projects/7", headers: []string{chef, inJSON, fromJSON}, body: `{"project":{"name":"a"}}`}},
		{"deleted", call{to: "DELETE /projects/7", headers: []string{chef, inJSON}}},
		{"unknown_json", call{to: "GET /projects/8.json", headers: []string{chef}}},
		{"unknown_xml", call{to: "GET /projects/8.xml", headers: []string{chef}}},
		{"unknown_html_without_pages", call{to: "GET /projects/8.html", headers: []string{chef}}},
		{"no_route_json", call{to: "GET /projects/seven.json"}},
		{"no_route_html", call{to: "GET /projects/seven"}},
		{"malformed_json", call{to: "POST /projects.json", headers: []string{chef, fromJSON}, body: `{`}},
		{"malformed_xml", call{to: "POST /projects.xml", headers: []string{chef, fromJSON}, body: `{`}},
		{"forbidden_json", call{to: "DELETE /projects/7.json", headers: []string{lecteur}}},
		{"forbidden_xml", call{to: "DELETE /projects/7.xml", headers: []string{lecteur}}},
		{"not_acceptable", call{to: "GET /projects", headers: []string{chef, "Accept: text/csv"}}},
		{"no_credential", call{to: "GET /projects.json"}},
		{"throttled_json", call{to: "GET /projects.json", headers: []string{"Authorization: Basic bGVudDp4"}}},
		{"busy_xml", call{to: "GET /fails/busy.xml"}},
		{"internal_json", call{to: "GET /fails/internal.json"}},
		{"backup", call{to: "GET /database/north/get_backup_now", headers: []string{chef, "Accept: application/octet-stream"}}},
		{"acted_json", call{to: "GET /users/first.last/disable.json", headers: []string{chef}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, tt.call)
			golden(t, tt.name, transcript(ts, resp, body))
		})
	}
}
