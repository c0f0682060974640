package projets_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/projets/projetstest"
)

// matrix says what each entry answers to whom: nobody, the holders of the three
// permissions, the superuser of project 1, where each {user} is, and that of
// another project.
const matrix = `
                                         anonymous read write admin superuser other
GET    /projects                               401  200   200   200       403   403
POST   /projects                               401  403   403   201       403   403
POST   /projets                                401  403   403   201       403   403
GET    /projects/{project}                     401  200   200   200       403   403
PATCH  /projects/{project}                     401  403   204   204       403   403
PUT    /projects/{project}                     401  403   204   204       403   403
DELETE /projects/{project}                     401  403   403   204       403   403
POST   /projects/1/logins                      401  403   403   403       201   403

GET    /owners                                 401  200   200   200       403   403
POST   /owners                                 401  403   403   201       403   403
GET    /owners/{owner}                         401  200   200   200       403   403
PATCH  /owners/{owner}                         401  403   403   204       403   403
PUT    /owners/{owner}                         401  403   403   204       403   403
DELETE /owners/{owner}                         401  403   403   204       403   403

GET    /users                                  401  200   200   200       200   200
POST   /users                                  401  403   403   201       403   403
GET    /users/{user}                           401  200   200   200       200   404
PATCH  /users/{user}                           401  403   403   204       204   404
PUT    /users/{user}                           401  403   403   204       204   404
DELETE /users/{user}                           401  403   403   204       204   404
GET    /users/{user}/disable                   401  403   403   200       200   404
POST   /users/{user}/disable                   401  403   403   200       200   404
GET    /users/{user}/enable                    401  403   403   200       200   404
POST   /users/{user}/enable                    401  403   403   200       200   404
GET    /users/{user}/kick                      401  403   403   200       200   404
POST   /users/{user}/kick                      401  403   403   200       200   404

GET    /database                               401  200   200   200       403   403
GET    /database/{database}                    401  200   200   200       403   403
DELETE /database/{database}                    401  403   403   204       403   403
GET    /database/{database}/disableall         401  403   403   200       403   403
POST   /database/{database}/disableall         401  403   403   200       403   403
GET    /database/{database}/enableall          401  403   403   200       403   403
POST   /database/{database}/enableall          401  403   403   200       403   403
GET    /database/{database}/kickall            401  403   403   200       403   403
POST   /database/{database}/kickall            401  403   403   200       403   403
GET    /database/{database}/get_backup_now     401  403   403   200       403   403

GET    /project_users                          401  200   200   200       200   200
POST   /project_users                          401  403   201   201       201   404
GET    /project_users/{user},1                 401  200   200   200       200   404
PATCH  /project_users/{user},1                 401  403   204   204       204   404
PUT    /project_users/{user},1                 401  403   204   204       204   404
DELETE /project_users/{user},1                 401  403   204   204       204   404
GET    /project_user/{user},1                  401  200   200   200       200   404
PATCH  /project_user/{user},1                  401  403   204   204       204   404
PUT    /project_user/{user},1                  401  403   204   204       204   404
DELETE /project_user/{user},1                  401  403   204   204       204   404

GET    /node/logins                            401  200   200   200       403   403
GET    /node/unique_users                      401  200   200   200       403   403
GET    /emails                                 401  200   200   200       403   403
`

// matrixBodies are what the entries are sent, {new} being a name that nobody
// has.
var matrixBodies = map[string]string{
	"POST /projects":          `{"project":{"new_db":"1","new_db_template":"dev-template","new_db_name":"{new}","name":"N","owner_id":5,"description":"D","constructor":"C","project_type_id":1}}`,
	"POST /projets":           `{"project":{"new_db":0,"existing_db_name":"north","name":"N","owner_id":5,"description":"D","constructor":"C","project_type_id":1}}`,
	"/projects/{project}":     `{"project":{"name":"N"}}`,
	"POST /projects/1/logins": `{"client":"Revit"}`,
	"POST /owners":            `{"owner":{"name":"N"}}`,
	"/owners/{owner}":         `{"owner":{"name":"N"}}`,
	"POST /users":             `{"user":{"username":"{new}","first_name":"F","last_name":"L","email":"{new}@bativo.example"}}`,
	"/users/{user}":           `{"user":{"last_name":"L"}}`,
	"POST /project_users":     `{"project_user":{"project_id":1},"user":{"username":"{new}","first_name":"F","last_name":"L","email":"{new}@bativo.example"}}`,
	"/project_users/{user},1": `{"project_user":{"room_rights":2}}`,
	"/project_user/{user},1":  `{"project_user":{"room_rights":2}}`,
}

