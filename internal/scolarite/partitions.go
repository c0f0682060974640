package scolarite

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// partitionRoutes are the entries of "API Groupes et partitions".
func (s *Service) partitionRoutes() []api.Route {
	return slices.Concat([]api.Route{
		api.Get("formsemestre_partitions", ScoView, s.formSemestrePartitions, "/formsemestre/{formsemestre_id:int}/partitions").
			Doc("Liste de toutes les partitions d'un formsemestre.").
			Describe("Un objet : chaque partition par son id, dans leur ordre, avec ses groupes par leur id. La partition par défaut, de tous les inscrits, n'y est pas."),
		api.Get("partition_info", ScoView, s.partitionInfo, "/partition/{partition_id:int}").
			Doc("Info sur une partition.").
			Describe("La partition et ses groupes, par leur id et dans leur ordre. Celle par défaut n'a pas de nom (null), son groupe non plus."),
		api.Post("partition_create", ScoView, s.partitionCreate, "/formsemestre/{formsemestre_id:int}/partition/create").Refuses(400).
			Doc("Création d'une partition dans un semestre.").
			Describe("Seul `partition_name` est obligatoire : 32 caractères au plus, unique dans le semestre, « Parcours » est réservé. Sans `numero` la partition vient la dernière." + whoChangesGroups),
		api.Post("partition_edit", ScoView, s.partitionEdit, "/partition/{partition_id:int}/edit").Refuses(400).
			Doc("Modification d'une partition dans un semestre.").
			Describe("Tous les champs sont optionnels. Ni la partition par défaut ni celle des parcours ne changent de nom ou de `groups_editable`." + whoChangesGroups),
		api.Post("partition_delete", ScoView, s.partitionDelete, "/partition/{partition_id:int}/delete").Refuses(400).
			Doc("Suppression d'une partition (et de tous ses groupes).").
			Describe("Note 1: La partition par défaut (tous les étudiants du sem.) ne peut pas être supprimée.\n\nNote 2: Si la partition de parcours est supprimée, les étudiants sont désinscrits des parcours." + whoChangesGroups),
		api.Post("formsemestre_set_partitions_order", ScoView, s.setPartitionsOrder, "/formsemestre/{formsemestre_id:int}/partitions/order").Refuses(400).
			Doc("Modifie l'ordre des partitions du formsemestre.").
			Describe("Le corps est la liste des ids des partitions du semestre dans l'ordre voulu ; celles qui n'y sont pas suivent dans le leur, et celle par défaut reste la première." + whoChangesGroups),
		api.Post("partition_order_groups", ScoView, s.partitionOrderGroups, "/partition/{partition_id:int}/groups/order").Refuses(400).
			Doc("Modifie l'ordre des groupes de la partition.").
			Describe("Le corps est la liste des ids des groupes de la partition dans l'ordre voulu ; ceux qui n'y sont pas suivent dans le leur." + whoChangesGroups),
		api.Post("partition_remove_etud", ScoView, s.partitionRemoveEtud, "/partition/{partition_id:int}/remove_etudiant/{etudid:int}").
			Doc("Enlève l'étudiant de tous les groupes de cette partition.").
			Describe("(NB: en principe, un étudiant ne doit être que dans 0 ou 1 groupe d'une partition)\n\nS'il n'est dans aucun, ne fait rien. Hors de la partition des parcours, il n'a plus de parcours." + whoChangesGroups),
	}, s.groupRoutes())
}

// whoChangesGroups ends the description of every entry that changes groups.
const whoChangesGroups = "\n\nRéservé aux personnes ayant EtudChangeGroups et aux responsables du semestre, qui ne doit pas être verrouillé."

const (
	maxPartitionName = 32
	maxGroupName     = 64
)

var errNotEditable = errs.New(errs.Forbidden, "partition_not_editable", "partition non editable")

