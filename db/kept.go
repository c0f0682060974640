package db

import (
	"context"
	"sync"
)

// Kept is a value read from a base and kept until anybody, in this process or
// in another, commits a change to it. The zero value holds nothing yet; it may
// be used by many at once, and must not be copied.
type Kept[T any] struct {
	mu      sync.Mutex
	isRead  bool
	version int64 // of the base, see [Store.Version], before value was read
	value   T
}

// Get returns the value as the base has it now, or later: read makes it again
// when the base has changed. All who ask are given the same value, which none
// of them may change. They wait for one another, so read is short; inside of
// [Store.ReadTx], which may hold the connection that read waits for, Get must
// not be called. An error of read is returned and not kept.
func (k *Kept[T]) Get(ctx context.Context, store *Store, read func(ctx context.Context) (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var none T
	// Before the rows: what changes while they are read is read again next time.
	version, err := store.Version(ctx)
	if err != nil {
		return none, err
	}
	if k.isRead && version == k.version {
		return k.value, nil
	}
	value, err := read(ctx)
	if err != nil {
		return none, err
	}
	k.isRead, k.version, k.value = true, version, value
	return value, nil
}
