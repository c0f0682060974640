package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"intendant/internal/scolarite/photo"
)

// quarters is a picture of four colours: red, green, blue and white.
func quarters(w, h int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.NRGBA{0, 255, 0, 255}
			case x < w/2 && y >= h/2:
				c = color.NRGBA{0, 0, 255, 255}
			case x >= w/2:
				c = color.NRGBA{0, 0, 0, 0} // laid on white
			}
			picture.SetNRGBA(x, y, c)
		}
	}
	return picture
}

func encoded(t testing.TB, format string, picture image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&buf, picture)
	case "gif":
		err = gif.Encode(&buf, picture, nil)
	default:
		err = jpeg.Encode(&buf, picture, &jpeg.Options{Quality: 95})
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// corners names the colours of a JPEG's corners: RGBW from the top left.
func corners(t testing.TB, data []byte) string {
	t.Helper()
	picture, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := picture.Bounds()
	name := func(x, y int) string {
		r, g, b, _ := picture.At(x, y).RGBA()
		switch {
		case r > 0xc000 && g > 0xc000 && b > 0xc000:
			return "W"
		case r > 0xc000:
			return "R"
		case g > 0xc000:
			return "G"
		case b > 0xc000:
			return "B"
		}
		return "?"
	}
	return name(2, 2) + name(b.Max.X-3, 2) + name(2, b.Max.Y-3) + name(b.Max.X-3, b.Max.Y-3)
}

func size(t testing.TB, data []byte) image.Point {
	t.Helper()
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if c.ColorModel != color.YCbCrModel {
		t.Errorf("colours are %v", c.ColorModel)
	}
	return image.Pt(c.Width, c.Height)
}

func TestConvert(t *testing.T) {
	for _, format := range []string{"png", "gif", "jpeg"} {
		picture := quarters(200, 300)
		if format == "jpeg" { // which knows no transparency
			for y := 150; y < 300; y++ {
				for x := 100; x < 200; x++ {
					picture.Set(x, y, color.White)
				}
			}
		}
		got, err := photo.Convert(encoded(t, format, picture))
		if err != nil {
			t.Fatal(format, err)
		}
		if size(t, got.Orig) != image.Pt(200, 300) || size(t, got.Small) != image.Pt(60, 90) {
			t.Errorf("%s: %v and %v", format, size(t, got.Orig), size(t, got.Small))
		}
		if c := corners(t, got.Orig) + corners(t, got.Small); c != "RGBWRGBW" && format != "gif" || !strings.HasPrefix(c, "RGB") {
			t.Errorf("%s: %s", format, c)
		}
	}
}

func TestConvertSizes(t *testing.T) {
	for _, c := range []struct{ w, h, small, high int }{{90, 90, 90, 90}, {40, 50, 40, 50}, {1, 1000, 1, 90}, {1000, 100, 900, 90}} {
		got, err := photo.Convert(encoded(t, "png", quarters(c.w, c.h)))
		if err != nil {
			t.Fatal(err)
		}
		if s := size(t, got.Small); s != image.Pt(c.small, c.high) {
			t.Errorf("%dx%d: reduced to %v", c.w, c.h, s)
		}
	}
}

