package projets

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestAProjectInANewDatabase(t *testing.T) {
	b := newBed(t)
	p, err := b.CreateProject(b.as(0, "testadmin", Write), b.ask("rest_test", "REST TEST"))
	wantNone(t, err)
	read, err := b.Project(t.Context(), p.ID)
	wantNone(t, err)
	got, err := json.Marshal(read)
	wantNone(t, err)
	want := `{"active":true,"contact":null,"created_at":"` + p.CreatedAt.Format("2006-01-02T15:04:05Z") + `","created_by":"testadmin","database_id":"rest_test",` +
		`"description":"Un essai","gross_area":null,"id":1,"name":"REST TEST","no":"01","owner_id":1,"status":null,"updated":null,"updated_by":null}`
	if string(got) != want {
		t.Errorf("project %s\nwant    %s", got, want)
	}
	if read.Constructor != "Bâtisseurs" || read.ProjectTypeID != 1 {
		t.Errorf("project %+v", read)
	}
	if got := b.inFile("rest_test", "SELECT group_concat(id || no || name) FROM projects"); got != "101REST TEST" {
		t.Errorf("in the file %q", got)
	}
	if n := b.count("SELECT count(*) FROM journal WHERE action IN ('database.create', 'project.create')"); n != 2 {
		t.Errorf("%d lines", n)
	}
}

// TestProjectFaults asks for what cannot be: every fault is named, and neither
// a row nor a file is left.
func TestProjectFaults(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Nord"))
	files := b.files()
	rows := b.count("SELECT (SELECT count(*) FROM projects) * 100 + (SELECT count(*) FROM project_databases)")
	with := func(in NewProject, change func(*NewProject)) NewProject { change(&in); return in }
	for name, row := range map[string]struct {
		in   NewProject
		want []string
	}{
		"nothing": {NewProject{}, []string{
			"new_db missing", "name missing", "constructor missing", "description missing", "owner_id missing", "project_type_id missing",
		}},
		"a new database without names": {NewProject{NewDB: api.Some(true)}, []string{
			"new_db_template missing", "new_db_name missing", "name missing", "constructor missing", "description missing", "owner_id missing", "project_type_id missing",
		}},
		"an existing one without a name": {with(b.in("north", "x"), func(in *NewProject) { in.ExistingDBName = api.Opt[string]{} }), []string{"existing_db_name missing"}},
		"an unknown database":            {b.in("south", "x"), []string{"existing_db_name literal_error"}},
		"an unknown template":            {with(b.ask("new", "x"), func(in *NewProject) { in.NewDBTemplate = api.Some("../north") }), []string{"new_db_template literal_error"}},
		"a name in use":                  {b.ask("north", "x"), []string{"new_db_name taken"}},
		"a name in use but for its case": {b.ask("NORTH", "x"), []string{"new_db_name taken"}},
		"the template's name":            {b.ask("dev-template", "x"), []string{"new_db_name taken"}},
		"a path":                         {b.ask("../x", "x"), []string{"new_db_name invalid"}},
		"a reserved name":                {b.ask("trash", "x"), []string{"new_db_name invalid"}},
		"too long a name":                {b.ask(strings.Repeat("x", 64), "x"), []string{"new_db_name invalid"}},
		"unknown numbers": {with(b.ask("new", strings.Repeat("x", 256)), func(in *NewProject) {
			in.OwnerID, in.ProjectTypeID = api.Some(int64(99)), api.Some(int64(-1))
		}), []string{"name string_too_long", "owner_id literal_error", "project_type_id literal_error"}},
		"nulls": {with(b.ask("new", "x"), func(in *NewProject) {
			in.Description, in.OwnerID = api.Opt[string]{Set: true, Null: true}, api.Opt[int64]{Set: true, Null: true}
		}), []string{"description missing", "owner_id missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.CreateProject(t.Context(), row.in)
			wantFaults(t, err, row.want...)
		})
	}
	if got := b.files(); !slices.Equal(got, files) {
		t.Errorf("files %v, want %v", got, files)
	}
	if n := b.count("SELECT (SELECT count(*) FROM projects) * 100 + (SELECT count(*) FROM project_databases)"); n != rows {
		t.Errorf("rows %d, want %d", n, rows)
	}
}

