-- What the results of a semester are worked out from. Lists are in the order
-- in which results show them.

-- name: ResultsRevision :one
-- ResultsRevision is the number that moves whenever results of a semester may
-- change, and that which moves when absences of its students do; nothing for
-- what never was a semester.
SELECT n, absences FROM formsemestre_revisions WHERE formsemestre_id = @formsemestre_id;

-- name: ResultsEtudiants :many
SELECT e.id, e.civilite, e.nom, e.nom_usuel, e.prenom, e.code_nip, e.code_ine, e.sort_key, i.etat, i.parcours_id,
       a.bac, a.specialite, a.type_admission, a.classement
FROM inscriptions i JOIN etudiants e ON e.id = i.etudid LEFT JOIN admissions a ON a.etudid = e.id
WHERE i.formsemestre_id = @formsemestre_id
ORDER BY e.sort_key, e.id;

-- name: ResultsModules :many
SELECT sqlc.embed(mi), sqlc.embed(m)
FROM moduleimpls mi JOIN modules m ON m.id = mi.module_id JOIN ues u ON u.id = m.ue_id JOIN matieres t ON t.id = m.matiere_id
WHERE mi.formsemestre_id = @formsemestre_id
ORDER BY u.type = 1, CASE WHEN m.module_type < 2 THEN u.numero ELSE 0 END, CASE WHEN m.module_type < 2 THEN t.numero ELSE 0 END,
         m.numero, m.code, mi.id;

-- name: ResultsModuleCoefs :many
SELECT c.* FROM moduleimpls mi JOIN module_ue_coefs c ON c.module_id = mi.module_id WHERE mi.formsemestre_id = @formsemestre_id;

-- name: ResultsUEParcours :many
SELECT up.* FROM formsemestres s JOIN ues u ON u.formation_id = s.formation_id JOIN ue_parcours up ON up.ue_id = u.id WHERE s.id = @id;

-- name: ResultsEvaluations :many
SELECT e.* FROM moduleimpls mi JOIN evaluations e ON e.moduleimpl_id = mi.id
WHERE mi.formsemestre_id = @formsemestre_id
ORDER BY e.moduleimpl_id, e.numero, e.debut_at, e.id;

-- name: ResultsPoids :many
SELECT p.* FROM moduleimpls mi JOIN evaluations e ON e.moduleimpl_id = mi.id JOIN evaluation_poids p ON p.evaluation_id = e.id
WHERE mi.formsemestre_id = @formsemestre_id;

-- name: ResultsNotes :many
SELECT n.evaluation_id, n.etudid, n.value
FROM moduleimpls mi JOIN evaluations e ON e.moduleimpl_id = mi.id JOIN notes n ON n.evaluation_id = e.id
WHERE mi.formsemestre_id = @formsemestre_id;

-- name: ResultsModuleInscriptions :many
SELECT i.moduleimpl_id, i.etudid
FROM moduleimpls mi JOIN moduleimpl_inscriptions i ON i.moduleimpl_id = mi.id
WHERE mi.formsemestre_id = @formsemestre_id;

-- name: ResultsPartitions :many
-- ResultsPartitions leaves out the partition of everybody.
SELECT * FROM partitions WHERE formsemestre_id = @formsemestre_id AND partition_name IS NOT NULL ORDER BY numero, id;

-- name: ResultsGroupes :many
SELECT g.* FROM partitions p JOIN groupes g ON g.partition_id = p.id
WHERE p.formsemestre_id = @formsemestre_id AND p.partition_name IS NOT NULL
ORDER BY p.numero, p.id, g.numero, g.id;

-- name: ResultsMembres :many
SELECT m.group_id, m.etudid FROM partitions p JOIN groupe_membres m ON m.partition_id = p.id
WHERE p.formsemestre_id = @formsemestre_id AND p.partition_name IS NOT NULL;

-- name: ResultsCapitalisations :many
-- ResultsCapitalisations returns the UEs that the students of a semester have
-- acquired: in an earlier semester of the same number, whatever the version of
-- the programme, or elsewhere. coefficient is what the modules the student took
-- there weighed.
SELECT v.id, v.etudid, v.formsemestre_id, v.event_at, v.moy_ue, u.ue_code, u.ects,
       CAST(ifnull((SELECT sum(m.coefficient)
                    FROM moduleimpls mi JOIN modules m ON m.id = mi.module_id JOIN moduleimpl_inscriptions mii ON mii.moduleimpl_id = mi.id
                    WHERE mi.formsemestre_id = v.formsemestre_id AND m.ue_id = v.ue_id AND m.module_type <> 1 AND mii.etudid = v.etudid), 0) AS REAL) AS coefficient
FROM formsemestres s
JOIN formations f ON f.id = s.formation_id
JOIN inscriptions i ON i.formsemestre_id = s.id
JOIN validations v ON v.etudid = i.etudid AND v.code = 'ADM'
JOIN ues u ON u.id = v.ue_id
JOIN formations o ON o.id = u.formation_id AND o.formation_code = f.formation_code
LEFT JOIN formsemestres e ON e.id = v.formsemestre_id
WHERE s.id = @formsemestre_id
  AND CASE WHEN e.id IS NULL OR v.is_external THEN ifnull(v.semestre_id, s.semestre_id) = s.semestre_id
           ELSE e.id <> s.id AND e.date_debut < s.date_debut AND e.semestre_id = s.semestre_id END
ORDER BY v.etudid, v.moy_ue DESC, v.event_at DESC, v.id;

-- name: AbsencesOfFormSemestre :many
-- AbsencesOfFormSemestre returns the absences of the students of a semester
-- that lie in a period, by student.
SELECT a.etudid, a.debut_at, a.fin_at, a.est_just
FROM inscriptions i JOIN assiduites a ON a.etudid = i.etudid
WHERE i.formsemestre_id = @formsemestre_id AND a.etat = 2 AND a.debut_at >= @since AND a.fin_at <= @until
ORDER BY a.etudid, a.debut_at;

-- name: SaisiesOfFormSemestre :many
-- SaisiesOfFormSemestre returns when marks of each evaluation of a semester
-- were entered: the first, the one in the middle and the last, each once.
SELECT s.evaluation_id, s.at
FROM (SELECT n.evaluation_id, n.at, row_number() OVER (PARTITION BY n.evaluation_id ORDER BY n.at) AS rang,
             count(*) OVER (PARTITION BY n.evaluation_id) AS total
      FROM moduleimpls mi JOIN evaluations e ON e.moduleimpl_id = mi.id JOIN notes n ON n.evaluation_id = e.id
      WHERE mi.formsemestre_id = @formsemestre_id) s
WHERE s.rang = 1 OR s.rang = s.total / 2 + 1 OR s.rang = s.total
ORDER BY s.evaluation_id, s.rang;
