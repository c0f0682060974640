-- Project databases: what the base knows of the files.

-- name: ReadyDatabases :many
SELECT * FROM project_databases WHERE state = 'ready' ORDER BY name_key;

-- name: ReadyDatabase :one
SELECT * FROM project_databases WHERE name_key = @name_key AND name = @name AND state = 'ready';

-- name: DatabasesByState :many
SELECT * FROM project_databases WHERE state = @state ORDER BY id;

-- name: DatabaseNames :many
-- DatabaseNames returns the names that are taken: those of all databases but
-- the ones in the trash.
SELECT name FROM project_databases WHERE state <> 'trashed';

-- name: CountDatabaseName :one
SELECT count(*) FROM project_databases WHERE name_key = @name_key AND state <> 'trashed';

-- name: AddDatabase :one
INSERT INTO project_databases (name, name_key, owner_id, state, discarded, created_at, trashed_at)
VALUES (@name, @name_key, @owner_id, @state, @discarded, @created_at, @trashed_at)
RETURNING *;

-- name: AddDatabaseUnlessThere :exec
INSERT INTO project_databases (name, name_key, state, created_at) VALUES (@name, @name_key, 'ready', @created_at)
ON CONFLICT DO NOTHING;

-- name: MoveDatabase :execrows
-- MoveDatabase takes a database from one state to another; none changes when
-- somebody else did it first.
UPDATE project_databases SET state = @to_state, discarded = @discarded, trashed_at = @trashed_at
WHERE id = @id AND state = @from_state;

-- name: DeleteDatabase :execrows
DELETE FROM project_databases WHERE id = @id AND state = @state;

-- name: TrashedDatabases :many
SELECT * FROM project_databases WHERE state = 'trashed' ORDER BY trashed_at DESC, id DESC;

-- name: TrashedDatabase :one
SELECT * FROM project_databases WHERE state = 'trashed' AND discarded = CAST(@discarded AS TEXT);
