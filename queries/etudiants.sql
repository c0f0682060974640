-- Students: identity, address, admission, annotations, photos.

-- name: Etudiant :one
SELECT * FROM etudiants WHERE id = @id;
