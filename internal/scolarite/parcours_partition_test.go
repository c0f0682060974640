package scolarite_test

import (
	"context"
	"testing"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/scolarite"
)

// parcours lists the parcours of who is registered in a semester.
func (s *site) parcours(semester string) string {
	s.t.Helper()
	return s.value("SELECT group_concat(etudid || ':' || ifnull(parcours_id, '-'), ' ' ORDER BY etudid) FROM inscriptions WHERE formsemestre_id = " + semester)
}

func (s *site) syncParcours(id int64) {
	s.t.Helper()
	s.write(func(ctx context.Context, q *db.Queries) error {
		sem, err := q.FormSemestre(ctx, id)
		if err != nil {
			return err
		}
		return scolarite.SyncParcoursPartition(s.Scolarite, ctx, q, sem)
	})
}

func TestAGroupOfParcoursGivesTheParcours(t *testing.T) {
	s := open(t)
	if s.post("group/9/set_etudiant/1", ""); s.parcours("1") != "1:2 2:2 3:- 4:-" {
		t.Error(s.parcours("1"))
	}
	if s.post("group/8/set_etudiant/3", ""); s.parcours("1") != "1:2 2:2 3:1 4:-" {
		t.Error(s.parcours("1"))
	}
	if s.post("group/8/remove_etudiant/1", ""); s.parcours("1") != "1:2 2:2 3:1 4:-" {
		t.Errorf("not his group: %s", s.parcours("1"))
	}
	if s.post("group/9/remove_etudiant/1", ""); s.parcours("1") != "1:- 2:2 3:1 4:-" {
		t.Error(s.parcours("1"))
	}
	if got := s.parcours("3"); got != "1:1" {
		t.Errorf("another semester: %s", got)
	}
}

func TestThePartitionOfParcoursIsMade(t *testing.T) {
	s := open(t)
	s.exec("INSERT INTO inscriptions (id, etudid, formsemestre_id, parcours_id) VALUES (20, 1, 2, 2), (21, 2, 2, NULL)")
	s.syncParcours(2)
	s.example("formsemestre_partitions.parcours", request{to: "GET formsemestre/2/partitions", as: chef})
	if got := s.memberships(11); got != "1:14" {
		t.Errorf("memberships: %s", got)
	}
	lines := s.value("SELECT count(*) FROM journal")
	s.syncParcours(2) // nothing is left to do
	s.syncParcours(5) // no parcours, no partition
	if got := s.value("SELECT count(*) FROM partitions WHERE partition_name = 'Parcours'"); got != "2" {
		t.Errorf("%s partitions", got)
	}
	if got := s.value("SELECT count(*) FROM journal"); got != lines {
		t.Error("the journal tells of no change")
	}
}

func TestThePartitionOfParcoursFollows(t *testing.T) {
	s := open(t)
	// A parcours comes; one goes, whose group has somebody, then nobody.
	s.exec(`INSERT INTO parcours (id, referentiel_id, code, numero) VALUES (3, 1, 'IOM', 3);
		INSERT INTO formsemestre_parcours VALUES (1, 3);
		DELETE FROM formsemestre_parcours WHERE formsemestre_id = 1 AND parcours_id = 2;
		UPDATE inscriptions SET parcours_id = 3 WHERE id = 3;
		INSERT INTO groupe_membres VALUES (8, 7, 4)`)
	s.syncParcours(1)
	if got := s.memberships(7); got != "1:8 2:9 3:13 4:8" {
		t.Errorf("memberships: %s", got)
	}
	if got := s.parcours("1"); got != "1:1 2:2 3:3 4:1" {
		t.Errorf("parcours: %s", got)
	}
	s.exec("UPDATE inscriptions SET parcours_id = 1 WHERE id = 2")
	s.syncParcours(1)
	if got := s.memberships(7); got != "1:8 2:8 3:13 4:8" {
		t.Errorf("memberships: %s", got)
	}
	if got := s.value("SELECT group_concat(group_name, ' ' ORDER BY numero) FROM groupes WHERE partition_id = 7"); got != "Cyber IOM" {
		t.Errorf("groups: %s", got)
	}
}

// TestWhatRegistrationNeeds goes through the functions that other families
// call.
func TestWhatRegistrationNeeds(t *testing.T) {
	s := open(t)
	s.exec("DELETE FROM partitions WHERE id = 5; INSERT INTO inscriptions (id, etudid, formsemestre_id) VALUES (20, 6, 5)")
	s.write(func(ctx context.Context, q *db.Queries) error {
		group, err := scolarite.AddDefaultPartition(ctx, q, 5)
		if err != nil {
			return err
		}
		sem, err := q.FormSemestre(ctx, 5)
		if err != nil {
			return err
		}
		return scolarite.JoinGroup(ctx, q, sem, group, 6)
	})
	if got := s.value("SELECT p.formsemestre_id || ' ' || p.groups_editable || ' ' || m.etudid FROM partitions p JOIN groupe_membres m ON m.partition_id = p.id WHERE p.id = 11 AND p.partition_name IS NULL"); got != "5 0 6" {
		t.Errorf("default partition: %s", got)
	}
	s.write(func(ctx context.Context, q *db.Queries) error {
		sem, err := q.FormSemestre(ctx, 1)
		if err != nil {
			return err
		}
		if err := scolarite.JoinGroup(ctx, q, sem, 11, 1); !errs.Is(err, errs.NotFound) {
			t.Errorf("a group of another semester: %v", err)
		}
		groups, err := scolarite.GroupsByEtudid(s.Scolarite, ctx, q, 1)
		if err != nil {
			return err
		}
		if len(groups) != 3 || len(groups[1]) != 2 || *groups[1][0].PartitionName != "Parcours" || *groups[1][1].GroupName != "TD1" || *groups[1][1].EdtID != "rt1-td1" {
			t.Errorf("groups: %+v", groups)
		}
		return scolarite.LeaveGroups(ctx, q, 1, 1)
	})
	if got := s.value("SELECT group_concat(group_id) FROM groupe_membres WHERE etudid = 1"); got != "3,11" {
		t.Errorf("left in %s, want those of the other semester", got)
	}
}
