package scolarite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/photo"
)

// maxPhotoBody is a form with the largest picture.
const maxPhotoBody = photo.MaxBytes + 64<<10

type photoIn struct {
	etudRef
	Size string `query:"size" default:"orig" enum:"orig|small"`
}

// etudiantPhoto returns the picture of a student, or the one of who has none.
// NotFound for no student or another size.
func (s *Service) etudiantPhoto(ctx context.Context, in photoIn) (api.File, error) {
	q := s.Store.Read()
	etud, err := etudiantOf(ctx, q, in.etudRef)
	if err != nil {
		return api.File{}, err
	}
	isSmall := int64(0)
	if in.Size == "small" {
		isSmall = 1
	}
	row, err := q.Photo(ctx, db.PhotoParams{Etudid: etud.ID, IsSmall: isSmall})
	if errors.Is(err, sql.ErrNoRows) {
		return placeholder(in.Size), nil
	}
	if err != nil {
		return api.File{}, fmt.Errorf("picture of student %d: %w", etud.ID, err)
	}
	file := photoFile(row.Content)
	file.Modified, file.ETag = row.ModifiedAt.Time, fmt.Sprintf(`"%d-%d"`, row.ModifiedAt.UnixMilli(), len(row.Content))
	return file, nil
}

// placeholderDrawn is the date of the placeholder, to be moved on whenever its
// drawing changes.
var placeholderDrawn = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// placeholder is older than any picture taken away: who has that one, of a
// later date, must not be told that it still stands.
func placeholder(size string) api.File {
	picture := photo.Placeholder()
	content := picture.Orig
	if size == "small" {
		content = picture.Small
	}
	file := photoFile(content)
	file.ETag = `"none-` + size + `"`
	file.Modified, file.IsExactDate = placeholderDrawn, true
	return file
}

func photoFile(content []byte) api.File {
	return api.File{
		ContentType: "image/jpeg", Content: bytes.NewReader(content), Size: int64(len(content)), Inline: true,
		CacheControl: "private, max-age=3600",
	}
}

type setPhotoIn struct {
	codeRef
	File api.Upload `file:"*"`
}

// setEtudiantPhoto keeps a picture of a student in the place of any other.
// NotFound for no student, Invalid for what is no picture, TooLarge over the
// limits.
func (s *Service) setEtudiantPhoto(ctx context.Context, in setPhotoIn) (OK, error) {
	if _, err := etudiantOfCode(ctx, s.Store.Read(), in.codeRef); err != nil {
		return OK{}, err // before the work
	}
	data, err := uploadBytes(in.File, photo.MaxBytes)
	if err != nil {
		return OK{}, err
	}
	return done, s.setPhoto(ctx, in.codeRef, data)
}

// SetPhoto keeps a picture of a student in the place of any other; see
// setEtudiantPhoto for its errors.
func (s *Service) SetPhoto(ctx context.Context, etudid int64, data []byte) error {
	return s.setPhoto(ctx, codeRef{"etudid", strconv.FormatInt(etudid, 10)}, data)
}

func (s *Service) setPhoto(ctx context.Context, ref codeRef, data []byte) error {
	picture, err := photo.Convert(data)
	if err != nil {
		return photoRefusal(err)
	}
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := etudiantOfCode(ctx, q, ref)
		if err != nil {
			return err
		}
		err = q.SetPhoto(ctx, db.SetPhotoParams{Etudid: etud.ID, Orig: picture.Orig, Small: picture.Small, ModifiedAt: s.now()})
		if err != nil {
			return err
		}
		return s.record(ctx, q, "etudiant.photo_set", "etudiant", etud.ID, nameOf(etud), nil, nil)
	})
	if err != nil {
		return fmt.Errorf("set a picture: %w", err)
	}
	return nil
}

// photoRefusal says why a file is no picture.
func photoRefusal(err error) error {
	const code = "photo_invalid"
	switch {
	case errors.Is(err, photo.ErrTooLarge):
		return errs.New(errs.TooLarge, code, "photo de plus de 1 Mio").Because(err)
	case errors.Is(err, photo.ErrTooMany):
		return errs.New(errs.TooLarge, code, "photo de plus de 16 millions de pixels").Because(err)
	case errors.Is(err, photo.ErrTooSmall):
		return errs.New(errs.Invalid, code, "fichier trop petit pour une photo").Because(err)
	case errors.Is(err, photo.ErrFormat):
		return errs.New(errs.Invalid, code, "format d'image inconnu (JPEG, PNG ou GIF attendu)").Because(err)
	}
	return errs.New(errs.Invalid, code, "image illisible").Because(err)
}

// uploadBytes reads a file sent, and one byte more than the limit of one that
// is over it.
func uploadBytes(file api.Upload, limit int64) ([]byte, error) {
	content, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	defer content.Close()
	data, err := io.ReadAll(io.LimitReader(content, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	return data, nil
}

// deleteEtudiantPhoto takes away the picture of a student. NotFound when there
// is none.
func (s *Service) deleteEtudiantPhoto(ctx context.Context, in codeRef) (OK, error) {
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := etudiantOfCode(ctx, q, in)
		if err != nil {
			return err
		}
		n, err := q.DeletePhoto(ctx, etud.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "photo_unknown", "cet étudiant n'a pas de photo")
		}
		return s.record(ctx, q, "etudiant.photo_delete", "etudiant", etud.ID, nameOf(etud), nil, nil)
	})
	if err != nil {
		return OK{}, fmt.Errorf("delete a picture: %w", err)
	}
	return done, nil
}
