-- Logos of the site and of departments. @dept_id is 0 for those of the site.

-- name: LogoNames :many
SELECT name FROM logos WHERE ifnull(dept_id, 0) = CAST(@dept_id AS INTEGER) ORDER BY name;

-- name: Logo :one
SELECT * FROM logos WHERE ifnull(dept_id, 0) = CAST(@dept_id AS INTEGER) AND name = @name;

-- name: AddLogo :one
INSERT INTO logos (dept_id, name, content_type, content, modified_at)
VALUES (@dept_id, @name, @content_type, @content, @modified_at)
RETURNING *;

-- name: DeleteLogo :exec
DELETE FROM logos WHERE id = @id;
