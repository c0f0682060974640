-- A small site: a department with a BUT in two semesters and a locked one, a
-- classic department, a hidden one. Everything has a number that tests know.

INSERT INTO departements (id, acronym, description, visible, date_creation) VALUES
  (1, 'RT', NULL, 1, '2022-05-04T21:09:25.000Z'),
  (2, 'GEA', 'Gestion des entreprises', 1, '2022-05-05T08:00:00.250Z'),
  (3, 'OLD', NULL, 0, '2019-01-01T00:00:00.000Z');

INSERT INTO preferences (dept_id, name, value) VALUES (1, 'DeptName', '"R&T"');

INSERT INTO accounts (id, uuid, user_name, user_name_key, matricule, first_name, last_name, name_key, email, email_key, departement_id, created_at, updated_at) VALUES
  (101, '00000000-0000-4000-8000-000000000101', 'mdupont', 'mdupont', 900101, 'Marie', 'Dupont', 'dupont marie', 'marie.dupont@iut.example', 'marie.dupont@iut.example', 1, '2022-09-01T08:00:00.000Z', '2022-09-01T08:00:00.000Z'),
  (102, '00000000-0000-4000-8000-000000000102', 'pmartin', 'pmartin', 900102, 'Paul', 'Martin', 'martin paul', 'paul.martin@iut.example', 'paul.martin@iut.example', 1, '2022-09-01T08:00:00.000Z', '2022-09-01T08:00:00.000Z'),
  (103, '00000000-0000-4000-8000-000000000103', 'aleroy', 'aleroy', 900103, 'Anne-Cécile', 'Leroy', 'leroy anne cecile', NULL, NULL, 2, '2022-09-01T08:00:00.000Z', '2022-09-01T08:00:00.000Z'),
  (104, '00000000-0000-4000-8000-000000000104', 'jpetit', 'jpetit', 900104, 'Jean', 'Petit', 'petit jean', NULL, NULL, NULL, '2022-09-01T08:00:00.000Z', '2022-09-01T08:00:00.000Z');

-- Competences.
INSERT INTO referentiels (id, dept_id, annexe, specialite, specialite_long, type_structure, type_departement, type_titre, version_orebut, loaded_at, orig_filename) VALUES
  (1, 1, '22', 'RT', 'Réseaux et télécommunications', 'type1', 'secondaire', 'B.U.T.', '2021-12-11 00:00:00', '2022-06-27T09:17:04.890Z', 'but-RT.xml');
INSERT INTO competences (id, referentiel_id, id_orebut, titre, titre_long, couleur, numero, situations, composantes) VALUES
  (1, 1, '0000000000000000000000000000000a', 'Administrer', 'Administrer les réseaux et l’Internet', 'c1', 1, '["Administration du réseau d’une entreprise"]', '["en choisissant les solutions adaptées","en respectant les règles métiers"]'),
  (2, 1, '0000000000000000000000000000000b', 'Connecter', 'Connecter les entreprises et les usagers', 'c2', 2, '[]', '[]'),
  (3, 1, '0000000000000000000000000000000c', 'Sécuriser', 'Administrer un système d’information sécurisé', 'c3', 3, '[]', '[]');
INSERT INTO niveaux (id, competence_id, annee, ordre, libelle) VALUES
  (1, 1, 'BUT1', 1, 'Assister l’administrateur du réseau'), (2, 1, 'BUT2', 2, 'Administrer un réseau'), (3, 1, 'BUT3', 3, 'Concevoir un réseau'),
  (4, 2, 'BUT1', 1, 'Maîtriser les caractéristiques d’un système'), (5, 2, 'BUT2', 2, 'Déployer des supports'),
  (6, 3, 'BUT2', 1, 'Sensibiliser aux vulnérabilités'), (7, 3, 'BUT3', 2, 'Mettre en œuvre un système sécurisé');
INSERT INTO app_critiques (id, niveau_id, code, libelle) VALUES
  (1, 1, 'AC11.01', 'Configurer les fonctions de base du réseau local'), (2, 1, 'AC11.02', 'Maîtriser les rôles des systèmes d’exploitation'),
  (3, 4, 'AC12.01', 'Mesurer et analyser les signaux');
INSERT INTO parcours (id, referentiel_id, code, numero, libelle) VALUES (1, 1, 'Cyber', 1, 'Cybersécurité'), (2, 1, 'DevCloud', 2, 'Développement système et cloud');
INSERT INTO parcours_annees (id, parcours_id, ordre) VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 1), (5, 2, 2), (6, 2, 3);
INSERT INTO parcours_competences (annee_id, competence_id, niveau) VALUES
  (1, 1, 1), (1, 2, 1), (2, 1, 2), (2, 2, 2), (2, 3, 1), (3, 1, 3), (3, 3, 2), (4, 1, 1), (4, 2, 1), (5, 1, 2), (5, 2, 2), (6, 1, 3);

