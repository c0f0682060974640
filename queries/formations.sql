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

-- name: LastVersion :one
-- LastVersion returns the newest version of a programme and its code.
SELECT version, formation_code FROM formations WHERE dept_id = @dept_id AND acronyme = @acronyme AND titre = @titre
ORDER BY version DESC LIMIT 1;

-- name: NextFormationCode :one
-- NextFormationCode returns the number of the next code FCOD<n>.
SELECT CAST(coalesce(max(CAST(substr(formation_code, 5) AS INTEGER)), 0) + 1 AS INTEGER) AS n
FROM formations WHERE formation_code GLOB 'FCOD[0-9]*' AND length(formation_code) <= 16;

-- name: AddFormation :one
INSERT INTO formations (dept_id, acronyme, titre, titre_officiel, version, formation_code, type_parcours, code_specialite, referentiel_id, commentaire, archived)
VALUES (@dept_id, @acronyme, @titre, @titre_officiel, @version, @formation_code, @type_parcours, @code_specialite, @referentiel_id, @commentaire, @archived)
RETURNING *;

-- name: UpdateFormation :exec
UPDATE formations SET acronyme = @acronyme, titre = @titre, titre_officiel = @titre_officiel, type_parcours = @type_parcours,
  code_specialite = @code_specialite, commentaire = @commentaire, archived = @archived
WHERE id = @id;

-- name: DeleteFormation :exec
DELETE FROM formations WHERE id = @id;

-- name: CountFormSemestresOfFormation :one
SELECT count(*) FROM formsemestres WHERE formation_id = @formation_id;

-- name: CountDecisionsOnFormation :one
-- CountDecisionsOnFormation counts what juries decided on UEs of a programme,
-- external ones included.
SELECT CAST(
  (SELECT count(*) FROM validations v JOIN ues u ON u.id = v.ue_id WHERE u.formation_id = @formation_id)
  + (SELECT count(*) FROM validations_rcue r JOIN ues u ON u.id IN (r.ue1_id, r.ue2_id) WHERE u.formation_id = @formation_id)
  + (SELECT count(*) FROM evenements e JOIN ues u ON u.id = e.ue_id WHERE u.formation_id = @formation_id)
AS INTEGER) AS n;

-- name: NextUECode :one
-- NextUECode returns the number of the next code UCOD<n>.
SELECT CAST(coalesce(max(CAST(substr(ue_code, 5) AS INTEGER)), 0) + 1 AS INTEGER) AS n
FROM ues WHERE ue_code GLOB 'UCOD[0-9]*' AND length(ue_code) <= 16;

-- name: NextUENumero :one
-- NextUENumero returns the number after those of a programme's UEs, the bonus
-- left out: it comes last.
SELECT CAST(coalesce(max(numero), 0) + 1 AS INTEGER) AS numero FROM ues WHERE formation_id = @formation_id AND type <> 1;

-- name: AddUE :one
INSERT INTO ues (formation_id, acronyme, numero, titre, type, ue_code, ects, is_external, code_apogee, coefficient, semestre_idx, niveau_id, code_apogee_rcue, coef_rcue, color)
VALUES (@formation_id, @acronyme, @numero, @titre, @type, @ue_code, @ects, @is_external, @code_apogee, @coefficient, @semestre_idx, @niveau_id, @code_apogee_rcue, @coef_rcue, @color)
RETURNING *;

-- name: UpdateUE :exec
UPDATE ues SET acronyme = @acronyme, numero = @numero, titre = @titre, type = @type, ue_code = @ue_code, ects = @ects, is_external = @is_external,
  code_apogee = @code_apogee, coefficient = @coefficient, semestre_idx = @semestre_idx, code_apogee_rcue = @code_apogee_rcue,
  coef_rcue = @coef_rcue, color = @color
WHERE id = @id;

-- name: SetUECodeApogee :exec
UPDATE ues SET code_apogee = @code_apogee WHERE id = @id;

-- name: SetUECodeApogeeRCUE :exec
UPDATE ues SET code_apogee_rcue = @code_apogee_rcue WHERE id = @id;

-- name: SetUENiveau :exec
UPDATE ues SET niveau_id = @niveau_id WHERE id = @id;

