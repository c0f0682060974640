package scolarite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"intendant/db"
	"intendant/internal/api"
)

// maxAutoAssignment is the size of the largest document kept, in bytes.
const maxAutoAssignment = 1 << 20

// autoAssignmentRoutes are the entries of "API Formsemestre" that keep, for the
// page that spreads students over groups, what it works on.
func (s *Service) autoAssignmentRoutes() []api.Route {
	return []api.Route{
		api.Get("groups_get_auto_assignment", ScoView, s.autoAssignment, "/formsemestre/{formsemestre_id:int}/groups_get_auto_assignment").
			Doc("Rend les données stockées par groups_save_auto_assignment.").
			Describe("Les octets tels qu'ils ont été enregistrés, comme application/json ; rien s'il n'y en a pas."),
		api.Post("groups_save_auto_assignment", ScoView, s.saveAutoAssignment, "/formsemestre/{formsemestre_id:int}/groups_save_auto_assignment").
			Accepts(maxAutoAssignment).
			Doc("Enregistre les données, associées à ce formsemestre.").
			Describe("Usage réservé aux fonctions de gestion des groupes, ne pas utiliser ailleurs. 1 Mio au plus, au-delà 413." + whoChangesGroups),
	}
}

type autoAssignmentIn struct {
	partitionsRef
	Data []byte `raw:""`
}

// autoAssignmentImage stands for the bytes in the journal.
type autoAssignmentImage struct {
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

func autoAssignmentImageOf(data []byte) autoAssignmentImage {
	sum := sha256.Sum256(data)
	return autoAssignmentImage{len(data), hex.EncodeToString(sum[:])}
}

// autoAssignment returns the bytes kept for a semester, none when there are
// none. NotFound if the semester is unknown.
func (s *Service) autoAssignment(ctx context.Context, in partitionsRef) (api.File, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
	if err != nil {
		return api.File{}, err
	}
	data, err := q.AutoAssignment(ctx, sem.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return api.File{}, err
	}
	return api.File{ContentType: "application/json", Content: bytes.NewReader(data), Size: int64(len(data)), Inline: true}, nil
}

// saveAutoAssignment keeps bytes for a semester, in the place of those it had.
// NotFound if the semester is unknown, Forbidden if the caller may not change
// its groups or it is locked.
func (s *Service) saveAutoAssignment(ctx context.Context, in autoAssignmentIn) (SavedStatus, error) {
	return SavedStatus{"ok"}, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID)
		if err != nil {
			return err
		}
		if err := mayChangeGroups(ctx, q, sem); err != nil {
			return err
		}
		var before any
		switch data, err := q.AutoAssignment(ctx, sem.ID); {
		case err == nil:
			before = autoAssignmentImageOf(data)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		if err := q.SaveAutoAssignment(ctx, db.SaveAutoAssignmentParams{FormsemestreID: sem.ID, Data: in.Data}); err != nil {
			return err
		}
		return s.record(ctx, q, "formsemestre.save_auto_assignment", "formsemestre", sem.ID, titreNum(sem), before, autoAssignmentImageOf(in.Data))
	})
}

// SavedStatus is the answer {"status": "ok"}.
type SavedStatus struct {
	Status string `json:"status"`
}
