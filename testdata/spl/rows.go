package splscripts

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/event"
)

// String prints a row as scripts have it, fields by name: {a=1 b=[x,y]}.
func (r Row) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(r)) {
		values := r[name]
		if len(values) == 0 {
			continue
		}
		text := quoted(values[0])
		if len(values) > 1 {
			list := make([]string, len(values))
			for i, v := range values {
				list[i] = quoted(v)
			}
			text = "[" + strings.Join(list, ",") + "]"
		}
		parts = append(parts, quoted(name)+"="+text)
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func quoted(s string) string {
	if s == "" || s == "-" || strings.ContainsAny(s, " \t\n\r{}[],\"=\\") {
		return strconv.Quote(s)
	}
	return s
}

// readRows reads rows: {a=1 b=[x,y] c="two words" d=-} {a=2}.
func readRows(text string) ([]Row, error) {
	r := rowReader{rest: text}
	var out []Row
	for r.skip(); r.rest != ""; r.skip() {
		row, err := r.row()
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// readWords reads names parted by blanks, in quotes where they hold some.
func readWords(text string) (out []string, err error) {
	r := rowReader{rest: text + " "}
	for r.skip(); r.rest != ""; r.skip() {
		word, err := r.word(" \n")
		if err != nil {
			return nil, err
		}
		out = append(out, word)
	}
	return out, nil
}

type rowReader struct{ rest string }

func (r *rowReader) skip() { r.rest = strings.TrimLeft(r.rest, " \t\r\n") }

func (r *rowReader) take(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *rowReader) row() (Row, error) {
	if !r.take('{') {
		return nil, fmt.Errorf("expected { at %.20q", r.rest)
	}
	row := Row{}
	for r.skip(); !r.take('}'); r.skip() {
		name, err := r.word("=")
		if err != nil {
			return nil, err
		}
		if !r.take('=') {
			return nil, fmt.Errorf("expected = behind %q at %.20q", name, r.rest)
		}
		values, err := r.values()
		if err != nil {
			return nil, err
		}
		if values != nil {
			row[name] = values
		}
	}
	return row, nil
}

// values reads a value or a list of them; - is null.
func (r *rowReader) values() ([]string, error) {
	if !r.take('[') {
		if strings.HasPrefix(r.rest, "-") && (len(r.rest) == 1 || strings.ContainsRune(" }", rune(r.rest[1]))) {
			r.rest = r.rest[1:]
			return nil, nil
		}
		v, err := r.word(" \n}")
		return []string{v}, err
	}
	var out []string
	for {
		v, err := r.word(",]")
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if r.take(']') {
			return out, nil
		}
		if !r.take(',') {
			return nil, fmt.Errorf("expected , or ] at %.20q", r.rest)
		}
	}
}

// word reads a quoted text, or a bare one up to one of the ends.
func (r *rowReader) word(ends string) (string, error) {
	if strings.HasPrefix(r.rest, `"`) {
		prefix, err := strconv.QuotedPrefix(r.rest)
		if err != nil {
			return "", fmt.Errorf("cannot read the quotes at %.20q", r.rest)
		}
		r.rest = r.rest[len(prefix):]
		return strconv.Unquote(prefix)
	}
	n := strings.IndexAny(r.rest, ends)
	if n <= 0 {
		return "", fmt.Errorf("expected a value at %.20q", r.rest)
	}
	word := r.rest[:n]
	r.rest = r.rest[n:]
	return word, nil
}

// asEvent makes an event of a row: _time, _raw, host, source, sourcetype and
// index are what they say, all other fields are indexed with it. Without _raw it
// is the fields as pairs.
func (r Row) asEvent() (event.Event, error) {
	e := event.Event{Host: "localhost", Source: "script", Sourcetype: "script", Index: "main"}
	var pairs []string
	raw, hasRaw := "", false
	for _, name := range slices.Sorted(maps.Keys(r)) {
		values := r[name]
		switch name {
		case "_time":
			t, ok := event.ParseTime(values[0])
			if !ok {
				return e, fmt.Errorf("_time=%s is no epoch time", values[0])
			}
			e.Time = t
		case "_raw":
			raw, hasRaw = values[0], true
		case "host":
			e.Host = values[0]
		case "source":
			e.Source = values[0]
		case "sourcetype":
			e.Sourcetype = values[0]
		case "index":
			e.Index = values[0]
		default:
			for _, v := range values {
				e.Fields = append(e.Fields, event.Field{Name: name, Value: v})
				pairs = append(pairs, name+"="+strconv.Quote(v))
			}
		}
	}
	if !hasRaw {
		raw = strings.Join(pairs, " ")
	}
	e.Raw = []byte(raw)
	return e, nil
}
