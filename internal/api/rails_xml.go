package api

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// xmlWriter builds a document with one element on each line.
type xmlWriter struct {
	buf   []byte
	depth int
}

// encodeRailsXML returns the document of a value as Rails writes it: an object
// under its root, a list under the plural of it. What has no root is a "hash",
// a list of such are "objects".
func encodeRailsXML(value any) ([]byte, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return nil, fmt.Errorf("nothing cannot be written as XML")
	}
	shape, err := railsShapeOf(v.Type())
	if err == nil {
		shape, v, err = settled(shape, v)
	}
	if err != nil {
		return nil, err
	}
	w := &xmlWriter{buf: []byte(xmlHead)}
	switch shape.kind {
	case railsObject, railsMap:
		err = w.element(orElse(dashed(shape.root), "hash"), "", shape, v)
	case railsList:
		tag, item := "objects", "object"
		if root := listRoot(shape, v); root != "" {
			tag, item = dashed(pluralOf(root)), dashed(root)
		}
		err = w.element(tag, item, shape, v)
	default:
		err = fmt.Errorf("a %s cannot be written as XML", v.Type())
	}
	if err != nil {
		return nil, err
	}
	return w.buf, nil
}

// listRoot returns the root that all items of a list share, "" when they
// do not.
func listRoot(s *railsShape, list reflect.Value) string {
	elem := s.elem
	for elem.kind == railsPointer {
		elem = elem.elem
	}
	if elem.kind != railsAny {
		return elem.root
	}
	root := ""
	for i := range list.Len() {
		item, _, err := settled(s.elem, list.Index(i))
		if err != nil || item.root == "" || i > 0 && item.root != root {
			return ""
		}
		root = item.root
	}
	return root
}

// element writes a value under a name; item is the name of the elements of a
// list.
func (w *xmlWriter) element(tag, item string, s *railsShape, v reflect.Value) error {
	column := columnType[s.column()]
	s, v, err := settled(s, v)
	if err != nil {
		return err
	}
	switch s.kind {
	case railsObject, railsMap:
		return w.object(tag, s, v)
	case railsList:
		return w.list(tag, item, s, v)
	case railsPointer, railsAny:
		w.null(tag, column)
		return nil
	case railsBinary:
		if v.IsNil() {
			w.null(tag, column)
			return nil
		}
	case railsText:
		text, err := ownText(v)
		w.text(tag, "", text)
		return err
	default:
	}
	w.text(tag, columnType[s.kind], scalarText(s.kind, v))
	return nil
}

func (w *xmlWriter) object(tag string, s *railsShape, v reflect.Value) error {
	w.line("<" + tag + ">")
	w.depth++
	err := eachMember(s, v, func(f *railsField, member reflect.Value) error {
		return w.element(f.tag, f.item, f.shape, member)
	})
	w.depth--
	w.line("</" + tag + ">")
	return err
}

// list writes an array; the items that have a root bear its name.
func (w *xmlWriter) list(tag, item string, s *railsShape, v reflect.Value) error {
	if v.Len() == 0 {
		w.line("<" + tag + ` type="array"/>`)
		return nil
	}
	w.line("<" + tag + ` type="array">`)
	w.depth++
	for i := range v.Len() {
		shape, value, err := settled(s.elem, v.Index(i))
		if err == nil {
			err = w.element(orElse(dashed(shape.root), item), item, shape, value)
		}
		if err != nil {
			return err
		}
	}
	w.depth--
	w.line("</" + tag + ">")
	return nil
}

func (w *xmlWriter) null(tag, column string) {
	w.line("<" + tag + attributes(column) + ` nil="true"/>`)
}

func (w *xmlWriter) text(tag, column, text string) {
	w.line("<" + tag + attributes(column) + ">" + xmlText(text) + "</" + tag + ">")
}

func attributes(column string) string {
	switch column {
	case "":
		return ""
	case "binary":
		return ` type="binary" encoding="base64"`
	}
	return ` type="` + column + `"`
}

func (w *xmlWriter) line(text string) {
	for range w.depth {
		w.buf = append(w.buf, "  "...)
	}
	w.buf = append(append(w.buf, text...), '\n')
}

// xmlText escapes what a text may not hold. Quotes need it in attributes only;
// characters that XML lacks become U+FFFD.
func xmlText(s string) string {
	if !strings.ContainsFunc(s, func(c rune) bool { return c == '&' || c == '<' || c == '>' || c == '\r' || !isXMLChar(c) }) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '\r':
			b.WriteString("&#13;") // a reader would make a newline of it
		case !isXMLChar(c):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// isXMLChar reports whether XML 1.0 has the character. U+FFFD also stands for
// bytes that are not UTF-8, which have to be replaced.
func isXMLChar(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c < utf8.RuneError || c >= 0x10000
}

// xmlName makes an element's name of a key that nobody chose for one.
func xmlName(key string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c == '_':
			return '-'
		case c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			return c
		}
		return '-'
	}, key)
	if name == "" || !(name[0] >= 'a' && name[0] <= 'z' || name[0] >= 'A' && name[0] <= 'Z') {
		return "key-" + name
	}
	return name
}
