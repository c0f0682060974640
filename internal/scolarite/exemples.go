package scolarite

import (
	"embed"
	"io/fs"
)

//go:embed exemples
var exempleFiles embed.FS

// exemples are the exchanges that the tests recorded, <function>.txt each.
func exemples() fs.FS {
	sub, err := fs.Sub(exempleFiles, "exemples")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}
