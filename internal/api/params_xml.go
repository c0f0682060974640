package api

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"intendant/internal/api/jsonvalue"
)

// maxXMLDepth is how deep elements may nest.
const maxXMLDepth = 64

var (
	errXMLDirective = errors.New("a document type is refused")
	errXMLDepth     = errors.New("elements are nested too deep")
	errXMLRoots     = errors.New("there must be one root element")
)

// element is an element of a document being read.
type element struct {
	name     string
	kind     string // its type attribute
	isNil    bool
	text     strings.Builder
	children []jsonvalue.Member
}

// parseXML reads a document as Rails does, into an object with one member, the
// root. Dashes in names become underscores; the attributes type (boolean,
// integer, array) and nil="true" say what a text is; an element that comes
// several times becomes a list; an empty one is null, or "" when its type is
// string. There are no entities but the five of XML, and no document type.
func parseXML(data []byte) (jsonvalue.Value, error) {
	decoder := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	var (
		open []*element
		root jsonvalue.Value
	)
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return jsonvalue.Value{}, fmt.Errorf("xml: %w", err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return jsonvalue.Value{}, errXMLDirective
		case xml.StartElement:
			if len(open) == maxXMLDepth {
				return jsonvalue.Value{}, errXMLDepth
			}
			if len(open) == 0 && root.Kind() != jsonvalue.Null {
				return jsonvalue.Value{}, errXMLRoots
			}
			open = append(open, newElement(token))
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(token)
			} else if len(bytes.TrimSpace(token)) > 0 {
				return jsonvalue.Value{}, errXMLRoots
			}
		case xml.EndElement:
			done := open[len(open)-1]
			open = open[:len(open)-1]
			member := jsonvalue.Member{Key: done.name, Value: done.value()}
			if len(open) == 0 {
				root = jsonvalue.OfObject(member)
				continue
			}
			parent := open[len(open)-1]
			parent.children = append(parent.children, member)
		}
	}
	if root.Kind() == jsonvalue.Null {
		return jsonvalue.Value{}, errXMLRoots
	}
	return root, nil
}

func newElement(start xml.StartElement) *element {
	e := &element{name: strings.ReplaceAll(start.Name.Local, "-", "_")}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "type":
			e.kind = a.Value
		case "nil":
			e.isNil = a.Value == "true"
		}
	}
	return e
}

func (e *element) value() jsonvalue.Value {
	switch {
	case e.isNil:
		return jsonvalue.Value{}
	case e.kind == "array":
		items := make([]jsonvalue.Value, len(e.children))
		for i, child := range e.children {
			items[i] = child.Value
		}
		return jsonvalue.OfArray(items...)
	case len(e.children) > 0:
		return jsonvalue.OfObject(grouped(e.children)...)
	}
	return typedText(e.kind, e.text.String())
}

// grouped makes a list of the values that share a name, at its first place.
func grouped(children []jsonvalue.Member) []jsonvalue.Member {
	place := make(map[string]int, len(children))
	lists := map[int][]jsonvalue.Value{}
	out := make([]jsonvalue.Member, 0, len(children))
	for _, child := range children {
		i, isKnown := place[child.Key]
		if !isKnown {
			place[child.Key] = len(out)
			out = append(out, child)
			continue
		}
		if lists[i] == nil {
			lists[i] = []jsonvalue.Value{out[i].Value}
		}
		lists[i] = append(lists[i], child.Value)
	}
	for i, items := range lists {
		out[i].Value = jsonvalue.OfArray(items...)
	}
	return out
}

// typedText reads the text of an element without children. A text that is not
// what its type says stays a text, which the binder reports beside its field;
// decimals and times stay texts, which it reads.
func typedText(kind, text string) jsonvalue.Value {
	blank := strings.TrimSpace(text)
	switch {
	case kind == "string":
		return jsonvalue.OfString(text)
	case blank == "":
		return jsonvalue.Value{}
	case kind == "integer":
		if n, err := strconv.ParseInt(blank, 10, 64); err == nil {
			return jsonvalue.OfInt(n)
		}
	case kind == "boolean":
		if blank == "true" || blank == "1" {
			return jsonvalue.OfBool(true)
		}
		if blank == "false" || blank == "0" {
			return jsonvalue.OfBool(false)
		}
	}
	return jsonvalue.OfString(text)
}
