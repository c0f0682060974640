package projets_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/projets/projetstest"
)

// newProject is the body of a new project whose members are replaced as the
// pairs say: the name of a member and its value in JSON, "" to leave it out.
func newProject(pairs ...string) string {
	members := []string{
		"new_db", `"1"`, "new_db_template", `"dev-template"`, "new_db_name", `"rest_test"`, "name", `"REST TEST"`,
		"constructor", `"Bativo AS"`, "description", `"TEST"`, "owner_id", "5", "project_type_id", "1",
	}
	for i := 0; i < len(pairs); i += 2 {
		isNew := true
		for k := 0; k < len(members); k += 2 {
			if members[k] == pairs[i] {
				members[k+1], isNew = pairs[i+1], false
			}
		}
		if isNew {
			members = append(members, pairs[i], pairs[i+1])
		}
	}
	var sent []string
	for k := 0; k < len(members); k += 2 {
		if members[k+1] != "" {
			sent = append(sent, fmt.Sprintf("%q:%s", members[k], members[k+1]))
		}
	}
	return `{"project":{` + strings.Join(sent, ",") + `}}`
}

const (
	badRequest = `400 {"status":400,"error":"Bad Request"}`
	tooLarge   = `413 {"status":413,"error":"Request Entity Too Large"}`
	blank      = "can't be blank"
	taken      = "has already been taken"
	notListed  = "is not included in the list"
	invalid    = "is invalid"
)

// faulty is the answer to values that are refused: names and messages by
// turns.
func faulty(pairs ...string) string {
	var members []string
	for i := 0; i < len(pairs); i += 2 {
		members = append(members, fmt.Sprintf("%q:[%q]", pairs[i], pairs[i+1]))
	}
	return `422 {"errors":{` + strings.Join(members, ",") + `}}`
}

// traces is all that a request could have left: rows and files.
func (s *site) traces() string {
	s.t.Helper()
	tables := []string{"owners", "projects", "project_databases", "project_users", "accounts", "outbox", "one_time_links", "journal", "project_logins"}
	query := "SELECT ''"
	for _, table := range tables {
		query += fmt.Sprintf(" || '%s ' || (SELECT count(*) FROM %s) || char(10)", table, table)
	}
	return projetstest.Value[string](s.t, s.Appliance, query) + strings.Join(s.files(), "\n")
}

// refused sends a request as testadmin and wants an answer that leaves nothing
// behind.
func (s *site) refused(r request, want string) {
	s.t.Helper()
	before := s.traces()
	r.as = projetstest.AdminName
	r.headers = append([]string{inJSON}, r.headers...)
	if got := s.send(r).line(); got != want {
		body := r.body[:min(len(r.body), 300)]
		s.t.Errorf("%s %s\n got %s\nwant %s", r.to, body, got, want)
	}
	if after := s.traces(); after != before {
		s.t.Errorf("%s left something:\n%s\nbefore:\n%s", r.to, after, before)
	}
}

