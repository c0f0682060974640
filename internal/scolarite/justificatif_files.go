package scolarite

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

const (
	// maxJustifUpload is the most that the files of one form may hold, in bytes.
	maxJustifUpload = 16 << 20
	// maxJustifBody is a form with that many.
	maxJustifBody = maxJustifUpload + 64<<10
	// maxFileName is the longest name of a file kept, in bytes.
	maxFileName = 120
)

// safeName turns the name of a file into one of letters, digits and -_.! alone:
// blanks become _, accents go, and so do the folders and any _ before it, since
// a list hides names that begin with _. A stamp goes before what is then too
// short for a name, or no more than an extension.
func safeName(name, stamp string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	var out strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case unicode.IsSpace(r):
			out.WriteByte('_')
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.!", r):
			out.WriteRune(r)
		}
	}
	safe := strings.TrimLeft(strings.TrimRight(out.String(), "."), "_")
	if len(safe) < 2 || safe[0] == '.' {
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

// fileTypes are the types of the files that people send as proof. They do not
// depend on what the machine knows.
var fileTypes = map[string]string{
	".bmp": "image/bmp", ".csv": "text/csv; charset=utf-8", ".doc": "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".eml": "message/rfc822", ".gif": "image/gif",
	".heic": "image/heic", ".htm": "text/html; charset=utf-8", ".html": "text/html; charset=utf-8", ".jpeg": "image/jpeg", ".jpg": "image/jpeg",
	".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet", ".pdf": "application/pdf",
	".png": "image/png", ".rtf": "application/rtf", ".tif": "image/tiff", ".tiff": "image/tiff", ".txt": "text/plain; charset=utf-8",
	".webp": "image/webp", ".xls": "application/vnd.ms-excel", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".zip": "application/zip",
}

// fileType is the type of a file by its name, that of any bytes when it says
// nothing.
func fileType(name string) string {
	if known, ok := fileTypes[strings.ToLower(path.Ext(name))]; ok {
		return known
	}
	return "application/octet-stream"
}

type justifImportIn struct {
	ID    int64        `path:"justif_id"`
	Files []api.Upload `file:"*"`
}

// JustifImported is the name under which a file is kept.
type JustifImported struct {
	Filename string `json:"filename"`
}

// justifImport adds files to a justification. A name that is taken gets a
// number, so that nothing is written over. NotFound without a file or for an
// unknown justification, TooLarge over the limit.
func (s *Service) justifImport(ctx context.Context, in justifImportIn) (JustifImported, error) {
	contents, err := uploadsBytes(in.Files, maxJustifUpload)
	if err != nil {
		return JustifImported{}, err
	}
	var out JustifImported
	return out, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, etud, err := visibleJustificatif(ctx, q, in.ID)
		if err != nil {
			return err
		}
		names, err := s.addFiles(ctx, q, in, contents)
		if err != nil {
			return err
		}
		out.Filename = names[0]
		if row.Fichier == nil {
			folder := s.stamp()
			if err := q.SetJustificatifFolder(ctx, db.SetJustificatifFolderParams{ID: in.ID, Fichier: &folder}); err != nil {
				return fmt.Errorf("open the files of justification %d: %w", in.ID, err)
			}
		}
		return s.record(ctx, q, "justificatif.import", "justificatif", in.ID, nameOf(etud), nil, fileNames{names})
	})
}

// uploadsBytes reads the files of a form; TooLarge for more bytes than the
// limit in all.
func uploadsBytes(files []api.Upload, limit int64) ([][]byte, error) {
	contents := make([][]byte, len(files))
	for i, f := range files {
		content, err := uploadBytes(f, limit)
		if err != nil {
			return nil, err
		}
		if limit -= int64(len(content)); limit < 0 {
			return nil, errs.New(errs.TooLarge, "files_too_large", "fichiers de plus de 16 Mio")
		}
		contents[i] = content
	}
	return contents, nil
}

// addFiles keeps files with a justification, and returns their names.
func (s *Service) addFiles(ctx context.Context, q *db.Queries, in justifImportIn, contents [][]byte) ([]string, error) {
	known, err := q.JustificatifFiles(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("files of justification %d: %w", in.ID, err)
	}
	taken := map[string]bool{}
	for _, f := range known {
		taken[f.Name] = true
	}
	names := make([]string, len(in.Files))
	for i, f := range in.Files {
		names[i] = freeName(safeName(f.Name, s.stamp()), taken)
		taken[names[i]] = true
		if err := q.AddJustificatifFile(ctx, db.AddJustificatifFileParams{
			JustifID: in.ID, Name: names[i], Content: contents[i], EntryAt: s.now(), AccountID: callerID(ctx),
		}); err != nil {
			return nil, fmt.Errorf("add a file to justification %d: %w", in.ID, err)
		}
	}
	return names, nil
}

// fileNames is what the journal keeps of files.
type fileNames struct {
	Fichiers []string `json:"fichiers"`
}

// stamp is the moment, as the name of an archive: 2025-11-17-11-00-00-000000.
func (s *Service) stamp() string {
	now := s.Now().In(s.Location)
	return fmt.Sprintf("%s-%06d", now.Format("2006-01-02-15-04-05"), now.Nanosecond()/1000)
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

// justifExport returns a file. Forbidden to who is neither the author of the
// justification nor a holder of AbsJustifView; NotFound for an unknown one.
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
	return api.File{
		Name: file.Name, ContentType: fileType(file.Name), Content: bytes.NewReader(file.Content), Size: int64(len(file.Content)), Modified: file.EntryAt.Time,
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
		_, etud, err := visibleJustificatif(ctx, q, in.ID)
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
			if err := q.SetJustificatifFolder(ctx, db.SetJustificatifFolderParams{ID: in.ID}); err != nil {
				return fmt.Errorf("close the files of justification %d: %w", in.ID, err)
			}
		}
		return s.record(ctx, q, "justificatif.remove", "justificatif", in.ID, nameOf(etud), fileNames{names}, nil)
	})
}

// choose returns the files to remove, each once.
func (in justifRemoveIn) choose(files []db.JustificatifFilesRow) ([]db.JustificatifFilesRow, error) {
	switch {
	case in.Remove != "all" && in.Remove != "list":
		return nil, errs.New(errs.NotFound, "remove_invalid", "param 'remove': invalide (all ou list)")
	case len(files) == 0:
		return nil, errs.New(errs.NotFound, "file_unknown", "le justificatif n'a pas de fichier")
	case in.Remove == "all":
		return files, nil
	case len(in.Filenames.Value) == 0:
		return nil, errs.New(errs.NotFound, "filenames_missing", "param 'filenames': manquant")
	}
	for _, name := range in.Filenames.Value {
		if !slices.ContainsFunc(files, func(f db.JustificatifFilesRow) bool { return f.Name == name }) {
			return nil, errs.New(errs.NotFound, "file_unknown", "fichier inconnu : "+name)
		}
	}
	return slices.DeleteFunc(slices.Clone(files), func(f db.JustificatifFilesRow) bool { return !slices.Contains(in.Filenames.Value, f.Name) }), nil
}
