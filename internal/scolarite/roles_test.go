package scolarite_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/scolarite"
)

func TestRoleExamples(t *testing.T) {
	s := open(t)
	s.example("permissions_list", request{to: "GET permissions", as: chef})
	s.example("role_get", request{to: "GET role/Ens", as: chef})
	s.example("role_create", request{to: "POST role/create/LecteurAPI", as: chef, body: `{"permissions": ["ScoView", "UsersView"]}`})
	s.example("role_create.refus", request{to: "POST role/create/Autre", as: chef, body: `{"permissions": ["ScoVoir"]}`})
	s.example("role_permission_add", request{to: "POST role/LecteurAPI/add_permission/EnsView", as: chef})
	s.example("role_permission_remove", request{to: "POST role/LecteurAPI/remove_permission/UsersView", as: chef})
	s.example("role_edit", request{to: "POST role/LecteurAPI/edit", as: chef, body: `{"role_name": "Lecteur", "permissions": ["ScoView"]}`})
	s.example("roles_list", request{to: "GET roles", as: chef})
	s.example("role_delete", request{to: "POST role/Lecteur/delete", as: chef})
}

// role returns the permissions of a role as the API shows them, "" for none.
func (s *site) role(name string) string {
	s.t.Helper()
	a := s.send(request{to: "GET role/" + name, as: chef})
	if a.StatusCode != http.StatusOK {
		return a.message()
	}
	var role scolarite.Role
	s.must(json.Unmarshal([]byte(a.body), &role))
	return strings.Join(role.Permissions, " ")
}

func TestRolesAreChanged(t *testing.T) {
	s := open(t)
	super := holding("", scolarite.ScoSuperAdmin)
	stock := "stock"
	_, err := s.Identity.CreateRole(t.Context(), identity.RoleChange{Name: &stock, Add: []identity.PermissionRef{{Name: "equipements:read"}}})
	s.must(err)
	for _, c := range []struct{ path, body, role, want string }{
		{"role/create/vide", "", "vide", ""},
		{"role/create/nul", `{"permissions": null}`, "nul", ""},
		{"role/create/rien", `{}`, "rien", ""},
		{"role/create/Lecteur%20d'API", `{"permissions": ["ScoView", "ScoView"]}`, "Lecteur%20d'API", "ScoView"},
		{"role/vide/edit", `{"permissions": ["EnsView", "ScoView"]}`, "vide", "ScoView EnsView"},
		{"role/vide/edit", `{}`, "vide", "ScoView EnsView"},
		{"role/vide/edit", `{"role_name": "plein"}`, "plein", "ScoView EnsView"},
		{"role/plein/edit", `{"role_name": "plein", "permissions": []}`, "plein", ""},
		{"role/plein/add_permission/EditAllNotes", "", "plein", "EditAllNotes"},
		{"role/plein/add_permission/EditAllNotes", "", "plein", "EditAllNotes"},
		{"role/plein/remove_permission/ScoView", "", "plein", "EditAllNotes"},
		{"role/stock/add_permission/ScoView", "", "stock", "ScoView"},
		{"role/stock/edit", `{"permissions": ["EnsView"]}`, "stock", "EnsView"},
		{"role/rien/delete", "", "rien", "rôle inconnu"},
		{"role/admin/add_permission/ScoView", "", "nul", ""}, // it has them all: nothing to do
	} {
		if a := s.send(request{to: "POST " + c.path, as: super, body: c.body}); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", c.path, a.line())
		}
		if got := s.role(c.role); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
	role, err := s.Identity.RoleByName(t.Context(), stock)
	s.must(err)
	if i := slices.IndexFunc(role.Permissions, func(p identity.Permission) bool { return p.Name() == "equipements:read" }); i < 0 || len(role.Permissions) != 2 {
		t.Errorf("the role of parc holds %+v", role.Permissions)
	}
}

