-- Partitions of a semester, their groups, who is in them.

-- name: Partition :one
SELECT * FROM partitions WHERE id = @id;

-- name: PartitionsOf :many
SELECT * FROM partitions WHERE formsemestre_id = @formsemestre_id ORDER BY numero, id;

-- name: PartitionNamed :one
SELECT * FROM partitions WHERE formsemestre_id = @formsemestre_id AND partition_name = CAST(@partition_name AS TEXT);

-- name: NextPartitionNumero :one
SELECT CAST(ifnull(max(numero), 0) + 1 AS INTEGER) FROM partitions WHERE formsemestre_id = @formsemestre_id;

-- name: AddPartition :one
INSERT INTO partitions (formsemestre_id, partition_name, numero, bul_show_rank, show_in_lists, groups_editable)
VALUES (@formsemestre_id, @partition_name, @numero, @bul_show_rank, @show_in_lists, @groups_editable)
RETURNING *;

-- name: UpdatePartition :exec
UPDATE partitions SET partition_name = @partition_name, numero = @numero, bul_show_rank = @bul_show_rank, show_in_lists = @show_in_lists,
  groups_editable = @groups_editable
WHERE id = @id;

-- name: NumberPartition :exec
UPDATE partitions SET numero = @numero WHERE id = @id;

-- name: DeletePartition :exec
DELETE FROM partitions WHERE id = @id;

-- name: Groupe :one
SELECT * FROM groupes WHERE id = @id;

-- name: GroupesOfPartition :many
SELECT * FROM groupes WHERE partition_id = @partition_id ORDER BY numero, id;

-- name: GroupesOfFormSemestre :many
SELECT g.* FROM groupes g JOIN partitions p ON p.id = g.partition_id
WHERE p.formsemestre_id = @formsemestre_id
ORDER BY p.numero, p.id, g.numero, g.id;

-- name: NextGroupeNumero :one
SELECT CAST(ifnull(max(numero), -1) + 1 AS INTEGER) FROM groupes WHERE partition_id = @partition_id;

-- name: AddGroupe :one
INSERT INTO groupes (partition_id, group_name, numero, edt_id) VALUES (@partition_id, @group_name, @numero, @edt_id) RETURNING *;

-- name: UpdateGroupe :exec
UPDATE groupes SET group_name = @group_name, numero = @numero, edt_id = @edt_id WHERE id = @id;

-- name: NumberGroupe :exec
UPDATE groupes SET numero = @numero WHERE id = @id;

-- name: DeleteGroupe :exec
DELETE FROM groupes WHERE id = @id;

-- name: EtudGroupsOf :many
-- EtudGroupsOf returns the groups of a semester and their partitions, the
-- default one left out.
SELECT g.id, g.group_name, g.edt_id, p.id AS partition_id, p.partition_name, p.formsemestre_id, p.numero, p.bul_show_rank,
  p.show_in_lists, p.groups_editable
FROM partitions p JOIN groupes g ON g.partition_id = p.id
WHERE p.formsemestre_id = @formsemestre_id AND p.partition_name IS NOT NULL;

-- name: MembresOf :many
-- MembresOf returns who is in the groups of a semester, in the order of the
-- partitions, the default one left out.
SELECT m.etudid, m.group_id FROM partitions p JOIN groupe_membres m ON m.partition_id = p.id
WHERE p.formsemestre_id = @formsemestre_id AND p.partition_name IS NOT NULL
ORDER BY p.numero, p.id;

-- name: EtudiantsOfGroupe :many
-- Those registered in the semester too, with any state for "".
SELECT e.* FROM groupe_membres m JOIN etudiants e ON e.id = m.etudid
  JOIN partitions p ON p.id = m.partition_id
  JOIN inscriptions i ON i.formsemestre_id = p.formsemestre_id AND i.etudid = m.etudid
WHERE m.group_id = @group_id AND (CAST(@etat AS TEXT) = '' OR i.etat = CAST(@etat AS TEXT))
ORDER BY e.sort_key, e.id;

-- name: GroupeInPartition :one
-- The group of a student in a partition.
SELECT g.* FROM groupe_membres m JOIN groupes g ON g.id = m.group_id WHERE m.partition_id = @partition_id AND m.etudid = @etudid;

