-- Marks of evaluations, and what they were before.

-- name: NotesOfEvaluation :many
-- NotesOfEvaluation returns all marks of an evaluation, those of students who
-- left its module too, in the order of lists.
SELECT n.* FROM notes n JOIN etudiants e ON e.id = n.etudid
WHERE n.evaluation_id = @evaluation_id ORDER BY e.sort_key, e.id;

-- name: PutNote :exec
INSERT INTO notes (evaluation_id, etudid, value, comment, at, account_id)
VALUES (@evaluation_id, @etudid, @value, @comment, @at, @account_id)
ON CONFLICT (evaluation_id, etudid) DO UPDATE
SET value = excluded.value, comment = excluded.comment, at = excluded.at, account_id = excluded.account_id;

-- name: DeleteNote :exec
DELETE FROM notes WHERE id = @id;

-- name: AddNoteLog :exec
INSERT INTO notes_log (evaluation_id, etudid, value, comment, at, account_id)
VALUES (@evaluation_id, @etudid, @value, @comment, @at, @account_id);

-- name: NotesLogIn :many
-- NotesLogIn returns what marks of these students were before, the last first.
SELECT * FROM notes_log
WHERE evaluation_id = @evaluation_id AND etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY etudid, id DESC;

-- name: EtudiantsOfModuleImpl :many
-- EtudiantsOfModuleImpl returns the students of a module in the order of lists,
-- with their state in its semester.
SELECT e.id, e.nom, e.prenom, e.nom_usuel, e.code_nip, i.etat
FROM moduleimpl_inscriptions mi
JOIN moduleimpls m ON m.id = mi.moduleimpl_id
JOIN etudiants e ON e.id = mi.etudid
JOIN inscriptions i ON i.etudid = mi.etudid AND i.formsemestre_id = m.formsemestre_id
WHERE mi.moduleimpl_id = @moduleimpl_id
ORDER BY e.sort_key, e.id;

-- name: DecidedIn :many
-- DecidedIn returns those among students on whom a jury decided anything in a
-- semester.
SELECT DISTINCT d.etudid FROM (
  SELECT etudid, formsemestre_id FROM validations
  UNION ALL SELECT etudid, formsemestre_id FROM validations_rcue
  UNION ALL SELECT etudid, formsemestre_id FROM validations_annee
  UNION ALL SELECT etudid, formsemestre_id FROM validations_dut120) d
WHERE d.formsemestre_id = CAST(@formsemestre_id AS INTEGER) AND d.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY d.etudid;

-- name: SemestreIsDecided :one
-- SemestreIsDecided reports whether a jury decided anything in a semester.
SELECT CAST(EXISTS (SELECT 1 FROM validations v WHERE v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM validations_rcue v WHERE v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM validations_annee v WHERE v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM validations_dut120 v WHERE v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
       AS INTEGER) AS decided;