// TestARefusedProjectLeavesNothing breaks each value of a new project.
func TestARefusedProjectLeavesNothing(t *testing.T) {
	s := open(t)
	existing := []string{"new_db", `"0"`, "new_db_name", "", "new_db_template", ""}
	for _, tt := range []struct {
		name, body, want string
	}{
		{"without new_db", newProject("new_db", ""), faulty("new_db", blank)},
		{"without a template", newProject("new_db_template", ""), faulty("new_db_template", blank)},
		{"without a name of the database", newProject("new_db_name", ""), faulty("new_db_name", blank)},
		{"without the existing database", newProject(existing...), faulty("existing_db_name", blank)},
		{"without a name", newProject("name", ""), faulty("name", blank)},
		{"without a constructor", newProject("constructor", ""), faulty("constructor", blank)},
		{"without a description", newProject("description", ""), faulty("description", blank)},
		{"without an owner", newProject("owner_id", ""), faulty("owner_id", blank)},
		{"without a type", newProject("project_type_id", ""), faulty("project_type_id", blank)},
		{"with nothing", `{"project":{}}`, faulty("new_db", blank, "name", blank, "constructor", blank, "description", blank, "owner_id", blank, "project_type_id", blank)},
		{"with nulls", newProject("name", "null", "owner_id", "null"), faulty("name", blank, "owner_id", blank)},
		{"with a blank name", newProject("name", `" "`), faulty("name", blank)},
		{"with a name too long", newProject("name", `"`+strings.Repeat("n", 256)+`"`), faulty("name", "is too long (maximum is 255 characters)")},
		{"with a name that is a list", newProject("name", "[]"), faulty("name", invalid)},
		{"with an unknown template", newProject("new_db_template", `"nowhere"`), faulty("new_db_template", notListed)},
		{"with a template that is a path", newProject("new_db_template", `"../intendant"`), faulty("new_db_template", notListed)},
		{"with an unknown existing database", newProject(append(existing, "existing_db_name", `"nowhere"`)...), faulty("existing_db_name", notListed)},
		{"with an existing database that is a path", newProject(append(existing, "existing_db_name", `"../intendant"`)...), faulty("existing_db_name", notListed)},
		{"with a name taken", newProject("new_db_name", `"north"`), faulty("new_db_name", taken)},
		{"with a name taken but for its case", newProject("new_db_name", `"NORTH"`), faulty("new_db_name", taken)},
		{"with the template's name", newProject("new_db_name", `"dev-template"`), faulty("new_db_name", taken)},
		{"with an unknown owner", newProject("owner_id", "99"), faulty("owner_id", notListed)},
		{"with an owner that is no number", newProject("owner_id", `"five"`), faulty("owner_id", "is not a number")},
		{"with an unknown type", newProject("project_type_id", "9"), faulty("project_type_id", notListed)},
		{"with type 0", newProject("project_type_id", "0"), faulty("project_type_id", notListed)},
		{"with a type that is no number", newProject("project_type_id", `"Standard"`), faulty("project_type_id", "is not a number")},
		{"with a new_db that is neither", newProject("new_db", `"maybe"`), faulty("new_db", invalid)},
		{"with all that is wrong", newProject("new_db_name", `"a b"`, "owner_id", "99", "project_type_id", "9"), faulty("new_db_name", invalid, "owner_id", notListed, "project_type_id", notListed)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			s.refused(request{to: "POST /projects", body: tt.body}, tt.want)
		})
	}
}

// TestNamesOfDatabasesStayInTheirFolder asks for names that lead elsewhere, in
// the body and in the path.
func TestNamesOfDatabasesStayInTheirFolder(t *testing.T) {
	s := open(t)
	for _, name := range []string{
		"../evil", "..", ".", "a/b", `a\\b`, "/etc/evil", "a.db", "trash/evil", "trash", "main", "temp", "CON", "nul", "sqlite_x",
		"évil", "a b", "a\\u0000b", "a\\nb", "-" + strings.Repeat("a", 63), "%2e%2e%2fevil", "a;b", "file:evil?mode=memory", "$(evil)",
	} {
		s.refused(request{to: "POST /projects", body: newProject("new_db_name", `"`+name+`"`)}, faulty("new_db_name", invalid))
	}
	s.refused(request{to: "POST /projects", body: newProject("new_db_name", `" "`)}, faulty("new_db_name", invalid))
	const unknown = `404 {"status":404,"error":"Not Found"}`
	for _, name := range []string{"..%2Fintendant", "%2e%2e", "..%2F..%2Fetc%2Fpasswd", "north.db", "trash", "north%00", "NORTH", "%2Etmp"} {
		for _, to := range []string{
			"GET /database/" + name, "DELETE /database/" + name, "GET /database/" + name + "/get_backup_now", "GET /database/" + name + "/disableall",
		} {
			s.refused(request{to: to}, unknown)
		}
	}
	if got := s.admin("POST /projects", newProject("new_db_name", `"`+strings.Repeat("a", 63)+`"`)).StatusCode; got != 201 {
		t.Errorf("63 characters: %d", got)
	}
}

