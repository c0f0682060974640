-- Logins to projects and their counts.

-- name: AddProjectLogin :exec
INSERT INTO project_logins (at, project_id, database_id, account_id, client)
VALUES (@at, @project_id, @database_id, @account_id, @client);

-- name: CountProjectLogins :many
SELECT client, project_id, database_id, count(*) AS n FROM project_logins
WHERE at >= @since AND at < @until
GROUP BY project_id, database_id, client
ORDER BY project_id, database_id, client;

-- name: CountProjectLoginUsers :many
SELECT project_id, database_id, count(DISTINCT account_id) AS n FROM project_logins
WHERE at >= @since AND at < @until
GROUP BY project_id, database_id
ORDER BY project_id, database_id;

-- name: CountLoginPeople :one
-- CountLoginPeople counts each person once, whatever projects he opened.
SELECT count(DISTINCT account_id) FROM project_logins WHERE at >= @since AND at < @until;
