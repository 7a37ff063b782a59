package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"riskreplay/src/diag"
)

// Limits against clients that are many or send too much.
const (
	maxHeader      = 64 << 10
	maxConnections = 2048
	stopTime       = 4 * time.Second // for a graceful end
)

// Patience is how long clients are waited for. What is zero is as Patient has it.
type Patience struct {
	// Header is for the header of a request, TLS's handshake included; Stall between
	// two pieces of a body, either way; Request for a whole request; Idle between two
	// requests.
	Header, Stall, Request, Idle time.Duration
}

// Patient is how long clients are waited for unless a Face says otherwise.
var Patient = Patience{Header: 10 * time.Second, Stall: 30 * time.Second, Request: 15 * time.Minute, Idle: 2 * time.Minute}

func (p Patience) orPatient() Patience {
	return Patience{cmp.Or(p.Header, Patient.Header), cmp.Or(p.Stall, Patient.Stall), cmp.Or(p.Request, Patient.Request), cmp.Or(p.Idle, Patient.Idle)}
}

// ListenOptions say how a port speaks.
type ListenOptions struct {
	// Certificate is shown to who speaks TLS; nil is nobody.
	Certificate *Certificate
	// Only has the port speak TLS and nothing else; without it the same port on a
	// loopback address speaks both.
	Only bool
}

// Listen opens an address, such as 127.0.0.1:8088; port 0 is any that is free. An
// address that is no loopback one is refused unless TLS alone is spoken there: what
// goes over it could be read by others.
func Listen(address string, o ListenOptions) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, diag.Message{Text: fmt.Sprintf("cannot read the address %q: expected HOST:PORT", address), Hint: "for example 127.0.0.1:8088, or port 0 for any that is free", Cause: err}
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); (ip == nil || !ip.IsLoopback()) && !(o.Only && o.Certificate != nil) {
		return nil, diag.Message{Text: fmt.Sprintf("cannot listen on %q without TLS: it is no loopback address, and others could read passwords and tokens", address), Hint: "add --tls, or use 127.0.0.1 or [::1]"}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q: %w", address, err)
	}
	out := &limited{Listener: l, only: o.Only, free: make(chan struct{}, maxConnections), closed: make(chan struct{})}
	if o.Certificate != nil {
		out.config = o.Certificate.Config()
	}
	return out, nil
}

// limited is a listener with a bounded number of connections; others wait to be
// accepted.
type limited struct {
	net.Listener
	config *tls.Config
	only   bool
	free   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	one := &counted{Conn: c, leave: sync.OnceFunc(func() { <-l.free })}
	if l.config == nil {
		return one, nil
	}
	return &either{Conn: one, config: l.config, only: l.only}, nil
}

func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type counted struct {
	net.Conn
	leave func()
}

func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// SetLinger is of TCP: a fault cuts connections with it.
func (c *counted) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}

// CloseWrite is of TCP.
func (c *counted) CloseWrite() error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.CloseWrite()
	}
	return nil
}

// Face is an address with who answers there.
type Face struct {
	Listener net.Listener
	Handler  http.Handler
	Patience Patience
	// Drain ends what the handler has under way; nil is nothing.
	Drain func(ctx context.Context) error
}

// Serve answers until ctx ends, and then what is under way, for 4 s at most. The
// listeners are closed when it returns.
func Serve(ctx context.Context, faces ...Face) error {
	failed := make(chan error, len(faces))
	servers := make([]*http.Server, len(faces))
	for i, f := range faces {
		p := f.Patience.orPatient()
		servers[i] = &http.Server{
			Handler: p.over(f.Handler), ReadHeaderTimeout: p.Header, IdleTimeout: p.Idle, MaxHeaderBytes: maxHeader,
			ErrorLog: log.New(io.Discard, "", 0), // clients that go away are no news
		}
		go func() { failed <- servers[i].Serve(f.Listener) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop(servers, faces)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// stop ends all servers at once, each after its last answer or when the time is up.
func stop(servers []*http.Server, faces []Face) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	var wg sync.WaitGroup
	for i, s := range servers {
		wg.Go(func() {
			if faces[i].Drain != nil {
				_ = faces[i].Drain(ctx) // what it could not end was not acknowledged
			}
			if s.Shutdown(ctx) != nil {
				_ = s.Close() // whoever is still connected has waited long enough
			}
		})
	}
	wg.Wait()
}

// over has a connection end when nothing moves on it, and a request when it
// takes too long in all.
func (p Patience) over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		end := time.Now().Add(p.Request)
		r.Body = &movingBody{ReadCloser: r.Body, c: c, stall: p.Stall, end: end}
		next.ServeHTTP(&movingWriter{ResponseWriter: w, c: c, stall: p.Stall, end: end}, r)
		_ = c.SetReadDeadline(deadline(p.Stall, end)) // for what is left of the body; the next request has its own
		_ = c.SetWriteDeadline(time.Now().Add(p.Stall))
	})
}

// deadline is when the next piece has to have come.
func deadline(stall time.Duration, end time.Time) time.Time {
	if d := time.Now().Add(stall); d.Before(end) {
		return d
	}
	return end
}

type movingBody struct {
	io.ReadCloser
	c     *http.ResponseController
	stall time.Duration
	end   time.Time
}

func (b *movingBody) Read(p []byte) (int, error) {
	_ = b.c.SetReadDeadline(deadline(b.stall, b.end)) // a connection that has none is a test's
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.c.SetReadDeadline(time.Time{}) // the answer may take its time; who asked may go away before
	}
	return n, err
}

type movingWriter struct {
	http.ResponseWriter
	c     *http.ResponseController
	stall time.Duration
	end   time.Time
}

func (w *movingWriter) Write(p []byte) (int, error) {
	_ = w.c.SetWriteDeadline(deadline(w.stall, w.end))
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *movingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