-- Programmes: a BUT and a DUT.
INSERT INTO formations (id, dept_id, acronyme, titre, titre_officiel, version, formation_code, type_parcours, code_specialite, referentiel_id, commentaire) VALUES
  (1, 1, 'BUT R&T', 'BUT Réseaux et Télécommunications', 'Bachelor Universitaire de Technologie en Réseaux et Télécommunications', 1, 'FCOD1', 700, NULL, 1, NULL),
  (2, 2, 'DUT GEA', 'DUT Gestion des Entreprises', 'Diplôme Universitaire de Technologie GEA', 2, 'FCOD2', 100, 'GEA', NULL, 'programme 2013'),
  (3, 1, 'LP Cyber', 'Licence professionnelle Cyber', 'Licence professionnelle Cyber', 1, 'FCOD3', 200, NULL, NULL, NULL);
INSERT INTO ues (id, formation_id, acronyme, numero, titre, type, ue_code, ects, code_apogee, coefficient, semestre_idx, niveau_id, color) VALUES
  (1, 1, 'UE1.1', 1, 'Administrer', 0, 'UCOD1', 12, 'V1RTU11', NULL, 1, 1, '#b80004'),
  (2, 1, 'UE1.2', 2, 'Connecter', 0, 'UCOD2', 8, NULL, NULL, 1, 4, '#f97b3d'),
  (3, 1, 'UE1.S', 90, 'Bonus', 1, 'UCOD3', NULL, NULL, NULL, 1, NULL, NULL),
  (4, 1, 'UE2.1', 11, 'Administrer', 0, 'UCOD4', 13, NULL, NULL, 2, 1, NULL),
  (5, 1, 'UE2.2', 12, 'Connecter', 0, 'UCOD5', 7.5, NULL, NULL, 2, 4, NULL),
  (6, 2, 'UE11', 1, 'Environnement des organisations', 0, 'UCOD6', 15, 'GEAU11', 15, NULL, NULL, NULL),
  (7, 2, 'UE12', 2, 'Outils', 0, 'UCOD7', 15, NULL, 15, NULL, NULL, NULL),
  (8, 2, 'UESPORT', 9, 'Sport', 1, 'UCOD8', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO ue_parcours (ue_id, parcours_id, ects) VALUES (5, 1, NULL);
INSERT INTO matieres (id, ue_id, titre, numero) VALUES
  (1, 1, 'Administrer', 1), (2, 2, 'Connecter', 1), (3, 3, 'Bonus', 1), (4, 4, 'Administrer', 1), (5, 5, 'Connecter', 1),
  (6, 6, 'Économie', 1), (7, 7, 'Mathématiques', 1), (8, 8, 'Sport', 1), (9, 6, 'Droit', 2);
INSERT INTO modules (id, formation_id, ue_id, matiere_id, titre, abbrev, code, heures_cours, heures_td, heures_tp, coefficient, semestre_id, numero, code_apogee, module_type) VALUES
  (1, 1, 1, 1, 'Initiation aux réseaux informatiques', 'Init. réseaux', 'R1.01', 10, 20, 30.5, NULL, 1, 1, 'V1RTR101', 2),
  (2, 1, 2, 2, 'Principes et architecture des réseaux', NULL, 'R1.02', NULL, NULL, NULL, NULL, 1, 2, NULL, 2),
  (3, 1, 1, 1, 'Se sensibiliser à l’hygiène informatique', NULL, 'SAE1.01', NULL, NULL, NULL, NULL, 1, 10, NULL, 3),
  (4, 1, 3, 3, 'Sport', NULL, 'SPORT1', NULL, NULL, NULL, 1, 1, 90, NULL, 0),
  (5, 1, 4, 4, 'Technologie de l’Internet', NULL, 'R2.01', NULL, NULL, NULL, NULL, 2, 1, NULL, 2),
  (6, 1, 5, 5, 'Mettre en place un réseau', NULL, 'SAE2.01', NULL, NULL, NULL, NULL, 2, 10, NULL, 3),
  (7, 2, 6, 6, 'Introduction à l’économie', NULL, 'M1101', 10, 20, 0, 2, 1, 1, NULL, 0),
  (8, 2, 6, 9, 'Introduction au droit', NULL, 'M1102', 10, 20, 0, 2.5, 1, 2, NULL, 0),
  (9, 2, 7, 7, 'Statistiques', NULL, 'M1201', NULL, NULL, NULL, 3, 1, 3, NULL, 0),
  (10, 2, 7, 7, 'Malus assiduité', NULL, 'MALUS', NULL, NULL, NULL, 1, 1, 4, NULL, 1),
  (11, 2, 8, 8, 'Sport', NULL, 'SPORT', NULL, NULL, NULL, 1, 1, 9, NULL, 0);
INSERT INTO module_ue_coefs (module_id, ue_id, coef) VALUES (1, 1, 12), (1, 2, 4), (2, 2, 8), (3, 1, 16), (3, 2, 5), (5, 4, 10), (6, 5, 12);
INSERT INTO module_parcours (module_id, parcours_id) VALUES (6, 1);
INSERT INTO module_app_critiques (module_id, app_critique_id) VALUES (1, 1), (1, 2), (2, 3);
INSERT INTO module_tags (module_id, title) VALUES (1, 'réseaux');

-- Semesters.
INSERT INTO formsemestres (id, dept_id, formation_id, semestre_id, titre, date_debut, date_fin, etat, modalite, elt_sem_apo, elt_annee_apo, edt_id, capacite_accueil) VALUES
  (1, 1, 1, 1, 'BUT Réseaux et Télécommunications', '2025-09-01', '2026-01-31', 1, 'FI', 'V1RTS1', 'V1RTA', 'rt1', 28),
  (2, 1, 1, 2, 'BUT Réseaux et Télécommunications', '2026-02-01', '2026-07-15', 1, 'FI', NULL, NULL, NULL, NULL),
  (3, 1, 1, 1, 'BUT Réseaux et Télécommunications', '2024-09-02', '2025-01-31', 0, 'FI', NULL, NULL, NULL, NULL),
  (4, 2, 2, 1, 'DUT GEA', '2025-09-01', '2026-01-31', 1, 'FI', NULL, NULL, NULL, NULL),
  (5, 2, 2, -1, 'Année spéciale', '2025-09-15', '2026-06-30', 1, 'FAP', NULL, NULL, NULL, NULL);
INSERT INTO formsemestre_responsables (formsemestre_id, account_id, rang) VALUES (1, 101, 0), (1, 102, 1), (2, 101, 0), (3, 102, 0), (4, 103, 0);
INSERT INTO formsemestre_etapes (formsemestre_id, rang, code) VALUES (1, 0, 'V1RT'), (1, 1, 'V1RT2!111'), (4, 0, 'GEA1');
INSERT INTO formsemestre_parcours (formsemestre_id, parcours_id) VALUES (1, 1), (1, 2), (2, 1), (2, 2), (3, 1);
INSERT INTO moduleimpls (id, module_id, formsemestre_id, responsable_id) VALUES
  (1, 1, 1, 101), (2, 2, 1, 102), (3, 3, 1, 102), (4, 4, 1, NULL), (5, 5, 2, 101), (6, 6, 2, 102),
  (7, 7, 4, 103), (8, 8, 4, 103), (9, 9, 4, 103), (10, 10, 4, 103), (11, 11, 4, 103), (12, 1, 3, 101);
INSERT INTO moduleimpl_enseignants (moduleimpl_id, account_id) VALUES (1, 102), (7, 104);

-- Students. 1 and 6 are one person in two departments; 5 is in no semester.
INSERT INTO etudiants (id, dept_id, nom, prenom, nom_usuel, civilite, date_naissance, lieu_naissance, nationalite, boursier, code_nip, code_ine, nom_key, prenom_key, sort_key, created_at) VALUES
  (1, 1, 'COSTA', 'Simone', NULL, 'F', '2006-02-14', 'Brest', 'Française', 1, '22000001', 'INE0000001A', 'costa', 'simone', 'costa;simone', '2024-08-20T08:00:00.000Z'),
  (2, 1, 'DUPONT', 'Éric', NULL, 'M', '2007-06-01', NULL, NULL, 0, '22000002', NULL, 'dupont', 'eric', 'dupont;eric', '2025-08-20T08:00:00.000Z'),
  (3, 1, 'ÉTIENNE', 'Zoé', 'MARTIN', 'X', NULL, NULL, NULL, NULL, '22000003', NULL, 'etienne', 'zoe', 'martin;zoe', '2025-08-20T08:00:00.000Z'),
  (4, 1, 'DURAND', 'Ali', NULL, 'M', NULL, NULL, NULL, NULL, '22000004', NULL, 'durand', 'ali', 'durand;ali', '2025-08-20T08:00:00.000Z'),
  (5, 1, 'PETIT', 'Luc', NULL, 'M', NULL, NULL, NULL, NULL, NULL, NULL, 'petit', 'luc', 'petit;luc', '2025-08-20T08:00:00.000Z'),
  (6, 2, 'COSTA', 'Simone', NULL, 'F', '2006-02-14', NULL, NULL, NULL, '22000001', 'INE0000001A', 'costa', 'simone', 'costa;simone', '2025-08-21T08:00:00.000Z'),
  (7, 2, 'LEGRAND', 'Ana', NULL, 'F', NULL, NULL, NULL, NULL, '22000007', NULL, 'legrand', 'ana', 'legrand;ana', '2025-08-21T08:00:00.000Z');
INSERT INTO adresses (id, etudid, email, emailperso, domicile, codepostaldomicile, villedomicile, paysdomicile, telephonemobile) VALUES
  (1, 1, 'simone.costa@etu.example', 'simone@perso.example', '1 rue de Siam', '29200', 'Brest', 'France', '0102030405'),
  (2, 2, 'eric.dupont@etu.example', NULL, NULL, NULL, NULL, NULL, NULL), (3, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (5, 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, 6, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (7, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO admissions (id, etudid, annee, bac, specialite, annee_bac, mention, math, nomlycee, villelycee, type_admission, boursier_prec) VALUES
  (1, 1, 2024, 'S', 'SVT', 2024, 'Bien', '14', 'Lycée Kerichen', 'Brest', 'APB', 1),
  (2, 2, 2025, 'STI2D', NULL, 2025, NULL, NULL, NULL, NULL, NULL, NULL), (3, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (5, 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, 6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (7, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO annotations (id, etudid, at, author, comment) VALUES (1, 1, '2025-10-01T12:00:00.000Z', 'mdupont', 'Aménagement d’études demandé');

-- Who is registered where.
INSERT INTO inscriptions (id, etudid, formsemestre_id, etat, etape, parcours_id) VALUES
  (1, 1, 1, 'I', 'V1RT', 1), (2, 2, 1, 'I', NULL, 2), (3, 3, 1, 'DEF', NULL, NULL), (4, 4, 1, 'D', NULL, NULL),
  (5, 1, 3, 'I', NULL, 1), (6, 6, 4, 'I', NULL, NULL), (7, 7, 4, 'I', NULL, NULL);
INSERT INTO moduleimpl_inscriptions (id, moduleimpl_id, etudid) VALUES
  (1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 1, 2), (5, 2, 2), (6, 3, 2), (7, 1, 3), (8, 12, 1), (9, 7, 6), (10, 8, 6), (11, 9, 6), (12, 7, 7), (13, 8, 7);
INSERT INTO partitions (id, formsemestre_id, partition_name, numero, bul_show_rank, show_in_lists, groups_editable) VALUES
  (1, 1, NULL, 0, 0, 0, 0), (2, 2, NULL, 0, 0, 0, 0), (3, 3, NULL, 0, 0, 0, 0), (4, 4, NULL, 0, 0, 0, 0), (5, 5, NULL, 0, 0, 0, 0),
  (6, 1, 'TD', 2, 1, 1, 1), (7, 1, 'Parcours', 1, 0, 1, 0), (8, 1, 'TP', 3, 0, 1, 1), (9, 3, 'TD', 1, 0, 1, 1), (10, 4, 'TD', 1, 0, 1, 1);
INSERT INTO groupes (id, partition_id, group_name, numero, edt_id) VALUES
  (1, 1, NULL, 0, NULL), (2, 2, NULL, 0, NULL), (3, 3, NULL, 0, NULL), (4, 4, NULL, 0, NULL), (5, 5, NULL, 0, NULL),
  (6, 6, 'TD1', 0, 'rt1-td1'), (7, 6, 'TD2', 1, NULL), (8, 7, 'Cyber', 0, NULL), (9, 7, 'DevCloud', 1, NULL), (10, 8, 'TP A', 0, NULL), (11, 9, 'TD1', 0, NULL), (12, 10, 'A', 0, NULL);
INSERT INTO groupe_membres (group_id, partition_id, etudid) VALUES
  (1, 1, 1), (1, 1, 2), (1, 1, 3), (1, 1, 4), (3, 3, 1), (4, 4, 6), (4, 4, 7), (6, 6, 1), (6, 6, 3), (7, 6, 2), (8, 7, 1), (9, 7, 2), (11, 9, 1), (12, 10, 6);

-- A decision, in the locked semester.
INSERT INTO validations (id, etudid, formsemestre_id, ue_id, code, event_at, moy_ue) VALUES (1, 1, 3, 1, 'AJ', '2025-02-10T10:00:00.000Z', 8.5);
INSERT INTO autorisations (id, etudid, formation_code, semestre_id, at, origin_formsemestre_id) VALUES (1, 1, 'FCOD1', 1, '2025-02-10T10:00:00.000Z', 3);
INSERT INTO evenements (id, etudid, at, formsemestre_id, event_type) VALUES (1, 1, '2024-08-20T08:00:00.000Z', NULL, 'CREATION'), (2, 1, '2025-08-25T08:00:00.000Z', 1, 'INSCRIPTION');
