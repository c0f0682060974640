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
