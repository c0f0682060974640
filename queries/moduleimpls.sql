-- Modules as they are taught in a semester.

-- name: ModuleImpl :one
SELECT * FROM moduleimpls WHERE id = @id;
