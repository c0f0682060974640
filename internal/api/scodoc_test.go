package api

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/errs"
)

// The credentials of testTokens: one that may change things, one that may not.
const (
	writer = "Authorization: Bearer writer"
	reader = "Authorization: Bearer reader"
	curled = "Content-Type: application/x-www-form-urlencoded" // what curl -d says
)

type noteRef struct {
	ID    int64      `path:"note_id"`
	Rang  Opt[int64] `query:"rang" ge:"1" le:"9"`
	Tri   string     `query:"tri" default:"nom"`
	Actif Opt[bool]  `query:"actif"`
}

type noteSent struct {
	ID    int64        `path:"note_id"`
	Nom   string       `json:"nom" minlen:"1" maxlen:"8" pattern:"^[a-z]+$"`
	Poids Opt[float64] `json:"poids" ge:"0" le:"2000000"`
	Sigle Opt[string]  `json:"sigle" minlen:"2"`
	Cles  []int64      `json:"cles" minlen:"1" maxlen:"3"`
	Genre Opt[string]  `json:"genre" enum:"a|b"`
}

type noteWhole struct {
	IDs []int64 `body:""`
}

type noteRaw struct {
	Text []byte `raw:""`
}

type noteFile struct {
	Fichier Upload      `file:"*"`
	Titre   Opt[string] `form:"titre"`
}

// scodocRoutes is a small table with one entry for each habit of the dialect.
func scodocRoutes() []Route {
	const write Permission = "thing:write"
	fails := func(err error) func(context.Context, None) (Text, error) {
		return func(context.Context, None) (Text, error) { return "", err }
	}
	return Family(
		"Notes",
		Get("note", write, func(ctx context.Context, in noteRef) (map[string]any, error) {
			return map[string]any{"id": in.ID, "tri": in.Tri, "dept": RequestFrom(ctx).DepartementID}, nil
		}, "/note/{note_id:int}").Doc("Une note."),
		Delete("note_delete", write, func(context.Context, noteRef) (accord, error) { return accord{true}, nil }, "/note/{note_id:int}").Doc("Efface une note."),
		Post("note_edit", write, func(_ context.Context, in noteSent) (string, error) { return in.Nom, nil }, "/note/{note_id:int}/edit").Doc("Change une note."),
		Post("note_strict", write, func(_ context.Context, in noteSent) (string, error) { return in.Nom, nil }, "/note/{note_id:int}/strict").
			Refuses(http.StatusBadRequest).Doc("Change une note, ou dit 400.").Extension(),
		Post("notes_order", write, func(_ context.Context, in noteWhole) ([]int64, error) { return in.IDs, nil }, "/notes/order").Doc("Range les notes."),
		Post("notes_save", write, func(_ context.Context, in noteRaw) (int, error) { return len(in.Text), nil }, "/notes/save").Accepts(8).Doc("Garde un texte."),
		Post("note_file", write, func(_ context.Context, in noteFile) (string, error) {
			return in.Fichier.Name + " " + in.Titre.Or("-"), nil
		}, "/note/file").Doc("Garde un fichier."),
		Post("token", SignedIn, func(context.Context, None) (accord, error) { return accord{true}, nil }, "/tokens").Doc("Un jeton."),
		Get("public", Public, func(context.Context, None) (Text, error) { return "ouvert", nil }, "/public").Doc("Ouvert."),
		Get("gone", Public, fails(errs.New(errs.NotFound, "note_unknown", "note inconnue")), "/fails/gone"),
		Get("kept", Public, fails(errs.New(errs.Conflict, "note_used", "note utilisée")), "/fails/kept"),
		Get("locked", Public, fails(errs.New(errs.Forbidden, "note_locked", "note verrouillée")), "/fails/locked"),
		Get("torn", Public, fails(errs.New(errs.Malformed, "note_torn", "fichier illisible")), "/fails/torn"),
		Get("busy", Public, fails(errs.New(errs.Unavailable, "note_busy", "réessayez")), "/fails/busy"),
		Get("slow", Public, fails(&errs.Error{Kind: errs.Throttled, Code: "throttled", Message: "Too many attempts", RetryAfter: 30}), "/fails/slow"),
		Get("internal", Public, fails(fmt.Errorf("disk of the base: %w", fs.ErrPermission)), "/fails/internal"),
		Get("panic", Public, func(context.Context, None) (Text, error) { panic("lost") }, "/fails/panic"),
		Get("worded", Public, fails(errs.New(errs.NotFound, "account_unknown", "Unknown account")), "/fails/worded"),
		Get("several", Public, fails(errs.Faulty([]errs.Fault{
			{Loc: []any{"nom"}, Code: "taken", Message: "nom déjà pris"}, {Loc: []any{"poids"}, Code: "missing"}, {Loc: []any{"x"}, Code: "account_unknown"},
		})), "/fails/several"),
	)
}

