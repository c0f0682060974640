// Package tree reads the files that programmes and frameworks of competences
// come in, JSON or XML, and says where in them each fault is.
//
// Both kinds look the same from here: the attributes of an XML element and its
// children are the members of an object, and children of one name a list.
// Reading is lenient with scalars, because files of several ages are about: a
// number may be a text, "" is none, true may be 1. What cannot be read is noted
// and reading goes on, so that one pass tells everything there is to mend.
package tree

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"intendant/internal/api/jsonvalue"
)

// MaxItems is how many items all the lists and objects that are read of a file
// may have, and how many elements an XML file may have: a hundred times what a
// whole programme needs.
const MaxItems = 100_000

// maxDepth is how deep values and elements may nest.
const maxDepth = 32

// maxFaults is how many faults are worth telling at once.
const maxFaults = 20

// Fault is one thing wrong with a file.
type Fault struct {
	// Place is the way to the value, "ue[2].matiere[0].titre", or where it is
	// in an XML file, "ligne 12, module.coefficient"; "" for the whole.
	Place   string
	Message string // in French
}

func (f Fault) String() string {
	if f.Place == "" {
		return f.Message
	}
	return f.Place + " : " + f.Message
}

// Error is all that is wrong with a file, in the order of reading.
type Error struct {
	Faults []Fault // the first ones
	Others int     // how many more there are
}

func (e *Error) Error() string {
	texts := make([]string, len(e.Faults), len(e.Faults)+1)
	for i, f := range e.Faults {
		texts[i] = f.String()
	}
	if e.Others > 0 {
		texts = append(texts, fmt.Sprintf("et %d autres fautes", e.Others))
	}
	return strings.Join(texts, " ; ")
}

// whole returns the error of a file that cannot be read at all.
func whole(place, message string) error {
	return &Error{Faults: []Fault{{place, message}}}
}

// file is what the nodes of a file share.
type file struct {
	faults Error
	items  int // met so far in lists and objects
}

func (f *file) add(fault Fault) {
	if len(f.faults.Faults) == maxFaults {
		f.faults.Others++
		return
	}
	f.faults.Faults = append(f.faults.Faults, fault)
}

// Node is a value of a file, and its place there.
type Node struct {
	file  *file
	up    *Node
	name  string          // of the member, or of the list it is an item of
	index int             // in a list or, of an object without names, -1 elsewhere
	value jsonvalue.Value // in JSON; in XML the text of an attribute
	el    *element        // of an XML element, else nil
}

// Read reads a file whose first character says what it is: "<" begins XML.
func Read(data []byte) (*Node, error) {
	text := strings.TrimLeft(strings.TrimPrefix(string(data[:min(len(data), 1024)]), "\xef\xbb\xbf"), " \t\r\n")
	if strings.HasPrefix(text, "<") {
		return ReadXML(data)
	}
	return ReadJSON(data)
}

// ReadJSON returns the root of a JSON file. The error is an [*Error].
func ReadJSON(data []byte) (*Node, error) {
	value, err := jsonvalue.Parse(data, maxDepth)
	if err != nil {
		return nil, jsonFault(data, err)
	}
	return &Node{file: &file{}, index: -1, value: value}, nil
}

// jsonFault says where a JSON text is broken, in lines and characters.
func jsonFault(data []byte, err error) error {
	switch err {
	case jsonvalue.ErrEncoding:
		return whole("", "le fichier n'est pas en UTF-8")
	case jsonvalue.ErrDepth:
		return whole("", fmt.Sprintf("plus de %d niveaux d'imbrication", maxDepth))
	}
	syntax, ok := err.(*jsonvalue.SyntaxError)
	if !ok {
		return whole("", "JSON invalide : nombre démesuré")
	}
	line, column := 1, 1
	for _, c := range []rune(strings.TrimPrefix(string(data), "\xef\xbb\xbf"))[:syntax.Offset] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return whole(fmt.Sprintf("ligne %d, colonne %d", line, column), "JSON invalide")
}

// Err returns all the faults noted in the file of n, as an [*Error], and
// forgets them; nil when there are none.
func (n *Node) Err() error {
	faults := n.file.faults
	n.file.faults = Error{}
	if len(faults.Faults) == 0 {
		return nil
	}
	return &faults
}