// cells makes what the paths of the matrix name, anew for each cell.
type cells struct {
	*site
	made int
}

func openMatrix(t *testing.T) *cells {
	s := open(t)
	projetstest.AddAccount(t, s.Appliance, "read", password, projets.Read)
	projetstest.AddAccount(t, s.Appliance, "write", password, projets.Write)
	projetstest.AddAccount(t, s.Appliance, "admin", password, projets.Admin)
	for name, project := range map[string]int64{"superuser": 1, "other": 408} {
		projetstest.AddAccount(t, s.Appliance, name, password)
		projetstest.AddSuperuser(t, s.Appliance, name, project)
	}
	return &cells{site: s}
}

// filled puts new objects into the places of a text.
func (c *cells) filled(text string) string {
	c.t.Helper()
	c.made++
	name := fmt.Sprint("x", c.made)
	fill := func(place string, make func() any) {
		if strings.Contains(text, place) {
			text = strings.ReplaceAll(text, place, fmt.Sprint(make()))
		}
	}
	fill("{new}", func() any { return name })
	fill("{project}", func() any { return projetstest.AddProject(c.t, c.Appliance, name, name).ID })
	fill("{owner}", func() any {
		owner, err := c.Projets.CreateOwner(c.t.Context(), projets.OwnerPatch{Name: api.Some(name)})
		if err != nil {
			c.t.Fatal(err)
		}
		return owner.ID
	})
	fill("{user}", func() any {
		projetstest.AddUser(c.t, c.Appliance, name)
		projetstest.AddMember(c.t, c.Appliance, name, 1)
		return name
	})
	fill("{database}", func() any {
		p := projetstest.AddProject(c.t, c.Appliance, name, name)
		if err := c.Projets.DeleteProject(c.t.Context(), p.ID); err != nil {
			c.t.Fatal(err)
		}
		return name
	})
	return text
}

// body is what an entry is sent, "" for nothing.
func (c *cells) body(method, path string) string {
	if body := matrixBodies[method+" "+path]; body != "" || method != "PATCH" && method != "PUT" {
		return body
	}
	return matrixBodies[path]
}

func (c *cells) status(method, path, as string) int {
	c.t.Helper()
	return c.send(request{to: method + " " + c.filled(path), as: as, headers: []string{inJSON}, body: c.filled(c.body(method, path))}).StatusCode
}

// matrixNames turns a path of the table of routes into one of the matrix.
var matrixNames = strings.NewReplacer(
	"/projects/{id}/logins", "/projects/1/logins", "/projects/{id}", "/projects/{project}", "/owners/{id}", "/owners/{owner}",
	"{username},{projectid}", "{user},1", "{username}", "{user}", "{dbname}", "{database}",
)

// TestMatrix fills each cell of the matrix.
func TestMatrix(t *testing.T) {
	c := openMatrix(t)
	head, rows, _ := strings.Cut(strings.TrimSpace(matrix), "\n")
	callers := strings.Fields(head)
	var entries []string
	for line := range strings.Lines(rows) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		method, path := fields[0], fields[1]
		entries = append(entries, method+" "+path)
		for i, caller := range callers {
			as := strings.Replace(caller, "anonymous", nobody, 1)
			if got := fmt.Sprint(c.status(method, path, as)); got != fields[2+i] {
				t.Errorf("%s %s as %s: %s, want %s", method, path, caller, got, fields[2+i])
			}
		}
	}
	c.wantEveryEntry(entries)
}

// wantEveryEntry compares the rows of the matrix with the table of routes.
func (c *cells) wantEveryEntry(rows []string) {
	c.t.Helper()
	for _, r := range c.Router.Routes() {
		if r.System != "projets" {
			continue
		}
		for _, path := range r.Paths {
			for _, method := range r.Methods() {
				if entry := method + " " + matrixNames.Replace(path); !r.IsHidden && !slices.Contains(rows, entry) {
					c.t.Errorf("%s has no row", entry)
				}
			}
		}
	}
}

