-- Who works on which project, and the accounts as users of projects.

-- name: ProjectUser :one
SELECT m.*, a.user_name, a.first_name, a.last_name, a.email, a.active
FROM project_users m JOIN accounts a ON a.id = m.account_id
WHERE a.user_name = @user_name AND m.project_id = @project_id;

-- name: ProjectUsersIn :many
SELECT m.*, a.user_name, a.first_name, a.last_name, a.email, a.active
FROM project_users m JOIN accounts a ON a.id = m.account_id
WHERE m.project_id IN (SELECT value FROM json_each(CAST(@project_ids AS TEXT)))
ORDER BY m.project_id, a.user_name_key, a.id;

-- name: ProjectUsersOf :many
SELECT m.*, a.user_name, a.first_name, a.last_name, a.email, a.active
FROM project_users m JOIN accounts a ON a.id = m.account_id
WHERE m.account_id = @account_id
ORDER BY m.project_id;

-- name: Membership :one
SELECT * FROM project_users WHERE account_id = @account_id AND project_id = @project_id;

-- name: AddProjectUser :exec
INSERT INTO project_users (account_id, project_id, role, user_role_id, superuser, addon_admin, no_web_admin_access, room_rights, equipment_rights,
                           tender_rights, consignation_rights, system_rights, modelstore_rights, room_surface_treatment_rights, created_at)
VALUES (@account_id, @project_id, @role, @user_role_id, @superuser, @addon_admin, @no_web_admin_access, @room_rights, @equipment_rights,
        @tender_rights, @consignation_rights, @system_rights, @modelstore_rights, @room_surface_treatment_rights, @created_at);

-- name: UpdateProjectUser :exec
UPDATE project_users SET role = @role, user_role_id = @user_role_id, superuser = @superuser, addon_admin = @addon_admin,
                         no_web_admin_access = @no_web_admin_access, room_rights = @room_rights, equipment_rights = @equipment_rights,
                         tender_rights = @tender_rights, consignation_rights = @consignation_rights, system_rights = @system_rights,
                         modelstore_rights = @modelstore_rights, room_surface_treatment_rights = @room_surface_treatment_rights
WHERE account_id = @account_id AND project_id = @project_id;

-- name: DeleteProjectUser :exec
DELETE FROM project_users WHERE account_id = @account_id AND project_id = @project_id;

-- name: DeleteProjectUsersOf :exec
DELETE FROM project_users WHERE account_id = @account_id;

-- name: ProjectIDsOf :many
SELECT project_id FROM project_users WHERE account_id = @account_id ORDER BY project_id;

-- name: ManagedProjects :many
-- ManagedProjects returns the projects whose users an account manages.
SELECT m.project_id FROM project_users m JOIN accounts a ON a.id = m.account_id
WHERE m.account_id = @account_id AND m.superuser = 1 AND m.no_web_admin_access = 0 AND m.enabled = 1 AND a.active = 1
ORDER BY m.project_id;

-- name: EnableProjectUsers :execrows
-- EnableProjectUsers sets the flag of every user of a database's projects.
UPDATE project_users SET enabled = @enabled
WHERE project_id IN (SELECT p.id FROM projects p WHERE p.database_id = @database_id);

-- name: AccountsOfDatabase :many
SELECT DISTINCT m.account_id FROM project_users m JOIN projects p ON p.id = m.project_id
WHERE p.database_id = @database_id ORDER BY m.account_id;

-- name: ProjectAccounts :many
-- ProjectAccounts returns a page of the accounts that match, by user name. The
-- text looked for comes twice: folded for names, in lower case for e-mails. An
-- empty list of projects stands for everybody.
SELECT a.* FROM accounts a
WHERE (CAST(@mail AS TEXT) = ''
       OR CAST(@text AS TEXT) <> '' AND (instr(a.user_name_key, CAST(@text AS TEXT)) > 0 OR instr(a.name_key, CAST(@text AS TEXT)) > 0)
       OR instr(ifnull(a.email_key, ''), CAST(@mail AS TEXT)) > 0)
  AND (CAST(@project_ids AS TEXT) = '' OR a.id IN (
        SELECT m.account_id FROM project_users m WHERE m.project_id IN (SELECT value FROM json_each(CAST(@project_ids AS TEXT)))))
  AND a.id NOT IN (SELECT r.account_id FROM removed_users r)
ORDER BY a.user_name_key, a.id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountProjectAccounts :one
SELECT count(*) FROM accounts a
WHERE (CAST(@mail AS TEXT) = ''
       OR CAST(@text AS TEXT) <> '' AND (instr(a.user_name_key, CAST(@text AS TEXT)) > 0 OR instr(a.name_key, CAST(@text AS TEXT)) > 0)
       OR instr(ifnull(a.email_key, ''), CAST(@mail AS TEXT)) > 0)
  AND (CAST(@project_ids AS TEXT) = '' OR a.id IN (
        SELECT m.account_id FROM project_users m WHERE m.project_id IN (SELECT value FROM json_each(CAST(@project_ids AS TEXT)))))
  AND a.id NOT IN (SELECT r.account_id FROM removed_users r);

-- name: CountProjectsByAccount :many
-- CountProjectsByAccount counts the projects of each account that has any. An
-- empty list stands for all projects.
SELECT m.account_id, count(*) AS projects FROM project_users m
WHERE CAST(@project_ids AS TEXT) = '' OR m.project_id IN (SELECT value FROM json_each(CAST(@project_ids AS TEXT)))
GROUP BY m.account_id;

-- name: CountRemovedUser :one
SELECT count(*) FROM removed_users WHERE account_id = @account_id;

-- name: RemoveUser :exec
INSERT INTO removed_users (account_id, removed_at) VALUES (@account_id, @removed_at)
ON CONFLICT (account_id) DO UPDATE SET removed_at = excluded.removed_at;
