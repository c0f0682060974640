package appliance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"intendant/internal/coffre"
)

func TestABaseWithoutItsKeysIsRefused(t *testing.T) {
	data := t.TempDir()
	a, err := Open(t.Context(), Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	if a, err = Open(t.Context(), Config{Data: data}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if err := os.RemoveAll(filepath.Join(data, coffre.Folder)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Data: data}); err == nil || !strings.Contains(err.Error(), "keys") {
		t.Errorf("opened without keys: %v", err)
	}
}

func TestOneServerAtATime(t *testing.T) {
	data := t.TempDir()
	unlock, err := Lock(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(data); err == nil {
		t.Error("a second server took the folder")
	}
	unlock()
	if unlock, err = Lock(data); err != nil {
		t.Fatal(err)
	}
	unlock()
}
