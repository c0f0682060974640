package scolarite_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

// client is a program of somebody else's. It asks as that program does and
// reads what that program reads; each of them is a test of this file.
type client struct {
	s             *site
	base          string // before every path
	headers, body string // of the request for a token, beside the credential
	mark          string // behind every address without a query
	isStale       func(answer) bool
	token         string
	asked         int // how many tokens
}

// each runs a client against both profiles of the server.
func each(t *testing.T, c client, run func(t *testing.T, c *client)) {
	for _, wire := range []scolarite.Wire{scolarite.Reference, scolarite.Production} {
		t.Run(string(wire), func(t *testing.T) {
			c := c
			c.s = withPasswordAs(t, wire)
			run(t, &c)
		})
	}
}

// renew asks for a token with the account's name and password.
func (c *client) renew() {
	c.s.t.Helper()
	got := c.s.raw("POST " + c.base + "/tokens HTTP/1.1\r\nHost: iut.example\r\nAccept: */*\r\n" + basic("mdupont", goodPassword) + "\r\n" + c.headers + "\r\n" + c.body)
	m := tokenAnswer.FindStringSubmatch(got)
	if m == nil {
		c.s.t.Fatalf("no token: %s", got)
	}
	c.token, c.asked = m[1], c.asked+1
}

// fetch sends a GET with the token there is, and once more with another when
// the answer says that it is stale.
func (c *client) fetch(path string) answer {
	c.s.t.Helper()
	if c.token == "" {
		c.renew()
	}
	to := c.base + "/" + path
	if !strings.Contains(to, "?") {
		to += c.mark
	}
	a := c.s.bearer(to, c.token)
	if c.isStale(a) {
		c.renew()
		a = c.s.bearer(to, c.token)
	}
	if a.StatusCode/100 == 3 || a.Header.Get("Location") != "" {
		c.s.t.Errorf("%s leads elsewhere: %s", to, a.line())
	}
	return a
}

// read fetches JSON into v, as strictly as a typed program would.
func (c *client) read(path string, v any) {
	c.s.t.Helper()
	a := c.fetch(path)
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/json" {
		c.s.t.Fatalf("%s: %s %s", path, a.Header.Get("Content-Type"), a.line())
	}
	a.into(c.s.t, v)
}

// isUnauthorized is what most programs take for a stale token.
func isUnauthorized(a answer) bool { return a.StatusCode == http.StatusUnauthorized }

