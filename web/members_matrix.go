package web

import (
	"context"
	"fmt"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/projets"
	"intendant/web/catalog"
)

// module is a part of a project that users have a right to.
type module struct {
	field, label string
	level        func(projets.Rights) int64
	set          func(*projets.Membership, int64)
}

// modules are the columns of the matrix of rights, in order.
var modules = []module{
	{
		"room_rights", "members.room", func(r projets.Rights) int64 { return r.Room },
		func(m *projets.Membership, v int64) { m.RoomRights = api.Some(v) },
	},
	{
		"equipment_rights", "members.equipment", func(r projets.Rights) int64 { return r.Equipment },
		func(m *projets.Membership, v int64) { m.EquipmentRights = api.Some(v) },
	},
	{
		"tender_rights", "members.tender", func(r projets.Rights) int64 { return r.Tender },
		func(m *projets.Membership, v int64) { m.TenderRights = api.Some(v) },
	},
	{
		"consignation_rights", "members.consignation", func(r projets.Rights) int64 { return r.Consignation },
		func(m *projets.Membership, v int64) { m.ConsignationRights = api.Some(v) },
	},
	{
		"system_rights", "members.system", func(r projets.Rights) int64 { return r.System },
		func(m *projets.Membership, v int64) { m.SystemRights = api.Some(v) },
	},
	{
		"modelstore_rights", "members.modelstore", func(r projets.Rights) int64 { return r.Modelstore },
		func(m *projets.Membership, v int64) { m.ModelstoreRights = api.Some(v) },
	},
	{
		"room_surface_treatment_rights", "members.surface", func(r projets.Rights) int64 { return r.RoomSurfaceTreatment },
		func(m *projets.Membership, v int64) { m.RoomSurfaceTreatmentRights = api.Some(v) },
	},
}

// flag is a power that a user of a project has or lacks.
type flag struct {
	field, label, hint, short string
	isSet                     func(projets.ProjectUser) bool
	set                       func(*projets.Membership, bool)
}

// flags come after the modules.
var flags = []flag{
	{
		"superuser", "members.superuser", "members.superuser_hint", "members.superuser_short",
		func(u projets.ProjectUser) bool { return u.Superuser != nil && *u.Superuser },
		func(m *projets.Membership, v bool) { m.Superuser = api.Some(v) },
	},
	{
		"addon_admin", "members.addon_admin", "members.addon_admin_hint", "members.addon_admin_short",
		func(u projets.ProjectUser) bool { return u.AddonAdmin },
		func(m *projets.Membership, v bool) { m.AddonAdmin = api.Some(v) },
	},
	{
		"no_web_admin_access", "members.no_web", "members.no_web_hint", "members.no_web_short",
		func(u projets.ProjectUser) bool { return u.NoWebAdminAccess },
		func(m *projets.Membership, v bool) { m.NoWebAdminAccess = api.Some(v) },
	},
}

// levels are the rights to choose from.
func levels(lang catalog.Lang) []choice {
	choices := make([]choice, 0, projets.None)
	for level := projets.Full; level <= projets.None; level++ {
		choices = append(choices, choice{strconv.FormatInt(level, 10), lang.Text(fmt.Sprintf("members.level_%d", level))})
	}
	return choices
}

// memberField is the name of a field of a user's place in a project.
func memberField(name string) string { return "project_user[" + name + "]" }

// formOfMember returns the form of a user's place as it is.
func formOfMember(u projets.ProjectUser) form {
	f := formWith()
	for _, m := range modules {
		f.values.Set(memberField(m.field), strconv.FormatInt(m.level(u.Rights), 10))
	}
	for _, flag := range flags {
		f.values.Set(memberField(flag.field), strconv.FormatBool(flag.isSet(u)))
	}
	return f
}

// rightFields are the fields of a user's rights, and of his powers.
func rightFields(lang catalog.Lang, f form) (rights, powers []field) {
	for _, m := range modules {
		x := newField(lang, f, memberField(m.field), m.label, nil)
		x.Choices = levels(lang)
		rights = append(rights, x)
	}
	for _, flag := range flags {
		powers = append(powers, newField(lang, f, memberField(flag.field), flag.label, []string{"unticked=false", "wide", "hint=" + flag.hint}))
	}
	return rights, powers
}

// memberMatrix is the users of a project against their rights.
type memberMatrix struct {
	Project projets.Project
	Form    form
	Rows    []memberRow
	Modules []module
	Flags   []flag
	Levels  []choice
	CanEdit bool
}

// Label is the catalog's key of the column.
func (m module) Label() string { return m.label }

