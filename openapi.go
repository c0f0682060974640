package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"intendant/internal/api"
	"intendant/internal/appliance"
)

type openapiCmd struct {
	unusedDataFlag
	Wing   string `arg:"" optional:"" default:"parc" help:"Aile dont on veut le document. / Wing whose document is wanted."`
	Output string `short:"o" help:"Fichier où écrire, au lieu de la sortie. / File to write, instead of the output." type:"path" placeholder:"FILE"`
}

// Run prints the OpenAPI document of a wing: like the route table, it is part
// of the program and needs no data.
func (c *openapiCmd) Run(ctx context.Context, out output) error {
	folder, err := os.MkdirTemp("", "intendant-openapi-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	a, err := appliance.Open(ctx, appliance.Config{Data: folder})
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := wingDocument(a.Router, c.Wing)
	if err != nil {
		return err
	}
	if c.Output != "" {
		return os.WriteFile(c.Output, text, 0o644)
	}
	_, err = out.Write(text)
	return err
}

// wingDocument returns the indented document of a wing. A system without a
// title has none: pages and probes are not an API.
func wingDocument(router *api.Router, wing string) ([]byte, error) {
	var wings []string
	for _, sys := range router.Systems() {
		if sys.Title == "" {
			continue
		}
		wings = append(wings, sys.Name)
		if sys.Name != wing {
			continue
		}
		text, err := sys.OpenAPI()
		if err != nil {
			return nil, err
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, text, "", "  "); err != nil {
			return nil, err
		}
		indented.WriteByte('\n')
		return indented.Bytes(), nil
	}
	return nil, fmt.Errorf("no wing is called %q; there are: %s", wing, strings.Join(wings, ", "))
}
