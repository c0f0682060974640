-- Students: identity, address, admission, annotations, photos. Parameters named
-- dept_id are 0 for all departments.

-- name: Etudiant :one
SELECT * FROM etudiants WHERE id = @id;

-- name: EtudiantsByNIP :many
SELECT t.* FROM etudiants t
WHERE t.code_nip = @code_nip AND (t.dept_id = @dept_id OR CAST(@dept_id AS INTEGER) = 0) ORDER BY t.id;

-- name: EtudiantsByINE :many
SELECT t.* FROM etudiants t
WHERE t.code_ine = @code_ine AND (t.dept_id = @dept_id OR CAST(@dept_id AS INTEGER) = 0) ORDER BY t.id;

-- name: LatestRegistered :one
-- LatestRegistered returns, of these students, the one whose last semester is
-- the latest, and of several the last made.
SELECT e.id FROM etudiants e
LEFT JOIN inscriptions i ON i.etudid = e.id LEFT JOIN formsemestres s ON s.id = i.formsemestre_id
WHERE e.id IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
ORDER BY s.date_debut DESC, e.id DESC LIMIT 1;

-- name: EtudiantsNamed :many
-- EtudiantsNamed returns the students whose name, or the one they go by, begins
-- with a prefix. The bounds are those of the keys that do.
SELECT t.* FROM etudiants t
WHERE t.id IN (
  SELECT n.id FROM etudiants n WHERE n.nom_key >= CAST(@nom_from AS TEXT) AND n.nom_key < CAST(@nom_until AS TEXT)
  UNION ALL
  SELECT u.id FROM etudiants u WHERE u.sort_key >= CAST(@sort_from AS TEXT) AND u.sort_key < CAST(@sort_until AS TEXT)
) AND (t.dept_id = @dept_id OR CAST(@dept_id AS INTEGER) = 0)
ORDER BY t.sort_key, t.id;

-- name: EtudiantsCourants :many
-- EtudiantsCourants returns who is registered, and has neither resigned nor
-- defaulted, in a semester of these departments that holds a day.
SELECT * FROM etudiants
WHERE id IN (
  SELECT i.etudid FROM formsemestres s JOIN inscriptions i ON i.formsemestre_id = s.id AND i.etat = 'I'
  WHERE s.date_debut <= CAST(@day AS TEXT) AND s.date_fin >= CAST(@day AS TEXT)
    AND s.dept_id IN (SELECT value FROM json_each(CAST(@dept_ids AS TEXT)))
)
ORDER BY sort_key, id;

-- name: FormSemestresFollowed :many
-- FormSemestresFollowed returns the semesters that any of these students is or
-- was in, in the order of time.
SELECT t.* FROM formsemestres t
WHERE t.id IN (
  SELECT i.formsemestre_id FROM inscriptions i WHERE i.etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)))
) AND (t.dept_id = @dept_id OR CAST(@dept_id AS INTEGER) = 0)
ORDER BY t.date_debut, t.date_fin, t.id;

-- name: GroupsOfEtudiant :many
-- GroupsOfEtudiant returns the groups of a student in a semester with their
-- partitions, that of everybody first.
SELECT g.id, g.group_name, g.edt_id, p.id AS partition_id, p.formsemestre_id, p.partition_name, p.numero, p.bul_show_rank, p.show_in_lists, p.groups_editable
FROM partitions p JOIN groupe_membres m ON m.partition_id = p.id JOIN groupes g ON g.id = m.group_id
WHERE p.formsemestre_id = @formsemestre_id AND m.etudid = @etudid
ORDER BY p.partition_name IS NOT NULL, p.numero, p.id;

-- name: AdressesOf :many
SELECT * FROM adresses WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)));

-- name: EmailsOf :many
SELECT etudid, email FROM adresses WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)));

-- name: AdmissionsOf :many
SELECT * FROM admissions WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)));

-- name: PhotographedAmong :many
SELECT etudid FROM photos WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT)));

-- name: AnnotationsOf :many
SELECT * FROM annotations WHERE etudid IN (SELECT value FROM json_each(CAST(@etudids AS TEXT))) ORDER BY at, id;

-- name: Annotation :one
SELECT * FROM annotations WHERE id = @id;

-- name: AddAnnotation :one
INSERT INTO annotations (etudid, at, author, comment) VALUES (@etudid, @at, @author, @comment) RETURNING id;

-- name: DeleteAnnotation :exec
DELETE FROM annotations WHERE id = @id;

-- name: CountHomonyms :one
SELECT count(*) FROM etudiants WHERE nom_key = @nom_key AND prenom_key = @prenom_key;

-- name: AddEtudiant :one
-- AddEtudiant makes a student of what none lacks; UpdateEtudiant does the rest.
INSERT INTO etudiants (dept_id, nom, prenom, civilite, nom_key, prenom_key, sort_key, created_at)
VALUES (@dept_id, @nom, @prenom, @civilite, @nom_key, @prenom_key, @sort_key, @created_at) RETURNING id;

