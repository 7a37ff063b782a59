package hec

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Reply is an answer of the collector.
type Reply struct {
	// Status is the HTTP status.
	Status int
	// Code is -1 when the answer was not the collector's.
	Code Code
	Text string
	// Invalid is the invalid-event-number, -1 without one: the first event that
	// was not taken, counted from 0; with code 7 the one behind it.
	Invalid int
	// AckID is -1 without one.
	AckID int64
}

// newReply is the answer with a code and nothing else.
func newReply(c Code) Reply {
	return Reply{Status: c.Status(), Code: c, Text: c.Text(), Invalid: -1, AckID: -1}
}

// append writes the body as Splunk does: compact, in this order of keys.
func (r Reply) append(b []byte) []byte {
	b = append(b, `{"text":`...)
	b = appendText(b, []byte(r.Text))
	b = append(b, `,"code":`...)
	b = strconv.AppendInt(b, int64(r.Code), 10)
	if r.Invalid >= 0 {
		b = append(b, `,"invalid-event-number":`...)
		b = strconv.AppendInt(b, int64(r.Invalid), 10)
	}
	if r.AckID >= 0 {
		b = append(b, `,"ackId":`...)
		b = strconv.AppendInt(b, r.AckID, 10)
	}
	return append(b, '}')
}

// ParseReply reads an answer; one that is not the collector's has code -1 and no
// text.
func ParseReply(status int, body []byte) Reply {
	var read struct {
		Text    string
		Code    *Code
		Invalid *int   `json:"invalid-event-number"`
		AckID   *int64 `json:"ackId"`
	}
	r := Reply{Status: status, Code: codeNone, Invalid: -1, AckID: -1}
	if json.Unmarshal(body, &read) != nil || read.Code == nil {
		return r
	}
	r.Code, r.Text = *read.Code, read.Text
	if read.Invalid != nil && *read.Invalid >= 0 {
		r.Invalid = *read.Invalid
	}
	if read.AckID != nil && *read.AckID >= 0 {
		r.AckID = *read.AckID
	}
	return r
}

// Class is what the answer means for the sender. The code goes before the
// status: proxies on the way answer without one.
func (r Reply) Class() Class {
	switch s := r.Status; {
	case s == http.StatusOK && r.Code.known():
		return r.Code.Class()
	case s == http.StatusServiceUnavailable, s == http.StatusTooManyRequests, s == http.StatusRequestTimeout:
		return Busy
	case s >= 500:
		return Unclear
	case s == http.StatusRequestEntityTooLarge:
		return TooLarge
	case s == http.StatusBadRequest && r.Code.known():
		return r.Code.Class()
	}
	return Refused
}

func (c Code) known() bool { return c >= 0 && int(c) < len(codes) }

// bad is which event of the request is at fault, -1 when the answer does not
// say.
func (r Reply) bad() int {
	if r.Code == CodeIncorrectIndex && r.Invalid > 0 {
		return r.Invalid - 1
	}
	return r.Invalid
}
