-- Modules as they are taught in a semester, and who takes them.

-- name: ModuleImpl :one
SELECT * FROM moduleimpls WHERE id = @id;

-- name: ModuleImplsOfFormSemestre :many
-- ModuleImplsOfFormSemestre returns the modules of a semester in the order of
-- the programme, sport last; resources and SAE do not follow the UEs, since
-- they count towards several.
SELECT mi.* FROM moduleimpls mi
JOIN modules m ON m.id = mi.module_id JOIN ues u ON u.id = m.ue_id JOIN matieres t ON t.id = m.matiere_id
WHERE mi.formsemestre_id = @formsemestre_id
ORDER BY u.type = 1, CASE WHEN m.module_type < 2 THEN u.numero ELSE 0 END, CASE WHEN m.module_type < 2 THEN t.numero ELSE 0 END,
         m.numero, m.code, mi.id;

-- name: EnseignantsIn :many
-- EnseignantsIn returns the teachers of these modules, each by name.
SELECT e.moduleimpl_id, a.id, a.user_name, a.first_name, a.last_name
FROM moduleimpl_enseignants e JOIN accounts a ON a.id = e.account_id
WHERE e.moduleimpl_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY e.moduleimpl_id, a.name_key, a.id;

-- name: ModuleIDsOfFormation :many
-- ModuleIDsOfFormation returns the modules of a programme, in its order, with
-- the number of the semester they are taught in.
SELECT id, semestre_id FROM modules WHERE formation_id = @formation_id ORDER BY semestre_id, numero, id;

-- name: AddModuleImpl :one
INSERT INTO moduleimpls (module_id, formsemestre_id, responsable_id) VALUES (@module_id, @formsemestre_id, @responsable_id)
RETURNING *;

-- name: AddEnseignant :exec
INSERT INTO moduleimpl_enseignants (moduleimpl_id, account_id) VALUES (@moduleimpl_id, @account_id);

-- name: DeleteEnseignants :exec
DELETE FROM moduleimpl_enseignants WHERE moduleimpl_id = @moduleimpl_id;
