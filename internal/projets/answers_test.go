package projets_test

import (
	"strings"
	"testing"

	"intendant/internal/projets/projetstest"
)

// wholeAnswers are the requests whose answers are compared whole: what is read
// before what is written.
var wholeAnswers = []struct {
	name string
	request
}{
	{"projects", request{to: "GET /projects", as: projetstest.AdminName}},
	{"projects_none", request{to: "GET /projects?query=zzz", as: projetstest.AdminName}},
	{"projects_with_users", request{to: "GET /projects?query=sud&include=project_users", as: projetstest.AdminName}},
	{"project", request{to: "GET /projects/408", as: projetstest.AdminName}},
	{"owners", request{to: "GET /owners", as: projetstest.AdminName}},
	{"owner", request{to: "GET /owners/5", as: projetstest.AdminName}},
	{"users_found", request{to: "GET /users?q=BATIVO.example", as: projetstest.AdminName}},
	{"users_none", request{to: "GET /users?q=zzz", as: projetstest.AdminName}},
	{"user", request{to: "GET /users/first.last", as: projetstest.AdminName}},
	{"databases", request{to: "GET /database", as: projetstest.AdminName}},
	{"database", request{to: "GET /database/south", as: projetstest.AdminName}},
	{"database_empty", request{to: "GET /database/dev-template", as: projetstest.AdminName}},
	{"project_users", request{to: "GET /project_users", as: projetstest.AdminName}},
	{"project_users_of_one", request{to: "GET /project_users?project_id=408", as: projetstest.AdminName}},
	{"project_users_of_none", request{to: "GET /project_users?project_id=399", as: projetstest.AdminName}},
	{"project_user", request{to: "GET /project_users/first.last,408", as: projetstest.AdminName}},
	{"emails", request{to: "GET /emails", as: projetstest.AdminName}},
	{"logins", request{to: "GET /node/logins", as: projetstest.AdminName}},
	{"logins_of_a_day", request{to: "GET /node/logins?from_date=2016-11-02&to_date=2016-11-02", as: projetstest.AdminName}},
	{"logins_none", request{to: "GET /node/logins?to_date=2016-11-01", as: projetstest.AdminName}},
	{"unique_users", request{to: "GET /node/unique_users", as: projetstest.AdminName}},
	{"owner_created", request{to: "POST /owners", as: projetstest.AdminName, body: `{"owner":{"name":"É & <Co>","note":""}}`}},
	{"project_created", request{to: "POST /projects", as: projetstest.AdminName, body: newProject("new_db", "0", "existing_db_name", `"north"`)}},
	{"project_user_created", request{to: "POST /project_users", as: projetstest.AdminName, body: `{"project_user":{"project_id":1},"user":{"username":"oyvindb"},"mail_type":"skip_email"}`}},
	{"user_created", request{to: "POST /users", as: projetstest.AdminName, body: `{"user":{"username":"zoe","first_name":"Zoé","last_name":"Lund","email":"zoe@bativo.example"}}`}},
	{"user_disabled", request{to: "GET /users/a.json/disable", as: projetstest.AdminName}},
	{"updated", request{to: "PATCH /owners/10", as: projetstest.AdminName, body: `{"owner":{"name":"R"}}`}},
	{"deleted", request{to: "DELETE /project_users/testuser,1", as: projetstest.AdminName}},
	{"refused_values", request{to: "POST /projects", as: projetstest.AdminName, body: newProject("name", "", "owner_id", "99", "new_db_name", `"a/b"`)}},
	{"refused_body", request{to: "POST /owners", as: projetstest.AdminName, body: `{"owner":`}},
	{"refused_date", request{to: "GET /node/logins?from_date=2016-13-01", as: projetstest.AdminName}},
	{"refused_use", request{to: "DELETE /owners/5", as: projetstest.AdminName}},
	{"unknown", request{to: "GET /projects/999", as: projetstest.AdminName}},
	{"unknown_path", request{to: "GET /projects/1/rooms", as: projetstest.AdminName}},
	{"wrong_method", request{to: "DELETE /projects", as: projetstest.AdminName}},
	{"without_permission", request{to: "GET /projects", as: "personne"}},
	{"without_credential", request{to: "GET /projects/999"}},
}

// TestWholeAnswers compares each resource, and each refusal, with a file of
// testdata/answers, in JSON and in XML.
func TestWholeAnswers(t *testing.T) {
	for format, accept := range map[string]string{"json": inJSON, "xml": inXML} {
		s := openFull(t)
		for _, tt := range wholeAnswers {
			t.Run(tt.name+" "+format, func(t *testing.T) {
				s.t = t
				tt.headers = append([]string{accept}, tt.headers...)
				golden(t, "answers/"+tt.name+"_"+format+".txt", s.whole(s.send(tt.request)))
			})
		}
	}
}

// openFull is open with values where the examples have nulls, and logins.
func openFull(t *testing.T) *site {
	s := open(t)
	for _, query := range []string{
		`UPDATE projects SET contact = 'A & <B>', gross_area = '1250.5', status = 2, updated_at = '2016-11-20T07:00:00.000Z', updated_by = 'zoe' WHERE id = 408`,
		"UPDATE project_users SET superuser = 1, role = 'Architecte', user_role_id = 3 WHERE project_id = 408",
		"UPDATE owners SET note = '' WHERE id = 10",
		"UPDATE email_templates SET subject = 'S', body = 'B'",
		`INSERT INTO project_logins (at, project_id, database_id, account_id, client) VALUES
			('2016-11-02T00:00:00.000Z', 408, 'south', 1, 'Revit'), ('2016-11-02T23:59:59.999Z', 408, 'south', 2, 'Revit'), ('2016-11-03T00:00:00.000Z', 408, 'south', 1, 'web')`,
	} {
		projetstest.Exec(t, s.Appliance, query)
	}
	projetstest.AddAccount(t, s.Appliance, "personne", password)
	return s
}

// TestRefusalsInHTML looks at the status of each refusal and that it is a
// page: its words are those of the pages.
func TestRefusalsInHTML(t *testing.T) {
	s := open(t)
	projetstest.AddAccount(t, s.Appliance, "personne", password)
	for _, tt := range []struct {
		r    request
		want int
	}{
		{request{to: "DELETE /projects/999.html", as: projetstest.AdminName}, 404},
		{request{to: "GET /projects/1/rooms", as: projetstest.AdminName}, 404},
		{request{to: "DELETE /projects", as: projetstest.AdminName}, 404},
		{request{to: "GET /projects", as: "personne"}, 403},
		{request{to: "PATCH /owners/5", as: projetstest.AdminName, body: `{"owner":`}, 400},
		{request{to: "DELETE /owners/5", as: projetstest.AdminName}, 422},
		{request{to: "GET /projects/999"}, 401},
	} {
		a := s.send(tt.r)
		isPage := strings.HasPrefix(a.text, "<!DOCTYPE html>") || tt.want == 401 && a.text == "HTTP Basic: Access denied.\n"
		if a.StatusCode != tt.want || a.Header.Get("Content-Type") != "text/html; charset=utf-8" || !isPage {
			t.Errorf("%s: %d %s %.100q, want %d", tt.r.to, a.StatusCode, a.Header.Get("Content-Type"), a.text, tt.want)
		}
	}
}
