package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"intendant/db"
)

// TLSMode is how the connection to the SMTP server is protected.
type TLSMode string

// The modes, with the port each one uses unless another is set.
const (
	TLSNone     TLSMode = "none"     // 25, in clear: for a relay on the site's own network
	TLSStartTLS TLSMode = "starttls" // 587; a server that does not offer it is not used
	TLSImplicit TLSMode = "tls"      // 465
)

// Server is the SMTP server that takes our mail. Printed or logged, it does
// not show its password.
type Server struct {
	Host string // "" for no server
	Port int    // 0 means the mode's own
	TLS  TLSMode
	// User signs in when it is set. Without TLS only by a method that does not
	// show the password to the network.
	User, Password string
	From           string // "Intendant <intendant@example.com>"
	// Roots are the authorities that may sign the server's certificate; nil
	// means the system's.
	Roots *x509.CertPool
	// Timeout bounds the connection and, again, the sending of one message; 0
	// means a minute.
	Timeout time.Duration
}

const (
	defaultTimeout = time.Minute
	// quitTimeout bounds the farewell, which nothing depends on.
	quitTimeout = 5 * time.Second
)

// IsSet reports whether there is a server.
func (s Server) IsSet() bool { return s.Host != "" }

// Check returns what is wrong with the settings of a server, by the names that
// the command line has for them; nil for nothing.
func (s Server) Check() error {
	if _, ok := defaultPorts[s.TLS]; !ok {
		return fmt.Errorf("--smtp-tls: %q instead of none, starttls or tls", s.TLS)
	}
	if isAddress := net.ParseIP(s.Host) != nil; !isAddress && strings.ContainsFunc(s.Host, isForeignToHost) {
		return fmt.Errorf("--smtp-host: %q is not the name of a machine; the port has its own setting", s.Host)
	}
	if s.Port < 0 || s.Port > 65535 {
		return fmt.Errorf("--smtp-port: %d instead of 1 to 65535, or 0 for the usual one", s.Port)
	}
	if s.From == "" {
		return errors.New("--smtp-from: the sender's address is missing")
	}
	if _, err := netmail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("--smtp-from: %q: %w", s.From, err)
	}
	if (s.User == "") != (s.Password == "") {
		return errors.New("--smtp-user, --smtp-password-file: a user needs a password, and a password a user")
	}
	return nil
}

// isForeignToHost finds what is in an address of a page or in "host:25", and
// in no name of a machine.
func isForeignToHost(r rune) bool { return strings.ContainsRune("/:@[] ", r) || unicode.IsControl(r) }

var defaultPorts = map[TLSMode]int{TLSNone: 25, TLSStartTLS: 587, TLSImplicit: 465}

// String returns where the server is, without the password.
func (s Server) String() string {
	return fmt.Sprintf("smtp(%s:%d %s)", s.Host, s.port(), s.TLS)
}

// GoString returns what String does, for %#v.
func (s Server) GoString() string { return s.String() }

// LogValue returns what String does.
func (s Server) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Address is where the server is, "smtp.example:587".
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.port())) }

func (s Server) port() int {
	if s.Port != 0 {
		return s.Port
	}
	return defaultPorts[s.TLS]
}

func (s Server) timeout() time.Duration {
	if s.Timeout == 0 {
		return defaultTimeout
	}
	return s.Timeout
}

// verdict is what an attempt came to.
type verdict int

const (
	delivered   verdict = iota
	refused             // this message, for good
	postponed           // this message, for now
	unreachable         // whatever the message: no server, no access, no sender
)

// compose returns the message of a row of the outbox as it goes on the wire.
// Its Message-ID is the same at each attempt, so that whoever gets it twice can
// tell.
func (s Server) compose(row db.Outbox, body string, at time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	if err := msg.From(s.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	to, err := asciiDomain(row.Recipient)
	if err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	if err := msg.To(to); err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	from := msg.GetFrom()[0].Address
	msg.SetMessageIDWithValue(row.MessageRef + from[strings.LastIndexByte(from, '@'):])
	msg.SetDateWithValue(at)
	msg.Subject(row.Subject)
	// No absence message answers this, RFC 3834; Exchange wants its own word.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(gomail.TypeTextPlain, body)
	return msg, nil
}

// asciiDomain writes the domain of an address as the DNS knows it.
func asciiDomain(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if !strings.ContainsFunc(address[at+1:], func(r rune) bool { return r >= utf8.RuneSelf }) {
		return address, nil // also what the DNS would not have: a name of the site's own network
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", err
	}
	return address[:at+1] + domain, nil
}

// send gives a message to the server, over a connection of its own. The error
// says what went wrong, nil for delivered.
func (s Server) send(ctx context.Context, msg *gomail.Msg) (verdict, error) {
	line := &line{server: s}
	// Closing the line is what ends a wait, also inside the library, which
	// leaves it open when a greeting fails.
	defer line.close()
	defer context.AfterFunc(ctx, line.close)()

	client, err := gomail.NewClient(s.Host, s.options(line)...)
	if err != nil {
		return unreachable, err
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return unreachable, err
	}
	err = client.SendWithSMTPClient(session, msg)
	if msg.IsDelivered() {
		// What follows the server's 250 does not unsend the message. A message
		// that fails half-way is another matter: QUIT would end its text and
		// have the server take the first half, so the line is just dropped.
		line.hurry(quitTimeout)
		_ = session.Quit()
		return delivered, nil
	}
	if ctx.Err() != nil {
		return unreachable, fmt.Errorf("the server is stopping: %w", err)
	}
	return verdictOn(err), err
}

func (s Server) options(line *line) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.port()), gomail.WithTimeout(s.timeout()), gomail.WithDialContextFunc(line.dial),
		gomail.WithTLSConfig(s.tlsConfig()), gomail.WithoutNoop(),
	}
	switch s.TLS {
	case TLSNone:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case TLSStartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLSImplicit:
		// line has encrypted already. This policy makes the library see it: with
		// WithSSL it would take a dialed connection for a clear one, and not
		// sign in with a password.
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return options
}

func (s Server) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// verdictOn tells a fault of the message from one of the server. A 5xx before
// the recipient is named is about us (our address, our password), and failing
// every message for it would lose them all to a wrong setting.
func verdictOn(err error) verdict {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return unreachable
	}
	switch e.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
	default:
		return unreachable
	}
	switch code := e.ErrorCode(); {
	case code == 421 || code == 530: // closing down; sign in first
		return unreachable
	case code >= 500 && code < 600:
		return refused
	case code >= 400:
		return postponed
	}
	return unreachable
}
