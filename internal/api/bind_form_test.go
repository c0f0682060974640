package api

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestBindForm(t *testing.T) {
	type in struct {
		Nom   string         `form:"nom"`
		Code  string         `form:"code" default:"c"`
		Email Opt[Email]     `form:"email"`
		Site  *uuid.UUID     `form:"site"`
		Poids Opt[float64]   `form:"poids" le:"9"`
		Actif bool           `form:"actif" default:"false"`
		Roles []string       `form:"roles"`
		Jour  Opt[time.Time] `form:"jour"`
	}
	got := bindForm[in](t, "nom=n&code=&email=&site=&poids=&actif=on&roles=a&roles=b&jour=")
	if got.faults != "[]" || got.in.Nom != "n" || got.in.Code != "c" || got.in.Email.Set || got.in.Site != nil || got.in.Poids.Set ||
		!got.in.Actif || len(got.in.Roles) != 2 || got.in.Jour.Set {
		t.Errorf("%+v", got)
	}
	got = bindForm[in](t, "nom=x&poids=10&email=a&site=b")
	want := `[{"type":"value_error","loc":["body","email"],"msg":"value is not a valid email address: An email address must have an @-sign.","input":"a","ctx":{"reason":"An email address must have an @-sign."}}` +
		`,{"type":"uuid_parsing","loc":["body","site"],"msg":"Input should be a valid UUID, invalid length: expected length 32 for simple format, found 1","input":"b","ctx":{"error":"invalid length: expected length 32 for simple format, found 1"}}` +
		`,{"type":"less_than_equal","loc":["body","poids"],"msg":"Input should be less than or equal to 9","input":"10","ctx":{"le":9.0}}]`
	if got.faults != want || got.in.Code != "c" || got.in.Actif {
		t.Errorf("got %+v\nwant %s", got, want)
	}
}

// TestBindFormAbsent: a field sent empty and a field not sent are the same.
func TestBindFormAbsent(t *testing.T) {
	type in struct {
		Note   string           `form:"note" default:"" minlen:"3" enum:"fait|faux"`
		Email  Email            `form:"email" default:""`
		Actif  bool             `form:"actif" default:"false"`
		Nombre int64            `form:"nombre" default:"5"`
		Hote   host             `form:"hote" default:"Ici"`
		Code   Opt[string]      `form:"code"`
		Roles  []string         `form:"roles" default:""`
		Ports  []int64          `form:"ports"`
		Sites  Opt[[]uuid.UUID] `form:"sites"`
	}
	want := in{Nombre: 5, Hote: "ici", Roles: []string{}, Ports: []int64{}}
	for _, form := range []string{"", "note=&email=&actif=&nombre=&hote=&code=&roles=&ports=&sites="} {
		got := bindForm[in](t, form)
		if diff := cmp.Diff(want, got.in); diff != "" || got.faults != "[]" {
			t.Errorf("%q: %s %s", form, got.faults, diff)
		}
	}
	if got := bindForm[in](t, "note=fou").faults; !strings.Contains(got, "literal_error") {
		t.Errorf("got %s", got)
	}
	type required struct {
		Nom   string `form:"nom"`
		Actif bool   `form:"actif"`
	}
	absent := `[{"type":"missing","loc":["body","nom"],"msg":"Field required","input":null},{"type":"missing","loc":["body","actif"],"msg":"Field required","input":null}]`
	if got := bindForm[required](t, "nom=").faults; got != absent {
		t.Errorf("got %s", got)
	}
}

// TestBindFormEmpty: a field that says so takes an empty text for a value, and
// is still missing when it is not sent.
func TestBindFormEmpty(t *testing.T) {
	type in struct {
		Code  string      `form:"code" empty:"true" maxlen:"3"`
		Autre Opt[string] `form:"autre" empty:"true"`
	}
	if got := bindForm[in](t, "code=&autre="); got.faults != "[]" || got.in != (in{Autre: Some("")}) {
		t.Errorf("%+v", got)
	}
	if got := bindForm[in](t, "code=a&code="); got.faults != "[]" || got.in != (in{}) {
		t.Errorf("%+v", got)
	}
	absent := `[{"type":"missing","loc":["body","code"],"msg":"Field required","input":null}]`
	if got := bindForm[in](t, "autre=b"); got.faults != absent || got.in.Autre != Some("b") {
		t.Errorf("%+v", got)
	}
}