func TestRolesAreRefused(t *testing.T) {
	s := open(t)
	super, local := holding("", scolarite.ScoSuperAdmin), holding("RT", scolarite.ScoSuperAdmin)
	stock := "stock"
	_, err := s.Identity.CreateRole(t.Context(), identity.RoleChange{Name: &stock, Add: []identity.PermissionRef{{Name: "equipements:read"}}})
	s.must(err)
	_, err = s.Identity.Grant(t.Context(), 101, "Ens", "RT")
	s.must(err)
	const (
		noCredential = "401 Non autorise (logic)"
		needsSuper   = "403 permission requise : ScoSuperAdmin"
		everywhere   = "403 permission requise dans tous les départements : ScoSuperAdmin"
		above        = "403 opération non autorisée (droits supérieurs aux vôtres)"
		isLocal      = "409 ScoSuperAdmin ne se donne que dans tous les départements à la fois, et ce rôle est donné dans un seul"
		protected    = "409 ce rôle ne peut être changé"
		unknown      = "404 rôle inconnu"
		noSuch       = "404 permission inconnue"
		taken        = "404 un rôle de ce nom existe déjà"
	)
	list := []refusal{
		{"permissions, no permission", request{to: "GET permissions", as: other}, "403 permission requise : UsersView"},
		{"roles, no permission", request{to: "GET roles", as: other}, "403 permission requise : UsersView"},
		{"an unknown role", request{to: "GET role/Inconnu", as: chef}, unknown},
		{"a name that is taken", request{to: "POST role/create/Ens", as: chef}, taken},
		{"a name of blanks", request{to: "POST role/create/%20", as: chef}, "404 param 'role_name': manquant"},
		{"a name that is too long", request{to: "POST role/create/" + strings.Repeat("a", 65), as: chef}, "404 param 'role_name': trop long (64 caractères au plus)"},
		{"an unknown permission", request{to: "POST role/create/X", as: chef, body: `{"permissions": ["ScoView", "Inconnue"]}`}, noSuch},
		{"a permission of parc", request{to: "POST role/create/X", as: chef, body: `{"permissions": ["users:read"]}`}, noSuch},
		{"a prefix", request{to: "POST role/create/X", as: chef, body: `{"permissions": ["scodoc:ScoView"]}`}, noSuch},
		{"not a list", request{to: "POST role/create/X", as: chef, body: `{"permissions": "ScoView"}`}, "404 param 'permissions': invalide (liste attendue)"},
		{"broken JSON", request{to: "POST role/create/X", as: chef, body: `{`}, "400 corps de la requête: JSON invalide"},
		{"renamed to a taken name", request{to: "POST role/Ens/edit", as: chef, body: `{"role_name": "Secr"}`}, taken},
		{"renamed to nothing", request{to: "POST role/Ens/edit", as: chef, body: `{"role_name": ""}`}, "404 param 'role_name': manquant"},
		{"edited without a body", request{to: "POST role/Ens/edit", as: chef}, "404 corps de la requête: manquant"},
		{"an unknown permission, edited", request{to: "POST role/Ens/edit", as: chef, body: `{"permissions": ["Inconnue"]}`}, noSuch},
		{"added", request{to: "POST role/Ens/add_permission/Inconnue", as: chef}, noSuch},
		{"added, of parc", request{to: "POST role/Ens/add_permission/users:read", as: chef}, noSuch},
		{"removed", request{to: "POST role/Ens/remove_permission/Inconnue", as: chef}, noSuch},
		{"admin renamed", request{to: "POST role/admin/edit", as: chef, body: `{"role_name": "x"}`}, protected},
		{"admin emptied", request{to: "POST role/admin/edit", as: chef, body: `{"permissions": []}`}, protected},
		{"admin reduced", request{to: "POST role/admin/remove_permission/ScoView", as: chef}, protected},
		{"admin deleted", request{to: "POST role/admin/delete", as: chef}, protected},
		{"a role of parc renamed", request{to: "POST role/stock/edit", as: super, body: `{"role_name": "x"}`}, above},
		{"a role of parc deleted", request{to: "POST role/stock/delete", as: super}, above},
		{"made super in one department", request{to: "POST role/Ens/add_permission/ScoSuperAdmin", as: super}, isLocal},
		{"edited so", request{to: "POST role/Ens/edit", as: chef, body: `{"permissions": ["ScoView", "ScoSuperAdmin"]}`}, isLocal},
		{"a role in use", request{to: "POST role/Ens/delete", as: chef}, "409 ce rôle est attribué à des utilisateurs"},
	}
	for _, path := range []string{"role/create/X", "role/Secr/edit", "role/Secr/add_permission/ScoView", "role/Secr/remove_permission/ScoView", "role/Secr/delete"} {
		list = append(
			list,
			refusal{"no credential", request{to: "POST " + path, body: "{}"}, noCredential},
			refusal{"no permission", request{to: "POST " + path, as: holding("", scolarite.UsersAdmin, scolarite.UsersView), body: "{}"}, needsSuper},
			refusal{"in one department", request{to: "POST /ScoDoc/RT/api/" + path, as: local, body: "{}"}, everywhere},
		)
	}
	for _, path := range []string{"role/Inconnu/edit", "role/Inconnu/add_permission/ScoView", "role/Inconnu/remove_permission/ScoView", "role/Inconnu/delete"} {
		list = append(list, refusal{"unknown", request{to: "POST " + path, as: chef, body: "{}"}, unknown})
	}
	s.refuses(list)
}

