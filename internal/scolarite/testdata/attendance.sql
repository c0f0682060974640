-- Attendance of the small site: times are those of Paris, two hours after
-- these in summer (until 2025-10-26) and one in winter.

INSERT INTO evaluations (id, moduleimpl_id, debut_at, fin_at, description, numero) VALUES
  (1, 1, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 'Contrôle de début', 0),
  (2, 1, '2025-11-10T13:00:00.000Z', '2025-11-10T15:00:00.000Z', 'Contrôle de TP', 1),
  (3, 1, NULL, NULL, 'Oral, à placer', 2),
  (4, 7, '2025-10-07T08:00:00.000Z', '2025-10-07T10:00:00.000Z', 'Partiel', 0);

-- 0 present, 1 late, 2 absent. Nothing is recorded of students 3, 4, 5 and 7.
INSERT INTO assiduites (id, etudid, moduleimpl_id, debut_at, fin_at, etat, description, entry_at, account_id, est_just, external_data) VALUES
  (1, 1, 1, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 2, 'Malade', '2025-10-06T08:05:00.000Z', 101, 1, '{"enseignant":"Mme Morvan"}'),
  (2, 1, 2, '2025-10-06T08:15:00.000Z', '2025-10-06T10:15:00.000Z', 1, NULL, '2025-10-06T10:20:00.000Z', 102, 1, NULL),
  (3, 1, NULL, '2025-11-10T13:00:00.000Z', '2025-11-10T15:00:00.000Z', 2, NULL, '2025-11-10T15:00:00.000Z', 101, 0, '{"module":"Autre"}'),
  (4, 1, 1, '2025-11-12T07:00:00.000Z', '2025-11-12T09:00:00.000Z', 0, NULL, '2025-11-12T09:00:00.000Z', NULL, 0, NULL),
  (5, 2, 1, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 0, NULL, '2025-10-06T08:05:00.000Z', 101, 0, NULL),
  (6, 2, 1, '2025-11-17T07:00:00.000Z', '2025-11-17T08:00:00.000Z', 1, 'Bus en panne', '2025-11-17T08:05:00.000Z', 101, 0, NULL),
  (7, 1, 12, '2024-10-07T06:00:00.000Z', '2024-10-07T08:00:00.000Z', 2, NULL, '2024-10-07T08:05:00.000Z', 102, 0, NULL),
  (8, 6, 7, '2025-10-07T08:00:00.000Z', '2025-10-07T10:00:00.000Z', 2, NULL, '2025-10-07T10:05:00.000Z', 103, 0, NULL);

-- 0 valid, 1 not valid, 2 waiting, 3 changed.
INSERT INTO justificatifs (id, etudid, debut_at, fin_at, etat, entry_at, account_id, raison, fichier, external_data) VALUES
  (1, 1, '2025-10-05T22:00:00.000Z', '2025-10-06T22:00:00.000Z', 0, '2025-10-08T07:00:00.000Z', 101, 'Certificat médical', '2025-10-08-09-00-00', '{"origine":"secrétariat"}'),
  (2, 1, '2025-11-10T11:00:00.000Z', '2025-11-10T17:00:00.000Z', 2, '2025-11-12T08:00:00.000Z', 102, 'Convocation', NULL, NULL),
  (3, 2, '2025-11-17T07:00:00.000Z', '2025-11-17T11:00:00.000Z', 1, '2025-11-17T09:00:00.000Z', 101, NULL, NULL, NULL),
  (4, 6, '2025-10-07T11:00:00.000Z', '2025-10-07T16:00:00.000Z', 0, '2025-10-07T08:00:00.000Z', 103, 'Permis de conduire', NULL, NULL),
  (5, 1, '2024-12-02T07:00:00.000Z', '2024-12-02T11:00:00.000Z', 3, '2024-12-03T08:00:00.000Z', NULL, 'Obsèques', NULL, NULL);
INSERT INTO justificatif_files (id, justif_id, name, content, entry_at, account_id) VALUES
  (1, 1, 'certificat.pdf', X'255044462d312e340a', '2025-10-08T07:00:00.000Z', 101),
  (2, 1, 'courrier.txt', CAST('Simone était souffrante.' AS BLOB), '2025-10-08T07:30:00.000Z', 102);

INSERT INTO billets (id, etudid, debut_at, fin_at, description, etat, entry_at, justified) VALUES
  (1, 1, '2025-11-18T07:00:00.000Z', '2025-11-18T11:00:00.000Z', 'Rendez-vous médical', 0, '2025-11-16T18:00:00.000Z', 1),
  (2, 1, '2025-11-10T13:00:00.000Z', '2025-11-10T15:00:00.000Z', NULL, 1, '2025-11-09T18:00:00.000Z', 0),
  (3, 2, '2025-11-17T07:30:00.000Z', '2025-11-17T09:00:00.000Z', 'En conflit avec un retard', 0, '2025-11-16T18:00:00.000Z', 0),
  (4, 6, '2025-11-19T07:00:00.000Z', '2025-11-19T17:00:00.000Z', NULL, 0, '2025-11-17T06:00:00.000Z', 0);
