-- Programmes: formations, UEs, subjects, modules.

-- name: Formation :one
SELECT * FROM formations WHERE id = @id;

-- name: FormationsByID :many
SELECT * FROM formations WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: UE :one
SELECT * FROM ues WHERE id = @id;

-- name: Module :one
SELECT * FROM modules WHERE id = @id;
