-- Frameworks of competences.

-- name: ParcoursByID :many
-- ParcoursByID returns tracks by their order in their framework.
SELECT * FROM parcours WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT))) ORDER BY referentiel_id, numero, code;

-- name: ParcoursAnnees :many
-- ParcoursAnnees returns the years of tracks.
SELECT * FROM parcours_annees WHERE parcours_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT))) ORDER BY parcours_id, ordre;

-- name: ParcoursCompetences :many
-- ParcoursCompetences returns the levels that the years of tracks reach.
SELECT pc.annee_id, c.titre, c.id_orebut, pc.niveau
FROM parcours_competences pc
JOIN parcours_annees a ON a.id = pc.annee_id
JOIN competences c ON c.id = pc.competence_id
WHERE a.parcours_id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)))
ORDER BY a.parcours_id, a.ordre, c.numero, c.id;

-- name: Referentiel :one
SELECT * FROM referentiels WHERE id = @id;

-- name: Referentiels :many
-- Referentiels returns the frameworks of a department, by speciality.
SELECT * FROM referentiels WHERE dept_id = @dept_id ORDER BY specialite, version_orebut, id;

-- name: ReferentielNamed :one
-- ReferentielNamed returns the framework that a department has by this name,
-- the last one loaded if there are several.
SELECT * FROM referentiels
WHERE dept_id = @dept_id AND specialite = @specialite
  AND ifnull(version_orebut, '') = CAST(@version_orebut AS TEXT) AND ifnull(type_titre, '') = CAST(@type_titre AS TEXT)
ORDER BY id DESC LIMIT 1;

-- name: ReferentielCompetences :many
SELECT * FROM competences WHERE referentiel_id = @referentiel_id ORDER BY numero, id;

-- name: ReferentielNiveaux :many
-- ReferentielNiveaux returns the levels of a framework, with the titles of
-- their competences.
SELECT n.id, n.competence_id, n.annee, n.ordre, n.libelle, c.titre
FROM niveaux n JOIN competences c ON c.id = n.competence_id
WHERE c.referentiel_id = @referentiel_id
ORDER BY c.numero, c.id, n.annee;

-- name: ReferentielAppCritiques :many
SELECT a.id, a.niveau_id, a.code, a.libelle
FROM app_critiques a JOIN niveaux n ON n.id = a.niveau_id JOIN competences c ON c.id = n.competence_id
WHERE c.referentiel_id = @referentiel_id
ORDER BY c.numero, c.id, n.annee, a.id;

-- name: ReferentielParcours :many
SELECT * FROM parcours WHERE referentiel_id = @referentiel_id ORDER BY numero, code;

-- name: AddReferentiel :one
INSERT INTO referentiels (dept_id, annexe, specialite, specialite_long, type_structure, type_departement, type_titre, version_orebut, loaded_at, orig_filename)
VALUES (@dept_id, @annexe, @specialite, @specialite_long, @type_structure, @type_departement, @type_titre, @version_orebut, @loaded_at, @orig_filename)
RETURNING id;

-- name: AddCompetence :one
INSERT INTO competences (referentiel_id, id_orebut, titre, titre_long, couleur, numero, situations, composantes)
VALUES (@referentiel_id, @id_orebut, @titre, @titre_long, @couleur, @numero, @situations, @composantes)
RETURNING id;

-- name: AddNiveau :one
INSERT INTO niveaux (competence_id, annee, ordre, libelle) VALUES (@competence_id, @annee, @ordre, @libelle) RETURNING id;

-- name: AddAppCritique :exec
INSERT INTO app_critiques (niveau_id, code, libelle) VALUES (@niveau_id, @code, @libelle);

-- name: AddParcours :one
INSERT INTO parcours (referentiel_id, code, numero, libelle) VALUES (@referentiel_id, @code, @numero, @libelle) RETURNING id;

-- name: AddParcoursAnnee :one
INSERT INTO parcours_annees (parcours_id, ordre) VALUES (@parcours_id, @ordre) RETURNING id;

-- name: AddParcoursCompetence :exec
INSERT INTO parcours_competences (annee_id, competence_id, niveau) VALUES (@annee_id, @competence_id, @niveau);

-- name: SetFormationReferentiel :exec
UPDATE formations SET referentiel_id = @referentiel_id WHERE id = @id;

-- name: FormationUsesReferentiel :one
-- FormationUsesReferentiel reports whether a programme, a semester of it or a
-- registration there refers to what is in its framework.
SELECT CAST(
  EXISTS (SELECT 1 FROM ues u WHERE u.formation_id = @formation_id AND u.niveau_id IS NOT NULL)
  OR EXISTS (SELECT 1 FROM ue_parcours up JOIN ues u ON u.id = up.ue_id WHERE u.formation_id = @formation_id)
  OR EXISTS (SELECT 1 FROM module_parcours mp JOIN modules m ON m.id = mp.module_id WHERE m.formation_id = @formation_id)
  OR EXISTS (SELECT 1 FROM module_app_critiques ma JOIN modules m ON m.id = ma.module_id WHERE m.formation_id = @formation_id)
  OR EXISTS (SELECT 1 FROM formsemestre_parcours fp JOIN formsemestres f ON f.id = fp.formsemestre_id WHERE f.formation_id = @formation_id)
  OR EXISTS (SELECT 1 FROM inscriptions i JOIN formsemestres f ON f.id = i.formsemestre_id WHERE f.formation_id = @formation_id AND i.parcours_id IS NOT NULL)
AS INTEGER);
