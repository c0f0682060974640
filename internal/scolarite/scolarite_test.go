package scolarite_test

import "testing"

// TestTheSiteOpens checks that the fixture keeps to the schema.
func TestTheSiteOpens(t *testing.T) {
	s := open(t)
	if got := s.value("SELECT count(*) FROM etudiants"); got != "7" {
		t.Errorf("%s students", got)
	}
	if got := s.value("SELECT count(*) FROM pragma_foreign_key_check"); got != "0" {
		t.Errorf("%s broken references", got)
	}
	if got := s.send(request{to: "GET nothing"}).line(); got != `404 {"error":"Not Found","status":404,"message":"adresse inconnue"}` {
		t.Error(got)
	}
}
