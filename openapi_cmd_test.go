package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenAPICommand(t *testing.T) {
	printed := command(t, 0, "openapi", "parc")
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
		Info    struct {
			Description string `json:"description"`
		} `json:"info"`
	}
	if err := json.Unmarshal([]byte(printed), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Paths["/client_site/all"] == nil || !strings.Contains(doc.Info.Description, "/auth/login") {
		t.Errorf("printed %.300s", printed)
	}
	if !strings.HasPrefix(printed, "{\n  \"openapi\": \"3.1.0\",\n") || !strings.HasSuffix(printed, "}\n") {
		t.Errorf("not indented: %.80q", printed)
	}
	if other := command(t, 0, "openapi"); other != printed {
		t.Error("parc is not the wing printed when none is named")
	}

	file := filepath.Join(t.TempDir(), "parc.json")
	if out := command(t, 0, "openapi", "parc", "--output", file); out != "" {
		t.Errorf("printed %q beside the file", out)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(written, []byte(printed)) {
		t.Error("the file is not what is printed")
	}
}

func TestOpenAPICommandNamesTheWings(t *testing.T) {
	if out := command(t, 1, "openapi", "jardin"); out != "intendant: no wing is called \"jardin\"; there are: parc, projets, scolarite\n" {
		t.Errorf("printed %q", out)
	}
	if out := command(t, 1, "openapi", "server"); !strings.Contains(out, "there are: parc") {
		t.Errorf("what is not a wing has a document: %s", out)
	}
	command(t, 1, "openapi", "--output", filepath.Join(t.TempDir(), "absent", "parc.json"))
}
