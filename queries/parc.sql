-- Clients, their sites, the equipment on them.

-- name: AddClient :one
INSERT INTO clients (client_id, nom, nom_key, code, created_at)
VALUES (@client_id, @nom, @nom_key, @code, @created_at)
RETURNING *;

-- name: Client :one
SELECT * FROM clients WHERE client_id = @client_id;

-- name: Clients :many
SELECT * FROM clients ORDER BY client_id;

-- name: UpdateClient :exec
UPDATE clients SET nom = @nom, nom_key = @nom_key, code = @code WHERE client_id = @client_id;

-- name: DeleteClient :execrows
DELETE FROM clients WHERE client_id = @client_id;

-- name: SearchClients :many
-- SearchClients returns a page of the clients that match, with their number of
-- sites, in the order of their name, code or number of sites, either way. A
-- number sorts through its sign, a text through one key or the other.
SELECT c.client_id, c.nom, c.code, c.created_at,
       (SELECT count(*) FROM client_sites s WHERE s.client_id = c.client_id) AS sites,
       CAST(CASE CAST(@sort AS TEXT) WHEN 'code' THEN c.code
                                     WHEN 'sites' THEN (SELECT count(*) FROM client_sites s WHERE s.client_id = c.client_id)
                                     ELSE 0 END * (1 - 2 * CAST(@descending AS INTEGER)) AS INTEGER) AS number_key,
       CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN c.nom_key ELSE '' END AS TEXT) AS up_key,
       CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN '' ELSE c.nom_key END AS TEXT) AS down_key
FROM clients c
WHERE CAST(@text AS TEXT) = '' OR instr(c.nom_key, CAST(@text AS TEXT)) > 0 OR CAST(c.code AS TEXT) = CAST(@text AS TEXT)
ORDER BY number_key, up_key, down_key DESC, c.client_id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountClients :one
SELECT count(*) FROM clients c
WHERE CAST(@text AS TEXT) = '' OR instr(c.nom_key, CAST(@text AS TEXT)) > 0 OR CAST(c.code AS TEXT) = CAST(@text AS TEXT);

-- name: CountSitesOfClient :one
SELECT count(*) FROM client_sites WHERE client_id = @client_id;

-- name: AddSite :one
INSERT INTO client_sites (site_id, client_id, name, name_key, longitude, latitude, description, created_at)
VALUES (@site_id, @client_id, @name, @name_key, @longitude, @latitude, @description, @created_at)
RETURNING *;

-- name: Site :one
SELECT * FROM client_sites WHERE site_id = @site_id;

-- name: SiteWithClient :one
SELECT s.site_id, s.name, s.longitude, s.latitude, s.description, s.created_at,
       c.client_id, c.nom, c.code, c.created_at AS client_created_at
FROM client_sites s JOIN clients c ON c.client_id = s.client_id
WHERE s.site_id = @site_id;

-- name: SitesWithClient :many
SELECT s.site_id, s.name, s.longitude, s.latitude, s.description, s.created_at,
       c.client_id, c.nom, c.code, c.created_at AS client_created_at
FROM client_sites s JOIN clients c ON c.client_id = s.client_id
ORDER BY s.site_id;

-- name: SearchSites :many
-- SearchSites returns a page of the sites that match, with their client and
-- number of equipments, in the order of their name, client, date or number of
-- equipments, either way.
SELECT s.site_id, s.name, s.longitude, s.latitude, s.description, s.created_at, c.client_id, c.nom,
       (SELECT count(*) FROM equipements e WHERE e.site_id = s.site_id) AS equipements,
       CAST(CASE CAST(@sort AS TEXT) WHEN 'equipements' THEN (SELECT count(*) FROM equipements e WHERE e.site_id = s.site_id)
                                     ELSE 0 END * (1 - 2 * CAST(@descending AS INTEGER)) AS INTEGER) AS number_key,
       CAST(CASE WHEN CAST(@descending AS INTEGER) <> 0 THEN ''
                 ELSE CASE CAST(@sort AS TEXT) WHEN 'client' THEN c.nom_key || ' ' || s.name_key WHEN 'created' THEN s.created_at ELSE s.name_key END
            END AS TEXT) AS up_key,
       CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN ''
                 ELSE CASE CAST(@sort AS TEXT) WHEN 'client' THEN c.nom_key || ' ' || s.name_key WHEN 'created' THEN s.created_at ELSE s.name_key END
            END AS TEXT) AS down_key
