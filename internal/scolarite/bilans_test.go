package scolarite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"intendant/internal/scolarite"
	"intendant/internal/tableur"
)

func TestTheCalendarOfAYear(t *testing.T) {
	s := openAttendance(t)
	s.example("etudiant_assiduites_calendrier", request{to: "GET etudiant/etudid/1/assiduites/calendrier", as: holding("", scolarite.ScoView)})
	days := func(path string) string {
		var list []string
		for _, d := range s.get(path).json(t).(map[string]any)["jours"].([]any) {
			d := d.(map[string]any)
			text := fmt.Sprint(d["date"], " ", d["etat"])
			if d["est_just"].(bool) {
				text += " just"
			}
			if !d["travaille"].(bool) {
				text += " off"
			}
			list = append(list, fmt.Sprint(text, d["assiduites"]))
		}
		return strings.Join(list, "; ")
	}
	if got := days("etudiant/nip/22000002/assiduites/calendrier"); got != "2025-10-06 present[5]; 2025-11-17 retard[6]" {
		t.Error(got)
	}
	if got := days("/ScoDoc/GEA/api/etudiant/ine/INE0000001A/assiduites/calendrier?annee="); got != "2025-10-07 absent[8]" {
		t.Error(got)
	}
	if got := days("etudiant/etudid/1/assiduites/calendrier?annee=2024"); got != "2024-10-07 absent[7]" {
		t.Error(got)
	}
	// From Friday evening over midnight to Monday; a week that turns the year.
	s.absence(3, "2025-11-14T17:00", "2025-11-17T06:00", true)
	s.absence(3, "2025-11-17T07:00", "2025-11-17T23:00", false) // up to midnight
	s.absence(3, "2026-07-31T07:00", "2026-08-02T10:00", true)
	if got := days("etudiant/etudid/3/assiduites/calendrier"); got != "2025-11-14 absent just[9]; 2025-11-15 absent just off[9]; 2025-11-16 absent just off[9]; 2025-11-17 absent[9 10]; 2026-07-31 absent just[11]" {
		t.Error(got)
	}
	if got := days("etudiant/etudid/3/assiduites/calendrier?annee=2026"); got != "2026-08-01 absent just off[11]; 2026-08-02 absent just off[11]" {
		t.Error(got)
	}
	if got := s.get("etudiant/etudid/5/assiduites/calendrier?annee=1999").line(); got != `200 {"annee":1999,"jours":[]}` {
		t.Error(got)
	}
	get := func(to string) request { return request{to: "GET " + to, as: chef} }
	s.refuses([]refusal{
		{"an unknown student", get("etudiant/etudid/999/assiduites/calendrier"), "404 étudiant inconnu"},
		{"a student of another department", get("/ScoDoc/GEA/api/etudiant/etudid/1/assiduites/calendrier"), "404 étudiant inconnu"},
		{"another code", get("etudiant/nom/COSTA/assiduites/calendrier"), "404 code_type invalide (etudid, nip ou ine)"},
		{"no year", get("etudiant/etudid/1/assiduites/calendrier?annee=2025-2026"), "404 le paramètre 'annee' est invalide"},
		{"a year too far", get("etudiant/etudid/1/assiduites/calendrier?annee=2200"), "404 le paramètre 'annee' est invalide"},
		{"without permission", request{to: "GET etudiant/etudid/1/assiduites/calendrier", as: other}, "403 permission requise : ScoView"},
		{"nobody", request{to: "GET etudiant/etudid/1/assiduites/calendrier"}, "401 Non autorise (logic)"},
	})
}

