package projets_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"intendant/internal/projets"
	"intendant/internal/projets/projetstest"
)

const (
	notFound      = `404 {"status":404,"error":"Not Found"}`
	notAcceptable = "406"
	denied        = "401 HTTP Basic: Access denied."
)

// TestNegotiation asks for resources in all the ways that the document and its
// framework know; want is how the answer begins.
func TestNegotiation(t *testing.T) {
	s := open(t)
	const (
		inList  = `200 [{"project":{`
		xmlList = "200 <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<projects type=\"array\">"
		accept  = "Accept: "
	)
	user := func(rest string) string {
		return `200 {"user":{"active":true,"created_at":"2016-10-03T08:00:00Z",` + rest
	}
	first, json := user(`"email":"first.last@`), user(`"email":"a@`)
	const member = `200 {"project_user":{"addon_admin":false,`
	for _, tt := range []struct {
		name, to string
		headers  []string
		want     string
	}{
		// The suffix, then Accept.
		{"suffix json", "GET /projects.json", nil, inList},
		{"suffix xml", "GET /projects.xml", nil, xmlList},
		{"suffix before accept", "GET /projects.json", []string{inXML}, inList},
		{"suffix before an accept nobody serves", "GET /projects.xml", []string{accept + "image/png"}, xmlList},
		{"accept json", "GET /projects", []string{inJSON}, inList},
		{"accept text/x-json", "GET /projects", []string{accept + "text/x-json"}, inList},
		{"accept jsonrequest", "GET /projects", []string{accept + "application/jsonrequest"}, inList},
		{"accept xml", "GET /projects", []string{inXML}, xmlList},
		{"accept text/xml", "GET /projects", []string{accept + "text/xml"}, xmlList},
		{"accept x-xml", "GET /projects", []string{accept + "application/x-xml"}, xmlList},
		{"accept a list", "GET /projects", []string{accept + "image/png, application/xml, application/json"}, xmlList},
		{"accept with weights", "GET /projects", []string{accept + "application/xml;q=0.4, application/json;q=0.6"}, inList},
		{"accept something known", "GET /projects", []string{accept + "text/csv"}, notAcceptable},
		{"accept something unknown", "GET /projects", []string{accept + "x/y"}, notAcceptable},
		{"unserved suffix", "GET /projects.pdf", nil, "404"},
		{"suffix of one", "GET /projects/408.json", nil, `200 {"project":{`},
		{"trailing slash", "GET /projects/", []string{inJSON}, inList},
		{"trailing slash after a suffix", "GET /projects.json/", nil, inList},
		{"query with a suffix", "GET /projects.json?query=hopital", nil, inList},
		{"show_all", "GET /projects.json?show_all=1", nil, inList},

		// Names with dots.
		{"a dot, by accept", "GET /users/first.last", []string{inJSON}, first},
		{"a dot, by suffix", "GET /users/first.last.json", nil, first},
		{"a dot, in XML", "GET /users/first.last.xml", nil, "200 <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<user>"},
		{"a name that ends like a format", "GET /users/a.json", []string{inJSON}, json},
		{"which wins over the suffix", "GET /users/a.json", []string{accept + "x/y"}, notAcceptable},
		{"with a suffix of its own", "GET /users/a.json.json", nil, json},
		{"escaped", "GET /users/a%2Ejson", []string{inJSON}, json},
		{"without the end of its name", "GET /users/a", []string{inJSON}, notFound},
		{"the beginning of a name", "GET /users/first", []string{inJSON}, notFound},
		{"another end of a name", "GET /users/first.json", nil, notFound},
		{"another case", "GET /users/First.Last", []string{inJSON}, notFound},
		{"a name and a project", "GET /project_users/first.last,408", []string{inJSON}, member},
		{"by suffix", "GET /project_users/first.last,408.json", nil, member},
		{"with an escaped comma", "GET /project_users/first.last%2C408", []string{inJSON}, member},
		{"with an escaped comma and a suffix", "GET /project_users/first.last%2c408.json", nil, member},
		{"by the other spelling", "GET /project_user/first.last,408.json", nil, member},
		{"of another project", "GET /project_users/first.last,1.json", nil, notFound},
		{"no project", "GET /project_users/first.last.json", nil, notFound},
		{"no digits", "GET /project_users/first.last,x.json", nil, notFound},
		{"two commas", "GET /project_users/first.last,1,408.json", nil, notFound},
		{"several", "GET /project_users/first.last,408;testuser,1", []string{inJSON}, notFound},
		{"a number that is none", "GET /projects/seven.json", nil, notFound},
		{"a number too large", "GET /projects/99999999999999999999.json", nil, notFound},
		{"a negative number", "GET /projects/-1.json", nil, notFound},

		// Methods.
		{"a wrong method", "PATCH /projects.json", nil, notFound},
		{"another", "POST /projects/1.json", nil, notFound},
		{"a method nobody knows", "BREW /projects.json", nil, notFound},
		{"options", "OPTIONS /projects.json", nil, notFound},
		{"trace", "TRACE /projects.json", nil, notFound},
		{"a path nobody has", "GET /projects/1/rooms.json", nil, notFound},
		{"a path beside the document", "GET /projets/rooms.json", nil, notFound},
		{"the alias, which only creates", "GET /projets.json", nil, notFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			got := s.send(request{to: tt.to, as: projetstest.AdminName, headers: tt.headers})
			if !strings.HasPrefix(got.line(), tt.want) || tt.want == notAcceptable && got.line() != tt.want {
				t.Errorf("%s\n got %.200s\nwant %s", tt.to, got.line(), tt.want)
			}
			if got.Header.Get("Allow") != "" {
				t.Errorf("%s: Allow %q", tt.to, got.Header.Get("Allow"))
			}
		})
	}
}

