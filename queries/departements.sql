-- Departments.

-- name: Departement :one
SELECT * FROM departements WHERE id = @id;

-- name: DepartementByAcronym :one
SELECT * FROM departements WHERE acronym = @acronym;

-- name: Departements :many
-- Departements returns all departments, those shown first, by acronym.
SELECT * FROM departements ORDER BY visible DESC, acronym;

-- name: DepartementSettings :many
-- DepartementSettings returns what a preference is set to in departments, and
-- in the site, where dept_id is NULL.
SELECT dept_id, value FROM preferences WHERE name = @name AND formsemestre_id IS NULL;
