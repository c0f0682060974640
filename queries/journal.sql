-- name: AddJournalLine :exec
INSERT INTO journal (at, account_id, account, address, request_id, action, object_type, object_id, object_name, before, after)
VALUES (@at, @account_id, @account, @address, @request_id, @action, @object_type, @object_id, @object_name, @before, @after);

-- name: JournalLines :many
SELECT * FROM journal
WHERE (CAST(@account AS TEXT) = '' OR account = @account)
  AND (CAST(@object_type AS TEXT) = '' OR object_type = @object_type)
  AND (CAST(@object_id AS TEXT) = '' OR object_id = @object_id)
  AND (CAST(@action AS TEXT) = '' OR action = @action)
  AND (CAST(@text AS TEXT) = '' OR instr(lower(object_name), lower(@text)) > 0 OR instr(lower(account), lower(@text)) > 0)
  AND at >= CAST(@since AS TEXT)
  AND at < CAST(@until AS TEXT)
ORDER BY id DESC
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountJournalLines :one
SELECT count(*) FROM journal
WHERE (CAST(@account AS TEXT) = '' OR account = @account)
  AND (CAST(@object_type AS TEXT) = '' OR object_type = @object_type)
  AND (CAST(@object_id AS TEXT) = '' OR object_id = @object_id)
  AND (CAST(@action AS TEXT) = '' OR action = @action)
  AND (CAST(@text AS TEXT) = '' OR instr(lower(object_name), lower(@text)) > 0 OR instr(lower(account), lower(@text)) > 0)
  AND at >= CAST(@since AS TEXT)
  AND at < CAST(@until AS TEXT);
