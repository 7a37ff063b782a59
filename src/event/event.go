// Package event is one event as received: its bytes, time, host, source,
// sourcetype, index and the fields that were indexed with it.
//
// Bytes are evidence: Raw is what stood in the file or came over the wire, byte
// for byte, and nothing in the project changes it but rebase, which splices
// times. Raw is shared with the buffer it was read into; who keeps an Event
// keeps that buffer, and nobody writes to it.
package event

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// Time is nanoseconds since 1970 in UTC: Windows writes 100 ns digits, which a
// float64 of seconds cannot hold.
type Time int64

// Event is one event. Strings are shared between events of one file.
type Event struct {
	Raw        []byte
	Time       Time
	Host       string
	Source     string
	Sourcetype string
	Index      string
	// Fields were given beside Raw (the `fields` of a HEC envelope); they are
	// found with name::value and need no extraction. A name may stand twice:
	// then the field has several values. Nil for nearly all events.
	Fields []Field
}

// Field is one indexed field.
type Field struct{ Name, Value string }

// At is the Time of a time.Time.
func At(t time.Time) Time { return Time(t.UnixNano()) }

// Std is the time.Time in UTC.
func (t Time) Std() time.Time { return time.Unix(0, int64(t)).UTC() }

// Seconds is the time in seconds; digits below a microsecond may be lost.
func (t Time) Seconds() float64 { return float64(t) / 1e9 }

// String gives epoch seconds with the fraction the time has, up to nine digits
// and without trailing zeros: "1595251445.1234567", "1595250000".
func (t Time) String() string { return string(t.Append(nil)) }

// Append appends String to b.
func (t Time) Append(b []byte) []byte {
	sec, frac := int64(t)/1e9, int64(t)%1e9
	if t < 0 && frac != 0 {
		// -0.25 s is sec 0 and frac -250000000: the sign would be lost.
		if sec == 0 {
			b = append(b, '-')
		}
		frac = -frac
	}
	b = strconv.AppendInt(b, sec, 10)
	if frac == 0 {
		return b
	}
	point := len(b)
	b = strconv.AppendInt(b, frac+1e9, 10) // its first digit gives way to the point
	b[point] = '.'
	return bytes.TrimRight(b, "0") // stops at the point: frac is not 0
}

// ParseTime reads what String writes: seconds with up to nine digits of
// fraction, further digits cut. It refuses anything else.
func ParseTime(s string) (Time, bool) {
	whole, frac, _ := strings.Cut(s, ".")
	negative := strings.HasPrefix(whole, "-")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || sec > 9e9 || sec < -9e9 || strings.HasPrefix(whole, "+") {
		return 0, false
	}
	var nanos int64
	for i := range 9 {
		nanos *= 10
		if i < len(frac) {
			nanos += int64(frac[i] - '0')
		}
	}
	for i := range len(frac) {
		if frac[i] < '0' || frac[i] > '9' {
			return 0, false
		}
	}
	if negative {
		nanos = -nanos
	}
	return Time(sec*1e9 + nanos), true
}
