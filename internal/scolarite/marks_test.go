package scolarite_test

import "testing"

// TestMarksFixture holds testdata/marks.sql to the constraints of the base.
func TestMarksFixture(t *testing.T) {
	s := openMarks(t)
	if n := s.value("SELECT count(*) FROM notes"); n != "40" {
		t.Errorf("%s marks", n)
	}
}
