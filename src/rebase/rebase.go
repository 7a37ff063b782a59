package rebase

import (
	"bytes"
	"fmt"

	"riskreplay/src/event"
)

// Options say what a Rewriter does to events.
type Options struct {
	Shift Shift
	// Rekey, when not nil, gives processes, logons and hosts a new identity.
	Rekey *Rekey
}

// Inverse are the options that undo o.
func (o Options) Inverse() Options {
	o.Shift = o.Shift.Inverse()
	if o.Rekey != nil {
		undo := *o.Rekey
		undo.undo = !undo.undo
		o.Rekey = &undo
	}
	return o
}

// Counts is what became of the times in events.
type Counts struct {
	// Moved are times that were spliced, in raw events and in fields.
	Moved int
	// Left are texts that look like a date and were not moved.
	Left int
	// Inexact are times of which the way back may give other bytes: moved ones,
	// and ones that were left because they would be out of range.
	Inexact int
	// Keys are identities and host names that were rewritten.
	Keys int
}

// Add adds the counts of other events.
func (c *Counts) Add(more Counts) {
	c.Moved += more.Moved
	c.Left += more.Left
	c.Inexact += more.Inexact
	c.Keys += more.Keys
}

// Rewriter moves the times of events, one event at a time; a second goroutine
// needs its own.
type Rewriter struct {
	shift  Shift
	rekey  *Rekey
	idle   bool
	counts Counts
	// stops are the bytes at which something may begin.
	stops [256]bool
	// chunk is room for further events; they are cut off its front.
	chunk []byte
	hosts map[string]string // new names of hosts

	// One text:
	at   event.Time // the event's time as recorded
	key  string     // the name of the field that the text is the value of
	raw  []byte
	out  []byte // nil until something is spliced
	done int    // raw[:done] is in out or was spliced
	// sysmon tells that GUIDs in the event hold times.
	sysmon bool
}

// New gives a Rewriter, or an error when the options make no sense.
func New(o Options) (*Rewriter, error) {
	if err := o.Shift.check(); err != nil {
		return nil, err
	}
	if err := o.Rekey.check(); err != nil {
		return nil, err
	}
	r := &Rewriter{shift: o.Shift, rekey: o.Rekey}
	r.idle = o.Shift.Delta == 0 && !o.Shift.scales() && o.Rekey == nil
	for c := '0'; c <= '9'; c++ {
		r.stops[c] = true
	}
	if o.Rekey != nil {
		for _, c := range "-:=>" {
			r.stops[c] = true
		}
	}
	return r, nil
}

// Counts is what became of the times of all events so far.
func (r *Rewriter) Counts() Counts { return r.counts }

// Event moves the time of an event, the times in its bytes and those in its
// indexed fields, and returns how many texts that look like a date were left
// where they are. With nothing to do it touches nothing and returns 0.
func (r *Rewriter) Event(e *event.Event) (leftover int) {
	if r.idle {
		return 0
	}
	before := r.counts.Left
	r.at, r.key = e.Time, ""
	r.sysmon = r.rekey != nil && bytes.Contains(e.Raw, sysmonName)
	e.Raw = r.text(e.Raw)
	r.fields(e)
	e.Time = r.shift.Time(e.Time)
	if r.rekey != nil {
		e.Host = r.host(e.Host)
	}
	return r.counts.Left - before
}

// fields moves times in indexed fields; the list is copied when one has any.
func (r *Rewriter) fields(e *event.Event) {
	copied := false
	for i, f := range e.Fields {
		r.key = f.Name
		value := r.text([]byte(f.Value))
		if string(value) == f.Value {
			continue
		}
		if !copied {
			e.Fields = append([]event.Field(nil), e.Fields...)
			copied = true
		}
		e.Fields[i].Value = string(value)
	}
}

// text is a text with its times moved: a new slice, or raw itself when there is
// nothing to move.
func (r *Rewriter) text(raw []byte) []byte {
	r.raw, r.out, r.done = raw, nil, 0
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case !r.stops[c]:
			i++
		case isDigit(c):
			i = r.digits(i)
		case c == '-':
			i = r.guid(i)
		default:
			i = r.hostValue(i)
		}
	}
	if r.out == nil {
		return raw
	}
	out := append(r.out, raw[r.done:]...)
	if cap(out) == cap(r.chunk) {
		r.chunk = out[len(out):]
	}
	return out[:len(out):len(out)]
}

// chunkSize is how much room is asked for at once, slack how much longer than
// before an event usually may become. One that becomes longer still moves to
// memory of its own.
const (
	chunkSize = 256 << 10
	slack     = 64
)

// upTo brings the text up to raw[start] into the output; raw[start:end] is what
// the caller replaces.
func (r *Rewriter) upTo(start, end int) {
	if r.out == nil {
		need := len(r.raw) + slack
		switch {
		case need > chunkSize/4:
			r.out = make([]byte, 0, need)
		case need > cap(r.chunk):
			r.chunk = make([]byte, 0, chunkSize)
			r.out = r.chunk
		default:
			r.out = r.chunk[:0]
		}
	}
	r.out = append(r.out, r.raw[r.done:start]...)
	r.done = end
}

// left counts a text that looks like a date and is not moved.
func (r *Rewriter) left() { r.counts.Left++ }

// stays counts a time that is left because moving it would leave the range.
func (r *Rewriter) stays() {
	r.counts.Left++
	r.counts.Inexact++
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// badSuffix is why a host suffix is none.
func badSuffix(suffix string) error {
	return fmt.Errorf("cannot use %q as a host suffix: it may hold letters, digits, - and _, and must begin with no digit", suffix)
}
