package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/errs"
)

// Rails is the dialect of projets: objects under a root key in JSON and in XML,
// pages for HTML, the errors of respond_with. Out types are structs with json
// tags and a RailsRoot method; their members are written in alphabetical order,
// as Rails 3 did.
type Rails struct {
	// Pages writes what goes wrong with HTML requests; nil writes a bare page.
	Pages Dialect
	// Taken names the attribute that a Conflict is about, by its code, where
	// the error has no faults.
	Taken map[string]string
}

const (
	noCache    = "no-cache"
	revalidate = "max-age=0, private, must-revalidate"
)

// Habits of Rails and Rack.
func (*Rails) Habits() Habits {
	return Habits{
		HeadAsGet: true, Slash: SlashIgnored, Formats: true, Params: true, MethodOverride: true,
		CacheControl: noCache,
	}
}

// WriteValue writes value in the format of the request. What GET shows has a
// weak ETag, and is 304 to those who have it; a [Created] is 201.
func (d *Rails) WriteValue(w http.ResponseWriter, r *http.Request, status int, value any) error {
	req := RequestFrom(r.Context())
	if m, ok := value.(maker); ok {
		var location string
		value, location = m.made()
		status = http.StatusCreated
		if location != "" {
			w.Header().Set("Location", req.PublicURL()+location)
		}
	}
	var body []byte
	var err error
	switch req.Format {
	case FormatJSON:
		body, err = encodeRailsJSON(value)
	case FormatXML:
		body, err = encodeRailsXML(value)
	default:
		err = fmt.Errorf("a %T cannot be written as %q", value, req.Format)
	}
	if err != nil {
		w.Header().Del("Location")
		return err
	}
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	if isRead && status == http.StatusOK && !req.Route.acts {
		tag := weakTag(body)
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", revalidate)
		if hasTag(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	return writeRails(w, r, status, req.Format, body)
}

// weakTag is the ETag of a body: the same bytes always have the same.
func weakTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + hex.EncodeToString(sum[:16]) + `"`
}

// hasTag reports whether an If-None-Match names the tag, weakly or not.
func hasTag(headers []string, tag string) bool {
	for item := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		item = strings.TrimSpace(item)
		if item == "*" || strings.TrimPrefix(item, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

func writeRails(w http.ResponseWriter, r *http.Request, status int, format Format, body []byte) error {
	contentType := "application/json; charset=utf-8"
	if format == FormatXML {
		contentType = "application/xml; charset=utf-8"
	}
	w.Header().Set("Content-Type", contentType)
	setDefault(w.Header(), "Cache-Control", noCache)
	return writeBytes(w, r, status, body)
}

// denied is the body of every 401, whatever the format.
const denied = "HTTP Basic: Access denied.\n"

// WriteError writes {"errors":{...}} for a value that is not acceptable, and
// {"status":404,"error":"Not Found"} or its XML for the rest; a page for HTML.
// A faulty parameter of the path or the query is 400.
func (d *Rails) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.As(err)
	if e == nil {
		e = errs.New(errs.Internal, "", "")
	}
	switch {
	case err == errNotAcceptable:
		w.Header().Set("Cache-Control", noCache)
		writeBytes(w, r, http.StatusNotAcceptable, nil)
		return
	case e.Kind == errs.Unauthenticated:
		w.Header().Set("WWW-Authenticate", `Basic realm="Application"`)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", noCache)
		writeBytes(w, r, http.StatusUnauthorized, []byte(denied))
		return
	}
	if e.Kind == errs.Invalid && slices.ContainsFunc(e.Faults, isOfAddress) {
		e = errBadRequest.Because(e)
	}
	format := d.formatOf(r)
	if format == FormatHTML && d.Pages != nil {
		d.Pages.WriteError(w, r, e)
		return
	}
	status := railsStatus[e.Kind]
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	if status != http.StatusUnprocessableEntity {
		d.writeStatus(w, r, format, status)
		return
	}
	switch list := d.attributesOf(e); format {
	case FormatJSON:
		writeRails(w, r, status, format, invalidJSON(list))
	case FormatXML:
		writeRails(w, r, status, format, invalidXML(list))
	default:
		d.writeStatus(w, r, format, status)
	}
}

var railsStatus = map[errs.Kind]int{
	errs.Internal:    http.StatusInternalServerError,
	errs.Invalid:     http.StatusUnprocessableEntity,
	errs.Malformed:   http.StatusBadRequest,
	errs.Forbidden:   http.StatusForbidden,
	errs.NotFound:    http.StatusNotFound,
	errs.Conflict:    http.StatusUnprocessableEntity,
	errs.TooLarge:    http.StatusRequestEntityTooLarge,
	errs.Throttled:   http.StatusTooManyRequests,
	errs.Unavailable: http.StatusServiceUnavailable,
}

// isOfAddress reports whether a fault is in the path or the query.
func isOfAddress(f errs.Fault) bool {
	return len(f.Loc) > 0 && (f.Loc[0] == "path" || f.Loc[0] == "query")
}

// formatOf returns the format of an error's answer: HTML when the request asks
// for none that we write.
func (d *Rails) formatOf(r *http.Request) Format {
	req := RequestFrom(r.Context())
	if req.Route != nil {
		return Format(orElse(string(req.Format), string(FormatHTML)))
	}
	if _, format := cutFormat(strings.TrimRight(r.URL.Path, "/")); format != "" {
		return format
	}
	return Format(orElse(string(acceptedFormat(r.Header, true)), string(FormatHTML)))
}

// writeStatus writes an error that is known by its status alone.
func (d *Rails) writeStatus(w http.ResponseWriter, r *http.Request, format Format, status int) {
	switch format {
	case FormatJSON:
		writeRails(w, r, status, format, statusJSON(status))
	case FormatXML:
		writeRails(w, r, status, format, statusXML(status))
	default:
		text := http.StatusText(status)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", noCache)
		writeBytes(w, r, status, fmt.Appendf(nil, "<!DOCTYPE html>\n<title>%s (%d)</title>\n<h1>%s</h1>\n", text, status, text))
	}
}

// WriteNoRoute answers 404.
func (d *Rails) WriteNoRoute(w http.ResponseWriter, r *http.Request) {
	format := d.formatOf(r)
	if format == FormatHTML && d.Pages != nil {
		d.Pages.WriteNoRoute(w, r)
		return
	}
	d.writeStatus(w, r, format, http.StatusNotFound)
}

// WriteWrongMethod answers 404: to Rails there is no such route.
func (d *Rails) WriteWrongMethod(w http.ResponseWriter, r *http.Request, _ []string) {
	d.WriteNoRoute(w, r)
}
