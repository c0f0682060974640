package projets

import (
	"encoding/json"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestAnOwnerHasNineKeys(t *testing.T) {
	b := newBed(t)
	made, err := b.CreateOwner(t.Context(), OwnerPatch{Name: api.Some("Test")})
	wantNone(t, err)
	made.ID = 11
	got, err := json.Marshal(made)
	wantNone(t, err)
	want := `{"address":null,"billing_address":null,"contact":null,"id":11,"image":null,"name":"Test","network":null,"note":null,"tech_contact":null}`
	if string(got) != want {
		t.Errorf("owner %s\nwant  %s", got, want)
	}
}

// TestAnEmptyFieldOfAFormChangesNothing tells what nobody filled in from what
// somebody cleared.
func TestAnEmptyFieldOfAFormChangesNothing(t *testing.T) {
	b := newBed(t)
	owner, err := b.CreateOwner(t.Context(), OwnerPatch{Name: api.Some("Test"), Contact: api.Some("Ada"), Note: api.Some("")})
	if err != nil || owner.Note != nil || *owner.Contact != "Ada" {
		t.Errorf("owner %+v %v", owner, err)
	}
	owner, err = b.UpdateOwner(t.Context(), owner.ID, OwnerPatch{Contact: api.Some(""), Note: api.Some(""), Network: api.Some("nord")})
	if err != nil || owner.Note != nil || *owner.Contact != "" || *owner.Network != "nord" {
		t.Errorf("owner %+v %v", owner, err)
	}
}

func TestOwnersAreInTheOrderOfTheirNames(t *testing.T) {
	b := newBed(t)
	for _, name := range []string{"Zoé", "Étude", "école"} {
		_, err := b.CreateOwner(t.Context(), OwnerPatch{Name: api.Some(name)})
		wantNone(t, err)
	}
	owners, err := b.Owners(t.Context())
	wantNone(t, err)
	var names []string
	for _, o := range owners {
		names = append(names, o.Name)
	}
	if got := strings.Join(names, " "); got != "école Étude Propriétaire Zoé" {
		t.Errorf("order %q", got)
	}
}

func TestOwnerFaults(t *testing.T) {
	b := newBed(t)
	for name, row := range map[string]struct {
		in   OwnerPatch
		want []string
	}{
		"nothing":       {OwnerPatch{}, []string{"name missing"}},
		"a null name":   {OwnerPatch{Name: api.Opt[string]{Set: true, Null: true}}, []string{"name missing"}},
		"a blank name":  {OwnerPatch{Name: api.Some(" \t")}, []string{"name missing"}},
		"too long both": {OwnerPatch{Name: api.Some(strings.Repeat("é", 256)), Note: api.Some(strings.Repeat("x", 4001))}, []string{"name string_too_long", "note string_too_long"}},
		"a control character": {
			OwnerPatch{Name: api.Some("Nord\x00"), Contact: api.Some("Ada\x1b[31m"), Note: api.Some("deux\r\n\tlignes")},
			[]string{"name control_character", "contact control_character"},
		},
		"two lines for a name": {OwnerPatch{Name: api.Some("Nord\r\nBcc: z@example.com")}, []string{"name control_character"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.CreateOwner(t.Context(), row.in)
			wantFaults(t, err, row.want...)
		})
	}
	if n := b.count("SELECT count(*) FROM owners"); n != 1 {
		t.Errorf("%d owners", n)
	}
	_, err := b.CreateOwner(t.Context(), OwnerPatch{Name: api.Some(strings.Repeat("é", 255))})
	wantNone(t, err)
}

func TestAnOwnerChanges(t *testing.T) {
	b := newBed(t)
	_, err := b.UpdateOwner(t.Context(), b.owner, OwnerPatch{Contact: api.Some("Ada"), Note: api.Some("n")})
	wantNone(t, err)
	after, err := b.UpdateOwner(t.Context(), b.owner, OwnerPatch{Note: api.Opt[string]{Set: true, Null: true}})
	wantNone(t, err)
	if after.Name != "Propriétaire" || *after.Contact != "Ada" || after.Note != nil {
		t.Errorf("owner %+v", after)
	}
	_, err = b.UpdateOwner(t.Context(), b.owner, OwnerPatch{Name: api.Opt[string]{Set: true, Null: true}})
	wantFaults(t, err, "name missing")
	_, err = b.UpdateOwner(t.Context(), 99, OwnerPatch{})
	wantKind(t, err, errs.NotFound)
	if n := b.count("SELECT count(*) FROM journal WHERE action = 'owner.update'"); n != 2 {
		t.Errorf("%d lines", n)
	}
}

func TestAnOwnerInUseStays(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	wantFaults(t, b.DeleteOwner(t.Context(), b.owner), "projects in_use")
	wantNone(t, b.DeleteProject(t.Context(), p.ID))
	wantFaults(t, b.DeleteOwner(t.Context(), b.owner), "databases in_use")
	wantNone(t, b.DeleteDatabase(t.Context(), "north"))
	wantNone(t, b.DeleteOwner(t.Context(), b.owner))
	_, err := b.Owner(t.Context(), b.owner)
	wantKind(t, err, errs.NotFound)
	wantKind(t, b.DeleteOwner(t.Context(), b.owner), errs.NotFound)
}

func TestProjectTypes(t *testing.T) {
	b := newBed(t)
	made, err := b.CreateProjectType(t.Context(), "Pilote")
	wantNone(t, err)
	_, err = b.CreateProjectType(t.Context(), "Pilote")
	wantFaults(t, err, "name taken")
	_, err = b.CreateProjectType(t.Context(), " ")
	wantFaults(t, err, "name missing")
	_, err = b.RenameProjectType(t.Context(), made.ID, "Standard")
	wantFaults(t, err, "name taken")
	_, err = b.RenameProjectType(t.Context(), made.ID, "Essai")
	wantNone(t, err)
	_, err = b.RenameProjectType(t.Context(), 99, "Essai 2")
	wantKind(t, err, errs.NotFound)
	types, err := b.ProjectTypes(t.Context())
	wantNone(t, err)
	if len(types) != 4 || types[0] != (ProjectType{1, "Standard"}) || types[2] != (ProjectType{3, "Training"}) || types[3].Name != "Essai" {
		t.Errorf("types %v", types)
	}
	b.create(b.ask("north", "Nord"))
	wantFaults(t, b.DeleteProjectType(t.Context(), 1), "projects in_use")
	wantNone(t, b.DeleteProjectType(t.Context(), made.ID))
	wantKind(t, b.DeleteProjectType(t.Context(), made.ID), errs.NotFound)
}