// want compares what a program made of its answers.
func want[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

// semestre is what programs read of a semester.
type semestre struct {
	ID             int64  `json:"id"`
	FormSemestreID int64  `json:"formsemestre_id"`
	SemestreID     int64  `json:"semestre_id"`
	Titre          string `json:"titre"`
	TitreNum       string `json:"titre_num"`
	TitreFormation string `json:"titre_formation"`
	AnneeScolaire  int    `json:"annee_scolaire"`
	DateDebut      string `json:"date_debut"`
	SessionID      string `json:"session_id"`
	Etat           *bool  `json:"etat"`
	Modalite       string `json:"modalite"`
	FormationID    int64  `json:"formation_id"`
	Formation      struct {
		FormationID int64  `json:"formation_id"`
		Acronyme    string `json:"acronyme"`
	} `json:"formation"`
	Parcours []struct {
		Code   string `json:"code"`
		Annees map[string]struct {
			Competences map[string]struct{ Niveau int }
		} `json:"annees"`
	} `json:"parcours"`
}

// etudiant is what programs read of a student.
type etudiant struct {
	ID            int64   `json:"id"`
	CodeNip       *string `json:"code_nip"`
	Nom           string  `json:"nom"`
	NomUsuel      *string `json:"nom_usuel"`
	Prenom        *string `json:"prenom"` // never null
	Civilite      string  `json:"civilite"`
	Email         *string `json:"email"`
	DeptID        int64   `json:"dept_id"`
	DeptAcronym   string  `json:"dept_acronym"`
	Boursier      *bool   `json:"boursier"`
	DateNaissance *string `json:"date_naissance"`
	SortKey       string  `json:"sort_key"`
	Admission     *struct {
		Bac        *string `json:"bac"`
		Mention    *string `json:"mention"`
		Annee      *int    `json:"annee"`
		AnneeBac   *int    `json:"annee_bac"`
		Lycee      *string `json:"lycee"`
		VilleLycee *string `json:"ville_lycee"`
	} `json:"admission"`
	Groups []groupe `json:"groups"`
}

type groupe struct {
	PartitionName *string `json:"partition_name"`
	GroupName     *string `json:"group_name"`
}

// people lists students by name; a first name is never null.
func people(t testing.TB, list []etudiant) []string {
	t.Helper()
	texts := make([]string, len(list))
	for i, e := range list {
		if e.Prenom == nil {
			t.Fatalf("%s has no first name", e.Nom)
		}
		texts[i] = e.Nom + " " + *e.Prenom
	}
	return texts
}

// TestPasserelle plays the gateway that shows students their records: PHP, the
// type of a form on everything, a "?" behind every address, a token that it
// keeps until the message of an error is the one that it knows.
func TestPasserelle(t *testing.T) {
	each(t, client{
		base: "/ScoDoc/api", mark: "?", headers: "Content-Length: 0\r\nContent-Type: application/x-www-form-urlencoded\r\n",
		isStale: func(a answer) bool { return a.message() == "Non autorise (logic)" },
	}, func(t *testing.T, c *client) {
		if head := c.s.send(request{to: "HEAD /ScoDoc"}); head.StatusCode != http.StatusOK || head.body != "" {
			t.Errorf("HEAD /ScoDoc: %s", head.line())
		}
		c.token = "kept-in-a-file-since-last-winter"
		var departements []struct {
			Acronym  string `json:"acronym"`
			DeptName string `json:"dept_name"`
			Visible  bool   `json:"visible"`
		}
		c.read("departements", &departements)
		var shown []string
		for _, d := range departements {
			if d.Visible {
				shown = append(shown, d.Acronym+" "+d.DeptName)
			}
		}
		want(t, "departments", shown, []string{"GEA GEA", "RT R&T"})
		var courants []etudiant
		c.read("etudiants/courants", &courants)
		want(t, "students", people(t, courants), []string{"COSTA Simone", "COSTA Simone", "DUPONT Éric", "LEGRAND Ana"})
		var one etudiant
		c.read("etudiant/nip/22000002", &one)
		want(t, "the department of a student", one.DeptAcronym, "RT")
		passerelleReadsSemesters(t, c)
		photo := c.fetch("etudiant/nip/22000001/photo")
		if photo.StatusCode != http.StatusOK || strings.HasPrefix(photo.body, "<") || http.DetectContentType([]byte(photo.body)) != "image/jpeg" {
			t.Errorf("a photo is %.40q", photo.line())
		}
		if a := c.fetch("etudiant/nip/99999999"); a.StatusCode != http.StatusNotFound || a.message() == "" {
			t.Errorf("an unknown student: %s", a.line())
		}
		want(t, "tokens asked for", c.asked, 1)
		c.s.must(c.s.Identity.Kick(t.Context(), 101))
		c.read("departements", &departements)
		want(t, "tokens asked for after the end of one", c.asked, 2)
	})
}

// passerelleReadsSemesters lists the semesters of a student and of a
// department, the students of one and what it teaches.
func passerelleReadsSemesters(t *testing.T, c *client) {
	var list []semestre
	c.read("formsemestres/query?nip=22000001", &list)
	slices.SortFunc(list, func(a, b semestre) int {
		key := func(sem semestre) string { return fmt.Sprintf("%d%d", sem.AnneeScolaire, sem.SemestreID) }
		return strings.Compare(key(b), key(a))
	})
	var texts []string
	for _, sem := range list {
		texts = append(texts, fmt.Sprintf("%d %d/%d %s", sem.FormSemestreID, sem.AnneeScolaire, sem.AnneeScolaire+1, sem.Formation.Acronyme))
	}
	want(t, "semesters of a student", texts, []string{"1 2025/2026 BUT R&T", "4 2025/2026 DUT GEA", "3 2024/2025 BUT R&T"})
	c.read("departement/GEA/formsemestres_courants", &list)
	want(t, "the current ones", len(list), 2)
	for _, sem := range list {
		want(t, "its programme", sem.TitreFormation, "DUT GEA")
	}
	var students []etudiant
	c.read("formsemestre/1/etudiants/long/query?etat=I", &students)
	want(t, "who is registered", people(t, students), []string{"COSTA Simone", "DUPONT Éric"})
	for _, e := range students {
		if len(e.Groups) != 2 || e.Groups[0].PartitionName == nil {
			t.Errorf("%s is in %v", e.Nom, e.Groups)
		}
	}
	want(t, "modules of a BUT", passerelleModules(t, c, 1), []string{"1 R1.01 Initiation aux réseaux informatiques", "2 R1.02 Principes et architecture des réseaux", "3 SAE1.01 Se sensibiliser à l’hygiène informatique"})
	want(t, "modules of a DUT", passerelleModules(t, c, 4)[:1], []string{"7 M1101 Introduction à l’économie"})
	want(t, "modules of an empty semester", passerelleModules(t, c, 5), nil)
}

// passerelleModules are the ressources and SAÉ of a semester, or else its
// modules, which must be a list then.
func passerelleModules(t *testing.T, c *client, id int64) []string {
	t.Helper()
	type taught struct {
		ID     int64
		Module struct{ Code, Titre string }
	}
	var programme struct{ Ressources, SAEs, Modules []taught }
	path := fmt.Sprint("formsemestre/", id, "/programme")
	c.read(path, &programme)
	wantFloats(t, path, c.fetch(path).json(t))
	list := append(programme.Ressources, programme.SAEs...)
	if len(programme.Ressources) == 0 {
		if programme.Modules == nil {
			t.Errorf("%s: modules is no list", path)
		}
		list = programme.Modules
	}
	var texts []string
	for _, m := range list {
		texts = append(texts, fmt.Sprint(m.ID, " ", m.Module.Code, " ", m.Module.Titre))
	}
	return texts
}

// floating are the members that PHP must find to be floats, or drops.
var floating = []string{"ects", "coefficient", "coef", "coef_rcue", "heures_cours", "heures_td", "heures_tp"}

// wantFloats looks for numbers that is_float would not take for floats.
func wantFloats(t *testing.T, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if kind := typeOf(v[name]); slices.Contains(floating, name) && kind == "int" {
				t.Errorf("%s.%s is an int: %v", at, name, v[name])
			}
			wantFloats(t, at+"."+name, v[name])
		}
	case []any:
		for i, item := range v {
			wantFloats(t, fmt.Sprint(at, "[", i, "]"), item)
		}
	}
}

