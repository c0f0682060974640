package reference

import (
	"cmp"
	"slices"
	"strings"
)

// node is a place of the syntax map: one segment of paths, or several that
// nothing parts.
type node struct {
	Segments []segment
	Leaves   []leaf
	Children []*node
}

// segment is a part of a path between slashes.
type segment struct {
	Text    string
	IsParam bool
}

// leaf is an entry whose path ends at a node.
type leaf struct {
	*entry
	Query []string // "?date_debut=<string:date_debut>", "&etat=<string:etat>"
}

// mapOf returns the tree of the paths of the entries, in alphabetical order,
// parameters last.
func mapOf(entries []*entry) []*node {
	root := &node{}
	for _, e := range entries {
		for _, path := range e.shortPaths {
			at := root
			for _, text := range strings.Split(strings.Trim(path, "/"), "/") {
				at = at.child(segment{text, strings.HasPrefix(text, "<")})
			}
			at.Leaves = append(at.Leaves, leaf{e, e.queryAt(path)})
		}
	}
	root.tidy()
	return root.Children
}

func (n *node) child(s segment) *node {
	for _, c := range n.Children {
		if c.Segments[0] == s {
			return c
		}
	}
	c := &node{Segments: []segment{s}}
	n.Children = append(n.Children, c)
	return c
}

// tidy sorts the tree and joins the segments between which nothing parts.
func (n *node) tidy() {
	slices.SortStableFunc(n.Children, func(a, b *node) int {
		x, y := a.Segments[0], b.Segments[0]
		if x.IsParam != y.IsParam {
			if x.IsParam {
				return 1
			}
			return -1
		}
		return cmp.Compare(x.Text, y.Text)
	})
	for _, c := range n.Children {
		c.tidy()
	}
	for i, c := range n.Children {
		if len(c.Children) == 1 && len(c.Leaves) == 0 {
			only := c.Children[0]
			n.Children[i] = &node{append(c.Segments, only.Segments...), only.Leaves, only.Children}
		}
	}
}