// Place returns where n is; "" for the root of a JSON file.
func (n *Node) Place() string {
	if n.el != nil {
		return fmt.Sprintf("ligne %d, %s", n.el.line, n.el.name)
	}
	if n.up == nil {
		return ""
	}
	place := n.up.Place()
	switch {
	case n.name == "":
	case place == "":
		place = n.name
	default:
		place += "." + n.name
	}
	if n.index >= 0 {
		place += "[" + strconv.Itoa(n.index) + "]"
	}
	return place
}

// Fault notes something wrong with n.
func (n *Node) Fault(message string) { n.file.add(Fault{n.Place(), message}) }

// FaultAt notes something wrong with a member of n, or with its absence.
func (n *Node) FaultAt(name, message string) {
	member, ok := n.Get(name)
	if !ok {
		member = &Node{file: n.file, up: n, name: name, index: -1}
	}
	member.Fault(message)
}

// Name returns the name of an XML element, or of a member of a JSON object.
func (n *Node) Name() string {
	if n.el != nil {
		return n.el.name
	}
	return n.name
}

// IsObject reports whether n has members.
func (n *Node) IsObject() bool { return n.el != nil || n.value.Kind() == jsonvalue.Object }

// IsElement reports whether n is an element of an XML file.
func (n *Node) IsElement() bool { return n.el != nil }

// Get returns a member of n: in XML an attribute, else the first child of the
// name. ok is false when there is none, or null.
func (n *Node) Get(name string) (member *Node, ok bool) {
	if n.el == nil {
		value, _ := n.value.Get(name)
		return &Node{file: n.file, up: n, name: name, index: -1, value: value}, value.Kind() != jsonvalue.Null
	}
	if text, ok := n.el.attrs[name]; ok {
		return &Node{file: n.file, up: n, name: name, index: -1, value: jsonvalue.OfString(text)}, true
	}
	for _, child := range n.el.children {
		if child.name == name {
			return &Node{file: n.file, up: n, name: name, index: -1, el: child}, true
		}
	}
	return nil, false
}

// Either returns the first of the names that n has a member of, else the first
// of all.
func (n *Node) Either(names ...string) string {
	for _, name := range names {
		if _, ok := n.Get(name); ok {
			return name
		}
	}
	return names[0]
}

// List returns the items of a list; in XML the children of that name. It is
// empty when there is no such member.
func (n *Node) List(name string) []*Node {
	if n.el != nil {
		var items []*Node
		for _, child := range n.el.children {
			if child.name == name {
				items = append(items, &Node{file: n.file, up: n, name: name, index: len(items), el: child})
			}
		}
		return items
	}
	list, ok := n.Get(name)
	if !ok {
		return nil
	}
	if list.value.Kind() != jsonvalue.Array {
		list.Fault("liste attendue")
		return nil
	}
	values := list.value.Items()
	if !list.hasRoom(len(values)) {
		return nil
	}
	items := make([]*Node, len(values))
	for i, value := range values {
		items[i] = &Node{file: n.file, up: n, name: name, index: i, value: value}
	}
	return items
}

// Members returns the members of the object that a member of n is, in order.
// An empty list is taken for an object without members: some languages know no
// difference.
func (n *Node) Members(name string) []*Node {
	object, ok := n.Get(name)
	if !ok || object.value.Kind() == jsonvalue.Array && len(object.value.Items()) == 0 {
		return nil
	}
	if !object.IsObject() {
		object.Fault("objet attendu")
		return nil
	}
	members := object.value.Members()
	if !object.hasRoom(len(members)) {
		return nil
	}
	nodes := make([]*Node, len(members))
	for i, m := range members {
		nodes[i] = &Node{file: n.file, up: object, name: m.Key, index: -1, value: m.Value}
		if !IsText(m.Key) {
			nodes[i].Fault("caractère interdit")
		}
	}
	return nodes
}

// hasRoom counts items, and notes when the file has had too many.
func (n *Node) hasRoom(items int) bool {
	n.file.items += items
	if n.file.items > MaxItems {
		n.Fault(fmt.Sprintf("plus de %d éléments dans le fichier", MaxItems))
		return false
	}
	return true
}