type accord struct {
	OK bool `json:"OK"`
}

func scodocSystem() *System {
	return &System{
		Name: "etudes", Base: "/ScoDoc/api", Departmental: true, Title: "Études", Version: "9",
		Dialect: ScoDoc{Words: map[string]string{"account_unknown": "utilisateur inconnu"}},
		FindDepartement: func(_ context.Context, acronym string) (int64, error) {
			if acronym != "RT" {
				return 0, errs.New(errs.NotFound, "departement_unknown", "département inconnu")
			}
			return 4, nil
		},
		Routes: scodocRoutes(),
	}
}

func newScodocServer(t *testing.T) (*httptest.Server, *logBook) {
	t.Helper()
	router, err := NewRouter(scodocSystem())
	if err != nil {
		t.Fatal(err)
	}
	log := &logBook{}
	ts := httptest.NewServer(&Server{
		Router: router, Authenticator: testTokens{}, Fallback: FastAPI{}, Logger: slog.New(slog.NewTextHandler(log, nil)),
		LoginPath: "/login",
	})
	t.Cleanup(ts.Close)
	return ts, log
}

// problem is the transcript of an error of the dialect, with these further
// headers.
func problem(status int, message string, headers ...string) string {
	body := fmt.Sprintf(`{"error":%q,"status":%d,"message":%q}`, http.StatusText(status), status, message)
	return jsonAnswer(status, body, headers...)
}

// bodiless is a transcript as HEAD gets it.
func bodiless(transcript string) string {
	head, _, _ := strings.Cut(transcript, "\n\n")
	return head + "\n\n"
}

