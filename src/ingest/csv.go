package ingest

import (
	"bytes"
	"strconv"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// csvFormat is a table with the names of its columns in the first row. With a
// column _raw it is what a Splunk exports, and an event is that column's text.
// Otherwise an event is the row as it stands, and its columns are its indexed
// fields, as INDEXED_EXTRACTIONS = csv has it, unless another sourcetype is given.
var csvFormat = format{name: "csv", sniff: sniffCSV, open: func(*reader, []byte) breaker { return &table{} }}

// maxRow is how far the end of a quoted value is looked for; beyond, the row ends
// with its line.
const maxRow = 4 << 20

// table is where a reader of the format stands.
type table struct {
	header []string // field names; "" for a column without one
	// The columns of what is looked for; -1 when there is none.
	raw, time int
	keys      []string // host, source, sourcetype, index: a column's, else ""
	cells     [][]byte
	inside    jsonObject
}

// sniffCSV tells a first row of names, each once, and a second one of as many
// values.
func sniffCSV(head []byte) bool {
	first, whole, _ := rowEnd(head)
	if !whole {
		return false
	}
	names := readRow(nil, trimLine(head[:first]))
	if len(names) < 2 {
		return false
	}
	seen, raw := map[string]bool{}, false
	for _, name := range names {
		if !isColumnName(name) || seen[string(name)] {
			return false
		}
		seen[string(name)] = true
		raw = raw || string(name) == "_raw"
	}
	rest := head[first:]
	second, whole, _ := rowEnd(rest)
	return raw || len(names) > 2 && (whole || len(head) < sniffSize) && len(readRow(nil, trimLine(rest[:second]))) == len(names)
}

// isColumnName tells a name: it begins with a letter, _ or @, and is no sentence.
func isColumnName(name []byte) bool {
	if len(name) == 0 || len(name) > 128 || (name[0]|0x20)-'a' >= 26 && name[0] != '_' && name[0] != '@' {
		return false
	}
	return !bytes.ContainsAny(name, "={}<>;\n\t|") && bytes.Count(name, []byte(" ")) < 8
}

// rowEnd is where the first row of a text ends, its line end included; when it has
// no end, whole is false, end is the text's, and open tells that a quote has none.
// Quotes count at the beginning of a value.
func rowEnd(text []byte) (end int, whole, open bool) {
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			n := quotedEnd(text[i:])
			if n == 0 {
				return len(text), false, true
			}
			i += n
		}
		n := bytes.IndexAny(text[i:], ",\n")
		if n < 0 {
			break
		}
		if i += n; text[i] == '\n' {
			return i + 1, true, false
		}
	}
	return len(text), false, false
}

// quotedEnd is how long the quoted value is that text begins with; 0 when it has
// no end.
func quotedEnd(text []byte) int {
	for i := 1; ; i += 2 {
		n := bytes.IndexByte(text[min(i, len(text)):], '"')
		if n < 0 {
			return 0
		}
		if i += n; i+1 >= len(text) || text[i+1] != '"' {
			return i + 1
		}
	}
}

// readRow appends the values of a row.
func readRow(cells [][]byte, row []byte) [][]byte {
	for {
		cell, rest := row, []byte(nil)
		quoted := len(row) > 0 && row[0] == '"'
		n := 0
		if quoted {
			n = quotedEnd(row)
		}
		comma := bytes.IndexByte(row[n:], ',')
		if comma >= 0 {
			cell, rest = row[:n+comma], row[n+comma+1:]
		}
		if n > 0 && len(bytes.TrimRight(cell[n:], blanks)) == 0 {
			if cell = cell[1 : n-1]; bytes.IndexByte(cell, '"') >= 0 {
				cell = bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
			}
		}
		cells = append(cells, cell[:len(cell):len(cell)])
		if comma < 0 {
			return cells
		}
		row = rest
	}
}

