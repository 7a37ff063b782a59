package modinput

import "riskreplay/src/event"

// Event is one event on its way to splunkd. Of the event itself Fields cannot be
// sent: the protocol has no place for them. What is empty is not sent, and a
// Time of 0 neither: then splunkd goes by the stanza, and looks for a time in
// the event.
type Event struct {
	event.Event
	// Stanza is whose defaults apply: needed where one process has several.
	Stanza string
	// Unbroken: Raw is a piece that splunkd has yet to break into events. Else it
	// is one event, however many lines it has.
	Unbroken bool
	// Done ends a sequence of unbroken pieces.
	Done bool
}

// append appends the element, and counts characters that XML cannot carry.
func (e *Event) append(b []byte, decimals int) (out []byte, replaced int) {
	b = append(b, "<event"...)
	if e.Stanza != "" {
		b = append(appendAttribute(append(b, ` stanza="`...), e.Stanza), '"')
	}
	if e.Unbroken {
		b = append(b, ` unbroken="1"`...)
	}
	b = append(b, '>')
	if e.Time != 0 {
		b = append(b, "<time>"...)
		b = appendTime(b, e.Time, decimals)
		b = append(b, "</time>"...)
	}
	b = appendMeta(b, "source", e.Source)
	b = appendMeta(b, "sourcetype", e.Sourcetype)
	b = appendMeta(b, "index", e.Index)
	b = appendMeta(b, "host", e.Host)
	b = append(b, "<data>"...)
	b, replaced = appendData(b, e.Raw)
	b = append(b, "</data>"...)
	if e.Done {
		b = append(b, "<done/>"...)
	}
	return append(b, "</event>\n"...), replaced
}

func appendMeta(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	b = append(append(append(b, '<'), name...), '>')
	b, _ = appendText(b, text)
	return append(append(append(b, "</"...), name...), '>')
}

// appendTime cuts what is behind so many decimals: an event must not come to lie
// in the future.
func appendTime(b []byte, t event.Time, decimals int) []byte {
	unit := event.Time(1)
	for range 9 - decimals {
		unit *= 10
	}
	below := t % unit
	if below < 0 {
		below += unit
	}
	return (t - below).Append(b)
}
