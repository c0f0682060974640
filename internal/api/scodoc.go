package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"intendant/internal/errs"
)

// ScoDoc is the dialect of scolarité: compact UTF-8 JSON, errors as
// {"error", "status", "message"} with a French message, HEAD as GET, no
// redirect. A value that will not do is 404, as the published page says, unless
// the route says otherwise; see [Route.Refuses].
type ScoDoc struct {
	// Words are French messages for the errors of other services, by code.
	Words map[string]string
}

// Habits of ScoDoc: a body is read as JSON, the standard's and not Python's,
// whatever its Content-Type, up to 16 MiB.
func (ScoDoc) Habits() Habits {
	return Habits{HeadAsGet: true, AllMethods: true, AnyContentType: true, StrictJSON: true, MaxBody: 16 << 20}
}

// WriteValue writes value as compact JSON.
func (ScoDoc) WriteValue(w http.ResponseWriter, r *http.Request, status int, value any) error {
	return FastAPI{}.WriteValue(w, r, status, value)
}

// scodocUnauthorized is the message of every 401, word for word: clients
// compare it before they ask for a new token.
const scodocUnauthorized = "Non autorise (logic)"

// scodocWords are the messages of the kernel's own errors, by code.
var scodocWords = map[string]string{
	"cross_origin":       "requête d'un autre site refusée",
	"get_refused":        "cette action demande une requête POST",
	"elevation_required": "mot de passe à redonner",
	"body_unreadable":    "corps de la requête illisible",
	"content_type":       "le Content-Type doit être application/json",
	"body_too_large":     "corps de la requête trop volumineux",
	"throttled":          "trop de tentatives, réessayez plus tard",
}

// WriteError writes {"error", "status", "message"}.
func (d ScoDoc) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.As(err)
	if e == nil {
		e = errs.New(errs.Internal, "", "")
	}
	status := fastAPIStatus[e.Kind]
	var message string
	switch e.Kind {
	case errs.Internal:
		message = "erreur interne"
	case errs.Unauthenticated:
		message = scodocUnauthorized
		w.Header().Set("WWW-Authenticate", "Bearer")
	case errs.Invalid:
		status, message = d.refusal(r, e)
	default:
		if e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
		}
		message = d.message(r, e.Code, e.Message)
	}
	d.write(w, r, status, message)
}

// message returns the French text for a code, fallback when there is none of
// its own: what scolarité says itself is French already.
func (d ScoDoc) message(r *http.Request, code, fallback string) string {
	if code == "not_permitted" {
		return "permission requise : " + RequestFrom(r.Context()).Route.Needs.Short()
	}
	if text, ok := d.Words[code]; ok {
		return text
	}
	if text, ok := scodocWords[code]; ok {
		return text
	}
	return fallback
}

// refusal returns the status and the message of an Invalid error: all faults,
// joined by commas.
func (d ScoDoc) refusal(r *http.Request, e *errs.Error) (status int, message string) {
	status = http.StatusNotFound
	if route := RequestFrom(r.Context()).Route; route != nil && route.RefusalStatus != 0 {
		status = route.RefusalStatus
	}
	if len(e.Faults) == 0 {
		return status, d.message(r, e.Code, e.Message)
	}
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = d.fault(r, f)
		switch {
		case f.Code == "json_invalid":
			status = http.StatusBadRequest
		case len(f.Loc) > 0 && (f.Loc[0] == string(FromPath) || f.Loc[0] == string(FromQuery)):
			status = http.StatusNotFound
		}
	}
	return status, strings.Join(texts, ", ")
}

// scodocFaults are the ends of "param 'nom': ...", by the code of a fault that
// the kernel found.
var scodocFaults = map[string]string{
	"missing":               "manquant",
	"json_invalid":          "JSON invalide",
	"int_parsing":           "invalide (entier attendu)",
	"int_type":              "invalide (entier attendu)",
	"int_from_float":        "invalide (entier attendu)",
	"float_parsing":         "invalide (nombre attendu)",
	"float_type":            "invalide (nombre attendu)",
	"finite_number":         "invalide (nombre fini attendu)",
	"bool_parsing":          "invalide (booléen attendu)",
	"bool_type":             "invalide (booléen attendu)",
	"string_type":           "invalide (texte attendu)",
	"list_type":             "invalide (liste attendue)",
	"dict_type":             "invalide (objet attendu)",
	"model_attributes_type": "invalide (objet attendu)",
	"string_too_long":       "trop long (%v caractères au plus)",
	"string_too_short":      "trop court (%v caractères au moins)",
	"greater_than_equal":    "invalide (au moins %v)",
	"less_than_equal":       "invalide (au plus %v)",
	"literal_error":         "invalide",
	"too_short":             "trop court (%v éléments au moins)",
	"too_long":              "trop long (%v éléments au plus)",
	"value_error":           "invalide",

	"string_pattern_mismatch":    "invalide (forme inattendue)",
	"datetime_type":              "invalide (date attendue)",
	"datetime_parsing":           "invalide (date attendue)",
	"datetime_from_date_parsing": "invalide (date attendue)",
	"uuid_type":                  "invalide (UUID attendu)",
	"uuid_parsing":               "invalide (UUID attendu)",
}

// fault returns the text of one fault: "param 'nom': manquant".
func (d ScoDoc) fault(r *http.Request, f errs.Fault) string {
	if text, ok := d.Words[f.Code]; ok {
		return text
	}
	end, ok := scodocFaults[f.Code]
	if !ok {
		return d.message(r, f.Code, f.Message)
	}
	if strings.Contains(end, "%v") {
		for _, bound := range []string{"max_length", "min_length", "ge", "le"} {
			if n, ok := f.Ctx[bound]; ok {
				if x, ok := n.(Float); ok {
					n = plain(float64(x))
				}
				end = fmt.Sprintf(end, n)
				if n == 1 {
					end = strings.Replace(end, "s au ", " au ", 1) // 1 caractère au moins
				}
				break
			}
		}
	}
	switch name := f.Field(); {
	case name == "" || f.Code == "json_invalid":
		return "corps de la requête: " + end
	case name == AnyFile:
		return "fichier " + end
	default:
		return "param '" + name + "': " + end
	}
}

// WriteNoRoute answers 404.
func (d ScoDoc) WriteNoRoute(w http.ResponseWriter, r *http.Request) {
	d.write(w, r, http.StatusNotFound, "adresse inconnue")
}

// WriteWrongMethod answers 405 with Allow.
func (d ScoDoc) WriteWrongMethod(w http.ResponseWriter, r *http.Request, allow []string) {
	w.Header().Set("Allow", strings.Join(allow, ", "))
	d.write(w, r, http.StatusMethodNotAllowed, "méthode refusée, à cette adresse : "+strings.Join(allow, ", "))
}

func (ScoDoc) write(w http.ResponseWriter, r *http.Request, status int, message string) {
	var buf bytes.Buffer
	if err := encodeJSON(&buf, struct {
		Error   string `json:"error"`
		Status  int    `json:"status"`
		Message string `json:"message"`
	}{http.StatusText(status), status, message}); err != nil {
		panic(err) // a struct of texts always encodes
	}
	writeJSON(w, r, status, buf.Bytes())
}
