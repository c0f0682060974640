-- Accounts and their grants.

-- name: AddAccount :one
INSERT INTO accounts (uuid, user_name, user_name_key, matricule, first_name, last_name, name_key,
                      email, email_key, password_hash, password_changed_at, active, departement_id, expires_at, edt_id,
                      created_at, updated_at)
VALUES (@uuid, @user_name, @user_name_key, @matricule, @first_name, @last_name, @name_key,
        @email, @email_key, @password_hash, @password_changed_at, @active, @departement_id, @expires_at, @edt_id,
        @created_at, @updated_at)
RETURNING *;

-- name: AccountByID :one
SELECT * FROM accounts WHERE id = @id;

-- name: AccountByUUID :one
SELECT * FROM accounts WHERE uuid = @uuid;

-- name: AccountByUserName :one
SELECT * FROM accounts WHERE user_name = @user_name;

-- name: AccountsByFoldedNames :many
-- AccountsByFoldedNames returns the accounts that have one of these user names,
-- whatever its case; names are in lower case, as a JSON list.
SELECT id, user_name FROM accounts WHERE lower(user_name) IN (SELECT value FROM json_each(CAST(@names AS TEXT)));

-- name: AccountByMatricule :one
SELECT * FROM accounts WHERE matricule = @matricule;

-- name: AccountByEmailKey :one
SELECT * FROM accounts WHERE email_key = CAST(@email_key AS TEXT);

-- name: AccountsIn :many
SELECT * FROM accounts WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: NextMatricule :one
-- NextMatricule returns the next free number from 100000.
SELECT CAST(ifnull(max(matricule), 99999) + 1 AS INTEGER) FROM accounts WHERE matricule >= 100000;

-- name: CountAccounts :one
SELECT count(*) FROM accounts;

-- name: Accounts :many
-- Accounts returns a page of the accounts that match, in the order of their
-- uuid, or of their name, user name, matricule or last visit, either way. The
-- text looked for comes twice: folded for names, in lower case for e-mails.
-- Departments are a JSON list of acronyms, with an empty one for the accounts
-- of no department; an empty text is all. The start is that of a last name,
-- folded.
SELECT a.* FROM accounts a
JOIN (SELECT s.id, CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN s.sort_key ELSE '' END AS TEXT) AS up_key,
             CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN '' ELSE s.sort_key END AS TEXT) AS down_key
      FROM (SELECT k.id, CASE CAST(@sort AS TEXT)
                           WHEN 'name' THEN k.name_key
                           WHEN 'user_name' THEN k.user_name_key
                           WHEN 'matricule' THEN printf('%020d', k.matricule)
                           WHEN 'last_seen' THEN ifnull(k.last_seen_at, '')
                           ELSE k.uuid END AS sort_key
            FROM accounts k) s) o ON o.id = a.id
WHERE (CAST(@mail AS TEXT) = ''
       OR CAST(@text AS TEXT) <> '' AND (instr(a.name_key, CAST(@text AS TEXT)) > 0 OR instr(a.user_name_key, CAST(@text AS TEXT)) > 0
                                         OR instr(CAST(a.matricule AS TEXT), CAST(@text AS TEXT)) > 0)
       OR instr(ifnull(a.email_key, ''), CAST(@mail AS TEXT)) > 0)
  AND (CAST(@active AS INTEGER) < 0 OR a.active = CAST(@active AS INTEGER))
  AND (CAST(@role_uuid AS TEXT) = '' OR EXISTS (
        SELECT 1 FROM grants g JOIN roles r ON r.id = g.role_id WHERE g.account_id = a.id AND r.uuid = CAST(@role_uuid AS TEXT)))
  AND (CAST(@departements AS TEXT) = ''
       OR ifnull((SELECT d.acronym FROM departements d WHERE d.id = a.departement_id), '')
          IN (SELECT value FROM json_each(CASE WHEN CAST(@departements AS TEXT) = '' THEN '[]' ELSE CAST(@departements AS TEXT) END)))
  AND (CAST(@start AS TEXT) = '' OR a.last_name <> '' AND instr(a.name_key, CAST(@start AS TEXT)) = 1)
ORDER BY o.up_key, o.down_key DESC, a.uuid
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountAccountsMatching :one
SELECT count(*) FROM accounts a
WHERE (CAST(@mail AS TEXT) = ''
       OR CAST(@text AS TEXT) <> '' AND (instr(a.name_key, CAST(@text AS TEXT)) > 0 OR instr(a.user_name_key, CAST(@text AS TEXT)) > 0
                                         OR instr(CAST(a.matricule AS TEXT), CAST(@text AS TEXT)) > 0)
       OR instr(ifnull(a.email_key, ''), CAST(@mail AS TEXT)) > 0)
  AND (CAST(@active AS INTEGER) < 0 OR a.active = CAST(@active AS INTEGER))
  AND (CAST(@role_uuid AS TEXT) = '' OR EXISTS (
        SELECT 1 FROM grants g JOIN roles r ON r.id = g.role_id WHERE g.account_id = a.id AND r.uuid = CAST(@role_uuid AS TEXT)))
  AND (CAST(@departements AS TEXT) = ''
       OR ifnull((SELECT d.acronym FROM departements d WHERE d.id = a.departement_id), '')
          IN (SELECT value FROM json_each(CASE WHEN CAST(@departements AS TEXT) = '' THEN '[]' ELSE CAST(@departements AS TEXT) END)))
  AND (CAST(@start AS TEXT) = '' OR a.last_name <> '' AND instr(a.name_key, CAST(@start AS TEXT)) = 1);

