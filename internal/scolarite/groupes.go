package scolarite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// groupRoutes are the entries of "API Groupes et partitions" about one group.
func (s *Service) groupRoutes() []api.Route {
	return []api.Route{
		api.Get("group_etudiants", ScoView, s.groupEtudiants, "/group/{group_id:int}/etudiants").
			Doc("Retourne la liste des étudiants dans un groupe (inscrits au groupe et inscrits au semestre).").
			Describe("Par nom, quel que soit l'état de leur inscription."),
		api.Get("group_etudiants_query", ScoView, s.groupEtudiantsQuery, "/group/{group_id:int}/etudiants/query").
			Doc("Étudiants du groupe, filtrés par état (aucun, I, D, DEF)").
			Describe("`etat` : I (inscrit), D (démission) ou DEF (défaillant). Sans lui, tous."),
		api.Post("group_create", ScoView, s.groupCreate, "/partition/{partition_id:int}/group/create").Refuses(400).
			Doc("Création d'un groupe dans une partition.").
			Describe("Seul `group_name` est obligatoire : 64 caractères au plus, unique dans la partition, dont les groupes doivent être éditables. Sans `numero` le groupe vient le dernier." + whoChangesGroups),
		api.Post("group_edit", ScoView, s.groupEdit, "/group/{group_id:int}/edit").Refuses(400).
			Doc("Édition d'un groupe.").
			Describe("On peut changer `group_name`, `numero` et `edt_id`, si les groupes de la partition sont éditables." + whoChangesGroups),
		api.Post("group_delete", ScoView, s.groupDelete, "/group/{group_id:int}/delete").
			Doc("Suppression d'un groupe.").
			Describe("Ses étudiants restent inscrits au semestre. Les groupes de la partition doivent être éditables." + whoChangesGroups),
		api.Post("group_set_edt_id", ScoView, s.groupSetEdtID, "/group/{group_id:int}/set_edt_id/{edt_id}").
			Doc("Set edt_id du groupe.").
			Describe("Contrairement à /edit, peut-être changé pour toute partition d'un formsemestre non verrouillé. Plusieurs identifiants se séparent par des virgules." + whoChangesGroups),
		api.Post("group_set_etudiant", ScoView, s.groupSetEtudiant, "/group/{group_id:int}/set_etudiant/{etudid:int}").
			Doc("Affecte l'étudiant au groupe indiqué.").
			Describe("Il quitte l'autre groupe de la partition. Un groupe de parcours lui donne ce parcours." + whoChangesGroups),
		api.Post("group_remove_etud", ScoView, s.groupRemoveEtud, "/group/{group_id:int}/remove_etudiant/{etudid:int}").
			Doc("Retire l'étudiant de ce groupe. S'il n'y est pas, ne fait rien.").
			Describe("Hors d'un groupe de parcours, il n'a plus de parcours." + whoChangesGroups),
	}
}

type groupRef struct {
	GroupID int64 `path:"group_id"`
}

type groupQuery struct {
	groupRef
	Etat string `query:"etat" default:""`
}

// newGroup is a group to make.
type newGroup struct {
	partitionRef
	GroupName string          `json:"group_name"`
	Numero    api.Opt[int64]  `json:"numero" ge:"0" le:"1000000"`
	EdtID     api.Opt[string] `json:"edt_id" maxlen:"255"`
}

// groupChange is what to change of a group: null clears edt_id, and nothing
// else.
type groupChange struct {
	groupRef
	GroupName api.Opt[string] `json:"group_name"`
	Numero    api.Opt[int64]  `json:"numero" ge:"0" le:"1000000"`
	EdtID     api.Opt[string] `json:"edt_id" maxlen:"255"`
}

type groupEdtID struct {
	groupRef
	EdtID string `path:"edt_id" maxlen:"255"`
}

type groupMember struct {
	groupRef
	Etudid int64 `path:"etudid"`
}

// GroupInPartition is a group just made, and its partition.
type GroupInPartition struct {
	Group
	Partition PartitionHead `json:"partition"`
}

