package scolarite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"intendant/db"
	"intendant/internal/scolarite/edt"
)

const (
	// timetablePatience is how long a timetable may take to come and be read.
	timetablePatience = 10 * time.Second
	// maxTimetable is the size of the largest calendar, in bytes.
	maxTimetable = 10 << 20
	// timetableFreshness is how long a calendar from elsewhere is kept.
	timetableFreshness = 5 * time.Minute
	// maxTimetables is the size of all that are kept.
	maxTimetables = 4 * maxTimetable
)

// timetableFault is why there is no timetable, for the reader of the page: it
// is an answer of the contract, not an error of the request.
type timetableFault string

func (f timetableFault) Error() string { return string(f) }

// timetableEvents returns what happens during a semester, in the order of time:
// from an address, or without one from the folder of timetables. It fails with
// a timetableFault if a calendar is missing or unreadable.
func (s *Service) timetableEvents(ctx context.Context, sem db.FormSemestre, address string) ([]edt.Event, error) {
	ids := edtIDsOf(sem.EdtID)
	if address != "" && !strings.Contains(address, "{edt_id}") {
		ids = []string{""} // one calendar, whatever the semester is called
	}
	if len(ids) == 0 {
		return nil, timetableFault("Pas d'emploi du temps : le semestre n'a pas d'edt_id")
	}
	ctx, cancel := context.WithTimeout(ctx, timetablePatience)
	defer cancel()
	calendars := make([][]edt.Event, len(ids))
	for i, id := range ids {
		text, err := s.timetable(ctx, address, id)
		if err == nil {
			calendars[i], err = edt.Read(ctx, bytes.NewReader(text), s.periodOf(sem))
		}
		if err != nil {
			return nil, s.unread(ctx, id, err)
		}
	}
	return edt.Merge(calendars...), nil
}

// periodOf is a semester from its first day to its last, where the site is.
func (s *Service) periodOf(sem db.FormSemestre) edt.Period {
	midnight := func(d db.Day, days int) time.Time {
		year, month, day := d.Time().Date()
		return time.Date(year, month, day+days, 0, 0, 0, 0, s.Location)
	}
	return edt.Period{From: midnight(sem.DateDebut, 0), To: midnight(sem.DateFin, 1), Location: s.Location}
}

// unread says in French why a calendar was not read.
func (s *Service) unread(ctx context.Context, id string, err error) error {
	var fault timetableFault
	switch {
	case errors.Is(err, edt.ErrNotCalendar):
		fault = "Emploi du temps illisible : ce n'est pas un calendrier iCalendar"
	case errors.Is(err, edt.ErrTooMany):
		fault = "Emploi du temps illisible : trop d'évènements"
	case errors.Is(err, context.DeadlineExceeded):
		fault = "Emploi du temps trop long à lire"
	default:
		return err // a timetableFault already, or the client is gone
	}
	s.Logger.WarnContext(ctx, "timetable not read", "edt_id", id, "error", err)
	if id != "" {
		fault += timetableFault(" (" + id + ")")
	}
	return fault
}

// timetable returns the text of a calendar: from an address where {edt_id}
// stands for its name, or without one from the folder of timetables.
func (s *Service) timetable(ctx context.Context, address, id string) ([]byte, error) {
	if address == "" {
		return s.timetableFile(id)
	}
	name := strings.ReplaceAll(url.QueryEscape(id), "+", "%20") // good in a path and in a query
	address = strings.ReplaceAll(address, "{edt_id}", name)
	if text, ok := s.timetables.get(address, s.Now()); ok {
		return text, nil
	}
	text, err := s.fetchTimetable(ctx, address)
	if err == nil {
		s.timetables.put(address, text, s.Now())
	}
	return text, err
}

var timetableName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$`)

func (s *Service) timetableFile(id string) ([]byte, error) {
	if !timetableName.MatchString(id) {
		return nil, timetableFault("Nom d'emploi du temps invalide (" + id + ")")
	}
	file, err := os.Open(filepath.Join(s.Timetables, id+".ics"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, timetableFault("Emploi du temps introuvable (" + id + ")")
	}
	if err != nil {
		return nil, s.unreachable(id, err)
	}
	defer file.Close()
	text, err := readCalendar(file)
	if err != nil {
		return nil, s.unreachable(id, err)
	}
	return text, nil
}

// unreachable is the fault of a calendar that cannot be had; the log has the
// reason, which may hold addresses that are not for everybody.
func (s *Service) unreachable(what string, reason error) error {
	if fault, ok := errors.AsType[timetableFault](reason); ok {
		return fault
	}
	s.Logger.Warn("timetable out of reach", "timetable", what, "error", reason)
	return timetableFault("Emploi du temps inaccessible")
}

// fetchTimetable gets a calendar over HTTP.
func (s *Service) fetchTimetable(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, s.unreachable(address, err)
	}
	req.Header.Set("Accept", "text/calendar, */*;q=0.5")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, s.unreachable(req.URL.Host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, s.unreachable(req.URL.Host, fmt.Errorf("answered %s", resp.Status))
	}
	text, err := readCalendar(resp.Body)
	if err != nil {
		return nil, s.unreachable(req.URL.Host, err)
	}
	return text, nil
}

func readCalendar(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxTimetable+1))
	if err == nil && len(text) > maxTimetable {
		return nil, timetableFault("Emploi du temps trop volumineux")
	}
	return text, err
}

// timetableCache keeps the calendars that came from elsewhere for some minutes.
type timetableCache struct {
	mu    sync.Mutex
	kept  map[string]keptTimetable
	bytes int
}

type keptTimetable struct {
	text []byte
	at   time.Time
}

func (c *timetableCache) get(address string, now time.Time) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[address]
	return k.text, ok && now.Sub(k.at) < timetableFreshness
}

// put keeps a calendar, and lets the oldest ones go when all together are too
// large.
func (c *timetableCache) put(address string, text []byte, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]keptTimetable{}
	}
	c.drop(address)
	for c.bytes+len(text) > maxTimetables || len(c.kept) >= 1000 {
		oldest, at := "", now
		for a, k := range c.kept {
			if oldest == "" || k.at.Before(at) {
				oldest, at = a, k.at
			}
		}
		c.drop(oldest)
	}
	c.kept[address] = keptTimetable{text, now}
	c.bytes += len(text)
}

func (c *timetableCache) drop(address string) {
	c.bytes -= len(c.kept[address].text)
	delete(c.kept, address)
}