-- name: UpdateAccount :exec
UPDATE accounts SET matricule = @matricule, first_name = @first_name, last_name = @last_name, name_key = @name_key,
                    email = @email, email_key = @email_key, active = @active, departement_id = @departement_id,
                    expires_at = @expires_at, edt_id = @edt_id, updated_at = @updated_at
WHERE id = @id;

-- name: SetPasswordHash :exec
UPDATE accounts SET password_hash = @password_hash, password_changed_at = @password_changed_at, updated_at = @updated_at
WHERE id = @id;

-- name: ReplacePasswordHash :exec
-- ReplacePasswordHash stores the same password hashed anew, unless it changed
-- in the meantime.
UPDATE accounts SET password_hash = @new_hash WHERE id = @id AND password_hash = @old_hash;

-- name: MoveEpoch :exec
-- MoveEpoch ends every token and session of an account.
UPDATE accounts SET epoch = epoch + 1 WHERE id = @id;

-- name: TouchAccount :exec
UPDATE accounts SET last_seen_at = @last_seen_at WHERE id = @id;

-- name: GrantsOf :many
SELECT g.id, g.account_id, g.is_primary, r.id AS role_id, r.uuid AS role_uuid, r.name AS role_name,
       CAST(ifnull(d.acronym, '') AS TEXT) AS departement
FROM grants g
JOIN roles r ON r.id = g.role_id
LEFT JOIN departements d ON d.id = g.departement_id
WHERE g.account_id IN (SELECT value FROM json_each(CAST(@account_ids AS TEXT)))
ORDER BY g.account_id, g.is_primary DESC, g.id;

-- name: AddGrant :exec
INSERT INTO grants (account_id, role_id, departement_id, is_primary)
VALUES (@account_id, @role_id, @departement_id, @is_primary)
ON CONFLICT DO NOTHING;

-- name: DeleteGrant :execrows
DELETE FROM grants WHERE id = @id;

-- name: MakeGrantPrimary :exec
UPDATE grants SET is_primary = 1 WHERE id = @id;

-- name: CountOtherAdministrators :one
-- CountOtherAdministrators counts the active accounts but one that hold a role
-- in every department and will not expire.
SELECT count(DISTINCT a.id)
FROM accounts a JOIN grants g ON g.account_id = a.id JOIN roles r ON r.id = g.role_id
WHERE r.name = @role_name AND a.active = 1 AND a.expires_at IS NULL AND g.departement_id IS NULL AND a.id <> @account_id;

-- name: DepartementID :one
SELECT id FROM departements WHERE acronym = @acronym;

-- name: DepartementAcronyms :many
SELECT acronym FROM departements ORDER BY acronym;

-- name: AcronymsIn :many
SELECT id, acronym FROM departements WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));

-- name: PermissionsOf :many
-- PermissionsOf returns what an account may do and where; the empty
-- department stands for all of them.
SELECT DISTINCT CAST(p.ressource || ':' || p.action AS TEXT) AS name, CAST(ifnull(d.acronym, '') AS TEXT) AS departement
FROM grants g
JOIN role_permissions rp ON rp.role_id = g.role_id
JOIN permissions p ON p.id = rp.permission_id
LEFT JOIN departements d ON d.id = g.departement_id
WHERE g.account_id = @account_id;

-- name: AddOneTimeLink :exec
INSERT INTO one_time_links (secret_hash, purpose, account_id, created_at, expires_at)
VALUES (@secret_hash, @purpose, @account_id, @created_at, @expires_at);

-- name: OneTimeLink :one
SELECT * FROM one_time_links WHERE secret_hash = @secret_hash AND purpose = @purpose AND used_at IS NULL;

-- name: UseOneTimeLink :execrows
UPDATE one_time_links SET used_at = @used_at WHERE secret_hash = @secret_hash AND used_at IS NULL;

-- name: DropOneTimeLinks :exec
DELETE FROM one_time_links WHERE purpose = @purpose;

-- name: DropOneTimeLinksOf :exec
DELETE FROM one_time_links WHERE account_id = @account_id AND purpose = @purpose;

-- name: PurgeOneTimeLinks :exec
DELETE FROM one_time_links WHERE expires_at < @before;
