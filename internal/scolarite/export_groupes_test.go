package scolarite

// What the tests of groups call without going through a request.
var (
	SyncParcoursPartition = (*Service).syncParcoursPartition
	GroupsByEtudid        = (*Service).groupsByEtudid
	AddDefaultPartition   = addDefaultPartition
	JoinGroup             = joinGroup
	LeaveGroups           = leaveGroups
)