// GroupEtud says whom a change of a group was about.
type GroupEtud struct {
	GroupID int64 `json:"group_id"`
	Etudid  int64 `json:"etudid"`
}

// membership is a student's place in a partition, as the journal keeps it.
type membership struct {
	Etudid  int64  `json:"etudid"`
	GroupID *int64 `json:"group_id"`
}

// groupEtudiants returns the students of a group by name. NotFound if it is
// unknown.
func (s *Service) groupEtudiants(ctx context.Context, in groupRef) ([]EtudShort, error) {
	return s.etudiantsOfGroup(ctx, in.GroupID, "")
}

// groupEtudiantsQuery returns the students of a group whose registration is in
// a state, "" for any. NotFound if the group or the state is unknown.
func (s *Service) groupEtudiantsQuery(ctx context.Context, in groupQuery) ([]EtudShort, error) {
	etat, err := etatAsked(in.Etat)
	if err != nil {
		return nil, err
	}
	return s.etudiantsOfGroup(ctx, in.GroupID, etat)
}

func (s *Service) etudiantsOfGroup(ctx context.Context, groupID int64, etat string) ([]EtudShort, error) {
	q := s.Store.Read()
	group, _, _, err := visibleGroup(ctx, q, groupID)
	if err != nil {
		return nil, err
	}
	rows, err := q.EtudiantsOfGroupe(ctx, db.EtudiantsOfGroupeParams{GroupID: group.ID, Etat: etat})
	if err != nil {
		return nil, err
	}
	return s.etudShorts(ctx, q, rows)
}

// groupCreate adds a group to a partition. Invalid (400) if its name is empty,
// too long or taken; Forbidden if the groups of the partition are not editable,
// if the caller may not change groups or if the semester is locked.
func (s *Service) groupCreate(ctx context.Context, in newGroup) (GroupInPartition, error) {
	var out GroupInPartition
	err := s.changePartition(ctx, in.PartitionID, func(ctx context.Context, q *db.Queries, partition db.Partition) error {
		if err := editableGroups(partition); err != nil {
			return err
		}
		name, err := freeGroupName(ctx, q, db.Groupe{PartitionID: partition.ID}, in.GroupName)
		if err != nil {
			return err
		}
		edtID, err := groupEdtIDFrom(in.EdtID.Or(""))
		if err != nil {
			return err
		}
		last, err := q.NextGroupeNumero(ctx, partition.ID)
		if err != nil {
			return err
		}
		row, err := q.AddGroupe(ctx, db.AddGroupeParams{
			PartitionID: partition.ID, GroupName: &name, Numero: in.Numero.Or(last), EdtID: edtID,
		})
		if err != nil {
			return err
		}
		out = GroupInPartition{Group: groupOf(row), Partition: partitionHeadOf(partition)}
		return s.record(ctx, q, "group.create", "group", row.ID, name, nil, out.Group)
	})
	return out, err
}

// CreateGroup adds a group to a partition; see groupCreate for its errors.
func (s *Service) CreateGroup(ctx context.Context, partitionID int64, name string) (Group, error) {
	group, err := s.groupCreate(ctx, newGroup{partitionRef: partitionRef{partitionID}, GroupName: name})
	return group.Group, err
}

// groupEdit changes what was sent of a group. It fails as
// [Service.groupCreate] does.
func (s *Service) groupEdit(ctx context.Context, in groupChange) (Group, error) {
	return s.changeGroup(ctx, in.GroupID, func(ctx context.Context, q *db.Queries, row *db.Groupe, partition db.Partition) error {
		if err := editableGroups(partition); err != nil {
			return err
		}
		if name, ok := in.GroupName.Get(); ok {
			name, err := freeGroupName(ctx, q, *row, name)
			if err != nil {
				return err
			}
			row.GroupName = &name
		}
		row.Numero = in.Numero.Or(row.Numero)
		if !in.EdtID.Set {
			return nil
		}
		var err error
		row.EdtID, err = groupEdtIDFrom(in.EdtID.Or(""))
		return err
	})
}