// TestARefusedProjectUserLeavesNothing breaks each value of a new project user
// and of his rights.
func TestARefusedProjectUserLeavesNothing(t *testing.T) {
	s := open(t)
	const (
		newcomer = `"user":{"username":"zoe","first_name":"Zoé","last_name":"Lund","email":"zoe@bativo.example"}`
		known    = `"user":{"username":"oyvindb","first_name":"Øyvind","last_name":"Berg","email":"ob@bativo.example"}`
	)
	in := func(member string) string { return `"project_user":{"project_id":408,` + member + `}` }
	rights := []string{
		"room_rights", "equipment_rights", "tender_rights", "consignation_rights", "system_rights", "modelstore_rights",
		"room_surface_treatment_rights",
	}
	for _, right := range rights {
		for _, level := range []string{"5", "0", "-1", "null", `"5"`} {
			s.refused(request{to: "POST /project_users", body: "{" + in(`"`+right+`":`+level) + "," + newcomer + "}"}, faulty(right, notListed))
			s.refused(request{to: "PATCH /project_users/testuser,1", body: `{"project_user":{"` + right + `":` + level + `}}`}, faulty(right, notListed))
		}
		s.refused(request{to: "POST /project_users", body: "{" + in(`"`+right+`":"full"`) + "," + newcomer + "}"}, faulty(right, "is not a number"))
	}
	for _, tt := range []struct {
		name, body, want string
	}{
		{"an unknown project", `{"project_user":{"project_id":9},` + newcomer + `}`, faulty("project_id", notListed)},
		{"no project", `{"project_user":{},` + newcomer + `}`, faulty("project_id", blank)},
		{"no user", `{"project_user":{"project_id":408}}`, faulty("username", blank, "first_name", blank, "last_name", blank, "email", blank)},
		{"a newcomer without names", `{"project_user":{"project_id":408},"user":{"username":"zoe"}}`, faulty("first_name", blank, "last_name", blank, "email", blank)},
		{"a newcomer whose e-mail is none", `{"project_user":{"project_id":408},"user":{"username":"zoe","first_name":"Z","last_name":"L","email":"zoe"}}`, faulty("email", invalid)},
		{"a newcomer whose e-mail is another's", `{"project_user":{"project_id":408},"user":{"username":"zoe","first_name":"Z","last_name":"L","email":"OB@bativo.example"}}`, faulty("email", taken)},
		{"a newcomer with a bad user name", `{"project_user":{"project_id":408},"user":{"username":"z,oe","first_name":"Z","last_name":"L","email":"zoe@bativo.example"}}`, faulty("username", invalid)},
		{"one whose data differ", `{"project_user":{"project_id":408},"user":{"username":"oyvindb","first_name":"Øyvin","last_name":"Berg","email":"ob@bativo.example"}}`, faulty("first_name", "differs from what is known of this user")},
		{"one who is there", `{"project_user":{"project_id":408},"user":{"username":"first.last"}}`, faulty("username", taken)},
		{"an unknown mail", `{"project_user":{"project_id":408},` + known + `,"mail_type":"7"}`, faulty("mail_type", notListed)},
		{"a mail that is none", `{"project_user":{"project_id":408},` + known + `,"mail_type":"six"}`, faulty("mail_type", notListed)},
		{"without the root", `{` + known + `,"mail_type":"6"}`, badRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			s.refused(request{to: "POST /project_users", body: tt.body}, tt.want)
		})
	}
	s.t = t
	s.refused(request{to: "POST /project_users", headers: []string{fromXML}, body: `<project_user><project_id type="integer">408</project_id></project_user>`}, badRequest)
}

