package projets

import (
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// Scope is the part of the projects whose users a caller may see or change.
type Scope struct {
	All      bool
	Projects []int64 // when not All, in order, never empty
}

// Holds reports whether a project lies within the scope.
func (sc Scope) Holds(projectID int64) bool {
	_, found := slices.BinarySearch(sc.Projects, projectID)
	return sc.All || found
}

// ids returns the projects as queries take them.
func (sc Scope) ids() string {
	if sc.All {
		return ""
	}
	return db.JSONList(sc.Projects...)
}

var errNotPermitted = errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")

// Manages returns the projects whose users a caller may see (need is [Read]),
// give rights to ([Write]) or change themselves ([Admin]): all with that
// permission or a higher one, and for a command, which has no caller; else
// those in which he is a superuser and not kept from administration. Without
// any it is Forbidden.
func (s *Service) Manages(ctx context.Context, caller api.Caller, need api.Permission) (Scope, error) {
	return manages(ctx, s.Store.Read(), caller, need)
}

func manages(ctx context.Context, q *db.Queries, caller api.Caller, need api.Permission) (Scope, error) {
	if caller == nil || holds(caller, need) {
		return Scope{All: true}, nil
	}
	ids, err := q.ManagedProjects(ctx, caller.AccountID())
	if err != nil {
		return Scope{}, err
	}
	if len(ids) == 0 {
		return Scope{}, errNotPermitted
	}
	return Scope{Projects: ids}, nil
}

func holds(caller api.Caller, need api.Permission) bool {
	levels := []api.Permission{Read, Write, Admin}
	return slices.ContainsFunc(levels[slices.Index(levels, need):], func(p api.Permission) bool { return caller.Can(p, "") })
}

// scope is Manages for ctx's own caller.
func (s *Service) scope(ctx context.Context, q *db.Queries, need api.Permission) (Scope, error) {
	return manages(ctx, q, api.CallerFrom(ctx), need)
}

// mayEditPerson refuses who manages some projects only: a person who is in none
// of them is NotFound; one who is in others too, or may do what the caller may
// not, is Forbidden. [Write] is about projects, not about people.
func (s *Service) mayEditPerson(ctx context.Context, q *db.Queries, accountID int64) error {
	sc, err := s.scope(ctx, q, Admin)
	if err != nil || sc.All {
		return err
	}
	projects, err := q.ProjectIDsOf(ctx, accountID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(projects, sc.Holds) {
		return errUserUnknown
	}
	if slices.ContainsFunc(projects, func(id int64) bool { return !sc.Holds(id) }) {
		return errNotPermitted
	}
	return s.Identity.MayTouchWithin(ctx, q, accountID)
}
