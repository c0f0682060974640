package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/appliance"
	"intendant/internal/identity"
	"intendant/internal/plier"
	"intendant/internal/scolarite"
)

// The programmes of the sample departments, as files that anybody may import.
var (
	//go:embed scolarite/referentiel-info.json
	referentielInfo []byte
	//go:embed scolarite/formation-but.json
	formationBUT []byte
	//go:embed scolarite/formation-lp.json
	formationLP []byte
)

// school is a sample department: its people, its programme, its students.
type school struct {
	acronym, name string
	referentiel   []byte // nil for none
	programme     []byte
	students      int
	firstName     int // place of the first student among all names
	firstNIP      int
	tracks        int // of the programme, over which students are spread
	// sizeTD and sizeTP are how many students a group holds.
	sizeTD, sizeTP int
	staff          []person
	semesters      []semester
}

type person struct{ user, first, last, role string }

// semester is a sample semester, its bounds within the school year. Students
// are registered in those begun by now.
type semester struct {
	number     int64
	title      string
	from, till [2]int // month, day
	etape      string
	// repeaters is for a semester of the year before: the first so many students
	// were in it, and its jury has decided.
	repeaters int
}

var schools = []school{
	{
		acronym: "INFO", name: "Informatique", referentiel: referentielInfo, programme: formationBUT, students: 78, firstNIP: 22400100, tracks: 2,
		sizeTD: 26, sizeTP: 13,
		staff: []person{
			{"h.garnier", "Hélène", "Garnier", "Admin"},
			{"s.lefort", "Samuel", "Lefort", "Secr"},
			{"m.diallo", "Mariama", "Diallo", "Ens"},
			{"t.berger", "Thomas", "Berger", "Ens"},
			{"l.nguyen", "Linh", "Nguyen", "Ens"},
			{"a.moreau", "Agnès", "Moreau", "Ens"},
		},
		semesters: []semester{
			{1, "BUT Informatique", [2]int{9, 1}, [2]int{1, 31}, "VIN1", 12},
			{1, "BUT Informatique", [2]int{9, 1}, [2]int{1, 31}, "VIN1", 0},
			{2, "BUT Informatique", [2]int{2, 1}, [2]int{7, 15}, "VIN2", 0},
		},
	},
	{
		acronym: "LOG", name: "Logistique", programme: formationLP, students: 42, firstName: 78, firstNIP: 22401100, sizeTD: 21, sizeTP: 14,
		staff: []person{
			{"p.riviere", "Paule", "Rivière", "Admin"}, {"c.barre", "Célestin", "Barre", "Ens"}, {"j.marchand", "Julie", "Marchand", "Ens"},
		},
		semesters: []semester{{1, "LP Logistique", [2]int{9, 8}, [2]int{6, 30}, "LPLOG", 0}},
	},
}

// loadScolarite adds the sample departments in the school year that holds
// today.
func loadScolarite(ctx context.Context, a *appliance.Appliance) error {
	year := scolarite.AnneeScolaire(db.DayOf(a.Now().In(a.Location)))
	for i := range schools {
		if err := schools[i].load(ctx, a, int(year)); err != nil {
			return fmt.Errorf("department %s: %w", schools[i].acronym, err)
		}
	}
	return nil
}

