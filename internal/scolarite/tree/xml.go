package tree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// element is an element of an XML file.
type element struct {
	name     string
	line     int
	attrs    map[string]string
	children []*element
	text     []byte // all of its own
}

// ReadXML returns the root element of an XML file in UTF-8, or in one of the
// encodings of Western Europe when it says so. A document type is refused, and
// with it every entity but the five of XML. The error is an [*Error].
func ReadXML(data []byte) (*Node, error) {
	r := xmlReader{decoder: xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))}
	r.decoder.CharsetReader = latin
	for {
		token, err := r.decoder.Token()
		if err == io.EOF && r.root != nil {
			return &Node{file: &file{}, index: -1, el: r.root}, nil
		}
		if err == nil {
			err = r.take(token)
		}
		if err != nil {
			return nil, r.fault(err)
		}
	}
}

// latin decodes what old servers wrote.
func latin(charset string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "us-ascii", "iso-8859-1", "latin-1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(input), nil
	case "iso-8859-15":
		return charmap.ISO8859_15.NewDecoder().Reader(input), nil
	}
	return nil, refused("encodage inconnu : " + charset)
}

// refused is why we do not read an XML file that may be right.
type refused string

func (r refused) Error() string { return string(r) }

// xmlReader reads one document.
type xmlReader struct {
	decoder *xml.Decoder
	root    *element
	open    []*element
	count   int
}

func (r *xmlReader) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.Directive:
		return refused("DOCTYPE refusé")
	case xml.StartElement:
		return r.start(token)
	case xml.CharData:
		if len(r.open) > 0 {
			last := r.open[len(r.open)-1]
			last.text = append(last.text, token...)
		} else if len(bytes.TrimSpace(token)) > 0 {
			return refused("texte hors de l'élément racine")
		}
	case xml.EndElement:
		r.open = r.open[:len(r.open)-1]
	}
	return nil
}

func (r *xmlReader) start(token xml.StartElement) error {
	r.count += 1 + len(token.Attr)/16
	switch {
	case len(r.open) == maxDepth:
		return refused(fmt.Sprintf("plus de %d niveaux d'imbrication", maxDepth))
	case r.count > MaxItems:
		return refused(fmt.Sprintf("plus de %d éléments dans le fichier", MaxItems))
	case len(r.open) == 0 && r.root != nil:
		return refused("plusieurs éléments racines")
	}
	line, _ := r.decoder.InputPos()
	e := &element{name: token.Name.Local, line: line}
	if len(token.Attr) > 0 {
		e.attrs = make(map[string]string, len(token.Attr))
	}
	for _, a := range token.Attr {
		e.attrs[a.Name.Local] = a.Value
	}
	if len(r.open) == 0 {
		r.root = e
	} else {
		parent := r.open[len(r.open)-1]
		parent.children = append(parent.children, e)
	}
	r.open = append(r.open, e)
	return nil
}

// fault says what is wrong with the document, and on which line.
func (r *xmlReader) fault(err error) error {
	line, _ := r.decoder.InputPos()
	place := fmt.Sprintf("ligne %d", line)
	var no refused
	if errors.As(err, &no) {
		return whole(place, string(no))
	}
	if err == io.EOF {
		return whole(place, "XML invalide : aucun élément")
	}
	return whole(place, "XML invalide")
}