FROM client_sites s JOIN clients c ON c.client_id = s.client_id
WHERE (CAST(@text AS TEXT) = '' OR instr(s.name_key, CAST(@text AS TEXT)) > 0 OR instr(c.nom_key, CAST(@text AS TEXT)) > 0)
  AND (CAST(@client_id AS TEXT) = '' OR s.client_id = CAST(@client_id AS TEXT))
ORDER BY number_key, up_key, down_key DESC, s.site_id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountSites :one
SELECT count(*)
FROM client_sites s JOIN clients c ON c.client_id = s.client_id
WHERE (CAST(@text AS TEXT) = '' OR instr(s.name_key, CAST(@text AS TEXT)) > 0 OR instr(c.nom_key, CAST(@text AS TEXT)) > 0)
  AND (CAST(@client_id AS TEXT) = '' OR s.client_id = CAST(@client_id AS TEXT));

-- name: UpdateSite :exec
UPDATE client_sites SET name = @name, name_key = @name_key, longitude = @longitude, latitude = @latitude, description = @description
WHERE site_id = @site_id;

-- name: MoveSite :exec
-- MoveSite gives a site to another client.
UPDATE client_sites SET client_id = @client_id WHERE site_id = @site_id;

-- name: EquipementLinesOfSite :many
-- EquipementLinesOfSite returns the first equipments of a site by brand, model
-- and address, without their passwords.
SELECT equipement_id, ip, marque, modele, port, description FROM equipements
WHERE site_id = @site_id
ORDER BY marque_key, modele, ip, equipement_id
LIMIT CAST(@row_limit AS INTEGER);

-- name: DeleteSite :execrows
DELETE FROM client_sites WHERE site_id = @site_id;

-- name: AddEquipement :exec
INSERT INTO equipements (equipement_id, site_id, ip, marque, marque_key, sources, port, username, password, description, modele, search_key, created_at)
VALUES (@equipement_id, @site_id, @ip, @marque, @marque_key, @sources, @port, @username, @password, @description, @modele, @search_key, @created_at);

-- name: Equipement :one
SELECT * FROM equipements WHERE equipement_id = @equipement_id;

-- name: EquipementsOfSite :many
SELECT * FROM equipements WHERE site_id = @site_id ORDER BY equipement_id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountEquipementsOfSite :one
SELECT count(*) FROM equipements WHERE site_id = @site_id;

-- name: AllEquipements :many
SELECT * FROM equipements ORDER BY equipement_id;

-- name: EquipementsWithSite :many
SELECT e.equipement_id, e.ip, e.marque, e.sources, e.port, e.username, e.password, e.description, e.modele, e.created_at,
       s.site_id, s.client_id, s.name AS site_name, s.longitude, s.latitude, s.description AS site_description
FROM equipements e JOIN client_sites s ON s.site_id = e.site_id
ORDER BY e.equipement_id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountEquipements :one
SELECT count(*) FROM equipements;

-- name: SearchEquipements :many
-- SearchEquipements returns a page of the equipments that hold every word,
-- with their site and client, either way. Only digits and dots make an IPv4
-- address, which sorts by its numbers.
SELECT f.*,
       CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN f.sort_key ELSE '' END AS TEXT) AS up_key,
       CAST(CASE WHEN CAST(@descending AS INTEGER) = 0 THEN '' ELSE f.sort_key END AS TEXT) AS down_key
