-- Who is registered in a semester and in its modules.

-- name: Inscription :one
SELECT * FROM inscriptions WHERE formsemestre_id = @formsemestre_id AND etudid = @etudid;

-- name: EtudiantsOfFormSemestre :many
-- EtudiantsOfFormSemestre returns the students of a semester in the order of
-- lists; etat is "" for all.
SELECT e.* FROM inscriptions i JOIN etudiants e ON e.id = i.etudid
WHERE i.formsemestre_id = @formsemestre_id AND (CAST(@etat AS TEXT) = '' OR i.etat = CAST(@etat AS TEXT))
ORDER BY e.sort_key, e.id;

-- name: AddInscription :exec
INSERT INTO inscriptions (etudid, formsemestre_id, etat, etape) VALUES (@etudid, @formsemestre_id, 'I', @etape);

-- name: DeleteInscription :exec
DELETE FROM inscriptions WHERE id = @id;

-- name: SetInscriptionEtat :exec
UPDATE inscriptions SET etat = @etat WHERE id = @id;

-- name: CountInscriptions :one
SELECT count(*) FROM inscriptions WHERE formsemestre_id = @formsemestre_id;

-- name: HasDecision :one
-- HasDecision reports whether a jury decided anything on a student in a
-- semester: on it, a UE, a competence, the year, the diploma, what comes next.
SELECT CAST(EXISTS (SELECT 1 FROM validations v WHERE v.etudid = CAST(@etudid AS INTEGER) AND v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM validations_rcue v WHERE v.etudid = CAST(@etudid AS INTEGER) AND v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM validations_annee v WHERE v.etudid = CAST(@etudid AS INTEGER) AND v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM validations_dut120 v WHERE v.etudid = CAST(@etudid AS INTEGER) AND v.formsemestre_id = CAST(@formsemestre_id AS INTEGER))
         OR EXISTS (SELECT 1 FROM autorisations a WHERE a.etudid = CAST(@etudid AS INTEGER) AND a.origin_formsemestre_id = CAST(@formsemestre_id AS INTEGER))
       AS INTEGER) AS decided;

-- name: AddEvenement :exec
INSERT INTO evenements (etudid, at, formsemestre_id, event_type) VALUES (@etudid, @at, @formsemestre_id, @event_type);

-- name: EvenementsIn :many
-- EvenementsIn returns what happened to a student in a semester.
SELECT at, event_type FROM evenements WHERE etudid = @etudid AND formsemestre_id = CAST(@formsemestre_id AS INTEGER) ORDER BY at, id;

-- name: DeleteDepartures :exec
-- DeleteDepartures takes back that a student resigned or defaulted.
DELETE FROM evenements
WHERE etudid = @etudid AND formsemestre_id = CAST(@formsemestre_id AS INTEGER) AND event_type IN ('DEMISSION', 'DEFAILLANCE');

-- name: PartitionsOfGroups :many
-- PartitionsOfGroups returns the partitions of the groups of a semester among
-- these.
SELECT g.id, g.partition_id FROM groupes g JOIN partitions p ON p.id = g.partition_id
WHERE p.formsemestre_id = @formsemestre_id AND g.id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: DefaultGroup :one
-- DefaultGroup returns the group of everybody in a semester.
SELECT g.id FROM groupes g JOIN partitions p ON p.id = g.partition_id
WHERE p.formsemestre_id = @formsemestre_id AND p.partition_name IS NULL;

-- name: AddUsualModuleInscriptions :exec
-- AddUsualModuleInscriptions registers a student in the modules of a semester
-- but sport, and but those of other tracks when he has one (0 for none).
INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid)
SELECT mi.id, CAST(@etudid AS INTEGER)
FROM moduleimpls mi JOIN modules m ON m.id = mi.module_id JOIN ues u ON u.id = m.ue_id
WHERE mi.formsemestre_id = @formsemestre_id AND u.type <> 1
  AND (CAST(@parcours_id AS INTEGER) = 0
       OR NOT EXISTS (SELECT 1 FROM module_parcours mp WHERE mp.module_id = m.id)
       OR EXISTS (SELECT 1 FROM module_parcours mp WHERE mp.module_id = m.id AND mp.parcours_id = CAST(@parcours_id AS INTEGER)))
ON CONFLICT (moduleimpl_id, etudid) DO NOTHING;

-- name: DeleteModuleInscriptionsIn :exec
-- DeleteModuleInscriptionsIn takes a student out of every module of a semester.
DELETE FROM moduleimpl_inscriptions
WHERE etudid = @etudid AND moduleimpl_id IN (SELECT id FROM moduleimpls WHERE formsemestre_id = @formsemestre_id);

-- name: ModuleInscriptions :many
SELECT * FROM moduleimpl_inscriptions WHERE moduleimpl_id = @moduleimpl_id ORDER BY id;

-- name: ModuleInscription :one
SELECT * FROM moduleimpl_inscriptions WHERE moduleimpl_id = @moduleimpl_id AND etudid = @etudid;

-- name: AddModuleInscription :one
INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) VALUES (@moduleimpl_id, @etudid) RETURNING *;

-- name: DeleteModuleInscription :exec
DELETE FROM moduleimpl_inscriptions WHERE id = @id;
