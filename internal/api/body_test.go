package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// spaces is a reader of n spaces.
func spaces(n int) io.Reader { return io.LimitReader(endless{}, int64(n)) }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// dial opens a connection of its own to ts.
func dial(t *testing.T, ts *httptest.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", ts.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answerOn reads one answer of conn, whole.
func answerOn(t *testing.T, conn net.Conn) string {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(resp.StatusCode, " ", bodyOf(t, resp))
}

// TestTooLargeIsRead sends far more than the limit, as a client does that reads
// the answer once it has written everything.
func TestTooLargeIsRead(t *testing.T) {
	const (
		size  = 20 << 20
		start = "--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n"
	)
	ts, _ := newTestServer(t)
	want := "413 " + detail("Request body too large")
	for _, tt := range []struct{ name, head string }{
		{"JSON", "POST /small HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"},
		{"multipart", "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"},
		{"form", "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 10 {
				conn := dial(t, ts)
				fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", tt.head, size, start)
				if _, err := io.Copy(conn, spaces(size-len(start))); err != nil {
					t.Fatal(err)
				}
				if got := answerOn(t, conn); got != want {
					t.Fatalf("got %s", got)
				}
			}
		})
		t.Run(tt.name+" of unknown length", func(t *testing.T) {
			for range 5 {
				conn := dial(t, ts)
				fmt.Fprintf(conn, "%sTransfer-Encoding: chunked\r\n\r\n", tt.head)
				fmt.Fprintf(conn, "%x\r\n%s", size, start)
				if _, err := io.Copy(conn, spaces(size-len(start))); err != nil {
					t.Fatal(err)
				}
				fmt.Fprint(conn, "\r\n0\r\n\r\n")
				if got := answerOn(t, conn); got != want {
					t.Fatalf("got %s", got)
				}
			}
		})
	}
}

// TestTooLargeIsNotAskedFor announces too much and waits to be told to go on.
func TestTooLargeIsNotAskedFor(t *testing.T) {
	ts, _ := newTestServer(t)
	conn := dial(t, ts)
	fmt.Fprint(conn, "POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20971520\r\n\r\n")
	if got, want := answerOn(t, conn), "413 "+detail("Request body too large"); got != want {
		t.Errorf("got %s", got)
	}
}

// slow is an answer to a client whose connection knows a deadline.
type slow struct {
	http.ResponseWriter
	deadline time.Time
}

func (s *slow) SetReadDeadline(at time.Time) error {
	s.deadline = at
	return nil
}

// TestDiscardIsBounded gives discard a body without an end.
func TestDiscardIsBounded(t *testing.T) {
	w := &slow{ResponseWriter: httptest.NewRecorder()}
	body := &io.LimitedReader{R: endless{}, N: 1 << 40}
	discard(w, body)
	if read := 1<<40 - body.N; read != maxDiscard {
		t.Errorf("read %d bytes", read)
	}
	if left := time.Until(w.deadline); left <= 0 || left > discardTime {
		t.Errorf("the deadline is in %s", left)
	}

	unread := strings.NewReader("a body")
	discard(httptest.NewRecorder(), unread)
	if unread.Len() != 6 {
		t.Error("read without a deadline")
	}
}
