package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// upright turns a picture as its orientation says: EXIF's, 1 to 8.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	dw, dh := w, h
	if orientation >= 5 { // lying on a side
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := origin(orientation, x, y, w, h)
			dst.SetRGBA(x, y, src.RGBAAt(sx, sy))
		}
	}
	return dst
}

// origin returns where a pixel of the upright picture was in one of w by h.
func origin(orientation, x, y, w, h int) (sx, sy int) {
	switch orientation {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4: // upside down, mirrored
		return x, h - 1 - y
	case 5: // on its left side, mirrored
		return y, x
	case 6: // on its left side
		return y, h - 1 - x
	case 7: // on its right side, mirrored
		return w - 1 - y, h - 1 - x
	default: // 8, on its right side
		return w - 1 - y, x
	}
}

const (
	markerSOS        = 0xda // the pixels begin
	markerAPP1       = 0xe1
	tagOrientation   = 0x0112
	exifHead         = "Exif\x00\x00"
	ifdEntrySize     = 12
	maxEntriesOfIFD0 = 200
)

// orientation returns what the EXIF part of a JPEG says of how the camera was
// held, 1 when it says nothing that can be read.
func orientation(file []byte) int {
	for at := 2; at+4 <= len(file) && file[at] == 0xff && file[at+1] != markerSOS; {
		size := int(binary.BigEndian.Uint16(file[at+2:]))
		if size < 2 || at+2+size > len(file) {
			return 1
		}
		if segment := file[at+4 : at+2+size]; file[at+1] == markerAPP1 && bytes.HasPrefix(segment, []byte(exifHead)) {
			return orientationOfTIFF(segment[len(exifHead):])
		}
		at += 2 + size
	}
	return 1
}

func orientationOfTIFF(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	}
	if order == nil || len(tiff) < 8 {
		return 1
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[start+2:]
	for range min(order.Uint16(tiff[start:]), maxEntriesOfIFD0) {
		if len(entries) < ifdEntrySize {
			return 1
		}
		if order.Uint16(entries) == tagOrientation {
			if n := int(order.Uint16(entries[8:])); n >= 1 && n <= 8 {
				return n
			}
			return 1
		}
		entries = entries[ifdEntrySize:]
	}
	return 1
}
