-- Evaluations of the modules of semesters.

-- name: Evaluation :one
SELECT * FROM evaluations WHERE id = @id;

-- name: EtudidsOfModuleImpl :many
SELECT etudid FROM moduleimpl_inscriptions WHERE moduleimpl_id = @moduleimpl_id ORDER BY etudid;
