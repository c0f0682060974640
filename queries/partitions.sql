-- Partitions of a semester, their groups, who is in them.

-- name: Partition :one
SELECT * FROM partitions WHERE id = @id;

-- name: Groupe :one
SELECT * FROM groupes WHERE id = @id;