// TestWhoIsAskedForAPassword looks at what comes first: the router, then the
// credential, then the record.
func TestWhoIsAskedForAPassword(t *testing.T) {
	s := open(t)
	const basic, bearer = "Authorization: Basic ", "Authorization: Bearer "
	for _, tt := range []struct {
		to, header, want string
	}{
		{"GET /projects.json", "", denied},
		{"GET /projects/999.xml", "", denied},
		{"GET /projects", "", denied},
		{"GET /projects", "Accept: x/y", denied},
		{"POST /projects.json", "", denied},
		{"GET /users/a.json", "", denied},
		{"GET /projects.json", basic + "eDp5", denied},
		{"GET /projects.json", basic + "!", denied},
		{"GET /projects.json", bearer + "x", denied},
		{"GET /projects.json", "Authorization: Digest x", denied},
		{"GET /projects/1/rooms.json", "", notFound},
		{"PUT /projects.json", "", notFound},
		{"GET /project_users/x.json", "", notFound},
	} {
		var headers []string
		if tt.header != "" {
			headers = []string{tt.header}
		}
		got := s.send(request{to: tt.to, headers: headers})
		challenge, want := got.Header.Get("WWW-Authenticate"), ""
		if tt.want == denied {
			want = `Basic realm="Application"`
		}
		if got.line() != tt.want || challenge != want {
			t.Errorf("%s %s: %s %q, want %s", tt.to, tt.header, got.line(), challenge, tt.want)
		}
	}
	// A browser is sent to sign in instead.
	got := s.send(request{to: "GET /projects?query=a", headers: []string{"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}})
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/login?next=%2Fprojects%3Fquery%3Da" {
		t.Errorf("a browser: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestHeadAndWhatIsUnchanged(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/projects.json", "/projects/408.xml", "/users/first.last.json", "/database/north.json", "/project_users/testuser,1.json"} {
		get := s.admin("GET " + path)
		head := s.admin("HEAD " + path)
		tag := get.Header.Get("ETag")
		if head.StatusCode != 200 || head.text != "" || head.ContentLength != int64(len(get.text)) || head.Header.Get("ETag") != tag || !strings.HasPrefix(tag, `W/"`) {
			t.Errorf("HEAD %s: %d %v", path, head.StatusCode, head.Header)
		}
		for _, method := range []string{"GET ", "HEAD "} {
			same := s.send(request{to: method + path, as: projetstest.AdminName, headers: []string{"If-None-Match: " + tag}})
			if same.line() != "304" || same.Header.Get("ETag") != tag {
				t.Errorf("%s%s with its tag: %s", method, path, same.line())
			}
		}
	}
	tag := s.admin("GET /projects/1.json").Header.Get("ETag")
	if got := s.admin("PATCH /projects/1", `{"project":{"contact":"Zoé"}}`).line(); got != "204" {
		t.Fatal(got)
	}
	changed := s.send(request{to: "GET /projects/1.json", as: projetstest.AdminName, headers: []string{"If-None-Match: " + tag}})
	if changed.StatusCode != 200 || changed.Header.Get("ETag") == tag {
		t.Errorf("after a change: %d", changed.StatusCode)
	}
}

// TestWaysToWrite changes a project in all the ways there are; each changes
// only what was sent.
func TestWaysToWrite(t *testing.T) {
	s := open(t)
	form := func(pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		return values.Encode()
	}
	const at = "/projects/408"
	for i, tt := range []struct {
		name, to string
		headers  []string
		body     string // with %s where the new contact goes
	}{
		{"patch", "PATCH " + at, nil, `{"project":{"contact":"%s"}}`},
		{"put", "PUT " + at, nil, `{"project":{"contact":"%s"}}`},
		{"patch with a suffix", "PATCH " + at + ".json", nil, `{"project":{"contact":"%s"}}`},
		{"patch with a slash", "PATCH " + at + "/", nil, `{"project":{"contact":"%s"}}`},
		{"other keys are dropped", "PATCH " + at, nil, `{"project":{"contact":"%s","id":9,"no":"77","database_id":"north","created_by":"x","colour":1},"colour":2}`},
		{"xml", "PATCH " + at, []string{fromXML}, `<project><contact>%s</contact></project>`},
		{"text/xml with a prolog", "PATCH " + at, []string{"Content-Type: text/xml; charset=utf-8"}, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project>\n  <contact>%s</contact>\n</project>\n"},
		{"form", "PATCH " + at, []string{fromForm}, form("project[contact]", "%s")},
		{"_method patch", "POST " + at, []string{fromForm}, form("_method", "patch", "project[contact]", "%s")},
		{"_method put", "POST " + at, []string{fromForm}, form("_method", "put", "project[contact]", "%s")},
		{"override", "POST " + at, []string{"X-HTTP-Method-Override: PATCH"}, `{"project":{"contact":"%s"}}`},
		{"the query", "PATCH " + at + "?" + form("project[contact]", "%s"), []string{"Content-Type: text/plain"}, ""},
	} {
		contact := fmt.Sprint("contact", i)
		to := strings.ReplaceAll(tt.to, "%25s", contact)
		body := strings.NewReplacer("%25s", contact, "%s", contact).Replace(tt.body)
		if got := s.send(request{to: to, as: projetstest.AdminName, headers: append([]string{inJSON}, tt.headers...), body: body}).line(); got != "204" {
			t.Errorf("%s: %s", tt.name, got)
		}
		want := `200 {"project":{"active":true,"contact":"` + contact + `","created_at":"2016-11-01T09:39:14Z","created_by":null,"database_id":"south","description":null,"gross_area":null,"id":408,"name":"Hôpital Sud","no":"01","owner_id":5,"status":null,"updated":"2016-11-28T12:22:35Z","updated_by":"testadmin"}}`
		if got := s.admin("GET " + at).line(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, want)
		}
	}
	for _, tt := range []struct{ to, header, body string }{
		{"POST /project_users/testuser,1", fromForm, form("_method", "delete")},
		{"POST /project_users/first.last%2C408", "X-HTTP-Method-Override: DELETE", ""},
	} {
		if got := s.send(request{to: tt.to, as: projetstest.AdminName, headers: []string{inJSON, tt.header}, body: tt.body}).line(); got != "204" {
			t.Errorf("%s: %s", tt.to, got)
		}
	}
	if n := s.count("SELECT count(*) FROM project_users"); n != 0 {
		t.Errorf("%d project users are left", n)
	}
}

// TestXMLIn writes what XML says by its attributes: types, nils, dashes.
func TestXMLIn(t *testing.T) {
	s := open(t)
	for _, tt := range []struct {
		name, to, body, want string
	}{
		{
			"an owner", "POST /owners.json", `<owner><name>Test &amp; C°</name><billing-address>1 rue</billing-address><tech_contact nil="true"/><note type="string"> </note></owner>`,
			`201 {"owner":{"address":null,"billing_address":"1 rue","contact":null,"id":11,"image":null,"name":"Test \u0026 C°","network":null,"note":" ","tech_contact":null}}`,
		},
		{
			"a project", "POST /projects.json", `<project><new-db type="boolean">true</new-db><new-db-template>dev-template</new-db-template><new-db-name>rest_xml</new-db-name>` +
				`<name>REST XML</name><constructor>C</constructor><description>D</description><owner-id type="integer">5</owner-id><project-type-id type="integer">1</project-type-id></project>`,
			`201 {"project":{"active":true,"contact":null,"created_at":"2016-11-28T12:22:35Z","created_by":"testadmin","database_id":"rest_xml","description":"D","gross_area":null,"id":409,"name":"REST XML","no":"01","owner_id":5,"status":null,"updated":null,"updated_by":null}}`,
		},
		{"a change", "PATCH /projects/409.json", `<project><active type="boolean">false</active><gross-area type="decimal">12.50</gross-area><status type="integer">3</status><description nil="true"/></project>`, `204`},
		{"a user of a project", "PATCH /project_users/testuser,1.json", `<project-user><room-rights type="integer">2</room-rights><superuser type="boolean">true</superuser></project-user>`, `204`},
		{"a user", "PATCH /users/testuser.json", `<user><last-name>Berg</last-name></user>`, `204`},
		{"a number that is none", "PATCH /projects/409.json", `<project><status type="integer">three</status></project>`, faulty("status", "is not a number")},
	} {
		if got := s.send(request{to: tt.to, as: projetstest.AdminName, headers: []string{fromXML}, body: tt.body}).line(); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	for path, want := range map[string]string{
		"/projects/409.json":             `"description":null,"gross_area":"12.5","id":409,"name":"REST XML","no":"01","owner_id":5,"status":3,`,
		"/project_users/testuser,1.json": `"room_rights":2,"room_surface_treatment_rights":4,"superuser":true,`,
		"/users/testuser.json":           `"first_name":"Test","last_name":"Berg",`,
	} {
		if got := s.admin("GET " + path).line(); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestBasicByAnyName signs in by each name of an account.
func TestBasicByAnyName(t *testing.T) {
	s := open(t)
	projetstest.AddAccount(t, s.Appliance, "chef", password, projets.Read)
	account, err := s.Identity.AccountByUserName(t.Context(), "chef")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"chef", "chef@bativo.example", "CHEF@bativo.example", fmt.Sprint(account.Matricule)} {
		if got := s.send(request{to: "GET /projects.json", as: name}).StatusCode; got != 200 {
			t.Errorf("as %s: %d", name, got)
		}
	}
	for range 5 {
		wrong := s.send(request{to: "GET /projects.json", headers: []string{"Authorization: Basic Y2hlZjp4"}})
		if wrong.line() != denied {
			t.Errorf("a wrong password: %s", wrong.line())
		}
	}
	throttled := s.send(request{to: "GET /projects.json", headers: []string{"Authorization: Basic Y2hlZjp4"}})
	if throttled.line() != `429 {"status":429,"error":"Too Many Requests"}` || throttled.Header.Get("Retry-After") == "" {
		t.Errorf("the sixth: %s %v", throttled.line(), throttled.Header)
	}
}
