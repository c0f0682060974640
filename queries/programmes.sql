-- Programmes as files: read whole, written whole. UEs of other institutions
-- stay at home.

-- name: ProgrammeUEs :many
SELECT * FROM ues WHERE formation_id = @formation_id AND is_external = 0 ORDER BY semestre_idx, numero, id;

-- name: ProgrammeNiveaux :many
-- ProgrammeNiveaux returns the levels of competence of the UEs of a programme.
SELECT DISTINCT n.id, n.annee, n.ordre, n.libelle, c.titre
FROM niveaux n JOIN competences c ON c.id = n.competence_id JOIN ues u ON u.niveau_id = n.id
WHERE u.formation_id = @formation_id;

-- name: ProgrammeUEParcours :many
SELECT up.ue_id, up.ects, p.id, p.code
FROM ue_parcours up JOIN parcours p ON p.id = up.parcours_id JOIN ues u ON u.id = up.ue_id
WHERE u.formation_id = @formation_id
ORDER BY up.ue_id, p.numero, p.code;

-- name: ProgrammeMatieres :many
SELECT m.id, m.ue_id, m.titre, m.numero
FROM matieres m JOIN ues u ON u.id = m.ue_id
WHERE u.formation_id = @formation_id
ORDER BY m.ue_id, m.numero, m.id;

-- name: ProgrammeModules :many
SELECT * FROM modules WHERE formation_id = @formation_id ORDER BY matiere_id, numero, id;

-- name: ProgrammeCoefs :many
SELECT c.module_id, c.ue_id, c.coef
FROM module_ue_coefs c JOIN modules m ON m.id = c.module_id JOIN ues u ON u.id = c.ue_id AND u.formation_id = m.formation_id
WHERE m.formation_id = @formation_id AND u.is_external = 0
ORDER BY c.module_id, u.semestre_idx, u.numero, u.id;

-- name: ProgrammeModuleParcours :many
SELECT mp.module_id, p.id, p.code
FROM module_parcours mp JOIN parcours p ON p.id = mp.parcours_id JOIN modules m ON m.id = mp.module_id
WHERE m.formation_id = @formation_id
ORDER BY mp.module_id, p.numero, p.code;

-- name: ProgrammeModuleAppCritiques :many
SELECT ma.module_id, a.code
FROM module_app_critiques ma JOIN app_critiques a ON a.id = ma.app_critique_id JOIN modules m ON m.id = ma.module_id
WHERE m.formation_id = @formation_id
ORDER BY ma.module_id, a.code, a.id;

-- name: ProgrammeTags :many
SELECT t.module_id, t.title
FROM module_tags t JOIN modules m ON m.id = t.module_id
WHERE m.formation_id = @formation_id
ORDER BY t.module_id, t.title;

-- name: ProgrammeOwnsCode :one
-- ProgrammeOwnsCode reports whether a version of the programme has the code, or
-- nothing else has.
SELECT CAST(
  EXISTS (SELECT 1 FROM formations f WHERE f.formation_code = @formation_code AND f.dept_id = @dept_id AND f.acronyme = @acronyme AND f.titre = @titre)
  OR NOT EXISTS (SELECT 1 FROM formations f WHERE f.formation_code = @formation_code)
AS INTEGER);

-- name: AddUEParcoursECTS :exec
INSERT INTO ue_parcours (ue_id, parcours_id, ects) VALUES (@ue_id, @parcours_id, @ects);

-- name: AddModuleTag :exec
INSERT INTO module_tags (module_id, title) VALUES (@module_id, @title);
