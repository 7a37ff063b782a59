package hec

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Fault is what goes wrong with one request. The zero value is nothing.
type Fault struct {
	// Code is answered and nothing taken, when it is not 0. Status goes before the
	// code's own; alone it is answered with a body that is not the collector's, as
	// a proxy's would be. RetryAfter is the header of that name.
	Code       Code
	Status     int
	RetryAfter string
	// Reset cuts the connection: ResetBody after ResetAfter bytes of the body,
	// ResetReply when the events were taken.
	Reset      Reset
	ResetAfter int64
	// Delay is waited before the answer, after the events were taken.
	Delay time.Duration
	// DropAck has the request's acknowledgement never come true; AckDelay has it
	// come later.
	DropAck  bool
	AckDelay time.Duration
}

// Reset says when a connection is cut.
type Reset uint8

// Where a connection may be cut.
const (
	ResetNever Reset = iota
	ResetBody
	ResetReply
)

// faultKey is under which a request's context has what is wrong with its
// acknowledgement.
type faultKey struct{}

// acknowledge has an id come true, as its request's fault has it.
func (t *taking) acknowledge(id int64) {
	if t.fault.DropAck {
		return
	}
	if d := t.fault.AckDelay; d > 0 && t.o.Clock.SleepUntil(t.life, t.o.Clock.Now().Add(d)) != nil {
		return // the server ends
	}
	t.acks.done(t.token.Name, t.channel, id)
}

// faulty serves a request with its fault.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*Server, http.ResponseWriter, *http.Request)) {
	f := s.o.Fault(r)
	switch {
	case f.Reset == ResetBody:
		_, _ = io.CopyN(io.Discard, r.Body, f.ResetAfter) // the connection breaks in any case
		cut(w)
		return
	case f.Code != 0 || f.Status != 0:
		s.replyFault(w, r, f)
		return
	case f.DropAck || f.AckDelay > 0:
		r = r.WithContext(context.WithValue(r.Context(), faultKey{}, f))
	}
	if f.Reset == ResetNever && f.Delay == 0 {
		serve(s, w, r)
		return
	}
	answer := &kept{header: http.Header{}, status: http.StatusOK}
	serve(s, answer, r)
	if f.Delay > 0 && s.o.Clock.SleepUntil(r.Context(), s.o.Clock.Now().Add(f.Delay)) != nil {
		return // the client went away
	}
	if f.Reset == ResetReply {
		cut(w)
		return
	}
	answer.send(w)
}

func (s *Server) replyFault(w http.ResponseWriter, r *http.Request, f Fault) {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	if f.Code == 0 {
		drain(r)
		http.Error(w, http.StatusText(f.Status), f.Status)
		return
	}
	answer := newReply(f.Code)
	if f.Status != 0 {
		answer.Status = f.Status
	}
	s.reply(w, r, answer)
}

// cut resets the connection, as a machine that crashed would.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection of the request's own
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0) // without it the end is a polite one
	}
	_ = conn.Close() // it is being broken
}

// kept is an answer that is sent later or never.
type kept struct {
	header http.Header
	status int
	body   []byte
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) { k.status = status }

func (k *kept) Write(b []byte) (int, error) {
	k.body = append(k.body, b...)
	return len(b), nil
}

func (k *kept) send(w http.ResponseWriter) {
	for name, values := range k.header {
		w.Header()[name] = values
	}
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body) // a client that went away is told nothing
}