func TestTheAttendanceOfASemesterAsAFile(t *testing.T) {
	s := openAttendance(t)
	s.exec("UPDATE assiduites SET description = '=SUM(A1)' WHERE id = 5")
	s.example("formsemestre_assiduites_export", request{to: "GET formsemestre/1/assiduites/export", as: holding("", scolarite.ScoView)})
	csv := s.get("formsemestre/1/assiduites/export?format=csv")
	xlsx := s.get("formsemestre/1/assiduites/export?format=xlsx")
	for format, a := range map[string]answer{"csv": csv, "xlsx": xlsx} {
		if got := a.Header.Get("Content-Disposition"); !strings.Contains(got, "assiduite-1."+format) {
			t.Errorf("%s: named %s", format, got)
		}
		golden(t, filepath.Join("testdata", "assiduite_export."+format+".txt"), table(t, a.body))
	}
	// In text an instant has its time and its offset, at midnight too.
	s.exec("UPDATE assiduites SET debut_at = '2025-11-16T23:00:00.000Z' WHERE id = (SELECT max(id) FROM assiduites WHERE debut_at LIKE '2025-11-17T07%')")
	if got := s.get("formsemestre/1/assiduites/export?format=csv").body; !strings.Contains(got, ";2025-11-17T00:00:00+01:00;2025-11-17T09:00:00+01:00;retard;") {
		t.Errorf("midnight: %s", got)
	}
	if got := xlsx.Header.Get("Content-Type"); got != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {
		t.Error(got)
	}
	if got := table(t, s.get("formsemestre/2/assiduites/export").body); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "etudid | ") {
		t.Errorf("without records: %s", got)
	}
	get := func(to string) request { return request{to: "GET " + to, as: chef} }
	s.refuses([]refusal{
		{"an unknown semester", get("formsemestre/999/assiduites/export"), "404 formsemestre inconnu"},
		{"a semester of another department", get("/ScoDoc/GEA/api/formsemestre/1/assiduites/export"), "404 formsemestre inconnu"},
		{"another format", get("formsemestre/1/assiduites/export?format=pdf"), "404 le paramètre 'format' est invalide"},
		{"without permission", request{to: "GET formsemestre/1/assiduites/export", as: other}, "403 permission requise : ScoView"},
		{"nobody", request{to: "GET formsemestre/1/assiduites/export"}, "401 Non autorise (logic)"},
	})
}

// table reads an exported file and writes its rows as lines.
func table(t *testing.T, content string) string {
	t.Helper()
	sheet, err := tableur.Read("assiduite", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, row := range sheet.Rows {
		b.WriteString(strings.Join(row.Cells, " | ") + "\n")
	}
	return b.String()
}

func TestTheYearOfADepartement(t *testing.T) {
	s := openAttendance(t)
	s.absence(3, "2025-11-10T07:00", "2025-11-12T10:00", true)
	s.absence(3, "2025-07-31T20:00", "2025-07-31T22:00", false) // of the year before, in Paris
	s.example("departement_assiduites_bilan", request{to: "GET departement/RT/assiduites/bilan", as: holding("", scolarite.ScoView)})
	rows := func(path string) string {
		var list []string
		for _, r := range s.get(path).json(t).([]any) {
			r := r.(map[string]any)
			list = append(list, fmt.Sprint(r["etudid"], ": ", r["absences"], " ", r["absences_justifiees"], " ", r["absences_injustifiees"], " ", r["retards"]))
		}
		return strings.Join(list, "; ")
	}
	for query, want := range map[string]string{
		"metric=compte":            "1: 2 1 1 1; 2: 0 0 0 1; 3: 1 1 0 0",
		"metric=journee":           "1: 2 1 1 1; 2: 0 0 0 1; 3: 3 3 0 0",
		"metric=Demi":              "1: 2 1 1 1; 2: 0 0 0 1; 3: 5 5 0 0",
		"metric=heure":             "1: 4.0 2.0 2.0 2.0; 2: 0.0 0.0 0.0 1.0; 3: 21.0 21.0 0.0 0.0",
		"annee=2024&metric=compte": "1: 1 0 1 0; 3: 1 0 1 0",
		"annee=2023":               "",
	} {
		if got := rows("departement/RT/assiduites/bilan?" + query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := rows("/ScoDoc/GEA/api/departement/GEA/assiduites/bilan"); got != "6: 1 0 1 0" {
		t.Error(got)
	}
	s.post("departement/RT/preferences", `{"assi_heures_jour": 7}`)
	if got := rows("departement/RT/assiduites/bilan?metric=heure"); !strings.Contains(got, "3: 20.0 20.0") {
		t.Errorf("shorter days: %s", got)
	}
	get := func(to string) request { return request{to: "GET " + to, as: chef} }
	s.refuses([]refusal{
		{"an unknown department", get("departement/XX/assiduites/bilan"), "404 département inconnu"},
		{"another department", get("/ScoDoc/GEA/api/departement/RT/assiduites/bilan"), "404 département inconnu"},
		{"no year", get("departement/RT/assiduites/bilan?annee=x"), "404 le paramètre 'annee' est invalide"},
		{"no unit", get("departement/RT/assiduites/bilan?metric="), "404 le paramètre 'metric' est invalide"},
		{"two units", get("departement/RT/assiduites/bilan?metric=demi,heure"), "404 le paramètre 'metric' est invalide"},
		{"without permission", request{to: "GET departement/RT/assiduites/bilan", as: other}, "403 permission requise : ScoView"},
		{"nobody", request{to: "GET departement/RT/assiduites/bilan"}, "401 Non autorise (logic)"},
	})
}
