-- Marks, upon site.sql: the BUT of semester 1, where student 1 comes back after
-- the locked semester 3 with UE 2 acquired, and the classic semester 4. What is
-- added has ids from 101.

INSERT INTO etudiants (id, dept_id, nom, prenom, nom_usuel, civilite, date_naissance, code_nip, nom_key, prenom_key, sort_key, created_at) VALUES
  (101, 1, 'GAUTIER', 'Inès', NULL, 'F', '2007-03-09', '22000101', 'gautier', 'ines', 'gautier;ines', '2025-08-20T08:00:00.000Z'),
  (102, 1, 'ABADIE', 'Jean-Marc', NULL, 'M', '2006-11-30', '22000102', 'abadie', 'jean marc', 'abadie;jean marc', '2025-08-20T08:00:00.000Z'),
  (103, 2, 'MOREL', 'Léa', NULL, 'F', NULL, '22000103', 'morel', 'lea', 'morel;lea', '2025-08-21T08:00:00.000Z'),
  (104, 2, 'BRUN', 'Noé', NULL, 'M', NULL, '22000104', 'brun', 'noe', 'brun;noe', '2025-08-21T08:00:00.000Z');
INSERT INTO adresses (id, etudid, email) VALUES (101, 101, NULL), (102, 102, NULL), (103, 103, NULL), (104, 104, NULL);
INSERT INTO admissions (id, etudid, annee, bac) VALUES (101, 101, 2025, 'STI2D'), (102, 102, NULL, NULL), (103, 103, NULL, NULL), (104, 104, NULL, NULL);
INSERT INTO inscriptions (id, etudid, formsemestre_id, etat, parcours_id) VALUES
  (101, 101, 1, 'I', 1), (102, 102, 1, 'I', NULL), (103, 103, 4, 'I', NULL), (104, 104, 4, 'I', NULL);
-- 103 and 104 take everything of semester 4, student 6 its sport and malus too;
-- 101 and 102 everything of semester 1, whose sport students 1 and 101 take.
INSERT INTO moduleimpl_inscriptions (id, moduleimpl_id, etudid) VALUES
  (101, 1, 101), (102, 2, 101), (103, 3, 101), (104, 4, 101), (105, 1, 102), (106, 2, 102), (107, 3, 102), (108, 4, 1),
  (111, 7, 103), (112, 8, 103), (113, 9, 103), (114, 10, 103), (115, 11, 103), (116, 7, 104), (117, 8, 104), (118, 9, 104), (119, 10, 104),
  (120, 10, 6), (121, 11, 6);
INSERT INTO groupe_membres (group_id, partition_id, etudid) VALUES
  (1, 1, 101), (1, 1, 102), (6, 6, 101), (7, 6, 102), (8, 7, 101), (4, 4, 103), (4, 4, 104), (12, 10, 103);

INSERT INTO preferences (dept_id, name, value) VALUES (2, 'bonus_sport_func_name', '"bonus_iutv"');

-- Semester 1. 102 counts twice towards UE 1 and not at all towards UE 2; 104 is
-- a retake; 106 is still to come, and nothing of it entered.
INSERT INTO evaluations (id, moduleimpl_id, debut_at, fin_at, description, note_max, coefficient, visibulletin, evaluation_type, numero) VALUES
  (101, 1, '2025-10-01T06:00:00.000Z', '2025-10-01T08:00:00.000Z', 'Contrôle 1', 20, 1, 1, 0, 0),
  (102, 1, '2025-10-22T12:00:00.000Z', '2025-10-22T14:00:00.000Z', 'TP noté', 10, 2, 1, 0, 1),
  (103, 2, '2025-10-08T06:00:00.000Z', '2025-10-08T07:30:00.000Z', 'Devoir surveillé', 20, 1.5, 1, 0, 0),
  (104, 2, '2025-11-05T07:00:00.000Z', '2025-11-05T08:30:00.000Z', 'Rattrapage', 20, 1, 1, 1, 1),
  (105, 3, '2025-11-12T07:00:00.000Z', '2025-11-12T11:00:00.000Z', 'Soutenance', 20, 1, 0, 0, 0),
  (106, 3, '2025-12-15T07:00:00.000Z', '2025-12-15T09:00:00.000Z', 'Rapport', 20, 3, 1, 0, 1),
  (107, 4, NULL, NULL, 'Escalade', 20, 1, 1, 0, 0);
