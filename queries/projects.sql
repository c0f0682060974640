-- Projects.

-- name: Projects :many
-- Projects returns all projects by name.
SELECT p.id, p.name, p.no, p.owner_id, p.project_type_id, p.constructor, p.description, p.contact, p.gross_area, p.status, p.active,
       p.created_at, p.created_by, p.updated_at, p.updated_by, d.name AS database_name
FROM projects p JOIN project_databases d ON d.id = p.database_id
ORDER BY p.name_key, p.id;

-- name: Project :one
SELECT p.id, p.name, p.no, p.owner_id, p.project_type_id, p.constructor, p.description, p.contact, p.gross_area, p.status, p.active,
       p.created_at, p.created_by, p.updated_at, p.updated_by, d.name AS database_name
FROM projects p JOIN project_databases d ON d.id = p.database_id
WHERE p.id = @id;

-- name: AddProject :one
INSERT INTO projects (name, name_key, database_id, no, owner_id, project_type_id, constructor, description, created_at, created_by)
VALUES (@name, @name_key, @database_id, @no, @owner_id, @project_type_id, @constructor, @description, @created_at, @created_by)
RETURNING id;

-- name: AddProjectInFile :exec
-- AddProjectInFile adds a project whose number was reserved, and which its
-- database's file has already.
INSERT INTO projects (id, name, name_key, database_id, no, owner_id, project_type_id, constructor, description, in_file, created_at, created_by)
VALUES (@id, @name, @name_key, @database_id, @no, @owner_id, @project_type_id, @constructor, @description, 1, @created_at, @created_by);

-- name: UpdateProject :exec
-- UpdateProject changes a project. By another name it is not in its file yet.
UPDATE projects SET name = @name, name_key = @name_key, owner_id = @owner_id, project_type_id = @project_type_id, constructor = @constructor,
                    description = @description, contact = @contact, gross_area = @gross_area, status = @status, active = @active,
                    in_file = in_file AND name = CAST(@name AS TEXT), updated_at = @updated_at, updated_by = @updated_by
WHERE id = @id;

-- name: DeleteProject :exec
DELETE FROM projects WHERE id = @id;

-- name: ProjectsNotInFile :many
SELECT id FROM projects WHERE in_file = 0 ORDER BY id;

-- name: SetProjectInFile :exec
-- SetProjectInFile notes that the file has the project by this name, unless it
-- was renamed in the meantime.
UPDATE projects SET in_file = 1 WHERE id = @id AND name = @name;

-- name: LastProjectNo :one
SELECT CAST(ifnull(max(CAST(no AS INTEGER)), 0) AS INTEGER) FROM projects WHERE database_id = @database_id;

-- name: ProjectsOfDatabases :many
SELECT id, name, no, database_id FROM projects
WHERE database_id IN (SELECT value FROM json_each(CAST(@database_ids AS TEXT)))
ORDER BY database_id, CAST(no AS INTEGER);

-- name: CountProjectsOfDatabase :one
SELECT count(*) FROM projects WHERE database_id = @database_id;