-- name: DeleteUE :exec
DELETE FROM ues WHERE id = @id;

-- name: CountModulesOfUE :one
-- CountModulesOfUE counts the modules that lie in a UE or weigh in it.
SELECT count(*) FROM modules m WHERE m.ue_id = @ue_id OR m.id IN (SELECT c.module_id FROM module_ue_coefs c WHERE c.ue_id = @ue_id);

-- name: CountModulesOfUEElsewhere :one
-- CountModulesOfUEElsewhere counts the modules of other semesters than one that
-- lie in a UE or weigh in it.
SELECT count(*) FROM modules m
WHERE m.semestre_id <> @semestre_id AND (m.ue_id = @ue_id OR m.id IN (SELECT c.module_id FROM module_ue_coefs c WHERE c.ue_id = @ue_id));

-- name: CountDecisionsOnUE :one
SELECT CAST(
  (SELECT count(*) FROM validations v WHERE v.ue_id = CAST(@ue_id AS INTEGER))
  + (SELECT count(*) FROM validations_rcue r WHERE r.ue1_id = @ue_id OR r.ue2_id = @ue_id)
  + (SELECT count(*) FROM evenements e WHERE e.ue_id = CAST(@ue_id AS INTEGER))
AS INTEGER) AS n;

-- name: CountLockedUsesOfUE :one
-- CountLockedUsesOfUE counts the modules of locked semesters that lie in a UE
-- or weigh in it, and the decisions of locked semesters on it.
SELECT CAST(
  (SELECT count(*) FROM modules m JOIN moduleimpls i ON i.module_id = m.id JOIN formsemestres f ON f.id = i.formsemestre_id
    WHERE f.etat = 0 AND (m.ue_id = @ue_id OR m.id IN (SELECT c.module_id FROM module_ue_coefs c WHERE c.ue_id = @ue_id)))
  + (SELECT count(*) FROM validations v JOIN formsemestres f ON f.id = v.formsemestre_id WHERE f.etat = 0 AND v.ue_id = @ue_id)
AS INTEGER) AS n;

-- name: RemoveUEParcours :exec
-- RemoveUEParcours takes a UE out of the tracks that are not in a list.
DELETE FROM ue_parcours WHERE ue_id = @ue_id AND parcours_id NOT IN (SELECT value FROM json_each(CAST(@kept AS TEXT)));

-- name: AddUEParcours :exec
INSERT INTO ue_parcours (ue_id, parcours_id) VALUES (@ue_id, @parcours_id) ON CONFLICT DO NOTHING;

-- name: NiveauWithCompetence :one
-- NiveauWithCompetence returns a level with its competence and the department
-- of the framework they are in.
SELECT n.*, c.titre, c.referentiel_id, r.dept_id
FROM niveaux n JOIN competences c ON c.id = n.competence_id JOIN referentiels r ON r.id = c.referentiel_id
WHERE n.id = @id;

-- name: ParcoursReachingNiveau :many
-- ParcoursReachingNiveau returns the tracks that reach a level in its year.
SELECT a.parcours_id FROM niveaux n
JOIN parcours_competences pc ON pc.competence_id = n.competence_id AND pc.niveau = n.ordre
JOIN parcours_annees a ON a.id = pc.annee_id AND n.annee = 'BUT' || a.ordre
WHERE n.id = @niveau_id;

-- name: OtherUEsOfNiveau :many
-- OtherUEsOfNiveau returns the other UEs of a semester of a programme that are
-- on a level.
SELECT * FROM ues
WHERE formation_id = @formation_id AND semestre_idx = CAST(@semestre_idx AS INTEGER) AND niveau_id = CAST(@niveau_id AS INTEGER) AND id <> @id
ORDER BY numero, id;

-- name: Matiere :one
SELECT * FROM matieres WHERE id = @id;

-- name: FirstMatiereOfUE :one
SELECT * FROM matieres WHERE ue_id = @ue_id ORDER BY numero, id LIMIT 1;

-- name: NextMatiereNumero :one
SELECT CAST(coalesce(max(numero), 0) + 1 AS INTEGER) AS numero FROM matieres WHERE ue_id = @ue_id;

