package reference

import "strings"

// block is a part of a description: a paragraph, a list, or a piece of code.
type block struct {
	Paragraph []span
	Items     [][]span
	Code      string
}

// span is a run of text, set as code or not.
type span struct {
	Text   string
	IsCode bool
}

// blocksOf reads the little Markdown that descriptions are written in:
// paragraphs, lists, fenced or indented code, `code` in a line.
func blocksOf(text string) []block {
	var r blockReader
	for line := range strings.Lines(strings.TrimRight(text, " \n") + "\n") {
		r.line(strings.TrimRight(line, " \r\n"))
	}
	r.end()
	return r.blocks
}

// blockReader reads a description line by line.
type blockReader struct {
	blocks   []block
	words    []string // of the paragraph or item being read
	items    []string
	code     []string
	isFenced bool
}

func (r *blockReader) line(line string) {
	text := strings.TrimSpace(line)
	isIndented := strings.HasPrefix(line, "    ") && len(r.words) == 0 && len(r.items) == 0
	switch {
	case strings.HasPrefix(text, "```"):
		r.end()
		r.isFenced = !r.isFenced
	case r.isFenced, isIndented:
		r.code = append(r.code, strings.TrimPrefix(line, "    "))
	case text == "":
		if len(r.code) > 0 {
			r.code = append(r.code, "")
			return
		}
		r.end()
	case strings.HasPrefix(text, "- "), strings.HasPrefix(text, "* "):
		if len(r.items) == 0 {
			r.end()
		}
		r.items = append(r.items, strings.TrimSpace(text[2:]))
	case len(r.items) > 0 && line != text: // an item goes on
		r.items[len(r.items)-1] += " " + text
	default:
		if len(r.items) > 0 || len(r.code) > 0 {
			r.end()
		}
		r.words = append(r.words, text)
	}
}

// end closes the block being read.
func (r *blockReader) end() {
	if len(r.words) > 0 {
		r.blocks = append(r.blocks, block{Paragraph: spansOf(strings.Join(r.words, " "))})
	}
	if len(r.items) > 0 {
		b := block{}
		for _, item := range r.items {
			b.Items = append(b.Items, spansOf(item))
		}
		r.blocks = append(r.blocks, b)
	}
	if code := strings.Trim(strings.Join(r.code, "\n"), "\n"); code != "" {
		r.blocks = append(r.blocks, block{Code: code})
	}
	r.words, r.items, r.code = nil, nil, nil
}

// spansOf cuts a line at its backquotes; one without its other is a character
// like any.
func spansOf(text string) []span {
	var spans []span
	for {
		before, rest, ok := strings.Cut(text, "`")
		code, after, isClosed := strings.Cut(rest, "`")
		if !ok || !isClosed {
			break
		}
		if before != "" {
			spans = append(spans, span{Text: before})
		}
		spans = append(spans, span{code, true})
		text = after
	}
	if text != "" {
		spans = append(spans, span{Text: text})
	}
	return spans
}
