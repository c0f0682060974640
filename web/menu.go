package web

import (
	"strings"

	"intendant/internal/api"
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
}

// sections are the whole menu, in order.
var sections = []struct {
	title string
	items []section
}{
	{"menu.overview", []section{
		{"menu.dashboard", "/admin/", api.SignedIn},
	}},
	{"menu.parc", []section{
		{"menu.clients", "/admin/clients", "clients:read"},
		{"menu.sites", "/admin/sites", "client_site:read"},
		{"menu.map", "/admin/map", "client_site:read"},
		{"menu.equipements", "/admin/equipements", "equipements:read"},
		{"menu.imports", importsPath, "client_site:create"},
	}},
	{"menu.people", []section{
		{"menu.users", "/admin/users", "users:read"},
		{"menu.roles", "/admin/roles", "roles:read"},
	}},
	{"menu.server", []section{
		{"menu.journal", "/admin/journal", "journal:read"},
		{"menu.backups", "/admin/backups", "backup:create"},
		{"menu.settings", "/admin/settings", "settings:update"},
		{"menu.documents", "/admin/documents", api.SignedIn},
	}},
}

// menu returns the sections that the reader may open.
func menu(v view) []menuGroup {
	var groups []menuGroup
	for _, s := range sections {
		group := menuGroup{Title: v.lang.Text(s.title)}
		for _, item := range s.items {
			if item.needs != api.SignedIn && !v.Can(item.needs) {
				continue
			}
			isHere := v.Path == item.path || item.path != "/admin/" && strings.HasPrefix(v.Path, item.path+"/")
			group.Items = append(group.Items, menuItem{v.lang.Text(item.label), item.path, isHere})
		}
		if len(group.Items) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}