-- name: UpdateEtudiant :exec
UPDATE etudiants SET
  nom = @nom, prenom = @prenom, nom_usuel = @nom_usuel, civilite = @civilite, civilite_etat_civil = @civilite_etat_civil,
  prenom_etat_civil = @prenom_etat_civil, date_naissance = @date_naissance, lieu_naissance = @lieu_naissance,
  dept_naissance = @dept_naissance, nationalite = @nationalite, statut = @statut, boursier = @boursier, code_nip = @code_nip,
  code_ine = @code_ine, scodoc7_id = @scodoc7_id, nom_key = @nom_key, prenom_key = @prenom_key, sort_key = @sort_key
WHERE id = @id;

-- name: SetAdresse :exec
INSERT INTO adresses (
  etudid, email, emailperso, domicile, codepostaldomicile, villedomicile, paysdomicile, telephone, telephonemobile, fax, typeadresse, description
) VALUES (
  @etudid, @email, @emailperso, @domicile, @codepostaldomicile, @villedomicile, @paysdomicile, @telephone, @telephonemobile, @fax, @typeadresse, @description
) ON CONFLICT (etudid) DO UPDATE SET
  email = excluded.email, emailperso = excluded.emailperso, domicile = excluded.domicile, codepostaldomicile = excluded.codepostaldomicile,
  villedomicile = excluded.villedomicile, paysdomicile = excluded.paysdomicile, telephone = excluded.telephone,
  telephonemobile = excluded.telephonemobile, fax = excluded.fax, typeadresse = excluded.typeadresse, description = excluded.description;

-- name: SetAdmission :exec
INSERT INTO admissions (
  etudid, annee, bac, specialite, annee_bac, mention, math, physique, anglais, francais, rang, qualite, rapporteur, decision, score, commentaire,
  classement, apb_groupe, apb_classement_gr, nomlycee, villelycee, codepostallycee, codelycee, type_admission, boursier_prec
) VALUES (
  @etudid, @annee, @bac, @specialite, @annee_bac, @mention, @math, @physique, @anglais, @francais, @rang, @qualite, @rapporteur, @decision, @score, @commentaire,
  @classement, @apb_groupe, @apb_classement_gr, @nomlycee, @villelycee, @codepostallycee, @codelycee, @type_admission, @boursier_prec
) ON CONFLICT (etudid) DO UPDATE SET
  annee = excluded.annee, bac = excluded.bac, specialite = excluded.specialite, annee_bac = excluded.annee_bac, mention = excluded.mention,
  math = excluded.math, physique = excluded.physique, anglais = excluded.anglais, francais = excluded.francais, rang = excluded.rang,
  qualite = excluded.qualite, rapporteur = excluded.rapporteur, decision = excluded.decision, score = excluded.score,
  commentaire = excluded.commentaire, classement = excluded.classement, apb_groupe = excluded.apb_groupe,
  apb_classement_gr = excluded.apb_classement_gr, nomlycee = excluded.nomlycee, villelycee = excluded.villelycee,
  codepostallycee = excluded.codepostallycee, codelycee = excluded.codelycee, type_admission = excluded.type_admission,
  boursier_prec = excluded.boursier_prec;

-- name: AddCreationEvent :exec
INSERT INTO evenements (etudid, at, event_type) VALUES (@etudid, @at, 'CREATION');

-- name: Photo :one
SELECT CAST(iif(CAST(@is_small AS INTEGER) = 1, small, orig) AS BLOB) AS content, modified_at FROM photos WHERE etudid = @etudid;

-- name: SetPhoto :exec
INSERT INTO photos (etudid, orig, small, modified_at) VALUES (@etudid, @orig, @small, @modified_at)
ON CONFLICT (etudid) DO UPDATE SET orig = excluded.orig, small = excluded.small, modified_at = excluded.modified_at;

-- name: DeletePhoto :execrows
DELETE FROM photos WHERE etudid = @etudid;

-- name: EtudiantsToMatch :many
-- EtudiantsToMatch returns the students that a sheet of a department may be
-- about.
SELECT * FROM etudiants WHERE dept_id = @dept_id;

-- name: NamesTaken :many
-- NamesTaken returns how many students bear each of these names: a list of
-- [nom_key, prenom_key].
SELECT e.nom_key, e.prenom_key, count(*) AS n
FROM json_each(CAST(@names AS TEXT)) AS j JOIN etudiants e ON e.nom_key = json_extract(j.value, '$[0]') AND e.prenom_key = json_extract(j.value, '$[1]')
GROUP BY e.nom_key, e.prenom_key;

-- name: EtudiantsByID :many
SELECT * FROM etudiants WHERE id IN (SELECT value FROM json_each(CAST(@ids AS TEXT)));
