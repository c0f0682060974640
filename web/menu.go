package web

import (
	"slices"
	"strings"

	"intendant/internal/api"
	"intendant/internal/parc"
	"intendant/internal/projets"
)

// menuGroup is a part of the menu under one title.
type menuGroup struct {
	Title string
	Items []menuItem
}

// menuItem is a link of the menu.
type menuItem struct {
	Label, Path string
	IsHere      bool
}

// section is a place of the menu: its text, the page it opens, what that page
// asks for.
type section struct {
	label, path string
	needs       api.Permission
	// forms is where its other pages are, "" for below the path.
	forms string
	// orSuperuser opens it to who manages the users of some projects.
	orSuperuser bool
}

// isOpen reports whether the reader of a page may go there. The page of imports
// asks for no one permission: each kind of list has its own.
func (s section) isOpen(v view) bool {
	if s.path == importsPath {
		return slices.ContainsFunc(parc.ImportKinds(), func(k parc.ImportKind) bool { return k.IsAllowed(v.caller) })
	}
	return s.needs == api.SignedIn || v.Can(s.needs) || s.orSuperuser && v.isSuperuser
}

// holds reports whether a page belongs to the section.
func (s section) holds(path string) bool {
	return path == s.path || s.path != "/admin/" && strings.HasPrefix(path, s.path+"/") || s.forms != "" && strings.HasPrefix(path, s.forms+"/")
}

// sections are the whole menu, in order.
var sections = []struct {
	title string
	items []section
}{
	{"menu.overview", []section{
		{label: "menu.dashboard", path: "/admin/", needs: api.SignedIn},
	}},
	{"menu.parc", []section{
		{label: "menu.clients", path: "/admin/clients", needs: "clients:read"},
		{label: "menu.sites", path: "/admin/sites", needs: "client_site:read"},
		{label: "menu.map", path: "/admin/map", needs: "client_site:read"},
		{label: "menu.equipements", path: "/admin/equipements", needs: "equipements:read"},
		{label: "menu.imports", path: importsPath, needs: api.SignedIn},
	}},
	{"menu.projets", []section{
		{label: "menu.projects", path: "/projects", needs: projets.Read, forms: "/admin/projects"},
		{label: "menu.members", path: "/project_users", needs: projets.Read, orSuperuser: true},
		{label: "menu.project_people", path: "/users", needs: projets.Read, forms: "/admin/people", orSuperuser: true},
		{label: "menu.owners", path: "/owners", needs: projets.Read, forms: "/admin/owners"},
		{label: "menu.databases", path: "/database", needs: projets.Read, forms: "/admin/database"},
		{label: "menu.logins", path: "/node/logins", needs: projets.Read, forms: "/node"},
		{label: "menu.project_types", path: projectTypesPath, needs: projets.Admin},
		{label: "menu.emails", path: "/emails", needs: projets.Read, forms: "/admin/emails"},
		{label: "menu.outbox", path: "/admin/outbox", needs: projets.Admin},
	}},
	{"menu.people", []section{
		{label: "menu.users", path: "/admin/users", needs: "users:read"},
		{label: "menu.roles", path: "/admin/roles", needs: "roles:read"},
	}},
	{"menu.server", []section{
		{label: "menu.status", path: "/admin/status", needs: "users:update"},
		{label: "menu.journal", path: "/admin/journal", needs: "journal:read"},
		{label: "menu.backups", path: "/admin/backups", needs: "backup:create"},
		{label: "menu.settings", path: "/admin/settings", needs: "settings:update"},
		{label: "menu.documents", path: "/admin/documents", needs: api.SignedIn},
	}},
}

// menu returns the sections that the reader may open.
func menu(v view) []menuGroup {
	var groups []menuGroup
	for _, s := range sections {
		group := menuGroup{Title: v.lang.Text(s.title)}
		for _, item := range s.items {
			if item.isOpen(v) {
				group.Items = append(group.Items, menuItem{v.lang.Text(item.label), item.path, item.holds(v.Path)})
			}
		}
		if len(group.Items) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}
