-- Templates of e-mails, the outbox, each attempt to send.

-- +goose Up
CREATE TABLE email_templates (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  subject    TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

-- The ids are part of the contract: mail_type 6 invites to a project.
INSERT INTO email_templates (id, name, subject, body, created_at, updated_at)
SELECT id, name, subject, body, now, now
FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now), (
  SELECT 1 AS id, 'Compte créé' AS name, 'Votre compte sur {{site}}' AS subject,
'Bonjour {{first_name}},

Un compte vient d’être créé pour vous sur {{site}}.
Votre nom d’utilisateur : {{username}}

Pour choisir votre mot de passe, ouvrez ce lien. Il ne fonctionne qu’une fois :
{{link}}

Si vous n’attendiez pas ce message, parlez-en à votre administrateur.
' AS body
  UNION ALL SELECT 2, 'Mot de passe oublié', 'Choisir un nouveau mot de passe',
'Bonjour {{first_name}},

Un nouveau mot de passe a été demandé pour votre compte {{username}} sur {{site}}.

Pour le choisir, ouvrez ce lien. Il ne fonctionne qu’une fois :
{{link}}

Si la demande ne vient pas de vous, ignorez ce message : votre mot de passe reste le même.
'
  UNION ALL SELECT 3, 'Mot de passe changé', 'Votre mot de passe a changé',
'Bonjour {{first_name}},

Le mot de passe de votre compte {{username}} sur {{site}} vient d’être changé.

Si ce n’est pas vous qui l’avez fait, prévenez tout de suite votre administrateur.
'
  UNION ALL SELECT 4, 'Compte désactivé', 'Votre compte est désactivé',
'Bonjour {{first_name}},

Votre compte {{username}} sur {{site}} vient d’être désactivé : vous ne pouvez plus vous y connecter.

Si c’est une erreur, adressez-vous à votre administrateur.
'
  UNION ALL SELECT 5, 'Rappel d’accès au projet', 'Rappel : votre accès au projet {{project}}',
'Bonjour {{first_name}},

Vous avez accès au projet {{project}} sur {{site}}.
Votre nom d’utilisateur : {{username}}

Pour vous connecter :
{{link}}
'
  UNION ALL SELECT 6, 'Invitation au projet', 'Invitation au projet {{project}}',
'Bonjour {{first_name}},

Vous êtes invité à rejoindre le projet {{project}} sur {{site}}.
Votre nom d’utilisateur : {{username}}

Pour commencer, ouvrez ce lien :
{{link}}

Si vous n’attendiez pas cette invitation, ignorez ce message.
'
);

-- held: no SMTP server is known. waiting: to be sent from next_try_at on, or
-- being sent. give_up_at is set by the first attempt. body is sealed by the
-- program with the key file beside the base, since it may hold a link that
-- signs someone in. message_ref makes the Message-ID, the same at each attempt.
-- search_key folds recipient and subject. AUTOINCREMENT, because what is sealed
-- is bound to the id.
CREATE TABLE outbox (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  template_id INTEGER REFERENCES email_templates (id),
  account_id  INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  recipient   TEXT NOT NULL,
  subject     TEXT NOT NULL,
  body        BLOB NOT NULL,
  message_ref TEXT NOT NULL UNIQUE,
  search_key  TEXT NOT NULL,
  created_at  TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('held', 'waiting', 'sent', 'failed', 'cancelled')),
  next_try_at TEXT NOT NULL,
  give_up_at  TEXT,
  attempts    INTEGER NOT NULL DEFAULT 0,
  last_error  TEXT NOT NULL DEFAULT '',
  sent_at     TEXT
) STRICT;
CREATE INDEX outbox_template ON outbox (template_id);
CREATE INDEX outbox_account ON outbox (account_id);
CREATE INDEX outbox_state ON outbox (state, next_try_at);

-- A line is written before the server is spoken to ('started') and completed
-- after. One that stays 'started' was cut short, nobody knows where: the next
-- attempt calls it 'interrupted'.
CREATE TABLE outbox_attempts (
  id        INTEGER PRIMARY KEY,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  at        TEXT NOT NULL,
  ended_at  TEXT,
  result    TEXT NOT NULL CHECK (result IN ('started', 'sent', 'postponed', 'refused', 'interrupted')),
  message   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_attempts_outbox ON outbox_attempts (outbox_id);
