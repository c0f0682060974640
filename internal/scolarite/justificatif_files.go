package scolarite

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// safeName turns the name of a file into one of letters, digits and -_.! alone:
// blanks become _, accents go, and so do the folders before it. What leaves
// less than two characters is preceded by a stamp.
func safeName(name, stamp string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	var out strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case r == ' ' || r == '\t':
			out.WriteByte('_')
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.!", r)):
			out.WriteRune(r)
		}
	}
	safe := strings.TrimLeft(out.String(), ".")
	if len(safe) < 2 {
		safe = stamp + safe
	}
	if len(safe) > maxFileName {
		ext := path.Ext(safe)
		if len(ext) > 16 {
			ext = ""
		}
		safe = safe[:maxFileName-len(ext)] + ext
	}
	return safe
}

// maxFileName is the longest name of a file kept, in bytes.
const maxFileName = 120

type justifImportIn struct {
	ID    int64        `path:"justif_id"`
	Files []api.Upload `file:"*"`
}

// JustifImported is the name under which a file is kept.
type JustifImported struct {
	Filename string `json:"filename"`
}

// justifImport adds files to a justification. A name that is taken gets a
// number, so that nothing is written over. NotFound without a file, or for one
// without a name.
func (s *Service) justifImport(ctx context.Context, in justifImportIn) (JustifImported, error) {
	contents := make([][]byte, len(in.Files))
	for i, f := range in.Files {
		if f.Name == "" {
			return JustifImported{}, errs.New(errs.NotFound, "file_nameless", "le fichier n'a pas de nom")
		}
		var err error
		if contents[i], err = readUpload(f); err != nil {
			return JustifImported{}, err
		}
	}
	var out JustifImported
	return out, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, etud, err := visibleJustificatif(ctx, q, in.ID)
		if err != nil {
			return err
		}
		known, err := q.JustificatifFiles(ctx, in.ID)
		if err != nil {
			return fmt.Errorf("files of justification %d: %w", in.ID, err)
		}
		taken := map[string]bool{}
		for _, f := range known {
			taken[f.Name] = true
		}
		stamp := s.Now().In(s.Location).Format("2006-01-02-15-04-05")
		names := make([]string, len(in.Files))
		for i, f := range in.Files {
			names[i] = freeName(safeName(f.Name, stamp), taken)
			taken[names[i]] = true
			if err := q.AddJustificatifFile(ctx, db.AddJustificatifFileParams{
				JustifID: in.ID, Name: names[i], Content: contents[i], EntryAt: s.now(), AccountID: callerID(ctx),
			}); err != nil {
				return fmt.Errorf("add a file to justification %d: %w", in.ID, err)
			}
		}
		out.Filename = names[0]
		if row.Fichier == nil {
			if err := q.SetJustificatifFolder(ctx, db.SetJustificatifFolderParams{ID: in.ID, Fichier: &stamp}); err != nil {
				return fmt.Errorf("open the files of justification %d: %w", in.ID, err)
			}
		}
		return s.record(ctx, q, "justificatif.import", "justificatif", in.ID, nameOf(etud), nil, map[string]any{"fichiers": names})
	})
}

// freeName returns a name that is not taken: "scan.pdf", "scan_2.pdf".
func freeName(name string, taken map[string]bool) string {
	ext := path.Ext(name)
	base := strings.TrimSuffix(name, ext)
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s_%d%s", base, n, ext)
	}
	return free
}

// readUpload returns what is in a file of a form.
func readUpload(f api.Upload) ([]byte, error) {
	file, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open an upload: %w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	return content, nil
}

// JustifFiles are the files of a justification.
type JustifFiles struct {
	Total     int      `json:"total"`
	Filenames []string `json:"filenames"` // those that the caller may see
}

// justifList lists the files of a justification; NotFound if it is unknown.
func (s *Service) justifList(ctx context.Context, in justifRef) (JustifFiles, error) {
	q := s.Store.Read()
	if _, _, err := visibleJustificatif(ctx, q, in.ID); err != nil {
		return JustifFiles{}, err
	}
	files, err := q.JustificatifFiles(ctx, in.ID)
	if err != nil {
		return JustifFiles{}, fmt.Errorf("files of justification %d: %w", in.ID, err)
	}
	list := JustifFiles{Total: len(files), Filenames: []string{}}
	for _, f := range files {
		if knows(ctx, f.AccountID) {
			list.Filenames = append(list.Filenames, f.Name)
		}
	}
	return list, nil
}

