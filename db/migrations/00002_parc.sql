-- Clients, their sites, the equipment on them.

-- +goose Up
CREATE TABLE clients (
  client_id  TEXT PRIMARY KEY,
  nom        TEXT NOT NULL,
  nom_key    TEXT NOT NULL,
  code       INTEGER NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX clients_nom_key ON clients (nom_key);

CREATE TABLE client_sites (
  site_id     TEXT PRIMARY KEY,
  client_id   TEXT NOT NULL REFERENCES clients (client_id),
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL,
  longitude   REAL NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  latitude    REAL NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  description TEXT NOT NULL,
  created_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX client_sites_client ON client_sites (client_id);
CREATE INDEX client_sites_name_key ON client_sites (name_key);

-- password is sealed by the program with the key file beside the base;
-- sources is a JSON list of strings; search_key folds all that is searched.
CREATE TABLE equipements (
  equipement_id TEXT PRIMARY KEY,
  site_id       TEXT NOT NULL REFERENCES client_sites (site_id) ON DELETE CASCADE,
  ip            TEXT NOT NULL,
  marque        TEXT NOT NULL,
  marque_key    TEXT NOT NULL,
  sources       TEXT NOT NULL CHECK (json_valid(sources)),
  port          INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
  username      TEXT NOT NULL,
  password      BLOB NOT NULL,
  description   TEXT NOT NULL,
  modele        TEXT NOT NULL,
  search_key    TEXT NOT NULL,
  created_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX equipements_site ON equipements (site_id);
CREATE INDEX equipements_marque ON equipements (marque_key);

