package projets_test

import (
	"strings"
	"testing"

	"intendant/internal/api/jsonvalue"
)

// TestTheExamplesCreateWhatTheySay sends each body that the document shows and
// looks at what there is afterwards.
func TestTheExamplesCreateWhatTheySay(t *testing.T) {
	s := open(t)
	for _, tt := range []struct {
		name, to, body, want string // want is the whole answer, on a line
		then                 map[string]string
	}{
		{
			"an owner", "POST /owners", `{"owner":{"name":"Test"}}`,
			`201 {"owner":{"address":null,"billing_address":null,"contact":null,"id":11,"image":null,"name":"Test","network":null,"note":null,"tech_contact":null}}`,
			map[string]string{
				"/owners/11": `{"owner":{"address":null,"billing_address":null,"contact":null,"id":11,"image":null,"name":"Test","network":null,"note":null,"tech_contact":null}}`,
			},
		},
		{
			"a project in a new database", "POST /projets",
			`{"project":{"new_db":"1","new_db_template":"dev-template","new_db_name":"rest_test","project_type_id":1,"name":"REST TEST","owner_id":5,"description":"TEST CREATE FROM REST","constructor":"Bativo AS"}}`,
			`201 {"project":{"active":true,"contact":null,"created_at":"2016-11-28T12:22:35Z","created_by":"testadmin","database_id":"rest_test","description":"TEST CREATE FROM REST","gross_area":null,"id":409,"name":"REST TEST","no":"01","owner_id":5,"status":null,"updated":null,"updated_by":null}}`,
			map[string]string{
				"/database/rest_test": `{"database":{"active":true,"created_at":"2016-11-28T12:22:35Z","id":"rest_test","name":"rest_test","owner_id":5,"projects":[{"id":409,"name":"REST TEST","no":"01"}],"size":45056}}`,
			},
		},
		{
			"a project in an existing database", "POST /projects",
			`{"project":{"new_db":"0","existing_db_name":"rest_test","project_type_id":2,"name":"REST TEST 2","owner_id":10,"description":"B","constructor":"C"}}`,
			`201 {"project":{"active":true,"contact":null,"created_at":"2016-11-28T12:22:35Z","created_by":"testadmin","database_id":"rest_test","description":"B","gross_area":null,"id":410,"name":"REST TEST 2","no":"02","owner_id":10,"status":null,"updated":null,"updated_by":null}}`,
			nil,
		},
		{
			"a user of a project", "POST /project_users",
			`{"project_user":{"project_id":408,"room_rights":1},"user":{"username":"new.one","first_name":"Åse","last_name":"Lund","email":"al@bativo.example"},"mail_type":"6"}`,
			`201 {"project_user":{"created_at":"2016-11-28T12:22:35Z","project_id":408,"role":null,"superuser":null,"user_role_id":null,"username":"new.one"}}`,
			map[string]string{
				"/users/new.one":             `{"user":{"active":true,"created_at":"2016-11-28T12:22:35Z","email":"al@bativo.example","first_name":"Åse","last_name":"Lund","username":"new.one"}}`,
				"/project_users/new.one,408": `{"project_user":{"addon_admin":false,"consignation_rights":4,"created_at":"2016-11-28T12:22:35Z","equipment_rights":4,"modelstore_rights":4,"no_web_admin_access":false,"project_id":408,"role":null,"room_rights":1,"room_surface_treatment_rights":4,"superuser":null,"system_rights":4,"tender_rights":4,"user_role_id":null,"username":"new.one"}}`,
			},
		},
		{
			"a change of a project", "PATCH /projects/1", `{"project":{"name":"REST TEST","description":"TEST UPDATE FROM REST","active":true}}`, `204`,
			map[string]string{
				"/projects/1":     `{"project":{"active":true,"contact":null,"created_at":"2016-11-01T09:39:14Z","created_by":null,"database_id":"north","description":"TEST UPDATE FROM REST","gross_area":null,"id":1,"name":"REST TEST","no":"01","owner_id":5,"status":null,"updated":"2016-11-28T12:22:35Z","updated_by":"testadmin"}}`,
				"/database/north": `{"database":{"active":true,"created_at":"2016-11-01T09:39:14Z","id":"north","name":"north","owner_id":5,"projects":[{"id":1,"name":"REST TEST","no":"01"}],"size":45056}}`,
			},
		},
		{
			// The path says who; the body's names do not.
			"a change of a user of a project", "PATCH /project_user/testuser,1",
			`{"project_user":{"username":"test","project_id":647,"room_rights":1,"equipment_rights":3,"tender_rights":4,"room_surface_treatment_rights":4}}`, `204`,
			map[string]string{
				"/project_user/testuser,1":      `{"project_user":{"addon_admin":false,"consignation_rights":4,"created_at":"2016-11-02T08:00:00Z","equipment_rights":3,"modelstore_rights":4,"no_web_admin_access":false,"project_id":1,"role":null,"room_rights":1,"room_surface_treatment_rights":4,"superuser":null,"system_rights":4,"tender_rights":4,"user_role_id":null,"username":"testuser"}}`,
				"/project_users?project_id=647": `[]`,
			},
		},
	} {
		if got := s.admin(tt.to, tt.body).line(); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		for path, want := range tt.then {
			if got := s.admin("GET " + path).line(); got != "200 "+want {
				t.Errorf("%s, then %s:\n got %s\nwant 200 %s", tt.name, path, got, want)
			}
		}
	}
	if n := s.count("SELECT count(*) FROM outbox WHERE recipient = 'al@bativo.example' AND template_id = 6"); n != 1 {
		t.Errorf("%d invitations", n)
	}
	if n := s.count("SELECT count(*) FROM projects WHERE id = 410 AND project_type_id = 2 AND constructor = 'C'"); n != 1 {
		t.Error("the type and the constructor are not kept")
	}
}