// PartitionHead is a partition without its groups.
type PartitionHead struct {
	ID             int64   `json:"id"`
	PartitionID    int64   `json:"partition_id"`
	FormSemestreID int64   `json:"formsemestre_id"`
	PartitionName  *string `json:"partition_name"` // null for the default partition
	Numero         int64   `json:"numero"`
	BulShowRank    bool    `json:"bul_show_rank"`
	ShowInLists    bool    `json:"show_in_lists"`
	GroupsEditable bool    `json:"groups_editable"`
}

// Partition is a way to split the students of a semester: each is in one of its
// groups at most.
type Partition struct {
	PartitionHead
	Groups Ordered[Group] `json:"groups"` // by id, in their order
}

// Group is a group of a partition.
type Group struct {
	ID          int64   `json:"id"`
	GroupID     int64   `json:"group_id"`
	PartitionID int64   `json:"partition_id"`
	GroupName   *string `json:"group_name"` // null in the default partition
	Numero      int64   `json:"numero"`
	EdtID       *string `json:"edt_id"` // in the timetables, several separated by commas
}

// EtudGroup is a group that a student is in, and its partition.
type EtudGroup struct {
	PartitionID    int64   `json:"partition_id"`
	PartitionName  *string `json:"partition_name"`
	FormSemestreID int64   `json:"formsemestre_id"`
	Numero         int64   `json:"numero"` // of the partition
	BulShowRank    bool    `json:"bul_show_rank"`
	ShowInLists    bool    `json:"show_in_lists"`
	GroupsEditable bool    `json:"groups_editable"`
	ID             int64   `json:"id"` // of the group
	GroupID        int64   `json:"group_id"`
	GroupName      *string `json:"group_name"`
	EdtID          *string `json:"edt_id"`
}

// partitionsRef names a semester whose partitions are meant.
type partitionsRef struct {
	FormSemestreID int64 `path:"formsemestre_id"`
}

type partitionRef struct {
	PartitionID int64 `path:"partition_id"`
}

// newPartition is a partition to make.
type newPartition struct {
	partitionsRef
	PartitionName  string         `json:"partition_name"`
	Numero         api.Opt[int64] `json:"numero" ge:"0" le:"1000000"`
	BulShowRank    api.Opt[bool]  `json:"bul_show_rank"`
	ShowInLists    api.Opt[bool]  `json:"show_in_lists"`
	GroupsEditable api.Opt[bool]  `json:"groups_editable"`
}

// partitionChange is what to change of a partition; null changes nothing.
type partitionChange struct {
	partitionRef
	PartitionName  api.Opt[string] `json:"partition_name"`
	Numero         api.Opt[int64]  `json:"numero" ge:"0" le:"1000000"`
	BulShowRank    api.Opt[bool]   `json:"bul_show_rank"`
	ShowInLists    api.Opt[bool]   `json:"show_in_lists"`
	GroupsEditable api.Opt[bool]   `json:"groups_editable"`
}

type partitionsOrder struct {
	partitionsRef
	IDs []int64 `body:""`
}

type groupsOrder struct {
	partitionRef
	IDs []int64 `body:""`
}

type partitionMember struct {
	partitionRef
	Etudid int64 `path:"etudid"`
}

// PartitionEtud says whom a change of a partition was about.
type PartitionEtud struct {
	PartitionID int64 `json:"partition_id"`
	Etudid      int64 `json:"etudid"`
}

// formSemestrePartitions returns the partitions of a semester by id, the
// default one left out. NotFound if the semester is unknown.
func (s *Service) formSemestrePartitions(ctx context.Context, in partitionsRef) (Ordered[Partition], error) {
	out := Ordered[Partition]{}
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
		if err != nil {
			return err
		}
		partitions, err := namedPartitions(ctx, q, sem.ID)
		for _, p := range partitions {
			out.AddID(p.ID, p)
		}
		return err
	})
	return out, err
}

// partitionInfo returns a partition, be it the default one. NotFound if it is
// unknown.
func (s *Service) partitionInfo(ctx context.Context, in partitionRef) (Partition, error) {
	q := s.Store.Read()
	row, _, err := visiblePartition(ctx, q, in.PartitionID)
	if err != nil {
		return Partition{}, err
	}
	return partitionOf(ctx, q, row)
}

