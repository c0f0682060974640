// Package scolarite keeps student records: departments, students, programmes,
// semesters, groups, attendance, marks, decisions. It answers the ScoDoc 9 API.
//
// Quirks of the contract, kept: an object is shown under two names of its id
// (id and formsemestre_id); the days of a semester are DD/MM/YYYY beside their
// ISO twins, every other day is ISO; partitions and groups are objects keyed by
// id; a value that will not do is 404 where the document does not say 400.
//
// Every entry answers on two bases. On /ScoDoc/api only the roles held in all
// departments count; on /ScoDoc/<dept>/api those of the department count too,
// and what lies in other departments does not exist.
package scolarite

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/identity"
)

// The permissions of the wing, by the names that ScoDoc gives them.
const (
	ScoSuperAdmin    api.Permission = "scodoc:ScoSuperAdmin"
	ScoView          api.Permission = "scodoc:ScoView"
	EnsView          api.Permission = "scodoc:EnsView"
	Observateur      api.Permission = "scodoc:Observateur"
	UsersAdmin       api.Permission = "scodoc:UsersAdmin"
	UsersView        api.Permission = "scodoc:UsersView"
	EditPreferences  api.Permission = "scodoc:EditPreferences"
	EditFormation    api.Permission = "scodoc:EditFormation"
	EditTags         api.Permission = "scodoc:EditFormationTags"
	EditAllNotes     api.Permission = "scodoc:EditAllNotes"
	EditAllEvals     api.Permission = "scodoc:EditAllEvals"
	EditFormSemestre api.Permission = "scodoc:EditFormSemestre"
	AbsChange        api.Permission = "scodoc:AbsChange"
	AbsAddBillet     api.Permission = "scodoc:AbsAddBillet"
	EtudChangeAdr    api.Permission = "scodoc:EtudChangeAdr"
	EtudChangeGroups api.Permission = "scodoc:EtudChangeGroups"
	EtudInscrit      api.Permission = "scodoc:EtudInscrit"
	EtudAnnotations  api.Permission = "scodoc:EtudAddAnnotations"
	EditApogee       api.Permission = "scodoc:EditApogee"
	ViewEtudData     api.Permission = "scodoc:ViewEtudData"
	AbsJustifView    api.Permission = "scodoc:AbsJustifView"
)

// Config is what the service is made of.
type Config struct {
	Store    *db.Store
	Identity *identity.Service
	// Wire is how answers are written where servers differ; "" means Reference.
	Wire Wire
	// Timetables is the folder of the iCalendar files, <edt_id>.ics.
	Timetables string
	// Location is where the site's clocks are; nil means UTC.
	Location *time.Location
	Now      func() time.Time // nil means time.Now
	Logger   *slog.Logger
}

// Service answers for student records.
type Service struct {
	Config
	departements db.Kept[departementList]
	timetables   timetableCache
	longLists    db.KeptBy[longListOf, EtudInscritLongs]
	counts       db.KeptBy[semesterCountKey, Ordered[any]]
	resultats    resultsCache
}

// New returns the service, with ScoDoc's usual roles among the site's when the
// base has never had them.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.Wire == "" {
		cfg.Wire = Reference
	}
	if cfg.Location == nil {
		cfg.Location = time.UTC
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Config: cfg}
	return s, s.addRoles(ctx)
}

func (s *Service) now() db.Time { return db.At(s.Now()) }

// today is the day it is at the site.
func (s *Service) today() db.Day { return db.DayOf(s.Now().In(s.Location)) }

// record writes a line of the journal about one object.
func (s *Service) record(ctx context.Context, q *db.Queries, action, kind string, id int64, name string, before, after any) error {
	return audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: action, ObjectType: kind, ObjectID: fmt.Sprint(id), ObjectName: name, Before: before, After: after,
	})
}

// OK is the answer of what has nothing else to say: {"OK": true}.
type OK struct {
	OK bool `json:"OK"`
}

var done = OK{true}
