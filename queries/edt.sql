-- What timetables speak of.

-- name: TimetableModules :many
-- The modules of a semester, in its order.
SELECT i.id, i.module_id, m.code, m.titre, m.abbrev, m.edt_id
FROM moduleimpls i JOIN modules m ON m.id = i.module_id
WHERE i.formsemestre_id = @formsemestre_id
ORDER BY m.numero, m.code, i.id;

-- name: TimetableAccounts :many
-- Who may be named: the accounts with a name in timetables, and who teaches in
-- the semester or directs it.
SELECT a.user_name, a.edt_id
FROM accounts a
WHERE a.edt_id IS NOT NULL
  OR a.id IN (SELECT i.responsable_id FROM moduleimpls i WHERE i.formsemestre_id = @formsemestre_id)
  OR a.id IN (SELECT e.account_id FROM moduleimpl_enseignants e JOIN moduleimpls i ON i.id = e.moduleimpl_id WHERE i.formsemestre_id = @formsemestre_id)
  OR a.id IN (SELECT r.account_id FROM formsemestre_responsables r WHERE r.formsemestre_id = @formsemestre_id)
ORDER BY a.user_name;
