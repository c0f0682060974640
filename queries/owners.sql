-- Owners of projects and databases, and the types of projects.

-- name: Owners :many
SELECT * FROM owners ORDER BY name_key, id;

-- name: Owner :one
SELECT * FROM owners WHERE id = @id;

-- name: AddOwner :one
INSERT INTO owners (name, name_key, address, billing_address, contact, image, network, note, tech_contact, created_at)
VALUES (@name, @name_key, @address, @billing_address, @contact, @image, @network, @note, @tech_contact, @created_at)
RETURNING *;

-- name: UpdateOwner :exec
UPDATE owners SET name = @name, name_key = @name_key, address = @address, billing_address = @billing_address, contact = @contact,
                  image = @image, network = @network, note = @note, tech_contact = @tech_contact
WHERE id = @id;

-- name: DeleteOwner :exec
DELETE FROM owners WHERE id = @id;

-- name: ForgetOwnerInTrash :exec
-- ForgetOwnerInTrash lets an owner go whose databases are all in the trash.
UPDATE project_databases SET owner_id = NULL WHERE owner_id = CAST(@owner_id AS INTEGER) AND state = 'trashed';

-- name: CountProjectsOfOwner :one
SELECT count(*) FROM projects WHERE owner_id = @owner_id;

-- name: CountDatabasesOfOwner :one
SELECT count(*) FROM project_databases WHERE owner_id = CAST(@owner_id AS INTEGER) AND state <> 'trashed';

-- name: ProjectTypes :many
SELECT * FROM project_types ORDER BY id;

-- name: ProjectType :one
SELECT * FROM project_types WHERE id = @id;

-- name: AddProjectType :one
INSERT INTO project_types (name) VALUES (@name) RETURNING *;

-- name: RenameProjectType :exec
UPDATE project_types SET name = @name WHERE id = @id;

-- name: DeleteProjectType :exec
DELETE FROM project_types WHERE id = @id;

-- name: CountProjectsOfType :one
SELECT count(*) FROM projects WHERE project_type_id = @project_type_id;
