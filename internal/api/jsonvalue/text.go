package jsonvalue

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

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
		plain := unescaped(escape)
		if plain == 0 {
			return "", p.fail("Invalid \\escape", p.at)
		}
		buf = append(buf, plain)
		p.at += 2
	}
	return "", p.fail("Unterminated string starting at", begin)
}

// unescaped returns what a one-letter escape stands for, 0 when it is none.
func unescaped(letter byte) byte {
	switch letter {
	case '"', '\\', '/':
		return letter
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

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

// hex4 reads four hexadecimal digits. Python finds fault with an escape that
// ends the text, before it misses the closing quote.
func (p *parser) hex4(at int) (rune, bool) {
	if at+4 >= len(p.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[at:at+4], 16, 32)
	return rune(n), err == nil
}
