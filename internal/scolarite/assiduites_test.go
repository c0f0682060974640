package scolarite_test

import "testing"

// TestAttendanceOfTheFixture checks that what the fixture says justified is
// what the rules say.
func TestAttendanceOfTheFixture(t *testing.T) {
	s := openAttendance(t)
	if got := s.value(`SELECT count(*) FROM assiduites a WHERE est_just <> (etat > 0 AND EXISTS (
		SELECT 1 FROM justificatifs j WHERE j.etudid = a.etudid AND j.etat = 0 AND j.debut_at <= a.debut_at AND j.fin_at >= a.fin_at))`); got != "0" {
		t.Errorf("%s records have another est_just than their justifications say", got)
	}
}
