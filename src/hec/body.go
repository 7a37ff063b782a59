package hec

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
)

var (
	errTooLarge = errors.New("the body is too large")
	errCrowded  = errors.New("too much is under way")
	errEncoding = errors.New("the content encoding is not known")
)

// body is a request's body, unpacked, within limits. It remembers what went
// wrong with it, so that a broken connection is not taken for broken JSON.
type body struct {
	server *Server
	src    io.Reader
	wire   *wire
	size   int64
	held   int64 // reserved of the server's MaxInFlight
	err    error
}

// wire is a body as it comes: the error that is not the end is kept.
type wire struct {
	io.Reader
	err error
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

func (s *Server) body(r *http.Request) *body {
	w := &wire{Reader: io.LimitReader(r.Body, s.o.MaxBody+1)}
	b := &body{server: s, src: w, wire: w}
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); {
	case r.ContentLength > s.o.MaxBody:
		b.err = errTooLarge
	case encoding == "gzip", encoding == "x-gzip":
		b.src = &unzipper{src: w}
	case encoding != "" && encoding != "identity":
		b.err = errEncoding
	}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.src.Read(p)
	b.size += int64(n)
	switch {
	case b.wire.err != nil:
		b.err = b.wire.err
	case b.size > b.server.o.MaxBody:
		b.err = errTooLarge
	case !b.reserve():
		b.err = errCrowded
	default:
		return n, err
	}
	return 0, b.err
}

// reserveStep is how much is reserved at once.
const reserveStep = 64 << 10

// reserve takes room for what was read; whoever is alone always gets it.
func (b *body) reserve() bool {
	for b.held < b.size {
		b.held += reserveStep
		if now := b.server.inFlight.Add(reserveStep); now > b.server.o.MaxInFlight && now > b.held {
			return false
		}
	}
	return true
}

// release gives the room back, when the events are in the store.
func (b *body) release() {
	b.server.inFlight.Add(-b.held)
	b.held = 0
}

// unzipper opens the gzip stream at the first read.
type unzipper struct {
	src io.Reader
	zip *gzip.Reader
}

func (u *unzipper) Read(p []byte) (int, error) {
	if u.zip == nil {
		zip, err := gzip.NewReader(u.src)
		if err != nil {
			return 0, err
		}
		u.zip = zip
	}
	return u.zip.Read(p)
}

// maxDrained is how much of a body is read that nobody wants.
const maxDrained = 8 << 20

func drain(r *http.Request) {
	_, _ = io.CopyN(io.Discard, r.Body, maxDrained) // the end, or a client that went away
}
