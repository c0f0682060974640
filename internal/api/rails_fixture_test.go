package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"intendant/internal/errs"
)

// projet is shown with the columns of the published sample.
type projet struct {
	ID          int64      `json:"id"`
	Name        string     `json:"name"`
	No          string     `json:"no"`
	OwnerID     *int64     `json:"owner_id"`
	Active      bool       `json:"active"`
	Contact     *string    `json:"contact"`
	CreatedAt   RailsTime  `json:"created_at"`
	CreatedBy   *string    `json:"created_by"`
	DatabaseID  string     `json:"database_id"`
	Description *string    `json:"description"`
	GrossArea   *Decimal   `json:"gross_area"`
	Status      *int64     `json:"status"`
	Updated     *RailsTime `json:"updated"`
	UpdatedBy   *string    `json:"updated_by"`
}

func (projet) RailsRoot() string { return "project" }

type membre struct {
	ProjectID int64  `json:"project_id"`
	Username  string `json:"username"`
}

func (membre) RailsRoot() string { return "project_user" }

// projetPeuple has its members inside.
type projetPeuple struct {
	projet
	Members []membre `json:"project_users"`
}

type place struct {
	Name string `json:"name"`
	ID   int64  `json:"id"`
	No   string `json:"no"`
}

type basePeuplee struct {
	Name     string  `json:"name"`
	Size     int64   `json:"size"`
	Projects []place `json:"projects"`
}

func (basePeuplee) RailsRoot() string { return "database" }

type connexions struct {
	Client string `json:"client"`
	Count  int64  `json:"count"`
}

func (connexions) RailsRoot() string { return "login" }

type proprietaire struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Image []byte `json:"image"`
}

func (proprietaire) RailsRoot() string { return "owner" }

type personne struct {
	Active   bool   `json:"active"`
	Username string `json:"username"`
}

func (personne) RailsRoot() string { return "user" }

func clinic() projet {
	owner := int64(2)
	return projet{
		ID: 7, Name: "Clinic & <North>", No: "01", OwnerID: &owner, Active: true, DatabaseID: "north",
		CreatedAt: RailsTime{time.Date(2024, 3, 5, 11, 0, 0, 9, time.FixedZone("", 3600))},
	}
}

type projetRef struct {
	ID int64 `path:"id"`
}

type userRef struct {
	Username string `path:"username"`
}

type membreRef struct {
	Username  string `path:"username"`
	ProjectID int64  `path:"projectid"`
}

type projetSent struct {
	Name      string       `json:"name" minlen:"1" maxlen:"20"`
	OwnerID   int64        `json:"owner_id" ge:"1"`
	NewDB     bool         `json:"new_db"`
	Kind      Opt[string]  `json:"kind" enum:"small|large"`
	GrossArea Opt[Decimal] `json:"gross_area"`
}

type projetCreate struct {
	Project projetSent `json:"project" root:"true"`
}

type projetPatch struct {
	ID      int64 `path:"id"`
	Project struct {
		Name   Opt[string]   `json:"name" minlen:"1"`
		Status Opt[int64]    `json:"status"`
		Active Opt[bool]     `json:"active"`
		Email  Opt[Email]    `json:"email"`
		Tags   Opt[[]string] `json:"tags"`
	} `json:"project" root:"true"`
}

type membreCreate struct {
	Member struct {
		ProjectID int64 `json:"project_id"`
	} `json:"project_user" root:"true"`
	User struct {
		Username string `json:"username" minlen:"1"`
	} `json:"user" root:"true"`
	MailType Opt[string] `json:"mail_type"`
}

type loginsIn struct {
	From *time.Time `query:"from_date"`
}

