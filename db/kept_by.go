package db

import (
	"context"
	"sync"
)

// KeptBy holds values read from a base, each under its key, until anybody, in
// this process or in another, commits a change to it. The zero value holds
// nothing yet; it may be used by many at once, and must not be copied.
type KeptBy[K comparable, V any] struct {
	kept Kept[*keptValues[K, V]]
}

type keptValues[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]V
}

// Get returns the value of a key as the base has it now, or later: read makes
// it again when the base has changed. All who ask are given the same value,
// which none of them may change; those who ask at once for one that is not kept
// may each read it. At most most values are kept. An error of read is returned
// and not kept. As [Kept.Get], it must not be called inside of [Store.ReadTx].
func (k *KeptBy[K, V]) Get(ctx context.Context, store *Store, most int, key K, read func(ctx context.Context) (V, error)) (V, error) {
	kept, err := k.kept.Get(ctx, store, func(context.Context) (*keptValues[K, V], error) {
		return &keptValues[K, V]{values: map[K]V{}}, nil
	})
	if err != nil {
		var none V
		return none, err
	}
	if value, ok := kept.get(key); ok {
		return value, nil
	}
	// What is read from here on is as new as what kept stands for, or newer:
	// the base has changed then, and nobody is given kept again.
	value, err := read(ctx)
	if err == nil {
		kept.put(most, key, value)
	}
	return value, err
}

func (k *keptValues[K, V]) get(key K) (value V, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	value, ok = k.values[key]
	return value, ok
}

func (k *keptValues[K, V]) put(most int, key K, value V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.values) >= most {
		clear(k.values)
	}
	k.values[key] = value
}
