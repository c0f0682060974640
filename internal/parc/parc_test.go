package parc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
)

// site is a running appliance with an administrator, a reader of sites and
// equipment, and an account without any role.
type site struct {
	*appliance.Appliance
	url                    string
	admin, reader, nobody  string // tokens
	adminRole, adminUserID string
}

func open(t *testing.T) *site {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC) }
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Server())
	t.Cleanup(func() { srv.Close(); a.Close() })
	s := &site{Appliance: a, url: srv.URL}
	admin, err := a.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	name := "lecteur"
	reader, err := a.Identity.CreateRole(t.Context(), identity.RoleChange{Name: &name, Add: []identity.PermissionRef{{Name: "client_site:read"}, {Name: "equipements:read"}}})
	if err != nil {
		t.Fatal(err)
	}
	s.adminRole = admin.UUID
	s.admin, s.adminUserID = s.account(t, "chef", admin.UUID)
	s.reader, _ = s.account(t, "lecteur", reader.UUID)
	s.nobody, _ = s.account(t, "personne", "")
	return s
}

// account makes an account and returns a token and its UUID.
func (s *site) account(t *testing.T, name, role string) (token, id string) {
	t.Helper()
	a, err := s.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: name, LastName: name, Email: name + "@example.com", RoleUUID: role})
	if err != nil {
		t.Fatal(err)
	}
	return s.token(t, name), a.UUID
}