// TestUsualRoles checks what is known of ScoDoc's own roles.
func TestUsualRoles(t *testing.T) {
	s := open(t)
	callers := map[string]*identity.Caller{}
	for _, role := range []string{"Observateur", "Ens", "Secr", "Admin", "RespPe", "SuperAdmin"} {
		w := who(role)
		dept := "GEA"
		if role == "SuperAdmin" {
			dept = ""
		}
		s.token(w)
		_, err := s.Identity.Grant(t.Context(), s.accountOf(w), role, dept)
		s.must(err)
		caller, err := s.Identity.Authenticate(&http.Request{Header: http.Header{"Authorization": {"Bearer " + s.token(w)}}})
		s.must(err)
		callers[role] = caller.(*identity.Caller)
	}
	for _, c := range []struct {
		role string
		p    api.Permission
		dept string
		want bool
	}{
		{"Ens", scolarite.ScoView, "GEA", true},
		{"Ens", scolarite.AbsChange, "GEA", true},
		{"Ens", scolarite.EtudChangeAdr, "GEA", false},
		{"Secr", scolarite.EtudChangeAdr, "GEA", true},
		{"Secr", scolarite.EditAllNotes, "GEA", false},
		{"Secr", scolarite.ViewEtudData, "GEA", true},
		{"Secr", scolarite.AbsJustifView, "GEA", true},
		{"Admin", scolarite.EtudChangeAdr, "GEA", true},
		{"Admin", scolarite.AbsJustifView, "GEA", true},
		{"Admin", scolarite.ScoSuperAdmin, "GEA", false},
		{"Admin", "scodoc:EditPVJury", "GEA", false},
		{"Admin", scolarite.EtudChangeAdr, "RT", false},
		{"Admin", scolarite.EtudChangeAdr, "", false},
		{"Observateur", scolarite.Observateur, "GEA", true},
		{"Observateur", scolarite.ScoView, "GEA", false},
		{"RespPe", scolarite.EditTags, "GEA", true},
		{"RespPe", scolarite.ScoView, "GEA", false},
	} {
		if got := callers[c.role].Can(c.p, c.dept); got != c.want {
			t.Errorf("%s of GEA can %s in %q: %t", c.role, c.p, c.dept, got)
		}
	}
	for _, p := range identity.Catalog() {
		isScoDocs := p.Ressource == identity.ScoDoc
		if callers["SuperAdmin"].Can(api.Permission(p.Name()), "OLD") != isScoDocs {
			t.Errorf("SuperAdmin and %s: %t", p.Name(), !isScoDocs)
		}
	}
	if _, err := s.Identity.RoleByName(t.Context(), "LecteurAPI"); err == nil {
		t.Error("LecteurAPI is there before anybody made it")
	}
}

// TestUsualRolesBelongToThePeople opens the base again after they changed.
func TestUsualRolesBelongToThePeople(t *testing.T) {
	s := open(t)
	s.post("role/RespPe/delete", "")
	s.post("role/Observateur/edit", `{"role_name": "Lecteur", "permissions": ["ScoView"]}`)
	before := s.get("roles").body
	if _, err := scolarite.New(t.Context(), scolarite.Config{Store: s.Store, Identity: s.Identity}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, s.get("roles").body); diff != "" {
		t.Error(diff)
	}
}