INSERT INTO evaluation_poids (evaluation_id, ue_id, poids) VALUES (102, 1, 2), (102, 2, 0), (105, 1, 1);
INSERT INTO notes (id, evaluation_id, etudid, value, comment, at, account_id) VALUES
  (101, 101, 1, 12.5, NULL, '2025-10-06T09:00:00.000Z', 101), (102, 101, 2, 9, NULL, '2025-10-06T09:00:00.000Z', 101),
  (103, 101, 3, -1002, NULL, '2025-10-06T09:00:00.000Z', 101), (104, 101, 101, 12.5, 'copie relue', '2025-10-07T12:30:00.000Z', 101),
  (105, 101, 102, NULL, NULL, '2025-10-06T09:00:00.000Z', 101),
  (106, 102, 1, 7.25, NULL, '2025-10-24T09:00:00.000Z', 102), (107, 102, 2, 6, NULL, '2025-10-24T09:00:00.000Z', 102),
  (108, 102, 101, -1000, 'malade', '2025-10-24T09:00:00.000Z', 102), (109, 102, 102, 9.5, NULL, '2025-10-24T09:00:00.000Z', 102),
  (110, 103, 1, 8, NULL, '2025-10-10T09:00:00.000Z', 102), (111, 103, 2, 7.5, NULL, '2025-10-10T09:00:00.000Z', 102),
  (112, 103, 101, 14, NULL, '2025-10-10T09:00:00.000Z', 102), (113, 103, 102, 11, NULL, '2025-10-10T09:00:00.000Z', 102),
  (114, 104, 2, 13, NULL, '2025-11-06T09:00:00.000Z', 102),
  (115, 105, 1, 11, NULL, '2025-11-13T09:00:00.000Z', 102), (116, 105, 2, 15.5, NULL, '2025-11-13T09:00:00.000Z', 102),
  (117, 105, 101, 11, NULL, '2025-11-13T09:00:00.000Z', 102), (118, 105, 102, 10, NULL, '2025-11-13T09:00:00.000Z', 102),
  (119, 107, 1, 14, NULL, '2025-11-13T09:00:00.000Z', NULL), (120, 107, 101, 16, NULL, '2025-11-13T09:00:00.000Z', NULL);
INSERT INTO notes_log (id, evaluation_id, etudid, value, comment, at, account_id) VALUES (101, 101, 101, 10.5, NULL, '2025-10-06T09:00:00.000Z', 101);
INSERT INTO validations (id, etudid, formsemestre_id, ue_id, code, event_at, moy_ue) VALUES (101, 1, 3, 2, 'ADM', '2025-02-10T10:00:00.000Z', 13.5);

-- Semester 4. 112 is out of 40; 115 is a second session; 118 gives points; 116
-- takes some away.
INSERT INTO evaluations (id, moduleimpl_id, debut_at, fin_at, description, note_max, coefficient, visibulletin, evaluation_type, numero) VALUES
  (111, 7, '2025-09-29T06:00:00.000Z', '2025-09-29T08:00:00.000Z', 'DS 1', 20, 1, 1, 0, 0),
  (112, 7, '2025-11-03T07:00:00.000Z', '2025-11-03T10:00:00.000Z', 'DS 2', 40, 2, 1, 0, 1),
  (113, 8, '2025-10-13T06:00:00.000Z', '2025-10-13T08:00:00.000Z', 'Cas pratique', 20, 1, 1, 0, 0),
  (114, 9, '2025-10-20T06:00:00.000Z', '2025-10-20T08:00:00.000Z', 'Partiel', 20, 1, 1, 0, 0),
  (115, 9, '2025-11-10T07:00:00.000Z', '2025-11-10T09:00:00.000Z', 'Deuxième session', 20, 1, 1, 2, 1),
  (116, 10, NULL, NULL, 'Retards', 20, 1, 0, 0, 0),
  (117, 11, NULL, NULL, 'Aviron', 20, 1, 1, 0, 0),
  (118, 8, '2025-11-04T07:00:00.000Z', '2025-11-04T08:00:00.000Z', 'Participation', 2, 1, 1, 3, 1);
INSERT INTO notes (id, evaluation_id, etudid, value, comment, at, account_id) VALUES
  (131, 111, 6, 12, NULL, '2025-10-03T09:00:00.000Z', 103), (132, 111, 7, 12, NULL, '2025-10-03T09:00:00.000Z', 103),
  (133, 111, 103, 15, NULL, '2025-10-03T09:00:00.000Z', 103), (134, 111, 104, 8.5, NULL, '2025-10-03T09:00:00.000Z', 103),
  (135, 112, 6, 26, NULL, '2025-11-07T09:00:00.000Z', 104), (136, 112, 7, 26, NULL, '2025-11-07T09:00:00.000Z', 104),
  (137, 112, 103, 31.5, NULL, '2025-11-07T09:00:00.000Z', 104), (138, 112, 104, -1000, NULL, '2025-11-07T09:00:00.000Z', 104),
  (139, 113, 6, 10, NULL, '2025-10-17T09:00:00.000Z', 103), (140, 113, 7, NULL, 'non justifié', '2025-10-17T09:00:00.000Z', 103),
  (141, 113, 103, 13.25, NULL, '2025-10-17T09:00:00.000Z', 103), (142, 113, 104, 9, NULL, '2025-10-17T09:00:00.000Z', 103),
  (143, 114, 6, 6, NULL, '2025-10-24T09:00:00.000Z', 103), (144, 114, 103, 12, NULL, '2025-10-24T09:00:00.000Z', 103),
  (145, 114, 104, 4, NULL, '2025-10-24T09:00:00.000Z', 103), (146, 115, 104, 11, NULL, '2025-11-12T09:00:00.000Z', 103),
  (147, 116, 6, 0.5, NULL, '2025-11-12T09:00:00.000Z', 103), (148, 117, 6, 8, NULL, '2025-11-12T09:00:00.000Z', NULL),
  (149, 117, 103, 14, NULL, '2025-11-12T09:00:00.000Z', NULL), (150, 118, 104, 0.5, NULL, '2025-11-12T09:00:00.000Z', 103);
