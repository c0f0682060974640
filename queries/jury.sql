-- Decisions of juries: what they look at, and what they decide.

-- name: JuryEtudiants :many
-- JuryEtudiants returns the registrations of a semester and their students, in
-- the order of lists.
SELECT sqlc.embed(i), sqlc.embed(e) FROM inscriptions i JOIN etudiants e ON e.id = i.etudid
WHERE i.formsemestre_id = @formsemestre_id ORDER BY e.sort_key, e.id;

-- name: JurySemestres :many
-- JurySemestres returns the semesters that students are or were registered in,
-- the oldest first.
SELECT i.etudid, i.etat, i.parcours_id, sqlc.embed(f), fo.formation_code, fo.referentiel_id
FROM inscriptions i JOIN formsemestres f ON f.id = i.formsemestre_id JOIN formations fo ON fo.id = f.formation_id
WHERE i.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY i.etudid, f.date_debut, f.id;

-- name: JuryUEs :many
-- JuryUEs returns the UEs of the programmes of a code or of a framework of
-- competences, in their order.
SELECT u.* FROM ues u JOIN formations fo ON fo.id = u.formation_id
WHERE fo.formation_code = @formation_code OR fo.referentiel_id = CAST(@referentiel_id AS INTEGER)
ORDER BY u.formation_id, u.type = 1, u.numero, u.acronyme, u.id;

-- name: JuryUEParcours :many
-- JuryUEParcours returns the tracks of the UEs of a framework of competences.
SELECT up.* FROM ue_parcours up JOIN parcours p ON p.id = up.parcours_id
WHERE p.referentiel_id = @referentiel_id ORDER BY up.ue_id, up.parcours_id;

-- name: JuryNiveaux :many
-- JuryNiveaux returns the levels of a framework of competences.
SELECT n.* FROM niveaux n JOIN competences c ON c.id = n.competence_id
WHERE c.referentiel_id = @referentiel_id ORDER BY n.competence_id, n.ordre;

-- name: ValidationsOf :many
-- ValidationsOf returns what juries decided on the semesters and UEs of
-- students, the oldest first.
SELECT * FROM validations WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) ORDER BY event_at, id;

-- name: ValidationsRCUEOf :many
SELECT * FROM validations_rcue WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) ORDER BY id;

-- name: ValidationsAnneeOf :many
SELECT * FROM validations_annee WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) ORDER BY id;

-- name: AutorisationsFrom :many
-- AutorisationsFrom returns the registrations that a semester's jury allowed.
SELECT * FROM autorisations WHERE origin_formsemestre_id = CAST(@formsemestre_id AS INTEGER) ORDER BY etudid, semestre_id, id;

-- name: Validation :one
SELECT * FROM validations WHERE id = @id AND etudid = @etudid;

-- name: ValidationIn :one
-- ValidationIn returns the decision on a UE (0 for the semester itself) in a
-- semester (0 for none).
SELECT * FROM validations
WHERE etudid = @etudid AND ifnull(formsemestre_id, 0) = CAST(@formsemestre_id AS INTEGER) AND ifnull(ue_id, 0) = CAST(@ue_id AS INTEGER)
ORDER BY id LIMIT 1;

-- name: AddValidation :one
INSERT INTO validations (etudid, formsemestre_id, ue_id, code, assidu, event_at, compense_formsemestre_id, moy_ue, semestre_id, is_external)
VALUES (@etudid, @formsemestre_id, @ue_id, @code, @assidu, @event_at, @compense_formsemestre_id, @moy_ue, @semestre_id, @is_external)
RETURNING *;

-- name: UpdateValidation :exec
UPDATE validations SET code = @code, assidu = @assidu, event_at = @event_at, compense_formsemestre_id = @compense_formsemestre_id,
  moy_ue = @moy_ue, semestre_id = @semestre_id, is_external = @is_external
WHERE id = @id;

-- name: DeleteValidation :exec
DELETE FROM validations WHERE id = @id;

-- name: ClearCompense :exec
-- ClearCompense forgets that a semester of a student made up for another.
UPDATE validations SET compense_formsemestre_id = NULL
WHERE etudid = @etudid AND compense_formsemestre_id = CAST(@formsemestre_id AS INTEGER);