// groupSetEdtID sets the name of a group in the timetables, whatever its
// partition. Forbidden if the caller may not change groups or if the semester
// is locked.
func (s *Service) groupSetEdtID(ctx context.Context, in groupEdtID) (Group, error) {
	return s.changeGroup(ctx, in.GroupID, func(_ context.Context, _ *db.Queries, row *db.Groupe, _ db.Partition) (err error) {
		row.EdtID, err = groupEdtIDFrom(in.EdtID)
		return err
	})
}

// changeGroup runs change on the row of a group that ctx's caller may change,
// stores it and returns it as answers show it. NotFound if it is unknown,
// Forbidden if he may not or the semester is locked.
func (s *Service) changeGroup(ctx context.Context, id int64, change func(context.Context, *db.Queries, *db.Groupe, db.Partition) error) (Group, error) {
	var after Group
	err := s.withGroup(ctx, id, func(ctx context.Context, q *db.Queries, row db.Groupe, partition db.Partition, _ db.FormSemestre) error {
		before := groupOf(row)
		if err := change(ctx, q, &row, partition); err != nil {
			return err
		}
		err := q.UpdateGroupe(ctx, db.UpdateGroupeParams{GroupName: row.GroupName, Numero: row.Numero, EdtID: row.EdtID, ID: row.ID})
		if err != nil {
			return err
		}
		after = groupOf(row)
		return s.record(ctx, q, "group.update", "group", row.ID, textOrEmpty(row.GroupName), before, after)
	})
	return after, err
}

// groupDelete removes a group; its students stay registered. Forbidden as for
// [Service.groupCreate].
func (s *Service) groupDelete(ctx context.Context, in groupRef) (OK, error) {
	return done, s.withGroup(ctx, in.GroupID, func(ctx context.Context, q *db.Queries, row db.Groupe, partition db.Partition, _ db.FormSemestre) error {
		if err := editableGroups(partition); err != nil {
			return err
		}
		if err := q.DeleteGroupe(ctx, row.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "group.delete", "group", row.ID, textOrEmpty(row.GroupName), groupOf(row), nil)
	})
}

// groupSetEtudiant moves a student to a group, within its partition. NotFound
// if he is not registered in its semester; Forbidden for the group of
// everybody, if the caller may not change groups, or if the semester is locked.
func (s *Service) groupSetEtudiant(ctx context.Context, in groupMember) (GroupEtud, error) {
	return GroupEtud{in.GroupID, in.Etudid}, s.withGroup(ctx, in.GroupID, func(ctx context.Context, q *db.Queries, row db.Groupe, partition db.Partition, sem db.FormSemestre) error {
		if partition.PartitionName == nil {
			return errNotEditable
		}
		if err := registeredIn(ctx, q, sem, in.Etudid); err != nil {
			return err
		}
		before, err := membershipOf(ctx, q, partition, in.Etudid)
		if err != nil {
			return err
		}
		if err := joinGroup(ctx, q, sem, row.ID, in.Etudid); err != nil {
			return err
		}
		return s.record(ctx, q, "group.join", "group", row.ID, textOrEmpty(row.GroupName), before, membership{in.Etudid, &row.ID})
	})
}

// groupRemoveEtud takes a student out of a group; it is no error if he is not
// in it. Forbidden as for [Service.groupSetEtudiant].
func (s *Service) groupRemoveEtud(ctx context.Context, in groupMember) (GroupEtud, error) {
	return GroupEtud{in.GroupID, in.Etudid}, s.withGroup(ctx, in.GroupID, func(ctx context.Context, q *db.Queries, row db.Groupe, partition db.Partition, _ db.FormSemestre) error {
		if _, err := visibleEtudiant(ctx, q, in.Etudid); err != nil {
			return err
		}
		return s.leavePartition(ctx, q, partition, in.Etudid, row.ID)
	})
}

