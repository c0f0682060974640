package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestEveryQueryRuns runs each generated query over a base with two rows in
// every table, one of them with nothing where NULL is allowed: a query that
// sqlc lets through and SQLite does not, or one that reads a NULL into what
// cannot hold it, is found here. Inserts bring a third row.
func TestEveryQueryRuns(t *testing.T) {
	s := open(t)
	fillTables(t, s)
	queries := reflect.TypeFor[*Queries]()
	for i := range queries.NumMethod() {
		method := queries.Method(i)
		if method.Name == "WithTx" {
			continue
		}
		numbers := []int64{1, 2}
		if strings.HasPrefix(method.Name, "Add") || strings.HasPrefix(method.Name, "Create") || method.Name == "RecordBackup" {
			numbers = []int64{3}
		}
		found := false
		for _, n := range numbers {
			rows, err := runQuery(t, s, method, n)
			if err != nil {
				t.Errorf("%s with %d: %v", method.Name, n, err)
			}
			found = found || rows
		}
		if !found {
			t.Errorf("%s found nothing in full tables: say in chosen what it looks for", method.Name)
		}
	}
}

// runQuery runs a query with arguments made of n and takes back what it did. It
// reports whether there was anything to read; a query that only writes has
// nothing to say.
func runQuery(t *testing.T, s *Store, method reflect.Method, n int64) (found bool, err error) {
	t.Helper()
	taken := errors.New("taken back")
	outcome := s.Write(t.Context(), func(ctx context.Context, q *Queries) error {
		// The rows that the third of a table points to may be missing.
		if _, err := s.w.stmts.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		args := []reflect.Value{reflect.ValueOf(q), reflect.ValueOf(ctx)}
		for i := 2; i < method.Type.NumIn(); i++ {
			args = append(args, argument(method.Name, method.Type.In(i), n))
		}
		results := method.Func.Call(args)
		err, _ = results[len(results)-1].Interface().(error)
		found = err == nil && (results[0].Kind() != reflect.Slice || results[0].Len() > 0)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return taken
	})
	if !errors.Is(outcome, taken) {
		return false, outcome
	}
	return found, err
}

// chosen are the arguments that a number does not make: by the name of a
// field, by a query and the field, or by a query for its only argument. They
// are the state of the rows looked for, and moments before or after all rows.
var chosen = map[string]any{
	"RowOffset": int64(0), "BeforeID": int64(0), "AfterID": int64(0), "Since": instant(0), "Until": instant(9), "Now": instant(0),
	"BeginOutboxAttempt.Now": instant(9), "DueOutbox": instant(9).String(), "AllLiveTokens": instant(0), "AccountsByFoldedNames": `["1"]`,
	"Kind": "access", "Purpose": "setup", "Result": "sent", "ToState": "ready", "FromState": "ready",
	"AddDatabase.State": "ready", "DeleteDatabase.State": "ready", "DatabasesByState": "ready",
	"AddOutbox.State": "waiting", "OutboxMessages.State": "waiting", "RetryOutbox.State": "waiting",
}

// argument makes a value of a type: n, its text, or a struct of such.
func argument(query string, typ reflect.Type, n int64) reflect.Value {
	if v, ok := chosen[query]; ok {
		return reflect.ValueOf(v)
	}
	if typ == reflect.TypeFor[Time]() || typ == reflect.TypeFor[Day]() || typ.Kind() != reflect.Struct {
		return numbered(typ, n)
	}
	v := reflect.New(typ).Elem()
	for i := range typ.NumField() {
		f := typ.Field(i)
		value, ok := chosen[query+"."+f.Name]
		if !ok {
			value, ok = chosen[f.Name]
		}
		if at, isTime := value.(Time); isTime && f.Type.Kind() == reflect.String {
			value = at.String()
		}
		if ok {
			v.Field(i).Set(reflect.ValueOf(value))
		} else {
			v.Field(i).Set(numbered(f.Type, n))
		}
	}
	return v
}

// numbered makes a value of n.
func numbered(typ reflect.Type, n int64) reflect.Value {
	v := reflect.New(typ).Elem()
	switch {
	case typ == reflect.TypeFor[Time]():
		v.Set(reflect.ValueOf(instant(n)))
	case typ == reflect.TypeFor[Day]():
		v.Set(reflect.ValueOf(DayOf(instant(n).Time)))
	case typ.Kind() == reflect.Pointer:
		v.Set(reflect.New(typ.Elem()))
		v.Elem().Set(numbered(typ.Elem(), n))
	case typ.Kind() == reflect.String:
		v.SetString(strconv.FormatInt(n, 10))
	case typ.Kind() == reflect.Bool:
		v.SetBool(true)
	case typ.Kind() == reflect.Float64:
		v.SetFloat(float64(n))
	case typ == reflect.TypeFor[[]byte]():
		v.SetBytes(strconv.AppendInt(nil, n, 10))
	default:
		v.SetInt(n)
	}
	return v
}