func TestScoDocErrors(t *testing.T) {
	ts, _ := newScodocServer(t)
	const bearer = "Www-Authenticate: Bearer"
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	for _, tt := range []struct {
		name string
		call call
		want string
	}{
		{"nothing sent", call{to: "GET /ScoDoc/api/note/1"}, problem(401, "Non autorise (logic)", bearer)},
		{"a bad token", call{to: "GET /ScoDoc/api/note/1", headers: []string{"Authorization: Bearer x"}}, problem(401, "Non autorise (logic)", bearer)},
		{"no token for a token", call{to: "POST /ScoDoc/api/tokens"}, problem(401, "Non autorise (logic)", bearer)},
		{"credentials before the body", call{to: "POST /ScoDoc/api/note/1/edit", body: "{"}, problem(401, "Non autorise (logic)", bearer)},
		{"without the permission", call{to: "GET /ScoDoc/api/note/1", headers: []string{reader}}, problem(403, "permission requise : write")},
		{"permission before the body", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{reader}, body: "{"}, problem(403, "permission requise : write")},
		{"unknown path", call{to: "GET /ScoDoc/api/nulle_part", headers: []string{writer}}, problem(404, "adresse inconnue")},
		{"the base itself", call{to: "GET /ScoDoc/api"}, problem(404, "adresse inconnue")},
		{"the base of a department", call{to: "GET /ScoDoc/RT/api"}, problem(404, "adresse inconnue")},
		{"the same with a slash", call{to: "GET /ScoDoc/RT/api/"}, problem(404, "adresse inconnue")},
		{"a word for a number", call{to: "GET /ScoDoc/api/note/un", headers: []string{writer}}, problem(404, "adresse inconnue")},
		{"a number beyond any", call{to: "GET /ScoDoc/api/note/9999999999999999999", headers: []string{writer}}, problem(404, "adresse inconnue")},
		{"trailing slash", call{to: "GET /ScoDoc/api/note/1/", headers: []string{writer}}, problem(404, "adresse inconnue")},
		{"trailing slash of a post", call{to: "POST /ScoDoc/api/tokens/", headers: []string{writer}}, problem(404, "adresse inconnue")},
		{"wrong method", call{to: "POST /ScoDoc/api/note/1", headers: []string{writer}}, problem(405, "méthode refusée, à cette adresse : GET, DELETE", "Allow: GET, DELETE")},
		{"another wrong method", call{to: "DELETE /ScoDoc/RT/api/tokens"}, problem(405, "méthode refusée, à cette adresse : POST", "Allow: POST")},
		{"head of a post", call{to: "HEAD /ScoDoc/api/tokens"}, bodiless(problem(405, "méthode refusée, à cette adresse : POST", "Allow: POST"))},
		{"head of an error", call{to: "HEAD /ScoDoc/api/fails/gone"}, bodiless(problem(404, "note inconnue"))},
		{
			"every bad parameter of the query at once",
			call{to: "GET /ScoDoc/api/note/1?rang=0&actif=peut-%C3%AAtre", headers: []string{writer}},
			problem(404, "param 'rang': invalide (au moins 1), param 'actif': invalide (booléen attendu)"),
		},
		{"of a parameter sent twice the last counts", call{to: "GET /ScoDoc/api/note/1?rang=1&rang=x", headers: []string{writer}}, problem(404, "param 'rang': invalide (entier attendu)")},
		{"no body", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}}, problem(404, "corps de la requête: manquant")},
		{"null", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: "null"}, problem(404, "corps de la requête: manquant")},
		{"broken json", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: `{"nom":}`}, problem(400, "corps de la requête: JSON invalide")},
		{"not utf-8", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: "{\"nom\":\"\xff\"}"}, problem(400, "corps de la requête illisible")},
		{"too deep", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: deep}, problem(400, "corps de la requête illisible")},
		{"a list for an object", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: "[]"}, problem(404, "corps de la requête: invalide (objet attendu)")},
		{
			"every bad value at once",
			call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: `{"nom":"","poids":2000001,"sigle":"x","cles":[],"genre":"c"}`},
			problem(404, "param 'nom': trop court (1 caractère au moins), param 'poids': invalide (au plus 2000000), param 'sigle': trop court (2 caractères au moins), "+
				"param 'cles': trop court (1 élément au moins), param 'genre': invalide"),
		},
		{
			"other values",
			call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: `{"nom":"A1","poids":-0.5,"cles":[1,2,3,4]}`},
			problem(404, "param 'nom': invalide (forme inattendue), param 'poids': invalide (au moins 0), param 'cles': trop long (3 éléments au plus)"),
		},
		{
			"other types",
			call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: `{"nom":5,"poids":"lourd","cles":[1.5,"x",true]}`},
			problem(404, "param 'nom': invalide (texte attendu), param 'poids': invalide (nombre attendu), param 'cles': invalide (entier attendu), param 'cles': invalide (entier attendu)"),
		},
		{"a value where the entry says 400", call{to: "POST /ScoDoc/api/note/1/strict", headers: []string{writer}, body: `{"nom":"abcdefghi","cles":[1]}`}, problem(400, "param 'nom': trop long (8 caractères au plus)")},
		{"a missing one too", call{to: "POST /ScoDoc/api/note/1/strict", headers: []string{writer}, body: `{}`}, problem(400, "param 'nom': manquant, param 'cles': manquant")},
		{"its broken json", call{to: "POST /ScoDoc/api/note/1/strict", headers: []string{writer}, body: `{`}, problem(400, "corps de la requête: JSON invalide")},
		{"a whole body of another kind", call{to: "POST /ScoDoc/api/notes/order", headers: []string{writer}, body: `{"a":1}`}, problem(404, "corps de la requête: invalide (liste attendue)")},
		{"over its limit", call{to: "POST /ScoDoc/api/notes/save", headers: []string{writer}, body: "123456789"}, problem(413, "corps de la requête trop volumineux")},
		{"over the limit of all", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: `"` + strings.Repeat("a", 16<<20) + `"`}, problem(413, "corps de la requête trop volumineux")},
		{"no file", call{to: "POST /ScoDoc/api/note/file", headers: []string{writer, curled}, body: "titre=x"}, problem(404, "fichier manquant")},
		{"a form cut short", call{to: "POST /ScoDoc/api/note/file", headers: []string{writer, "Content-Type: multipart/form-data; boundary=b"}, body: "--b\r\nx"}, problem(400, "corps de la requête illisible")},
		{"not found", call{to: "GET /ScoDoc/api/fails/gone"}, problem(404, "note inconnue")},
		{"conflict", call{to: "GET /ScoDoc/api/fails/kept"}, problem(409, "note utilisée")},
		{"forbidden", call{to: "GET /ScoDoc/api/fails/locked"}, problem(403, "note verrouillée")},
		{"malformed", call{to: "GET /ScoDoc/api/fails/torn"}, problem(400, "fichier illisible")},
		{"unavailable", call{to: "GET /ScoDoc/api/fails/busy"}, problem(503, "réessayez")},
		{"throttled", call{to: "GET /ScoDoc/api/fails/slow"}, problem(429, "trop de tentatives, réessayez plus tard", "Retry-After: 30")},
		{"an error of another service", call{to: "GET /ScoDoc/api/fails/worded"}, problem(404, "utilisateur inconnu")},
		{"several at once", call{to: "GET /ScoDoc/api/fails/several"}, problem(404, "nom déjà pris, param 'poids': manquant, utilisateur inconnu")},
		{"another department, without credential", call{to: "GET /ScoDoc/GEA/api/note/1"}, problem(401, "Non autorise (logic)", bearer)},
		{"another department", call{to: "GET /ScoDoc/GEA/api/note/1", headers: []string{writer}}, problem(404, "département inconnu")},
		{"another department before the permission", call{to: "GET /ScoDoc/GEA/api/note/1", headers: []string{reader}}, problem(404, "département inconnu")},
		{"unknown path of a department", call{to: "GET /ScoDoc/RT/api/nulle_part"}, problem(404, "adresse inconnue")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, tt.call)
			if diff := cmp.Diff(tt.want, transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, err := uuid.Parse(resp.Header.Get("X-Request-Id")); err != nil {
				t.Errorf("X-Request-Id: %v", err)
			}
		})
	}
}

