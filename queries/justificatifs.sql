-- Justifications of absences, and the files that prove them.

-- name: Justificatif :one
SELECT * FROM justificatifs WHERE id = @id;

-- name: AddJustificatif :one
INSERT INTO justificatifs (etudid, debut_at, fin_at, etat, entry_at, account_id, raison, external_data)
VALUES (@etudid, @debut_at, @fin_at, @etat, @entry_at, @account_id, @raison, @external_data)
RETURNING *;

-- name: UpdateJustificatif :exec
UPDATE justificatifs SET debut_at = @debut_at, fin_at = @fin_at, etat = @etat, raison = @raison, external_data = @external_data WHERE id = @id;

-- name: SetJustificatifFolder :exec
UPDATE justificatifs SET fichier = @fichier WHERE id = @id;

-- name: DeleteJustificatif :exec
DELETE FROM justificatifs WHERE id = @id;

-- name: JustificatifsOfEtudiants :many
SELECT * FROM justificatifs WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) ORDER BY debut_at, id;

-- name: JustificatifsOfDepartement :many
SELECT j.* FROM justificatifs j JOIN etudiants e ON e.id = j.etudid WHERE e.dept_id = @dept_id ORDER BY j.debut_at, j.id;

-- name: JustificatifsOfFormSemestre :many
-- JustificatifsOfFormSemestre returns the justifications of the students of a
-- semester that have some of its time; one that only touches it is left out.
SELECT j.* FROM justificatifs j JOIN inscriptions i ON i.etudid = j.etudid
WHERE i.formsemestre_id = @formsemestre_id AND j.debut_at < @until AND j.fin_at > @since
ORDER BY j.debut_at, j.id;

-- name: AbsencesWithin :many
-- AbsencesWithin returns the records of a student, late or absent, that lie
-- whole within a time.
SELECT id FROM assiduites
WHERE etudid = @etudid AND etat <> 0 AND debut_at >= @since AND fin_at <= @until
ORDER BY debut_at, id;

-- name: FormSemestresOfEtudiants :many
-- FormSemestresOfEtudiants returns who is registered where, the latest
-- semesters first.
SELECT i.etudid, sqlc.embed(f) FROM inscriptions i JOIN formsemestres f ON f.id = i.formsemestre_id
WHERE i.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY f.date_debut DESC, f.id;

-- name: JustificatifFiles :many
-- JustificatifFiles returns the files of a justification, without what is in
-- them.
SELECT id, name, entry_at, account_id FROM justificatif_files WHERE justif_id = @justif_id ORDER BY name;

-- name: JustificatifFile :one
SELECT * FROM justificatif_files WHERE justif_id = @justif_id AND name = @name;

-- name: AddJustificatifFile :exec
INSERT INTO justificatif_files (justif_id, name, content, entry_at, account_id)
VALUES (@justif_id, @name, @content, @entry_at, @account_id);

-- name: DeleteJustificatifFile :exec
DELETE FROM justificatif_files WHERE id = @id;
