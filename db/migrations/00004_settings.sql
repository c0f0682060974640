-- Settings changed on their page are followed at once by every process; the
-- journal is searched without accents.

-- +goose Up
INSERT INTO revisions (name, n) VALUES ('settings', 1);

-- +goose StatementBegin
CREATE TRIGGER settings_revision_insert AFTER INSERT ON settings
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'settings'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settings_revision_update AFTER UPDATE ON settings
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'settings'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settings_revision_delete AFTER DELETE ON settings
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'settings'; END;
-- +goose StatementEnd

-- The folded names of a line. Those written before this step are folded as far
-- as SQLite can.
ALTER TABLE journal ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
UPDATE journal SET search_key = lower(object_name || ' ' || account);
CREATE INDEX journal_account_name ON journal (account);
