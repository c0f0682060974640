// Package static holds the style sheet, scripts and pictures of the pages,
// all of them ours, and gives each an address that changes with its content.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"path"
)

//go:embed *.css *.js *.svg
var files embed.FS

// Asset is one file.
type Asset struct {
	Name, ContentType string
	ETag              string // quoted
	Bytes             []byte
}

var assets = load()

func load() map[string]Asset {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	all := map[string]Asset{}
	for _, e := range entries {
		content, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		all[e.Name()] = Asset{
			Name: e.Name(), ContentType: contentType(e.Name()), Bytes: content,
			ETag: `"` + hex.EncodeToString(sum[:8]) + `"`,
		}
	}
	return all
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// Reader returns a reader of the file.
func (a Asset) Reader() *bytes.Reader { return bytes.NewReader(a.Bytes) }

// Find returns the file of a name.
func Find(name string) (Asset, bool) {
	a, ok := assets[name]
	return a, ok
}

// URL returns the address of a file, which names its content, so that it may
// be kept forever. It panics for a file that does not exist: a fault of the
// program.
func URL(name string) string {
	a, ok := assets[name]
	if !ok {
		panic(fmt.Sprintf("static: no file %s", name))
	}
	return "/static/" + name + "?v=" + a.ETag[1:len(a.ETag)-1]
}
