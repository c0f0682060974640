package motdepasse

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"intendant/internal/plier"
)

// DefaultMinLength is the least number of characters of a Policy that does
// not say.
const DefaultMinLength = 8

// MaxBytes is the greatest length of a password: enough for any phrase, and
// no more to hash or to carry about.
const MaxBytes = 1024

// Policy says which passwords an account may take.
type Policy struct {
	// MinLength is the least number of characters (runes, not bytes); 0 means
	// DefaultMinLength.
	MinLength int
}

// Codes of the problems, which are also keys of the pages' catalog.
const (
	TooShort   = "password_too_short"
	TooLong    = "password_too_long"
	IsUserName = "password_is_user_name"
	Common     = "password_common"
)

// Problem is why a password was refused. It never holds the password.
type Problem struct {
	// Code is one of TooShort, TooLong, IsUserName and Common.
	Code string
	// Min is the least number of characters of the policy, whatever the code.
	Min int
}

// French returns the sentence to show.
func (p *Problem) French() string {
	switch p.Code {
	case TooShort:
		return fmt.Sprintf("Le mot de passe doit compter au moins %d caractères.", p.Min)
	case TooLong:
		return fmt.Sprintf("Le mot de passe est trop long (%d octets au plus).", MaxBytes)
	case IsUserName:
		return "Le mot de passe doit différer du nom d’utilisateur."
	default:
		return "Ce mot de passe est trop courant : il serait vite deviné."
	}
}

// English returns the sentence to show.
func (p *Problem) English() string {
	switch p.Code {
	case TooShort:
		return fmt.Sprintf("The password must have at least %d characters.", p.Min)
	case TooLong:
		return fmt.Sprintf("The password is too long (%d bytes at most).", MaxBytes)
	case IsUserName:
		return "The password must differ from the user name."
	default:
		return "This password is too common: it would soon be guessed."
	}
}

// Check returns the first thing wrong with a password for the account of that
// user name, nil when it is acceptable. An empty user name is equal to none.
func (p Policy) Check(password, userName string) *Problem {
	least := p.minLength()
	switch {
	case utf8.RuneCountInString(password) < least:
		return &Problem{TooShort, least}
	case len(password) > MaxBytes:
		return &Problem{TooLong, least}
	case sameName(password, userName):
		return &Problem{IsUserName, least}
	case isCommon(password):
		return &Problem{Common, least}
	}
	return nil
}

func (p Policy) minLength() int {
	if p.MinLength > 0 {
		return p.MinLength
	}
	return DefaultMinLength
}

// sameName compares without case and accents. Names made of nothing but
// hyphens have an empty key, hence the first comparison.
func sameName(password, userName string) bool {
	key := plier.Key(userName)
	return userName != "" && (strings.EqualFold(password, userName) || key != "" && plier.Key(password) == key)
}

//go:embed communs.txt
var commonFile string

// commonWords is sorted. It holds words to be looked up folded, without the
// digits that people put around them.
var commonWords = sync.OnceValue(func() []string { return strings.Fields(commonFile) })

func listed(word string) bool {
	_, found := slices.BinarySearch(commonWords(), word)
	return found
}

// maxTrimming is how many digits and signs around a common word still leave
// it a common password: a day and month and year of two digits, or a year
// with two signs. More make it long enough to be left alone, unless they are
// themselves a common sequence.
const maxTrimming = 6

// isCommon reports whether a password is a word of the list, or such a word
// in another case, with accents or spaces, written with digits and signs for
// letters (p@ssw0rd), surrounded by some digits and signs (Soleil2024!), or
// repeated; or one to three characters over and over.
func isCommon(password string) bool {
	folded := strings.ReplaceAll(plier.Key(password), " ", "")
	if isCommonWord(folded) {
		return true
	}
	for _, base := range []string{
		strings.TrimRightFunc(folded, notLetter),
		strings.TrimFunc(folded, notLetter),
	} {
		before, after, _ := strings.Cut(folded, base)
		if base != "" && isTrimming(before) && isTrimming(after) && isCommonWord(base) {
			return true
		}
	}
	return false
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func isTrimming(part string) bool {
	if utf8.RuneCountInString(part) <= maxTrimming {
		return true
	}
	digits := strings.TrimRightFunc(part, func(r rune) bool { return !unicode.IsDigit(r) })
	return listed(digits) || isRepeated(digits)
}

func isCommonWord(word string) bool {
	if listed(word) || isRepeated(word) {
		return true
	}
	for _, unmask := range unmaskers {
		if plain := unmask.Replace(word); plain != word && listed(plain) {
			return true
		}
	}
	return false
}

// unmaskers undo the usual writing of letters as digits and signs; 1 stands
// for two letters.
var unmaskers = []*strings.Replacer{
	strings.NewReplacer("0", "o", "1", "i", "!", "i", "3", "e", "€", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t"),
	strings.NewReplacer("0", "o", "1", "l", "!", "l", "3", "e", "€", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t"),
}

// isRepeated reports whether a word is one unit at least twice, the unit
// being of one to three characters or on the list.
func isRepeated(word string) bool {
	runes := []rune(word)
	for size := 1; size <= len(runes)/2; size++ {
		if len(runes)%size == 0 && slices.Equal(runes[size:], runes[:len(runes)-size]) {
			return size <= 3 || listed(string(runes[:size]))
		}
	}
	return false
}