func (sc *school) load(ctx context.Context, a *appliance.Appliance, year int) error {
	s := a.Scolarite
	if _, err := s.CreateDepartement(ctx, sc.acronym); err != nil {
		return err
	}
	named := jsonvalue.OfObject(jsonvalue.Member{Key: "DeptName", Value: jsonvalue.OfString(sc.name)})
	if _, err := s.SetDepartementPreferences(ctx, sc.acronym, named); err != nil {
		return err
	}
	staff, err := sc.loadStaff(ctx, a.Identity)
	if err != nil {
		return err
	}
	if sc.referentiel != nil {
		if _, err := s.ImportReferentiel(ctx, sc.acronym, "", sc.referentiel); err != nil {
			return err
		}
	}
	formation, err := s.ImportFormation(ctx, scolarite.NewProgramme{Dept: sc.acronym, Data: sc.programme})
	if err != nil {
		return err
	}
	students, err := sc.loadStudents(ctx, a, year)
	if err != nil {
		return err
	}
	today := db.DayOf(a.Now().In(a.Location)).String()
	for i, want := range sc.semesters {
		within, members := year, students
		if want.repeaters > 0 {
			within, members = year-1, students[:want.repeaters]
		}
		sem, err := sc.loadSemester(ctx, a, formation, want, within, staff)
		if err != nil {
			return err
		}
		if i > 1 && sem.DateDebutISO > today {
			continue // to come
		}
		if err := sc.register(ctx, a, sem, members); err != nil {
			return err
		}
		if err := errors.Join(sc.loadMarks(ctx, a, sem, members), sc.loadAttendance(ctx, a, sem, members), sc.loadDecisions(ctx, a, sem)); err != nil {
			return err
		}
	}
	return nil
}

// loadStaff makes the accounts of a department and returns their ids, the
// chief's first.
func (sc *school) loadStaff(ctx context.Context, s *identity.Service) ([]int64, error) {
	ids := make([]int64, len(sc.staff))
	for i, p := range sc.staff {
		role, err := s.RoleByName(ctx, p.role)
		if err != nil {
			return nil, err
		}
		account, err := s.CreateAccount(ctx, identity.NewAccount{
			UserName: p.user, FirstName: p.first, LastName: p.last, Email: p.user + "@intendant.example",
			RoleUUID: role.UUID, GrantedIn: sc.acronym, Departement: sc.acronym,
		})
		if err != nil {
			return nil, err
		}
		ids[i] = account.ID
	}
	return ids, nil
}

var (
	firstNames = []struct{ name, civility string }{
		{"Adèle", "F"},
		{"Bastien", "M"},
		{"Chloé", "F"},
		{"Driss", "M"},
		{"Élodie", "F"},
		{"Florian", "M"},
		{"Gaëlle", "F"},
		{"Hugo", "M"},
		{"Inès", "F"},
		{"Jules", "M"},
		{"Kenza", "F"},
		{"Léo", "M"},
		{"Maëlys", "F"},
		{"Noé", "M"},
		{"Océane", "F"},
		{"Paul", "M"},
		{"Quitterie", "F"},
		{"Rayan", "M"},
		{"Sarah", "F"},
		{"Théo", "M"},
		{"Ulysse", "M"},
		{"Violette", "F"},
		{"Yanis", "M"},
		{"Zélie", "F"},
	}
	lastNames = []string{
		"Aubert", "Benali", "Chevalier", "Da Silva", "Étienne", "Faure", "Gauthier", "Hamon", "Imbert", "Joubert", "Kone", "Lemoine", "Martin",
		"Nicolas", "Olivier", "Perrin", "Quéré", "Roux", "Sanchez", "Tessier", "Vasseur", "Weber", "Yilmaz", "Zimmer", "Bouchet", "Carpentier",
	}
	homes = []struct{ code, name string }{{"29200", "Brest"}, {"35000", "Rennes"}, {"56100", "Lorient"}, {"22000", "Saint-Brieuc"}, {"44000", "Nantes"}}
	bacs  = []string{"Général", "STI2D", "STMG", "Professionnel"}
)

