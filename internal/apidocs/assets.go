package apidocs

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	swagger "github.com/swaggest/swgui/v5/static"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// asset is a file of Swagger UI that the pages use.
type asset struct {
	stored      string // its name in the module, where it is compressed
	contentType string
	sum         string // of its content, in hexadecimal
	size        int64  // in bytes, once unpacked
}

// served are the files of the module that the pages use, by name.
var served = map[string]asset{
	"swagger-ui-bundle.js": {stored: "swagger-ui-bundle.js.gz", contentType: "text/javascript; charset=utf-8"},
	"swagger-ui.css":       {stored: "swagger-ui.css.gz", contentType: "text/css; charset=utf-8"},
}

// loadAssets measures the files, on first use: they never change while the
// program runs. A file that the module lacks is an error.
var loadAssets = sync.OnceValues(func() (map[string]asset, error) {
	files := map[string]asset{}
	for name, a := range served {
		content, err := a.open()
		if err != nil {
			return nil, fmt.Errorf("swagger ui: %w", err)
		}
		hash := sha256.New()
		a.size, err = io.Copy(hash, content)
		if err := errors.Join(err, content.Close()); err != nil {
			return nil, fmt.Errorf("swagger ui: %s: %w", a.stored, err)
		}
		a.sum = hex.EncodeToString(hash.Sum(nil)[:8])
		files[name] = a
	}
	return files, nil
})

// open returns the content, unpacked as it is read: the megabytes of the
// bundle are asked for once by a browser and not worth keeping in memory.
func (a asset) open() (io.ReadCloser, error) {
	f, err := swagger.FS.Open(a.stored)
	if err != nil {
		return nil, err
	}
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return unpacked, nil
}

type assetRef struct {
	File string `path:"file"`
}

// serveAsset answers with a file of Swagger UI, which a browser may keep for
// ever: the pages name it with its checksum. NotFound for any other name.
func serveAsset(_ context.Context, in assetRef) (api.File, error) {
	files, err := loadAssets()
	if err != nil {
		return api.File{}, err
	}
	a, ok := files[in.File]
	if !ok {
		return api.File{}, errs.New(errs.NotFound, "file_unknown", "Not Found")
	}
	content, err := a.open()
	if err != nil {
		return api.File{}, err
	}
	return api.File{
		ContentType: a.contentType, Content: content, Size: a.size, ETag: `"` + a.sum + `"`,
		Inline: true, CacheControl: "public, max-age=31536000, immutable",
	}, nil
}
