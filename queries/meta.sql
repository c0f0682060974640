-- What the engine and the upkeep of the server need: revisions, backups,
-- counts.

-- name: Revision :one
-- Revision returns the counter of one thing that caches depend on.
SELECT n FROM revisions WHERE name = @name;

-- name: RecordBackup :execlastid
INSERT INTO backups (at, file, size, checked, message)
VALUES (@at, @file, @size, @checked, @message);

-- name: LastGoodBackup :one
SELECT id, at, file, size, checked, message FROM backups
WHERE checked = 1
ORDER BY at DESC, id DESC LIMIT 1;

-- name: Backups :many
-- Backups returns the latest attempts, newest first.
SELECT id, at, file, size, checked, message FROM backups
ORDER BY at DESC, id DESC LIMIT CAST(@max_rows AS INTEGER);

-- name: Holdings :one
-- Holdings counts what the base holds; sessions are those open at now.
SELECT CAST((SELECT count(*) FROM clients) AS INTEGER) AS clients,
       CAST((SELECT count(*) FROM client_sites) AS INTEGER) AS sites,
       CAST((SELECT count(*) FROM equipements) AS INTEGER) AS equipements,
       CAST((SELECT count(*) FROM accounts) AS INTEGER) AS accounts,
       CAST((SELECT count(*) FROM projects) AS INTEGER) AS projects,
       CAST((SELECT count(*) FROM sessions WHERE account_id IS NOT NULL AND expires_at > CAST(@now AS TEXT)) AS INTEGER) AS sessions,
       CAST((SELECT min(created_at) FROM roles) AS TEXT) AS made_at;