-- name: DeleteCompensations :exec
-- DeleteCompensations takes back that a semester of a student was made up for.
DELETE FROM evenements
WHERE etudid = @etudid AND comp_formsemestre_id = CAST(@formsemestre_id AS INTEGER) AND event_type = 'UTIL_COMPENSATION';

-- name: ValidationRCUE :one
SELECT * FROM validations_rcue WHERE id = @id AND etudid = @etudid;

-- name: ValidationRCUEOn :one
SELECT * FROM validations_rcue WHERE etudid = @etudid AND ue1_id = @ue1_id AND ue2_id = @ue2_id;

-- name: PutValidationRCUE :one
INSERT INTO validations_rcue (etudid, formsemestre_id, ue1_id, ue2_id, parcours_id, at, code)
VALUES (@etudid, @formsemestre_id, @ue1_id, @ue2_id, @parcours_id, @at, @code)
ON CONFLICT (etudid, ue1_id, ue2_id) DO UPDATE SET
  formsemestre_id = excluded.formsemestre_id, parcours_id = excluded.parcours_id, at = excluded.at, code = excluded.code
RETURNING *;

-- name: DeleteValidationRCUE :exec
DELETE FROM validations_rcue WHERE id = @id;

-- name: ValidationAnnee :one
SELECT * FROM validations_annee WHERE id = @id AND etudid = @etudid;

-- name: ValidationAnneeOn :one
SELECT * FROM validations_annee WHERE etudid = @etudid AND ordre = @ordre AND referentiel_id = @referentiel_id;

-- name: PutValidationAnnee :one
INSERT INTO validations_annee (etudid, ordre, formsemestre_id, referentiel_id, annee_scolaire, at, code)
VALUES (@etudid, @ordre, @formsemestre_id, @referentiel_id, @annee_scolaire, @at, @code)
ON CONFLICT (etudid, ordre, referentiel_id) DO UPDATE SET
  formsemestre_id = excluded.formsemestre_id, annee_scolaire = excluded.annee_scolaire, at = excluded.at, code = excluded.code
RETURNING *;

-- name: DeleteValidationAnnee :exec
DELETE FROM validations_annee WHERE id = @id;

-- name: ValidationDUT120 :one
SELECT * FROM validations_dut120 WHERE id = @id AND etudid = @etudid;

-- name: ValidationDUT120On :one
SELECT * FROM validations_dut120 WHERE etudid = @etudid AND referentiel_id = @referentiel_id;

-- name: PutValidationDUT120 :one
INSERT INTO validations_dut120 (etudid, formsemestre_id, referentiel_id, at)
VALUES (@etudid, @formsemestre_id, @referentiel_id, @at)
ON CONFLICT (etudid, referentiel_id) DO UPDATE SET formsemestre_id = excluded.formsemestre_id, at = excluded.at
RETURNING *;

-- name: DeleteValidationDUT120 :exec
DELETE FROM validations_dut120 WHERE id = @id;

-- name: Autorisation :one
SELECT * FROM autorisations WHERE id = @id AND etudid = @etudid;

-- name: AddAutorisation :one
INSERT INTO autorisations (etudid, formation_code, semestre_id, at, origin_formsemestre_id)
VALUES (@etudid, @formation_code, @semestre_id, @at, @origin_formsemestre_id) RETURNING *;

-- name: SetAutorisationDate :exec
UPDATE autorisations SET at = @at WHERE id = @id;

-- name: DeleteAutorisation :exec
DELETE FROM autorisations WHERE id = @id;

-- name: AddJuryEvent :exec
INSERT INTO evenements (etudid, at, formsemestre_id, ue_id, event_type, comp_formsemestre_id)
VALUES (@etudid, @at, @formsemestre_id, @ue_id, @event_type, @comp_formsemestre_id);

-- name: DeleteJuryEvents :exec
-- DeleteJuryEvents takes back what a decision made happen to a student in a
-- semester (0 for none), on a UE (0 for the semester itself); types are a JSON
-- list.
DELETE FROM evenements
WHERE etudid = @etudid AND ifnull(formsemestre_id, 0) = CAST(@formsemestre_id AS INTEGER) AND ifnull(ue_id, 0) = CAST(@ue_id AS INTEGER)
  AND event_type IN (SELECT value FROM json_each(CAST(@types AS TEXT)));