// loadStudents imports the students of a department, with their portraits, and
// returns their ids in the order of their NIP.
func (sc *school) loadStudents(ctx context.Context, a *appliance.Appliance, year int) ([]int64, error) {
	sheet, err := scolarite.ReadSheet("etudiants.csv", []byte(sc.sheet(year)))
	if err != nil {
		return nil, err
	}
	report, err := a.Scolarite.ImportEtudiants(ctx, scolarite.EtudImport{Dept: sc.acronym, Sheet: sheet, Apply: true})
	if err != nil {
		return nil, err
	}
	if len(report.Errors) > 0 {
		return nil, errors.New(report.Errors[0].Message)
	}
	ids := make([]int64, sc.students)
	for i := range ids {
		nip := fmt.Sprint(sc.firstNIP + i)
		rows, err := a.Store.Read().EtudiantsByNIP(ctx, db.EtudiantsByNIPParams{CodeNip: &nip})
		if err != nil || len(rows) != 1 {
			return nil, fmt.Errorf("student %s: %d rows, %w", nip, len(rows), err)
		}
		ids[i] = rows[0].ID
		picture, err := portrait(sc.firstNIP + i)
		if err != nil {
			return nil, err
		}
		if err := a.Scolarite.SetPhoto(ctx, ids[i], picture); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// sheet writes the students of a department as a secretary's spreadsheet would.
func (sc *school) sheet(year int) string {
	var out strings.Builder
	out.WriteString("code_nip;nom;prenom;civilite;date_naissance;email;domicile;codepostaldomicile;villedomicile;telephonemobile;boursier;bac;annee_bac;villelycee\n")
	for i := range sc.students {
		n := sc.firstNIP + i
		k := sc.firstName + i // no two of a hundred or so have both names in common
		first, last, town := firstNames[k%len(firstNames)], lastNames[(k+k/len(firstNames)*5)%len(lastNames)], homes[n%len(homes)]
		mail := strings.ReplaceAll(plier.Key(first.name)+"."+plier.Key(last), " ", "-")
		birth := time.Date(year-18-n%3, time.Month(1+n%12), 1+n%28, 0, 0, 0, 0, time.UTC)
		grant := "non"
		if n%4 == 0 {
			grant = "oui"
		}
		fmt.Fprintf(&out, "%d;%s;%s;%s;%s;%s@etu.intendant.example;%d rue des Écoles;%s;%s;06%08d;%s;%s;%d;%s\n",
			n, last, first.name, first.civility, birth.Format(time.DateOnly), mail, 1+n%80, town.code, town.name, n%100000000, grant,
			bacs[n%len(bacs)], year, town.name)
	}
	return out.String()
}

func (sc *school) loadSemester(ctx context.Context, a *appliance.Appliance, formation scolarite.Formation, want semester, year int, staff []int64) (scolarite.FormSemestre, error) {
	in := scolarite.NewFormSemestre{FormationID: formation.ID}
	in.Dept, in.Titre, in.SemestreID = api.Some(sc.acronym), api.Some(want.title), api.Some(want.number)
	in.DateDebut, in.DateFin = api.Some(day(year, want.from)), api.Some(day(year, want.till))
	in.Responsables, in.EtapeApo = api.Some(staff[:1]), api.Some(want.etape)
	if sc.tracks > 0 {
		tracks, err := a.Store.Read().ParcoursOfFormation(ctx, formation.ID)
		if err != nil {
			return scolarite.FormSemestre{}, err
		}
		in.Parcours = api.Some(tracks)
	}
	if want.from[0] >= int(time.August) && sc.referentiel != nil && want.repeaters == 0 {
		in.EdtID = api.Some(strings.ToLower(sc.acronym))
		if err := writeTimetable(a, sc.acronym, year); err != nil {
			return scolarite.FormSemestre{}, err
		}
	}
	sem, err := a.Scolarite.CreateFormSemestre(ctx, in)
	if err != nil {
		return sem, err
	}
	return sem, sc.assignTeachers(ctx, a, sem.ID, staff)
}

// day is a day of a school year: one before August is of the year after.
func day(year int, monthAndDay [2]int) scolarite.Jour {
	if monthAndDay[0] < int(time.August) {
		year++
	}
	return scolarite.Jour{Day: db.DayOf(time.Date(year, time.Month(monthAndDay[0]), monthAndDay[1], 0, 0, 0, 0, time.UTC))}
}

// assignTeachers gives each module of a semester a teacher of the department.
func (sc *school) assignTeachers(ctx context.Context, a *appliance.Appliance, formsemestreID int64, staff []int64) error {
	modules, err := a.Store.Read().ModuleImplsOfFormSemestre(ctx, formsemestreID)
	if err != nil {
		return err
	}
	for i, m := range modules {
		teacher := staff[1+i%(len(staff)-1)]
		if _, err := a.Scolarite.SetEnseignants(ctx, m.ID, []int64{teacher}); err != nil {
			return err
		}
	}
	return nil
}

// register puts the students of a department into a semester: groups of TD and
// TP, and the tracks where the programme has some.
func (sc *school) register(ctx context.Context, a *appliance.Appliance, sem scolarite.FormSemestre, students []int64) error {
	s := a.Scolarite
	var partitions [][]int64 // groups, by partition
	for _, p := range []struct {
		name string
		size int
	}{{"TD", sc.sizeTD}, {"TP", sc.sizeTP}} {
		partition, err := s.CreatePartition(ctx, sem.ID, p.name, p.name == "TD")
		if err != nil {
			return err
		}
		var groups []int64
		for n := 0; n*p.size < len(students); n++ {
			group, err := s.CreateGroup(ctx, partition.ID, fmt.Sprintf("%s%d", p.name, n+1))
			if err != nil {
				return err
			}
			groups = append(groups, group.ID)
		}
		partitions = append(partitions, groups)
	}
	var tracks []db.Groupe
	if sc.tracks > 0 {
		partition, err := a.Store.Read().PartitionNamed(ctx, db.PartitionNamedParams{FormsemestreID: sem.ID, PartitionName: "Parcours"})
		if err != nil {
			return err
		}
		if tracks, err = a.Store.Read().GroupesOfPartition(ctx, partition.ID); err != nil {
			return err
		}
	}
	for i, etudid := range students {
		groups := []int64{partitions[0][i/sc.sizeTD], partitions[1][i/sc.sizeTP]}
		if len(tracks) > 0 {
			groups = append(groups, tracks[i%len(tracks)].ID)
		}
		if _, err := s.Inscrire(ctx, sem.ID, etudid, scolarite.NewInscription{GroupIDs: api.Some(groups)}); err != nil {
			return err
		}
	}
	return nil
}

// writeTimetable writes the weeks of a semester as an iCalendar file, where the
// appliance looks for it.
func writeTimetable(a *appliance.Appliance, acronym string, year int) error {
	folder := filepath.Join(a.Data, appliance.TimetablesFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	monday := time.Date(year, time.September, 1, 0, 0, 0, 0, time.UTC)
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, 1)
	}
	var out strings.Builder
	out.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Intendant//Exemple//FR\r\n")
	for i, course := range []struct{ code, title, group, teacher string }{
		{"R1.01", "Initiation au développement", "TD1", "m.diallo"},
		{"R1.05", "Introduction aux bases de données", "TD1", "t.berger"},
		{"R1.01", "Initiation au développement", "TD2", "m.diallo"},
		{"R1.10", "Anglais", "TD3", "l.nguyen"},
		{"R1.04", "Systèmes", "TP1", "a.moreau"},
	} {
		start := monday.AddDate(0, 0, i).Add(time.Duration(8+2*(i%3)) * time.Hour)
		fmt.Fprintf(&out, "BEGIN:VEVENT\r\nUID:%s-%d@intendant.example\r\nDTSTART;TZID=Europe/Paris:%s\r\nDTEND;TZID=Europe/Paris:%s\r\n"+
			"RRULE:FREQ=WEEKLY;COUNT=18\r\nSUMMARY:%s %s\r\nDESCRIPTION:%s\\n%s\r\nLOCATION:Salle %d\r\nEND:VEVENT\r\n",
			acronym, i, start.Format("20060102T150405"), start.Add(2*time.Hour).Format("20060102T150405"), course.code, course.title,
			course.group, course.teacher, 101+i)
	}
	out.WriteString("END:VCALENDAR\r\n")
	return os.WriteFile(filepath.Join(folder, strings.ToLower(acronym)+".ics"), []byte(out.String()), 0o600)
}
