package audit

import (
	"context"
	"fmt"
	"iter"
	"time"

	"intendant/db"
	"intendant/internal/plier"
)

// Query chooses lines of the journal. The zero value means all of them.
type Query struct {
	Account              string // the user name as it was then
	ObjectType, ObjectID string
	Action               string
	Text                 string // in the names of the object and of the account, without accents
	Since                time.Time
	Until                time.Time // excluded; zero means no end
	OldestFirst          bool
	Limit, Offset        int64 // Limit 0 means all
}

// endOfTime is after every instant that the base keeps.
const endOfTime = "9999"

func (q Query) bounds() (since, until string) {
	since, until = "", endOfTime
	if !q.Since.IsZero() {
		since = db.At(q.Since).String()
	}
	if !q.Until.IsZero() {
		until = db.At(q.Until).String()
	}
	return since, until
}

// Line is a line of the journal as it is read.
type Line struct {
	ID                               int64
	At                               time.Time
	Account                          string // "" for nobody
	Address, RequestID               string
	Action                           string
	ObjectType, ObjectID, ObjectName string

	before, after *string
}

func lineOf(row db.Journal) Line {
	return Line{
		ID: row.ID, At: row.At.Time, Account: row.Account, Address: row.Address, RequestID: row.RequestID, Action: row.Action,
		ObjectType: row.ObjectType, ObjectID: row.ObjectID, ObjectName: row.ObjectName, before: row.Before, after: row.After,
	}
}

// List returns a page of the lines that match, newest first unless the query
// says otherwise, and how many match in all.
func List(ctx context.Context, q *db.Queries, query Query) ([]Line, int64, error) {
	lines, err := page(ctx, q, query, 0)
	if err != nil {
		return nil, 0, err
	}
	since, until := query.bounds()
	total, err := q.CountJournalLines(ctx, db.CountJournalLinesParams{
		Account: query.Account, ObjectType: query.ObjectType, ObjectID: query.ObjectID, Action: query.Action,
		Text: plier.Key(query.Text), Since: since, Until: until,
	})
	if err != nil {
		return nil, 0, fmt.Errorf("count the journal: %w", err)
	}
	return lines, total, nil
}

// page returns the lines that match from the one that follows the line last
// in the order of the query, 0 for the first.
func page(ctx context.Context, q *db.Queries, query Query, last int64) ([]Line, error) {
	since, until := query.bounds()
	limit := query.Limit
	if limit == 0 {
		limit = -1
	}
	params := db.JournalLinesParams{
		Account: query.Account, ObjectType: query.ObjectType, ObjectID: query.ObjectID, Action: query.Action,
		Text: plier.Key(query.Text), Since: since, Until: until, BeforeID: last, RowLimit: limit, RowOffset: query.Offset,
	}
	read := q.JournalLines
	if query.OldestFirst {
		read = func(ctx context.Context, p db.JournalLinesParams) ([]db.Journal, error) {
			return q.JournalLinesOldestFirst(ctx, db.JournalLinesOldestFirstParams{
				Account: p.Account, ObjectType: p.ObjectType, ObjectID: p.ObjectID, Action: p.Action,
				Text: p.Text, Since: p.Since, Until: p.Until, AfterID: last, RowLimit: p.RowLimit, RowOffset: p.RowOffset,
			})
		}
	}
	rows, err := read(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	lines := make([]Line, len(rows))
	for i, row := range rows {
		lines[i] = lineOf(row)
	}
	return lines, nil
}

// stride is the number of lines that All reads at once.
const stride = 500

// All yields every line that matches, in the order of the query, a few hundred
// in memory at a time; what is written meanwhile is left out, or comes last.
// Limit and Offset are not looked at. An error is yielded last, with a zero
// Line.
func All(ctx context.Context, q *db.Queries, query Query) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		query.Limit, query.Offset = stride, 0
		for last := int64(0); ; {
			lines, err := page(ctx, q, query, last)
			if err != nil {
				yield(Line{}, err)
				return
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
				last = line.ID
			}
			if len(lines) < stride {
				return
			}
		}
	}
}

// Accounts returns the user names that wrote in the journal, in order.
func Accounts(ctx context.Context, q *db.Queries) ([]string, error) {
	names, err := q.JournalAccounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return names, nil
}
