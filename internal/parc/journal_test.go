package parc_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/audit"
)

// TestEveryChangeIsInTheJournal sends each entry that changes something and
// reads the line it leaves: who, what, and what differs after it. A change of
// nothing leaves none. An entry without a step here is an error.
func TestEveryChangeIsInTheJournal(t *testing.T) {
	s := open(t)
	form := s.withPassword(t)
	_, refresh := s.pair(t, "/auth/login", form, asForm)
	again := fmt.Sprintf(`{"refresh_token":%q}`, refresh)
	known := map[string]string{} // identifiers of answers: "{client_id}"
	tried := map[string]bool{}
	for _, step := range []struct{ entry, body, want string }{
		{"POST /clients/register", `{"nom":"<Port>","code":7}`, `client.create <Port>: nom=<Port> code=7`},
		{"PUT /clients/update", `{"client_id":"{client_id}","code":9}`, `client.update <Port>: code=9`},
		{"PUT /clients/update", `{"client_id":"{client_id}","code":9}`, ``},
		{"POST /client_site/register", `{"client_id":"{client_id}","name":"YASSA","longitude":1,"latitude":2,"description":"d"}`, `site.create YASSA: name=YASSA longitude=1.0 latitude=2.0 description=d`},
		{"PUT /client_site/update", `{"site_id":"{site_id}","longitude":1.5}`, `site.update YASSA: longitude=1.5`},
		{"PUT /client_site/update", `{"site_id":"{site_id}","name":null}`, ``},
		{
			"POST /equipements/register", `{"ip":"10.0.0.1","site_id":"{site_id}","marque":"m","sources":["a","b"],"port":22,"username":"u","password":"secret","description":"","modele":"x"}`,
			`equipement.create m x 10.0.0.1: ip=10.0.0.1 marque=m sources=a, b port=22 username=u password=******** modele=x`,
		},
		{"PUT /equipements/update", `{"equipement_id":"{equipement_id}","port":23}`, `equipement.update m x 10.0.0.1: port=23`},
		{"PUT /equipements/update", `{"equipement_id":"{equipement_id}","password":"autre secret"}`, `equipement.update m x 10.0.0.1: password=********`},
		{"PUT /equipements/update", `{"equipement_id":"{equipement_id}","port":23,"password":"********"}`, ``},
		{"DELETE /equipements/{equipement_id}", "", `equipement.delete m x 10.0.0.1: ip= marque= sources= port= username= password= modele=`},
		{"DELETE /client_site/{site_id}", "", `site.delete YASSA: name= longitude= latitude= description=`},
		{"DELETE /clients/{client_id}", "", `client.delete <Port>: nom= code=`},
		{"POST /roles/create", `{"name":"agent","description":"d","permissions":["users:read"]}`, `role.create agent: name=agent description=d permissions=users:read`},
		{"PUT /roles/update", `{"role_id":"{role_id}","description":"e"}`, `role.update agent: description=e`},
		{"POST /roles/add_permissions", `{"role_id":"{role_id}","permissions":["roles:read"]}`, `role.update agent: permissions=users:read, roles:read`},
		{"POST /roles/add_permissions", `{"role_id":"{role_id}","permissions":["roles:read"]}`, ``},
		{"DELETE /roles/{role_id}", "", `role.delete agent: name= description= permissions=`},
		{
			"POST /users/create", `{"matricule":12,"nom":"Ba","email":"ba@example.com","password":"cheval-batterie-9","role_id":"` + s.adminRole + `"}`,
			`account.create 12: matricule=12 last_name=Ba email=ba@example.com active=true roles=admin_ password=********`,
		},
		{"PUT /users/update", `{"user_id":"12","nom":"Bâ"}`, `account.update 12: last_name=Bâ`},
		{"PUT /users/update", `{"user_id":"12","password":"cheval-batterie-8"}`, `account.update 12: password=********`},
		{"PUT /users/update", `{"user_id":"12","nom":"Bâ","password":"********"}`, ``},
		{"DELETE /users/delete/{user_id}", "", `account.deactivate 12: active=false`},
		{"DELETE /users/delete/{user_id}", "", ``},
		{"POST /auth/login", form, `token.create 7586:`},
		{"POST /auth/refresh", again, ``},
		{"POST /auth/refresh", again, `token.revoke 7586:`},
		{"POST /auth/logout", "", `token.revoke chef:`}, // ends the token of all that was sent
	} {
		tried[step.entry] = true
		method, path, _ := strings.Cut(step.entry, " ")
		body := step.body
		for name, id := range known {
			path, body = strings.ReplaceAll(path, name, id), strings.ReplaceAll(body, name, id)
		}
		header := asJSON
		if step.entry == "POST /auth/login" {
			header = asForm
		}
		before := s.lines(t)
		answer := s.ask(t, method, path, body, "Authorization: Bearer "+s.admin, header)
		var ids map[string]any
		if _, text, ok := strings.Cut(answer, " {"); ok && json.Unmarshal([]byte("{"+text), &ids) == nil {
			for name, id := range ids {
				if text, ok := id.(string); ok && strings.HasSuffix(name, "_id") {
					known["{"+name+"}"] = text
				}
			}
		}
		var got []string
		for _, line := range s.lines(t)[len(before):] {
			if line.Address != "127.0.0.1" || line.RequestID == "" || line.Account == "" {
				t.Errorf("%s: by %q from %q in request %q", step.entry, line.Account, line.Address, line.RequestID)
			}
			got = append(got, told(line))
		}
		if strings.Join(got, "\n") != step.want {
			t.Errorf("%s %s: %s\nthe journal has %q\nwant %q", method, path, answer, got, step.want)
		}
	}
	for _, r := range s.Router.Routes() {
		if entry := r.Method + " " + r.Paths[0]; r.System == "parc" && r.Method != http.MethodGet && !tried[entry] {
			t.Errorf("%s is not tried", entry)
		}
	}
}

// lines returns the whole journal, oldest first.
func (s *site) lines(t *testing.T) []audit.Line {
	t.Helper()
	newest, _, err := audit.List(t.Context(), s.Store.Read(), audit.Query{})
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]audit.Line, len(newest))
	for i, line := range newest {
		lines[len(newest)-1-i] = line
	}
	return lines
}

// told writes a line as text: the action, the object, and the fields that
// changed with what they are now. Identifiers, which differ at each run, and
// times are left out.
func told(line audit.Line) string {
	text := line.Action + " " + line.ObjectName + ":"
	for _, c := range line.Changes() {
		if !strings.HasSuffix(c.Field, "_id") && c.Field != "timestamp" {
			text += " " + c.Field + "=" + c.After
		}
	}
	return text
}