// token returns a new token of an account.
func (s *site) token(t *testing.T, user string) string {
	t.Helper()
	a, err := s.Identity.AccountByUserName(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Identity.IssueToken(t.Context(), a.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// call sends a request with a token, "" for none, and returns status and body.
func (s *site) call(t *testing.T, token, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// must sends a request as the administrator, expects 200 and decodes the
// answer.
func (s *site) must(t *testing.T, method, path, body string) map[string]any {
	t.Helper()
	status, text := s.call(t, s.admin, method, path, body)
	if status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *site) expect(t *testing.T, token, method, path, body string, wantStatus int, want string) {
	t.Helper()
	if status, text := s.call(t, token, method, path, body); status != wantStatus || text != want {
		t.Errorf("%s %s: %d %s\nwant %d %s", method, path, status, text, wantStatus, want)
	}
}

// TestRecordedAnswer loads the data of the document and compares with its
// recorded answer, byte for byte.
func TestRecordedAnswer(t *testing.T) {
	want, err := os.ReadFile("testdata/reference/client_site_all.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 1220 {
		t.Fatalf("the reference has %d bytes", len(want))
	}
	s := open(t)
	load(t, s, want)
	s.expect(t, s.admin, "GET", "/client_site/all", "", 200, string(want))
	hidden := strings.ReplaceAll(string(want), "passoword_hashed", "********")
	s.expect(t, s.reader, "GET", "/client_site/all", "", 200, hidden)
}

// load writes the sites of a recorded answer with their identifiers and times.
func load(t *testing.T, s *site, recorded []byte) {
	t.Helper()
	type client struct {
		ClientID  string `json:"client_id"`
		Nom       string
		Code      int64
		Timestamp string
	}
	var sites []struct {
		SiteID              string `json:"site_id"`
		Name, Description   string
		Longitude, Latitude float64
		Timestamp           string
		Client              client
		Equipements         []struct {
			ID                                     string `json:"equipement_id"`
			IP, Marque, Username, Password, Modele string
			Description, Timestamp                 string
			Sources                                []string
			Port                                   int64
		}
	}
	if err := json.Unmarshal(recorded, &sites); err != nil {
		t.Fatal(err)
	}
	at := func(text string) db.Time {
		parsed, err := time.Parse("2006-01-02T15:04:05", text)
		if err != nil {
			t.Fatal(err)
		}
		return db.At(parsed)
	}
	known := map[string]bool{}
	for _, site := range sites {
		err := s.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
			if c := site.Client; !known[c.ClientID] {
				known[c.ClientID] = true
				if _, err := q.AddClient(ctx, db.AddClientParams{ClientID: c.ClientID, Nom: c.Nom, Code: c.Code, CreatedAt: at(c.Timestamp)}); err != nil {
					return err
				}
			}
			_, err := q.AddSite(ctx, db.AddSiteParams{
				SiteID: site.SiteID, ClientID: site.Client.ClientID, Name: site.Name, Longitude: site.Longitude, Latitude: site.Latitude,
				Description: site.Description, CreatedAt: at(site.Timestamp),
			})
			if err != nil {
				return err
			}
			for _, e := range site.Equipements {
				sources, err := json.Marshal(e.Sources)
				if err != nil {
					return err
				}
				err = q.AddEquipement(ctx, db.AddEquipementParams{
					EquipementID: e.ID, SiteID: site.SiteID, IP: e.IP, Marque: e.Marque, Sources: string(sources), Port: e.Port, Username: e.Username,
					Password: s.Keys.Seal([]byte(e.Password), "equipements.password:"+e.ID), Description: e.Description, Modele: e.Modele, CreatedAt: at(e.Timestamp),
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSitesAndEquipements(t *testing.T) {
	s := open(t)
	client := s.must(t, "POST", "/clients/register", `{"nom":"Port","code":7}`)["client_id"].(string)
	site := s.must(t, "POST", "/client_site/register", fmt.Sprintf(`{"client_id":%q,"name":"YASSA","longitude":1,"latitude":"4.5","description":""}`, client))
	id := site["site_id"].(string)
	s.expect(
		t, s.admin, "PUT", "/client_site/update", fmt.Sprintf(`{"site_id":%q,"name":null,"description":"<é&>"}`, id), 200,
		fmt.Sprintf(`{"site_id":%q,"name":"YASSA","longitude":1.0,"latitude":4.5,"description":"<é&>","timestamp":"2026-03-02T10:30:00","client":{"client_id":%q,"nom":"Port","code":7,"timestamp":"2026-03-02T10:30:00"},"equipements":[]}`, id, client),
	)
	body := `{"ip":"10.0.0.1","site_id":%q,"marque":"m","sources":["a"],"port":22,"username":"u","password":"p","description":"d","modele":"x"}`
	e := s.must(t, "POST", "/equipements/register", fmt.Sprintf(body, id))
	equipement := e["equipement_id"].(string)
	want := fmt.Sprintf(`{"ip":"10.0.0.1","site_id":%q,"marque":"m","sources":["a"],"port":443,"username":"u","password":"p","description":"d","modele":"x","equipement_id":%q,"timestamp":"2026-03-02T10:30:00"}`, id, equipement)
	s.expect(t, s.admin, "PUT", "/equipements/update", fmt.Sprintf(`{"equipement_id":%q,"port":443,"password":"********"}`, equipement), 200, want)
	item := fmt.Sprintf(`{"equipement_id":%q,"ip":"10.0.0.1","marque":"m","sources":["a"],"port":443,"username":"u","password":"********","description":"d","modele":"x","timestamp":"2026-03-02T10:30:00"`, equipement)
	s.expect(t, s.reader, "GET", "/client_site/"+id+"/all_equipements", "", 200, `{"items":[`+item+`}],"total":1,"page":1,"size":50,"pages":1}`)
	s.expect(
		t, s.reader, "GET", "/equipements/all?size=1", "", 200,
		`{"items":[`+item+fmt.Sprintf(`,"client_site":{"site_id":%q,"client_id":%q,"name":"YASSA","longitude":1.0,"latitude":4.5,"description":"<é&>"}}],"total":1,"page":1,"size":1,"pages":1}`, id, client),
	)
	s.expect(t, s.reader, "GET", "/equipements/all?page=9", "", 200, `{"items":[],"total":1,"page":9,"size":50,"pages":1}`)
	s.expect(t, s.reader, "GET", "/equipements/all?page=9223372036854775807", "", 200, `{"items":[],"total":1,"page":9223372036854775807,"size":50,"pages":1}`)
	s.expect(t, s.admin, "DELETE", "/clients/"+client, "", 409, `{"detail":"Client is in use"}`)
	s.expect(t, s.admin, "DELETE", "/client_site/"+id, "", 204, "")
	s.expect(t, s.admin, "DELETE", "/equipements/"+equipement, "", 404, `{"detail":"Equipement not found"}`)
	s.expect(t, s.admin, "DELETE", "/equipements/all", "", 404, `{"detail":"Equipement not found"}`)
	s.expect(t, s.admin, "DELETE", "/clients/"+client, "", 204, "")
}

func TestFaultsWriteNothing(t *testing.T) {
	s := open(t)
	s.must(t, "POST", "/clients/register", `{"nom":"Port","code":7}`)
	unknown := "3fa85f64-5717-4562-b3fc-2c963f66afa6"
	s.expect(t, s.admin, "POST", "/clients/register", `{"nom":"Autre","code":7}`, 409, `{"detail":"Client code already exists"}`)
	s.expect(t, s.admin, "POST", "/client_site/register", `{"client_id":"`+unknown+`","name":"n","longitude":0,"latitude":0,"description":""}`, 404, `{"detail":"Client not found"}`)
	s.expect(
		t, s.admin, "POST", "/client_site/register", `{"client_id":"`+unknown+`","name":"n","longitude":181,"latitude":NaN,"description":""}`, 422,
		`{"detail":[{"type":"less_than_equal","loc":["body","longitude"],"msg":"Input should be less than or equal to 180","input":181,"ctx":{"le":180.0}},{"type":"finite_number","loc":["body","latitude"],"msg":"Input should be a finite number","input":null}]}`,
	)
	s.expect(t, s.admin, "DELETE", "/client_site/x", "", 422,
		"{\"detail\":[{\"type\":\"uuid_parsing\",\"loc\":[\"path\",\"site_id\"],\"msg\":\"Input should be a valid UUID, invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `x` at 1\",\"input\":\"x\",\"ctx\":{\"error\":\"invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `x` at 1\"}}]}")
	s.expect(t, "", "DELETE", "/client_site/x", "", 401, `{"detail":"Not authenticated"}`)
	s.expect(t, s.admin, "GET", "/client_site/"+unknown+"/all_equipements", "", 404, `{"detail":"Client site not found"}`)
	s.expect(t, s.admin, "GET", "/client_site/all", "", 200, `[]`)
	for _, ip := range []string{"10.0.0.256", "a b", "", "-x"} {
		status, text := s.call(t, s.admin, "PUT", "/equipements/update", fmt.Sprintf(`{"equipement_id":%q,"ip":%q}`, unknown, ip))
		if status != 422 || !strings.Contains(text, `"type":"value_error","loc":["body","ip"]`) {
			t.Errorf("ip %q: %d %s", ip, status, text)
		}
	}
}

func TestUsersAndRoles(t *testing.T) {
	s := open(t)
	role := s.must(t, "POST", "/roles/create", `{"name":"agent","description":"d","permissions":["users:read",{"ressource":"roles","action":"read"}]}`)
	roleID := role["role_id"].(string)
	if got := role["permissions"].([]any); len(got) != 2 {
		t.Errorf("permissions %v", got)
	}
	s.expect(t, s.admin, "POST", "/roles/create", `{"name":"agent","description":"d"}`, 409, `{"detail":"Role already exists"}`)
	s.expect(t, s.admin, "POST", "/roles/create", `{"name":"x","description":"d","permissions":["nope"]}`, 404, `{"detail":"Permission not found"}`)
	s.expect(t, s.admin, "DELETE", "/roles/"+s.adminRole, "", 409, `{"detail":"Role admin cannot be changed"}`)
	s.expect(t, s.admin, "PUT", "/roles/update", fmt.Sprintf(`{"role_id":%q,"permissions":[]}`, s.adminRole), 409, `{"detail":"Role admin cannot be changed"}`)

	user := s.must(t, "POST", "/users/create", fmt.Sprintf(`{"matricule":7586,"nom":"Zoé Ba","email":"Zoe@EXAMPLE.com","password":"cheval-batterie-9","role_id":%q}`, roleID))
	id := user["user_id"].(string)
	want := fmt.Sprintf(`{"user_id":%q,"matricule":7586,"nom":"Zoé Ba","email":"Zoe@example.com","password":"********","role_name":"agent","role_id":%q,"status":"activated","timestamp":"2026-03-02T10:30:00"}`, id, roleID)
	s.expect(t, s.admin, "GET", "/users/7586", "", 200, want)
	s.expect(t, s.admin, "GET", "/users/"+strings.ToUpper(id), "", 200, want)
	s.expect(t, s.admin, "POST", "/users/create", fmt.Sprintf(`{"matricule":7586,"nom":"n","email":"n@example.com","password":"cheval-batterie-9","role_id":%q}`, roleID), 409, `{"detail":"Matricule already exists"}`)
	s.expect(t, s.admin, "POST", "/users/create", fmt.Sprintf(`{"matricule":1,"nom":"n","email":"zoe@example.com","password":"cheval-batterie-9","role_id":%q}`, roleID), 409, `{"detail":"Email already exists"}`)
	s.expect(t, s.admin, "DELETE", "/roles/"+roleID, "", 409, `{"detail":"Role is in use"}`)

	token := s.login(t, "7586", "cheval-batterie-9")
	s.expect(t, token, "GET", "/users/7586", "", 200, want)
	s.expect(t, token, "GET", "/equipements/all", "", 403, `{"detail":"Not enough permissions"}`)
	s.must(t, "POST", "/roles/add_permissions", fmt.Sprintf(`{"role_id":%q,"permissions":["equipements:read"]}`, roleID))
	s.expect(t, token, "GET", "/equipements/all", "", 200, `{"items":[],"total":0,"page":1,"size":50,"pages":0}`)
	s.must(t, "PUT", "/roles/update", fmt.Sprintf(`{"role_id":%q,"permissions":["users:read"]}`, roleID))
	s.expect(t, token, "GET", "/equipements/all", "", 403, `{"detail":"Not enough permissions"}`)

	s.expect(t, s.admin, "DELETE", "/users/delete/7586", "", 204, "")
	s.expect(t, token, "GET", "/users/7586", "", 401, `{"detail":"Could not validate credentials"}`)
	s.expect(t, s.admin, "GET", "/users/7586", "", 200, strings.Replace(want, "activated", "deactivated", 1))
	s.expect(t, s.admin, "DELETE", "/users/delete/"+s.adminUserID, "", 409, `{"detail":"The last administrator cannot be deactivated"}`)
	s.expect(t, s.admin, "DELETE", "/users/delete/nobody", "", 404, `{"detail":"User not found"}`)
}

func (s *site) login(t *testing.T, user, password string) string {
	t.Helper()
	resp, err := http.PostForm(s.url+"/auth/login", url.Values{"username": {user}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct {
		AccessToken string `json:"access_token"`
	}
	var text bytes.Buffer
	if err := json.NewDecoder(io.TeeReader(resp.Body, &text)).Decode(&out); err != nil || resp.StatusCode != 200 {
		t.Fatalf("login: %d %s", resp.StatusCode, text.String())
	}
	return out.AccessToken
}
