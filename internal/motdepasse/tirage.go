package motdepasse

import (
	"crypto/rand"
	"strings"
)

// alphabet leaves out what is misread or misheard on paper: i l o 0 1. One
// character is worth log2(31), or 4.95 bits.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"

const groupSize, groups = 4, 4

// Generate returns a random password to be read and typed by a person: four
// groups of four characters such as "k7mw-x2fa-p9tc-hd4e", 79 bits. It passes
// Policy{}.
func Generate() string { return Policy{}.Generate() }

// Generate returns a password like the function of that name, with as many
// more groups as the policy's length wants. It passes the policy as long as
// MinLength is at most MaxBytes.
func (p Policy) Generate() string {
	for {
		var b strings.Builder
		for n := 0; n < groups || b.Len() < p.minLength() && b.Len() <= MaxBytes-groupSize-1; n++ {
			if n > 0 {
				b.WriteByte('-')
			}
			for range groupSize {
				b.WriteByte(alphabet[draw(len(alphabet))])
			}
		}
		password := b.String()
		// One drawing in a great many is a common password.
		if !isCommon(password) {
			return password
		}
	}
}

// draw returns a uniform number below n, which is at most 256. Bytes above
// the last multiple of n are drawn again: a remainder would favour the first.
func draw(n int) int {
	var b [1]byte
	for {
		rand.Read(b[:])
		if v := int(b[0]); v < 256-256%n {
			return v % n
		}
	}
}
