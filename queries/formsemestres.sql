-- Semesters of programmes: the rows and what hangs on them.

-- name: FormSemestre :one
SELECT * FROM formsemestres WHERE id = @id;

-- name: ResponsablesOf :many
SELECT account_id FROM formsemestre_responsables WHERE formsemestre_id = @formsemestre_id ORDER BY rang, account_id;

-- name: ResponsablesIn :many
-- ResponsablesIn returns who directs these semesters, each in their order.
SELECT formsemestre_id, account_id FROM formsemestre_responsables
WHERE formsemestre_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY formsemestre_id, rang, account_id;

-- name: EtapesIn :many
-- EtapesIn returns the Apogee steps of these semesters, each in their order.
SELECT formsemestre_id, code FROM formsemestre_etapes
WHERE formsemestre_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY formsemestre_id, rang;

-- name: ParcoursOfFormSemestres :many
-- ParcoursOfFormSemestres returns the tracks of these semesters, each in their
-- order.
SELECT fp.formsemestre_id, fp.parcours_id
FROM formsemestre_parcours fp JOIN parcours p ON p.id = fp.parcours_id
WHERE fp.formsemestre_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY fp.formsemestre_id, p.numero, p.code;

-- name: FindFormSemestres :many
-- FindFormSemestres returns the semesters that pass every filter; 0, -1 for
-- etat and NULL for a text are no filter. Two steps are the same when their
-- codes are, and their versions ("V1RT!111") where both have one.
SELECT f.* FROM formsemestres f
WHERE (CAST(@dept_id AS INTEGER) = 0 OR f.dept_id = CAST(@dept_id AS INTEGER))
  AND (CAST(@etat AS INTEGER) < 0 OR f.etat = CAST(@etat AS INTEGER))
  AND (CAST(sqlc.narg('since') AS TEXT) IS NULL OR f.date_debut >= CAST(sqlc.narg('since') AS TEXT))
  AND (CAST(sqlc.narg('before') AS TEXT) IS NULL OR f.date_debut < CAST(sqlc.narg('before') AS TEXT))
  AND (CAST(sqlc.narg('nip') AS TEXT) IS NULL OR f.id IN (
        SELECT i.formsemestre_id FROM inscriptions i JOIN etudiants e ON e.id = i.etudid WHERE e.code_nip = CAST(sqlc.narg('nip') AS TEXT)))
  AND (CAST(sqlc.narg('ine') AS TEXT) IS NULL OR f.id IN (
        SELECT i.formsemestre_id FROM inscriptions i JOIN etudiants e ON e.id = i.etudid WHERE e.code_ine = CAST(sqlc.narg('ine') AS TEXT)))
  AND (CAST(sqlc.narg('etape') AS TEXT) IS NULL OR f.id IN (
        SELECT a.formsemestre_id FROM formsemestre_etapes a
        WHERE CASE WHEN instr(a.code, '!') > 0 AND instr(CAST(sqlc.narg('etape') AS TEXT), '!') > 0
                   THEN a.code = CAST(sqlc.narg('etape') AS TEXT)
                   ELSE substr(a.code, 1, instr(a.code || '!', '!') - 1)
                        = substr(CAST(sqlc.narg('etape') AS TEXT), 1, instr(CAST(sqlc.narg('etape') AS TEXT) || '!', '!') - 1) END))
ORDER BY f.date_debut DESC, f.modalite, f.semestre_id, f.titre, f.id;

-- name: AddFormSemestre :one
INSERT INTO formsemestres (dept_id, formation_id, semestre_id, titre, date_debut, date_fin, etat, modalite, gestion_compensation,
                           gestion_semestrielle, bul_hide_xml, block_moyennes, block_moyenne_generale, mode_calcul_moyennes, bul_bgcolor,
                           resp_can_edit, resp_can_change_ens, ens_can_edit_eval, elt_sem_apo, elt_annee_apo, elt_passage_apo, edt_id,
                           capacite_accueil, bonus_func)
VALUES (@dept_id, @formation_id, @semestre_id, @titre, @date_debut, @date_fin, @etat, @modalite, @gestion_compensation,
        @gestion_semestrielle, @bul_hide_xml, @block_moyennes, @block_moyenne_generale, @mode_calcul_moyennes, @bul_bgcolor,
        @resp_can_edit, @resp_can_change_ens, @ens_can_edit_eval, @elt_sem_apo, @elt_annee_apo, @elt_passage_apo, @edt_id,
        @capacite_accueil, @bonus_func)
RETURNING *;