// TestBindRepeated: a name sent several times, as checkboxes do, gives a list.
func TestBindRepeated(t *testing.T) {
	const id = "67e55044-10b1-426f-9247-bb680e5fe0c8"
	type fromForm struct {
		Roles []string         `form:"roles"`
		Ports []int64          `form:"ports" le:"65535" maxlen:"3"`
		Sites Opt[[]uuid.UUID] `form:"sites"`
		Hotes []host           `form:"hotes"`
	}
	type fromQuery struct {
		Roles []string         `query:"roles"`
		Ports []int64          `query:"ports" le:"65535" maxlen:"3"`
		Sites Opt[[]uuid.UUID] `query:"sites"`
		Hotes []host           `query:"hotes"`
	}
	const sent = "roles=b&roles=&roles=a&ports=22&ports=443&sites=" + id + "&hotes=A&hotes=B"
	want := fromForm{
		Roles: []string{"b", "", "a"}, Ports: []int64{22, 443},
		Sites: Some([]uuid.UUID{uuid.MustParse(id)}), Hotes: []host{"a", "b"},
	}
	if got := bindForm[fromForm](t, sent); got.faults != "[]" || !cmp.Equal(got.in, want) {
		t.Error(got.faults, cmp.Diff(want, got.in))
	}
	if got := bindQuery[fromQuery](t, sent); got.faults != "[]" || !cmp.Equal(fromForm(got.in), want) {
		t.Error(got.faults, cmp.Diff(want, fromForm(got.in)))
	}
	faults := `[{"type":"int_parsing","loc":["body","ports",1],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"}` +
		`,{"type":"less_than_equal","loc":["body","ports",2],"msg":"Input should be less than or equal to 65535","input":"65536","ctx":{"le":65535}}` +
		`,{"type":"uuid_parsing","loc":["body","sites",0],"msg":"Input should be a valid UUID, invalid length: expected length 32 for simple format, found 1","input":"1","ctx":{"error":"invalid length: expected length 32 for simple format, found 1"}}` +
		`,{"type":"value_error","loc":["body","hotes",0],"msg":"Value error, not a host","input":"","ctx":{"error":"not a host"}}]`
	if got := bindForm[fromForm](t, "ports=1&ports=x&ports=65536&sites=1&hotes=&hotes=a").faults; got != faults {
		t.Errorf("got  %s\nwant %s", got, faults)
	}
}

// TestBindLogin holds the token form: JSON instead of a form lacks every field.
func TestBindLogin(t *testing.T) {
	type login struct {
		GrantType Opt[string] `form:"grant_type" pattern:"^password$"`
		Username  string      `form:"username"`
		Password  string      `form:"password"`
		Attempt   int         `form:"attempt" default:"1"`
	}
	want := `[{"type":"missing","loc":["body","username"],"msg":"Field required","input":null},{"type":"missing","loc":["body","password"],"msg":"Field required","input":null}]`
	for _, sent := range []body{{}, {kind: bodyForm}, {kind: bodyJSON, json: emptyObjectValue(t)}} {
		if got := bindInput[login](t, &input{body: sent}).faults; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	want = `[{"type":"string_pattern_mismatch","loc":["body","grant_type"],"msg":"String should match pattern '^password$'","input":"code","ctx":{"pattern":"^password$"}}]`
	if got := bindForm[login](t, "grant_type=code&username=u&password=p").faults; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := bindForm[login](t, "grant_type=password&username=u&password=p"); got.faults != "[]" || got.in.Attempt != 1 {
		t.Errorf("%+v", got)
	}
}

func TestBindFiles(t *testing.T) {
	type in struct {
		Titre   string      `form:"titre"`
		Fichier Upload      `file:"fichier"`
		Pages   []Upload    `file:"pages"`
		Logo    *Upload     `file:"logo"`
		Photo   Opt[Upload] `file:"photo"`
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	w.WriteField("titre", "été")
	for _, name := range []string{"fichier", "pages", "pages", "photo"} {
		part, err := w.CreateFormFile(name, name+".txt")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte("content of " + name))
	}
	w.Close()
	r := httptest.NewRequest(http.MethodPost, "/", &buf)
	r.Header.Set("Content-Type", w.FormDataContentType())
	src := &input{}
	if err := readForm(r, &src.body); err != nil {
		t.Fatal(err)
	}
	got := bindInput[in](t, src)
	if got.faults != "[]" || got.in.Titre != "été" || len(got.in.Pages) != 2 || got.in.Logo != nil || !got.in.Photo.Set {
		t.Fatalf("%+v", got)
	}
	f, err := got.in.Fichier.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil || string(content) != "content of fichier" || got.in.Fichier.Size != int64(len(content)) || got.in.Fichier.Name != "fichier.txt" {
		t.Errorf("%q %+v %v", content, got.in.Fichier, err)
	}
	want := `[{"type":"missing","loc":["body","fichier"],"msg":"Field required","input":null},{"type":"missing","loc":["body","pages"],"msg":"Field required","input":null}]`
	if got := bindForm[in](t, "titre=x").faults; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
