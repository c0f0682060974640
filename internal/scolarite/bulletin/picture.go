package bulletin

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // logos are JPEG or PNG

	"golang.org/x/image/draw"
)

// sidePicture is as many pixels as a picture keeps on its long side.
const sidePicture = 800

// Picture makes of a JPEG or PNG picture one to print: on white where it is
// transparent, and no larger than paper shows. It fails on what is no picture.
func Picture(content []byte) ([]byte, error) {
	if header, format, err := image.DecodeConfig(bytes.NewReader(content)); err == nil && format == "jpeg" &&
		header.ColorModel == color.YCbCrModel && max(header.Width, header.Height) <= sidePicture {
		return content, nil // as it is
	}
	src, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("picture of a report card: %w", err)
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if long := max(w, h); long > sidePicture {
		w, h = max(1, w*sidePicture/long), max(1, h*sidePicture/long)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, dst, &jpeg.Options{Quality: 90}); err != nil {
		return nil, fmt.Errorf("picture of a report card: %w", err)
	}
	return out.Bytes(), nil
}