func TestScoDocAnswers(t *testing.T) {
	ts, _ := newScodocServer(t)
	const good = `{"nom":"abc","cles":[1]}`
	const multipart = "Content-Type: multipart/form-data; boundary=b"
	file := func(field, name string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + name + "\"\r\n\r\nx\r\n"
	}
	const title = "--b\r\nContent-Disposition: form-data; name=\"titre\"\r\n\r\nT\r\n--b--\r\n"
	for _, tt := range []struct {
		name string
		call call
		want string
	}{
		{"the base of all departments", call{to: "GET /ScoDoc/api/note/12?tri=id", headers: []string{writer}}, jsonAnswer(200, `{"dept":0,"id":12,"tri":"id"}`)},
		{"the base of one", call{to: "GET /ScoDoc/RT/api/note/12", headers: []string{writer}}, jsonAnswer(200, `{"dept":4,"id":12,"tri":"nom"}`)},
		{"an entry for all asks for no department", call{to: "GET /ScoDoc/GEA/api/public"}, "200\nContent-Length: 6\nContent-Type: text/plain; charset=utf-8\n\nouvert"},
		{"head", call{to: "HEAD /ScoDoc/api/note/12", headers: []string{writer}}, bodiless(jsonAnswer(200, `{"dept":0,"id":12,"tri":"nom"}`))},
		{"any account", call{to: "POST /ScoDoc/api/tokens", headers: []string{reader}}, jsonAnswer(200, `{"OK":true}`)},
		{"json", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer, "Content-Type: application/json"}, body: good}, jsonAnswer(200, `"abc"`)},
		{"json that curl calls a form", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer, curled}, body: good}, jsonAnswer(200, `"abc"`)},
		{"json called a text", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer, "Content-Type: text/plain"}, body: good}, jsonAnswer(200, `"abc"`)},
		{"json without a name", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer}, body: good}, jsonAnswer(200, `"abc"`)},
		{"json in a form's clothes", call{to: "POST /ScoDoc/api/note/1/edit", headers: []string{writer, multipart}, body: good}, jsonAnswer(200, `"abc"`)},
		{"a list", call{to: "POST /ScoDoc/api/notes/order", headers: []string{writer, curled}, body: "[3,1]"}, jsonAnswer(200, "[3,1]")},
		{"bytes, whatever they are", call{to: "POST /ScoDoc/api/notes/save", headers: []string{writer, curled}, body: "\xff{&="}, jsonAnswer(200, "4")},
		{"no bytes", call{to: "POST /ScoDoc/api/notes/save", headers: []string{writer}}, jsonAnswer(200, "0")},
		{"the largest body", call{to: "POST /ScoDoc/api/notes/save", headers: []string{writer}, body: "12345678"}, jsonAnswer(200, "8")},
		{"a file under any name", call{to: "POST /ScoDoc/api/note/file", headers: []string{writer, multipart}, body: file("pièce", "a.pdf") + title}, jsonAnswer(200, `"a.pdf T"`)},
		{"the first of several", call{to: "POST /ScoDoc/api/note/file", headers: []string{writer, multipart}, body: file("b", "2.pdf") + file("a", "1.pdf") + "--b--\r\n"}, jsonAnswer(200, `"1.pdf -"`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, tt.call)
			if diff := cmp.Diff(tt.want, transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestScoDocNeverShowsItsInside wants one answer for every fault of the
// program, and what happened in the log alone.
func TestScoDocNeverShowsItsInside(t *testing.T) {
	for _, tt := range []struct{ path, logged string }{
		{"internal", "disk of the base"}, {"panic", "lost"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			ts, log := newScodocServer(t)
			resp, body := send(t, ts, call{to: "GET /ScoDoc/api/fails/" + tt.path})
			if diff := cmp.Diff(problem(500, "erreur interne"), transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if text := log.String(); !strings.Contains(text, tt.logged) || !strings.Contains(text, resp.Header.Get("X-Request-Id")) {
				t.Errorf("log: %s", text)
			}
		})
	}
}

// TestScoDocInABrowser sends people to the login page, and programs that say
// nothing of HTML nowhere.
func TestScoDocInABrowser(t *testing.T) {
	ts, _ := newScodocServer(t)
	resp, _ := send(t, ts, call{to: "GET /ScoDoc/api/note/1", headers: []string{"Accept: text/html"}})
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/login?next=%2FScoDoc%2Fapi%2Fnote%2F1" {
		t.Errorf("%s to %s", resp.Status, resp.Header.Get("Location"))
	}
	resp, _ = send(t, ts, call{to: "GET /ScoDoc/api/note/1", headers: []string{"Accept: */*"}})
	if resp.StatusCode != http.StatusUnauthorized {
		t.Error(resp.Status)
	}
}

// spoken are the codes that source files of the kernel give: of the faults that
// the binder finds, and of the errors of the kernel itself but those a dialect
// words by their kind. Rails binds in its own way and is left out.
func spoken(t *testing.T) (faults, refusals []string) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "rails") || strings.HasPrefix(name, "params") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				faults = append(faults, faultCodes(n)...)
			case *ast.CallExpr:
				refusals = append(refusals, refusalCodes(n)...)
			}
			return true
		})
	}
	slices.Sort(faults)
	slices.Sort(refusals)
	return slices.Compact(faults), slices.Compact(refusals)
}

