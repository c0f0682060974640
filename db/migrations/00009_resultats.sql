-- The results of a semester are kept in memory while its revision stays the
-- same, and so are the counts of its absences, which have their own. Triggers
-- move both, so that what a command writes beside the server is seen at once.

-- +goose Up

-- A row outlives its semester: a number that went back to 1 with a new semester
-- of the same id would be taken for the old one's.
CREATE TABLE formsemestre_revisions (
  formsemestre_id INTEGER PRIMARY KEY,
  n               INTEGER NOT NULL,
  absences        INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO formsemestre_revisions (formsemestre_id, n) SELECT id, 1 FROM formsemestres;

-- Marks are read by evaluation, those of a whole semester at a time.
CREATE INDEX notes_values ON notes (evaluation_id, etudid, value);

-- A UE acquired weighs what its modules did in the semester it comes from: what
-- changes there may change the semesters that its students are in since. The
-- trigger does not set itself off.
-- +goose StatementBegin
CREATE TRIGGER resultats_origins AFTER UPDATE OF n ON formsemestre_revisions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id <> NEW.formsemestre_id AND formsemestre_id IN (
  SELECT i.formsemestre_id FROM validations v JOIN inscriptions i ON i.etudid = v.etudid
  WHERE v.formsemestre_id = NEW.formsemestre_id AND v.ue_id IS NOT NULL AND v.code = 'ADM'); END;
-- +goose StatementEnd

-- Semesters and what they have of their own.
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestres_insert AFTER INSERT ON formsemestres
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id = NEW.id;
  INSERT INTO formsemestre_revisions (formsemestre_id, n)
  SELECT NEW.id, 1 WHERE NOT EXISTS (SELECT 1 FROM formsemestre_revisions WHERE formsemestre_id = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestres_update AFTER UPDATE ON formsemestres
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id IN (OLD.id, NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestres_delete AFTER DELETE ON formsemestres
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id = OLD.id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestre_ue_coefs_insert AFTER INSERT ON formsemestre_ue_coefs
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = NEW.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestre_ue_coefs_update AFTER UPDATE ON formsemestre_ue_coefs
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (OLD.formsemestre_id, NEW.formsemestre_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestre_ue_coefs_delete AFTER DELETE ON formsemestre_ue_coefs
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = OLD.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestre_parcours_insert AFTER INSERT ON formsemestre_parcours
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = NEW.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestre_parcours_update AFTER UPDATE ON formsemestre_parcours
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (OLD.formsemestre_id, NEW.formsemestre_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formsemestre_parcours_delete AFTER DELETE ON formsemestre_parcours
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = OLD.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_moduleimpls_insert AFTER INSERT ON moduleimpls
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = NEW.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_moduleimpls_update AFTER UPDATE ON moduleimpls
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (OLD.formsemestre_id, NEW.formsemestre_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_moduleimpls_delete AFTER DELETE ON moduleimpls
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = OLD.formsemestre_id; END;
-- +goose StatementEnd

-- Students, where they are registered, their groups.
-- +goose StatementBegin
CREATE TRIGGER resultats_inscriptions_insert AFTER INSERT ON inscriptions
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id = NEW.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_inscriptions_update AFTER UPDATE ON inscriptions
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id IN (OLD.formsemestre_id, NEW.formsemestre_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_inscriptions_delete AFTER DELETE ON inscriptions
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id = OLD.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_moduleimpl_inscriptions_insert AFTER INSERT ON moduleimpl_inscriptions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE id = NEW.moduleimpl_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_moduleimpl_inscriptions_update AFTER UPDATE ON moduleimpl_inscriptions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE id IN (OLD.moduleimpl_id, NEW.moduleimpl_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_moduleimpl_inscriptions_delete AFTER DELETE ON moduleimpl_inscriptions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE id = OLD.moduleimpl_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_etudiants_update AFTER UPDATE ON etudiants
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_admissions_insert AFTER INSERT ON admissions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = NEW.etudid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_admissions_update AFTER UPDATE ON admissions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid IN (OLD.etudid, NEW.etudid)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_admissions_delete AFTER DELETE ON admissions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = OLD.etudid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_partitions_insert AFTER INSERT ON partitions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = NEW.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_partitions_update AFTER UPDATE ON partitions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (OLD.formsemestre_id, NEW.formsemestre_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_partitions_delete AFTER DELETE ON partitions
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id = OLD.formsemestre_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_groupes_insert AFTER INSERT ON groupes
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM partitions WHERE id = NEW.partition_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_groupes_update AFTER UPDATE ON groupes
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM partitions WHERE id IN (OLD.partition_id, NEW.partition_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_groupes_delete AFTER DELETE ON groupes
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM partitions WHERE id = OLD.partition_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_groupe_membres_insert AFTER INSERT ON groupe_membres
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM partitions WHERE id = NEW.partition_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_groupe_membres_update AFTER UPDATE ON groupe_membres
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM partitions WHERE id IN (OLD.partition_id, NEW.partition_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_groupe_membres_delete AFTER DELETE ON groupe_membres
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM partitions WHERE id = OLD.partition_id); END;
-- +goose StatementEnd

-- Marks.
-- +goose StatementBegin
CREATE TRIGGER resultats_evaluations_insert AFTER INSERT ON evaluations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE id = NEW.moduleimpl_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_evaluations_update AFTER UPDATE ON evaluations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE id IN (OLD.moduleimpl_id, NEW.moduleimpl_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_evaluations_delete AFTER DELETE ON evaluations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE id = OLD.moduleimpl_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_evaluation_poids_insert AFTER INSERT ON evaluation_poids
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM evaluations e JOIN moduleimpls mi ON mi.id = e.moduleimpl_id WHERE e.id = NEW.evaluation_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_evaluation_poids_update AFTER UPDATE ON evaluation_poids
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM evaluations e JOIN moduleimpls mi ON mi.id = e.moduleimpl_id WHERE e.id IN (OLD.evaluation_id, NEW.evaluation_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_evaluation_poids_delete AFTER DELETE ON evaluation_poids
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM evaluations e JOIN moduleimpls mi ON mi.id = e.moduleimpl_id WHERE e.id = OLD.evaluation_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_notes_insert AFTER INSERT ON notes
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM evaluations e JOIN moduleimpls mi ON mi.id = e.moduleimpl_id WHERE e.id = NEW.evaluation_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_notes_update AFTER UPDATE OF evaluation_id, etudid, value ON notes
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM evaluations e JOIN moduleimpls mi ON mi.id = e.moduleimpl_id WHERE e.id IN (OLD.evaluation_id, NEW.evaluation_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_notes_delete AFTER DELETE ON notes
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM evaluations e JOIN moduleimpls mi ON mi.id = e.moduleimpl_id WHERE e.id = OLD.evaluation_id); END;
-- +goose StatementEnd

-- What juries decided of students, wherever it was.
-- +goose StatementBegin
CREATE TRIGGER resultats_validations_insert AFTER INSERT ON validations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = NEW.etudid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_validations_update AFTER UPDATE ON validations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid IN (OLD.etudid, NEW.etudid)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_validations_delete AFTER DELETE ON validations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = OLD.etudid); END;
-- +goose StatementEnd

-- Programmes. A UE may be acquired in one version of its programme and count in
-- another; a semester moved to another programme keeps the modules it has, and
-- shows their UEs.
-- +goose StatementBegin
CREATE TRIGGER resultats_modules_update AFTER UPDATE ON modules
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE module_id = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_matieres_update AFTER UPDATE ON matieres
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT mi.formsemestre_id FROM modules m JOIN moduleimpls mi ON mi.module_id = m.id WHERE m.matiere_id = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_module_ue_coefs_insert AFTER INSERT ON module_ue_coefs
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE module_id = NEW.module_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_module_ue_coefs_update AFTER UPDATE ON module_ue_coefs
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE module_id IN (OLD.module_id, NEW.module_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_module_ue_coefs_delete AFTER DELETE ON module_ue_coefs
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM moduleimpls WHERE module_id = OLD.module_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_ues_insert AFTER INSERT ON ues
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM formations f JOIN formations v ON v.formation_code = f.formation_code JOIN formsemestres s ON s.formation_id = v.id
  WHERE f.id = NEW.formation_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_ues_update AFTER UPDATE ON ues
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM formations f JOIN formations v ON v.formation_code = f.formation_code JOIN formsemestres s ON s.formation_id = v.id
  WHERE f.id IN (OLD.formation_id, NEW.formation_id)
  UNION ALL SELECT mi.formsemestre_id FROM modules m JOIN moduleimpls mi ON mi.module_id = m.id WHERE m.ue_id = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_ues_delete AFTER DELETE ON ues
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM formations f JOIN formations v ON v.formation_code = f.formation_code JOIN formsemestres s ON s.formation_id = v.id
  WHERE f.id = OLD.formation_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_ue_parcours_insert AFTER INSERT ON ue_parcours
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM ues u JOIN formsemestres s ON s.formation_id = u.formation_id WHERE u.id = NEW.ue_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_ue_parcours_update AFTER UPDATE ON ue_parcours
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM ues u JOIN formsemestres s ON s.formation_id = u.formation_id WHERE u.id IN (OLD.ue_id, NEW.ue_id)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_ue_parcours_delete AFTER DELETE ON ue_parcours
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM ues u JOIN formsemestres s ON s.formation_id = u.formation_id WHERE u.id = OLD.ue_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_formations_update AFTER UPDATE ON formations
BEGIN UPDATE formsemestre_revisions SET n = n + 1 WHERE formsemestre_id IN (
  SELECT s.id FROM formations f JOIN formsemestres s ON s.formation_id = f.id WHERE f.formation_code IN (OLD.formation_code, NEW.formation_code)); END;
-- +goose StatementEnd

-- Preferences: of one semester, of those of a department, or of all.
-- +goose StatementBegin
CREATE TRIGGER resultats_preferences_insert AFTER INSERT ON preferences
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id IN (
  SELECT id FROM formsemestres WHERE ifnull(NEW.formsemestre_id, id) = id AND ifnull(NEW.dept_id, dept_id) = dept_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_preferences_update AFTER UPDATE ON preferences
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id IN (
  SELECT id FROM formsemestres WHERE ifnull(OLD.formsemestre_id, id) = id AND ifnull(OLD.dept_id, dept_id) = dept_id
    OR ifnull(NEW.formsemestre_id, id) = id AND ifnull(NEW.dept_id, dept_id) = dept_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resultats_preferences_delete AFTER DELETE ON preferences
BEGIN UPDATE formsemestre_revisions SET n = n + 1, absences = absences + 1 WHERE formsemestre_id IN (
  SELECT id FROM formsemestres WHERE ifnull(OLD.formsemestre_id, id) = id AND ifnull(OLD.dept_id, dept_id) = dept_id); END;
-- +goose StatementEnd

-- Absences count in every semester of the student.
-- +goose StatementBegin
CREATE TRIGGER absences_assiduites_insert AFTER INSERT ON assiduites WHEN NEW.etat = 2
BEGIN UPDATE formsemestre_revisions SET absences = absences + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = NEW.etudid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER absences_assiduites_update AFTER UPDATE ON assiduites WHEN OLD.etat = 2 OR NEW.etat = 2
BEGIN UPDATE formsemestre_revisions SET absences = absences + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid IN (OLD.etudid, NEW.etudid)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER absences_assiduites_delete AFTER DELETE ON assiduites WHEN OLD.etat = 2
BEGIN UPDATE formsemestre_revisions SET absences = absences + 1 WHERE formsemestre_id IN (
  SELECT formsemestre_id FROM inscriptions WHERE etudid = OLD.etudid); END;
-- +goose StatementEnd
