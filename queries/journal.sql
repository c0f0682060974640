-- name: AddJournalLine :exec
INSERT INTO journal (at, account_id, account, address, request_id, action, object_type, object_id, object_name, before, after, search_key)
VALUES (@at, @account_id, @account, @address, @request_id, @action, @object_type, @object_id, @object_name, @before, @after, @search_key);

-- name: JournalLines :many
-- JournalLines returns the lines that match, newest first; before_id is 0 or
-- the line after which to go on.
SELECT * FROM journal
WHERE (CAST(@account AS TEXT) = '' OR account = CAST(@account AS TEXT))
  AND (CAST(@object_type AS TEXT) = '' OR object_type = CAST(@object_type AS TEXT))
  AND (CAST(@object_id AS TEXT) = '' OR object_id = CAST(@object_id AS TEXT))
  AND (CAST(@action AS TEXT) = '' OR action = CAST(@action AS TEXT))
  AND (CAST(@text AS TEXT) = '' OR instr(search_key, CAST(@text AS TEXT)) > 0)
  AND at >= CAST(@since AS TEXT)
  AND at < CAST(@until AS TEXT)
  AND (CAST(@before_id AS INTEGER) = 0 OR id < CAST(@before_id AS INTEGER))
ORDER BY id DESC
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: JournalLinesOldestFirst :many
-- JournalLinesOldestFirst returns the lines that match, oldest first; after_id
-- is 0 or the line after which to go on.
SELECT * FROM journal
WHERE (CAST(@account AS TEXT) = '' OR account = CAST(@account AS TEXT))
  AND (CAST(@object_type AS TEXT) = '' OR object_type = CAST(@object_type AS TEXT))
  AND (CAST(@object_id AS TEXT) = '' OR object_id = CAST(@object_id AS TEXT))
  AND (CAST(@action AS TEXT) = '' OR action = CAST(@action AS TEXT))
  AND (CAST(@text AS TEXT) = '' OR instr(search_key, CAST(@text AS TEXT)) > 0)
  AND at >= CAST(@since AS TEXT)
  AND at < CAST(@until AS TEXT)
  AND id > CAST(@after_id AS INTEGER)
ORDER BY id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountJournalLines :one
SELECT count(*) FROM journal
WHERE (CAST(@account AS TEXT) = '' OR account = CAST(@account AS TEXT))
  AND (CAST(@object_type AS TEXT) = '' OR object_type = CAST(@object_type AS TEXT))
  AND (CAST(@object_id AS TEXT) = '' OR object_id = CAST(@object_id AS TEXT))
  AND (CAST(@action AS TEXT) = '' OR action = CAST(@action AS TEXT))
  AND (CAST(@text AS TEXT) = '' OR instr(search_key, CAST(@text AS TEXT)) > 0)
  AND at >= CAST(@since AS TEXT)
  AND at < CAST(@until AS TEXT);

-- name: JournalAccounts :many
-- JournalAccounts returns who wrote at least one line, by name.
SELECT DISTINCT account FROM journal WHERE account <> '' ORDER BY account;
