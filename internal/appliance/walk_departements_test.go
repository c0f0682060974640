package appliance_test

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/identity"
)

// answersByDepartement are the entries that answer, on the base of all
// departments, for those where the caller has the right.
var answersByDepartement = map[string]bool{"etudiants_courants": true, "users_info_query": true}

// TestWalkOfDepartements sends each entry of scolarité on both bases, as
// somebody who holds its permission everywhere, in the department of the path,
// in another one, or nowhere.
func TestWalkOfDepartements(t *testing.T) {
	w := newWalker(t)
	w.departements("RT", "GEA")
	for _, r := range w.Router.Routes() {
		name := holder(r.Needs)
		if r.System != "scolarite" || name == "" {
			continue
		}
		here, elsewhere := w.holderIn(r.Needs, "RT"), w.holderIn(r.Needs, "GEA")
		for _, path := range r.Paths {
			path = filled(path)
			global, departmental, unknown := "/ScoDoc/api"+path, "/ScoDoc/RT/api"+path, "/ScoDoc/NONE/api"+path
			w.answers(r, "nobody, in a department", departmental, "", http.StatusUnauthorized)
			w.answers(r, "nobody, in an unknown department", unknown, "", http.StatusUnauthorized)
			w.answers(r, "without the permission", departmental, nobody, http.StatusForbidden)
			w.answers(r, "with the permission in another department", departmental, elsewhere, http.StatusForbidden)
			w.answers(r, "in an unknown department", unknown, name, http.StatusNotFound)
			if !ofTheSite(r, path) {
				w.lets(r, "with the permission in the department", departmental, here)
			}
			w.lets(r, "with the permission everywhere", departmental, name)
			w.lets(r, "with the permission everywhere", global, name)
			if answersByDepartement[r.Name] {
				w.lets(r, "with the permission in a department", global, here)
			} else {
				w.answers(r, "with the permission in a department", global, here, http.StatusForbidden)
			}
		}
	}
}

// ofTheSite reports whether an entry changes what every department has: roles,
// and logos that are of none. Their own tests say what they ask for more.
func ofTheSite(r *api.Route, path string) bool {
	return r.Method == http.MethodPost && (strings.HasPrefix(path, "/role/") || strings.HasPrefix(path, "/logo/"))
}

// answers wants a status.
func (w *walker) answers(r *api.Route, who, path, name string, want int) {
	w.t.Helper()
	if status, _ := w.send(r.Method, path, "", name, false, nil); status != want {
		w.t.Errorf("%s %s (%s) %s: %d, want %d", r.Method, path, r.Needs, who, status, want)
	}
}

// lets wants an answer that keeps nobody out.
func (w *walker) lets(r *api.Route, who, path, name string) {
	w.t.Helper()
	if status, _ := w.send(r.Method, path, "", name, false, nil); refused(status) || status >= 500 {
		w.t.Errorf("%s %s (%s) %s: %d", r.Method, path, r.Needs, who, status)
	}
}

// departements adds departments.
func (w *walker) departements(acronyms ...string) {
	w.t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(w.Store.Path())+"?_pragma=busy_timeout(5000)")
	if err != nil {
		w.t.Fatal(err)
	}
	defer base.Close()
	for _, acronym := range acronyms {
		_, err := base.ExecContext(w.t.Context(), "INSERT INTO departements (acronym, visible, date_creation) VALUES (?, 1, '2025-01-01T00:00:00.000Z')", acronym)
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// holderIn returns the account that holds a permission in one department,
// made on first use.
func (w *walker) holderIn(p api.Permission, departement string) string {
	w.t.Helper()
	name := strings.ToLower(holder(p) + "-" + departement)
	if w.tokens[name] != "" {
		return name
	}
	account, err := w.Identity.CreateAccount(w.t.Context(), identity.NewAccount{UserName: name, LastName: name})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Identity.Grant(w.t.Context(), account.ID, string(p), departement); err != nil {
		w.t.Fatal(err)
	}
	if w.tokens[name], err = w.Identity.IssueToken(w.t.Context(), account.ID, time.Hour); err != nil {
		w.t.Fatal(err)
	}
	return name
}
