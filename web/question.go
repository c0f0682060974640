package web

import (
	"context"

	"intendant/internal/api"
)

// question asks before an act that cannot be taken back, or hurts.
type question struct {
	Form form // what the service had against it
	// Section and SectionPath lead back to the list, Name and Back to the
	// object.
	Section, SectionPath, Name, Back string
	Title, Text, Submit              string
	IsDanger                         bool
	// Action is where the answer goes, "" for the page's own path; Method is
	// "delete" for an entry of that method, "" for POST.
	Action, Method string
}

// ask shows a question; err is why the act was refused, nil for the first time.
func (a *Admin) ask(ctx context.Context, q question, err error) (api.Result, error) {
	q.Form = formWith()
	if q.Action == "" {
		q.Action = api.RequestFrom(ctx).URL.Path
	}
	if err == nil {
		return a.show(ctx, "question/question", q)
	}
	f, err := a.formOf(ctx, api.Form{}, err)
	if err != nil {
		return nil, err
	}
	q.Form = f.unplaced()
	return a.again(ctx, "question/question", q)
}
