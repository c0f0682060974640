package mail

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// line is one connection to the server, which may be closed at any time, also
// before it is open.
type line struct {
	server Server

	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

// dial opens the line, encrypted in the mode tls.
func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if !l.hold(conn) {
		conn.Close()
		return nil, net.ErrClosed
	}
	if l.server.TLS != TLSImplicit {
		return conn, nil
	}
	encrypted := tls.Client(conn, l.server.tlsConfig())
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err // the line is closed by who opened it
	}
	return encrypted, nil
}

// hold keeps the connection for close; false when that has been called.
func (l *line) hold(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.conn = conn
	return true
}

func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// hurry leaves the other side so much time from now.
func (l *line) hurry(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.SetDeadline(time.Now().Add(d)) // a failure shows at the next use
	}
}
