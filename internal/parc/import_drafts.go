package parc

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/tableur"
)

// draftLife is how long a sheet waits for its confirmation.
const draftLife = 24 * time.Hour

// maxDraft is the most text of a sheet that is kept, in bytes: the cells of a
// workbook may share a text and weigh far more than their file.
const maxDraft = 64 << 20

// Import is a sheet that waits for its confirmation, and what it would do to
// the base as it is now.
type Import struct {
	ID   string
	Plan ImportPlan
	// Seen names the plan; StartImport wants it back, so that nothing is done
	// but what was shown.
	Seen string
}

// KeepImport keeps a sheet, read from a file of that name, for ctx's caller until he confirms it, one day at
// most, and returns its identifier. It is sealed, for it may hold passwords.
// It fails with Forbidden for a caller who may not import the kind, NotFound
// for an unknown kind, TooLarge for too much text.
func (s *Service) KeepImport(ctx context.Context, kind ImportKind, name string, sheet *tableur.Sheet) (id string, err error) {
	caller, err := importer(ctx, kind)
	if err != nil {
		return "", err
	}
	content, err := packSheet(sheet)
	if err != nil {
		return "", err
	}
	id = rand.Text()
	now := s.now()
	sealed := s.keys.Seal(content, draftContext(id))
	return id, s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if _, err := q.PurgeImportDrafts(ctx, db.At(now.Add(-draftLife))); err != nil {
			return err
		}
		return q.CreateImportDraft(ctx, db.CreateImportDraftParams{
			ID: id, AccountID: caller.AccountID(), Kind: string(kind), FileName: name, Content: sealed, CreatedAt: db.At(now),
		})
	})
}

// Import returns a sheet kept by ctx's caller, with its plan. It fails with
// NotFound for another's, an unknown or an old one, with Forbidden for a
// caller who may no longer import the kind.
func (s *Service) Import(ctx context.Context, id string) (Import, error) {
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return Import{}, errImportUnknown
	}
	row, err := s.store.Read().ImportDraft(ctx, db.ImportDraftParams{ID: id, AccountID: caller.AccountID(), Since: db.At(s.now().Add(-draftLife))})
	if err != nil {
		return Import{}, db.NotFound(err, errImportUnknown.Code, errImportUnknown.Message)
	}
	if _, err := importer(ctx, ImportKind(row.Kind)); err != nil {
		return Import{}, err
	}
	content, err := s.keys.Unseal(row.Content, draftContext(id))
	if err != nil {
		return Import{}, fmt.Errorf("import %s: %w", id, err)
	}
	sheet, err := unpackSheet(content)
	if err != nil {
		return Import{}, fmt.Errorf("import %s: %w", id, err)
	}
	plan, err := s.PlanImport(ctx, ImportKind(row.Kind), sheet)
	if err != nil {
		return Import{}, err
	}
	plan.Name, plan.draft = row.FileName, id
	return Import{ID: id, Plan: plan, Seen: plan.fingerprint()}, nil
}

// CancelImport forgets a sheet of ctx's caller; one that is unknown, or
// another's, is NotFound.
func (s *Service) CancelImport(ctx context.Context, id string) error {
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if id == "" {
			return errImportUnknown
		}
		return s.spendDraft(ctx, q, id)
	})
}

// PurgeImports forgets the sheets that nobody confirmed within a day.
func (s *Service) PurgeImports(ctx context.Context) error {
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		_, err := q.PurgeImportDrafts(ctx, db.At(s.now().Add(-draftLife)))
		return err
	})
}

// spendDraft deletes a draft of ctx's caller in the transaction that uses it,
// so that no sheet is imported twice; "" is none.
func (s *Service) spendDraft(ctx context.Context, q *db.Queries, id string) error {
	if id == "" {
		return nil
	}
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return errImportUnknown
	}
	n, err := q.DeleteImportDraft(ctx, db.DeleteImportDraftParams{ID: id, AccountID: caller.AccountID()})
	if err == nil && n == 0 {
		return errImportUnknown
	}
	return err
}

// importer returns ctx's caller, who may import the kind.
func importer(ctx context.Context, kind ImportKind) (api.Caller, error) {
	if kind != ImportSites && kind != ImportEquipements {
		return nil, errImportUnknown
	}
	caller := api.CallerFrom(ctx)
	if !kind.IsAllowed(caller) {
		return nil, errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
	}
	return caller, nil
}

// draftContext binds a sealed sheet to its draft.
func draftContext(id string) string { return "import_drafts.content:" + id }

func packSheet(sheet *tableur.Sheet) ([]byte, error) {
	size := 0
	for _, row := range sheet.Rows {
		for _, cell := range row.Cells {
			size += len(cell)
		}
		if size > maxDraft {
			return nil, errs.New(errs.TooLarge, tableur.TooManyBytes, fmt.Sprintf("the sheet holds over %d MB of text", maxDraft>>20))
		}
	}
	var buf bytes.Buffer
	packer, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(packer).Encode(sheet); err != nil {
		return nil, err
	}
	if err := packer.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func unpackSheet(content []byte) (*tableur.Sheet, error) {
	unpacker, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	sheet := &tableur.Sheet{}
	return sheet, json.NewDecoder(unpacker).Decode(sheet)
}

// fingerprint tells two plans apart: what is done on each line, to what, and
// how that was.
func (p ImportPlan) fingerprint() string {
	h := sha256.New()
	for _, row := range p.Rows {
		fmt.Fprintf(h, "%d %s %s", row.Line, row.Act, row.ID())
		if row.site != nil {
			b := row.site.before
			fmt.Fprintf(h, " %q %v %v %q\n", b.Name, b.Longitude, b.Latitude, b.Description)
			continue
		}
		b := row.equipement.before
		fmt.Fprintf(h, " %q %d %q %q %q %q %q %x\n", b.IP, b.Port, b.Marque, b.Modele, b.Username, b.Description, b.Sources, b.Password)
	}
	for _, f := range p.Faults {
		fmt.Fprintf(h, "%d %s %s\n", f.Line, f.Column, f.Code)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
