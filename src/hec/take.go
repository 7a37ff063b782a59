package hec

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"riskreplay/src/event"
)

// taking is one request with events.
type taking struct {
	*Server
	token   Token
	channel string
	body    *body
	base    event.Event
	events  []event.Event
	fault   Fault
}

func (s *Server) takeEvents(w http.ResponseWriter, r *http.Request) {
	s.take(w, r, (*taking).envelopes)
}
func (s *Server) takeRaw(w http.ResponseWriter, r *http.Request) { s.take(w, r, (*taking).raw) }

// take reads the events of a request, puts them into the store and answers.
// Nothing is put there before the body has come whole.
func (s *Server) take(w http.ResponseWriter, r *http.Request, read func(*taking, url.Values) Reply) {
	if !s.begin() {
		s.reply(w, r, newReply(CodeShuttingDown))
		return
	}
	defer s.pending.Done()
	token, channel, code := s.admit(r)
	if code != CodeSuccess {
		s.reply(w, r, newReply(code))
		return
	}
	t := &taking{Server: s, token: token, channel: channel, body: s.body(r)}
	t.fault, _ = r.Context().Value(faultKey{}).(Fault)
	handedOn := false
	defer func() {
		if !handedOn {
			t.body.release()
		}
	}()
	query := r.URL.Query()
	t.base = s.base(token, r, query)
	if tv := query.Get("time"); tv != "" {
		var ok bool
		if t.base.Time, ok = parseTime(tv); !ok {
			s.reply(w, r, newReply(CodeInvalidFormat))
			return
		}
	}
	answer := read(t, query)
	if err := t.body.err; err != nil {
		s.replyBroken(w, r, err)
		return
	}
	if len(t.events) > 0 {
		answer, handedOn = t.put(r.Context(), answer)
	}
	s.reply(w, r, answer)
}

// base is what holds for all events of a request.
func (s *Server) base(t Token, r *http.Request, query url.Values) event.Event {
	return event.Event{
		Time:       event.At(s.o.Clock.Now()),
		Index:      or(query.Get("index"), t.Index, "main"),
		Host:       or(query.Get("host"), t.Host, r.Host),
		Source:     or(query.Get("source"), t.Source, "http:"+t.Name),
		Sourcetype: or(query.Get("sourcetype"), t.Sourcetype, "httpevent"),
	}
}

// or is the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (t *taking) allowed(index string) bool { return t.token.may(index) && t.o.HasIndex(index) }

// untimed marks events without a time while a body is read.
const untimed = event.Time(-1 << 63)

// envelopes reads the body of the event endpoint and gives the answer for when
// the events that were read are stored.
func (t *taking) envelopes(query url.Values) Reply {
	base := t.base
	stamping := query.Get("auto_extract_timestamp") == "true" && !query.Has("time")
	if stamping {
		base.Time = untimed
	}
	d := newDecoder(t.body, base, limits{event: t.o.MaxEvent, fields: t.o.MaxFields}, t.allowed)
	for {
		e, err := d.next()
		if err != nil {
			return t.ended(d, err)
		}
		if e.Time == untimed {
			e.Time = t.stamp(e)
		}
		t.events = append(t.events, e)
	}
}

func (t *taking) stamp(e event.Event) event.Time {
	if found, ok := t.o.Stamp(e); ok {
		return found
	}
	return t.base.Time
}

// ended is the answer after the last object that was read.
func (t *taking) ended(d *decoder, err error) Reply {
	var wrong *refusal
	switch {
	case errors.As(err, &wrong):
		r := newReply(wrong.code)
		r.Invalid = wrong.number
		if wrong.code == CodeIncorrectIndex {
			r.Invalid++ // as Splunk has it
		}
		return r
	case len(t.events) == 0 && (err != io.EOF || d.skipped == 0):
		return newReply(CodeNoData)
	}
	return newReply(CodeSuccess)
}

// raw reads the body of the raw endpoint.
func (t *taking) raw(query url.Values) Reply {
	text, err := io.ReadAll(t.body)
	switch {
	case err != nil:
		return newReply(CodeInvalidFormat)
	case len(bytes.TrimSpace(text)) == 0:
		return newReply(CodeNoData)
	case !t.allowed(t.base.Index):
		r := newReply(CodeIncorrectIndex)
		r.Invalid = 1
		return r
	}
	t.events = t.o.Break(t.base, text)
	if query.Get("time") != "" {
		for i := range t.events {
			t.events[i].Time = t.base.Time // who says when it was knows better than the text
		}
	}
	return newReply(CodeSuccess)
}

// breakLines makes an event of each line that is not blank.
func breakLines(base event.Event, text []byte) []event.Event {
	var events []event.Event
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		e := base
		e.Raw = line[:len(line):len(line)]
		events = append(events, e)
	}
	return events
}

// put stores the events. With acknowledgement the answer does not wait for them
// to be safe, and the body's room is given back by who waits.
func (t *taking) put(ctx context.Context, answer Reply) (_ Reply, handedOn bool) {
	if t.o.Warn && t.inFlight.Load() > t.o.MaxInFlight*4/5 && answer.Code == CodeSuccess {
		answer = newReply(CodeNearCapacity)
	}
	if t.token.UseACK {
		return t.putAcknowledged(answer)
	}
	ticket, err := t.store.Append(ctx, t.events)
	if err == nil {
		err = ticket.Wait(ctx)
	}
	if err != nil {
		return newReply(codeOf(err)), false
	}
	return answer, false
}

func (t *taking) putAcknowledged(answer Reply) (_ Reply, handedOn bool) {
	id, code := t.acks.open(t.token.Name, t.channel, t.o.Clock.Now())
	if code != CodeSuccess && code != CodeAckNearCapacity {
		return newReply(code), false
	}
	ticket, err := t.store.Append(t.life, t.events)
	if err != nil {
		t.acks.drop(t.token.Name, t.channel, id)
		return newReply(codeOf(err)), false
	}
	t.pending.Add(1)
	go func() {
		defer t.pending.Done()
		defer t.body.release()
		if ticket.Wait(t.life) == nil {
			t.acknowledge(id)
		}
	}()
	if code == CodeAckNearCapacity && answer.Code == CodeSuccess {
		answer = newReply(code)
	}
	answer.AckID = id
	return answer, true
}

// replyBroken answers for a body that could not be read whole.
func (s *Server) replyBroken(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errTooLarge):
		s.reply(w, r, newReply(codeTooLarge))
	case errors.Is(err, errCrowded):
		s.reply(w, r, newReply(s.full()))
	case errors.Is(err, errEncoding):
		drain(r)
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(http.StatusUnsupportedMediaType)
		_, _ = io.Copy(w, strings.NewReader(unsupported)) // a client that went away is told nothing
	default:
		panic(http.ErrAbortHandler) // the connection broke: there is nobody to answer
	}
}

const unsupported = "<!doctype html><html><head><title>415 Unsupported Media Type</title></head><body><h1>Unsupported Media Type</h1></body></html>\r\n"

// full is the code for too much under way.
func (s *Server) full() Code {
	if s.o.Warn {
		return CodeAtCapacity
	}
	return CodeBusy
}