-- name: AddMatiere :one
INSERT INTO matieres (ue_id, titre, numero) VALUES (@ue_id, @titre, @numero) RETURNING *;

-- name: UpdateMatiere :exec
UPDATE matieres SET titre = @titre, numero = @numero WHERE id = @id;

-- name: DeleteMatiere :exec
DELETE FROM matieres WHERE id = @id;

-- name: CountModulesOfMatiere :one
SELECT count(*) FROM modules WHERE matiere_id = @matiere_id;

-- name: NextModuleNumero :one
SELECT CAST(coalesce(max(numero), 0) + 1 AS INTEGER) AS numero FROM modules WHERE formation_id = @formation_id AND semestre_id = @semestre_id;

-- name: AddModule :one
INSERT INTO modules (formation_id, ue_id, matiere_id, titre, abbrev, code, heures_cours, heures_td, heures_tp, coefficient, ects, semestre_id, numero, code_apogee, module_type, edt_id)
VALUES (@formation_id, @ue_id, @matiere_id, @titre, @abbrev, @code, @heures_cours, @heures_td, @heures_tp, @coefficient, @ects, @semestre_id, @numero, @code_apogee, @module_type, @edt_id)
RETURNING *;

-- name: UpdateModule :exec
UPDATE modules SET titre = @titre, abbrev = @abbrev, code = @code, heures_cours = @heures_cours, heures_td = @heures_td, heures_tp = @heures_tp,
  coefficient = @coefficient, ects = @ects, semestre_id = @semestre_id, numero = @numero, code_apogee = @code_apogee, module_type = @module_type, edt_id = @edt_id
WHERE id = @id;

-- name: SetModuleCodeApogee :exec
UPDATE modules SET code_apogee = @code_apogee WHERE id = @id;

-- name: DeleteModule :exec
DELETE FROM modules WHERE id = @id;

-- name: CountModuleImplsOfModule :one
SELECT count(*) FROM moduleimpls WHERE module_id = @module_id;

-- name: CountLockedUsesOfModule :one
-- CountLockedUsesOfModule counts the locked semesters that a module is taught in.
SELECT count(*) FROM moduleimpls i JOIN formsemestres f ON f.id = i.formsemestre_id WHERE i.module_id = @module_id AND f.etat = 0;

-- name: SetModuleUECoef :exec
INSERT INTO module_ue_coefs (module_id, ue_id, coef) VALUES (@module_id, @ue_id, @coef) ON CONFLICT DO UPDATE SET coef = excluded.coef;

-- name: RemoveModuleUECoef :exec
DELETE FROM module_ue_coefs WHERE module_id = @module_id AND ue_id = @ue_id;

-- name: RemoveModuleParcours :exec
-- RemoveModuleParcours takes a module out of the tracks that are not in a list.
DELETE FROM module_parcours WHERE module_id = @module_id AND parcours_id NOT IN (SELECT value FROM json_each(CAST(@kept AS TEXT)));

-- name: AddModuleParcours :exec
INSERT INTO module_parcours (module_id, parcours_id) VALUES (@module_id, @parcours_id) ON CONFLICT DO NOTHING;

-- name: RemoveModuleAppCritiques :exec
-- RemoveModuleAppCritiques takes from a module what it teaches that is not in
-- a list.
DELETE FROM module_app_critiques WHERE module_id = @module_id AND app_critique_id NOT IN (SELECT value FROM json_each(CAST(@kept AS TEXT)));

-- name: AddModuleAppCritique :exec
INSERT INTO module_app_critiques (module_id, app_critique_id) VALUES (@module_id, @app_critique_id) ON CONFLICT DO NOTHING;

-- name: AppCritiquesInReferentiel :many
-- AppCritiquesInReferentiel returns those of a list that are in a framework.
SELECT a.id FROM app_critiques a JOIN niveaux n ON n.id = a.niveau_id JOIN competences c ON c.id = n.competence_id
WHERE c.referentiel_id = @referentiel_id AND a.id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: ParcoursInReferentiel :many
-- ParcoursInReferentiel returns those of a list that are in a framework.
SELECT * FROM parcours WHERE referentiel_id = @referentiel_id AND id IN (SELECT value FROM json_each(CAST(@ids AS TEXT))) ORDER BY numero, code, id;