// TestConvertUpright checks every way of holding a camera: the pixels are laid
// down as it would, and come out as they were seen.
func TestConvertUpright(t *testing.T) {
	turns := map[uint16]func(x, y, w, h int) (int, int){ // from the eye to the file of w by h
		1: func(x, y, _, _ int) (int, int) { return x, y },
		2: func(x, y, w, _ int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, _, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, _, _ int) (int, int) { return y, x },
		6: func(x, y, _, h int) (int, int) { return y, h - 1 - x },
		7: func(x, y, w, h int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y, w, _ int) (int, int) { return w - 1 - y, x },
	}
	for orientation, turn := range turns {
		seen := image.Pt(80, 120)
		file := seen
		if orientation >= 5 {
			file = image.Pt(120, 80)
		}
		src, laid := quarters(seen.X, seen.Y), image.NewNRGBA(image.Rectangle{Max: file})
		for y := range seen.Y {
			for x := range seen.X {
				fx, fy := turn(x, y, file.X, file.Y)
				c := src.NRGBAAt(x, y)
				if c.A == 0 {
					c = color.NRGBA{255, 255, 255, 255}
				}
				laid.SetNRGBA(fx, fy, c)
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			got, err := photo.Convert(withEXIF(encoded(t, "jpeg", laid), order, orientation))
			if err != nil {
				t.Fatal(err)
			}
			if s, c := size(t, got.Orig), corners(t, got.Orig); s != seen || c != "RGBW" {
				t.Errorf("orientation %d, %v: %v %s", orientation, order, s, c)
			}
		}
	}
}

// withEXIF puts an EXIF part with an orientation into a JPEG.
func withEXIF(file []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 12}, {0x0112, orientation}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3) // a short
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	tiff = order.AppendUint32(tiff, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), file[2:]...)
}

func TestConvertRefuses(t *testing.T) {
	whole := encoded(t, "png", quarters(50, 50))
	vast := append([]byte{}, whole...)
	binary.BigEndian.PutUint32(vast[16:], 1<<20) // a width, whose checksum is then wrong
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, photo.ErrTooSmall},
		{"ten bytes", whole[:10], photo.ErrTooSmall},
		{"eleven bytes", whole[:11], photo.ErrFormat},
		{"over the limit", make([]byte, photo.MaxBytes+1), photo.ErrTooLarge},
		{"a text", []byte("<html>no picture at all</html>"), photo.ErrFormat},
		{"cut short", whole[:len(whole)/2], photo.ErrUnfolding},
		{"a bomb", bomb(5000, 5000), photo.ErrTooMany},
		{"a thread", bomb(1<<16+1, 1), photo.ErrUnfolding}, // wider than JPEG knows
		{"a broken header", vast, photo.ErrFormat},
		{"a hundred scans too many", scans(201), photo.ErrUnfolding},
	} {
		if _, err := photo.Convert(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// bomb is a large picture in few bytes.
func bomb(w, h int) []byte {
	var buf bytes.Buffer
	_ = png.Encode(&buf, image.NewGray(image.Rect(0, 0, w, h)))
	return buf.Bytes()
}

// scans is a sound progressive JPEG of 8 by 8 pixels that asks for n passes over
// them: one for the mean, the others for details that there are none of.
func scans(n int) []byte {
	var b bytes.Buffer
	b.WriteString("\xff\xd8\xff\xdb\x00\x43\x00" + strings.Repeat("\x01", 64)) // quantization
	b.WriteString("\xff\xc2\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00")      // progressive, grey
	for _, table := range []string{"\x00", "\x10"} {                           // of one code, "0" for 0
		b.WriteString("\xff\xc4\x00\x14" + table + "\x01" + strings.Repeat("\x00", 16))
	}
	b.WriteString("\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00\x7f")
	b.WriteString(strings.Repeat("\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x7f", n-1) + "\xff\xd9")
	return b.Bytes()
}

func TestConvertScans(t *testing.T) {
	if _, err := photo.Convert(scans(100)); err != nil {
		t.Errorf("a hundred passes: %v", err)
	}
}

func TestPlaceholder(t *testing.T) {
	p := photo.Placeholder()
	if size(t, p.Orig) != image.Pt(270, 360) || size(t, p.Small).Y != 90 {
		t.Errorf("%v, %v", size(t, p.Orig), size(t, p.Small))
	}
}

func FuzzConvert(f *testing.F) {
	for _, format := range []string{"png", "gif", "jpeg"} {
		f.Add(encoded(f, format, quarters(12, 8)))
	}
	f.Add(withEXIF(encoded(f, "jpeg", quarters(12, 8)), binary.BigEndian, 6))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := photo.Convert(data)
		if err == nil && (!bytes.HasPrefix(p.Orig, []byte("\xff\xd8")) || !bytes.HasPrefix(p.Small, []byte("\xff\xd8"))) {
			t.Error("no JPEG")
		}
	})
}