// Label is the catalog's key of the power, Short that of its column.
func (f flag) Label() string { return f.label }

// Short is the catalog's key of the column.
func (f flag) Short() string { return f.short }

// memberRow is a user of a project with a cell for each column.
type memberRow struct {
	memberLine
	Levels, Flags []memberCell
}

// memberCell is a right of a user, or a power.
type memberCell struct {
	Name  string // of its field in the form
	Label string // for a screen reader
	Value string // a level
	IsSet bool
}

// cellName is the field of a user's right in the matrix; no user name has the
// separator in.
func cellName(userName, field string) string { return userName + cellSeparator + field }

// matrixOf returns the matrix of a project; NotFound for one whose users the
// reader may not see. err is why a change was refused, nil for none.
func (a *Admin) matrixOf(ctx context.Context, projectID int64, err error) (memberMatrix, error) {
	lang := language(ctx)
	matrix := memberMatrix{Form: formWith(), Modules: modules, Flags: flags, Levels: levels(lang)}
	scope, missing := a.Projets.Manages(ctx, api.CallerFrom(ctx), projets.Read)
	if missing == nil && !scope.Holds(projectID) {
		missing = errs.New(errs.NotFound, "project_unknown", "Not Found")
	}
	if missing != nil {
		return matrix, missing
	}
	if matrix.Project, missing = a.Projets.Project(ctx, projectID); missing != nil {
		return matrix, missing
	}
	if matrix.CanEdit, missing = a.mayEditMembers(ctx, projectID); missing != nil {
		return matrix, missing
	}
	if err != nil {
		f, err := a.formSent(ctx, err)
		if err != nil {
			return matrix, err
		}
		matrix.Form = f.unplaced()
	}
	lines, missing := a.memberLines(ctx, []projets.Project{matrix.Project})
	if missing != nil {
		return matrix, missing
	}
	sortLines(ctx, lines, memberSorters...)
	for _, line := range lines {
		matrix.Rows = append(matrix.Rows, rowOf(lang, line))
	}
	return matrix, nil
}

func rowOf(lang catalog.Lang, line memberLine) memberRow {
	row := memberRow{memberLine: line}
	for _, m := range modules {
		row.Levels = append(row.Levels, memberCell{
			Name: cellName(line.UserName, m.field), Label: line.Name() + " : " + lang.Text(m.label), Value: strconv.FormatInt(m.level(line.Rights), 10),
		})
	}
	for _, f := range flags {
		row.Flags = append(row.Flags, memberCell{
			Name: cellName(line.UserName, f.field), Label: line.Name() + " : " + lang.Text(f.label), IsSet: f.isSet(line.ProjectUser),
		})
	}
	return row
}

// rightsForm is the matrix of a project as it was sent. Members are the rows
// that were shown: a user added since is left alone.
type rightsForm struct {
	api.Form
	ID      projets.Number `path:"id"`
	Members []string       `form:"member" default:""`
}

func (a *Admin) rightsPage(ctx context.Context, in projets.ProjectRef) (api.Result, error) {
	return api.Redirect{To: rightsPath(ctx, int64(in.ID))}, nil
}

func (a *Admin) saveRights(ctx context.Context, in rightsForm) (api.Result, error) {
	id := int64(in.ID)
	users, err := a.Projets.ProjectUsers(ctx, id)
	if err != nil {
		return nil, err
	}
	sent := form{values: in.Values}
	changes := map[string]projets.Membership{}
	for _, u := range users {
		if !sent.Has("member", u.UserName) {
			continue
		}
		changes[u.UserName] = membershipSent(sent, u)
	}
	changed, err := a.Projets.UpdateProjectUsers(ctx, id, changes)
	if err == nil && changed == 0 {
		return a.done(ctx, rightsPath(ctx, id), "members.matrix_same")
	}
	if err == nil {
		a.Identity.SetNotice(ctx, language(ctx).Count("members.matrix_saved", int64(changed)))
		return api.Redirect{To: rightsPath(ctx, id)}, nil
	}
	matrix, err := a.matrixOf(ctx, id, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "members/matrix", matrix)
}

// membershipSent returns what the row of a user changes.
func membershipSent(sent form, u projets.ProjectUser) projets.Membership {
	var change projets.Membership
	for _, m := range modules {
		if text := sent.Value(cellName(u.UserName, m.field)); text != "" {
			level, _ := strconv.ParseInt(text, 10, 64) // what is no number is no level
			m.set(&change, level)
		}
	}
	for _, f := range flags {
		if isSet := sent.Value(cellName(u.UserName, f.field)) != ""; isSet != f.isSet(u) {
			f.set(&change, isSet)
		}
	}
	return change
}
