package jsonvalue

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// SyntaxError is a fault in the text, in the words of Python's json module.
type SyntaxError struct {
	Msg    string // "Expecting value"
	Offset int    // in characters, not bytes
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at character %d", e.Msg, e.Offset) }

// ErrEncoding is returned for a text that is not UTF-8.
var ErrEncoding = errors.New("the text is not UTF-8")

// ErrDepth is returned for a text nested deeper than allowed.
var ErrDepth = errors.New("the text is nested too deep")

// Parse reads one JSON value and nothing after it. Arrays and objects may nest
// maxDepth deep. A lone surrogate becomes U+FFFD; of a key given twice the last
// value stays, at the first place.
func Parse(data []byte, maxDepth int) (Value, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return Value{}, ErrEncoding
	}
	p := parser{text: string(data), depth: maxDepth}
	p.space()
	v, err := p.value()
	if err == nil {
		p.space()
		if p.at < len(p.text) {
			err = p.fail("Extra data", p.at)
		}
	}
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

type parser struct {
	text  string
	at    int // byte offset
	depth int // levels left
}

// fail returns a syntax error at a byte offset.
func (p *parser) fail(msg string, at int) error {
	return &SyntaxError{Msg: msg, Offset: utf8.RuneCountInString(p.text[:min(at, len(p.text))])}
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek returns the byte at the cursor, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

var words = []struct {
	text  string
	value Value
}{
	{"null", Value{}},
	{"true", Value{kind: Bool, number: 1}},
	{"false", Value{kind: Bool}},
	{"NaN", Value{kind: Float, float: math.NaN()}},
	{"Infinity", Value{kind: Float, float: math.Inf(1)}},
	{"-Infinity", Value{kind: Float, float: math.Inf(-1)}},
}

func (p *parser) value() (Value, error) {
	switch c := p.peek(); {
	case c == '"':
		s, err := p.str()
		return Value{kind: String, text: s}, err
	case c == '{':
		return p.nested(p.object)
	case c == '[':
		return p.nested(p.array)
	case c >= '0' && c <= '9', c == '-' && p.at+1 < len(p.text) && isDigit(p.text[p.at+1]):
		return p.num(), nil
	}
	for _, w := range words {
		if len(p.text)-p.at >= len(w.text) && p.text[p.at:p.at+len(w.text)] == w.text {
			p.at += len(w.text)
			return w.value, nil
		}
	}
	return Value{}, p.fail("Expecting value", p.at)
}

func (p *parser) nested(read func() (Value, error)) (Value, error) {
	if p.depth == 0 {
		return Value{}, ErrDepth
	}
	p.depth--
	v, err := read()
	p.depth++
	return v, err
}

func (p *parser) object() (Value, error) {
	v := Value{kind: Object}
	p.at++ // {
	p.space()
	if p.peek() == '}' {
		p.at++
		return v, nil
	}
	for {
		if p.peek() != '"' {
			return v, p.fail("Expecting property name enclosed in double quotes", p.at)
		}
		key, err := p.str()
		if err != nil {
			return v, err
		}
		p.space()
		if p.peek() != ':' {
			return v, p.fail("Expecting ':' delimiter", p.at)
		}
		p.at++
		p.space()
		item, err := p.value()
		if err != nil {
			return v, err
		}
		v.set(key, item)
		p.space()
		switch p.peek() {
		case '}':
			p.at++
			if len(v.members) > manyMembers {
				v.members = deduplicate(v.members)
			}
			return v, nil
		case ',':
			p.at++
			p.space()
		default:
			return v, p.fail("Expecting ',' delimiter", p.at)
		}
	}
}

// manyMembers is the size from which an object's keys are looked up by a scan
// no longer: a hostile object would make that quadratic.
const manyMembers = 64

func (v *Value) set(key string, item Value) {
	if len(v.members) < manyMembers {
		for i := range v.members {
			if v.members[i].Key == key {
				v.members[i].Value = item
				return
			}
		}
		v.members = append(v.members, Member{key, item})
		return
	}
	v.members = append(v.members, Member{key, item}) // made unique at the end
}

// deduplicate keeps the last value of each key at its first place.
func deduplicate(members []Member) []Member {
	place := make(map[string]int, len(members))
	kept := members[:0]
	for _, m := range members {
		if i, ok := place[m.Key]; ok {
			kept[i].Value = m.Value
			continue
		}
		place[m.Key] = len(kept)
		kept = append(kept, m)
	}
	return kept
}

func (p *parser) array() (Value, error) {
	v := Value{kind: Array}
	p.at++ // [
	p.space()
	if p.peek() == ']' {
		p.at++
		return v, nil
	}
	for {
		item, err := p.value()
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
		p.space()
		switch p.peek() {
		case ']':
			p.at++
			return v, nil
		case ',':
			p.at++
			p.space()
		default:
			return v, p.fail("Expecting ',' delimiter", p.at)
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// num reads a number; the caller has seen its first digit. Like Python, it
// stops where the number can no longer go on: "01" is 0, then extra data.
func (p *parser) num() Value {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else {
		p.digits()
	}
	isFloat := false
	if p.peek() == '.' && p.at+1 < len(p.text) && isDigit(p.text[p.at+1]) {
		isFloat = true
		p.at++
		p.digits()
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		next := p.at + 1
		if next < len(p.text) && (p.text[next] == '+' || p.text[next] == '-') {
			next++
		}
		if next < len(p.text) && isDigit(p.text[next]) {
			isFloat = true
			p.at = next
			p.digits()
		}
	}
	text := p.text[start:p.at]
	if isFloat {
		f, _ := strconv.ParseFloat(text, 64) // out of range is infinite, as in Python
		return Value{kind: Float, float: f}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Value{kind: Int, number: n}
	}
	return Value{kind: BigInt, text: text}
}

func (p *parser) digits() {
	for p.at < len(p.text) && isDigit(p.text[p.at]) {
		p.at++
	}
}

// str reads a quoted string; the cursor is on its first quote.
func (p *parser) str() (string, error) {
	begin := p.at
	p.at++
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c == '"' {
			s := p.text[start:p.at]
			p.at++
			return s, nil
		}
		if c == '\\' || c < ' ' {
			return p.escaped(begin, start)
		}
		p.at++
	}
	return "", p.fail("Unterminated string starting at", begin)
}

// escaped goes on with a string that holds an escape or a control character.
func (p *parser) escaped(begin, start int) (string, error) {
	buf := append(make([]byte, 0, 2*(p.at-start)+16), p.text[start:p.at]...)
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case c == '"':
			p.at++
			return string(buf), nil
		case c < ' ':
			return "", p.fail("Invalid control character at", p.at)
		case c != '\\':
			buf = append(buf, c)
			p.at++
			continue
		}
		if p.at+1 >= len(p.text) {
			break
		}
		escape := p.text[p.at+1]
		if escape == 'u' {
			r, err := p.unicode()
			if err != nil {
				return "", err
			}
			buf = utf8.AppendRune(buf, r)
			continue
		}
		plain, ok := escapes[escape]
		if !ok {
			return "", p.fail("Invalid \\escape", p.at)
		}
		buf = append(buf, plain)
		p.at += 2
	}
	return "", p.fail("Unterminated string starting at", begin)
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unicode reads \uXXXX, and the second half of a surrogate pair.
func (p *parser) unicode() (rune, error) {
	r, ok := p.hex4(p.at + 2)
	if !ok {
		return 0, p.fail("Invalid \\uXXXX escape", p.at+1)
	}
	p.at += 6
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if p.at+1 < len(p.text) && p.text[p.at] == '\\' && p.text[p.at+1] == 'u' {
		if low, ok := p.hex4(p.at + 2); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				p.at += 6
				return pair, nil
			}
		}
	}
	return utf8.RuneError, nil
}

func (p *parser) hex4(at int) (rune, bool) {
	if at+4 > len(p.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[at:at+4], 16, 32)
	return rune(n), err == nil
}