// partitionCreate adds a partition to a semester. Invalid (400) if its name is
// empty, too long, taken or reserved; Forbidden if the caller may not change
// groups or the semester is locked.
func (s *Service) partitionCreate(ctx context.Context, in newPartition) (Partition, error) {
	var out Partition
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
		if err != nil {
			return err
		}
		if err := mayChangeGroups(ctx, q, sem); err != nil {
			return err
		}
		name, err := freePartitionName(ctx, q, db.Partition{FormsemestreID: sem.ID}, in.PartitionName)
		if err != nil {
			return err
		}
		last, err := q.NextPartitionNumero(ctx, sem.ID)
		if err != nil {
			return err
		}
		row, err := q.AddPartition(ctx, db.AddPartitionParams{
			FormsemestreID: sem.ID, PartitionName: &name, Numero: in.Numero.Or(last), BulShowRank: in.BulShowRank.Or(false),
			ShowInLists: in.ShowInLists.Or(true), GroupsEditable: in.GroupsEditable.Or(true),
		})
		if err != nil {
			return err
		}
		out = partitionWith(row, nil)
		return s.record(ctx, q, "partition.create", "partition", row.ID, name, nil, out)
	})
	return out, err
}

// CreatePartition adds a partition to a semester, with ranks within its groups
// on bulletins if asked; see partitionCreate for its errors.
func (s *Service) CreatePartition(ctx context.Context, formsemestreID int64, name string, withRanks bool) (Partition, error) {
	return s.partitionCreate(ctx, newPartition{
		partitionsRef: partitionsRef{formsemestreID}, PartitionName: name, BulShowRank: api.Some(withRanks),
	})
}

// partitionEdit changes what was sent of a partition. Invalid (400) for a name
// that will not do, or when a reserved partition would lose its own; Forbidden
// as for [Service.partitionCreate].
func (s *Service) partitionEdit(ctx context.Context, in partitionChange) (Partition, error) {
	var after Partition
	err := s.changePartition(ctx, in.PartitionID, func(ctx context.Context, q *db.Queries, row db.Partition) error {
		before, err := partitionOf(ctx, q, row)
		if err != nil {
			return err
		}
		if err := in.apply(ctx, q, &row); err != nil {
			return err
		}
		err = q.UpdatePartition(ctx, db.UpdatePartitionParams{
			PartitionName: row.PartitionName, Numero: row.Numero, BulShowRank: row.BulShowRank, ShowInLists: row.ShowInLists,
			GroupsEditable: row.GroupsEditable, ID: row.ID,
		})
		if err != nil {
			return err
		}
		if after, err = partitionOf(ctx, q, row); err != nil {
			return err
		}
		return s.record(ctx, q, "partition.update", "partition", row.ID, textOrEmpty(row.PartitionName), before, after)
	})
	return after, err
}

// apply puts what was sent into the row of a partition.
func (in partitionChange) apply(ctx context.Context, q *db.Queries, row *db.Partition) error {
	isReserved := row.PartitionName == nil || isParcoursPartition(*row)
	if name, ok := in.PartitionName.Get(); ok && (row.PartitionName == nil || name != *row.PartitionName) {
		if isReserved {
			return errs.NewInvalid("partition_name", "partition_reserved", "cette partition ne peut être renommée")
		}
		name, err := freePartitionName(ctx, q, *row, name)
		if err != nil {
			return err
		}
		row.PartitionName = &name
	}
	if editable := in.GroupsEditable.Or(row.GroupsEditable); isReserved && editable != row.GroupsEditable {
		return errs.NewInvalid("groups_editable", "partition_reserved", "les groupes de cette partition ne peuvent être rendus éditables")
	}
	row.Numero = in.Numero.Or(row.Numero)
	row.BulShowRank = in.BulShowRank.Or(row.BulShowRank)
	row.ShowInLists = in.ShowInLists.Or(row.ShowInLists)
	row.GroupsEditable = in.GroupsEditable.Or(row.GroupsEditable)
	return nil
}

