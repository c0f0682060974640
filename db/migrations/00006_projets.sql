-- Owners, their project databases, the projects in them, who works on them.

-- +goose Up
CREATE TABLE owners (
  id              INTEGER PRIMARY KEY,
  name            TEXT NOT NULL,
  name_key        TEXT NOT NULL,
  address         TEXT,
  billing_address TEXT,
  contact         TEXT,
  image           TEXT,
  network         TEXT,
  note            TEXT,
  tech_contact    TEXT,
  created_at      TEXT NOT NULL
) STRICT;
CREATE INDEX owners_name_key ON owners (name_key);

CREATE TABLE project_types (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO project_types (id, name) VALUES (1, 'Standard'), (2, 'Template'), (3, 'Training');

-- A database is a file of the folder databases/. state says how far it is:
-- 'making' while the file and its first project are being made, 'moving' while
-- the file is on its way to the trash or back, 'trashed' once it is there.
-- discarded names the file in the trash. A name is taken until the file has
-- left its place, so that no other file can be put over it.
CREATE TABLE project_databases (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  -- name_key holds the name in lower case: two names may not differ by case
  -- alone, since some file systems cannot tell them apart.
  name_key   TEXT NOT NULL,
  owner_id   INTEGER REFERENCES owners (id),
  state      TEXT NOT NULL CHECK (state IN ('making', 'ready', 'moving', 'trashed')),
  active     INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  discarded  TEXT UNIQUE,
  created_at TEXT NOT NULL,
  trashed_at TEXT
) STRICT;
CREATE UNIQUE INDEX project_databases_name ON project_databases (name_key) WHERE state <> 'trashed';
CREATE INDEX project_databases_owner ON project_databases (owner_id);

-- The number of a deleted project is never given again: its rooms stay in the
-- file of the database, under that number, and so do its logins.
CREATE TABLE projects (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  name            TEXT NOT NULL,
  name_key        TEXT NOT NULL,
  database_id     INTEGER NOT NULL REFERENCES project_databases (id),
  no              TEXT NOT NULL,
  owner_id        INTEGER NOT NULL REFERENCES owners (id),
  project_type_id INTEGER NOT NULL REFERENCES project_types (id),
  constructor     TEXT NOT NULL,
  description     TEXT,
  contact         TEXT,
  -- gross_area is a decimal number as text, with as many digits as were given.
  gross_area      TEXT,
  status          INTEGER,
  active          INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  -- in_file says that the database's own table has the project, by this name.
  in_file         INTEGER NOT NULL DEFAULT 0 CHECK (in_file IN (0, 1)),
  created_at      TEXT NOT NULL,
  created_by      TEXT,
  updated_at      TEXT,
  updated_by      TEXT,
  UNIQUE (database_id, no)
) STRICT;
CREATE INDEX projects_name_key ON projects (name_key);
CREATE INDEX projects_owner ON projects (owner_id);
CREATE INDEX projects_type ON projects (project_type_id);
CREATE INDEX projects_not_in_file ON projects (id) WHERE in_file = 0;

-- A right is 1 full, 2 limited, 3 read, 4 none.
CREATE TABLE project_users (
  account_id                   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  project_id                   INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  role                         TEXT,
  user_role_id                 INTEGER,
  superuser                    INTEGER CHECK (superuser IN (0, 1)),
  addon_admin                  INTEGER NOT NULL DEFAULT 0 CHECK (addon_admin IN (0, 1)),
  no_web_admin_access          INTEGER NOT NULL DEFAULT 0 CHECK (no_web_admin_access IN (0, 1)),
  room_rights                  INTEGER NOT NULL DEFAULT 4 CHECK (room_rights BETWEEN 1 AND 4),
  equipment_rights             INTEGER NOT NULL DEFAULT 4 CHECK (equipment_rights BETWEEN 1 AND 4),
  tender_rights                INTEGER NOT NULL DEFAULT 4 CHECK (tender_rights BETWEEN 1 AND 4),
  consignation_rights          INTEGER NOT NULL DEFAULT 4 CHECK (consignation_rights BETWEEN 1 AND 4),
  system_rights                INTEGER NOT NULL DEFAULT 4 CHECK (system_rights BETWEEN 1 AND 4),
  modelstore_rights            INTEGER NOT NULL DEFAULT 4 CHECK (modelstore_rights BETWEEN 1 AND 4),
  room_surface_treatment_rights INTEGER NOT NULL DEFAULT 4 CHECK (room_surface_treatment_rights BETWEEN 1 AND 4),
  enabled                      INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  created_at                   TEXT NOT NULL,
  PRIMARY KEY (account_id, project_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_users_project ON project_users (project_id);

-- An account deleted as a user of projects is unknown to them until somebody,
-- in whatever wing, makes it active again.
CREATE TABLE removed_users (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  removed_at TEXT NOT NULL
) STRICT;
-- +goose StatementBegin
CREATE TRIGGER removed_users_return AFTER UPDATE OF active ON accounts WHEN NEW.active = 1
BEGIN DELETE FROM removed_users WHERE account_id = NEW.id; END;
-- +goose StatementEnd

-- Logins outlive the project and the account they were made with.
CREATE TABLE project_logins (
  id          INTEGER PRIMARY KEY,
  at          TEXT NOT NULL,
  project_id  INTEGER NOT NULL,
  database_id TEXT NOT NULL,
  account_id  INTEGER NOT NULL,
  client      TEXT NOT NULL
) STRICT;
CREATE INDEX project_logins_at ON project_logins (at);