-- name: UpdateFormSemestre :exec
UPDATE formsemestres SET
  semestre_id = @semestre_id, titre = @titre, date_debut = @date_debut, date_fin = @date_fin, etat = @etat, modalite = @modalite,
  gestion_compensation = @gestion_compensation, gestion_semestrielle = @gestion_semestrielle, bul_hide_xml = @bul_hide_xml,
  block_moyennes = @block_moyennes, block_moyenne_generale = @block_moyenne_generale, mode_calcul_moyennes = @mode_calcul_moyennes,
  bul_bgcolor = @bul_bgcolor, resp_can_edit = @resp_can_edit, resp_can_change_ens = @resp_can_change_ens,
  ens_can_edit_eval = @ens_can_edit_eval, elt_sem_apo = @elt_sem_apo, elt_annee_apo = @elt_annee_apo,
  elt_passage_apo = @elt_passage_apo, edt_id = @edt_id, capacite_accueil = @capacite_accueil, bonus_func = @bonus_func
WHERE id = @id;

-- name: DeleteFormSemestre :exec
DELETE FROM formsemestres WHERE id = @id;

-- name: AddResponsable :exec
INSERT INTO formsemestre_responsables (formsemestre_id, account_id, rang) VALUES (@formsemestre_id, @account_id, @rang);

-- name: DeleteResponsables :exec
DELETE FROM formsemestre_responsables WHERE formsemestre_id = @formsemestre_id;

-- name: AddEtape :exec
INSERT INTO formsemestre_etapes (formsemestre_id, rang, code) VALUES (@formsemestre_id, @rang, @code);

-- name: DeleteEtapes :exec
DELETE FROM formsemestre_etapes WHERE formsemestre_id = @formsemestre_id;

-- name: AddFormSemestreParcours :exec
INSERT INTO formsemestre_parcours (formsemestre_id, parcours_id) VALUES (@formsemestre_id, @parcours_id);

-- name: DeleteFormSemestreParcours :exec
DELETE FROM formsemestre_parcours WHERE formsemestre_id = @formsemestre_id;

-- name: ParcoursOfFormation :many
-- ParcoursOfFormation returns the tracks of a programme's framework of
-- competences.
SELECT p.id FROM parcours p JOIN formations f ON f.referentiel_id = p.referentiel_id WHERE f.id = @formation_id;

-- name: UECoefsOfFormSemestre :many
-- UECoefsOfFormSemestre returns the coefficients that replace the programme's.
SELECT ue_id, coef FROM formsemestre_ue_coefs WHERE formsemestre_id = @formsemestre_id ORDER BY ue_id;

-- name: PutUECoef :exec
INSERT INTO formsemestre_ue_coefs (formsemestre_id, ue_id, coef) VALUES (@formsemestre_id, @ue_id, @coef)
ON CONFLICT (formsemestre_id, ue_id) DO UPDATE SET coef = excluded.coef;

-- name: DeleteUECoef :exec
DELETE FROM formsemestre_ue_coefs WHERE formsemestre_id = @formsemestre_id AND ue_id = @ue_id;

-- name: UEIDsOfFormation :many
SELECT id FROM ues WHERE formation_id = @formation_id;

-- name: UEsOfSemestre :many
-- UEsOfSemestre returns the UEs of a BUT semester: those of its number that no
-- track owns, or one of the semester's does (any, when it has none). Sport is
-- last.
SELECT u.* FROM formsemestres f JOIN ues u ON u.formation_id = f.formation_id AND u.semestre_idx = f.semestre_id
WHERE f.id = @id
  AND (NOT EXISTS (SELECT 1 FROM ue_parcours up WHERE up.ue_id = u.id)
       OR NOT EXISTS (SELECT 1 FROM formsemestre_parcours fp WHERE fp.formsemestre_id = f.id)
       OR EXISTS (SELECT 1 FROM ue_parcours up JOIN formsemestre_parcours fp ON fp.parcours_id = up.parcours_id
                  WHERE up.ue_id = u.id AND fp.formsemestre_id = f.id))
ORDER BY u.type = 1, u.numero, u.acronyme, u.id;

-- name: UEsOfModuleImpls :many
-- UEsOfModuleImpls returns the UEs that a semester's modules are in. Sport is
-- last.
SELECT u.* FROM ues u
WHERE u.id IN (SELECT m.ue_id FROM moduleimpls mi JOIN modules m ON m.id = mi.module_id WHERE mi.formsemestre_id = @formsemestre_id)
ORDER BY u.type = 1, u.numero, u.acronyme, u.id;