// TestTheKeysAreThoseOfTheDocument compares the keys of each object with the
// document's lists, in their order, in an answer alone and in a list.
func TestTheKeysAreThoseOfTheDocument(t *testing.T) {
	s := open(t)
	const (
		project     = "active contact created_at created_by database_id description gross_area id name no owner_id status updated updated_by"
		owner       = "address billing_address contact id image name network note tech_contact"
		projectUser = "created_at project_id role superuser user_role_id username"
		rights      = "addon_admin consignation_rights created_at equipment_rights modelstore_rights no_web_admin_access project_id role room_rights room_surface_treatment_rights superuser system_rights tender_rights user_role_id username"
		user        = "active created_at email first_name last_name username"
		database    = "active created_at id name owner_id"
	)
	for _, tt := range []struct {
		to, body, root, want string
		n                    int // how many there are
	}{
		{"GET /projects", "", "project", project, 14},
		{"GET /projects/408", "", "project", project, 14},
		{"GET /owners", "", "owner", owner, 9},
		{"GET /owners/5", "", "owner", owner, 9},
		{"POST /owners", `{"owner":{"name":"Test"}}`, "owner", owner, 9},
		{"POST /project_users", `{"project_user":{"project_id":408},"user":{"username":"oyvindb"}}`, "project_user", projectUser, 6},
		{"GET /project_users", "", "project_user", rights, 15},
		{"GET /project_users/testuser,1", "", "project_user", rights, 15},
		{"GET /users", "", "user", user, 6},
		{"GET /users/testuser", "", "user", user, 6},
		{"GET /database", "", "database", database, 5},
		{"GET /database/north", "", "database", database + " projects size", 7},
		{"GET /emails", "", "email", "body id name subject", 4},
	} {
		keys := keysUnder(t, tt.root, s.admin(tt.to, tt.body).text)
		if got := strings.Join(keys, " "); got != tt.want || len(keys) != tt.n {
			t.Errorf("%s has %d keys:\n got %s\nwant %s", tt.to, len(keys), got, tt.want)
		}
	}
}

// keysUnder returns the keys of an object under a root, or of the first in a
// list of them, in their order.
func keysUnder(t *testing.T, root, text string) []string {
	t.Helper()
	value, err := jsonvalue.Parse([]byte(text), 10)
	if err != nil {
		t.Fatal(err)
	}
	if value.Kind() == jsonvalue.Array {
		value = value.Items()[0]
	}
	object, ok := value.Get(root)
	if !ok {
		t.Fatalf("no %s: %s", root, text)
	}
	var keys []string
	for _, m := range object.Members() {
		keys = append(keys, m.Key)
	}
	return keys
}