// partitionDelete removes a partition and its groups; their students stay
// registered, without a parcours when it was the partition of these. Invalid
// (400) for the default partition; Forbidden as for [Service.partitionCreate].
func (s *Service) partitionDelete(ctx context.Context, in partitionRef) (OK, error) {
	return done, s.changePartition(ctx, in.PartitionID, func(ctx context.Context, q *db.Queries, row db.Partition) error {
		if row.PartitionName == nil {
			return errs.New(errs.Invalid, "partition_default", "la partition par défaut ne peut être supprimée")
		}
		before, err := partitionOf(ctx, q, row)
		if err != nil {
			return err
		}
		if isParcoursPartition(row) {
			if err := q.LeaveAllParcours(ctx, row.FormsemestreID); err != nil {
				return err
			}
		}
		if err := q.DeletePartition(ctx, row.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "partition.delete", "partition", row.ID, *row.PartitionName, before, nil)
	})
}

// setPartitionsOrder numbers the partitions of a semester from 1, those of the
// body first and the others after them as they were, and returns them in their
// new order. The default one stays before all, named or not. Invalid (400) for
// a partition of another semester, or one named twice; Forbidden as for
// [Service.partitionCreate].
func (s *Service) setPartitionsOrder(ctx context.Context, in partitionsOrder) ([]Partition, error) {
	var out []Partition
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
		if err != nil {
			return err
		}
		if err := mayChangeGroups(ctx, q, sem); err != nil {
			return err
		}
		all, err := q.PartitionsOf(ctx, sem.ID)
		if err != nil {
			return err
		}
		var before []int64
		wanted := in.IDs
		for _, p := range all {
			if p.PartitionName != nil {
				before = append(before, p.ID)
			} else {
				wanted = slices.DeleteFunc(slices.Clone(wanted), func(id int64) bool { return id == p.ID })
			}
		}
		after, ok := broughtForward(before, wanted)
		if !ok {
			return errs.New(errs.Invalid, "partitions_order", "liste de partitions invalide : celles du semestre, une fois chacune")
		}
		for i, id := range after {
			if err := q.NumberPartition(ctx, db.NumberPartitionParams{Numero: int64(i + 1), ID: id}); err != nil {
				return err
			}
		}
		if out, err = namedPartitions(ctx, q, sem.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "formsemestre.order_partitions", "formsemestre", sem.ID, titreNum(sem), before, after)
	})
	return out, err
}

// partitionOrderGroups numbers the groups of a partition from 0, those of the
// body first and the others after them as they were. Invalid (400) for a group
// of another partition, or one named twice; Forbidden as for
// [Service.partitionCreate].
func (s *Service) partitionOrderGroups(ctx context.Context, in groupsOrder) (Partition, error) {
	var out Partition
	err := s.changePartition(ctx, in.PartitionID, func(ctx context.Context, q *db.Queries, row db.Partition) error {
		groups, err := q.GroupesOfPartition(ctx, row.ID)
		if err != nil {
			return err
		}
		before := idsOf(groups, func(g db.Groupe) int64 { return g.ID })
		after, ok := broughtForward(before, in.IDs)
		if !ok {
			return errs.New(errs.Invalid, "groups_order", "liste de groupes invalide : ceux de la partition, une fois chacun")
		}
		for i, id := range after {
			if err := q.NumberGroupe(ctx, db.NumberGroupeParams{Numero: int64(i), ID: id}); err != nil {
				return err
			}
		}
		if out, err = partitionOf(ctx, q, row); err != nil {
			return err
		}
		return s.record(ctx, q, "partition.order_groups", "partition", row.ID, textOrEmpty(row.PartitionName), before, after)
	})
	return out, err
}

