package audit

import (
	"encoding/json"
	"slices"
	"strings"
)

// Change is one field that differs between the two images of a line. A field
// that an image does not have, or has empty, is "".
type Change struct {
	Field         string // its name in the image: "last_name", or "client.nom" in an object within
	Before, After string
}

// Changes returns the fields that differ, in the order they were written,
// those of the image after first; none for a line without images. Lists are
// joined with ", ".
func (l Line) Changes() []Change {
	before, after := fields(l.before), fields(l.after)
	names := slices.Clone(after.names)
	for _, name := range before.names {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var changes []Change
	for _, name := range names {
		if b, a := before.values[name], after.values[name]; a != b {
			changes = append(changes, Change{Field: name, Before: b, After: a})
		}
	}
	return changes
}

// image is what a line tells of an object at one moment, flat.
type image struct {
	names  []string
	values map[string]string
}

func (m *image) add(name, value string) {
	if _, ok := m.values[name]; !ok {
		m.names = append(m.names, name)
	}
	m.values[name] = value
}

// fields reads an image. One that is no object is the field "value".
func fields(text *string) image {
	m := image{values: map[string]string{}}
	if text == nil {
		return m
	}
	dec := json.NewDecoder(strings.NewReader(*text))
	dec.UseNumber() // a matricule stays what it is
	readValue(dec, &m, "")
	return m
}

// readValue adds the next value of dec under name. It returns false where an
// image breaks off, which none that Record wrote does.
func readValue(dec *json.Decoder, m *image, name string) bool {
	token, err := dec.Token()
	if err != nil {
		return false
	}
	switch token {
	case json.Delim('{'):
		return readObject(dec, m, name)
	case json.Delim('['):
		list, ok := readList(dec)
		m.add(orValue(name), list)
		return ok
	}
	m.add(orValue(name), scalar(token))
	return true
}

func orValue(name string) string {
	if name == "" {
		return "value"
	}
	return name
}

func readObject(dec *json.Decoder, m *image, name string) bool {
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return false
		}
		inner, _ := key.(string)
		if name != "" {
			inner = name + "." + inner
		}
		if !readValue(dec, m, inner) {
			return false
		}
	}
	_, err := dec.Token() // the end of the object
	return err == nil
}

// readList joins the values of a list; an object or a list within is written
// as one text.
func readList(dec *json.Decoder) (text string, ok bool) {
	var parts []string
	for dec.More() {
		inner := image{values: map[string]string{}}
		if !readValue(dec, &inner, "") {
			return strings.Join(parts, ", "), false
		}
		texts := make([]string, len(inner.names))
		for i, name := range inner.names {
			texts[i] = inner.values[name]
		}
		parts = append(parts, strings.Join(texts, " "))
	}
	_, err := dec.Token() // the end of the list
	return strings.Join(parts, ", "), err == nil
}

func scalar(token json.Token) string {
	switch v := token.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}