// Value returns the text of n itself, an item of a list of texts. What is not a
// scalar is noted.
func (n *Node) Value() string {
	text, ok := n.scalar()
	switch {
	case !ok:
		n.Fault("texte attendu")
	case !IsText(text):
		n.Fault("caractère interdit")
	}
	return text
}

// IsText reports whether s is free of the characters that XML has no way to
// write: NUL and its like, tabs and ends of lines left out.
func IsText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' })
}

// Content returns the text of an XML element, whatever else it has, without the
// blanks around it.
func (n *Node) Content() string { return string(bytes.TrimSpace(n.el.text)) }

// IsScalar reports whether n is a text, a number, or an element with nothing
// but text.
func (n *Node) IsScalar() bool { _, ok := n.scalar(); return ok }

// scalar returns n as a text; ok is false when it is none, nor a number.
func (n *Node) scalar() (text string, ok bool) {
	if n.el != nil {
		return n.Content(), len(n.el.children) == 0 && len(n.el.attrs) == 0
	}
	switch n.value.Kind() {
	case jsonvalue.String, jsonvalue.BigInt:
		return n.value.Text(), true
	case jsonvalue.Int:
		return strconv.FormatInt(n.value.Int(), 10), true
	case jsonvalue.Float:
		return jsonvalue.FormatFloat(n.value.Float()), true
	}
	return "", false
}

// Text returns a member that is a text of at most maxLen characters, 0 for any
// length; "" when there is none.
func (n *Node) Text(name string, maxLen int) string {
	member, ok := n.Get(name)
	if !ok {
		return ""
	}
	text := member.Value()
	if maxLen > 0 && utf8.RuneCountInString(text) > maxLen {
		member.Fault(fmt.Sprintf("trop long (%d caractères au plus)", maxLen))
	}
	return text
}

// Need is Text for what may not be lacking nor be blank.
func (n *Node) Need(name string, maxLen int) string {
	text := n.Text(name, maxLen)
	if member, ok := n.Get(name); ok && !member.IsScalar() {
		return "" // noted already
	}
	if strings.TrimSpace(text) == "" {
		n.FaultAt(name, "manquant")
	}
	return text
}

// Float returns a member that is a number from lo to hi, nil when there is none
// or it is "".
func (n *Node) Float(name string, lo, hi float64) *float64 {
	member, text, ok := n.number(name)
	if !ok {
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		member.Fault("nombre attendu")
		return nil
	}
	if f < lo || f > hi {
		member.Fault(fmt.Sprintf("hors limites (de %v à %v)", lo, hi))
		return nil
	}
	return &f
}

// number returns the text of a member that should be a number, without the
// blanks around it; ok is false when there is none.
func (n *Node) number(name string) (member *Node, text string, ok bool) {
	if member, ok = n.Get(name); !ok {
		return nil, "", false
	}
	if text, ok = member.scalar(); !ok {
		member.Fault("nombre attendu")
		return nil, "", false
	}
	text = strings.TrimSpace(text)
	return member, text, text != ""
}

// Int returns a member that is an integer from lo to hi, nil when there is none
// or it is "".
func (n *Node) Int(name string, lo, hi int64) *int64 {
	member, text, ok := n.number(name)
	if !ok {
		return nil
	}
	i, err := strconv.ParseInt(strings.TrimSuffix(text, ".0"), 10, 64)
	if err != nil {
		member.Fault("entier attendu")
		return nil
	}
	if i < lo || i > hi {
		member.Fault(fmt.Sprintf("hors limites (de %d à %d)", lo, hi))
		return nil
	}
	return &i
}

// IntOr is Int with a value for when there is none.
func (n *Node) IntOr(name string, fallback, lo, hi int64) int64 {
	if i := n.Int(name, lo, hi); i != nil {
		return *i
	}
	return fallback
}

// Bool returns a member that is true or false, be it written 1 or 0; false when
// there is none.
func (n *Node) Bool(name string) bool {
	member, ok := n.Get(name)
	if !ok {
		return false
	}
	if member.el == nil && member.value.Kind() == jsonvalue.Bool {
		return member.value.Bool()
	}
	text, _ := member.scalar()
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "true":
		return true
	case "0", "false":
		return false
	case "":
		if member.IsScalar() {
			return false
		}
	}
	member.Fault("booléen attendu")
	return false
}