-- name: JoinGroupe :exec
INSERT INTO groupe_membres (group_id, partition_id, etudid) VALUES (@group_id, @partition_id, @etudid)
ON CONFLICT (partition_id, etudid) DO UPDATE SET group_id = excluded.group_id;

-- name: LeavePartition :exec
DELETE FROM groupe_membres WHERE partition_id = @partition_id AND etudid = @etudid;

-- name: LeavePartitionsOf :exec
DELETE FROM groupe_membres
WHERE etudid = @etudid AND partition_id IN (SELECT id FROM partitions WHERE formsemestre_id = @formsemestre_id);

-- name: IsInFormSemestre :one
SELECT CAST(EXISTS (SELECT 1 FROM inscriptions WHERE formsemestre_id = @formsemestre_id AND etudid = @etudid) AS INTEGER);

-- name: ParcoursToGroup :many
-- The parcours of a semester, each of which has a group of its code.
SELECT p.* FROM formsemestre_parcours f JOIN parcours p ON p.id = f.parcours_id
WHERE f.formsemestre_id = @formsemestre_id
ORDER BY p.numero, p.code, p.id;

-- name: DropEmptyGroupesWithoutParcours :exec
DELETE FROM groupes
WHERE groupes.partition_id = @partition_id AND groupes.id NOT IN (SELECT m.group_id FROM groupe_membres m)
  AND groupes.group_name NOT IN (
    SELECT p.code FROM formsemestre_parcours f JOIN parcours p ON p.id = f.parcours_id WHERE f.formsemestre_id = @formsemestre_id);

-- name: ParcoursFollowsGroupe :exec
-- The parcours of a student of a group of the partition Parcours: that of the
-- semester with the code that is the group's name, none where there is none.
UPDATE inscriptions SET parcours_id = (
  SELECT p.id FROM formsemestre_parcours f JOIN parcours p ON p.id = f.parcours_id
  WHERE f.formsemestre_id = inscriptions.formsemestre_id AND p.code = CAST(@code AS TEXT)
  ORDER BY p.id LIMIT 1)
WHERE inscriptions.formsemestre_id = @formsemestre_id AND inscriptions.etudid = @etudid;

-- name: ParcoursFollowGroupes :exec
-- The same for every student of the partition without a parcours.
UPDATE inscriptions SET parcours_id = (
  SELECT p.id FROM groupe_membres m JOIN groupes g ON g.id = m.group_id
    JOIN parcours p ON p.code = g.group_name
    JOIN formsemestre_parcours f ON f.parcours_id = p.id AND f.formsemestre_id = inscriptions.formsemestre_id
  WHERE m.partition_id = @partition_id AND m.etudid = inscriptions.etudid
  ORDER BY p.id LIMIT 1)
WHERE inscriptions.formsemestre_id = @formsemestre_id AND inscriptions.parcours_id IS NULL;

-- name: GroupesFollowParcours :exec
-- Puts every student with a parcours into its group of the partition.
INSERT INTO groupe_membres (group_id, partition_id, etudid)
SELECT g.id, g.partition_id, i.etudid
FROM inscriptions i JOIN parcours p ON p.id = i.parcours_id
  JOIN groupes g ON g.partition_id = @partition_id AND g.group_name = p.code
WHERE i.formsemestre_id = @formsemestre_id
ON CONFLICT (partition_id, etudid) DO UPDATE SET group_id = excluded.group_id;

-- name: LeaveParcours :exec
UPDATE inscriptions SET parcours_id = NULL WHERE formsemestre_id = @formsemestre_id AND etudid = @etudid;

-- name: LeaveAllParcours :exec
UPDATE inscriptions SET parcours_id = NULL WHERE formsemestre_id = @formsemestre_id;

-- name: AutoAssignment :one
SELECT data FROM auto_assignments WHERE formsemestre_id = @formsemestre_id;

-- name: SaveAutoAssignment :exec
INSERT INTO auto_assignments (formsemestre_id, data) VALUES (@formsemestre_id, @data)
ON CONFLICT (formsemestre_id) DO UPDATE SET data = excluded.data;

-- name: MembersOfGroup :many
SELECT etudid FROM groupe_membres WHERE group_id = @group_id ORDER BY etudid;