FROM (SELECT e.equipement_id, e.ip, e.marque, e.modele, e.port, e.username, e.sources, e.description, e.created_at,
             s.site_id, s.name AS site_name, c.client_id, c.nom AS client_nom,
             CAST(CASE CAST(@sort AS TEXT)
               WHEN 'marque' THEN e.marque_key || ' ' || lower(e.modele)
               WHEN 'modele' THEN lower(e.modele) || ' ' || e.marque_key
               WHEN 'site' THEN s.name_key || ' ' || c.nom_key || ' ' || e.marque_key
               WHEN 'created' THEN e.created_at
               ELSE CASE WHEN e.ip NOT GLOB '*[^0-9.]*' AND json_valid('[' || replace(e.ip, '.', ',') || ']')
                         THEN printf('%03d.%03d.%03d.%03d', json_extract('[' || replace(e.ip, '.', ',') || ']', '$[0]'),
                                     json_extract('[' || replace(e.ip, '.', ',') || ']', '$[1]'),
                                     json_extract('[' || replace(e.ip, '.', ',') || ']', '$[2]'),
                                     json_extract('[' || replace(e.ip, '.', ',') || ']', '$[3]'))
                         ELSE lower(e.ip) END
             END AS TEXT) AS sort_key
      FROM equipements e JOIN client_sites s ON s.site_id = e.site_id JOIN clients c ON c.client_id = s.client_id
      WHERE (CAST(@words AS TEXT) = '[]' OR NOT EXISTS (
              SELECT 1 FROM json_each(CAST(@words AS TEXT)) w WHERE instr(e.search_key || ' ' || s.name_key, w.value) = 0))
        AND (CAST(@site_id AS TEXT) = '' OR e.site_id = CAST(@site_id AS TEXT))
        AND (CAST(@marque_key AS TEXT) = '' OR e.marque_key = CAST(@marque_key AS TEXT))) f
ORDER BY up_key, down_key DESC, f.equipement_id
LIMIT CAST(@row_limit AS INTEGER) OFFSET CAST(@row_offset AS INTEGER);

-- name: CountEquipementsMatching :one
SELECT count(*)
FROM equipements e JOIN client_sites s ON s.site_id = e.site_id
WHERE (CAST(@words AS TEXT) = '[]' OR NOT EXISTS (
        SELECT 1 FROM json_each(CAST(@words AS TEXT)) w WHERE instr(e.search_key || ' ' || s.name_key, w.value) = 0))
  AND (CAST(@site_id AS TEXT) = '' OR e.site_id = CAST(@site_id AS TEXT))
  AND (CAST(@marque_key AS TEXT) = '' OR e.marque_key = CAST(@marque_key AS TEXT));

-- name: EquipementPlaced :one
-- EquipementPlaced returns one equipment with its site and client, without its
-- password.
SELECT e.equipement_id, e.ip, e.marque, e.modele, e.port, e.username, e.sources, e.description, e.created_at,
       s.site_id, s.name AS site_name, c.client_id, c.nom AS client_nom
FROM equipements e JOIN client_sites s ON s.site_id = e.site_id JOIN clients c ON c.client_id = s.client_id
WHERE e.equipement_id = @equipement_id;

-- name: MoveEquipement :exec
UPDATE equipements SET site_id = @site_id WHERE equipement_id = @equipement_id;

-- name: SiteChoices :many
-- SiteChoices returns what tells every site from the others, by name.
SELECT s.site_id, s.name, c.nom AS client_nom
FROM client_sites s JOIN clients c ON c.client_id = s.client_id
ORDER BY s.name_key, c.nom_key, s.site_id;

-- name: Marques :many
-- Marques returns the brands in use, one spelling each.
SELECT marque_key, CAST(min(marque) AS TEXT) AS marque, count(*) AS equipements
FROM equipements GROUP BY marque_key ORDER BY marque_key;

-- name: UpdateEquipement :exec
UPDATE equipements SET ip = @ip, marque = @marque, marque_key = @marque_key, sources = @sources, port = @port,
                       username = @username, password = @password, description = @description, modele = @modele, search_key = @search_key
WHERE equipement_id = @equipement_id;

-- name: DeleteEquipement :execrows
DELETE FROM equipements WHERE equipement_id = @equipement_id;
