package api

import (
	"errors"
	"fmt"
	"strings"

	"intendant/internal/api/jsonvalue"
)

// maxKeyDepth is how many brackets a field's name may have.
const maxKeyDepth = 32

// param is a parameter while the pairs are being put together. The zero param
// is still nothing.
type param struct {
	kind  paramKind
	text  string
	items []*param
	keys  []string // in order of appearance
	named map[string]*param
}

type paramKind int

const (
	paramNothing paramKind = iota
	paramText
	paramList
	paramObject
)

// nest makes one object of the pairs, whose names say where a value goes:
// "a[b][c]" is a member of a member, "a[]" an item of a list, "a[][b]" a member
// of the list's last object, or of a new one when that has b already. Of a
// name given twice the last value counts. A name used in two ways and one with
// too many brackets are errors.
func nest(pairs []pair) (jsonvalue.Value, error) {
	root := &param{kind: paramObject}
	for _, p := range pairs {
		steps, err := keySteps(p.key)
		if err != nil {
			return jsonvalue.Value{}, err
		}
		if len(steps) == 0 {
			continue
		}
		if err := root.put(steps, p.value); err != nil {
			return jsonvalue.Value{}, fmt.Errorf("%s: %w", p.key, err)
		}
	}
	return root.value(), nil
}

// keySteps splits a name at its brackets; one whose brackets do not pair is a
// plain name.
func keySteps(key string) ([]string, error) {
	key = strings.ToValidUTF8(key, "\uFFFD")
	head, rest, found := strings.Cut(key, "[")
	if key == "" {
		return nil, nil
	}
	if !found || head == "" {
		return []string{key}, nil
	}
	steps := []string{head}
	for {
		step, after, ok := strings.Cut(rest, "]")
		if !ok || strings.Contains(step, "[") {
			return []string{key}, nil
		}
		if steps = append(steps, step); len(steps) > maxKeyDepth {
			return nil, errors.New("a name is nested too deep")
		}
		if after == "" {
			return steps, nil
		}
		if after[0] != '[' {
			return []string{key}, nil
		}
		rest = after[1:]
	}
}

var errTwoWays = errors.New("a name is used in two ways")

// become makes p of a kind, or reports that it is of another.
func (p *param) become(kind paramKind) error {
	if p.kind != paramNothing && p.kind != kind {
		return errTwoWays
	}
	p.kind = kind
	return nil
}

// put sets the value at the end of the steps.
func (p *param) put(steps []string, text string) error {
	if len(steps) == 0 {
		p.text = text
		return p.become(paramText)
	}
	if steps[0] == "" {
		return p.putItem(steps[1:], text)
	}
	if err := p.become(paramObject); err != nil {
		return err
	}
	child := p.named[steps[0]]
	if child == nil {
		child = &param{}
		if p.named == nil {
			p.named = map[string]*param{}
		}
		p.named[steps[0]] = child
		p.keys = append(p.keys, steps[0])
	}
	return child.put(steps[1:], text)
}

// putItem sets a value in the list p; steps are those below the item.
func (p *param) putItem(steps []string, text string) error {
	if err := p.become(paramList); err != nil {
		return err
	}
	var item *param
	if n := len(p.items); n > 0 && len(steps) > 0 && p.items[n-1].lacks(steps) {
		item = p.items[n-1]
	} else {
		item = &param{}
		p.items = append(p.items, item)
	}
	return item.put(steps, text)
}

// lacks reports whether the steps lead to a place of p that has no value yet.
func (p *param) lacks(steps []string) bool {
	for _, step := range steps {
		if step == "" {
			return p.kind == paramList || p.kind == paramNothing
		}
		if p.kind != paramObject {
			return false
		}
		if p = p.named[step]; p == nil {
			return true
		}
	}
	return false
}

func (p *param) value() jsonvalue.Value {
	switch p.kind {
	case paramText:
		return jsonvalue.OfString(p.text)
	case paramList:
		items := make([]jsonvalue.Value, len(p.items))
		for i, item := range p.items {
			items[i] = item.value()
		}
		return jsonvalue.OfArray(items...)
	case paramObject:
		members := make([]jsonvalue.Member, len(p.keys))
		for i, key := range p.keys {
			members[i] = jsonvalue.Member{Key: key, Value: p.named[key].value()}
		}
		return jsonvalue.OfObject(members...)
	default:
		return jsonvalue.Value{}
	}
}
