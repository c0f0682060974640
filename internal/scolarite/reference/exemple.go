package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

const (
	// maxItems is how many elements of a list an example shows, and maxLines
	// how many lines of an answer that is no JSON.
	maxItems = 2
	maxLines = 30
	// shortLines is the longest answer that need not be unfolded to be read.
	shortLines = 16
)

// exemple is an exchange that was recorded.
type exemple struct {
	Request string // "GET /ScoDoc/api/departements"
	Sent    string // its body, "" for none
	Status  string // "200 application/json"
	Body    string
}

// IsShort reports whether the answer is shown at once.
func (e *exemple) IsShort() bool { return strings.Count(e.Body, "\n") < shortLines }

// exempleOf returns the exchange recorded for a function, nil for none. A file
// that cannot be read as one is an error.
func exempleOf(files fs.FS, function string) (*exemple, error) {
	content, err := fs.ReadFile(files, function+".txt")
	if err != nil {
		return nil, nil // not recorded
	}
	e, err := parseExemple(string(content))
	if err != nil {
		return nil, fmt.Errorf("example of %s: %w", function, err)
	}
	return e, nil
}

func parseExemple(text string) (*exemple, error) {
	head, body, ok := strings.Cut(text, "\n\n")
	e := &exemple{}
	var sent []string
	for line := range strings.Lines(head + "\n") {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case e.Request == "" && strings.HasPrefix(line, "> "):
			e.Request = line[2:]
		case strings.HasPrefix(line, "> ") && e.Status == "":
			sent = append(sent, line[2:])
		case strings.HasPrefix(line, "< ") && e.Status == "":
			e.Status = strings.TrimSpace(line[2:])
		default:
			return nil, fmt.Errorf("line %q is not expected", line)
		}
	}
	if !ok || e.Status == "" {
		return nil, fmt.Errorf("no answer")
	}
	e.Sent = strings.Join(sent, "\n")
	e.Body = strings.TrimRight(body, "\n")
	if strings.Contains(e.Status, "json") {
		var err error
		e.Body, err = shorten(e.Body)
		return e, err
	}
	if lines := strings.Split(e.Body, "\n"); len(lines) > maxLines {
		e.Body = strings.Join(append(lines[:maxLines], "..."), "\n")
	}
	return e, nil
}

// shorten returns indented JSON with its lists cut to their first elements and
// "..."; members keep their order, numbers their writing.
func shorten(text string) (string, error) {
	s := shortener{in: json.NewDecoder(strings.NewReader(text))}
	s.in.UseNumber()
	err := s.value("")
	return s.out.String(), err
}

type shortener struct {
	in  *json.Decoder
	out strings.Builder
}

// value copies the next value; indent stands before its closing bracket.
func (s *shortener) value(indent string) error {
	token, err := s.in.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return s.scalar(token)
	}
	s.out.WriteString(open.String())
	n := 0
	for s.in.More() {
		if open == '[' && n == maxItems {
			s.out.WriteString(",\n" + indent + "  ...")
			if err := s.skip(); err != nil {
				return err
			}
			break
		}
		if n > 0 {
			s.out.WriteByte(',')
		}
		s.out.WriteString("\n" + indent + "  ")
		if open == '{' {
			name, err := s.in.Token()
			if err != nil {
				return err
			}
			if err := s.scalar(name); err != nil {
				return err
			}
			s.out.WriteString(": ")
		}
		if err := s.value(indent + "  "); err != nil {
			return err
		}
		n++
	}
	closing, err := s.in.Token()
	if err != nil {
		return err
	}
	if n > 0 {
		s.out.WriteString("\n" + indent)
	}
	fmt.Fprint(&s.out, closing)
	return nil
}

// skip passes over what is left of a list.
func (s *shortener) skip() error {
	for s.in.More() {
		var left json.RawMessage
		if err := s.in.Decode(&left); err != nil {
			return err
		}
	}
	return nil
}

func (s *shortener) scalar(token json.Token) error {
	if number, ok := token.(json.Number); ok {
		s.out.WriteString(number.String())
		return nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(token); err != nil {
		return err
	}
	_, err := io.WriteString(&s.out, strings.TrimSuffix(buf.String(), "\n"))
	return err
}
