-- Attendance of students.

-- name: Assiduite :one
SELECT * FROM assiduites WHERE id = @id;

-- name: AddAssiduite :execlastid
-- AddAssiduite returns the id of a new record. RETURNING would make every one
-- of a long list wait for those before it: SQLite could then undo it alone.
INSERT INTO assiduites (etudid, moduleimpl_id, debut_at, fin_at, etat, description, entry_at, account_id, external_data)
VALUES (@etudid, @moduleimpl_id, @debut_at, @fin_at, @etat, @description, @entry_at, @account_id, @external_data);

-- name: UpdateAssiduite :exec
UPDATE assiduites SET moduleimpl_id = @moduleimpl_id, etat = @etat, description = @description, external_data = @external_data WHERE id = @id;

-- name: DeleteAssiduite :exec
DELETE FROM assiduites WHERE id = @id;

-- name: SetJustified :exec
UPDATE assiduites SET est_just = @est_just WHERE id = @id;

-- name: AssiduitesOfEtudiant :many
SELECT * FROM assiduites WHERE etudid = @etudid ORDER BY debut_at, id;

-- name: AssiduitesWithin :many
-- AssiduitesWithin returns the records of some students that overlap a time, in
-- order; one that only touches it is left out. Those of one student never
-- overlap, so that none before the last to begin by then is still going on.
SELECT a.* FROM etudiants e JOIN assiduites a ON a.etudid = e.id
WHERE e.id IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) AND a.debut_at < @until AND a.fin_at > @since
  AND a.debut_at >= (SELECT coalesce(max(b.debut_at), '') FROM assiduites b WHERE b.etudid = e.id AND b.debut_at <= @since)
ORDER BY a.debut_at, a.id;

-- name: AssiduitesOfEtudiants :many
SELECT * FROM assiduites WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) ORDER BY debut_at, id;

-- name: AssiduitesOfFormSemestre :many
-- AssiduitesOfFormSemestre returns the records of the students of a semester
-- that lie within its time.
SELECT a.* FROM inscriptions i JOIN assiduites a ON a.etudid = i.etudid
WHERE i.formsemestre_id = @formsemestre_id AND a.debut_at >= @since AND a.fin_at <= @until
ORDER BY a.debut_at, a.id;

-- name: AttendanceOfFormSemestre :many
-- AttendanceOfFormSemestre is AssiduitesOfFormSemestre for counting: what is
-- counted, by student.
SELECT a.etudid, a.debut_at, a.fin_at, a.etat, a.est_just, a.moduleimpl_id, a.account_id
FROM inscriptions i JOIN assiduites a ON a.etudid = i.etudid
WHERE i.formsemestre_id = @formsemestre_id AND a.debut_at >= @since AND a.fin_at <= @until
ORDER BY i.etudid, a.debut_at;

-- name: AttendanceOfEtudiant :many
-- AttendanceOfEtudiant returns what is counted of the records of a student.
SELECT etudid, debut_at, fin_at, etat, est_just, moduleimpl_id, account_id FROM assiduites WHERE etudid = @etudid ORDER BY debut_at;

-- name: OverlappingAssiduite :one
-- OverlappingAssiduite returns the first record of a student in the way of
-- another; see AssiduitesWithin.
SELECT a.* FROM assiduites a WHERE a.etudid = @etudid AND a.debut_at < @until AND a.fin_at > @since
  AND a.debut_at >= (SELECT coalesce(max(b.debut_at), '') FROM assiduites b WHERE b.etudid = @etudid AND b.debut_at <= @since)
ORDER BY a.debut_at LIMIT 1;

-- name: ModuleOfEtudiant :one
-- ModuleOfEtudiant returns where a module is, whether its semester is open, and
-- whether a student takes it.
SELECT f.dept_id, f.etat, CAST(EXISTS (
  SELECT 1 FROM moduleimpl_inscriptions mi WHERE mi.moduleimpl_id = m.id AND mi.etudid = @etudid
) AS INTEGER) AS is_taken
FROM moduleimpls m JOIN formsemestres f ON f.id = m.formsemestre_id
WHERE m.id = @moduleimpl_id;

-- name: IsLockedIn :one
-- IsLockedIn tells whether days, from the first to the last, meet semesters of a
-- student and those are all locked: 1 or 0.
SELECT CAST(count(*) > 0 AND sum(f.etat) = 0 AS INTEGER) FROM formsemestres f JOIN inscriptions i ON i.formsemestre_id = f.id
WHERE i.etudid = @etudid AND f.date_debut <= @last_day AND f.date_fin >= @first_day;

-- name: EvaluationsOfEtudiant :many
-- EvaluationsOfEtudiant returns the evaluations of the modules a student takes,
-- in a department (0 for all).
SELECT e.* FROM moduleimpl_inscriptions mi JOIN evaluations e ON e.moduleimpl_id = mi.moduleimpl_id
JOIN moduleimpls m ON m.id = e.moduleimpl_id JOIN formsemestres f ON f.id = m.formsemestre_id
WHERE mi.etudid = @etudid AND (CAST(@dept_id AS INTEGER) = 0 OR f.dept_id = CAST(@dept_id AS INTEGER))
ORDER BY e.debut_at, e.id;

-- name: AccountNames :many
SELECT id, user_name, first_name, last_name FROM accounts WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: CodesNIP :many
SELECT id, code_nip FROM etudiants WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: AttendanceOfDepartement :many
-- AttendanceOfDepartement returns what is counted of the records of a
-- department that lie within a time, by student in the order of their names.
SELECT a.etudid, e.code_nip, e.nom, e.prenom, a.debut_at, a.fin_at, a.etat, a.est_just
FROM etudiants e JOIN assiduites a ON a.etudid = e.id
WHERE e.dept_id = @dept_id AND a.debut_at >= @since AND a.fin_at <= @until
ORDER BY e.sort_key, e.id, a.debut_at;

-- name: RollOfFormSemestre :many
-- RollOfFormSemestre returns some students of a semester with the state of
-- their registration, by name.
SELECT sqlc.embed(e), i.etat FROM inscriptions i JOIN etudiants e ON e.id = i.etudid
WHERE i.formsemestre_id = @formsemestre_id AND i.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY e.sort_key, e.id;
