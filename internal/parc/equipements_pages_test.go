package parc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"intendant/db"
)

// TestPagesFollowTheBase: a page kept from before is never answered once
// anybody, a command beside the server included, has changed the base; and
// whoever asked first, the password goes only to those who may read it.
func TestPagesFollowTheBase(t *testing.T) {
	s := open(t)
	client := s.must(t, "POST", "/clients/register", `{"nom":"Port","code":7}`)["client_id"].(string)
	place := s.must(t, "POST", "/client_site/register", fmt.Sprintf(`{"client_id":%q,"name":"YASSA","longitude":1,"latitude":2,"description":""}`, client))["site_id"].(string)
	body := fmt.Sprintf(`{"ip":"10.0.0.1","site_id":%q,"marque":"m","sources":[],"port":22,"username":"u","password":"secret","description":"","modele":"x"}`, place)
	equipement := s.must(t, "POST", "/equipements/register", body)["equipement_id"].(string)
	neighbour, err := db.Open(t.Context(), s.Store.Path(), db.Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { neighbour.Close() })
	for _, step := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"as registered", func() error { return nil }, []string{`"name":"YASSA"`, `"total":1`}},
		{"asked again", func() error { return nil }, []string{`"name":"YASSA"`, `"total":1`}},
		{"the site changed by another process", func() error {
			return neighbour.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
				return q.UpdateSite(ctx, db.UpdateSiteParams{Name: "LOUM", NameKey: "loum", SiteID: place})
			})
		}, []string{`"name":"LOUM"`, `"total":1`}},
		{"another registered", func() error { s.must(t, "POST", "/equipements/register", body); return nil }, []string{`"total":2`}},
		{"one deleted", func() error { s.call(t, s.admin, "DELETE", "/equipements/"+equipement, ""); return nil }, []string{`"total":1`}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for token, password := range map[string]string{s.admin: "secret", s.reader: "********"} {
			status, text := s.call(t, token, "GET", "/equipements/all?size=100", "")
			for _, want := range append(step.want, `"password":"`+password+`"`) {
				if status != 200 || !strings.Contains(text, want) {
					t.Errorf("%s: %d %s\nwant %s", step.name, status, text, want)
				}
			}
		}
	}
	for page := range 70 { // more than are kept
		s.expect(t, s.reader, "GET", fmt.Sprintf("/equipements/all?page=%d&size=1", page+2), "", 200, fmt.Sprintf(`{"items":[],"total":1,"page":%d,"size":1,"pages":1}`, page+2))
	}
}