// railsRoutes are the entries of a small copy of projets.
func railsRoutes() []Route {
	isName := func(_ context.Context, segment string) bool { return segment == "a.json" }
	unknown := errs.New(errs.NotFound, "unknown", "unknown")
	return []Route{
		Get("projects", "read", func(_ context.Context, in struct {
			Query   string `query:"query" default:""`
			Include string `query:"include" default:""`
		},
		) (any, error) {
			switch {
			case in.Query == "none":
				return []projet{}, nil
			case in.Include == "project_users":
				return []projetPeuple{{clinic(), []membre{{7, "oyvindb"}}}}, nil
			}
			return []projet{clinic()}, nil
		}, "/projects"),
		Get("project", "read", func(_ context.Context, in projetRef) (*projet, error) {
			if in.ID != 7 {
				return nil, unknown
			}
			p := clinic()
			return &p, nil
		}, "/projects/{id:int}"),
		Post("project_create", "write", func(ctx context.Context, in projetCreate) (Created[projet], error) {
			switch in.Project.Name {
			case "double":
				return Created[projet]{}, errs.New(errs.Conflict, "project_exists", "déjà")
			case "orphan":
				return Created[projet]{}, errs.NewInvalid("owner_id", "owner_unknown", "is not included in the list")
			case "locked":
				return Created[projet]{}, errs.New(errs.Invalid, "locked", "The database is locked")
			case "twice":
				return Created[projet]{}, &errs.Error{Kind: errs.Conflict, Faults: []errs.Fault{{Loc: []any{"email"}}}}
			}
			p := clinic()
			p.ID, p.Name, p.OwnerID = 11, in.Project.Name, &in.Project.OwnerID
			p.GrossArea = in.Project.GrossArea.Ptr()
			return Created[projet]{p, "/projects/11"}, nil
		}, "/projects"),
		Patch("project_update", "write", func(_ context.Context, in projetPatch) (NoContent, error) { return NoContent{}, nil }, "/projects/{id:int}"),
		Delete("project_delete", "write", func(context.Context, projetRef) (NoContent, error) { return NoContent{}, nil }, "/projects/{id:int}"),
		Patch("echo", "write", func(_ context.Context, in projetPatch) (place, error) {
			return place{ID: in.ID, Name: fmt.Sprintf("%+v", in.Project)}, nil
		}, "/echo/{id:int}"),
		Get("owners", Public, func(context.Context, None) ([]proprietaire, error) {
			return []proprietaire{{ID: 1, Name: "Test", Image: []byte("png")}, {ID: 2, Name: ""}}, nil
		}, "/owners"),
		Get("users", "read", func(context.Context, None) ([]personne, error) { return []personne{{true, "a.json"}}, nil }, "/users"),
		Get("user", "read", func(_ context.Context, in userRef) (personne, error) { return personne{true, in.Username}, nil }, "/users/{username}").Names(isName),
		Get("user_disable", "write", func(_ context.Context, in userRef) (personne, error) { return personne{false, in.Username}, nil }, "/users/{username}/disable").Acts(),
		Get("member", "read", func(_ context.Context, in membreRef) (membre, error) { return membre{in.ProjectID, in.Username}, nil },
			"/project_users/{username},{projectid:int}", "/project_user/{username},{projectid:int}"),
		Post("member_create", "write", func(_ context.Context, in membreCreate) (Created[membre], error) {
			return Created[membre]{membre{in.Member.ProjectID, in.User.Username + "/" + in.MailType.Or("none")}, "/project_users/x,1"}, nil
		}, "/project_users"),
		Get("database", "read", func(context.Context, struct {
			Name string `path:"name"`
		},
		) (basePeuplee, error) {
			return basePeuplee{"north", 4096, []place{{"Clinic", 7, "01"}}}, nil
		}, "/database/{name}"),
		Get("backup", "read", func(context.Context, None) (File, error) {
			return File{Name: "north.backup", ContentType: "application/octet-stream", Content: strings.NewReader("SQLite"), Size: 6}, nil
		}, "/database/{name}/get_backup_now"),
		Get("logins", "read", func(context.Context, loginsIn) ([]connexions, error) { return []connexions{{"Revit", 3}}, nil }, "/node/logins"),
		fails("/fails/internal", fmt.Errorf("password of the base: 1234")),
		fails("/fails/large", errs.New(errs.TooLarge, "", "")),
		Get("busy", Public, func(context.Context, None) (place, error) {
			return place{}, &errs.Error{Kind: errs.Unavailable, RetryAfter: 5}
		}, "/fails/busy"),
	}
}

