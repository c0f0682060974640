package scolarite_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// members returns a member of each object of a list, on one line.
func members(t *testing.T, a answer, name string) string {
	t.Helper()
	list, ok := a.json(t).([]any)
	if !ok {
		t.Fatalf("no list: %s", a.line())
	}
	values := make([]string, len(list))
	for i, item := range list {
		values[i] = fmt.Sprint(item.(map[string]any)[name])
	}
	return strings.Join(values, " ")
}

// member returns a value of an object, by its names one within another.
func member(t *testing.T, a answer, names ...string) any {
	t.Helper()
	v := a.json(t)
	for _, name := range names {
		switch inside := v.(type) {
		case map[string]any:
			v = inside[name]
		case []any:
			if len(inside) == 0 {
				t.Fatalf("%v: an empty list in %s", names, a.line())
			}
			v = inside[0].(map[string]any)[name]
		default:
			t.Fatalf("%v: not in %s", names, a.line())
		}
	}
	return v
}

func TestEtudiantExamples(t *testing.T) {
	s := open(t)
	s.example("etudiants_courants", request{to: "GET etudiants/courants", as: chef})
	s.example("etudiants_courants.long", request{to: "GET etudiants/courants/long", as: holding("", scolarite.ScoView)})
	s.example("etudiant", request{to: "GET etudiant/etudid/1", as: chef})
	s.example("etudiant.restreint", request{to: "GET etudiant/etudid/1", as: holding("", scolarite.ScoView)})
	s.example("etudiant.inconnu", request{to: "GET etudiant/ine/0", as: chef})
	s.example("etudiants", request{to: "GET etudiants/nip/22000001", as: chef})
	s.example("etudiants_by_name", request{to: "GET etudiants/name/etienne", as: chef})
	s.example("etudiant_groups", request{to: "GET etudiant/etudid/1/formsemestre/1/groups", as: chef})
	s.example("etudiant_get_photo_image", request{to: "GET etudiant/etudid/1/photo?size=small", as: chef})
	s.example("etudiant_create", request{to: "POST /ScoDoc/RT/api/etudiant/create", as: chef, body: `{"dept": "RT", "nom": "Le Gall", "prenom": "Anne-Marie", "civilite": "Mme",
 "date_naissance": "2007-03-02", "code_nip": "22000009",
 "admission": {"annee": 2025, "bac": "STI2D", "annee_bac": 2025, "mention": "Bien", "physique": 14},
 "adresses": [{"email": "anne-marie.le-gall@etu.example", "villedomicile": "Brest"}]}`})
	s.example("etudiant_create.homonyme", request{to: "POST etudiant/create", as: chef, body: `{"dept": "RT", "nom": "Costa", "prenom": "Simone"}`})
	s.example("etudiant_create.fautes", request{to: "POST etudiant/create", as: chef, body: `{"dept": "RT", "prenom": 12, "civilite": "Z", "date_naissance": "02/03/2007", "admission": {"annee": "x"}}`})
	s.example("etudiant_edit", request{to: "POST etudiant/etudid/2/edit", as: chef, body: `{"nom_usuel": "Dupont-Martin", "boursier": true, "adresses": [{"villedomicile": "Rennes"}]}`})
	s.example("etudiant_annotation", request{to: "POST etudiant/nip/22000002/annotation", as: chef, body: `{"comment": "Dispensé de sport"}`})
	s.example("etudiant_annotation_delete", request{to: "POST etudiant/etudid/1/annotation/1/delete", as: chef})
}