type justifFileRef struct {
	ID       int64  `path:"justif_id"`
	Filename string `path:"filename"`
}

// justifExport returns a file. Forbidden to who is neither its author, nor the
// justification's, nor a holder of AbsJustifView; NotFound for an unknown one.
func (s *Service) justifExport(ctx context.Context, in justifFileRef) (api.File, error) {
	q := s.Store.Read()
	row, _, err := visibleJustificatif(ctx, q, in.ID)
	if err != nil {
		return api.File{}, err
	}
	if !knows(ctx, row.AccountID) {
		return api.File{}, errNotAllowed
	}
	file, err := q.JustificatifFile(ctx, db.JustificatifFileParams{JustifID: in.ID, Name: in.Filename})
	if err != nil {
		return api.File{}, db.NotFound(err, "file_unknown", "fichier inconnu")
	}
	contentType := mime.TypeByExtension(path.Ext(file.Name))
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return api.File{
		Name: file.Name, ContentType: contentType, Content: bytes.NewReader(file.Content), Size: int64(len(file.Content)), Modified: file.EntryAt.Time,
	}, nil
}

type justifRemoveIn struct {
	ID        int64             `path:"justif_id"`
	Remove    string            `json:"remove"`
	Filenames api.Opt[[]string] `json:"filenames"`
}

// JustifRemoved is the answer to a removal.
type JustifRemoved struct {
	Response string `json:"response"`
}

// justifRemove removes all files of a justification, or some. NotFound for
// another order, an unknown file, or when there is none.
func (s *Service) justifRemove(ctx context.Context, in justifRemoveIn) (JustifRemoved, error) {
	return JustifRemoved{"removed"}, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, etud, err := visibleJustificatif(ctx, q, in.ID)
		if err != nil {
			return err
		}
		files, err := q.JustificatifFiles(ctx, in.ID)
		if err != nil {
			return fmt.Errorf("files of justification %d: %w", in.ID, err)
		}
		removed, err := in.choose(files)
		if err != nil {
			return err
		}
		names := make([]string, len(removed))
		for i, f := range removed {
			names[i] = f.Name
			if err := q.DeleteJustificatifFile(ctx, f.ID); err != nil {
				return fmt.Errorf("delete a file of justification %d: %w", in.ID, err)
			}
		}
		if len(removed) == len(files) {
			if err := q.SetJustificatifFolder(ctx, db.SetJustificatifFolderParams{ID: row.ID}); err != nil {
				return fmt.Errorf("close the files of justification %d: %w", in.ID, err)
			}
		}
		return s.record(ctx, q, "justificatif.remove", "justificatif", in.ID, nameOf(etud), map[string]any{"fichiers": names}, nil)
	})
}

// choose returns the files to remove.
func (in justifRemoveIn) choose(files []db.JustificatifFilesRow) ([]db.JustificatifFilesRow, error) {
	switch {
	case in.Remove != "all" && in.Remove != "list":
		return nil, errs.New(errs.NotFound, "remove_invalid", "param 'remove': invalide (all ou list)")
	case len(files) == 0:
		return nil, errs.New(errs.NotFound, "file_unknown", "le justificatif n'a pas de fichier")
	case in.Remove == "all":
		return files, nil
	case !in.Filenames.Set || in.Filenames.Null:
		return nil, errs.New(errs.NotFound, "filenames_missing", "param 'filenames': manquant")
	}
	var chosen []db.JustificatifFilesRow
	for _, name := range in.Filenames.Value {
		found := false
		for _, f := range files {
			if f.Name == name {
				chosen, found = append(chosen, f), true
			}
		}
		if !found {
			return nil, errs.New(errs.NotFound, "file_unknown", "fichier inconnu : "+name)
		}
	}
	return chosen, nil
}
