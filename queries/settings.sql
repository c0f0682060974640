-- What the settings page changes: one row for each value that is not the
-- usual one.

-- name: Settings :many
SELECT name, value FROM settings ORDER BY name;

-- name: SetSetting :exec
INSERT INTO settings (name, value) VALUES (@name, @value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: DeleteSetting :execrows
DELETE FROM settings WHERE name = @name;
