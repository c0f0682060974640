-- What report cards show beside the results. Each query takes the students it
-- is about, be it one or a whole semester.

-- name: BulletinAbsences :many
-- BulletinAbsences returns the absences that lie within a time, by student.
SELECT etudid, debut_at, fin_at, est_just, moduleimpl_id FROM assiduites
WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) AND etat = 2 AND debut_at >= @since AND fin_at <= @until
ORDER BY etudid, debut_at;

-- name: BulletinEvents :many
-- BulletinEvents returns when students came to a semester and left it.
SELECT etudid, at, event_type FROM evenements
WHERE formsemestre_id = CAST(@formsemestre_id AS INTEGER) AND event_type IN ('INSCRIPTION', 'DEMISSION', 'DEFAILLANCE')
  AND etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY at, id;

-- name: BulletinValidations :many
-- BulletinValidations returns what was decided in a semester, on it (the UE
-- is NULL) and on UEs, in their order.
SELECT v.etudid, v.code, v.event_at, v.compense_formsemestre_id, v.ue_id, u.numero, u.acronyme, u.titre, u.ects
FROM validations v LEFT JOIN ues u ON u.id = v.ue_id
WHERE v.formsemestre_id = CAST(@formsemestre_id AS INTEGER) AND v.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY v.etudid, u.numero, u.acronyme, u.id;

-- name: BulletinAutorisations :many
SELECT etudid, semestre_id FROM autorisations
WHERE origin_formsemestre_id = CAST(@formsemestre_id AS INTEGER) AND etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY etudid, semestre_id, id;

-- name: BulletinRCUEs :many
-- BulletinRCUEs returns what was decided on levels of competences in a
-- semester, or in none but about one of its UEs.
SELECT v.etudid, v.code, n.libelle, n.annee, n.ordre, c.id_orebut, c.titre, c.titre_long, c.couleur, c.numero
FROM validations_rcue v JOIN ues u ON u.id = v.ue1_id JOIN niveaux n ON n.id = u.niveau_id JOIN competences c ON c.id = n.competence_id
WHERE v.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
  AND (v.formsemestre_id = CAST(@formsemestre_id AS INTEGER)
       OR v.formsemestre_id IS NULL AND (v.ue1_id IN (SELECT value FROM json_each(CAST(@ues AS TEXT)))
                                         OR v.ue2_id IN (SELECT value FROM json_each(CAST(@ues AS TEXT)))))
ORDER BY v.etudid, c.numero, n.annee, v.id;

-- name: BulletinAnnees :many
-- BulletinAnnees returns what was decided on the years of a BUT.
SELECT etudid, ordre, annee_scolaire, at, code FROM validations_annee
WHERE referentiel_id = @referentiel_id AND etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY etudid, ordre;

-- name: BulletinDUT120 :many
SELECT etudid FROM validations_dut120
WHERE formsemestre_id = @formsemestre_id AND etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)));
