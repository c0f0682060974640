package api

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"intendant/internal/errs"
)

// one is a JSON body, or the echo of a value, with a single required member.
type one[T any] struct {
	V T `json:"v"`
}

// echo declares a public entry that answers the value it was sent.
func echo[T any](path string) Route {
	return Post("echo_"+path[1:], Public, func(_ context.Context, in one[T]) (one[T], error) { return in, nil }, path)
}

// equipement has the first fields of the specification's worked example.
type equipement struct {
	SiteID  uuid.UUID `json:"site_id"`
	IP      string    `json:"ip"`
	Marque  string    `json:"marque"`
	Sources []string  `json:"sources"`
	Port    int64     `json:"port"`
}

type pageOf struct {
	Page int64 `query:"page" default:"1" ge:"1" dep:"true"`
	Size int64 `query:"size" default:"50" ge:"1" le:"100" dep:"true"`
}

// everywhere takes a value from each place, declared in another order than
// that of the faults.
type everywhere struct {
	Name string `json:"name"`
	Req  string `query:"req"`
	ID   int64  `path:"id"`
	pageOf
}

type everywhereOut struct {
	Name string `json:"name"`
	Req  string `json:"req"`
	ID   int64  `json:"id"`
	Page int64  `json:"page"`
	Size int64  `json:"size"`
}

type credentials struct {
	GrantType *string `form:"grant_type" pattern:"^password$"`
	Username  string  `form:"username"`
	Password  string  `form:"password"`
}

type upload struct {
	Label string `form:"label"`
	File  Upload `file:"file"`
}

type uploaded struct {
	Label, Name, ContentType, Text string
	Size                           int64
}

func receive(_ context.Context, in upload) (uploaded, error) {
	file, err := in.File.Open()
	if err != nil {
		return uploaded{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	return uploaded{in.Label, in.File.Name, in.File.ContentType, string(text), in.File.Size}, err
}

func fails(path string, err error) Route {
	return Get("fail_"+path[1:], Public, func(context.Context, None) (NoContent, error) { return NoContent{}, err }, path)
}

// testRoutes are the entries of a small wing that has one of everything.
func testRoutes() []Route {
	return []Route{
		Get("all", Public, func(context.Context, None) (Text, error) { return "all", nil }, "/things/all"),
		Delete("remove", Public, func(context.Context, None) (NoContent, error) {
			return NoContent{}, errs.New(errs.NotFound, "thing_unknown", "Thing not found")
		}, "/things/{id}"),
		Post("register", "thing:write", func(_ context.Context, in equipement) (equipement, error) { return in, nil }, "/things/register"),
		Put("update", Public, func(_ context.Context, in everywhere) (everywhereOut, error) {
			return everywhereOut{in.Name, in.Req, in.ID, in.Page, in.Size}, nil
		}, "/things/{id}/update"),
		Post("token", Public, func(_ context.Context, in credentials) (string, error) { return in.Username, nil }, "/token"),
		Post("upload", Public, receive, "/upload"),
		Post("small", Public, func(_ context.Context, in one[string]) (NoContent, error) { return NoContent{}, nil }, "/small").Accepts(16),
		Get("address", Public, func(ctx context.Context, _ None) (Text, error) { return Text(RequestFrom(ctx).Address), nil }, "/address"),
		Get("markup", Public, func(context.Context, None) (one[string], error) { return one[string]{"<é>&"}, nil }, "/markup"),
		Get("panics", Public, func(context.Context, None) (NoContent, error) { panic("lost its head") }, "/panics"),
		fails("/internal", errors.New("password of the base: 1234")),
		fails("/conflict", errs.New(errs.Conflict, "", "Already there")),
		fails("/throttled", &errs.Error{Kind: errs.Throttled, Message: "Too many attempts", RetryAfter: 30}),
		fails("/unavailable", errs.New(errs.Unavailable, "", "Disk full")),
		Get("ruled", Public, func(_ context.Context, in struct {
			Q string `query:"q"`
		},
		) (NoContent, error) {
			return NoContent{}, errs.NewInvalid("q", "value_error", "Value error, no such word")
		}, "/ruled"),
		echo[int64]("/int"), echo[Float]("/float"), echo[string]("/string"), echo[bool]("/bool"),
		echo[uuid.UUID]("/uuid"), echo[Email]("/email"), echo[[]string]("/list"), echo[*int64]("/optional"),
		echo[one[int64]]("/nested"), echo[time.Time]("/datetime"),
	}
}
