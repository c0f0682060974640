-- Programmes: formations, UEs, subjects, modules.

-- name: Formation :one
SELECT * FROM formations WHERE id = @id;

-- name: FormationsByID :many
SELECT * FROM formations WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: FormationIDs :many
-- FormationIDs returns the programmes of a department, 0 for all, by acronym,
-- title and version.
SELECT id FROM formations WHERE dept_id = CAST(@dept_id AS INTEGER) OR CAST(@dept_id AS INTEGER) = 0 ORDER BY acronyme, titre, version, id;

-- name: UE :one
SELECT * FROM ues WHERE id = @id;

-- name: UEsByID :many
SELECT * FROM ues WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: ParcoursOfUEs :many
-- ParcoursOfUEs returns the tracks of UEs, in the order of the tracks.
SELECT u.ue_id, u.parcours_id FROM ue_parcours u JOIN parcours p ON p.id = u.parcours_id
WHERE u.ue_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY p.numero, p.code, p.id;

-- name: CoefsOfUEs :many
-- CoefsOfUEs returns the coefficients of modules in UEs, in the order of the
-- modules.
SELECT c.* FROM module_ue_coefs c JOIN modules m ON m.id = c.module_id
WHERE c.ue_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY m.module_type, m.numero, m.code, m.id;

-- name: Module :one
SELECT * FROM modules WHERE id = @id;

-- name: ModulesByID :many
SELECT * FROM modules WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: ParcoursOfModules :many
-- ParcoursOfModules returns the tracks of modules, in the order of the tracks.
SELECT m.module_id, m.parcours_id FROM module_parcours m JOIN parcours p ON p.id = m.parcours_id
WHERE m.module_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY p.numero, p.code, p.id;

-- name: CoefsOfModules :many
-- CoefsOfModules returns the coefficients of modules in UEs, in the order of
-- the UEs.
SELECT c.* FROM module_ue_coefs c JOIN ues u ON u.id = c.ue_id
WHERE c.module_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY u.numero, u.acronyme, u.id;

-- name: AppCritiquesOfModules :many
-- AppCritiquesOfModules returns what modules teach, by code.
SELECT m.module_id, a.id, a.code, a.libelle FROM module_app_critiques m JOIN app_critiques a ON a.id = m.app_critique_id
WHERE m.module_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY a.code, a.id;
