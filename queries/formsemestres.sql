-- Semesters of programmes, and who is registered in them.

-- name: FormSemestre :one
SELECT * FROM formsemestres WHERE id = @id;

-- name: ResponsablesOf :many
SELECT account_id FROM formsemestre_responsables WHERE formsemestre_id = @formsemestre_id ORDER BY rang, account_id;
