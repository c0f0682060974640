package db

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEveryQueryIsAccepted asks SQLite to plan each generated query, so that
// one that sqlc lets through and SQLite does not is found here.
func TestEveryQueryIsAccepted(t *testing.T) {
	s := open(t)
	files, err := filepath.Glob("*.sql.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no generated file", err)
	}
	n := 0
	for _, file := range files {
		tree, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			lit, ok := spec.Values[0].(*ast.BasicLit)
			if !ok || lit.Kind != gotoken.STRING {
				return true
			}
			query, err := strconv.Unquote(lit.Value)
			if err != nil || !strings.HasPrefix(query, "-- name:") {
				return true
			}
			n++
			st, err := s.readDB.Prepare("EXPLAIN " + query)
			if err != nil {
				t.Errorf("%s: %v", spec.Names[0].Name, err)
				return true
			}
			st.Close()
			return true
		})
	}
	if n < 40 {
		t.Errorf("only %d queries found", n)
	}
}
