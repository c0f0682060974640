-- What the server keeps for its own upkeep.

-- +goose Up
-- Files waiting between the dry run of an import and its confirmation.
CREATE TABLE import_drafts (
  id         TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  file_name  TEXT NOT NULL,
  content    BLOB NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX import_drafts_account ON import_drafts (account_id);

-- Every backup made, good or bad: the dashboard shows the last one.
CREATE TABLE backups (
  id      INTEGER PRIMARY KEY,
  at      TEXT NOT NULL,
  file    TEXT NOT NULL,
  size    INTEGER NOT NULL,
  checked INTEGER NOT NULL CHECK (checked IN (0, 1)),
  message TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX backups_at ON backups (at);
