-- Roles and the permissions they hold.

-- name: Permissions :many
SELECT * FROM permissions ORDER BY id;

-- name: AddPermission :exec
INSERT INTO permissions (uuid, ressource, action) VALUES (@uuid, @ressource, @action)
ON CONFLICT DO NOTHING;

-- name: AddRole :one
INSERT INTO roles (uuid, name, description, created_at) VALUES (@uuid, @name, @description, @created_at)
RETURNING *;

-- name: Roles :many
SELECT r.id, r.uuid, r.name, r.description, r.created_at,
       (SELECT count(DISTINCT g.account_id) FROM grants g WHERE g.role_id = r.id) AS members
FROM roles r ORDER BY r.uuid;

-- name: RoleByUUID :one
SELECT r.id, r.uuid, r.name, r.description, r.created_at,
       (SELECT count(DISTINCT g.account_id) FROM grants g WHERE g.role_id = r.id) AS members
FROM roles r WHERE r.uuid = @uuid;

-- name: RoleByName :one
SELECT r.id, r.uuid, r.name, r.description, r.created_at,
       (SELECT count(DISTINCT g.account_id) FROM grants g WHERE g.role_id = r.id) AS members
FROM roles r WHERE r.name = @name;

-- name: UpdateRole :exec
UPDATE roles SET name = @name, description = @description WHERE id = @id;

-- name: DeleteRole :execrows
DELETE FROM roles WHERE id = @id;

-- name: RolePermissions :many
SELECT rp.role_id, p.uuid, p.ressource, p.action
FROM role_permissions rp JOIN permissions p ON p.id = rp.permission_id
ORDER BY rp.role_id, p.id;

-- name: PermissionsOfRole :many
SELECT p.* FROM role_permissions rp JOIN permissions p ON p.id = rp.permission_id
WHERE rp.role_id = @role_id ORDER BY p.id;

-- name: CountLocalGrants :one
-- CountLocalGrants counts the times that a role is given in one
-- department alone.
SELECT count(*) FROM grants WHERE role_id = @role_id AND departement_id IS NOT NULL;

-- name: AddRolePermission :exec
INSERT INTO role_permissions (role_id, permission_id) VALUES (@role_id, @permission_id)
ON CONFLICT DO NOTHING;

-- name: DeleteRolePermission :exec
DELETE FROM role_permissions WHERE role_id = @role_id AND permission_id = @permission_id;

-- name: GiveEveryPermission :execrows
INSERT INTO role_permissions (role_id, permission_id)
SELECT CAST(@role_id AS INTEGER), p.id FROM permissions p
WHERE NOT EXISTS (SELECT 1 FROM role_permissions rp WHERE rp.role_id = CAST(@role_id AS INTEGER) AND rp.permission_id = p.id);
