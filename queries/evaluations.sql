-- Evaluations of the modules of semesters.

-- name: Evaluation :one
SELECT * FROM evaluations WHERE id = @id;

-- name: EtudidsOfModuleImpl :many
SELECT etudid FROM moduleimpl_inscriptions WHERE moduleimpl_id = @moduleimpl_id ORDER BY etudid;

-- name: EvaluationsOfModuleImpl :many
SELECT * FROM evaluations WHERE moduleimpl_id = @moduleimpl_id ORDER BY numero, debut_at, id;

-- name: PoidsOfEvaluations :many
-- PoidsOfEvaluations returns what evaluations of a BUT weigh towards each UE of
-- their semesters, 1 where nothing is said; sport has none and gives none. The
-- UEs are those that no track owns, or one of the semester's does.
SELECT e.id AS evaluation_id, u.id AS ue_id, CAST(ifnull(p.poids, 1.0) AS REAL) AS poids
FROM evaluations e
JOIN moduleimpls mi ON mi.id = e.moduleimpl_id
JOIN modules m ON m.id = mi.module_id
JOIN ues own ON own.id = m.ue_id AND own.type <> CAST(@sport AS INTEGER)
JOIN formsemestres f ON f.id = mi.formsemestre_id
JOIN formations fo ON fo.id = f.formation_id AND fo.type_parcours = CAST(@but AS INTEGER)
JOIN ues u ON u.formation_id = f.formation_id AND u.semestre_idx = f.semestre_id AND u.type <> CAST(@sport AS INTEGER)
LEFT JOIN evaluation_poids p ON p.evaluation_id = e.id AND p.ue_id = u.id
WHERE e.id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
  AND (NOT EXISTS (SELECT 1 FROM ue_parcours up WHERE up.ue_id = u.id)
       OR NOT EXISTS (SELECT 1 FROM formsemestre_parcours fp WHERE fp.formsemestre_id = f.id)
       OR EXISTS (SELECT 1 FROM ue_parcours up JOIN formsemestre_parcours fp ON fp.parcours_id = up.parcours_id
                  WHERE up.ue_id = u.id AND fp.formsemestre_id = f.id))
ORDER BY e.id, u.numero, u.acronyme, u.id;

-- name: AddEvaluation :one
INSERT INTO evaluations (moduleimpl_id, debut_at, fin_at, description, note_max, coefficient, visibulletin, publish_incomplete,
  evaluation_type, numero, blocked_until_at)
VALUES (@moduleimpl_id, @debut_at, @fin_at, @description, @note_max, @coefficient, @visibulletin, @publish_incomplete,
  @evaluation_type, @numero, @blocked_until_at)
RETURNING *;

-- name: UpdateEvaluation :exec
UPDATE evaluations SET debut_at = @debut_at, fin_at = @fin_at, description = @description, note_max = @note_max,
  coefficient = @coefficient, visibulletin = @visibulletin, publish_incomplete = @publish_incomplete,
  evaluation_type = @evaluation_type, numero = @numero, blocked_until_at = @blocked_until_at
WHERE id = @id;

-- name: ShiftEvaluations :exec
-- ShiftEvaluations makes room for an evaluation among those of a module.
UPDATE evaluations SET numero = numero + 1 WHERE moduleimpl_id = @moduleimpl_id AND numero >= @numero;

-- name: PutPoids :exec
INSERT INTO evaluation_poids (evaluation_id, ue_id, poids) VALUES (@evaluation_id, @ue_id, @poids)
ON CONFLICT (evaluation_id, ue_id) DO UPDATE SET poids = excluded.poids;

-- name: DeleteEvaluation :exec
-- DeleteEvaluation takes its marks and their history with it.
DELETE FROM evaluations WHERE id = @id;

-- name: IsEnseignant :one
-- IsEnseignant reports whether an account teaches a module, without being in
-- charge of it.
SELECT CAST(EXISTS (SELECT 1 FROM moduleimpl_enseignants WHERE moduleimpl_id = @moduleimpl_id AND account_id = @account_id) AS INTEGER);
