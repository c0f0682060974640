-- Accounts, roles, permissions, grants, tokens, sessions, settings, journal.
-- Instants are fixed-width UTC text (2006-01-02T15:04:05.000Z); *_key columns
-- hold the folded form (lower case, no accents) computed by the program.

-- +goose Up
CREATE TABLE departements (
  id            INTEGER PRIMARY KEY,
  acronym       TEXT NOT NULL UNIQUE,
  description   TEXT,
  visible       INTEGER NOT NULL DEFAULT 1 CHECK (visible IN (0, 1)),
  date_creation TEXT NOT NULL
) STRICT;

CREATE TABLE roles (
  id          INTEGER PRIMARY KEY,
  uuid        TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL DEFAULT '',
  created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE permissions (
  id        INTEGER PRIMARY KEY,
  uuid      TEXT NOT NULL UNIQUE,
  ressource TEXT NOT NULL,
  action    TEXT NOT NULL,
  UNIQUE (ressource, action)
) STRICT;

CREATE TABLE role_permissions (
  role_id       INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  permission_id INTEGER NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
  PRIMARY KEY (role_id, permission_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_permissions_permission ON role_permissions (permission_id);

CREATE TABLE accounts (
  id                  INTEGER PRIMARY KEY,
  uuid                TEXT NOT NULL UNIQUE,
  user_name           TEXT NOT NULL UNIQUE,
  user_name_key       TEXT NOT NULL,
  matricule           INTEGER NOT NULL UNIQUE,
  first_name          TEXT NOT NULL DEFAULT '',
  last_name           TEXT NOT NULL DEFAULT '',
  name_key            TEXT NOT NULL DEFAULT '',
  email               TEXT,
  email_key           TEXT UNIQUE,
  password_hash       TEXT,
  password_changed_at TEXT,
  active              INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  -- epoch moves when every token and session of the account must end.
  epoch               INTEGER NOT NULL DEFAULT 0,
  created_at          TEXT NOT NULL,
  updated_at          TEXT NOT NULL,
  last_seen_at        TEXT
) STRICT;
CREATE INDEX accounts_name_key ON accounts (name_key);

-- A grant binds an account to a role, for every department (NULL) or for one.
-- The primary grant is the role that parc shows as role_id.
CREATE TABLE grants (
  id             INTEGER PRIMARY KEY,
  account_id     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  role_id        INTEGER NOT NULL REFERENCES roles (id),
  departement_id INTEGER REFERENCES departements (id) ON DELETE CASCADE,
  is_primary     INTEGER NOT NULL DEFAULT 0 CHECK (is_primary IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX grants_once ON grants (account_id, role_id, ifnull(departement_id, 0));
CREATE UNIQUE INDEX grants_primary ON grants (account_id) WHERE is_primary = 1;
CREATE INDEX grants_role ON grants (role_id);
CREATE INDEX grants_departement ON grants (departement_id);

-- Bearer tokens of parc, known by their jti. A family is what one login began.
CREATE TABLE tokens (
  jti        TEXT PRIMARY KEY,
  family     TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  epoch      INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at    TEXT,
  revoked_at TEXT,
  address    TEXT NOT NULL DEFAULT '',
  user_agent TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_family ON tokens (family);
CREATE INDEX tokens_account ON tokens (account_id);
CREATE INDEX tokens_expires ON tokens (expires_at);

-- Browser sessions: the hash of the cookie's token, never the token.
CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  account_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
  data       BLOB NOT NULL,
  created_at TEXT NOT NULL,
  seen_at    TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  address    TEXT NOT NULL DEFAULT '',
  user_agent TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Links that work once: the first administrator, a password to choose.
CREATE TABLE one_time_links (
  secret_hash BLOB PRIMARY KEY,
  purpose     TEXT NOT NULL CHECK (purpose IN ('setup', 'password')),
  account_id  INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
  created_at  TEXT NOT NULL,
  expires_at  TEXT NOT NULL,
  used_at     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX one_time_links_account ON one_time_links (account_id);

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened, written in the transaction of the change itself.
-- Accounts are named as they were: the journal outlives them.
CREATE TABLE journal (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  at          TEXT NOT NULL,
  account_id  INTEGER,
  account     TEXT NOT NULL,
  address     TEXT NOT NULL DEFAULT '',
  request_id  TEXT NOT NULL DEFAULT '',
  action      TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id   TEXT NOT NULL DEFAULT '',
  object_name TEXT NOT NULL DEFAULT '',
  before      TEXT,
  after       TEXT
) STRICT;
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_object ON journal (object_type, object_id);
CREATE INDEX journal_account ON journal (account_id);

-- One counter for each thing a cache in the server depends on. Triggers move
-- it, so that a command writing beside the server is seen at once.
CREATE TABLE revisions (
  name TEXT PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revisions (name, n) VALUES ('identity', 1);

-- +goose StatementBegin
CREATE TRIGGER accounts_revision_update AFTER UPDATE OF user_name, matricule, first_name, last_name, email, password_hash, active, epoch ON accounts
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accounts_revision_delete AFTER DELETE ON accounts
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER grants_revision_insert AFTER INSERT ON grants
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER grants_revision_update AFTER UPDATE ON grants
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER grants_revision_delete AFTER DELETE ON grants
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roles_revision_update AFTER UPDATE ON roles
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER role_permissions_revision_insert AFTER INSERT ON role_permissions
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER role_permissions_revision_delete AFTER DELETE ON role_permissions
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tokens_revision_update AFTER UPDATE OF revoked_at, used_at ON tokens
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tokens_revision_delete AFTER DELETE ON tokens
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