// porter knows three accounts by Basic, one by a session and one by a token.
type porter struct{}

type badge struct {
	permissions string
	hasCookie   bool
}

func (badge) AccountID() int64                  { return 7 }
func (badge) AccountName() string               { return "chef" }
func (b badge) Can(p Permission, _ string) bool { return strings.Contains(b.permissions, string(p)) }
func (b badge) HasCookie() bool                 { return b.hasCookie }
func (badge) IsElevated() bool                  { return false }

func (porter) Authenticate(r *http.Request) (Caller, error) {
	if _, err := r.Cookie("session"); err == nil && r.Header.Get("Authorization") == "" {
		return badge{"read write", true}, nil
	}
	if token, ok := BearerOf(r.Header); ok && token == "jeton" {
		return badge{"read write", false}, nil
	}
	switch user, _, _ := r.BasicAuth(); user {
	case "chef":
		return badge{"read write", false}, nil
	case "lecteur":
		return badge{"read", false}, nil
	case "lent":
		return nil, &errs.Error{Kind: errs.Throttled, RetryAfter: 30}
	case "":
		return nil, nil
	}
	return nil, errs.New(errs.Unauthenticated, "", "bad")
}

// testPages stands for the dialect of the pages.
type testPages struct{ FastAPI }

func (testPages) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	_ = WriteResult(w, r, Page{Status: railsStatus[errs.KindOf(err)], HTML: []byte("page: " + err.Error())})
}

func (testPages) WriteNoRoute(w http.ResponseWriter, r *http.Request) {
	_ = WriteResult(w, r, Page{Status: 404, HTML: []byte("page: no route")})
}

// newRailsServer serves railsRoutes beside a system with other habits, which
// shares /users.
func newRailsServer(t testing.TB, settings ...func(*System)) (*httptest.Server, *logBook) {
	t.Helper()
	sys := &System{Name: "projets", Routes: railsRoutes(), Dialect: &Rails{Taken: map[string]string{"project_exists": "name"}}}
	for _, set := range settings {
		set(sys)
	}
	isOurs := func(r *http.Request) bool {
		_, _, isBasic := r.BasicAuth()
		name := strings.TrimPrefix(r.URL.Path, "/users/")
		_, isBearer := BearerOf(r.Header)
		return isBearer && r.Header.Get("X-Parc") != "" || isDigits(name) && !isBasic && r.Header.Get("Cookie") == ""
	}
	parc := &System{Name: "parc", Dialect: FastAPI{}, Routes: []Route{
		Get("list", Public, func(context.Context, None) (Text, error) { return "parc: all", nil }, "/users/list"),
		Get("get", Public, func(_ context.Context, in userRef) (Text, error) { return Text("parc: " + in.Username), nil }, "/users/{username}").Claims(isOurs),
	}}
	rt, err := NewRouter(parc, sys)
	if err != nil {
		t.Fatal(err)
	}
	log := &logBook{}
	ts := httptest.NewServer(&Server{
		Router: rt, Authenticator: porter{}, Fallback: FastAPI{}, LoginPath: "/login",
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	t.Cleanup(ts.Close)
	return ts, log
}

const (
	chef     = "Authorization: Basic Y2hlZjpzZWNyZXQ="
	lecteur  = "Authorization: Basic bGVjdGV1cjp4"
	inJSON   = "Accept: application/json"
	inXML    = "Accept: application/xml"
	fromJSON = "Content-Type: application/json; charset=UTF-8"
	fromXML  = "Content-Type: application/xml"
	fromForm = "Content-Type: application/x-www-form-urlencoded"
)

// statusAndBody is what most rows look at.
func statusAndBody(t testing.TB, ts *httptest.Server, c call) string {
	t.Helper()
	resp, body := send(t, ts, c)
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}
