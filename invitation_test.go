package main

import (
	"io"
	"log"
	"mime/quotedprintable"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"intendant/internal/appliance"
	"intendant/internal/projets/projetstest"
)

// letterbox is a real SMTP server, which takes no letter until it is opened.
type letterbox struct {
	port    int
	knocked chan struct{} // somebody wants to leave a letter
	opened  chan struct{}
	letters chan letter
}

type letter struct{ to, text string }

func newLetterbox(t *testing.T) *letterbox {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &letterbox{
		port:    listener.Addr().(*net.TCPAddr).Port,
		knocked: make(chan struct{}, 10), opened: make(chan struct{}), letters: make(chan letter, 10),
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: l}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0) // its clients are killed
	t.Cleanup(func() { server.Close() })
	go func() { _ = server.Serve(listener) }()
	return l
}

// flags make the program send its mail there.
func (l *letterbox) flags() []string {
	return []string{
		"--smtp-host", "127.0.0.1", "--smtp-port", strconv.Itoa(l.port), "--smtp-tls", "none", "--smtp-from", "Intendant <intendant@bativo.example>",
	}
}

// delivery is one connection to the letterbox.
type delivery struct {
	box *letterbox
	to  string
}

func (d *delivery) Reset()        {}
func (d *delivery) Logout() error { return nil }

func (d *delivery) Mail(string, *smtp.MailOptions) error {
	d.box.knocked <- struct{}{}
	<-d.box.opened
	return nil
}

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	_, body, _ := strings.Cut(must(io.ReadAll(r)), "\r\n\r\n")
	d.box.letters <- letter{d.to, must(io.ReadAll(quotedprintable.NewReader(strings.NewReader(body))))}
	return nil
}

// must returns what was read, or why it could not be.
func must(text []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(text)
}

const invite = `curl -H "Accept: application/json" -H "Content-type: application/json" -X POST -u testadmin:testpw -d @data.json ` + documented + `/project_users`

// invited asks for a new user of project 408, and returns the answer.
func invited(t *testing.T, url string) string {
	t.Helper()
	return curl(t, url, invite, map[string]string{"data.json": `{
		"project_user":{"project_id":408,"room_rights":1},
		"user":{"username":"zoe","first_name":"Zoé","last_name":"Lund","email":"zoe@bativo.example"},
		"mail_type":"6"
	}`})
}

var oneTimeLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+/password\?code=\w{20,}`)

func checkInvitation(t *testing.T, got letter) {
	t.Helper()
	if got.to != "zoe@bativo.example" || !strings.Contains(got.text, "Bonjour Zoé,") || !strings.Contains(got.text, "projet Hôpital Sud") ||
		len(oneTimeLink.FindAllString(got.text, -1)) != 1 {
		t.Errorf("letter to %s:\n%s", got.to, got.text)
	}
}

func TestAnInvitationIsSent(t *testing.T) {
	box := newLetterbox(t)
	close(box.opened)
	_, url := childOn(t, examples(t), box.flags()...)
	if got := invited(t, url); !strings.HasPrefix(got, "201 Created\n") {
		t.Fatal(got)
	}
	checkInvitation(t, <-box.letters)
}

// TestAnInvitationOutlivesAKill kills the program after it has answered and
// before the mail is sent: the next start sends it, once.
func TestAnInvitationOutlivesAKill(t *testing.T) {
	for _, tt := range []struct {
		name      string
		hasServer bool // the program knows whom to give its mail to
	}{{"in the outbox", false}, {"on its way", true}} {
		t.Run(tt.name, func(t *testing.T) {
			box, data := newLetterbox(t), examples(t)
			var flags []string
			if tt.hasServer {
				flags = box.flags()
			}
			cmd, url := childOn(t, data, flags...)
			if got := invited(t, url); !strings.HasPrefix(got, "201 Created\n") {
				t.Fatal(got)
			}
			if tt.hasServer {
				<-box.knocked
			}
			kill(cmd)
			close(box.opened)
			a, err := appliance.Open(t.Context(), appliance.Config{Data: data, MustExist: true})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			// The minute that an attempt has is over.
			projetstest.Exec(t, a, "UPDATE outbox SET next_try_at = created_at")

			cmd, _ = childOn(t, data, box.flags()...)
			checkInvitation(t, <-box.letters)
			// Asked to stop, it writes down what it sent.
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			if n := projetstest.Value[int](t, a, "SELECT count(*) FROM outbox WHERE state = 'sent'"); n != 1 || len(box.letters) > 0 {
				t.Errorf("%d sent, %d more letters", n, len(box.letters))
			}
		})
	}
}