// TestTableauDeBord plays a dashboard of a department: Python, a token of its
// own reckoning that it renews on any 401, a 404 that it takes for nothing.
func TestTableauDeBord(t *testing.T) {
	each(t, client{base: "/ScoDoc/api", headers: "Content-Length: 0\r\n", isStale: isUnauthorized}, func(t *testing.T, c *client) {
		c.token = "stale"
		var departement struct{ Acronym string }
		c.read("departement/RT", &departement)
		want(t, "its department", departement.Acronym, "RT")
		var all []etudiant
		c.read("departement/RT/etudiants", &all)
		want(t, "its students", people(t, all), []string{"COSTA Simone", "DUPONT Éric", "DURAND Ali", "ÉTIENNE Zoé", "PETIT Luc"})
		var current []semestre
		c.read("departement/RT/formsemestres_courants", &current)
		want(t, "its current semester", []any{len(current), current[0].ID, current[0].FormSemestreID, current[0].FormationID}, []any{1, int64(1), int64(1), int64(1)})
		var referentiel struct {
			Competences map[string]struct {
				Niveaux map[string]struct{ Ordre int }
			}
			Parcours map[string]struct{ Libelle string }
		}
		c.read("formation/1/referentiel_competences", &referentiel)
		want(t, "competences", slices.Sorted(maps.Keys(referentiel.Competences)), []string{"Administrer", "Connecter", "Sécuriser"})
		want(t, "tracks", slices.Sorted(maps.Keys(referentiel.Parcours)), []string{"Cyber", "DevCloud"})
		var programme struct {
			UEs []struct {
				ID              int64
				Acronyme, Titre string
				Type            int
			}
		}
		c.read("formsemestre/1/programme", &programme)
		want(t, "UEs", []any{len(programme.UEs), programme.UEs[0].Acronyme, programme.UEs[2].Type}, []any{3, "UE1.1", 1})
		tableauReadsAStudent(t, c)
		if a := c.fetch("departement/INCONNU"); a.StatusCode != http.StatusNotFound || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("an unknown department: %s", a.line())
		}
		want(t, "tokens asked for", c.asked, 1)
	})
}

