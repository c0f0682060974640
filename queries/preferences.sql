-- Preferences of the site, of departments, of semesters.

-- name: PreferencesAt :many
-- PreferencesAt returns what is set for a semester, 0 for none, of a
-- department, 0 for none, and for the site: the nearest last.
SELECT name, value FROM preferences
WHERE (dept_id IS NULL AND formsemestre_id IS NULL) OR dept_id = CAST(@dept_id AS INTEGER) OR formsemestre_id = CAST(@formsemestre_id AS INTEGER)
ORDER BY formsemestre_id IS NOT NULL, dept_id IS NOT NULL, name;

-- name: PreferencesSet :many
-- PreferencesSet returns what is set at one place alone: a semester, a
-- department, or the site where both are 0.
SELECT name, value FROM preferences
WHERE ifnull(dept_id, 0) = CAST(@dept_id AS INTEGER) AND ifnull(formsemestre_id, 0) = CAST(@formsemestre_id AS INTEGER);

-- name: AddPreference :exec
INSERT INTO preferences (dept_id, formsemestre_id, name, value) VALUES (@dept_id, @formsemestre_id, @name, @value);

-- name: DeletePreference :exec
-- DeletePreference takes back what is set at one place, as in PreferencesSet.
DELETE FROM preferences
WHERE name = @name AND ifnull(dept_id, 0) = CAST(@dept_id AS INTEGER) AND ifnull(formsemestre_id, 0) = CAST(@formsemestre_id AS INTEGER);