func (c *table) split(r *reader, last bool) int {
	data := r.data
	for i := 0; i < len(data); {
		end, whole, open := rowEnd(data[i:min(len(data), i+maxRow)])
		if end += i; !whole {
			if end == len(data) && !last {
				return i
			}
			// A quote without an end costs its line, not the rows behind it.
			if n := bytes.IndexByte(data[i:end], '\n'); open && n >= 0 {
				r.odd("quote", "a quote has no end: the row ends with its line", i, i+n)
				end = i + n + 1
			}
		}
		if row := trimLine(data[i:end]); len(row) > 0 && !isBlank(row) {
			c.row(r, i, row)
		}
		i = end
	}
	return len(data)
}

func (c *table) row(r *reader, start int, row []byte) {
	c.cells = readRow(c.cells[:0], row)
	if c.header == nil {
		c.readHeader()
		return
	}
	if len(c.cells) != len(c.header) {
		m := diag.Message{Severity: diag.Warning, Text: "the row has " + strconv.Itoa(len(c.cells)) + " values, the table " + strconv.Itoa(len(c.header)) + " columns"}
		if !r.problems.full("row") {
			m.Place = r.place(start, start+len(row))
		}
		r.problems.add("row", m)
	}
	var f found
	for i, key := range c.keys {
		if key != "" && i < len(c.cells) && len(c.cells[i]) > 0 {
			f.set(&r.meta, key, c.cells[i])
		}
	}
	when, own := c.when(r.o.Now)
	if raw := c.cell(c.raw); len(raw) > 0 {
		e := r.describe(start, raw, when, own, &c.inside)
		f.lay(&e, r.meta.given)
		r.add(start, e)
		return
	}
	if !own {
		when, own = textTime(row, r.o.Now)
	}
	e := r.meta.other(row, r.time(when, own, start))
	f.sourcetype = or(f.sourcetype, csvType)
	f.lay(&e, r.meta.given)
	if strings.EqualFold(e.Sourcetype, csvType) {
		e.Fields = c.fields()
	}
	r.add(start, e)
}

// cell is the value in a column; nil when there is none.
func (c *table) cell(i int) []byte {
	if i < 0 || i >= len(c.cells) {
		return nil
	}
	return c.cells[i]
}

func (c *table) when(now event.Time) (event.Time, bool) {
	cell := c.cell(c.time)
	if len(cell) == 0 {
		return 0, false
	}
	return textTime(cell, now)
}

// fields are the values that are not empty.
func (c *table) fields() []event.Field {
	var out []event.Field
	for i, cell := range c.cells[:min(len(c.cells), len(c.header))] {
		if len(cell) > 0 && c.header[i] != "" {
			out = append(out, event.Field{Name: c.header[i], Value: string(cell)})
		}
	}
	return out
}

// columnKeys are the columns that say what every event has.
var columnKeys = map[string]string{"host": "host", "source": "source", "sourcetype": "sourcetype", "index": "index"}

// columnTimes are the columns that hold an event's time beside timeKeys.
var columnTimes = []string{"date", "datetime", "creationdate", "timegenerated", "receivetime"}

func (c *table) readHeader() {
	c.raw, c.time = -1, -1
	best := len(timeKeys) + len(columnTimes)
	for i, cell := range c.cells {
		name := string(cell)
		for rank, key := range append(timeKeys[:len(timeKeys):len(timeKeys)], columnTimes...) {
			if rank < best && strings.EqualFold(strings.ReplaceAll(name, " ", ""), key) {
				best, c.time = rank, i
			}
		}
		if name == "_raw" {
			c.raw = i
		}
		c.keys = append(c.keys, columnKeys[name])
		c.header = append(c.header, columnField(name))
	}
	if c.raw < 0 { // in another table "source" may be anything but the host
		for i, key := range c.keys {
			if key != "host" {
				c.keys[i] = ""
			}
		}
	}
}

// columnField is the field that a column is: what is no letter, digit or _ is _,
// and what is Splunk's own is none.
func columnField(name string) string {
	clean := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, name)
	if clean = strings.TrimLeft(clean, "_"); columnKeys[clean] != "" {
		return ""
	}
	return clean
}