// tableauReadsAStudent follows a student through his semesters and groups.
func tableauReadsAStudent(t *testing.T, c *client) {
	var one etudiant
	c.read("etudiant/etudid/1", &one)
	if one.Admission == nil || one.Admission.Bac == nil || *one.Admission.Lycee != "Lycée Kerichen" || *one.Admission.VilleLycee != "Brest" || *one.Admission.AnneeBac != 2024 || *one.Admission.Mention != "Bien" {
		t.Errorf("admission: %+v", one.Admission)
	}
	want(t, "e-mail", *one.Email, "simone.costa@etu.example")
	var list []semestre
	c.read("etudiant/etudid/1/formsemestres", &list)
	want(t, "semesters, the oldest first", []int64{list[0].ID, list[1].ID}, []int64{3, 1})
	var groupes []groupe
	c.read("etudiant/etudid/1/formsemestre/1/groups", &groupes)
	var parcours []string
	for _, g := range groupes {
		if g.PartitionName != nil && strings.Contains(strings.ToLower(*g.PartitionName), "parcours") {
			parcours = append(parcours, *g.GroupName)
		}
	}
	want(t, "the track of a student", parcours, []string{"Cyber"})
}

// TestPortail plays a portal for students: PHP that says "chunked" and waits for
// the go-ahead, takes the number of the department for the proof that a student
// is known, and shows the semester that is open.
func TestPortail(t *testing.T) {
	each(t, client{
		base: "/ScoDoc/api", headers: "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", isStale: isUnauthorized,
	}, func(t *testing.T, c *client) {
		var one etudiant
		c.read("etudiant/nip/22000001", &one)
		if one.DeptID == 0 {
			t.Error("a student is taken for an unknown one")
		}
		want(t, "the latest of a person in two departments", one.DeptAcronym, "GEA")
		var none etudiant
		if a := c.fetch("etudiant/nip/0"); a.StatusCode != http.StatusNotFound {
			t.Errorf("an unknown student: %s", a.line())
		} else if a.into(t, &none); none.DeptID != 0 {
			t.Errorf("an unknown student is of department %d", none.DeptID)
		}
		var list []semestre
		c.read("etudiant/nip/22000001/formsemestres", &list)
		var open []string
		for _, sem := range list {
			if sem.Etat == nil {
				t.Fatalf("semester %d neither open nor locked", sem.ID)
			}
			if *sem.Etat {
				open = append(open, sem.TitreNum)
			}
		}
		want(t, "open semesters, in any department", open, []string{"BUT Réseaux et Télécommunications semestre 1", "DUT GEA semestre 1"})
	})
}

// TestExportDeJury plays the export of decisions: the base of the department
// for everything, a school year as a number, the semester's number cut out of
// its session id.
func TestExportDeJury(t *testing.T) {
	each(t, client{base: "/ScoDoc/RT/api", isStale: isUnauthorized}, func(t *testing.T, c *client) {
		var list []semestre
		c.read("formsemestres/query?annee_scolaire=2025", &list)
		var texts []string
		for _, sem := range list {
			if sem.AnneeScolaire != 2025 {
				t.Errorf("semester %d is of %d", sem.ID, sem.AnneeScolaire)
			}
			number := strings.Split(sem.SessionID, "-")[3][1:2]
			texts = append(texts, fmt.Sprint(sem.ID, " S", number))
		}
		want(t, "semesters of the year", texts, []string{"2 S2", "1 S1"})
		var students []etudiant
		c.read("formsemestre/1/etudiants/long", &students)
		var keys []string
		for _, e := range students {
			if e.Admission == nil {
				t.Errorf("%s has no admission", e.Nom)
			}
			keys = append(keys, e.SortKey)
		}
		want(t, "by sort key", keys, []string{"costa;simone", "dupont;eric", "durand;ali", "martin;zoe"})
		if a := c.fetch("formsemestre/4/etudiants/long"); a.StatusCode != http.StatusNotFound {
			t.Errorf("of another department: %s", a.line())
		}
	})
}

