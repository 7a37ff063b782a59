package hec

import "riskreplay/src/event"

// AppendEnvelope appends an event as the collector's event endpoint takes it. The
// event is a string always, so that its bytes come back as they are; what is
// empty is left out, but for the time.
//
//	{"time":1595251445.1234567,"host":"h","source":"s","sourcetype":"t","index":"main","fields":{"run":"7"},"event":"..."}
func AppendEnvelope(b []byte, e event.Event) []byte {
	b = append(b, `{"time":`...)
	b = e.Time.Append(b)
	b = appendMember(b, `,"host":`, e.Host)
	b = appendMember(b, `,"source":`, e.Source)
	b = appendMember(b, `,"sourcetype":`, e.Sourcetype)
	b = appendMember(b, `,"index":`, e.Index)
	if len(e.Fields) > 0 {
		b = append(b, `,"fields":`...)
		b = appendFields(b, e.Fields)
	}
	b = append(b, `,"event":`...)
	b = appendText(b, e.Raw)
	return append(b, '}')
}

func appendMember(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	return appendText(append(b, key...), []byte(value))
}

// appendFields appends an object; a name that stands twice has a list.
func appendFields(b []byte, fields []event.Field) []byte {
	b = append(b, '{')
	first := true
	for i, f := range fields {
		if named(fields[:i], f.Name) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendText(b, []byte(f.Name))
		b = append(b, ':')
		b = appendValues(b, fields[i:])
	}
	return append(b, '}')
}

// appendValues appends the values of the first field's name.
func appendValues(b []byte, fields []event.Field) []byte {
	name := fields[0].Name
	if !named(fields[1:], name) {
		return appendText(b, []byte(fields[0].Value))
	}
	open := byte('[')
	for _, f := range fields {
		if f.Name == name {
			b = append(b, open)
			b = appendText(b, []byte(f.Value))
			open = ','
		}
	}
	return append(b, ']')
}

func named(fields []event.Field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}
