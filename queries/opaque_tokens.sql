-- Bearer tokens of scolarite: one for an account.

-- name: PutOpaqueToken :exec
-- PutOpaqueToken gives an account a token in the place of the one it had.
INSERT INTO opaque_tokens (token_hash, account_id, sealed, epoch, created_at, expires_at, address, user_agent)
VALUES (@token_hash, @account_id, @sealed, @epoch, @created_at, @expires_at, @address, @user_agent)
ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, sealed = excluded.sealed, epoch = excluded.epoch,
  created_at = excluded.created_at, expires_at = excluded.expires_at, address = excluded.address, user_agent = excluded.user_agent;

-- name: OpaqueToken :one
SELECT * FROM opaque_tokens WHERE token_hash = @token_hash;

-- name: OpaqueTokenOf :one
SELECT * FROM opaque_tokens WHERE account_id = @account_id;

-- name: LiveOpaqueTokens :many
-- LiveOpaqueTokens returns the live tokens of everybody, the newest first.
SELECT t.* FROM opaque_tokens t JOIN accounts a ON a.id = t.account_id
WHERE t.expires_at > @now AND t.epoch = a.epoch AND a.active = 1
ORDER BY t.created_at DESC, t.account_id;

-- name: DeleteOpaqueTokenOf :execrows
DELETE FROM opaque_tokens WHERE account_id = @account_id;

-- name: PurgeOpaqueTokens :execrows
DELETE FROM opaque_tokens WHERE expires_at < @before;
