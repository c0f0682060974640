package pv

import (
	"bytes"
	"testing"
)

// TestOddNames prints names with what no font has.
func TestOddNames(t *testing.T) {
	m := &Minutes{Departement: "Département 😀", Formation: "a\x00b\u200b", Semestre: "S1", Session: "e\u0301", Decision: "Année"}
	var out bytes.Buffer
	if err := m.PDF(&out); err != nil {
		t.Error(err)
	}
}
