package api

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRailsBodies(t *testing.T) {
	ts, _ := newRailsServer(t)
	const badRequest = `400 {"status":400,"error":"Bad Request"}`
	echoed := func(text string) string { return `200 {"id":7,"name":"` + text + `","no":""}` }
	const nothing = "{Name:{Set:false Null:false Value:} Status:{Set:false Null:false Value:0} Active:{Set:false Null:false Value:false} Email:{Set:false Null:false Value:} Tags:{Set:false Null:false Value:[]}}"
	with := func(pairs ...string) string { return echoed(strings.NewReplacer(pairs...).Replace(nothing)) }
	const noName, noStatus, noActive = "Name:{Set:false Null:false Value:}", "Status:{Set:false Null:false Value:0}", "Active:{Set:false Null:false Value:false}"
	const noEmail, noTags = "Email:{Set:false Null:false Value:}", "Tags:{Set:false Null:false Value:[]}"
	const name, status, active = "Name:{Set:true Null:false Value:a}", "Status:{Set:true Null:false Value:1}", "Active:{Set:true Null:false Value:true}"
	for _, tt := range []struct {
		name, contentType, query, body, want string
	}{
		{"json", "application/json", "", `{"project":{"name":"a","status":1,"active":true}}`, with(noName, name, noStatus, status, noActive, active)},
		{"json, values as texts", "application/json", "", `{"project":{"name":"a","status":"1","active":"1"}}`, with(noName, name, noStatus, status, noActive, active)},
		{"json, values as numbers", "application/json", "", `{"project":{"name":12.50,"active":1}}`, with(noName, "Name:{Set:true Null:false Value:12.5}", noActive, active)},
		{"json, null", "application/json", "", `{"project":{"name":null,"status":null}}`, with(noName, "Name:{Set:true Null:true Value:}", noStatus, "Status:{Set:true Null:true Value:0}")},
		{"json, blank numbers are null", "application/json", "", `{"project":{"status":" ","email":""}}`, with(noStatus, "Status:{Set:true Null:true Value:0}", noEmail, "Email:{Set:true Null:true Value:}")},
		{"json, unknown keys", "application/json", "", `{"x":1,"project":{"y":2}}`, echoed(nothing)},
		{"json, empty root", "application/json", "", `{"project":{}}`, echoed(nothing)},
		{"json, another name of it", "text/x-json", "", `{"project":{"name":"a"}}`, with(noName, name)},
		{"json, no root", "application/json", "", `{"name":"a"}`, badRequest},
		{"json, null root", "application/json", "", `{"project":null}`, badRequest},
		{"json, root is a text", "application/json", "", `{"project":"a"}`, badRequest},
		{"json, a list", "application/json", "", `[1]`, badRequest},
		{"json, broken", "application/json", "", `{"project":`, badRequest},
		{"json, not utf-8", "application/json", "", "{\"project\":{\"name\":\"\xff\"}}", badRequest},
		{"json, too deep", "application/json", "", strings.Repeat("[", 300), badRequest},
		{"nothing", "application/json", "", ``, badRequest},
		{"xml", "application/xml", "", `<?xml version="1.0"?><project><name>a</name><status type="integer">1</status><active type="boolean">true</active></project>`, with(noName, name, noStatus, status, noActive, active)},
		{"xml, dashes", "text/xml", "", `<project><unknown-key>b</unknown-key><name>a</name></project>`, with(noName, name)},
		{"xml, nil", "application/xml", "", `<project><name nil="true"/><status type="integer"></status></project>`, with(noName, "Name:{Set:true Null:true Value:}", noStatus, "Status:{Set:true Null:true Value:0}")},
		{"xml, array", "application/xml", "", `<project><tags type="array"><tag>x</tag><tag>y</tag></tags></project>`, with(noTags, "Tags:{Set:true Null:false Value:[x y]}")},
		{"xml, another root", "application/xml", "", `<owner><name>a</name></owner>`, badRequest},
		{"xml, broken", "application/xml", "", `<project><name>`, badRequest},
		{"form", "application/x-www-form-urlencoded", "", "project[name]=a&project%5Bstatus%5D=1&project[active]=0&project[active]=1", with(noName, name, noStatus, status, noActive, active)},
		{"form, list", "application/x-www-form-urlencoded", "", "project[tags][]=x&project[tags][]=y", with(noTags, "Tags:{Set:true Null:false Value:[x y]}")},
		{"form, two ways", "application/x-www-form-urlencoded", "", "project=a&project[name]=b", badRequest},
		{"form, bad escape", "application/x-www-form-urlencoded", "", "project[name]=%zz", badRequest},
		{"query alone", "text/plain", "?project[name]=a", "project[name]=b", with(noName, name)},
		{"query wins", "application/json", "?project[name]=a", `{"project":{"name":"b","status":1}}`, with(noName, name)},
		{"query and body", "application/json", "?other=a", `{"project":{"name":"a"}}`, with(noName, name)},
		{"an unknown type is no parameters", "text/plain", "", `{"project":{"name":"a"}}`, badRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := statusAndBody(t, ts, call{to: "PATCH /echo/7.json" + tt.query, headers: []string{chef, "Content-Type: " + tt.contentType}, body: tt.body})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestRailsTwoRoots(t *testing.T) {
	ts, _ := newRailsServer(t)
	created := func(by string) string {
		return `201 {"project_user":{"project_id":408,"username":"oyvindb/` + by + `"}}`
	}
	for _, tt := range []struct{ name, contentType, body, want string }{
		{"json", fromJSON, `{"project_user":{"project_id":408},"user":{"username":"oyvindb"},"mail_type":6}`, created("6")},
		{"form", fromForm, "project_user[project_id]=408&user[username]=oyvindb&mail_type=skip_email", created("skip_email")},
		{"xml has one root", fromXML, `<project_user><project-id>408</project-id></project_user>`, `400 {"status":400,"error":"Bad Request"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := call{to: "POST /project_users.json", headers: []string{chef, tt.contentType}, body: tt.body}
			if got := statusAndBody(t, ts, c); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRailsMultipart(t *testing.T) {
	ts, _ := newRailsServer(t)
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, field := range [][2]string{{"_method", "patch"}, {"project[name]", "é"}} {
		if err := parts.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	parts.Close()
	got := statusAndBody(t, ts, call{to: "POST /echo/7.json", headers: []string{chef, "Content-Type: " + parts.FormDataContentType()}, body: body.String()})
	if !strings.HasPrefix(got, `200 {"id":7,"name":"{Name:{Set:true Null:false Value:é}`) {
		t.Error(got)
	}
}

func TestRailsMessages(t *testing.T) {
	ts, _ := newRailsServer(t)
	invalid := func(errors string) string { return `422 {"errors":{` + errors + `}}` }
	const rest = `"owner_id":1,"new_db":0}}`
	for _, tt := range []struct{ name, body, want string }{
		{"everything missing", `{"project":{}}`, invalid(`"name":["can't be blank"],"owner_id":["can't be blank"],"new_db":["can't be blank"]`)},
		{"null where one is needed", `{"project":{"name":null,"owner_id":"","new_db":null}}`, invalid(`"name":["can't be blank"],"owner_id":["can't be blank"],"new_db":["can't be blank"]`)},
		{"too long", `{"project":{"name":"123456789012345678901",` + rest, invalid(`"name":["is too long (maximum is 20 characters)"]`)},
		{"not an integer", `{"project":{"name":"a","owner_id":1.5,"new_db":0}}`, invalid(`"owner_id":["must be an integer"]`)},
		{"below a bound", `{"project":{"name":"a","owner_id":0,"new_db":0}}`, invalid(`"owner_id":["must be greater than or equal to 1"]`)},
		{"an object for a text", `{"project":{"name":{},` + rest, invalid(`"name":["is invalid"]`)},
		{"not of the list", `{"project":{"name":"a","kind":"x",` + rest, invalid(`"kind":["is not included in the list"]`)},
		{"a conflict by its code", `{"project":{"name":"double",` + rest, invalid(`"name":["has already been taken"]`)},
		{"a conflict by its fault", `{"project":{"name":"twice",` + rest, invalid(`"email":["has already been taken"]`)},
		{"a service's own words", `{"project":{"name":"orphan",` + rest, invalid(`"owner_id":["is not included in the list"]`)},
		{"of the whole object", `{"project":{"name":"locked",` + rest, invalid(`"base":["The database is locked"]`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := statusAndBody(t, ts, call{to: "POST /projects.json", headers: []string{chef, fromJSON}, body: tt.body}); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if got, want := statusAndBody(t, ts, call{to: "GET /node/logins.json?from_date=tomorrow", headers: []string{chef}}), `400 {"status":400,"error":"Bad Request"}`; got != want {
		t.Errorf("a faulty parameter of the query: %s", got)
	}
	if got, want := statusAndBody(t, ts, call{to: "GET /node/logins.json?from_date=", headers: []string{chef}}), `200 [{"login":{"client":"Revit","count":3}}]`; got != want {
		t.Errorf("a blank one: %s", got)
	}
	if got := humanized("owner_id") + humanized("project_type_id") + humanized("name"); got != "OwnerProject typeName" {
		t.Error(got)
	}
}
