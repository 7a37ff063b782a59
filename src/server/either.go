package server

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"
)

// either is a connection whose first byte tells whether it speaks TLS: Splunk's
// clients take https for granted, others http. Nothing is read before the server
// reads, within its time.
type either struct {
	net.Conn
	config *tls.Config
	only   bool // TLS and nothing else

	once sync.Once
	in   io.Reader
	err  error
	mu   sync.Mutex // for tls, which another goroutine may close
	tls  *tls.Conn
}

// handshake is the type of the first record of TLS.
const handshake = 0x16

// refusedPlain is the answer to who speaks http where only https is spoken.
const refusedPlain = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nthis port speaks https alone\n"

func (c *either) Read(p []byte) (int, error) {
	c.once.Do(c.look)
	if c.err != nil {
		return 0, c.err
	}
	return c.in.Read(p)
}

func (c *either) look() {
	first := make([]byte, 1)
	if _, err := io.ReadFull(c.Conn, first); err != nil {
		c.err = err
		return
	}
	whole := &again{Conn: c.Conn, first: first}
	switch {
	case first[0] == handshake:
		secure := tls.Server(whole, c.config)
		c.mu.Lock()
		c.tls, c.in = secure, secure
		c.mu.Unlock()
	case c.only:
		c.refuse()
		c.err = io.EOF
	default:
		c.in = whole
	}
}

// refuse tells who speaks http that this is the wrong port. What still comes is read:
// else the answer would be lost in a reset. Whoever that is may be gone.
func (c *either) refuse() {
	_ = c.SetDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(c.Conn, refusedPlain)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.CopyN(io.Discard, c.Conn, maxHeader)
}

func (c *either) secure() *tls.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tls
}

func (c *either) Write(p []byte) (int, error) {
	if secure := c.secure(); secure != nil {
		return secure.Write(p)
	}
	if c.only {
		return 0, net.ErrClosed // nothing goes out in the clear
	}
	return c.Conn.Write(p)
}

func (c *either) Close() error {
	if secure := c.secure(); secure != nil {
		return secure.Close()
	}
	return c.Conn.Close()
}

// SetLinger is of TCP: a fault cuts connections with it.
func (c *either) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}

// again is a connection whose first byte is read a second time.
type again struct {
	net.Conn
	first []byte
}

func (c *again) Read(p []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(p, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}