// faultCodes finds the code of Problem{"x", ...} and of any {Code: "x"}.
func faultCodes(n *ast.CompositeLit) []string {
	kind, _ := n.Type.(*ast.Ident)
	for i, e := range n.Elts {
		isCode := i == 0 && kind != nil && kind.Name == "Problem"
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			key, _ := kv.Key.(*ast.Ident)
			isCode, e = key != nil && key.Name == "Code", kv.Value
		}
		if code := literal(e); isCode && code != "" {
			return []string{code}
		}
	}
	return nil
}

// refusalCodes finds the code of errs.New(errs.Kind, "x", ...).
func refusalCodes(n *ast.CallExpr) []string {
	f, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "New" || len(n.Args) != 3 {
		return nil
	}
	kind, ok := n.Args[0].(*ast.SelectorExpr)
	if code := literal(n.Args[1]); ok && code != "" && kind.Sel.Name != "Internal" && kind.Sel.Name != "Unauthenticated" {
		return []string{code}
	}
	return nil
}

// literal is the text of a string literal, "" for anything else.
func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// TestScoDocHasWordsForEveryFault reads the sources of the kernel: what it
// finds wrong must be told in French.
func TestScoDocHasWordsForEveryFault(t *testing.T) {
	faults, refusals := spoken(t)
	if len(faults) < 20 || !slices.Contains(faults, "missing") || !slices.Contains(faults, "too_long") || !slices.Contains(faults, "json_invalid") {
		t.Errorf("faults are not found: %v", faults)
	}
	for _, code := range faults {
		if scodocFaults[code] == "" {
			t.Errorf("fault %s has no words", code)
		}
	}
	if len(refusals) < 5 || !slices.Contains(refusals, "body_too_large") {
		t.Errorf("errors are not found: %v", refusals)
	}
	for _, code := range refusals {
		isOther := code == "not_permitted" || code == "not_acceptable" // worded by itself; the dialect has one format
		if scodocWords[code] == "" && !isOther {
			t.Errorf("error %s has no words", code)
		}
	}
	for code := range scodocFaults {
		if !slices.Contains(faults, code) {
			t.Errorf("no fault is called %s", code)
		}
	}
}

// TestScoDocEveryFaultIsWorded shows no text of the kernel's English.
func TestScoDocEveryFaultIsWorded(t *testing.T) {
	r := httptest.NewRequestWithContext(WithRequest(t.Context(), &Request{}), http.MethodGet, "/", nil)
	for code := range scodocFaults {
		rec := httptest.NewRecorder()
		ScoDoc{}.WriteError(rec, r, errs.Faulty([]errs.Fault{{
			Loc: []any{"body", "nom"}, Code: code, Message: "English", Ctx: map[string]any{"ge": 1, "le": 2, "min_length": 3, "max_length": 4},
		}}))
		body, err := io.ReadAll(rec.Body)
		if err != nil || strings.Contains(string(body), "English") || strings.Contains(string(body), "%") {
			t.Errorf("%s: %s %v", code, body, err)
		}
	}
}
