package web

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

// pageSize is the number of lines of a list on one page.
const pageSize = 50

// listQuery is what every list page takes: a text to look for, an order, the
// number of a page.
type listQuery struct {
	Text string     `query:"q" default:""`
	Sort string     `query:"sort" default:""`
	Page pageNumber `query:"page" default:"1"`
}

// pageNumber is the number of a page, from 1; anything else means the first.
type pageNumber int64

// BindValue implements api.ValueBinder.
func (p *pageNumber) BindValue(v jsonvalue.Value) *api.Problem {
	n, err := strconv.ParseInt(v.Text(), 10, 32)
	if err != nil || n < 1 {
		n = 1
	}
	*p = pageNumber(n)
	return nil
}

// offset is the number of lines before the page.
func (q listQuery) offset() int64 { return (int64(q.Page) - 1) * pageSize }

// order returns the column to sort by, one of those given, the first of which
// is the usual one, and whether it runs backwards: "-name".
func (q listQuery) order(columns ...string) (column string, isDescending bool) {
	name, isDescending := strings.CutPrefix(q.Sort, "-")
	for _, c := range columns {
		if c == name {
			return c, isDescending
		}
	}
	return columns[0], false
}

// listing is a list on its page: where it is, how it is sorted, how long it
// is.
type listing struct {
	Path         string
	Query        url.Values
	Sort         string // the column
	IsDescending bool
	Total        int64
	Page         int64
	// TextName is the parameter of the text to look for, "" for the usual "q";
	// Exports is the path of the exports, "" for the usual one.
	TextName, Exports string
}

// newListing returns the listing of ctx's page.
func newListing(ctx context.Context, q listQuery, sort string, isDescending bool, total int64) listing {
	u := api.RequestFrom(ctx).URL
	return listing{Path: u.Path, Query: u.Query(), Sort: sort, IsDescending: isDescending, Total: total, Page: int64(q.Page)}
}

// Text is what the list was searched for.
func (l listing) Text() string { return l.Query.Get(l.TextParameter()) }

// TextParameter is the name of the field of the text to look for.
func (l listing) TextParameter() string { return orElse(l.TextName, "q") }

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// IsFiltered reports whether the list shows a part of what there is.
func (l listing) IsFiltered() bool {
	for key, values := range l.Query {
		if key != "sort" && key != "page" && len(values) > 0 && values[0] != "" {
			return true
		}
	}
	return false
}

// Pages is the number of pages, 1 for an empty list.
func (l listing) Pages() int64 { return max(1, (l.Total+pageSize-1)/pageSize) }

// First and Last are the numbers of the lines on the page, from 1.
func (l listing) First() int64 { return min(l.Total, (l.Page-1)*pageSize+1) }

// Last is the number of the last line on the page.
func (l listing) Last() int64 { return min(l.Total, l.Page*pageSize) }

// Previous is the page before, 0 for none.
func (l listing) Previous() int64 { return min(l.Page, l.Pages()+1) - 1 }

// Next is the page after, 0 for none.
func (l listing) Next() int64 {
	if l.Page >= l.Pages() {
		return 0
	}
	return l.Page + 1
}

// with returns the address of the list with one part of its query changed; an
// empty value takes it out.
func (l listing) with(path string, pairs ...string) string {
	q := url.Values{}
	for key, values := range l.Query {
		if len(values) > 0 && values[0] != "" {
			q[key] = values
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// PageURL is the address of a page of the list.
func (l listing) PageURL(n int64) string { return l.with(l.Path, "page", strconv.FormatInt(n, 10)) }

// ExportURL is the address of the whole list as a file: "csv" or "xlsx".
func (l listing) ExportURL(format string) string {
	return l.with(orElse(l.Exports, l.Path+"/export"), "page", "", "format", format)
}

// sorter orders the lines of a list by a column.
type sorter[T any] struct {
	name    string
	compare func(a, b T) int
}

// sortedBy orders by a text without regard to case and accents.
func sortedBy[T any](name string, textOf func(T) string) sorter[T] {
	return sorter[T]{name, func(a, b T) int { return strings.Compare(plier.Key(textOf(a)), plier.Key(textOf(b))) }}
}

// sortLines orders a list as the query of ctx's page asks, by the first sorter
// if it does not.
func sortLines[T any](ctx context.Context, lines []T, sorters ...sorter[T]) (listQuery, string, bool) {
	query := api.RequestFrom(ctx).URL.Query()
	q := listQuery{Sort: query.Get("sort")}
	q.Page.BindValue(jsonvalue.OfString(query.Get("page")))
	names := make([]string, len(sorters))
	for i, s := range sorters {
		names[i] = s.name
	}
	name, isDescending := q.order(names...)
	compare := sorters[slices.Index(names, name)].compare
	slices.SortStableFunc(lines, func(a, b T) int {
		if isDescending {
			a, b = b, a
		}
		return compare(a, b)
	})
	return q, name, isDescending
}

// cutPage sorts a list that its entry gave whole and returns the lines of ctx's
// page. See [sortLines].
func cutPage[T any](ctx context.Context, lines []T, sorters ...sorter[T]) (listing, []T) {
	q, name, isDescending := sortLines(ctx, lines, sorters...)
	total := int64(len(lines))
	list := newListing(ctx, q, name, isDescending, total)
	from := min(q.offset(), total)
	return list, lines[from:min(from+pageSize, total)]
}

// column is a column of a list that sorts it.
type column struct {
	listing
	Name, Label string
}

// URL sorts by the column, backwards when it sorts already.
func (c column) URL() string {
	sort := c.Name
	if c.Sort == c.Name && !c.IsDescending {
		sort = "-" + sort
	}
	return c.with(c.Path, "sort", sort, "page", "")
}

// AriaSort tells a screen reader how the list is sorted.
func (c column) AriaSort() string {
	switch {
	case c.Sort != c.Name:
		return "none"
	case c.IsDescending:
		return "descending"
	}
	return "ascending"
}

// exportQuery is what the export of a list takes besides its filters.
type exportQuery struct {
	Format string `query:"format" default:"csv" enum:"csv|xlsx"`
}

// export sends a list as a file named after it. header holds catalog keys.
func export(ctx context.Context, format, name string, header []string, rows iter.Seq[[]tableur.Cell]) (api.Result, error) {
	titles := make([]string, len(header))
	for i, key := range header {
		titles[i] = text(ctx, key)
	}
	sheet := tableur.Export{Title: name, Header: titles, Rows: rows}
	switch format {
	case "csv":
		return api.Stream{Name: name + ".csv", ContentType: "text/csv; charset=utf-8", Write: sheet.CSV}, nil
	case "xlsx":
		return api.Stream{
			Name: name + ".xlsx", ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Write: sheet.XLSX,
		}, nil
	}
	return nil, errs.NewInvalid("format", "literal_error", "Input should be 'csv' or 'xlsx'")
}
