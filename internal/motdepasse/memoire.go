package motdepasse

import (
	"runtime/debug"
	"sync/atomic"
	"time"
)

// quiet is how long after a hash its memory is given back.
const quiet = time.Second

var releasing atomic.Bool

// releaseSoon gives the memory of the hashes back to the system once, shortly
// after a burst of them.
//
// argon2.IDKey allocates its 19 MiB at each call. Measured on a small server:
// forty logins at once leave 100 MiB resident, and an idle Go program keeps
// them for minutes, since nothing makes it collect. One FreeOSMemory, of 5 ms,
// brings it back to 7 MiB, and the next hash is no slower for it. Once a
// second at most, that is 0.5 % of a processor.
func releaseSoon() {
	if releasing.CompareAndSwap(false, true) {
		time.AfterFunc(quiet, func() {
			releasing.Store(false)
			if len(slots) > 0 {
				return // whoever holds the slot calls releaseSoon again
			}
			debug.FreeOSMemory()
		})
	}
}
