package scolarite

import (
	"context"
	"database/sql"
	"errors"

	"intendant/db"
)

// parcoursPartition is the name of the partition that follows the parcours of
// a semester: each has a group there, named by its code, and a student's group
// is his parcours. Its groups are not for editing; who is in them is.
const parcoursPartition = "Parcours"

func isParcoursPartition(p db.Partition) bool {
	return p.PartitionName != nil && *p.PartitionName == parcoursPartition
}

// syncParcoursPartition brings the partition Parcours of a semester up to date:
// made when the semester has parcours, it gains a group for each of them and
// loses the empty groups of those that have left. A student without a parcours
// takes that of his group; one with a parcours goes to its group.
func (s *Service) syncParcoursPartition(ctx context.Context, q *db.Queries, sem db.FormSemestre) error {
	parcours, err := q.ParcoursToGroup(ctx, sem.ID)
	if err != nil {
		return err
	}
	name := parcoursPartition
	row, err := q.PartitionNamed(ctx, db.PartitionNamedParams{FormsemestreID: sem.ID, PartitionName: name})
	isNew := errors.Is(err, sql.ErrNoRows)
	if isNew && len(parcours) == 0 {
		return nil
	}
	var before any // nil when the partition is new
	if isNew {
		row, err = addParcoursPartition(ctx, q, sem.ID)
	} else if err == nil {
		before, err = partitionOf(ctx, q, row)
	}
	if err != nil {
		return err
	}
	if err := groupParcours(ctx, q, row, parcours); err != nil {
		return err
	}
	after, err := partitionOf(ctx, q, row)
	if err != nil {
		return err
	}
	action := "partition.update"
	if isNew {
		action = "partition.create"
	}
	return s.record(ctx, q, action, "partition", row.ID, name, before, after)
}

// addParcoursPartition adds the partition Parcours, without groups, after the
// others of a semester.
func addParcoursPartition(ctx context.Context, q *db.Queries, formsemestreID int64) (db.Partition, error) {
	last, err := q.NextPartitionNumero(ctx, formsemestreID)
	if err != nil {
		return db.Partition{}, err
	}
	name := parcoursPartition
	return q.AddPartition(ctx, db.AddPartitionParams{FormsemestreID: formsemestreID, PartitionName: &name, Numero: last, ShowInLists: true})
}

// groupParcours gives each parcours its group in the partition Parcours, and
// each student the group of his parcours or the parcours of his group.
func groupParcours(ctx context.Context, q *db.Queries, partition db.Partition, parcours []db.Parcours) error {
	groups, err := q.GroupesOfPartition(ctx, partition.ID)
	if err != nil {
		return err
	}
	last, err := q.NextGroupeNumero(ctx, partition.ID)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(groups))
	for _, g := range groups {
		known[textOrEmpty(g.GroupName)] = true
	}
	for _, p := range parcours {
		if known[p.Code] {
			continue
		}
		known[p.Code] = true
		if _, err := q.AddGroupe(ctx, db.AddGroupeParams{PartitionID: partition.ID, GroupName: &p.Code, Numero: last}); err != nil {
			return err
		}
		last++
	}
	err = q.ParcoursFollowGroupes(ctx, db.ParcoursFollowGroupesParams{PartitionID: partition.ID, FormsemestreID: partition.FormsemestreID})
	if err != nil {
		return err
	}
	err = q.GroupesFollowParcours(ctx, db.GroupesFollowParcoursParams{PartitionID: partition.ID, FormsemestreID: partition.FormsemestreID})
	if err != nil {
		return err
	}
	return q.DropEmptyGroupesWithoutParcours(ctx, db.DropEmptyGroupesWithoutParcoursParams{
		PartitionID: partition.ID, FormsemestreID: partition.FormsemestreID,
	})
}
