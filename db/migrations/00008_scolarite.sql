-- Student records: students, programmes, semesters, groups, attendance, marks,
-- decisions. Days are text 2006-01-02; instants, as elsewhere, UTC text.
-- A department takes everything in it along when it goes; so do a semester and
-- a partition. What is used by something else cannot go. No id is ever given
-- twice: programs keep those they have read.

-- +goose Up

-- What ScoDoc adds to an account: the department it belongs to, the moment from
-- which it no longer works, its name in timetables.
ALTER TABLE accounts ADD COLUMN departement_id INTEGER REFERENCES departements (id) ON DELETE SET NULL;
ALTER TABLE accounts ADD COLUMN expires_at TEXT;
ALTER TABLE accounts ADD COLUMN edt_id TEXT;
CREATE INDEX accounts_departement ON accounts (departement_id);
-- +goose StatementBegin
CREATE TRIGGER accounts_revision_scodoc AFTER UPDATE OF departement_id, expires_at ON accounts
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER departements_revision_update AFTER UPDATE OF acronym ON departements
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd

-- ScoDoc's tokens: one at a time for an account, given again while it lives,
-- hence kept sealed beside its hash.
CREATE TABLE opaque_tokens (
  token_hash BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
  sealed     BLOB NOT NULL,
  epoch      INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  address    TEXT NOT NULL DEFAULT '',
  user_agent TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX opaque_tokens_expires ON opaque_tokens (expires_at);
-- +goose StatementBegin
CREATE TRIGGER opaque_tokens_revision_update AFTER UPDATE ON opaque_tokens
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER opaque_tokens_revision_delete AFTER DELETE ON opaque_tokens
BEGIN UPDATE revisions SET n = n + 1 WHERE name = 'identity'; END;
-- +goose StatementEnd

-- Frameworks of competences.
CREATE TABLE referentiels (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  dept_id          INTEGER NOT NULL REFERENCES departements (id) ON DELETE CASCADE,
  annexe           TEXT,
  specialite       TEXT NOT NULL,
  specialite_long  TEXT,
  type_structure   TEXT,
  type_departement TEXT,
  type_titre       TEXT,
  version_orebut   TEXT,
  loaded_at        TEXT NOT NULL,
  orig_filename    TEXT
) STRICT;
CREATE INDEX referentiels_dept ON referentiels (dept_id);

-- situations and composantes are JSON lists of texts.
CREATE TABLE competences (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  referentiel_id INTEGER NOT NULL REFERENCES referentiels (id) ON DELETE CASCADE,
  id_orebut      TEXT,
  titre          TEXT NOT NULL,
  titre_long     TEXT,
  couleur        TEXT,
  numero         INTEGER NOT NULL DEFAULT 0,
  situations     TEXT NOT NULL DEFAULT '[]',
  composantes    TEXT NOT NULL DEFAULT '[]',
  UNIQUE (referentiel_id, titre)
) STRICT;

CREATE TABLE niveaux (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  competence_id INTEGER NOT NULL REFERENCES competences (id) ON DELETE CASCADE,
  annee         TEXT NOT NULL CHECK (annee IN ('BUT1', 'BUT2', 'BUT3')),
  ordre         INTEGER NOT NULL,
  libelle       TEXT,
  UNIQUE (competence_id, annee)
) STRICT;

CREATE TABLE app_critiques (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  niveau_id INTEGER NOT NULL REFERENCES niveaux (id) ON DELETE CASCADE,
  code      TEXT NOT NULL,
  libelle   TEXT,
  UNIQUE (niveau_id, code)
) STRICT;

CREATE TABLE parcours (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  referentiel_id INTEGER NOT NULL REFERENCES referentiels (id) ON DELETE CASCADE,
  code           TEXT NOT NULL,
  numero         INTEGER NOT NULL DEFAULT 0,
  libelle        TEXT,
  UNIQUE (referentiel_id, code)
) STRICT;

CREATE TABLE parcours_annees (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  parcours_id INTEGER NOT NULL REFERENCES parcours (id) ON DELETE CASCADE,
  ordre      INTEGER NOT NULL CHECK (ordre BETWEEN 1 AND 3),
  UNIQUE (parcours_id, ordre)
) STRICT;

-- The level of a competence that a year of a parcours reaches.
CREATE TABLE parcours_competences (
  annee_id      INTEGER NOT NULL REFERENCES parcours_annees (id) ON DELETE CASCADE,
  competence_id INTEGER NOT NULL REFERENCES competences (id) ON DELETE CASCADE,
  niveau        INTEGER NOT NULL,
  PRIMARY KEY (annee_id, competence_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcours_competences_competence ON parcours_competences (competence_id);

-- Programmes: formation, UE, matière, module.
CREATE TABLE formations (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  dept_id         INTEGER NOT NULL REFERENCES departements (id) ON DELETE CASCADE,
  acronyme        TEXT NOT NULL,
  titre           TEXT NOT NULL,
  titre_officiel  TEXT NOT NULL,
  version         INTEGER NOT NULL DEFAULT 1,
  formation_code  TEXT NOT NULL,
  type_parcours   INTEGER NOT NULL DEFAULT 0,
  code_specialite TEXT,
  referentiel_id  INTEGER REFERENCES referentiels (id),
  commentaire     TEXT,
  archived        INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  UNIQUE (dept_id, acronyme, titre, version)
) STRICT;
CREATE INDEX formations_referentiel ON formations (referentiel_id);
CREATE INDEX formations_code ON formations (formation_code);

-- type: 0 standard, 1 sport and culture (bonus), 2 project and placement, 3
-- placement, 4 elective, 5 professional, 6 optional.
CREATE TABLE ues (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  formation_id     INTEGER NOT NULL REFERENCES formations (id) ON DELETE CASCADE,
  acronyme         TEXT NOT NULL,
  numero           INTEGER NOT NULL DEFAULT 0,
  titre            TEXT,
  type             INTEGER NOT NULL DEFAULT 0 CHECK (type BETWEEN 0 AND 6),
  ue_code          TEXT NOT NULL,
  ects             REAL,
  is_external      INTEGER NOT NULL DEFAULT 0 CHECK (is_external IN (0, 1)),
  code_apogee      TEXT,
  coefficient      REAL,
  semestre_idx     INTEGER,
  niveau_id        INTEGER REFERENCES niveaux (id),
  code_apogee_rcue TEXT,
  coef_rcue        REAL NOT NULL DEFAULT 1,
  color            TEXT
) STRICT;
CREATE INDEX ues_formation ON ues (formation_id, semestre_idx, numero);
CREATE INDEX ues_niveau ON ues (niveau_id);
CREATE INDEX ues_code ON ues (ue_code);

-- ects replaces the UE's own for the students of the parcours.
CREATE TABLE ue_parcours (
  ue_id       INTEGER NOT NULL REFERENCES ues (id) ON DELETE CASCADE,
  parcours_id INTEGER NOT NULL REFERENCES parcours (id) ON DELETE CASCADE,
  ects        REAL,
  PRIMARY KEY (ue_id, parcours_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ue_parcours_parcours ON ue_parcours (parcours_id);

CREATE TABLE matieres (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  ue_id  INTEGER NOT NULL REFERENCES ues (id) ON DELETE CASCADE,
  titre  TEXT,
  numero INTEGER NOT NULL DEFAULT 0,
  UNIQUE (ue_id, titre)
) STRICT;

-- module_type: 0 standard, 1 malus, 2 ressource, 3 SAÉ.
CREATE TABLE modules (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  formation_id INTEGER NOT NULL REFERENCES formations (id) ON DELETE CASCADE,
  ue_id        INTEGER NOT NULL REFERENCES ues (id) ON DELETE CASCADE,
  matiere_id   INTEGER NOT NULL REFERENCES matieres (id) ON DELETE CASCADE,
  titre        TEXT,
  abbrev       TEXT,
  code         TEXT NOT NULL,
  heures_cours REAL,
  heures_td    REAL,
  heures_tp    REAL,
  coefficient  REAL,
  ects         REAL,
  semestre_id  INTEGER NOT NULL DEFAULT 1,
  numero       INTEGER NOT NULL DEFAULT 0,
  code_apogee  TEXT,
  module_type  INTEGER NOT NULL DEFAULT 0 CHECK (module_type BETWEEN 0 AND 3),
  edt_id       TEXT
) STRICT;
CREATE INDEX modules_formation ON modules (formation_id, semestre_id, numero);
CREATE INDEX modules_ue ON modules (ue_id);
CREATE INDEX modules_matiere ON modules (matiere_id);

CREATE TABLE module_ue_coefs (
  module_id INTEGER NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  ue_id     INTEGER NOT NULL REFERENCES ues (id) ON DELETE CASCADE,
  coef      REAL NOT NULL,
  PRIMARY KEY (module_id, ue_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX module_ue_coefs_ue ON module_ue_coefs (ue_id);

CREATE TABLE module_parcours (
  module_id   INTEGER NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  parcours_id INTEGER NOT NULL REFERENCES parcours (id) ON DELETE CASCADE,
  PRIMARY KEY (module_id, parcours_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX module_parcours_parcours ON module_parcours (parcours_id);

CREATE TABLE module_app_critiques (
  module_id       INTEGER NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  app_critique_id INTEGER NOT NULL REFERENCES app_critiques (id) ON DELETE CASCADE,
  PRIMARY KEY (module_id, app_critique_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX module_app_critiques_app ON module_app_critiques (app_critique_id);

CREATE TABLE module_tags (
  module_id INTEGER NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  title     TEXT NOT NULL,
  PRIMARY KEY (module_id, title)
) STRICT, WITHOUT ROWID;

-- Students. *_key columns are folded; sort_key is what lists are sorted by.
CREATE TABLE etudiants (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  dept_id             INTEGER NOT NULL REFERENCES departements (id) ON DELETE CASCADE,
  nom                 TEXT NOT NULL,
  prenom              TEXT NOT NULL DEFAULT '',
  nom_usuel           TEXT,
  civilite            TEXT NOT NULL CHECK (civilite IN ('M', 'F', 'X')),
  civilite_etat_civil TEXT CHECK (civilite_etat_civil IN ('M', 'F', 'X')),
  prenom_etat_civil   TEXT,
  date_naissance      TEXT,
  lieu_naissance      TEXT,
  dept_naissance      TEXT,
  nationalite         TEXT,
  statut              TEXT,
  boursier            INTEGER CHECK (boursier IN (0, 1)),
  code_nip            TEXT,
  code_ine            TEXT,
  scodoc7_id          TEXT,
  nom_key             TEXT NOT NULL,
  prenom_key          TEXT NOT NULL,
  sort_key            TEXT NOT NULL,
  created_at          TEXT NOT NULL,
  UNIQUE (dept_id, code_nip),
  UNIQUE (dept_id, code_ine)
) STRICT;
CREATE INDEX etudiants_nom ON etudiants (nom_key, prenom_key);
CREATE INDEX etudiants_nip ON etudiants (code_nip);
CREATE INDEX etudiants_ine ON etudiants (code_ine);
CREATE INDEX etudiants_dept ON etudiants (dept_id, sort_key);
CREATE INDEX etudiants_sort ON etudiants (sort_key);

CREATE TABLE adresses (
  id                   INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid               INTEGER NOT NULL UNIQUE REFERENCES etudiants (id) ON DELETE CASCADE,
  email                TEXT,
  emailperso           TEXT,
  domicile             TEXT,
  codepostaldomicile   TEXT,
  villedomicile        TEXT,
  paysdomicile         TEXT,
  telephone            TEXT,
  telephonemobile      TEXT,
  fax                  TEXT,
  typeadresse          TEXT NOT NULL DEFAULT 'domicile',
  description          TEXT
) STRICT;

CREATE TABLE admissions (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid             INTEGER NOT NULL UNIQUE REFERENCES etudiants (id) ON DELETE CASCADE,
  annee              INTEGER,
  bac                TEXT,
  specialite         TEXT,
  annee_bac          INTEGER,
  mention            TEXT,
  math               TEXT,
  physique           REAL,
  anglais            REAL,
  francais           REAL,
  rang               INTEGER,
  qualite            REAL,
  rapporteur         TEXT,
  decision           TEXT,
  score              REAL,
  commentaire        TEXT,
  classement         INTEGER,
  apb_groupe         TEXT,
  apb_classement_gr  INTEGER,
  nomlycee           TEXT,
  villelycee         TEXT,
  codepostallycee    TEXT,
  codelycee          TEXT,
  type_admission     TEXT,
  boursier_prec      INTEGER CHECK (boursier_prec IN (0, 1))
) STRICT;

CREATE TABLE annotations (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid  INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  at      TEXT NOT NULL,
  author  TEXT NOT NULL,
  comment TEXT NOT NULL
) STRICT;
CREATE INDEX annotations_etudid ON annotations (etudid);

-- Both pictures are JPEG; small is 90 pixels high.
CREATE TABLE photos (
  etudid      INTEGER PRIMARY KEY REFERENCES etudiants (id) ON DELETE CASCADE,
  orig        BLOB NOT NULL,
  small       BLOB NOT NULL,
  modified_at TEXT NOT NULL
) STRICT;

-- Semesters of a programme. etat 0 is locked.
CREATE TABLE formsemestres (
  id                     INTEGER PRIMARY KEY AUTOINCREMENT,
  dept_id                INTEGER NOT NULL REFERENCES departements (id) ON DELETE CASCADE,
  formation_id           INTEGER NOT NULL REFERENCES formations (id),
  semestre_id            INTEGER NOT NULL DEFAULT 1,
  titre                  TEXT NOT NULL,
  date_debut             TEXT NOT NULL,
  date_fin               TEXT NOT NULL,
  etat                   INTEGER NOT NULL DEFAULT 1 CHECK (etat IN (0, 1)),
  modalite               TEXT NOT NULL DEFAULT 'FI',
  gestion_compensation   INTEGER NOT NULL DEFAULT 0 CHECK (gestion_compensation IN (0, 1)),
  gestion_semestrielle   INTEGER NOT NULL DEFAULT 0 CHECK (gestion_semestrielle IN (0, 1)),
  bul_hide_xml           INTEGER NOT NULL DEFAULT 0 CHECK (bul_hide_xml IN (0, 1)),
  block_moyennes         INTEGER NOT NULL DEFAULT 0 CHECK (block_moyennes IN (0, 1)),
  block_moyenne_generale INTEGER NOT NULL DEFAULT 0 CHECK (block_moyenne_generale IN (0, 1)),
  mode_calcul_moyennes   INTEGER NOT NULL DEFAULT 0,
  bul_bgcolor            TEXT NOT NULL DEFAULT 'white',
  resp_can_edit          INTEGER NOT NULL DEFAULT 0 CHECK (resp_can_edit IN (0, 1)),
  resp_can_change_ens    INTEGER NOT NULL DEFAULT 1 CHECK (resp_can_change_ens IN (0, 1)),
  ens_can_edit_eval      INTEGER NOT NULL DEFAULT 0 CHECK (ens_can_edit_eval IN (0, 1)),
  elt_sem_apo            TEXT,
  elt_annee_apo          TEXT,
  elt_passage_apo        TEXT,
  edt_id                 TEXT,
  capacite_accueil       INTEGER,
  scodoc7_id             TEXT,
  bonus_func             TEXT,
  CHECK (date_debut <= date_fin)
) STRICT;
CREATE INDEX formsemestres_dept ON formsemestres (dept_id, date_debut);
CREATE INDEX formsemestres_formation ON formsemestres (formation_id);
CREATE INDEX formsemestres_dates ON formsemestres (date_debut, date_fin);

CREATE TABLE formsemestre_responsables (
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  account_id      INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  rang            INTEGER NOT NULL,
  PRIMARY KEY (formsemestre_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX formsemestre_responsables_account ON formsemestre_responsables (account_id);

-- Apogée codes of the steps of a semester: "V1RT", "V1RT!111".
CREATE TABLE formsemestre_etapes (
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  rang            INTEGER NOT NULL,
  code            TEXT NOT NULL,
  PRIMARY KEY (formsemestre_id, rang)
) STRICT, WITHOUT ROWID;

CREATE TABLE formsemestre_parcours (
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  parcours_id     INTEGER NOT NULL REFERENCES parcours (id) ON DELETE CASCADE,
  PRIMARY KEY (formsemestre_id, parcours_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX formsemestre_parcours_parcours ON formsemestre_parcours (parcours_id);

-- Coefficients of UEs in a semester, in the place of the programme's.
CREATE TABLE formsemestre_ue_coefs (
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  ue_id           INTEGER NOT NULL REFERENCES ues (id) ON DELETE CASCADE,
  coef            REAL NOT NULL,
  PRIMARY KEY (formsemestre_id, ue_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX formsemestre_ue_coefs_ue ON formsemestre_ue_coefs (ue_id);

-- What the page that spreads students over groups saves, as it sent it.
CREATE TABLE auto_assignments (
  formsemestre_id INTEGER PRIMARY KEY REFERENCES formsemestres (id) ON DELETE CASCADE,
  data            BLOB NOT NULL
) STRICT;

-- A module as it is taught in a semester.
CREATE TABLE moduleimpls (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  module_id        INTEGER NOT NULL REFERENCES modules (id),
  formsemestre_id  INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  responsable_id   INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  computation_expr TEXT,
  UNIQUE (formsemestre_id, module_id)
) STRICT;
CREATE INDEX moduleimpls_module ON moduleimpls (module_id);
CREATE INDEX moduleimpls_responsable ON moduleimpls (responsable_id);

CREATE TABLE moduleimpl_enseignants (
  moduleimpl_id INTEGER NOT NULL REFERENCES moduleimpls (id) ON DELETE CASCADE,
  account_id    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (moduleimpl_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX moduleimpl_enseignants_account ON moduleimpl_enseignants (account_id);

-- Registrations. etat: I registered, D resigned, DEF defaulted.
CREATE TABLE inscriptions (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid          INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  etat            TEXT NOT NULL DEFAULT 'I' CHECK (etat IN ('I', 'D', 'DEF')),
  etape           TEXT,
  parcours_id     INTEGER REFERENCES parcours (id) ON DELETE SET NULL,
  UNIQUE (formsemestre_id, etudid)
) STRICT;
CREATE INDEX inscriptions_etudid ON inscriptions (etudid);
CREATE INDEX inscriptions_parcours ON inscriptions (parcours_id);

CREATE TABLE moduleimpl_inscriptions (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  moduleimpl_id INTEGER NOT NULL REFERENCES moduleimpls (id) ON DELETE CASCADE,
  etudid        INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  UNIQUE (moduleimpl_id, etudid)
) STRICT;
CREATE INDEX moduleimpl_inscriptions_etudid ON moduleimpl_inscriptions (etudid);

-- The default partition, of everybody, has no name; nor has its only group.
CREATE TABLE partitions (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  partition_name  TEXT,
  numero          INTEGER NOT NULL DEFAULT 0,
  bul_show_rank   INTEGER NOT NULL DEFAULT 0 CHECK (bul_show_rank IN (0, 1)),
  show_in_lists   INTEGER NOT NULL DEFAULT 1 CHECK (show_in_lists IN (0, 1)),
  groups_editable INTEGER NOT NULL DEFAULT 1 CHECK (groups_editable IN (0, 1)),
  UNIQUE (formsemestre_id, partition_name)
) STRICT;
CREATE UNIQUE INDEX partitions_default ON partitions (formsemestre_id) WHERE partition_name IS NULL;

CREATE TABLE groupes (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  partition_id INTEGER NOT NULL REFERENCES partitions (id) ON DELETE CASCADE,
  group_name   TEXT,
  numero       INTEGER NOT NULL DEFAULT 0,
  edt_id       TEXT,
  UNIQUE (partition_id, group_name),
  UNIQUE (id, partition_id)
) STRICT;
CREATE UNIQUE INDEX groupes_default ON groupes (partition_id) WHERE group_name IS NULL;

-- A student is in one group of a partition at most: partition_id repeats the
-- group's own to say so.
CREATE TABLE groupe_membres (
  group_id     INTEGER NOT NULL,
  partition_id INTEGER NOT NULL,
  etudid       INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  PRIMARY KEY (partition_id, etudid),
  FOREIGN KEY (group_id, partition_id) REFERENCES groupes (id, partition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX groupe_membres_group ON groupe_membres (group_id, partition_id);
CREATE INDEX groupe_membres_etudid ON groupe_membres (etudid);

-- evaluation_type: 0 usual, 1 rattrapage, 2 second session, 3 bonus.
CREATE TABLE evaluations (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  moduleimpl_id      INTEGER NOT NULL REFERENCES moduleimpls (id) ON DELETE CASCADE,
  debut_at           TEXT,
  fin_at             TEXT,
  description        TEXT,
  note_max           REAL NOT NULL DEFAULT 20 CHECK (note_max >= 0),
  coefficient        REAL NOT NULL DEFAULT 1 CHECK (coefficient >= 0),
  visibulletin       INTEGER NOT NULL DEFAULT 1 CHECK (visibulletin IN (0, 1)),
  publish_incomplete INTEGER NOT NULL DEFAULT 0 CHECK (publish_incomplete IN (0, 1)),
  evaluation_type    INTEGER NOT NULL DEFAULT 0 CHECK (evaluation_type BETWEEN 0 AND 3),
  numero             INTEGER NOT NULL DEFAULT 0,
  blocked_until_at   TEXT
) STRICT;
CREATE INDEX evaluations_moduleimpl ON evaluations (moduleimpl_id, numero);

CREATE TABLE evaluation_poids (
  evaluation_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  ue_id         INTEGER NOT NULL REFERENCES ues (id) ON DELETE CASCADE,
  poids         REAL NOT NULL,
  PRIMARY KEY (evaluation_id, ue_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluation_poids_ue ON evaluation_poids (ue_id);

-- Marks. value NULL is an absence, -1000 excused, -1002 awaited; no row, not
-- entered.
CREATE TABLE notes (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  evaluation_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  etudid        INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  value         REAL,
  comment       TEXT,
  at            TEXT NOT NULL,
  account_id    INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  UNIQUE (evaluation_id, etudid)
) STRICT;
CREATE INDEX notes_etudid ON notes (etudid);
CREATE INDEX notes_account ON notes (account_id);

-- What marks were before. -1001 is a mark taken away.
CREATE TABLE notes_log (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  evaluation_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  etudid        INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  value         REAL,
  comment       TEXT,
  at            TEXT NOT NULL,
  account_id    INTEGER REFERENCES accounts (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX notes_log_mark ON notes_log (evaluation_id, etudid);
CREATE INDEX notes_log_etudid ON notes_log (etudid);
CREATE INDEX notes_log_account ON notes_log (account_id);

-- Attendance. etat: 0 present, 1 late, 2 absent. external_data is JSON.
CREATE TABLE assiduites (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid        INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  moduleimpl_id INTEGER REFERENCES moduleimpls (id) ON DELETE SET NULL,
  debut_at      TEXT NOT NULL,
  fin_at        TEXT NOT NULL,
  etat          INTEGER NOT NULL CHECK (etat BETWEEN 0 AND 2),
  description   TEXT,
  entry_at      TEXT NOT NULL,
  account_id    INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  est_just      INTEGER NOT NULL DEFAULT 0 CHECK (est_just IN (0, 1)),
  external_data TEXT,
  CHECK (debut_at < fin_at)
) STRICT;
CREATE INDEX assiduites_etudid ON assiduites (etudid, debut_at);
CREATE INDEX assiduites_moduleimpl ON assiduites (moduleimpl_id);
CREATE INDEX assiduites_account ON assiduites (account_id);

-- etat: 0 valid, 1 not valid, 2 waiting, 3 changed. external_data is JSON.
CREATE TABLE justificatifs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid        INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  debut_at      TEXT NOT NULL,
  fin_at        TEXT NOT NULL,
  etat          INTEGER NOT NULL CHECK (etat BETWEEN 0 AND 3),
  entry_at      TEXT NOT NULL,
  account_id    INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  raison        TEXT,
  fichier       TEXT,
  external_data TEXT,
  CHECK (debut_at < fin_at)
) STRICT;
CREATE INDEX justificatifs_etudid ON justificatifs (etudid, debut_at);
CREATE INDEX justificatifs_account ON justificatifs (account_id);

CREATE TABLE justificatif_files (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  justif_id    INTEGER NOT NULL REFERENCES justificatifs (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  content      BLOB NOT NULL,
  entry_at     TEXT NOT NULL,
  account_id   INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  UNIQUE (justif_id, name)
) STRICT;
CREATE INDEX justificatif_files_account ON justificatif_files (account_id);

-- Absences that students announce. etat 0 is new, 1 dealt with.
CREATE TABLE billets (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid      INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  debut_at    TEXT NOT NULL,
  fin_at      TEXT NOT NULL,
  description TEXT,
  etat        INTEGER NOT NULL DEFAULT 0 CHECK (etat IN (0, 1)),
  entry_at    TEXT NOT NULL,
  justified   INTEGER NOT NULL DEFAULT 0 CHECK (justified IN (0, 1)),
  CHECK (debut_at <= fin_at)
) STRICT;
CREATE INDEX billets_etudid ON billets (etudid);

-- Decisions of juries: on a semester where ue_id is NULL, else on a UE.
CREATE TABLE validations (
  id                         INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid                     INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  formsemestre_id            INTEGER REFERENCES formsemestres (id) ON DELETE CASCADE,
  ue_id                      INTEGER REFERENCES ues (id),
  code                       TEXT NOT NULL,
  assidu                     INTEGER CHECK (assidu IN (0, 1)),
  event_at                   TEXT NOT NULL,
  compense_formsemestre_id   INTEGER REFERENCES formsemestres (id) ON DELETE SET NULL,
  moy_ue                     REAL,
  semestre_id                INTEGER,
  is_external                INTEGER NOT NULL DEFAULT 0 CHECK (is_external IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX validations_once ON validations (etudid, formsemestre_id, ifnull(ue_id, 0));
CREATE INDEX validations_formsemestre ON validations (formsemestre_id);
CREATE INDEX validations_ue ON validations (ue_id);
CREATE INDEX validations_compense ON validations (compense_formsemestre_id);

CREATE TABLE autorisations (
  id                     INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid                 INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  formation_code         TEXT NOT NULL,
  semestre_id            INTEGER NOT NULL,
  at                     TEXT NOT NULL,
  origin_formsemestre_id INTEGER REFERENCES formsemestres (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX autorisations_etudid ON autorisations (etudid);
CREATE INDEX autorisations_origin ON autorisations (origin_formsemestre_id);

CREATE TABLE validations_rcue (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid          INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  formsemestre_id INTEGER REFERENCES formsemestres (id) ON DELETE CASCADE,
  ue1_id          INTEGER NOT NULL REFERENCES ues (id),
  ue2_id          INTEGER NOT NULL REFERENCES ues (id),
  parcours_id     INTEGER REFERENCES parcours (id) ON DELETE SET NULL,
  at              TEXT NOT NULL,
  code            TEXT NOT NULL,
  UNIQUE (etudid, ue1_id, ue2_id)
) STRICT;
CREATE INDEX validations_rcue_formsemestre ON validations_rcue (formsemestre_id);
CREATE INDEX validations_rcue_ue1 ON validations_rcue (ue1_id);
CREATE INDEX validations_rcue_ue2 ON validations_rcue (ue2_id);
CREATE INDEX validations_rcue_parcours ON validations_rcue (parcours_id);

CREATE TABLE validations_annee (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid          INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  ordre           INTEGER NOT NULL CHECK (ordre BETWEEN 1 AND 3),
  formsemestre_id INTEGER REFERENCES formsemestres (id) ON DELETE CASCADE,
  referentiel_id  INTEGER NOT NULL REFERENCES referentiels (id),
  annee_scolaire  INTEGER NOT NULL,
  at              TEXT NOT NULL,
  code            TEXT NOT NULL,
  UNIQUE (etudid, ordre, referentiel_id)
) STRICT;
CREATE INDEX validations_annee_formsemestre ON validations_annee (formsemestre_id);
CREATE INDEX validations_annee_referentiel ON validations_annee (referentiel_id);

CREATE TABLE validations_dut120 (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid          INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  formsemestre_id INTEGER NOT NULL REFERENCES formsemestres (id) ON DELETE CASCADE,
  referentiel_id  INTEGER NOT NULL REFERENCES referentiels (id),
  at              TEXT NOT NULL,
  UNIQUE (etudid, referentiel_id)
) STRICT;
CREATE INDEX validations_dut120_formsemestre ON validations_dut120 (formsemestre_id);
CREATE INDEX validations_dut120_referentiel ON validations_dut120 (referentiel_id);

-- What happened to students.
CREATE TABLE evenements (
  id                   INTEGER PRIMARY KEY AUTOINCREMENT,
  etudid               INTEGER NOT NULL REFERENCES etudiants (id) ON DELETE CASCADE,
  at                   TEXT NOT NULL,
  formsemestre_id      INTEGER REFERENCES formsemestres (id) ON DELETE CASCADE,
  ue_id                INTEGER REFERENCES ues (id),
  event_type           TEXT NOT NULL CHECK (event_type IN ('CREATION', 'INSCRIPTION', 'DEMISSION', 'DEFAILLANCE', 'AUT_RED',
                         'EXCLUS', 'VALID_UE', 'VALID_SEM', 'ECHEC_SEM', 'UTIL_COMPENSATION')),
  comp_formsemestre_id INTEGER REFERENCES formsemestres (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX evenements_etudid ON evenements (etudid);
CREATE INDEX evenements_formsemestre ON evenements (formsemestre_id);
CREATE INDEX evenements_ue ON evenements (ue_id);
CREATE INDEX evenements_comp ON evenements (comp_formsemestre_id);

-- Pictures for documents: of the site where dept_id is NULL.
CREATE TABLE logos (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  dept_id      INTEGER REFERENCES departements (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  content_type TEXT NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png')),
  content      BLOB NOT NULL,
  modified_at  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX logos_once ON logos (ifnull(dept_id, 0), name);
CREATE INDEX logos_dept ON logos (dept_id);

-- Preferences: of the site, of a department, of a semester; the nearest one
-- set wins. value is JSON.
CREATE TABLE preferences (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  dept_id         INTEGER REFERENCES departements (id) ON DELETE CASCADE,
  formsemestre_id INTEGER REFERENCES formsemestres (id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  value           TEXT NOT NULL,
  CHECK (dept_id IS NULL OR formsemestre_id IS NULL)
) STRICT;
CREATE UNIQUE INDEX preferences_once ON preferences (name, ifnull(dept_id, 0), ifnull(formsemestre_id, 0));
CREATE INDEX preferences_dept ON preferences (dept_id);
CREATE INDEX preferences_formsemestre ON preferences (formsemestre_id);
