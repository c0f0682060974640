// Package photo turns the pictures that people send into those that are kept:
// JPEG, upright, without transparency, at their own size and at 90 pixels high.
package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // the formats that people send
	"image/jpeg"
	_ "image/png"
	"sync"

	xdraw "golang.org/x/image/draw"
)

// Limits of what Convert takes.
const (
	// MinBytes and MaxBytes bound a file: more than the one, at most the other.
	MinBytes, MaxBytes = 10, 1 << 20
	// MaxPixels keeps a small file from unfolding into a large memory.
	MaxPixels = 16 << 20
)

// maxScans bounds the passes over the pixels that a JPEG asks for: a small file
// can ask for thousands. Cameras and programs make ten or so.
const maxScans = 100

const (
	quality     = 92
	smallHeight = 90 // of the reduced picture, in pixels
)

// The reasons for which a file is refused.
var (
	ErrTooSmall  = errors.New("file too small for a picture")
	ErrTooLarge  = errors.New("file over 1 MiB")
	ErrFormat    = errors.New("neither JPEG nor PNG nor GIF")
	ErrTooMany   = errors.New("picture of too many pixels")
	ErrUnfolding = errors.New("broken picture")
)

// Picture is a picture as it is kept, twice, in JPEG.
type Picture struct{ Orig, Small []byte }

// one picture is unfolded at a time: it may take 64 MB.
var one sync.Mutex

// Convert returns the picture of a file, the first of an animation. It fails
// with one of the errors above.
func Convert(file []byte) (Picture, error) {
	switch {
	case len(file) <= MinBytes:
		return Picture{}, ErrTooSmall
	case len(file) > MaxBytes:
		return Picture{}, ErrTooLarge
	}
	one.Lock()
	defer one.Unlock()
	decoded, format, err := unfold(file, MaxPixels)
	if err != nil {
		return Picture{}, err
	}
	flat := flatten(decoded)
	if format == "jpeg" {
		flat = upright(flat, orientation(file))
	}
	return encode(flat)
}

// Format returns the format of a whole picture, "jpeg", "png" or "gif". It fails
// with one of the errors above when the file is none, or has more pixels.
func Format(file []byte, maxPixels int) (string, error) {
	one.Lock()
	defer one.Unlock()
	_, format, err := unfold(file, maxPixels)
	return format, err
}

// unfold decodes a file that asks for neither too much room nor too much time.
func unfold(file []byte, maxPixels int) (picture image.Image, format string, err error) {
	header, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if header.Width <= 0 || header.Height <= 0 {
		return nil, "", ErrUnfolding
	}
	if header.Width > maxPixels/header.Height {
		return nil, "", ErrTooMany
	}
	if format == "jpeg" && bytes.Count(file, []byte{0xff, 0xda}) > maxScans {
		return nil, "", fmt.Errorf("%w: too many scans", ErrUnfolding)
	}
	if picture, _, err = image.Decode(bytes.NewReader(file)); err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrUnfolding, err)
	}
	return picture, format, nil
}

// flatten lays a picture on white.
func flatten(src image.Image) *image.RGBA {
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Bounds(), src, b.Min, draw.Over)
	return dst
}

// encode writes a picture at its own size and reduced. A picture lower than
// the reduced one is not enlarged.
func encode(picture *image.RGBA) (p Picture, err error) {
	if p.Orig, err = asJPEG(picture); err != nil {
		return Picture{}, err
	}
	size := picture.Bounds().Size()
	if size.Y <= smallHeight {
		p.Small = p.Orig
		return p, nil
	}
	width := max(1, (size.X*smallHeight+size.Y/2)/size.Y)
	small := image.NewRGBA(image.Rect(0, 0, width, smallHeight))
	xdraw.CatmullRom.Scale(small, small.Bounds(), picture, picture.Bounds(), draw.Src, nil)
	p.Small, err = asJPEG(small)
	return p, err
}

func asJPEG(picture image.Image) ([]byte, error) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, picture, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnfolding, err) // over 65535 pixels wide
	}
	return buf.Bytes(), nil
}

// Placeholder is the picture of who has none: a head and shoulders in grey.
var Placeholder = sync.OnceValue(func() Picture {
	const width, height = 270, 360
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	ground, figure := color.RGBA{0xe4, 0xe7, 0xeb, 0xff}, color.RGBA{0x9a, 0xa5, 0xb1, 0xff}
	for y := range height {
		for x := range width {
			c := ground
			if isWithin(x-width/2, y-135, 62, 74) || isWithin(x-width/2, y-height, 118, 130) {
				c = figure
			}
			picture.SetRGBA(x, y, c)
		}
	}
	p, err := encode(picture)
	if err != nil {
		panic(err) // a small picture always encodes
	}
	return p
})

// isWithin reports whether a point lies in an ellipse around the origin.
func isWithin(x, y, a, b int) bool { return x*x*b*b+y*y*a*a <= a*a*b*b }
