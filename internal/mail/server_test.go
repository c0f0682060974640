package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// letter is a message as the server got it.
type letter struct {
	from, to, user, text string
	overTLS              bool
}

// postbox is a real SMTP server whose behaviour the test changes.
type postbox struct {
	t       *testing.T
	address string
	port    int
	tls     *tls.Config
	// implicit speaks TLS from the first byte.
	implicit bool
	// password is asked of who signs in; "" asks nobody.
	password string

	mu      sync.Mutex
	running *smtp.Server
	door    net.Listener
	letters []letter
	tried   int // sign-ins tried
	onMail  func() error
	onRcpt  func(to string) error
	onData  func() error // before the text is accepted
	arrived chan letter
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	p := &postbox{t: t, arrived: make(chan letter, 100)}
	t.Cleanup(p.stop)
	return p
}

// start listens, at the same port when it did before.
func (p *postbox) start() *postbox {
	p.t.Helper()
	address := p.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.address, p.port = listener.Addr().String(), listener.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &visit{box: p, conn: c}, nil }))
	server.Domain, server.TLSConfig, server.AllowInsecureAuth = "mx.test", p.tls, true
	server.ErrorLog = log.New(io.Discard, "", 0)
	if p.implicit {
		listener = tls.NewListener(listener, p.tls)
	}
	p.mu.Lock()
	p.running, p.door = server, listener
	p.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
	return p
}

func (p *postbox) stop() {
	p.mu.Lock()
	server, door := p.running, p.door
	p.running = nil
	p.mu.Unlock()
	if server != nil {
		_ = door.Close() // the server may not know it yet
		_ = server.Close()
	}
}

// behave sets what the server answers; nil hooks accept.
func (p *postbox) behave(onMail func() error, onRcpt func(string) error, onData func() error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.onMail, p.onRcpt, p.onData = onMail, onRcpt, onData
}

func (p *postbox) got() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.letters...)
}

func (p *postbox) signIns() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tried
}

// settings are those of a client of the postbox.
func (p *postbox) settings() Server {
	return Server{Host: "127.0.0.1", Port: p.port, TLS: TLSNone, From: "Intendant <intendant@ecole.example>", Timeout: 20 * time.Second}
}

// visit is one connection to the postbox.
type visit struct {
	box  *postbox
	conn *smtp.Conn
	letter
}

func (v *visit) Reset()        { v.from, v.to = "", "" }
func (v *visit) Logout() error { return nil }

func (v *visit) AuthMechanisms() []string {
	if v.box.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		v.box.mu.Lock()
		v.box.tried++
		v.box.mu.Unlock()
		if password != v.box.password {
			return errors.New("no")
		}
		v.user = user
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if v.box.password != "" && v.user == "" {
		return smtp.ErrAuthRequired
	}
	v.from = from
	v.box.mu.Lock()
	hook := v.box.onMail
	v.box.mu.Unlock()
	if hook != nil {
		return hook()
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = to
	v.box.mu.Lock()
	hook := v.box.onRcpt
	v.box.mu.Unlock()
	if hook != nil {
		return hook(to)
	}
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.box.mu.Lock()
	hook := v.box.onData
	v.box.mu.Unlock()
	if hook != nil {
		if err := hook(); err != nil {
			return err
		}
	}
	v.text = string(text)
	_, v.overTLS = v.conn.TLSConnectionState()
	v.box.mu.Lock()
	v.box.letters = append(v.box.letters, v.letter)
	v.box.mu.Unlock()
	v.box.arrived <- v.letter
	return nil
}

// answer is what the server says instead of 250.
func answer(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// certificate makes a self-signed certificate for 127.0.0.1, and the pool that
// trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}
