package server

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"riskreplay/src/event"
	"riskreplay/src/hec"
)

const (
	receivers = "/receivers/"
	// maxSimple bounds the one event of receivers/simple, and what of a stream may be
	// without an end; streamPiece is how much of a stream is taken at once.
	maxSimple   = 5 << 20
	streamPiece = 1 << 20
)

// receives tells a path whose body is events and no parameters.
func receives(path string) bool { return strings.Contains(path, receivers) }

// receiver is a call with events.
func (a *API) receiver(c *call) (event.Event, bool) {
	get := func(name, otherwise string) string {
		if v := c.form.Get(name); v != "" {
			return v
		}
		return otherwise
	}
	base := event.Event{
		Time: event.At(c.now), Index: get("index", "main"), Host: get("host", addressOf(c.r)), Source: get("source", "www"), Sourcetype: get("sourcetype", "web_event"),
	}
	switch {
	case a.o.Store == nil:
		notFound(c.w, c.r)
	case a.o.Known != nil && !a.o.Known.Has(base.Index):
		c.refuse(http.StatusBadRequest, "ERROR", "supplied index '"+base.Index[:min(100, len(base.Index))]+"' missing")
	default:
		return base, true
	}
	return base, false
}

// simple takes the body as one event (receivers/simple).
func (a *API) simple(c *call) {
	base, ok := a.receiver(c)
	if !ok {
		return
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxSimple+1))
	switch {
	case err != nil:
		panic(http.ErrAbortHandler) // the connection broke: there is nobody to answer
	case len(body) > maxSimple:
		c.refuse(http.StatusRequestEntityTooLarge, "ERROR", "the event is longer than 5 MiB: use receivers/stream")
		return
	case len(strings.TrimSpace(string(body))) == 0:
		c.refuse(http.StatusBadRequest, "ERROR", "no data")
		return
	}
	base.Raw = body
	events := []event.Event{base}
	if dated, _ := a.o.Break(base, body, true); len(dated) > 0 {
		events[0].Time = dated[0].Time
	}
	if !a.store(c, events) {
		return
	}
	if wantsJSON(c.r) {
		sendJSON(c.w, http.StatusOK, map[string]any{"index": base.Index, "bytes": len(body), "host": base.Host, "source": base.Source, "sourcetype": base.Sourcetype})
		return
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<response><results><result>\n")
	for _, f := range [][2]string{{"_index", base.Index}, {"bytes", strconv.Itoa(len(body))}, {"host", base.Host}, {"source", base.Source}, {"sourcetype", base.Sourcetype}} {
		b.WriteString("<field k='" + f[0] + "'><value><text>")
		escape(&b, f[1])
		b.WriteString("</text></value></field>\n")
	}
	b.WriteString("</result></results></response>\n")
	send(c.w, http.StatusOK, xmlType, b.Bytes())
}

// stream takes the body as a file would be, as it comes (receivers/stream). The
// answer says that all of it is on disk. What came before a connection broke is
// taken.
func (a *API) stream(c *call) {
	base, ok := a.receiver(c)
	if !ok {
		return
	}
	var rest []byte
	for end := false; !end; {
		piece := make([]byte, len(rest)+streamPiece)
		copy(piece, rest)
		n, err := io.ReadFull(c.r.Body, piece[len(rest):])
		if end = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); err != nil && !end {
			panic(http.ErrAbortHandler) // the connection broke: there is nobody to answer
		}
		piece = piece[:len(rest)+n]
		var events []event.Event
		events, rest = a.o.Break(base, piece, end || len(piece) > maxSimple)
		if !a.store(c, events) {
			return
		}
	}
	c.w.WriteHeader(http.StatusNoContent)
}

// store has events be on disk, or answers why they are not.
func (a *API) store(c *call, events []event.Event) bool {
	if len(events) == 0 {
		return true
	}
	ticket, err := a.o.Store.Append(c.r.Context(), events)
	if err == nil {
		err = ticket.Wait(c.r.Context())
	}
	switch {
	case err == nil:
		return true
	case errors.Is(err, hec.ErrBusy), errors.Is(err, hec.ErrAtCapacity), errors.Is(err, hec.ErrShuttingDown):
		c.refuse(http.StatusServiceUnavailable, "ERROR", "the index takes no events now: try again later")
	default:
		c.refuse(http.StatusInternalServerError, "ERROR", "the index takes no events: see the server's own output")
	}
	return false
}