func TestAProjectChanges(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	other, err := b.CreateOwner(t.Context(), OwnerPatch{Name: api.Some("Autre")})
	wantNone(t, err)
	after, err := b.UpdateProject(b.as(0, "ada", Write), p.ID, ProjectPatch{
		Name: api.Some("Nord-Est"), Description: api.Opt[string]{Set: true, Null: true}, GrossArea: api.Some(api.Decimal("1250.50")), Status: api.Some(int64(3)),
		Active: api.Some(false), OwnerID: api.Some(other.ID), ProjectTypeID: api.Some(int64(3)), Contact: api.Some("c"), Constructor: api.Some("k"),
	})
	wantNone(t, err)
	read, err := b.Project(t.Context(), p.ID)
	wantNone(t, err)
	if read.Name != "Nord-Est" || read.Description != nil || *read.GrossArea != "1250.50" || *read.Status != 3 || read.Active || read.OwnerID != other.ID ||
		read.ProjectTypeID != 3 || *read.Contact != "c" || read.Constructor != "k" || *read.UpdatedBy != "ada" || !read.Updated.Equal(*after.Updated) {
		t.Errorf("project %+v", read)
	}
	if got := b.inFile("north", "SELECT name FROM projects"); got != "Nord-Est" {
		t.Errorf("in the file %q", got)
	}
	null := api.Opt[string]{Set: true, Null: true}
	_, err = b.UpdateProject(t.Context(), p.ID, ProjectPatch{
		Name: null, Constructor: api.Some(""), GrossArea: api.Some(api.Decimal("12,5")), OwnerID: api.Some(int64(99)), ProjectTypeID: api.Opt[int64]{Set: true, Null: true},
		Active: api.Opt[bool]{Set: true, Null: true},
	})
	wantFaults(t, err, "name missing", "constructor missing", "gross_area decimal_parsing", "owner_id literal_error", "project_type_id missing", "active missing")
	_, err = b.UpdateProject(t.Context(), 99, ProjectPatch{})
	wantKind(t, err, errs.NotFound)
	_, err = b.UpdateProject(t.Context(), p.ID, ProjectPatch{GrossArea: api.Opt[api.Decimal]{Set: true, Null: true}, Status: api.Opt[int64]{Set: true, Null: true}})
	wantNone(t, err)
	read, err = b.Project(t.Context(), p.ID)
	wantNone(t, err)
	if read.GrossArea != nil || read.Status != nil || read.UpdatedBy != nil {
		t.Errorf("project %+v", read)
	}
}

func TestProjectsAreFound(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Élan"))
	two := b.create(b.in("north", "élan_2"))
	b.create(b.in("north", "Abri"))
	inactive := b.create(b.in("north", "Zénith"))
	_, err := b.UpdateProject(t.Context(), inactive.ID, ProjectPatch{Active: api.Some(false)})
	wantNone(t, err)
	for name, row := range map[string]struct {
		query ProjectQuery
		want  string
		total int64
	}{
		"all active":             {ProjectQuery{}, "Abri Élan élan_2", 3},
		"inactive too":           {ProjectQuery{ShowAll: true}, "Abri Élan élan_2 Zénith", 4},
		"by a part of the name":  {ProjectQuery{Text: "ELAN"}, "Élan élan_2", 2},
		"an underscore is one":   {ProjectQuery{Text: "_"}, "élan_2", 1},
		"a percent sign is one":  {ProjectQuery{Text: "%"}, "", 0},
		"the second page":        {ProjectQuery{Paging: Paging{Limit: 2, Offset: 2}}, "élan_2", 3},
		"of another owner":       {ProjectQuery{OwnerID: 99}, "", 0},
		"among some":             {ProjectQuery{IDs: []int64{two.ID}}, "élan_2", 1},
		"among none":             {ProjectQuery{IDs: []int64{}}, "", 0},
		"inactive found by name": {ProjectQuery{Text: "zenith", ShowAll: true}, "Zénith", 1},
	} {
		t.Run(name, func(t *testing.T) {
			list, total, err := b.Projects(t.Context(), row.query)
			wantNone(t, err)
			var names []string
			for _, p := range list {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, " "); got != row.want || total != row.total {
				t.Errorf("found %q of %d, want %q of %d", got, total, row.want, row.total)
			}
		})
	}
}