// TestRelaisDeGroupes plays the relay that makes mailing lists of groups: it
// reads the year of the BUT in a title, and partitions and groups in objects
// alone.
func TestRelaisDeGroupes(t *testing.T) {
	each(t, client{base: "/ScoDoc/api", isStale: isUnauthorized}, func(t *testing.T, c *client) {
		var current []semestre
		c.read("departement/RT/formsemestres_courants", &current)
		number := regexp.MustCompile(`semestre (\d)$`).FindStringSubmatch(current[0].TitreNum)
		if number == nil {
			t.Fatalf("no number in %q", current[0].TitreNum)
		}
		n, err := strconv.Atoi(number[1])
		c.s.must(err)
		want(t, "the year of the BUT", (n+1)/2, 1)
		var partitions map[string]struct {
			PartitionName string `json:"partition_name"`
			Groups        map[string]struct {
				GroupName string `json:"group_name"`
			} `json:"groups"`
		}
		c.read(fmt.Sprint("formsemestre/", current[0].FormSemestreID, "/partitions"), &partitions)
		var lists []string
		for _, partition := range partitions {
			for id, group := range partition.Groups {
				var members []etudiant
				c.read("group/"+id+"/etudiants", &members)
				for _, e := range members {
					address := "none"
					if e.Email != nil {
						address = *e.Email
					}
					lists = append(lists, fmt.Sprintf("%s/%s %d %s", partition.PartitionName, group.GroupName, e.ID, address))
				}
			}
		}
		slices.Sort(lists)
		want(t, "lists", lists, []string{
			"Parcours/Cyber 1 simone.costa@etu.example", "Parcours/DevCloud 2 eric.dupont@etu.example", "TD/TD1 1 simone.costa@etu.example", "TD/TD1 3 none",
			"TD/TD2 2 eric.dupont@etu.example",
		})
		if a := c.fetch("formsemestre/5/partitions"); a.body != "{}" {
			t.Errorf("without a partition: %s", a.line())
		}
	})
}

// TestStatistiques plays the harvester of cohorts: programmes joined with
// semesters by number, and the framework of each. It leaves out what is null.
func TestStatistiques(t *testing.T) {
	each(t, client{
		base: "/ScoDoc/api", headers: "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", body: "0\r\n\r\n", isStale: isUnauthorized,
	}, func(t *testing.T, c *client) {
		var formations []struct {
			FormationID int64 `json:"formation_id"`
			Acronyme    string
		}
		c.read("formations", &formations)
		acronymes := map[int64]string{}
		var frameworks []string
		for _, f := range formations {
			acronymes[f.FormationID] = f.Acronyme
			frameworks = append(frameworks, fmt.Sprintf("%s %s", f.Acronyme, typeOf(c.fetch(fmt.Sprint("formation/", f.FormationID, "/referentiel_competences")).json(t))))
		}
		slices.Sort(frameworks)
		none := map[scolarite.Wire]string{scolarite.Reference: "null", scolarite.Production: "dict"}[c.s.Wire]
		want(t, "frameworks", frameworks, []string{"BUT R&T dict", "DUT GEA " + none, "LP Cyber " + none})
		var list []semestre
		c.read("formsemestres/query?annee_scolaire=2025", &list)
		for _, sem := range list {
			if acronymes[sem.FormationID] != sem.Formation.Acronyme || sem.Formation.FormationID != sem.FormationID {
				t.Errorf("semester %d is of programme %d, %q", sem.ID, sem.FormationID, sem.Formation.Acronyme)
			}
		}
		want(t, "semesters", len(list), 4)
	})
}

// TestPoursuite plays the sheets for further studies: the department's base, a
// student as a list, years cut out of French dates.
func TestPoursuite(t *testing.T) {
	each(t, client{base: "/ScoDoc/RT/api", headers: "Content-Length: 0\r\n", isStale: isUnauthorized}, func(t *testing.T, c *client) {
		var courants, students, one []etudiant
		c.read("etudiants/courants", &courants)
		want(t, "current students", people(t, courants), []string{"COSTA Simone", "DUPONT Éric"})
		c.read("formsemestre/1/etudiants", &students)
		want(t, "students of a semester", len(students), 4)
		c.read("etudiants/etudid/1", &one)
		want(t, "a student as a list", people(t, one), []string{"COSTA Simone"})
		var list []semestre
		c.read("etudiant/etudid/1/formsemestres", &list)
		var years []string
		for _, sem := range list {
			parts := strings.Split(sem.DateDebut, "/")
			years = append(years, fmt.Sprint(parts[len(parts)-1], " ", sem.TitreNum, " ", slices.Contains([]string{"fi", "formation initiale"}, strings.ToLower(sem.Modalite))))
		}
		want(t, "years", years, []string{
			"2024 BUT Réseaux et Télécommunications semestre 1 true", "2025 BUT Réseaux et Télécommunications semestre 1 true",
		})
		want(t, "years of a track", slices.Sorted(maps.Keys(list[0].Parcours[0].Annees)), []string{"1", "2", "3"})
	})
}