// TestASuperuserStaysWithinHisProjects tries, from project 1, people who are
// elsewhere too or hold more than its superuser does, by every entry of
// "/users".
func TestASuperuserStaysWithinHisProjects(t *testing.T) {
	c := openMatrix(t)
	// "both" is in project 408 too; "boss" administers all projects, "clerk"
	// the accounts, "reader" reads projects: all are people of project 1.
	projetstest.AddAccount(t, c.Appliance, "both", password)
	projetstest.AddAccount(t, c.Appliance, "boss", password, projets.Admin)
	projetstest.AddAccount(t, c.Appliance, "clerk", password, "users:update")
	projetstest.AddAccount(t, c.Appliance, "reader", password, projets.Read)
	for _, name := range []string{"both", "boss", "clerk", "reader"} {
		projetstest.AddMember(t, c.Appliance, name, 1)
	}
	projetstest.AddMember(t, c.Appliance, "both", 408)
	// "writer" writes projects and manages project 1: that makes him no
	// administrator of the people of other projects.
	projetstest.AddAccount(t, c.Appliance, "writer", password, projets.Write)
	projetstest.AddSuperuser(t, c.Appliance, "writer", 1)
	// "kept" is a superuser kept from administration.
	projetstest.AddAccount(t, c.Appliance, "kept", password)
	projetstest.AddSuperuser(t, c.Appliance, "kept", 1)
	projetstest.Exec(t, c.Appliance, "UPDATE project_users SET no_web_admin_access = 1 WHERE account_id = (SELECT id FROM accounts WHERE user_name = 'kept')")

	before := c.people()
	for _, tt := range []struct {
		as, whom     string
		show, change int
	}{
		{"superuser", "both", 200, 403},
		{"superuser", "boss", 200, 403},
		{"superuser", "clerk", 200, 403},
		{"superuser", "reader", 200, 403},
		{"superuser", "first.last", 404, 404},
		{"superuser", "testadmin", 404, 404},
		{"superuser", "nobody", 404, 404},
		{"writer", "first.last", 200, 404},
		{"writer", "both", 200, 403},
		{"writer", "boss", 200, 403},
		{"kept", "testuser", 403, 403},
	} {
		if got := c.send(request{to: "GET /users/" + tt.whom, as: tt.as, headers: []string{inJSON}}).StatusCode; got != tt.show {
			t.Errorf("%s sees %s: %d, want %d", tt.as, tt.whom, got, tt.show)
		}
		for _, r := range []request{
			{to: "PATCH /users/" + tt.whom, body: `{"user":{"first_name":"X"}}`},
			{to: "PATCH /users/" + tt.whom, body: `{"user":{"email":"x@bativo.example"}}`},
			{to: "PUT /users/" + tt.whom, body: `{"user":{"active":false}}`},
			{to: "DELETE /users/" + tt.whom},
			{to: "GET /users/" + tt.whom + "/disable"},
			{to: "GET /users/" + tt.whom + "/enable"},
			{to: "GET /users/" + tt.whom + "/kick"},
		} {
			r.as, r.headers = tt.as, []string{inJSON}
			if got := c.send(r).StatusCode; got != tt.change {
				t.Errorf("%s as %s %s: %d, want %d", r.to, tt.as, r.body, got, tt.change)
			}
		}
	}
	if after := c.people(); after != before {
		t.Errorf("somebody was changed:\n%s\n%s", before, after)
	}
	names := []string{}
	for name, want := range map[string]int{"testuser.json": 422, "testadmin.xml": 422, "lone.json": 201} {
		body := fmt.Sprintf(`{"project_user":{"project_id":1},"user":{"username":%q,"first_name":"A","last_name":"B","email":%q},"mail_type":"skip_email"}`, name, name+".address@bureau.example")
		if got := c.send(request{to: "POST /project_users", as: "superuser", headers: []string{inJSON, fromJSON}, body: body}).StatusCode; got != want {
			t.Errorf("the superuser adds %s: %d, want %d", name, got, want)
		}
	}
	for _, line := range strings.Split(c.send(request{to: "GET /users.json", as: "superuser"}).text, `"username":"`)[1:] {
		name, _, _ := strings.Cut(line, `"`)
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != "boss both clerk kept lone.json reader superuser testuser writer" {
		t.Errorf("the superuser of project 1 lists %s", got)
	}
	if got := c.send(request{to: "GET /users.json?q=first.last", as: "superuser"}).line(); got != "200 []" {
		t.Errorf("the superuser of project 1 finds %s", got)
	}
}

// people is what matters of the accounts and of their places in projects.
func (c *cells) people() string {
	c.t.Helper()
	return projetstest.Value[string](c.t, c.Appliance, `SELECT
		(SELECT group_concat(user_name || first_name || email || active || epoch) FROM (SELECT * FROM accounts ORDER BY id))
		|| (SELECT group_concat(account_id || ' in ' || project_id) FROM (SELECT * FROM project_users ORDER BY account_id, project_id))
		|| (SELECT count(*) FROM removed_users)`)
}