func instant(n int64) Time { return At(time.Date(2000, 1, int(n), 0, 0, 0, 0, time.UTC)) }

// allowed are values of the columns with a CHECK that numbers do not pass.
var allowed = map[string]any{
	"tokens.kind": "access", "one_time_links.purpose": "setup", "outbox.state": "waiting", "outbox_attempts.result": "started",
	"project_databases.state": "ready", "etudiants.civilite": "F", "etudiants.civilite_etat_civil": "F", "niveaux.annee": "BUT1",
	"inscriptions.etat": "I", "evenements.event_type": "INSCRIPTION", "logos.content_type": "image/png", "preferences.formsemestre_id": nil,
	"validations.code": "ADM",
}

// fillTables puts the rows 1 and 2 into every table: the second has no flag and
// is NULL where it may be. A few rows differ, so that every query finds one.
func fillTables(t *testing.T, s *Store) {
	t.Helper()
	s.writeDB.SetMaxOpenConns(2) // the writer holds one
	conn, err := s.writeDB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, table := range columnsOf(t, conn) {
		for n := int64(1); n <= 2; n++ {
			values := make([]any, len(table.columns))
			names := make([]string, len(table.columns))
			for i, c := range table.columns {
				names[i], values[i] = c.name, c.value(table.name, n)
			}
			insert := fmt.Sprintf("INSERT OR REPLACE INTO %s (%s) VALUES (?%s)", table.name, strings.Join(names, ", "), strings.Repeat(", ?", len(names)-1))
			if _, err := conn.ExecContext(t.Context(), insert, values...); err != nil {
				t.Fatalf("row %d of %s: %v", n, table.name, err)
			}
		}
	}
	for _, different := range []string{
		"UPDATE project_users SET no_web_admin_access = 0",
		"DELETE FROM removed_users WHERE account_id = 2",
		"UPDATE tokens SET account_id = 1, epoch = 1 WHERE jti = '2'",
		"UPDATE project_databases SET state = 'trashed', discarded = '2' WHERE id = 2",
		"UPDATE preferences SET formsemestre_id = 2 WHERE id = 2",
	} {
		if _, err := conn.ExecContext(t.Context(), different); err != nil {
			t.Fatal(err)
		}
	}
}

type filledTable struct {
	name    string
	columns []filledColumn
}

type filledColumn struct {
	name, typ         string
	mayBeNull, isFlag bool
}

func (c filledColumn) value(table string, n int64) any {
	special, isSpecial := allowed[table+"."+c.name]
	switch {
	case n == 2 && c.mayBeNull:
		return nil
	case isSpecial:
		return special
	case c.isFlag:
		return n % 2
	case c.typ == "TEXT" && c.name == "fin_at":
		return instant(n + 1)
	case c.typ == "TEXT" && c.name != "date_creation" && strings.HasPrefix(c.name, "date_"):
		return DayOf(instant(n).Time)
	case c.typ == "TEXT" && (strings.HasSuffix(c.name, "_at") || c.name == "at" || c.name == "date_creation"):
		return instant(n)
	case c.typ == "TEXT":
		return strconv.FormatInt(n, 10)
	case c.typ == "BLOB":
		return strconv.AppendInt(nil, n, 10)
	}
	return n
}

// columnsOf returns every table of ours, and turns the foreign keys of conn
// off so that they can be filled in any order.
func columnsOf(t *testing.T, conn *sql.Conn) []filledTable {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), "PRAGMA foreign_keys = OFF"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.QueryContext(t.Context(), `
		SELECT m.name, m.sql, c.name, c.type, c."notnull" = 0 AND c.pk = 0
		FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%'
		ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var tables []filledTable
	for rows.Next() {
		var table, schema string
		var c filledColumn
		if err := rows.Scan(&table, &schema, &c.name, &c.typ, &c.mayBeNull); err != nil {
			t.Fatal(err)
		}
		c.isFlag = strings.Contains(schema, "CHECK ("+c.name+" IN (0, 1))")
		i := slices.IndexFunc(tables, func(f filledTable) bool { return f.name == table })
		if i < 0 {
			tables = append(tables, filledTable{name: table})
			i = len(tables) - 1
		}
		tables[i].columns = append(tables[i].columns, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tables
}
