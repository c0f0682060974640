-- Absences that students announce.

-- name: Billet :one
SELECT * FROM billets WHERE id = @id;

-- name: AddBillet :one
INSERT INTO billets (etudid, debut_at, fin_at, description, entry_at, justified)
VALUES (@etudid, @debut_at, @fin_at, @description, @entry_at, @justified)
RETURNING *;

-- name: SetBilletDone :exec
UPDATE billets SET etat = 1 WHERE id = @id;

-- name: DeleteBillet :exec
DELETE FROM billets WHERE id = @id;

-- name: BilletsOfEtudiant :many
SELECT * FROM billets WHERE etudid = @etudid ORDER BY debut_at, id;