// TestADeletedProjectKeepsItsNumber deletes a project: its database stays, and
// neither its number there nor its own is given again.
func TestADeletedProjectKeepsItsNumber(t *testing.T) {
	b := newBed(t)
	first := b.create(b.ask("north", "Un"))
	b.member("ada", first.ID, Membership{})
	wantNone(t, b.DeleteProject(t.Context(), first.ID))
	wantKind(t, b.DeleteProject(t.Context(), first.ID), errs.NotFound)
	view, err := b.Database(t.Context(), "north")
	wantNone(t, err)
	if len(view.Projects) != 0 || view.IsMissing {
		t.Errorf("database %+v", view)
	}
	second := b.create(b.in("north", "Deux"))
	if second.No != "02" || second.ID == first.ID {
		t.Errorf("project %+v", second)
	}
	if got := b.inFile("north", "SELECT group_concat(no || name, ' ') FROM projects"); got != "01Un 02Deux" {
		t.Errorf("in the file %q", got)
	}
	if n := b.count("SELECT count(*) FROM project_users"); n != 0 {
		t.Errorf("%d users", n)
	}
}

// TestNumbersOnlyRise adds and deletes at random: in each database the numbers
// follow one another, whatever was deleted.
func TestNumbersOnlyRise(t *testing.T) {
	b := newBed(t)
	last := map[string]int64{"north": 1, "south": 1}
	b.create(b.ask("north", "n"))
	b.create(b.ask("south", "s"))
	var alive []int64
	rapid.Check(t, func(t *rapid.T) {
		if len(alive) > 0 && rapid.Bool().Draw(t, "delete") {
			i := rapid.IntRange(0, len(alive)-1).Draw(t, "which")
			if err := b.DeleteProject(b.t.Context(), alive[i]); err != nil {
				t.Fatal(err)
			}
			alive = slices.Delete(alive, i, i+1)
			return
		}
		name := rapid.SampledFrom([]string{"north", "south"}).Draw(t, "database")
		p, err := b.CreateProject(b.t.Context(), b.in(name, "p"))
		if err != nil {
			t.Fatal(err)
		}
		last[name]++
		if p.No != projectNo(last[name]) {
			t.Fatalf("number %s, want %d", p.No, last[name])
		}
		alive = append(alive, p.ID)
	})
}

func TestNumbersHaveTwoDigitsOrMore(t *testing.T) {
	for n, want := range map[int64]string{1: "01", 99: "99", 100: "100"} {
		if got := projectNo(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
	b := newBed(t)
	b.create(b.ask("north", "n"))
	wantNone(t, b.Bases.PutProject(t.Context(), "north", projectInFile(900, "99")))
	if p := b.create(b.in("north", "m")); p.No != "100" {
		t.Errorf("number %s", p.No)
	}
}

// TestTheListIsOfNow changes projects, here and from another process, between
// two looks at the list.
func TestTheListIsOfNow(t *testing.T) {
	b := newBed(t)
	neighbour, closeBed, err := openBed(t.Context(), b.data)
	wantNone(t, err)
	defer closeBed()
	neighbour.t, neighbour.owner = t, b.owner
	want := func(names string) {
		t.Helper()
		for range 2 {
			list, total, err := b.Projects(t.Context(), ProjectQuery{})
			wantNone(t, err)
			var got []string
			for i := range list {
				got = append(got, list[i].Name+" "+list[i].DatabaseID)
				list[i] = Project{} // what a caller does with it is his own
			}
			if strings.Join(got, ", ") != names || total != int64(len(list)) {
				t.Errorf("%d projects %q, want %q", total, got, names)
			}
		}
	}
	want("")
	p := b.create(b.ask("north", "Nord"))
	want("Nord north")
	q := neighbour.create(neighbour.ask("south", "Aile"))
	want("Aile south, Nord north")
	_, err = neighbour.UpdateProject(t.Context(), p.ID, ProjectPatch{Name: api.Some("Abri")})
	wantNone(t, err)
	want("Abri north, Aile south")
	_, err = b.UpdateProject(t.Context(), p.ID, ProjectPatch{Active: api.Some(false)})
	wantNone(t, err)
	want("Aile south")
	wantNone(t, neighbour.DeleteProject(t.Context(), q.ID))
	want("")
}
