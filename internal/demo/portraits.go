package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
)

const (
	portraitWidth  = 180
	portraitHeight = 240
)

var (
	backdrops = []color.RGBA{{0xd9, 0xe6, 0xf2, 255}, {0xe6, 0xee, 0xdc, 255}, {0xf3, 0xe5, 0xd8, 255}, {0xe8, 0xe0, 0xf0, 255}, {0xdc, 0xee, 0xec, 255}}
	skins     = []color.RGBA{{0xf2, 0xcf, 0xb3, 255}, {0xdf, 0xb0, 0x8c, 255}, {0xb9, 0x81, 0x5b, 255}, {0x8a, 0x57, 0x3a, 255}}
	hairs     = []color.RGBA{{0x2b, 0x20, 0x1b, 255}, {0x5d, 0x3d, 0x25, 255}, {0xa8, 0x6b, 0x32, 255}, {0xd8, 0xb2, 0x6a, 255}, {0x7b, 0x2d, 0x26, 255}}
	clothes   = []color.RGBA{{0x2f, 0x4b, 0x6e, 255}, {0x6e, 0x2f, 0x3a, 255}, {0x3b, 0x5d, 0x3f, 255}, {0x4a, 0x4a, 0x55, 255}, {0x80, 0x63, 0x2c, 255}, {0x2e, 0x6a, 0x6e, 255}}
)

// portrait draws the face of a student who does not exist, the same each time
// for a number, as JPEG.
func portrait(n int) ([]byte, error) {
	backdrop, skin := backdrops[n%len(backdrops)], skins[(n/2)%len(skins)]
	hair, cloth := hairs[(n/3)%len(hairs)], clothes[(n/5)%len(clothes)]
	isLong := n%3 == 0 // hair
	img := image.NewRGBA(image.Rect(0, 0, portraitWidth, portraitHeight))
	for y := range portraitHeight {
		for x := range portraitWidth {
			c := backdrop
			switch {
			case isEye(x, y) || inEllipse(x, y, 90, 142, 14, 3):
				c = color.RGBA{0x3a, 0x2a, 0x26, 255}
			case inEllipse(x, y, 90, 84, 52, 30) && y < 96 || isLong && inEllipse(x, y, 90, 118, 60, 68) && !inEllipse(x, y, 90, 112, 44, 56) && y < 176:
				c = hair
			case inEllipse(x, y, 90, 112, 44, 56) || inEllipse(x, y, 90, 172, 18, 26):
				c = skin
			case inEllipse(x, y, 90, 246, 84, 66):
				c = cloth
			}
			img.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 85})
	return out.Bytes(), err
}

func isEye(x, y int) bool { return inEllipse(x, y, 73, 112, 5, 5) || inEllipse(x, y, 107, 112, 5, 5) }

// inEllipse reports whether a point lies in the ellipse about (cx, cy) with
// radii rx and ry, all in pixels.
func inEllipse(x, y, cx, cy, rx, ry int) bool {
	dx, dy := x-cx, y-cy
	return dx*dx*ry*ry+dy*dy*rx*rx <= rx*rx*ry*ry
}
