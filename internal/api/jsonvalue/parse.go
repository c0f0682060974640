package jsonvalue

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SyntaxError is a fault in the text, in the words of Python's json module.
type SyntaxError struct {
	Msg    string // "Expecting value"
	Offset int    // in characters, not bytes
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: char %d", e.Msg, e.Offset) }

// ErrEncoding is returned for a text that is not UTF-8.
var ErrEncoding = errors.New("the text is not UTF-8")

// ErrDigits is returned for an integer of more than 4300 digits, Python's own
// limit.
var ErrDigits = errors.New("an integer has too many digits")

// ErrDepth is returned for a text nested deeper than allowed.
var ErrDepth = errors.New("the text is nested too deep")

const maxDigits = 4300

// Parse reads one JSON value and nothing after it. Arrays and objects may nest
// maxDepth deep. A lone surrogate becomes U+FFFD; of a key given twice the last
// value stays, at the first place.
func Parse(data []byte, maxDepth int) (Value, error) { return parse(data, maxDepth, false) }

// ParseStrict is [Parse] without the words that Python adds to JSON: NaN,
// Infinity and -Infinity are syntax errors.
func ParseStrict(data []byte, maxDepth int) (Value, error) { return parse(data, maxDepth, true) }

func parse(data []byte, maxDepth int, isStrict bool) (Value, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return Value{}, ErrEncoding
	}
	var (
		items   [16]Value // room on the stack for the usual body
		members [16]Member
	)
	p := parser{text: string(data), depth: maxDepth, isStrict: isStrict, items: items[:0], members: members[:0]}
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

// parser reads in one pass. Elements wait on two stacks until their array or
// object ends, so that each gets one slice of the right size.
type parser struct {
	text    string
	at      int // byte offset
	depth   int // levels left
	items   []Value
	members []Member

	isStrict bool // without Python's own words
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

func (p *parser) value() (Value, error) {
	switch c := p.peek(); c {
	case '"':
		s, err := p.str()
		return OfString(s), err
	case '{', '[':
		if p.depth == 0 {
			return Value{}, ErrDepth
		}
		p.depth--
		v, err := p.container(c)
		p.depth++
		return v, err
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return p.num()
	}
	return p.word()
}

// word reads a value that is a word of JSON or of Python, or a negative number.
func (p *parser) word() (Value, error) {
	rest := p.text[p.at:]
	switch {
	case len(rest) > 1 && rest[0] == '-' && isDigit(rest[1]):
		return p.num()
	case p.skip("null"):
		return Value{}, nil
	case p.skip("true"):
		return Value{kind: Bool, bits: 1}, nil
	case p.skip("false"):
		return Value{kind: Bool}, nil
	case p.isStrict:
	case p.skip("NaN"):
		return ofFloat(math.NaN()), nil
	case p.skip("Infinity"):
		return ofFloat(math.Inf(1)), nil
	case p.skip("-Infinity"):
		return ofFloat(math.Inf(-1)), nil
	}
	return Value{}, p.fail("Expecting value", p.at)
}

func (p *parser) skip(word string) bool {
	if !strings.HasPrefix(p.text[p.at:], word) {
		return false
	}
	p.at += len(word)
	return true
}

func (p *parser) container(open byte) (Value, error) {
	p.at++ // the bracket
	p.space()
	if open == '{' {
		return p.object()
	}
	return p.array()
}

// object reads the members and the brace that ends them.
func (p *parser) object() (Value, error) {
	if p.peek() == '}' {
		p.at++
		return Value{kind: Object}, nil
	}
	base := len(p.members)
	for {
		if err := p.member(base); err != nil {
			return Value{}, err
		}
		p.space()
		switch p.peek() {
		case '}':
			p.at++
			members := slices.Clone(p.members[base:])
			if len(members) > manyMembers {
				members = deduplicate(members)
			}
			p.members = p.members[:base]
			return Value{kind: Object, node: &node{members: members}}, nil
		case ',':
			p.at++
			p.space()
		default:
			return Value{}, p.fail("Expecting ',' delimiter", p.at)
		}
	}
}

// member reads one key and its value; base is where the object's members begin
// on the stack.
func (p *parser) member(base int) error {
	if p.peek() != '"' {
		return p.fail("Expecting property name enclosed in double quotes", p.at)
	}
	key, err := p.str()
	if err != nil {
		return err
	}
	p.space()
	if p.peek() != ':' {
		return p.fail("Expecting ':' delimiter", p.at)
	}
	p.at++
	p.space()
	item, err := p.value()
	if err != nil {
		return err
	}
	if own := p.members[base:]; len(own) < manyMembers {
		for i := range own {
			if own[i].Key == key {
				own[i].Value = item
				return nil
			}
		}
	}
	p.members = append(p.members, Member{key, item})
	return nil
}

// manyMembers is the size from which a key given twice is looked for only when
// the object ends: a scan for each would let a hostile object take the square
// of its size.
const manyMembers = 64

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

// array reads the elements and the bracket that ends them.
func (p *parser) array() (Value, error) {
	if p.peek() == ']' {
		p.at++
		return Value{kind: Array}, nil
	}
	base := len(p.items)
	for {
		item, err := p.value()
		if err != nil {
			return Value{}, err
		}
		p.items = append(p.items, item)
		p.space()
		switch p.peek() {
		case ']':
			p.at++
			items := slices.Clone(p.items[base:])
			p.items = p.items[:base]
			return Value{kind: Array, node: &node{items: items}}, nil
		case ',':
			p.at++
			p.space()
		default:
			return Value{}, p.fail("Expecting ',' delimiter", p.at)
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// num reads a number; the caller has seen its first digit. Like Python, it
// stops where the number can no longer go on: "01" is 0, then extra data.
func (p *parser) num() (Value, error) {
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
		return ofFloat(f), nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Value{kind: Int, bits: uint64(n)}, nil
	}
	if len(strings.TrimPrefix(text, "-")) > maxDigits {
		return Value{}, ErrDigits
	}
	return Value{kind: BigInt, text: text}, nil
}

func (p *parser) digits() {
	for p.at < len(p.text) && isDigit(p.text[p.at]) {
		p.at++
	}
}
