-- Files waiting between the dry run of an import and its confirmation.

-- name: CreateImportDraft :exec
INSERT INTO import_drafts (id, account_id, kind, file_name, content, created_at)
VALUES (@id, @account_id, @kind, @file_name, @content, @created_at);

-- name: ImportDraft :one
-- ImportDraft returns a draft of an account, made since an instant.
SELECT id, account_id, kind, file_name, content, created_at
FROM import_drafts
WHERE id = @id AND account_id = @account_id AND created_at >= @since;

-- name: DeleteImportDraft :execrows
DELETE FROM import_drafts WHERE id = @id AND account_id = @account_id;

-- name: PurgeImportDrafts :execrows
-- PurgeImportDrafts deletes the drafts that were made before an instant.
DELETE FROM import_drafts WHERE created_at < @before;
