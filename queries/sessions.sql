-- Browser sessions.

-- name: Session :one
SELECT data FROM sessions WHERE token_hash = @token_hash AND expires_at > @now;

-- name: SaveSession :exec
INSERT INTO sessions (token_hash, account_id, data, created_at, seen_at, expires_at, address, user_agent)
VALUES (@token_hash, @account_id, @data, @now, @now, @expires_at, @address, @user_agent)
ON CONFLICT (token_hash) DO UPDATE SET account_id = excluded.account_id, data = excluded.data,
  seen_at = excluded.seen_at, expires_at = excluded.expires_at;

-- name: DeleteSession :execrows
DELETE FROM sessions WHERE token_hash = @token_hash;

-- name: DeleteSessionsOf :execrows
DELETE FROM sessions WHERE account_id = CAST(@account_id AS INTEGER);

-- name: SessionsOf :many
SELECT token_hash, created_at, seen_at, expires_at, address, user_agent FROM sessions
WHERE account_id = CAST(@account_id AS INTEGER) AND expires_at > @now
ORDER BY seen_at DESC;

-- name: PurgeSessions :execrows
DELETE FROM sessions WHERE expires_at < @before;
