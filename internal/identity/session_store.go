package identity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"

	"intendant/db"
	"intendant/internal/api"
)

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// sessionCodec writes the values of a session, all of them texts, always in
// the same order, so that an unchanged session is seen to be unchanged.
type sessionCodec struct{}

type sessionData struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec.
func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	data := sessionData{Deadline: deadline, Values: map[string]string{}}
	for key, v := range values {
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("session value %s is a %T", key, v)
		}
		data.Values[key] = text
	}
	return json.Marshal(data)
}

// Decode implements scs.Codec.
func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var data sessionData
	if err := json.Unmarshal(b, &data); err != nil {
		return time.Time{}, nil, fmt.Errorf("session: %w", err)
	}
	values := map[string]any{sessionStored: "yes"}
	for key, text := range data.Values {
		values[key] = text
	}
	return data.Deadline, values, nil
}

// sessionStore keeps sessions in the base under the hash of their token: who
// reads the base cannot sign in with what is there.
type sessionStore struct{ *Service }

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	row, err := s.Store.Read().Session(ctx, db.SessionParams{TokenHash: hashToken(token), Now: s.now()})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return row.Data, err == nil, err
}

// CommitCtx implements scs.CtxStore. A visit that changes nothing is written
// once a minute.
func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	var data sessionData
	if err := json.Unmarshal(b, &data); err != nil {
		return err
	}
	isStored := data.Values[sessionStored] != ""
	delete(data.Values, sessionStored)
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	hash, now := hashToken(token), s.now()
	if isStored {
		row, err := s.Store.Read().Session(ctx, db.SessionParams{TokenHash: hash, Now: now})
		if errors.Is(err, sql.ErrNoRows) || err == nil && bytes.Equal(row.Data, b) && now.Sub(row.SeenAt.Time) < touchEvery {
			return nil
		}
		if err != nil {
			return err
		}
	}
	expires := db.At(now.Add(sessionIdle))
	var opened db.Time
	if opened.Scan(data.Values[sessionOpened]) == nil && expires.After(opened.Add(sessionLifetime)) {
		expires = db.At(opened.Add(sessionLifetime))
	}
	accountID, err := strconv.ParseInt(data.Values[sessionAccount], 10, 64)
	if err != nil {
		return fmt.Errorf("session of nobody: %w", err)
	}
	request := api.RequestFrom(ctx)
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if isStored {
			_, err := q.SaveSession(ctx, db.SaveSessionParams{TokenHash: hash, Data: b, Now: now, ExpiresAt: expires})
			return err
		}
		return q.AddSession(ctx, db.AddSessionParams{
			TokenHash: hash, AccountID: &accountID, Data: b, Now: now, ExpiresAt: expires, Address: request.Address, UserAgent: request.UserAgent,
		})
	})
}

// DeleteCtx implements scs.CtxStore.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		_, err := q.DeleteSession(ctx, hashToken(token))
		return err
	})
}

// The methods of scs.Store, which scs never calls where CtxStore is there.

// Find implements scs.Store.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

var _ scs.CtxStore = sessionStore{}
