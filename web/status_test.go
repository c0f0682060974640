package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/tableur"
)

// clockedSite is a site whose clock only the test moves.
type clockedSite struct {
	*site
	passed *atomic.Int64 // minutes
}

func newClockedSite(t *testing.T) clockedSite {
	t.Helper()
	var passed atomic.Int64
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	a, err := appliance.Open(t.Context(), appliance.Config{
		Data: appliancetest.Folder(t), Version: "test", Location: time.UTC,
		Now: func() time.Time { return start.Add(time.Duration(passed.Load()) * time.Minute) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	server := httptest.NewServer(a.Server())
	t.Cleanup(server.Close)
	s := &site{a, t, server.URL}
	role, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	s.create(identity.NewAccount{UserName: adminName, LastName: "Chef", RoleUUID: role.UUID})
	return clockedSite{s, &passed}
}

// token issues a token for an account as a program asked for it.
func (s *site) token(name, address, agent string) {
	s.t.Helper()
	ctx := api.WithRequest(s.t.Context(), &api.Request{Address: address, UserAgent: agent})
	if _, err := s.Identity.IssueToken(ctx, s.account(name).ID, 24*time.Hour); err != nil {
		s.t.Fatal(err)
	}
}

var connectionCells = regexp.MustCompile(`(?s)<th scope="row"><a href="[^"]*">([^<]*)</a>.*?<td[^>]*>([^<]*)</td>`)

// connections returns the lines of the list as "Chef Navigateur".
func connections(page string) string {
	var lines []string
	for _, m := range connectionCells.FindAllStringSubmatch(page, -1) {
		lines = append(lines, m[1]+" "+m[2])
	}
	return strings.Join(lines, ", ")
}

func TestWhoIsSignedIn(t *testing.T) {
	s := newClockedSite(t)
	b := s.admin()
	s.create(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel"})
	s.passed.Add(1)
	s.token("zoe", "192.0.2.7", "releve/2 (cron)")
	s.passed.Add(1)
	if _, err := s.Identity.Login(api.WithRequest(t.Context(), &api.Request{Address: "10.0.0.4", UserAgent: "curl/8.5"}), "zoe", password); err != nil {
		t.Fatal(err)
	}
	s.passed.Add(1)
	s.signedIn("zoe")
	s.passed.Add(1) // this page is the administrator's last visit
	page := b.page("/admin/status")
	has(t, page, `<span class="figure">2</span><span>Comptes connectés`, `<span class="figure">2</span><span>Sessions`, `<span class="figure">2</span><span>Jetons`,
		"vous, ici", `<span title="releve/2 (cron)">releve/2</span>`, "192.0.2.7", "02/03/2026 à 10:01", "non noté", "Version test", "tourne depuis",
		"/admin/users/"+s.account("zoe").UUID, "/admin/status/"+s.account("zoe").UUID+"/kick", "1 à 4 sur 4")
	if n := strings.Count(page, "vous, ici"); n != 1 {
		t.Errorf("%d sessions are this one", n)
	}
	const session, login, token = "Zoé Abel Navigateur", "Zoé Abel Connexion d’un programme", "Zoé Abel Jeton personnel"
	const chief = "Chef Navigateur"
	for _, c := range []struct{ name, query, want string }{
		{"by origin", "?sort=kind", login + ", " + token + ", " + chief + ", " + session},
		{"by address", "?sort=address&q=.0.", login + ", " + chief + ", " + session + ", " + token},
		{"by program", "?sort=client&q=zoe", login + ", " + session + ", " + token},
		{"the oldest first", "?sort=since", chief + ", " + token + ", " + login + ", " + session},
		{"the last used first", "?sort=-seen", chief + ", " + session + ", " + login + ", " + token},
		{"browsers", "?kind=session&sort=-name", chief + ", " + session},
		{"tokens", "?kind=personal", token},
		{"search of a person", "?q=ZOE+abel&kind=login", login},
		{"search of a program", "?q=cron", token},
		{"search of an address", "?q=192.0.2", token},
		{"search of nothing there", "?q=personne", ""},
	} {
		if got := connections(b.page("/admin/status" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/admin/status?q=personne"), "Rien ne correspond")
	a := b.get("/admin/status/export?format=csv&kind=personal")
	wantStatus(t, "export", a, http.StatusOK)
	sheet, err := tableur.Read("x.csv", []byte(a.body))
	if err != nil || len(sheet.Rows) != 2 || strings.Join(sheet.Rows[0].Cells, "|") != "Nom d’utilisateur|Compte|Origine|Programme|Adresse IP|Depuis|Dernier usage|Expire" {
		t.Fatalf("%v %v", sheet, err)
	}
	if row := sheet.Rows[1].Cells; strings.Join(row[:5], "|") != "zoe|Zoé Abel|Jeton personnel|releve/2 (cron)|192.0.2.7" || row[6] != "" {
		t.Errorf("row %q", row)
	}
	b.language = "en"
	has(t, b.page("/admin/status"), "Who is signed in", "Sign-in of a program")
}

func TestThePageOfConnectionsNamesBrowsers(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	const mozilla = "Mozilla/5.0 "
	for agent, want := range map[string]string{
		mozilla + "(Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                        "Firefox 128, Windows",
		mozilla + "(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36":                                   "Chrome 126, Linux",
		mozilla + "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/125.1":               "Edge 125, Windows",
		mozilla + "(iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari 17, iPhone",
		mozilla + "(Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36":                         "Chrome 126, Android",
		mozilla + "Firefox/":          "Firefox",
		"curl/8.5.0":                  "curl/8.5.0",
		"Python-urllib/3.12 Chrome/1": "Python-urllib/3.12",
		"":                            "ligne de commande",
		strings.Repeat("é", 50):       strings.Repeat("é", 40) + "…",
	} {
		s.token(adminName, "192.0.2.7", agent)
		has(t, b.page("/admin/status"), ">"+want+"</span>")
	}
}

func TestAnAccountIsKickedFromTheStatus(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "zoe", LastName: "Abel"})
	zoe, b := s.signedIn("zoe"), s.admin()
	s.token("zoe", "192.0.2.7", "releve/2")
	path := "/admin/status/" + s.account("zoe").UUID + "/kick"
	page := b.page(path)
	has(t, page, "Déconnecter zoe partout ?", `action="`+path+`"`, `href="/admin/status"`)
	lacks(t, page, "votre propre compte")
	if to := b.goes(path); to != "/admin/status" {
		t.Errorf("goes to %q", to)
	}
	page = b.page("/admin/status")
	has(t, page, "zoe est déconnecté partout.")
	lacks(t, page, "Abel", "releve/2")
	if a := zoe.get("/admin/"); a.status != http.StatusSeeOther {
		t.Errorf("zoe is still there: %d", a.status)
	}
	wantStatus(t, "nobody", b.get("/admin/status/x/kick"), http.StatusNotFound)
	wantStatus(t, "nobody", b.post("/admin/status/x/kick"), http.StatusNotFound)

	own := "/admin/status/" + s.account(adminName).UUID + "/kick"
	has(t, b.page(own), "votre propre compte", "ce navigateur sera déconnecté aussi")
	b.goes(own)
	if a := b.get("/admin/status"); a.status != http.StatusSeeOther || a.location != "/login?next=%2Fadmin%2Fstatus" {
		t.Errorf("after kicking oneself: %d to %q", a.status, a.location)
	}
}

func TestTheStatusNeedsItsPermission(t *testing.T) {
	s := newSite(t)
	s.admin()
	b, reader, nobody := s.holder("gardien", "users:update"), s.holder("lecteur", "users:read"), s.browser()
	page := b.page("/admin/status")
	has(t, page, "Chef", "/admin/status/"+s.account("gardien").UUID+"/kick")
	lacks(t, page, "/admin/users/", "/admin/status/"+s.account(adminName).UUID)
	wantStatus(t, "who holds more", b.post("/admin/status/"+s.account(adminName).UUID+"/kick"), http.StatusForbidden)
	for _, p := range []string{"/admin/status", "/admin/status/export", "/admin/status/" + s.account("lecteur").UUID + "/kick"} {
		wantStatus(t, p, reader.get(p), http.StatusForbidden)
		if a := nobody.get(p); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/login?next=") {
			t.Errorf("%s without signing in: %d to %q", p, a.status, a.location)
		}
	}
}
