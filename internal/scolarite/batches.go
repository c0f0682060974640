package scolarite

import (
	"context"
	"fmt"
	"strings"

	"intendant/db"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// Batch is the answer to a list of things to do: each is done or refused by
// itself, under its place in the list.
type Batch struct {
	Errors  []BatchError   `json:"errors"`
	Success []BatchSuccess `json:"success"`
}

// BatchError is why one was refused, in French.
type BatchError struct {
	Indice  int    `json:"indice"`
	Message string `json:"message"`
}

// BatchSuccess is what one gave: an object, or "OK".
type BatchSuccess struct {
	Indice  int `json:"indice"`
	Message any `json:"message"`
}

// listIn is a body that must be a list.
type listIn struct {
	Body jsonvalue.Value `body:""`
}

// maxBatch is how many things a list may ask for: everybody else who writes
// waits for them.
const maxBatch = 20_000

// batch does one after the other in a single transaction. An error that says
// what is wrong with one is its refusal; any other ends it all. What one
// changed before it was refused must not stay: each checks first, and then
// writes.
func (s *Service) batch(ctx context.Context, body jsonvalue.Value, each func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error), after func(context.Context, *db.Queries) error) (Batch, error) {
	if body.Kind() != jsonvalue.Array {
		return Batch{}, errs.New(errs.NotFound, "not_a_list", "Le contenu envoyé n'est pas une liste")
	}
	if len(body.Items()) > maxBatch {
		return Batch{}, errs.New(errs.TooLarge, "batch_too_long", fmt.Sprintf("Le contenu envoyé compte plus de %d éléments", maxBatch))
	}
	var result Batch
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		result = Batch{Errors: []BatchError{}, Success: []BatchSuccess{}}
		for i, item := range body.Items() {
			message, err := each(ctx, q, item)
			switch e := errs.As(err); {
			case err == nil:
				result.Success = append(result.Success, BatchSuccess{i, message})
			case e != nil && e.Kind != errs.Internal && e.Kind != errs.Unavailable:
				result.Errors = append(result.Errors, BatchError{i, e.Message})
			default:
				return err
			}
		}
		if after != nil {
			return after(ctx, q)
		}
		return nil
	})
	return result, err
}

// refusals gathers what is wrong with one item: "param 'etat': manquant".
type refusals []string

func (r *refusals) add(field, what string) { *r = append(*r, "param '"+field+"': "+what) }

// err returns the refusal of the item, nil when nothing is wrong.
func (r refusals) err() error {
	if len(r) == 0 {
		return nil
	}
	return errs.New(errs.NotFound, "item_invalid", strings.Join(r, ", "))
}

// text reads an optional text; null is none.
func (r *refusals) text(item jsonvalue.Value, field string, dst **string) {
	v, ok := item.Get(field)
	switch {
	case !ok:
	case v.Kind() == jsonvalue.Null:
		*dst = nil
	case v.Kind() == jsonvalue.String:
		text := v.Text()
		*dst = &text
	default:
		r.add(field, "invalide")
	}
}

// object reads an optional JSON object, kept as it is; null is none.
func (r *refusals) object(item jsonvalue.Value, field string, dst **string) {
	v, ok := item.Get(field)
	switch {
	case !ok:
	case v.Kind() == jsonvalue.Null:
		*dst = nil
	case v.Kind() == jsonvalue.Object && !v.IsFinite():
		r.add(field, "contient un nombre trop grand")
	case v.Kind() == jsonvalue.Object:
		text := string(v.AppendJSON(nil))
		*dst = &text
	default:
		r.add(field, "n'est pas un objet JSON")
	}
}

// choice reads one of some names, in any case.
func (r *refusals) choice(item jsonvalue.Value, field string, names []string, isRequired bool, dst *int64) {
	v, ok := item.Get(field)
	if !ok || v.Kind() == jsonvalue.Null {
		if isRequired {
			r.add(field, "manquant")
		}
		return
	}
	index, ok := indexFold(names, v.Text())
	if v.Kind() != jsonvalue.String || !ok {
		r.add(field, "invalide")
		return
	}
	*dst = index
}

// readMoment reads a date.
func (s *Service) readMoment(r *refusals, item jsonvalue.Value, field string, isRequired bool, dst *db.Time) {
	v, ok := item.Get(field)
	if !ok || v.Kind() == jsonvalue.Null {
		if isRequired {
			r.add(field, "manquant")
		}
		return
	}
	t, _, ok := parseMoment(v.Text(), s.Location)
	if v.Kind() != jsonvalue.String || !ok {
		r.add(field, "format invalide")
		return
	}
	*dst = db.At(t)
}

// readSpan reads date_debut and date_fin, the first before the second.
func (s *Service) readSpan(r *refusals, item jsonvalue.Value, isRequired bool, debut, fin *db.Time) {
	before := len(*r)
	s.readMoment(r, item, "date_debut", isRequired, debut)
	s.readMoment(r, item, "date_fin", isRequired, fin)
	if len(*r) == before && !debut.Before(fin.Time) {
		*r = append(*r, "la date de fin doit être après la date de début")
	}
}

// itemID reads an item that is an id.
func itemID(item jsonvalue.Value) (int64, error) {
	if item.Kind() != jsonvalue.Int {
		return 0, errs.New(errs.NotFound, "id_invalid", "id invalide (entier attendu)")
	}
	return item.Int(), nil
}

// memberID reads a member of an item that is an id.
func memberID(item jsonvalue.Value, field string) (int64, error) {
	var wrong refusals
	v, ok := item.Get(field)
	switch {
	case !ok:
		wrong.add(field, "manquant")
	case v.Kind() != jsonvalue.Int:
		wrong.add(field, "invalide")
	}
	return v.Int(), wrong.err()
}

// itemObject checks that an item is an object.
func itemObject(item jsonvalue.Value) error {
	if item.Kind() != jsonvalue.Object {
		return errs.New(errs.NotFound, "item_invalid", "l'élément n'est pas un objet JSON")
	}
	return nil
}
