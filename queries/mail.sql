-- E-mail templates, the outbox, the attempts to send.

-- name: EmailTemplates :many
SELECT * FROM email_templates ORDER BY id;

-- name: EmailTemplate :one
SELECT * FROM email_templates WHERE id = @id;

-- name: AddEmailTemplate :one
-- AddEmailTemplate never gives an id again that a deleted template had:
-- programs know templates by it.
INSERT INTO email_templates (id, name, subject, body, created_at, updated_at)
VALUES (
  (SELECT 1 + max(used) FROM (SELECT id AS used FROM email_templates UNION ALL SELECT n FROM revisions WHERE name = 'email_template')),
  @name, @subject, @body, @created_at, @updated_at)
RETURNING *;

-- name: UpdateEmailTemplate :one
UPDATE email_templates SET name = @name, subject = @subject, body = @body, updated_at = @updated_at
WHERE id = @id
RETURNING *;

-- name: ForgetTemplateInOutbox :exec
UPDATE outbox SET template_id = NULL WHERE template_id = CAST(@template_id AS INTEGER);

-- name: KeepEmailTemplateID :exec
-- KeepEmailTemplateID remembers the highest id that a deleted template had.
INSERT INTO revisions (name, n) VALUES ('email_template', @id)
ON CONFLICT (name) DO UPDATE SET n = max(n, excluded.n);

-- name: DeleteEmailTemplate :exec
DELETE FROM email_templates WHERE id = @id;

-- name: AddOutbox :one
-- AddOutbox adds a message without its body, which is sealed with the id.
INSERT INTO outbox (template_id, account_id, recipient, subject, body, message_ref, search_key, created_at, state, next_try_at)
VALUES (@template_id, @account_id, @recipient, @subject, x'', @message_ref, @search_key, @created_at, @state, @created_at)
RETURNING id;

-- name: SetOutboxBody :exec
UPDATE outbox SET body = @body WHERE id = @id;

-- name: OutboxMessage :one
SELECT * FROM outbox WHERE id = @id;

-- name: OutboxAttempts :many
SELECT * FROM outbox_attempts WHERE outbox_id = @outbox_id ORDER BY id;

-- name: OutboxMessages :many
-- OutboxMessages returns a page of the messages that match, newest first,
-- without their bodies.
SELECT id, template_id, account_id, recipient, subject, created_at, state, next_try_at, give_up_at, attempts, last_error, sent_at
FROM outbox
WHERE (CAST(@state AS TEXT) = '' OR state = CAST(@state AS TEXT))
  AND (CAST(@text AS TEXT) = '' OR instr(search_key, CAST(@text AS TEXT)) > 0)
ORDER BY id DESC
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountOutboxMessages :one
SELECT count(*) FROM outbox
WHERE (CAST(@state AS TEXT) = '' OR state = CAST(@state AS TEXT))
  AND (CAST(@text AS TEXT) = '' OR instr(search_key, CAST(@text AS TEXT)) > 0);

-- name: OutboxCounts :many
SELECT state, count(*) AS n FROM outbox GROUP BY state ORDER BY state;

-- name: HasHeldOutbox :one
SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'held');

-- name: ReleaseHeldOutbox :execrows
UPDATE outbox SET state = 'waiting', next_try_at = @next_try_at WHERE state = 'held';

-- name: HoldWaitingOutbox :execrows
UPDATE outbox SET state = 'held' WHERE state = 'waiting';

-- name: DueOutbox :one
-- DueOutbox returns the message that has been due for longest.
SELECT * FROM outbox WHERE state = 'waiting' AND next_try_at <= CAST(@now AS TEXT)
ORDER BY next_try_at, id LIMIT 1;

-- name: BeginOutboxAttempt :execrows
-- BeginOutboxAttempt counts an attempt, unless the message is no longer due;
-- a process that dies now leaves it due again at next_try_at.
UPDATE outbox SET attempts = attempts + 1, next_try_at = @next_try_at, give_up_at = ifnull(give_up_at, CAST(@give_up_at AS TEXT))
WHERE id = @id AND state = 'waiting' AND next_try_at <= CAST(@now AS TEXT);

-- name: InterruptOutboxAttempts :exec
UPDATE outbox_attempts SET result = 'interrupted' WHERE outbox_id = @outbox_id AND result = 'started';

-- name: AddOutboxAttempt :one
INSERT INTO outbox_attempts (outbox_id, at, result) VALUES (@outbox_id, @at, 'started') RETURNING id;

-- name: EndOutboxAttempt :exec
UPDATE outbox_attempts SET result = @result, message = @message, ended_at = @ended_at WHERE id = @id;

-- name: MarkOutboxSent :exec
-- MarkOutboxSent is true whatever was asked while it was being sent.
UPDATE outbox SET state = 'sent', sent_at = @sent_at, last_error = '' WHERE id = @id;

-- name: PostponeOutbox :exec
UPDATE outbox SET next_try_at = @next_try_at, last_error = @last_error WHERE id = @id AND state IN ('waiting', 'held');

-- name: FailOutbox :exec
UPDATE outbox SET state = 'failed', last_error = @last_error WHERE id = @id AND state IN ('waiting', 'held');

-- name: RetryOutbox :execrows
-- RetryOutbox gives a message that was not sent all its time again.
UPDATE outbox SET state = @state, next_try_at = @next_try_at, give_up_at = NULL
WHERE id = @id AND state IN ('waiting', 'held', 'failed', 'cancelled');

-- name: RetryFailedOutbox :execrows
UPDATE outbox SET state = @state, next_try_at = @next_try_at, give_up_at = NULL WHERE state = 'failed';

-- name: CancelOutbox :execrows
UPDATE outbox SET state = 'cancelled' WHERE id = @id AND state IN ('waiting', 'held', 'failed');

-- name: PurgeOutbox :execrows
-- PurgeOutbox removes messages that nothing more will happen to.
DELETE FROM outbox WHERE state IN ('sent', 'failed', 'cancelled') AND created_at < CAST(@before AS TEXT);
