package api

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// gives declares a public entry at the path of its name that answers result.
func gives[R Result](name string, result R) Route {
	return Get(name, Public, func(context.Context, None) (R, error) { return result, nil }, "/"+name)
}

// TestResults: each kind of answer that is not JSON, as it is on the wire.
func TestResults(t *testing.T) {
	const nosniff = "X-Content-Type-Options: nosniff\n"
	router, err := NewRouter(&System{Name: "results", Dialect: FastAPI{}, Routes: []Route{
		gives("nothing", NoContent{}),
		gives("text", Text("é")),
		gives("redirect", Redirect{To: "/text"}),
		gives("moved", Redirect{To: "/text"}).Answers(307),
		gives("page", Page{Status: 422, HTML: []byte("<p>é</p>")}),
		gives("image", Image{ContentType: "image/png", Bytes: []byte("png"), MaxAge: time.Minute}),
		gives("file", File{Name: "été.csv", ContentType: "text/csv", Content: strings.NewReader("a;b"), Size: 3}),
		gives("shown", File{Name: "a.pdf", ContentType: "application/pdf", Inline: true, Content: io.MultiReader(strings.NewReader("pdf")), Size: 3}),
		gives("stream", Stream{Name: "a.csv", ContentType: "text/csv", Write: func(w io.Writer) error { _, err := io.WriteString(w, "a"); return err }}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(&Server{Router: router, Authenticator: testTokens{}, Fallback: FastAPI{}})
	t.Cleanup(ts.Close)
	for _, tt := range []struct{ name, want string }{
		{"nothing", "204\n\n"},
		{"text", "200\nContent-Length: 2\nContent-Type: text/plain; charset=utf-8\n\né"},
		{"redirect", "303\nCache-Control: no-store\nContent-Length: 0\nLocation: /text\n\n"},
		{"moved", "307\nCache-Control: no-store\nContent-Length: 0\nLocation: /text\n\n"},
		{"page", "422\nCache-Control: no-store\nContent-Length: 9\nContent-Security-Policy: " + PagePolicy + "\nContent-Type: text/html; charset=utf-8\nReferrer-Policy: same-origin\n" + nosniff + "\n<p>é</p>"},
		{"image", "200\nCache-Control: private, max-age=60\nContent-Length: 3\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; sandbox\nContent-Type: image/png\n" + nosniff + "\npng"},
		{"file", "200\nAccept-Ranges: bytes\nCache-Control: no-store\nContent-Disposition: attachment; filename*=utf-8''%C3%A9t%C3%A9.csv\nContent-Length: 3\nContent-Security-Policy: default-src 'none'; sandbox\nContent-Type: text/csv\n" + nosniff + "\na;b"},
		{"shown", "200\nCache-Control: no-store\nContent-Disposition: inline; filename=\"a.pdf\"\nContent-Length: 3\nContent-Security-Policy: default-src 'none'; sandbox\nContent-Type: application/pdf\n" + nosniff + "\npdf"},
		{"stream", "200\nCache-Control: no-store\nContent-Disposition: attachment; filename=\"a.csv\"\nContent-Length: 1\nContent-Type: text/csv\n" + nosniff + "\na"},
	} {
		resp, body := send(t, ts, call{to: "GET /" + tt.name})
		if diff := cmp.Diff(tt.want, transcript(ts, resp, body)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}
