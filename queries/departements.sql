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

-- name: AddDepartement :one
INSERT INTO departements (acronym, visible, date_creation) VALUES (@acronym, @visible, @date_creation) RETURNING *;

-- name: ShowDepartement :exec
-- ShowDepartement shows a department, or hides it.
UPDATE departements SET visible = @visible WHERE id = @id;

-- name: DeleteDepartement :exec
-- DeleteDepartement deletes a department and all that is in it.
DELETE FROM departements WHERE id = @id;

-- name: MakeOldestGrantsPrimary :exec
-- MakeOldestGrantsPrimary gives the accounts that lost their primary role the
-- oldest of those that they still have.
UPDATE grants SET is_primary = 1 WHERE id IN (
  SELECT min(g.id) FROM grants g
  WHERE NOT EXISTS (SELECT 1 FROM grants p WHERE p.account_id = g.account_id AND p.is_primary = 1)
  GROUP BY g.account_id);

-- name: EtudiantsOfDepartement :many
-- EtudiantsOfDepartement returns every student of a department, by name.
SELECT * FROM etudiants WHERE dept_id = @dept_id ORDER BY sort_key, id;

-- name: FormSemestreIDsOfDepartement :many
SELECT id FROM formsemestres WHERE dept_id = @dept_id ORDER BY id;

-- name: FormSemestresOfDepartementAt :many
-- FormSemestresOfDepartementAt returns the semesters of a department that a day
-- lies in, the latest first.
SELECT * FROM formsemestres
WHERE dept_id = @dept_id AND date_debut <= @day AND date_fin >= @day
ORDER BY date_debut DESC, modalite, semestre_id, titre, id;