// partitionRemoveEtud takes a student out of a partition; it is no error if he
// is not in it. Forbidden for the default partition, and as for
// [Service.partitionCreate].
func (s *Service) partitionRemoveEtud(ctx context.Context, in partitionMember) (PartitionEtud, error) {
	out := PartitionEtud{in.PartitionID, in.Etudid}
	return out, s.changePartition(ctx, in.PartitionID, func(ctx context.Context, q *db.Queries, row db.Partition) error {
		if _, err := visibleEtudiant(ctx, q, in.Etudid); err != nil {
			return err
		}
		return s.leavePartition(ctx, q, row, in.Etudid, 0)
	})
}

// changePartition runs change on a partition whose groups ctx's caller may
// change, in one transaction. NotFound if it is unknown, Forbidden if he may
// not or the semester is locked.
func (s *Service) changePartition(ctx context.Context, id int64, change func(context.Context, *db.Queries, db.Partition) error) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, sem, err := visiblePartition(ctx, q, id)
		if err != nil {
			return err
		}
		if err := mayChangeGroups(ctx, q, sem); err != nil {
			return err
		}
		return change(ctx, q, row)
	})
}

// partitionOf returns a partition as answers show it.
func partitionOf(ctx context.Context, q *db.Queries, row db.Partition) (Partition, error) {
	groups, err := q.GroupesOfPartition(ctx, row.ID)
	return partitionWith(row, groups), err
}

// namedPartitions returns the partitions of a semester in their order, the
// default one left out.
func namedPartitions(ctx context.Context, q *db.Queries, formsemestreID int64) ([]Partition, error) {
	rows, err := q.PartitionsOf(ctx, formsemestreID)
	if err != nil {
		return nil, err
	}
	groups, err := q.GroupesOfFormSemestre(ctx, formsemestreID)
	if err != nil {
		return nil, err
	}
	within := make(map[int64][]db.Groupe, len(rows))
	for _, g := range groups {
		within[g.PartitionID] = append(within[g.PartitionID], g)
	}
	partitions := []Partition{}
	for _, row := range rows {
		if row.PartitionName != nil {
			partitions = append(partitions, partitionWith(row, within[row.ID]))
		}
	}
	return partitions, nil
}

func partitionWith(row db.Partition, groups []db.Groupe) Partition {
	p := Partition{PartitionHead: partitionHeadOf(row), Groups: Ordered[Group]{}}
	for _, g := range groups {
		p.Groups.AddID(g.ID, groupOf(g))
	}
	return p
}

func partitionHeadOf(row db.Partition) PartitionHead {
	return PartitionHead{
		ID: row.ID, PartitionID: row.ID, FormSemestreID: row.FormsemestreID, PartitionName: row.PartitionName, Numero: row.Numero,
		BulShowRank: row.BulShowRank, ShowInLists: row.ShowInLists, GroupsEditable: row.GroupsEditable,
	}
}

func groupOf(row db.Groupe) Group {
	return Group{ID: row.ID, GroupID: row.ID, PartitionID: row.PartitionID, GroupName: row.GroupName, Numero: row.Numero, EdtID: row.EdtID}
}

// freePartitionName returns a name for a partition without the blanks around
// it. Invalid if it is empty, too long, reserved, or another partition's of the
// semester.
func freePartitionName(ctx context.Context, q *db.Queries, row db.Partition, name string) (string, error) {
	name, err := nameWithin("partition_name", name, maxPartitionName)
	if err != nil {
		return "", err
	}
	if name == parcoursPartition {
		return "", errs.NewInvalid("partition_name", "partition_name_reserved", "nom de partition réservé : "+parcoursPartition)
	}
	rows, err := q.PartitionsOf(ctx, row.FormsemestreID)
	if err != nil {
		return "", err
	}
	for _, p := range rows {
		if p.ID != row.ID && p.PartitionName != nil && *p.PartitionName == name {
			return "", errs.NewInvalid("partition_name", "partition_name_taken", "une partition de ce nom existe déjà dans ce semestre")
		}
	}
	return name, nil
}

