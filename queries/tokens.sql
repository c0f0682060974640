-- Bearer tokens of parc.

-- name: AddToken :exec
INSERT INTO tokens (jti, family, account_id, kind, epoch, created_at, expires_at, address, user_agent)
VALUES (@jti, @family, @account_id, @kind, @epoch, @created_at, @expires_at, @address, @user_agent);

-- name: Token :one
SELECT * FROM tokens WHERE jti = @jti;

-- name: UseToken :execrows
-- UseToken marks a refresh token as presented; no row when it already was.
UPDATE tokens SET used_at = @used_at WHERE jti = @jti AND used_at IS NULL AND revoked_at IS NULL;

-- name: RevokeFamily :execrows
UPDATE tokens SET revoked_at = @revoked_at WHERE family = @family AND revoked_at IS NULL;

-- name: LiveTokens :many
SELECT * FROM tokens
WHERE account_id = @account_id AND epoch = @epoch AND revoked_at IS NULL AND used_at IS NULL AND expires_at > @now
ORDER BY created_at DESC, jti;

-- name: AllLiveTokens :many
-- AllLiveTokens returns the live tokens of everybody, the newest first.
SELECT t.* FROM tokens t JOIN accounts a ON a.id = t.account_id
WHERE t.expires_at > @now AND t.epoch = a.epoch AND a.active = 1 AND t.revoked_at IS NULL AND t.used_at IS NULL
ORDER BY t.created_at DESC, t.jti;

-- name: PurgeTokens :execrows
DELETE FROM tokens WHERE expires_at < @before;
