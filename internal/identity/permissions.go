package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/errs"
)

// Admin is the role that holds every permission. It cannot be deleted, renamed
// or emptied.
const Admin = "admin"

// Permission is the right to an action on a kind of resource.
type Permission struct {
	ID                string // UUID, the same on every server
	Ressource, Action string
}

// Name returns "ressource:action".
func (p Permission) Name() string { return p.Ressource + ":" + p.Action }

// ScoDoc is the resource of the permissions that ScoDoc's API knows.
const ScoDoc = "scodoc"

// scodocSuperAdmin is the permission of who runs ScoDoc.
const scodocSuperAdmin = ScoDoc + ":ScoSuperAdmin"

// isScoDocs reports whether a permission is one of ScoDoc's.
func isScoDocs(name string) bool { return strings.HasPrefix(name, ScoDoc+":") }

// permissionSpace makes the UUID of a permission from its name.
var permissionSpace = uuid.MustParse("a3cf6b4e-93c8-5c3f-9a52-6d0a7f1d5b11")

// scodocPermissions are the names that ScoDoc's own API uses.
var scodocPermissions = []string{
	"ScoSuperAdmin", "ScoView", "EnsView", "Observateur", "UsersAdmin", "UsersView", "EditPreferences", "EditFormation",
	"EditFormationTags", "EditAllNotes", "EditAllEvals", "EditFormSemestre", "AbsChange", "AbsAddBillet", "EtudChangeAdr",
	"EtudChangeGroups", "EtudInscrit", "EtudAddAnnotations", "EditPVJury", "EditApogee", "RelationsEntrepView", "RelationsEntrepEdit",
	"RelationsEntrepSend", "RelationsEntrepValidate", "RelationsEntrepViewCorrs", "RelationsEntrepExport", "UsersChangeCASId",
	"ViewEtudData", "AbsJustifView",
}

// Catalog returns every permission there is, in the order they are shown.
func Catalog() []Permission {
	var all []Permission
	add := func(ressource string, actions ...string) {
		for _, action := range actions {
			id := uuid.NewSHA1(permissionSpace, []byte(ressource+":"+action)).String()
			all = append(all, Permission{ID: id, Ressource: ressource, Action: action})
		}
	}
	for _, ressource := range []string{"users", "roles", "client_site", "equipements", "clients"} {
		add(ressource, "read", "create", "update", "delete")
	}
	add("equipements", "secret")
	add("projets", "read", "write", "admin")
	add("journal", "read")
	add("settings", "update")
	add("backup", "create")
	add("metrics", "read")
	add(ScoDoc, scodocPermissions...)
	return all
}

// syncPermissions adds the permissions that this version brings, and gives
// them to admin.
func (s *Service) syncPermissions(ctx context.Context) error {
	known, err := s.Store.Read().Permissions(ctx)
	if err != nil {
		return fmt.Errorf("read the permissions: %w", err)
	}
	catalog := Catalog()
	isKnown := func(p Permission) bool {
		return slices.ContainsFunc(known, func(k db.Permission) bool { return k.UUID == p.ID })
	}
	if !slices.ContainsFunc(catalog, func(p Permission) bool { return !isKnown(p) }) {
		return nil
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		for _, p := range catalog {
			if err := q.AddPermission(ctx, db.AddPermissionParams{UUID: p.ID, Ressource: p.Ressource, Action: p.Action}); err != nil {
				return err
			}
		}
		role, err := q.RoleByName(ctx, Admin)
		if errors.Is(err, sql.ErrNoRows) {
			_, err := s.addAdminRole(ctx, q)
			return err
		}
		if err != nil {
			return err
		}
		_, err = q.GiveEveryPermission(ctx, role.ID)
		return err
	})
}

func (s *Service) addAdminRole(ctx context.Context, q *db.Queries) (db.Role, error) {
	role, err := q.AddRole(ctx, db.AddRoleParams{UUID: uuid.NewString(), Name: Admin, Description: "Tous les droits, partout", CreatedAt: s.now()})
	if err != nil {
		return role, err
	}
	_, err = q.GiveEveryPermission(ctx, role.ID)
	return role, err
}

// PermissionRef names a permission in a request, by UUID or by name:
// "ressource:action", or one of ScoDoc's names alone.
type PermissionRef struct{ ID, Name string }

var errPermissionUnknown = errs.New(errs.NotFound, "permission_unknown", "Permission not found")

// resolve returns the rows of the permissions named; an unknown one is
// NotFound.
func resolve(ctx context.Context, q *db.Queries, refs []PermissionRef) ([]db.Permission, error) {
	all, err := q.Permissions(ctx)
	if err != nil {
		return nil, err
	}
	found := make([]db.Permission, 0, len(refs))
	for _, ref := range refs {
		p, ok := pick(all, ref)
		if !ok {
			return nil, errPermissionUnknown
		}
		found = append(found, p)
	}
	return found, nil
}

func pick(all []db.Permission, ref PermissionRef) (db.Permission, bool) {
	for _, p := range all {
		name := p.Ressource + ":" + p.Action
		if ref.ID != "" && strings.EqualFold(p.UUID, ref.ID) || ref.Name != "" && (name == ref.Name || name == ScoDoc+":"+ref.Name) {
			return p, true
		}
	}
	return db.Permission{}, false
}
