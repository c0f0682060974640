-- What the engine and the upkeep of the server need: revisions, settings,
-- backups, import drafts.

-- name: Revision :one
-- Revision returns the counter of one thing that caches depend on.
SELECT n FROM revisions WHERE name = @name;

-- name: Setting :one
SELECT value FROM settings WHERE name = @name;

-- name: Settings :many
SELECT name, value FROM settings ORDER BY name;

-- name: SetSetting :exec
INSERT INTO settings (name, value) VALUES (@name, @value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: DeleteSetting :execrows
DELETE FROM settings WHERE name = @name;

-- name: RecordBackup :execlastid
INSERT INTO backups (at, file, size, checked, message)
VALUES (@at, @file, @size, @checked, @message);

-- name: LastBackup :one
-- LastBackup returns the latest attempt, good or bad.
SELECT id, at, file, size, checked, message FROM backups
ORDER BY at DESC, id DESC LIMIT 1;

-- name: LastGoodBackup :one
SELECT id, at, file, size, checked, message FROM backups
WHERE checked = 1
ORDER BY at DESC, id DESC LIMIT 1;

-- name: Backups :many
-- Backups returns the latest attempts, newest first.
SELECT id, at, file, size, checked, message FROM backups
ORDER BY at DESC, id DESC LIMIT CAST(@max_rows AS INTEGER);

-- name: CreateImportDraft :exec
INSERT INTO import_drafts (id, account_id, kind, file_name, content, created_at)
VALUES (@id, @account_id, @kind, @file_name, @content, @created_at);

-- name: ImportDraft :one
SELECT id, account_id, kind, file_name, content, created_at
FROM import_drafts WHERE id = @id;

-- name: DeleteImportDraft :execrows
DELETE FROM import_drafts WHERE id = @id;

-- name: PurgeImportDrafts :execrows
-- PurgeImportDrafts deletes the drafts that were made before an instant.
DELETE FROM import_drafts WHERE created_at < @before;