func TestEtudiantsCourants(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ path, want string }{
		{"etudiants/courants", "1 6 2 7"}, // neither the one who left nor the one who defaulted
		{"/ScoDoc/RT/api/etudiants/courants", "1 2"},
		{"/ScoDoc/GEA/api/etudiants/courants/long", "6 7"},
		{"etudiants/courants?date_courante=2024-12-01", "1"}, // a locked semester
		{"etudiants/courants?date_courante=2024-12-01T10:00:00", "1"},
		{"etudiants/courants?date_courante=2024-09-01T23:30:00Z", "1"}, // half past one in Paris
		{"etudiants/courants?date_courante=2024-09-01T23:30:00%2B02:00", ""},
		{"etudiants/courants?date_courante=2026-01-31", "1 6 2 7"}, // the last day
		{"etudiants/courants?date_courante=2026-02-01", ""},
		{"etudiants/courants?date_courante=", "1 6 2 7"},
	} {
		if got := members(t, s.get(c.path), "id"); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

// TestEtudiantsCourantsOfSome checks the list of all departments for who may
// see some of them.
func TestEtudiantsCourantsOfSome(t *testing.T) {
	s := open(t)
	rt := holding("RT", scolarite.ScoView)
	for _, path := range []string{"etudiants/courants", "etudiants/courants/long", "/ScoDoc/RT/api/etudiants/courants"} {
		if got := members(t, s.send(request{to: "GET " + path, as: rt}), "id"); got != "1 2" {
			t.Errorf("%s: %s", path, got)
		}
	}
	s.refuses([]refusal{
		{"another department", request{to: "GET /ScoDoc/GEA/api/etudiants/courants", as: rt}, "403 permission requise : ScoView"},
		{"no department at all", request{to: "GET etudiants/courants", as: other}, "403 permission requise : ScoView"},
		{"another permission", request{to: "GET etudiants/courants", as: holding("RT", scolarite.EnsView)}, "403 permission requise : ScoView"},
		{"nobody", request{to: "GET etudiants/courants"}, "401 Non autorise (logic)"},
		{"another entry", request{to: "GET etudiant/etudid/1", as: rt}, "403 permission requise : ScoView"},
		{"no date", request{to: "GET etudiants/courants?date_courante=hier", as: chef}, "404 param 'date_courante': invalide (date attendue)"},
		{"what is no hour", request{to: "GET etudiants/courants?date_courante=2025-12-01Tmidi", as: chef}, "404 param 'date_courante': invalide (date attendue)"},
		{"a French date", request{to: "GET etudiants/courants?date_courante=01/12/2025", as: chef}, "404 param 'date_courante': invalide (date attendue)"},
	})
}

func TestEtudiantByCode(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ path, want string }{
		{"etudiant/etudid/1", "1"},
		{"etudiant/nip/22000001", "6"}, // registered as late as 1, made later
		{"etudiant/ine/INE0000001A", "6"},
		{"/ScoDoc/RT/api/etudiant/nip/22000001", "1"},
		{"/ScoDoc/RT/api/etudiant/etudid/1", "1"},
	} {
		if got := fmt.Sprint(member(t, s.get(c.path), "id")); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
	s.exec("UPDATE formsemestres SET date_debut = '2025-09-02' WHERE id = 1")
	if got := fmt.Sprint(member(t, s.get("etudiant/nip/22000001"), "id")); got != "1" {
		t.Errorf("the latest registered is %s, want 1", got)
	}
	s.exec("DELETE FROM inscriptions WHERE etudid = 1")
	if got := fmt.Sprint(member(t, s.get("etudiant/nip/22000001"), "id")); got != "6" {
		t.Errorf("the only registered is %s, want 6", got)
	}
	for _, c := range []struct{ path, want string }{
		{"etudiants/etudid/1", "1"},
		{"etudiants/nip/22000001", "1 6"},
		{"etudiants/ine/INE0000001A", "1 6"},
		{"etudiants/nip/0", ""},
		{"etudiants/etudid/99", ""},
		{"/ScoDoc/GEA/api/etudiants/nip/22000001", "6"},
		{"/ScoDoc/GEA/api/etudiants/etudid/1", ""},
	} {
		if got := members(t, s.get(c.path), "id"); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
}

func TestEtudiantPersonalData(t *testing.T) {
	s := open(t)
	for _, as := range []who{holding("", scolarite.ScoView), holding("", scolarite.ScoView, scolarite.ViewEtudData)} {
		mayKnow := strings.Contains(string(as), "ViewEtudData")
		for _, path := range []string{"etudiant/etudid/1", "etudiants/etudid/1", "etudiants/name/cos", "etudiants/courants/long"} {
			a := s.send(request{to: "GET " + path, as: as})
			for _, secret := range []string{"simone@perso.example", "rue de Siam", "0102030405", `"boursier":true`, `"boursier_prec":true`} {
				if strings.Contains(a.body, secret) != mayKnow {
					t.Errorf("%s as %s: %q shown: %v", path, as, secret, !mayKnow)
				}
			}
			for _, plain := range []string{"simone.costa@etu.example", "2006-02-14", `"bac":"S"`, `"lycee":"Lycée Kerichen"`} {
				if !strings.Contains(a.body, plain) {
					t.Errorf("%s as %s: no %q", path, as, plain)
				}
			}
		}
		if a := s.send(request{to: "GET etudiant/etudid/1", as: as}); strings.Contains(a.body, "Aménagement") != mayKnow {
			t.Errorf("annotations as %s: %s", as, a.line())
		}
	}
	if a := s.get("etudiants/name/cos"); strings.Contains(a.body, "annotations") {
		t.Error("annotations in a list")
	}
}

func TestEtudiantsByName(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO etudiants (id, dept_id, nom, prenom, civilite, nom_key, prenom_key, sort_key, created_at) VALUES
		(20, 1, 'LE GALL', 'A', 'F', 'le gall', 'a', 'le gall;a', '2025-08-20T08:00:00.000Z'), (21, 1, 'D''ARC', 'J', 'F', 'd arc', 'j', 'darc;j', '2025-08-20T08:00:00.000Z'),
		(22, 1, 'A%B_C', 'J', 'F', 'a%b_c', 'j', 'a%b_c;j', '2025-08-20T08:00:00.000Z'), (23, 1, 'ŒIL-VIF', 'J', 'F', 'oeil vif', 'j', 'oeil-vif;j', '2025-08-20T08:00:00.000Z'),
		(24, 1, 'LEFEBVRE', 'Z', 'F', 'lefebvre', 'z', 'lefebvre;z', '2025-08-20T08:00:00.000Z')`)
	for _, c := range []struct{ start, want string }{
		{"cos", "1 6"},
		{"COSTA", "1 6"},
		{"côS", "1 6"},
		{"costas", ""},
		{"du", ""},
		{"", ""},
		{"dup", "2"},
		{"dur", "4"},
		{"étienne", "3"},
		{"ETI", "3"},
		{"mart", "3"}, // by the name he goes by
		{"leg", "7"},
		{"le ", "20"},
		{"le g", "20"},
		{"LE-G", "20"},
		{"lef", "24"},
		{"d'a", "21"},
		{"D’Arc", "21"},
		{"dar", "21"}, // as it is sorted
		{"%%%", ""},
		{"___", ""},
		{"a%b", "22"},
		{"a_b", ""},
		{"A%B_", "22"},
		{"'''", ""},
		{`"""`, ""},
		{"' OR 1=1 --", ""},
		{"   ", ""},
		{"c*s", ""},
		{"oeil-v", "23"},
		{"œil", "23"},
		{"costa;s", ""},
		{"cos\x00", ""},
	} {
		path := "etudiants/name/" + url.PathEscape(c.start)
		if c.start == "" {
			continue
		}
		if got := members(t, s.get(path), "id"); got != c.want {
			t.Errorf("%q: %q, want %q", c.start, got, c.want)
		}
	}
	if got := members(t, s.get("/ScoDoc/GEA/api/etudiants/name/cos"), "id"); got != "6" {
		t.Errorf("in a department: %s", got)
	}
}

func TestEtudiantGroups(t *testing.T) {
	s := open(t)
	if got := members(t, s.get("etudiant/etudid/1/formsemestre/1/groups"), "group_id"); got != "1 8 6" {
		t.Errorf("groups %s", got)
	}
	if got := s.get("etudiant/etudid/5/formsemestre/1/groups").line(); got != "200 []" {
		t.Errorf("not in the semester: %s", got)
	}
	s.refuses([]refusal{
		{"unknown student", request{to: "GET etudiant/etudid/99/formsemestre/1/groups", as: chef}, "404 étudiant inconnu"},
		{"unknown semester", request{to: "GET etudiant/etudid/1/formsemestre/99/groups", as: chef}, "404 formsemestre inconnu"},
		{"another department", request{to: "GET /ScoDoc/GEA/api/etudiant/etudid/1/formsemestre/1/groups", as: chef}, "404 étudiant inconnu"},
		{"no permission", request{to: "GET etudiant/etudid/1/formsemestre/1/groups", as: other}, "403 permission requise : ScoView"},
	})
}

func TestEtudiantRefusals(t *testing.T) {
	s := open(t)
	s.refuses([]refusal{
		{"unknown", request{to: "GET etudiant/etudid/99", as: chef}, "404 étudiant inconnu"},
		{"unknown NIP", request{to: "GET etudiant/nip/99", as: chef}, "404 étudiant inconnu"},
		{"no number", request{to: "GET etudiant/etudid/abc", as: chef}, "404 adresse inconnue"},
		{"too large a number", request{to: "GET etudiant/etudid/99999999999999999999", as: chef}, "404 adresse inconnue"},
		{"another department", request{to: "GET /ScoDoc/GEA/api/etudiant/etudid/1", as: chef}, "404 étudiant inconnu"},
		{"unknown department", request{to: "GET /ScoDoc/XX/api/etudiant/etudid/1", as: chef}, "404 département inconnu"},
		{"semesters of nobody", request{to: "GET etudiant/nip/99/formsemestres", as: chef}, "404 étudiant inconnu"},
		{"semesters in another department", request{to: "GET /ScoDoc/GEA/api/etudiant/etudid/1/formsemestres", as: chef}, "404 étudiant inconnu"},
		{"nobody", request{to: "GET etudiant/etudid/1"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET etudiants/name/cos", as: other}, "403 permission requise : ScoView"},
	})
}

func TestEtudiantFormSemestres(t *testing.T) {
	s := open(t)
	s.example("etudiant_formsemestres", request{to: "GET etudiant/etudid/2/formsemestres", as: chef})
	for _, c := range []struct{ path, want string }{
		{"etudiant/etudid/1/formsemestres", "3 1"},
		{"etudiant/nip/22000001/formsemestres", "3 1 4"},
		{"etudiant/ine/INE0000001A/formsemestres", "3 1 4"},
		{"/ScoDoc/GEA/api/etudiant/nip/22000001/formsemestres", "4"},
		{"etudiant/etudid/3/formsemestres", "1"}, // defaulted, yet he was there
		{"etudiant/etudid/5/formsemestres", ""},
	} {
		if got := members(t, s.get(c.path), "formsemestre_id"); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

func TestEtudiantHead(t *testing.T) {
	s := open(t)
	if a := s.send(request{to: "HEAD etudiants/name/cos", as: chef}); a.StatusCode != http.StatusOK || a.body != "" {
		t.Errorf("%s", a.line())
	}
}