// withGroup runs change on a group whose students ctx's caller may move, in one
// transaction. NotFound if it is unknown, Forbidden if he may not or the
// semester is locked.
func (s *Service) withGroup(ctx context.Context, id int64, change func(context.Context, *db.Queries, db.Groupe, db.Partition, db.FormSemestre) error) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, partition, sem, err := visibleGroup(ctx, q, id)
		if err != nil {
			return err
		}
		if err := mayChangeGroups(ctx, q, sem); err != nil {
			return err
		}
		return change(ctx, q, row, partition, sem)
	})
}

// leavePartition takes a student out of a partition, and of its parcours when
// it is the partition of these; only if he is in the group groupID, unless that
// is 0. Forbidden for the default partition.
func (s *Service) leavePartition(ctx context.Context, q *db.Queries, partition db.Partition, etudid, groupID int64) error {
	if partition.PartitionName == nil {
		return errNotEditable
	}
	group, err := q.GroupeInPartition(ctx, db.GroupeInPartitionParams{PartitionID: partition.ID, Etudid: etudid})
	if errors.Is(err, sql.ErrNoRows) || err == nil && groupID != 0 && group.ID != groupID {
		return nil
	}
	if err != nil {
		return err
	}
	if err := q.LeavePartition(ctx, db.LeavePartitionParams{PartitionID: partition.ID, Etudid: etudid}); err != nil {
		return err
	}
	if isParcoursPartition(partition) {
		if err := q.LeaveParcours(ctx, db.LeaveParcoursParams{FormsemestreID: partition.FormsemestreID, Etudid: etudid}); err != nil {
			return err
		}
	}
	return s.record(ctx, q, "group.leave", "group", group.ID, textOrEmpty(group.GroupName), membership{etudid, &group.ID}, membership{Etudid: etudid})
}

// membershipOf returns a student's place in a partition.
func membershipOf(ctx context.Context, q *db.Queries, partition db.Partition, etudid int64) (membership, error) {
	group, err := q.GroupeInPartition(ctx, db.GroupeInPartitionParams{PartitionID: partition.ID, Etudid: etudid})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return membership{Etudid: etudid}, nil
	case err != nil:
		return membership{}, err
	}
	return membership{etudid, &group.ID}, nil
}

// registeredIn returns NotFound unless a student is registered in a semester.
func registeredIn(ctx context.Context, q *db.Queries, sem db.FormSemestre, etudid int64) error {
	if _, err := visibleEtudiant(ctx, q, etudid); err != nil {
		return err
	}
	is, err := q.IsInFormSemestre(ctx, db.IsInFormSemestreParams{FormsemestreID: sem.ID, Etudid: etudid})
	if err == nil && is == 0 {
		err = errs.New(errs.NotFound, "etudiant_not_registered", "étudiant non inscrit au semestre de ce groupe")
	}
	return err
}

// editableGroups returns Forbidden unless the groups of a partition may be
// made, changed and removed. Those of everybody and of parcours never may.
func editableGroups(partition db.Partition) error {
	if !partition.GroupsEditable || partition.PartitionName == nil || isParcoursPartition(partition) {
		return errNotEditable
	}
	return nil
}

// groupEdtIDFrom returns the name of a group in timetables without the blanks
// around it, nil for blanks. Invalid for what is no visible text.
func groupEdtIDFrom(text string) (*string, error) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return nil, errs.NewInvalid("edt_id", "value_error", "")
	}
	return textOrNil(strings.TrimSpace(text)), nil
}

// freeGroupName returns a name for a group without the blanks around it.
// Invalid if it is empty, too long, or another group's of the partition.
func freeGroupName(ctx context.Context, q *db.Queries, row db.Groupe, name string) (string, error) {
	name, err := nameWithin("group_name", name, maxGroupName)
	if err != nil {
		return "", err
	}
	groups, err := q.GroupesOfPartition(ctx, row.PartitionID)
	if err != nil {
		return "", err
	}
	for _, g := range groups {
		if g.ID != row.ID && g.GroupName != nil && *g.GroupName == name {
			return "", errs.NewInvalid("group_name", "group_name_taken", "un groupe de ce nom existe déjà dans cette partition")
		}
	}
	return name, nil
}