// nameWithin returns a name without the blanks around it; Invalid if it is
// empty, longer than limit characters, or has a control character.
func nameWithin(field, name string, limit int) (string, error) {
	name = strings.TrimSpace(name)
	fault := errs.Fault{Loc: []any{field}, Input: name}
	switch {
	case name == "":
		fault.Code, fault.Ctx = "string_too_short", map[string]any{"min_length": 1}
	case utf8.RuneCountInString(name) > limit:
		fault.Code, fault.Ctx = "string_too_long", map[string]any{"max_length": limit}
	case strings.ContainsFunc(name, unicode.IsControl):
		fault.Code = "value_error"
	default:
		return name, nil
	}
	return "", errs.Faulty([]errs.Fault{fault})
}

func idsOf[T any](rows []T, id func(T) int64) []int64 {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = id(row)
	}
	return ids
}

// broughtForward returns ids with some of them first, the others in the order
// they have. ok is false when one of those is not in ids, or is there twice.
func broughtForward(ids, first []int64) (out []int64, ok bool) {
	for i, id := range first {
		if !slices.Contains(ids, id) || slices.Contains(first[:i], id) {
			return nil, false
		}
	}
	others := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(first, id) })
	return slices.Concat(first, others), true
}

// groupsByEtudid returns the groups of the students of a semester, by etudid
// and in the order of the partitions; the default partition is left out.
func (s *Service) groupsByEtudid(ctx context.Context, q *db.Queries, formsemestreID int64) (map[int64][]EtudGroup, error) {
	rows, err := q.EtudGroupsOf(ctx, formsemestreID)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]EtudGroup, len(rows))
	for _, r := range rows {
		byID[r.ID] = EtudGroup{
			PartitionID: r.PartitionID, PartitionName: r.PartitionName, FormSemestreID: r.FormsemestreID, Numero: r.Numero,
			BulShowRank: r.BulShowRank, ShowInLists: r.ShowInLists, GroupsEditable: r.GroupsEditable,
			ID: r.ID, GroupID: r.ID, GroupName: r.GroupName, EdtID: r.EdtID,
		}
	}
	membres, err := q.MembresOf(ctx, formsemestreID)
	if err != nil {
		return nil, err
	}
	groups := map[int64][]EtudGroup{}
	for _, m := range membres {
		if group, ok := byID[m.GroupID]; ok { // else made since
			groups[m.Etudid] = append(groups[m.Etudid], group)
		}
	}
	return groups, nil
}

// addDefaultPartition gives a new semester the partition of everybody and
// returns its only group.
func addDefaultPartition(ctx context.Context, q *db.Queries, formsemestreID int64) (groupID int64, err error) {
	partition, err := q.AddPartition(ctx, db.AddPartitionParams{FormsemestreID: formsemestreID})
	if err != nil {
		return 0, err
	}
	group, err := q.AddGroupe(ctx, db.AddGroupeParams{PartitionID: partition.ID})
	return group.ID, err
}

// joinGroup puts a student registered in a semester into a group, and out of
// the others of its partition; a group of the partition Parcours gives him its
// parcours. NotFound when the group is of another semester.
func joinGroup(ctx context.Context, q *db.Queries, sem db.FormSemestre, groupID, etudid int64) error {
	group, partition, of, err := visibleGroup(ctx, q, groupID)
	if err == nil && of.ID != sem.ID {
		err = errs.New(errs.NotFound, "group_unknown", "groupe inconnu")
	}
	if err != nil {
		return err
	}
	if err := q.JoinGroupe(ctx, db.JoinGroupeParams{GroupID: group.ID, PartitionID: partition.ID, Etudid: etudid}); err != nil {
		return err
	}
	if !isParcoursPartition(partition) {
		return nil
	}
	return q.ParcoursFollowsGroupe(ctx, db.ParcoursFollowsGroupeParams{Code: textOrEmpty(group.GroupName), FormsemestreID: sem.ID, Etudid: etudid})
}

// leaveGroups takes a student out of every group of a semester, the default
// one included.
func leaveGroups(ctx context.Context, q *db.Queries, formsemestreID, etudid int64) error {
	return q.LeavePartitionsOf(ctx, db.LeavePartitionsOfParams{Etudid: etudid, FormsemestreID: formsemestreID})
}
