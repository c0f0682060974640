package scolarite

import (
	"context"
	"fmt"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// Annotation is what someone wrote about a student.
type Annotation struct {
	ID      int64   `json:"id"`
	Date    Instant `json:"date"`
	Etudid  int64   `json:"etudid"`
	Author  string  `json:"author"` // a user name
	Comment string  `json:"comment"`
}

func (s *Service) annotation(row db.Annotation) Annotation {
	return Annotation{ID: row.ID, Date: s.instant(row.At), Etudid: row.Etudid, Author: row.Author, Comment: row.Comment}
}

// annotated returns students with their annotations, the oldest first, or with
// none when they are not to be shown.
func (s *Service) annotated(ctx context.Context, q *db.Queries, longs []EtudLong, areShown bool) ([]EtudFull, error) {
	list := make([]EtudFull, len(longs))
	at := make(map[int64]int, len(longs))
	ids := make([]int64, len(longs))
	for i, e := range longs {
		list[i] = EtudFull{EtudLong: e, Annotations: []Annotation{}}
		at[e.ID], ids[i] = i, e.ID
	}
	if !areShown {
		return list, nil
	}
	rows, err := q.AnnotationsOf(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, fmt.Errorf("annotations: %w", err)
	}
	for _, row := range rows {
		e := &list[at[row.Etudid]]
		e.Annotations = append(e.Annotations, s.annotation(row))
	}
	return list, nil
}

type annotationIn struct {
	codeRef
	Comment string `json:"comment"`
}

// etudiantAnnotation writes something about a student and returns it. NotFound
// for an unknown student, Invalid without a text.
func (s *Service) etudiantAnnotation(ctx context.Context, in annotationIn) (Annotation, error) {
	if strings.TrimSpace(in.Comment) == "" {
		return Annotation{}, errs.NewInvalid("comment", "comment_blank", "param 'comment': texte vide")
	}
	row := db.Annotation{At: s.now(), Comment: in.Comment}
	if caller := api.CallerFrom(ctx); caller != nil {
		row.Author = caller.AccountName()
	}
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := etudiantOfCode(ctx, q, in.codeRef)
		if err != nil {
			return err
		}
		row.Etudid = etud.ID
		row.ID, err = q.AddAnnotation(ctx, db.AddAnnotationParams{Etudid: etud.ID, At: row.At, Author: row.Author, Comment: row.Comment})
		if err != nil {
			return err
		}
		return s.record(ctx, q, "etudiant.annotation_create", "etudiant", etud.ID, nameOf(etud), nil, s.annotation(row))
	})
	if err != nil {
		return Annotation{}, fmt.Errorf("annotate a student: %w", err)
	}
	return s.annotation(row), nil
}

type annotationRef struct {
	codeRef
	AnnotationID int64 `path:"annotation_id"`
}

var errAnnotationUnknown = errs.New(errs.NotFound, "annotation_unknown", "annotation inconnue")

// etudiantAnnotationDelete deletes what was written about a student and
// answers "ok". NotFound when it is about another, Forbidden to who neither
// wrote it nor may annotate.
func (s *Service) etudiantAnnotationDelete(ctx context.Context, in annotationRef) (string, error) {
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := etudiantOfCode(ctx, q, in.codeRef)
		if err != nil {
			return err
		}
		row, err := q.Annotation(ctx, in.AnnotationID)
		if err == nil && row.Etudid != etud.ID {
			return errAnnotationUnknown
		}
		if err != nil {
			return db.NotFound(err, errAnnotationUnknown.Code, errAnnotationUnknown.Message)
		}
		caller := api.CallerFrom(ctx)
		if isAuthor := caller != nil && caller.AccountName() == row.Author; !isAuthor && !may(ctx, EtudAnnotations) {
			return errNotAllowed
		}
		if err := q.DeleteAnnotation(ctx, row.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "etudiant.annotation_delete", "etudiant", etud.ID, nameOf(etud), s.annotation(row), nil)
	})
	if err != nil {
		return "", fmt.Errorf("delete annotation %d: %w", in.AnnotationID, err)
	}
	return "ok", nil
}
