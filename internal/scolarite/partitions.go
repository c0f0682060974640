package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// partitionRoutes are the entries of "API Groupes et partitions".
func (s *Service) partitionRoutes() []api.Route { return nil }

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

// groupsByEtudid returns the groups of the students of a semester, by etudid
// and in the order of the partitions; the default partition is left out.
func (s *Service) groupsByEtudid(_ context.Context, _ *db.Queries, _ int64) (map[int64][]EtudGroup, error) {
	return nil, notYet("groupsByEtudid")
}

// addDefaultPartition gives a new semester the partition of everybody and
// returns its only group.
func addDefaultPartition(_ context.Context, _ *db.Queries, _ int64) (groupID int64, err error) {
	return 0, notYet("addDefaultPartition")
}

// joinGroup puts a student into a group, and out of the others of its
// partition. NotFound when the group is of another semester.
func joinGroup(_ context.Context, _ *db.Queries, _ db.FormSemestre, _, _ int64) error {
	return notYet("joinGroup")
}

// leaveGroups takes a student out of every group of a semester, the default
// one included.
func leaveGroups(_ context.Context, _ *db.Queries, _, _ int64) error {
	return notYet("leaveGroups")
}