// TestBodiesThatCannotBeRead sends each entry that takes a body one that is
// neither JSON nor XML, none at all, one of 10 MB, and one without its root.
func TestBodiesThatCannotBeRead(t *testing.T) {
	s := open(t)
	large := `{"owner":{"name":"` + strings.Repeat("a", 10<<20) + `"}}`
	for _, to := range []string{
		"POST /projects", "POST /projets", "PATCH /projects/1", "PUT /projects/1", "POST /owners", "PATCH /owners/5",
		"POST /project_users", "PATCH /project_users/testuser,1", "PATCH /project_user/testuser,1", "POST /users", "PATCH /users/testuser",
	} {
		for _, tt := range []struct {
			name   string
			header string
			body   string
			want   string
		}{
			{"no JSON", fromJSON, `{"owner":`, badRequest},
			{"a text in JSON", fromJSON, `"owner"`, badRequest},
			{"a list in JSON", fromJSON, `[{"owner":{}}]`, badRequest},
			{"another root", fromJSON, `{"else":{"name":"N"}}`, badRequest},
			{"a root that is no object", fromJSON, `{"owner":1,"project":1,"project_user":1,"user":1}`, badRequest},
			{"deep JSON", fromJSON, strings.Repeat(`{"owner":`, 1000), badRequest},
			{"no XML", fromXML, `<owner><name>`, badRequest},
			{"an XML document type", fromXML, `<!DOCTYPE owner [<!ENTITY e "x">]><owner><name>&e;</name></owner>`, badRequest},
			{"JSON called XML", fromXML, `{"owner":{"name":"N"}}`, badRequest},
			{"a broken form", fromForm, `owner[name]=%zz`, badRequest},
			{"another type", "Content-Type: text/plain", `owner[name]=N`, badRequest},
			{"a type that is none", "Content-Type: ;", `{"owner":{"name":"N"}}`, badRequest},
			{"nothing", fromJSON, "", badRequest},
			{"10 MB of JSON", fromJSON, large, tooLarge},
			{"10 MB of XML", fromXML, large, tooLarge},
			{"10 MB of a form", fromForm, large, tooLarge},
		} {
			t.Run(to+" "+tt.name, func(t *testing.T) {
				s.t = t
				s.refused(request{to: to, headers: []string{tt.header}, body: tt.body}, tt.want)
			})
		}
	}
}

// TestWhatIsInUseStays deletes what others hang on.
func TestWhatIsInUseStays(t *testing.T) {
	s := open(t)
	const forbidden = `403 {"status":403,"error":"Forbidden"}`
	s.refused(request{to: "DELETE /owners/5"}, faulty("projects", "are in the way"))
	s.refused(request{to: "DELETE /database/north"}, faulty("projects", "are in the way"))
	s.refused(request{to: "DELETE /database/dev-template"}, forbidden)
	for _, to := range []string{"DELETE /owners/9", "DELETE /projects/9", "DELETE /users/nobody", "DELETE /project_users/oyvindb,1", "DELETE /database/nowhere"} {
		s.refused(request{to: to}, `404 {"status":404,"error":"Not Found"}`)
	}
	// The database stays when its project goes, and goes to the trash after.
	for _, to := range []string{"DELETE /projects/1", "DELETE /database/north"} {
		if got := s.admin(to).line(); got != "204" {
			t.Errorf("%s: %s", to, got)
		}
	}
	if got := strings.Join(s.files(), " "); got != "akl-test.db dev-template.db south.db trash" {
		t.Errorf("files %s", got)
	}
	s.refused(request{to: "GET /database/north"}, `404 {"status":404,"error":"Not Found"}`)
	if got := s.admin("DELETE /users/testuser").line(); got != "204" {
		t.Errorf("a user: %s", got)
	}
	s.refused(request{to: "GET /users/testuser"}, `404 {"status":404,"error":"Not Found"}`)
}