// TestSaisie plays a tool of teachers, which takes a redirection for a failure,
// drops its token on 401 and 403, and shows the error of a wrong password.
func TestSaisie(t *testing.T) {
	isRefused := func(a answer) bool { return isUnauthorized(a) || a.StatusCode == http.StatusForbidden }
	each(t, client{base: "/ScoDoc/api", headers: "Content-Type: application/json\r\n", isStale: isRefused}, func(t *testing.T, c *client) {
		wrong := c.s.send(request{to: "POST tokens", headers: []string{basic("mdupont", "mauvais mot de passe")}})
		want(t, "a wrong password", wrong.line(), unauthorized)
		var departements []struct {
			Acronym     string
			Description *string
			DeptName    *string `json:"dept_name"`
		}
		c.read("departements", &departements)
		for _, d := range departements {
			if d.Description == nil && d.DeptName == nil {
				t.Errorf("%s has no name to show", d.Acronym)
			}
		}
		for path, status := range map[string]int{
			"departements/": http.StatusNotFound, "departements?": http.StatusOK, "departements?&": http.StatusOK, "departements?_=1731837600": http.StatusOK,
			"formsemestre/1/": http.StatusNotFound, "/departements": http.StatusNotFound, "departements?%": http.StatusOK,
		} {
			if a := c.fetch(path); a.StatusCode != status || a.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: %s", path, a.line())
			}
		}
		var students []etudiant
		c.read("formsemestre/1/etudiants", &students)
		want(t, "a usual name", *students[3].NomUsuel, "MARTIN")
		want(t, "tokens asked for", c.asked, 1)
	})
}

// TestALongDepartment takes an acronym as long as a word, in the case that it
// has.
func TestALongDepartment(t *testing.T) {
	s := withPassword(t)
	if a := s.send(request{to: "POST departement/create", as: chef, headers: asJSON, body: `{"acronym": "Informatique"}`}); a.StatusCode != http.StatusOK {
		t.Fatal(a.line())
	}
	c := client{s: s, base: "/ScoDoc/Informatique/api", isStale: isUnauthorized}
	var departements []struct{ Acronym string }
	c.read("departements", &departements)
	want(t, "the departments of its base", departements, []struct{ Acronym string }{{"Informatique"}})
}

// TestProfilesDifferInNothingElse asks every recorded GET of a server in each
// profile, and wants the same answer but for how a department's creation is
// dated and what the framework of a programme without one is.
func TestProfilesDifferInNothingElse(t *testing.T) {
	reference, production := open(t), openWire(t, scolarite.Production)
	files, err := filepath.Glob(filepath.Join("exemples", "*.txt"))
	reference.must(err)
	paths := []string{"/ScoDoc/api/formation/2/referentiel_competences"}
	for _, file := range files {
		text, err := os.ReadFile(file)
		reference.must(err)
		line, _, _ := strings.Cut(string(text), "\n")
		if path, ok := strings.CutPrefix(line, "> GET "); ok {
			paths = append(paths, path)
		}
	}
	created := regexp.MustCompile(`"date_creation":"([^"]+)"`)
	written := map[scolarite.Wire]*regexp.Regexp{
		scolarite.Reference:  regexp.MustCompile(`^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$`),
		scolarite.Production: regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?[+-]\d\d:\d\d$`),
	}
	differing := 0
	for _, path := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		var got [2]string
		for i, s := range []*site{reference, production} {
			a := s.send(request{to: "GET " + path, as: chef})
			for _, m := range created.FindAllStringSubmatch(a.body, -1) {
				if !written[s.Wire].MatchString(m[1]) {
					t.Errorf("%s, %s: a department made %q", path, s.Wire, m[1])
				}
			}
			got[i] = a.Header.Get("Content-Type") + " " + created.ReplaceAllString(a.line(), `"date_creation":""`)
		}
		if got[0] == got[1] {
			continue
		}
		differing++
		if got != [2]string{"application/json 200 null", "application/json 200 {}"} {
			t.Errorf("%s\nreference  %s\nproduction %s", path, got[0], got[1])
		}
	}
	want(t, "answers that differ otherwise", differing, 1)
}
