package audit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/db/dbtest"
	"intendant/internal/audit"
)

// filled returns a base with n lines, one a minute from start; line i is about
// the site i.
func filled(t *testing.T, start time.Time, n int) *db.Store {
	t.Helper()
	store := dbtest.Open(t)
	for i := range n {
		who := []string{"ada", "Éloi"}[i%2]
		ctx := audit.WithActor(t.Context(), audit.Actor{Name: who})
		entry := audit.Entry{
			Action: []string{"site.create", "client.create"}[i%2], ObjectType: []string{"site", "client"}[i%2],
			ObjectID: fmt.Sprint(i), ObjectName: fmt.Sprintf("Forêt %d", i),
		}
		if err := store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
			return audit.Record(ctx, q, start.Add(time.Duration(i)*time.Minute), entry)
		}); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func TestListChooses(t *testing.T) {
	store := filled(t, at, 6)
	for _, row := range []struct {
		name  string
		query audit.Query
		want  []string
		total int64
	}{
		{"all, newest first", audit.Query{}, []string{"5", "4", "3", "2", "1", "0"}, 6},
		{"a page", audit.Query{Limit: 2, Offset: 1}, []string{"4", "3"}, 6},
		{"oldest first", audit.Query{OldestFirst: true}, []string{"0", "1", "2", "3", "4", "5"}, 6},
		{"a page, oldest first", audit.Query{OldestFirst: true, ObjectType: "site", Limit: 2, Offset: 1}, []string{"2", "4"}, 3},
		{"an account", audit.Query{Account: "Éloi"}, []string{"5", "3", "1"}, 3},
		{"a kind", audit.Query{ObjectType: "site"}, []string{"4", "2", "0"}, 3},
		{"an object", audit.Query{ObjectType: "site", ObjectID: "2"}, []string{"2"}, 1},
		{"an action", audit.Query{Action: "client.create"}, []string{"5", "3", "1"}, 3},
		{"a name without accents", audit.Query{Text: "FORET 4"}, []string{"4"}, 1},
		{"the account as text", audit.Query{Text: "eloi"}, []string{"5", "3", "1"}, 3},
		{"from a moment", audit.Query{Since: at.Add(4 * time.Minute)}, []string{"5", "4"}, 2},
		{"until before a moment", audit.Query{Until: at.Add(2 * time.Minute)}, []string{"1", "0"}, 2},
		{"a percent sign is itself", audit.Query{Text: "%"}, nil, 0},
	} {
		lines, total, err := audit.List(t.Context(), store.Read(), row.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines {
			got = append(got, l.ObjectID)
		}
		if diff := cmp.Diff(row.want, got); diff != "" || total != row.total {
			t.Errorf("%s: total %d, want %d (-want +got):\n%s", row.name, total, row.total, diff)
		}
	}
	names, err := audit.Accounts(t.Context(), store.Read())
	if diff := cmp.Diff([]string{"ada", "Éloi"}, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAllGoesThroughEverything(t *testing.T) {
	const n = 1001 // more than two strides
	store := dbtest.Open(t)
	err := store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		for i := range n {
			if err := audit.Record(ctx, q, at, audit.Entry{Action: "x.y", ObjectType: "x", ObjectID: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	next := n - 1
	for line, err := range audit.All(t.Context(), store.Read(), audit.Query{Limit: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		if line.ObjectID != fmt.Sprint(next) {
			t.Fatalf("line %s, want %d", line.ObjectID, next)
		}
		if next == 700 { // what comes meanwhile is not ours
			if err := record(t.Context(), store, audit.Entry{Action: "x.y", ObjectType: "x", ObjectID: "late"}); err != nil {
				t.Fatal(err)
			}
		}
		next--
	}
	if next != -1 {
		t.Errorf("stopped before %d", next)
	}
	for line, err := range audit.All(t.Context(), store.Read(), audit.Query{ObjectType: "x", OldestFirst: true}) {
		if next++; err != nil || next < n && line.ObjectID != fmt.Sprint(next) {
			t.Fatalf("line %s, want %d: %v", line.ObjectID, next, err)
		}
	}
	if next != n {
		t.Errorf("stopped after %d", next)
	}
}

func TestChanges(t *testing.T) {
	type object = map[string]any
	for _, row := range []struct {
		name          string
		before, after any
		want          []audit.Change
	}{
		{"nothing", nil, nil, nil},
		{
			"a creation", nil,
			struct {
				Name string `json:"name"`
				Code int64  `json:"code"`
				Note string `json:"note"`
			}{"Labo", 9007199254740993, ""},
			[]audit.Change{{"name", "", "Labo"}, {"code", "", "9007199254740993"}},
		},
		{"a removal", object{"name": "Labo"}, nil, []audit.Change{{"name", "Labo", ""}}},
		{"only what differs", object{"a": 1, "b": true}, object{"a": 1, "b": false}, []audit.Change{{"b", "true", "false"}}},
		{"lists", object{"roles": []string{"a", "b"}}, object{"roles": []any{"a", object{"x": 1, "y": 2}}}, []audit.Change{{"roles", "a, b", "a, 1 2"}}},
		{"an empty list", object{"roles": []string{"a"}}, object{"roles": []string{}, "z": []any{object{}}}, []audit.Change{{"roles", "a", ""}}},
		{"an object within", object{"client": object{"nom": "A"}}, object{"client": object{"nom": "B"}}, []audit.Change{{"client.nom", "A", "B"}}},
		{"a field that ends", object{"b": "x", "a": "y"}, object{"a": nil}, []audit.Change{{"a", "y", ""}, {"b", "x", ""}}},
		{"no object", "x", []string{"y", "z"}, []audit.Change{{"value", "x", "y, z"}}},
	} {
		store := dbtest.Open(t)
		if err := record(t.Context(), store, audit.Entry{Action: "x.y", ObjectType: "x", Before: row.before, After: row.after}); err != nil {
			t.Fatal(err)
		}
		lines, _, err := audit.List(t.Context(), store.Read(), audit.Query{})
		if err != nil || len(lines) != 1 {
			t.Fatal(len(lines), err)
		}
		if diff := cmp.Diff(row.want, lines[0].Changes()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}
