-- Departments.

-- name: Departement :one
SELECT * FROM departements WHERE id = @id;

-- name: DepartementByAcronym :one
SELECT * FROM departements WHERE acronym = @acronym;

-- name: Departements :many
-- Departements returns all departments, those shown first, by acronym.
SELECT * FROM departements ORDER BY visible DESC, acronym;
