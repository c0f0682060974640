package vigie

import (
	"context"
	"testing"
	"time"

	"intendant/db"
	"intendant/db/dbtest"
)

func TestCount(t *testing.T) {
	store := dbtest.Open(t)
	made := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	err := store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		if _, err := q.AddRole(ctx, db.AddRoleParams{UUID: "r", Name: "r", CreatedAt: db.At(made)}); err != nil {
			return err
		}
		_, err := q.AddClient(ctx, db.AddClientParams{ClientID: "c", Nom: "C", NomKey: "c", Code: 1, CreatedAt: db.At(made)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Count(t.Context(), store.Read(), made)
	if want := (Holdings{Clients: 1, MadeAt: made}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDiskOf(t *testing.T) {
	store := dbtest.Open(t)
	d, err := DiskOf(store.Path())
	if err != nil || d.Base == 0 || d.Free < 0 || d.Free > d.Total {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestNearlyFull(t *testing.T) {
	const giga = 1 << 30
	for _, row := range []struct {
		disk Disk
		want bool
	}{
		{Disk{}, false},
		{Disk{Free: 20 * giga, Total: 100 * giga}, false},
		{Disk{Free: 9 * giga, Total: 100 * giga}, true},
		{Disk{Free: giga - 1, Total: 2 * giga}, true},
		{Disk{Free: giga, Total: 2 * giga}, false},
	} {
		if row.disk.IsNearlyFull() != row.want {
			t.Errorf("%+v: want %t", row.disk, row.want)
		}
	}
}
