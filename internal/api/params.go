package api

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// errBadRequest is for a body that cannot be read: broken syntax, or without
// the object it should have.
var errBadRequest = errs.New(errs.Malformed, "bad_request", "Bad Request")

// readParams reads a body as Rails does: JSON, XML or a form by its
// Content-Type, nothing for any other type, together with the parameters of the
// query, which win. All become one object. A body without an object that the
// plan calls a root is malformed.
func readParams(r *http.Request, p *plan, b *body) error {
	sent, err := bodyParams(r, b)
	if err != nil {
		return err
	}
	query, err := parsePairs(r.URL.RawQuery)
	if err != nil {
		return errBadRequest.Because(err)
	}
	fromQuery, err := nest(query)
	if err != nil {
		return errBadRequest.Because(err)
	}
	b.kind, b.json = bodyJSON, mergeParams(sent, fromQuery)
	for _, f := range p.bodyFields {
		if root, _ := b.json.Get(f.Name); f.IsRoot && root.Kind() != jsonvalue.Object {
			return errBadRequest.Because(errors.New(f.Name + " is missing"))
		}
	}
	return nil
}

// bodyParams reads the body alone; what is no object has no parameters.
func bodyParams(r *http.Request, b *body) (jsonvalue.Value, error) {
	contentType := r.Header.Get("Content-Type")
	mediaType, _, err := mime.ParseMediaType(contentType)
	switch {
	case contentType == "" && r.Method == http.MethodPost:
		mediaType = "application/x-www-form-urlencoded" // as Rack supposes
	case err != nil:
		return jsonvalue.Value{}, nil
	}
	switch {
	case formatOfType[mediaType] == FormatJSON:
		return parseBody(r, func(data []byte) (jsonvalue.Value, error) { return jsonvalue.Parse(data, maxJSONDepth) })
	case formatOfType[mediaType] == FormatXML:
		return parseBody(r, parseXML)
	case mediaType == "application/x-www-form-urlencoded":
		return parseBody(r, func(data []byte) (jsonvalue.Value, error) {
			pairs, err := parsePairs(string(data))
			if err != nil {
				return jsonvalue.Value{}, err
			}
			b.form = url.Values{}
			for _, p := range pairs {
				b.form.Add(p.key, p.value)
			}
			return nest(pairs)
		})
	case mediaType == "multipart/form-data":
		if err := r.ParseMultipartForm(formMemory); err != nil {
			return jsonvalue.Value{}, errBadRequest.Because(err)
		}
		b.form, b.files = r.MultipartForm.Value, r.MultipartForm.File
		var pairs []pair
		for _, key := range slices.Sorted(maps.Keys(b.form)) {
			for _, value := range b.form[key] {
				pairs = append(pairs, pair{key, value})
			}
		}
		tree, err := nest(pairs)
		if err != nil {
			return tree, errBadRequest.Because(err)
		}
		return tree, nil
	}
	return jsonvalue.Value{}, nil
}

// parseBody reads the whole body and parses it, unless it is empty.
func parseBody(r *http.Request, parse func([]byte) (jsonvalue.Value, error)) (jsonvalue.Value, error) {
	data, err := readAll(r)
	if err != nil {
		return jsonvalue.Value{}, errBadRequest.Because(err)
	}
	if len(data) == 0 {
		return jsonvalue.Value{}, nil
	}
	value, err := parse(data)
	if err != nil {
		return jsonvalue.Value{}, errBadRequest.Because(err)
	}
	return value, nil
}

// mergeParams returns the members of both, those of the second where both have
// one; always an object.
func mergeParams(first, second jsonvalue.Value) jsonvalue.Value {
	var members []jsonvalue.Member
	if first.Kind() == jsonvalue.Object {
		for _, m := range first.Members() {
			if _, isHidden := second.Get(m.Key); !isHidden {
				members = append(members, m)
			}
		}
	}
	return jsonvalue.OfObject(append(members, second.Members()...)...)
}

// pair is a field of a form or a query, decoded.
type pair struct{ key, value string }

// parsePairs splits a form or a query, keeping its order.
func parsePairs(text string) ([]pair, error) {
	var pairs []pair
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		rawKey, rawValue, _ := strings.Cut(part, "=")
		key, err := url.QueryUnescape(rawKey)
		if err != nil {
			return nil, err
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{key, strings.ToValidUTF8(value, "\uFFFD")})
	}
	return pairs, nil
}
