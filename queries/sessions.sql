-- Browser sessions.

-- name: Session :one
SELECT data, seen_at FROM sessions WHERE token_hash = @token_hash AND expires_at > @now;

-- name: AddSession :exec
INSERT INTO sessions (token_hash, account_id, data, created_at, seen_at, expires_at, address, user_agent)
VALUES (@token_hash, @account_id, @data, @now, @now, @expires_at, @address, @user_agent);

-- name: SaveSession :execrows
-- SaveSession changes a session that is still there: one ended in the meantime
-- does not come back.
UPDATE sessions SET data = @data, seen_at = @now, expires_at = @expires_at WHERE token_hash = @token_hash;

-- name: DeleteSession :execrows
DELETE FROM sessions WHERE token_hash = @token_hash;

-- name: DeleteSessionOf :execrows
-- DeleteSessionOf ends one session of an account, named by the hash of its
-- token in hexadecimal.
DELETE FROM sessions WHERE account_id = CAST(@account_id AS INTEGER) AND lower(hex(token_hash)) = CAST(@id AS TEXT);

-- name: DeleteSessionsOf :execrows
DELETE FROM sessions WHERE account_id = CAST(@account_id AS INTEGER);

-- name: DeleteOtherSessionsOf :execrows
DELETE FROM sessions WHERE account_id = CAST(@account_id AS INTEGER) AND token_hash <> @token_hash;

-- name: SessionsOf :many
SELECT token_hash, created_at, seen_at, expires_at, address, user_agent FROM sessions
WHERE account_id = CAST(@account_id AS INTEGER) AND expires_at > @now
ORDER BY seen_at DESC;

-- name: LiveSessions :many
-- LiveSessions returns the sessions of everybody, the last used first.
SELECT token_hash, account_id, created_at, seen_at, expires_at, address, user_agent FROM sessions
WHERE expires_at > @now
ORDER BY seen_at DESC, token_hash;

-- name: PurgeSessions :execrows
DELETE FROM sessions WHERE expires_at < @before;
