package scp

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read gives each row's fields as "value|value", null as "-".
func read(t testing.TB, header, body string) ([]string, error) {
	h, err := newHeader([]byte(header), false)
	require.NoError(t, err)
	rows := newRows(h, []byte(body))
	var out []string
	for rows.Next() {
		var cells []string
		for _, f := range h.Fields() {
			c := rows.Column(f)
			text := "-"
			if !rows.Null(c) {
				text = string(bytes.Join(rows.Values(c), []byte("|")))
			}
			cells = append(cells, text)
		}
		out = append(out, strings.Join(cells, ";"))
	}
	return out, rows.err
}

func TestRows(t *testing.T) {
	for _, c := range []struct{ header, body, want string }{
		{"a,b", "1,2\n", "1;2"},
		{"a,b", "1,2\n3,4\n", "1;2 3;4"},
		{"a,b", "1,2", "1;2"},                // the last line end is missing
		{"a,b", "1,2\r\n3,4\r\n", "1;2 3;4"}, // as Python writes
		{"a,b", "\"1\",\"2\"\r\n", "1;2"},    //
		{"a,b", ",\n", "-;-"},                // null
		{"a,b", "\"\",\n", ";-"},             // empty
		{"a", "\n", "-"},                     // one column, null
		{"a", "\"\"\n", ""},                  // one column, empty
		{"a,b", "1,2\n\n3,4\n", "1;2 3;4"},   // an empty line
		{"a,b", "\"x\"\"y\",\"\"\"\"\n", `x"y;"`},
		{"a,b", "\"x,y\nz\",\"\r\n\"\n", "x,y\nz;\r\n"},
		{"a,b", "\"\x00\xff\",\"\r\"\n", "\x00\xff;\r"},
		{"a,b", "x\ry,2\n", "x\ry;2"}, // a lone CR is no line end
		{`a,"__mv_a"`, "\"x\ny\",\"$x$;$y$\"\n", "x|y"},
		{`a,"__mv_a"`, "x,\n", "x"},
		{`a,"__mv_a"`, "x,\"$x$\"\n", "x"},
		{`a,"__mv_a"`, "x,\"$a$$b$;$$$$;$$\"\n", "a$b|$|"},
		{`a,"__mv_a"`, ",\"$a$;$b$\"\n", "a|b"},  // the list wins
		{`a,"__mv_a"`, "x,\"$a$;b\"\n", "x"},     // a malformed list is none
		{`a,"__mv_a"`, "x,\"$a$;\"\n", "x"},      //
		{`a,"__mv_a"`, "x,\"a\"\n", "x"},         //
		{`"__mv_a",a`, "\"$1$;$2$\",x\n", "1|2"}, // in any order
		{`a,"__mv_a","__mv_b"`, "1,,2\n", "1;2"}, // a list of nothing is a field
		{`"a b","c::d","e""f","ü"`, "1,2,3,4\n", "1;2;3;4"},
		{"a,a", "1,2\n", "1"}, // the first of two counts
	} {
		got, err := read(t, c.header, c.body)
		require.NoError(t, err, "%q", c.body)
		require.Equal(t, c.want, strings.Join(got, " "), "%q", c.body)
	}
}

func TestBadRows(t *testing.T) {
	for _, c := range []struct {
		body string
		is   error
		says string
		good int
	}{
		{"1,2\n3\n", ErrRagged, "cannot read row 2: its number of fields is not the header's: it has 1, the header 2", 1},
		{"1,2,3\n", ErrRagged, "cannot read row 1: its number of fields is not the header's: it has 3, the header 2", 0},
		{"1,2\n3,\"4\n5,6\n", ErrUnterminated, "cannot read row 2: a quoted field does not end", 1},
		{"\"", ErrUnterminated, "cannot read row 1: a quoted field does not end", 0},
		{"a\"b,2\n", ErrQuote, "cannot read row 1: a quote stands in a field that is not quoted, or text after a closing one", 0},
		{"\"a\"b,2\n", ErrQuote, "cannot read row 1: a quote stands in a field that is not quoted, or text after a closing one", 0},
		{"\"a\"\r,2\n", ErrQuote, "cannot read row 1: a quote stands in a field that is not quoted, or text after a closing one", 0},
	} {
		got, err := read(t, "a,b", c.body)
		require.ErrorIs(t, err, c.is)
		require.EqualError(t, err, c.says)
		require.Len(t, got, c.good, "%q", c.body)
	}
}

func TestThousandsOfColumnsAndHugeFields(t *testing.T) {
	names := make([]string, 5000)
	cells := make([]string, len(names))
	for i := range names {
		names[i] = "f" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("0", i/26%3) + string(rune('0'+i%10)) + strings.Repeat("y", i/780)
		cells[i] = names[i]
	}
	h, err := newHeader([]byte(strings.Join(names, ",")), false)
	require.NoError(t, err)
	rows := newRows(h, []byte(strings.Join(cells, ",")+"\n"))
	require.True(t, rows.Next())
	require.Equal(t, names[4999], string(rows.Value(rows.Column(names[4999]))))

	huge := strings.Repeat("a\"\",\n", 3<<20) // 15 MiB of everything that is quoted
	h, err = newHeader([]byte("a,b"), false)
	require.NoError(t, err)
	rows = newRows(h, []byte("1,\""+huge+"\"\n2,3\n"))
	require.True(t, rows.Next())
	require.Equal(t, strings.ReplaceAll(huge, `""`, `"`), string(rows.Value(rows.Column("b"))))
	require.True(t, rows.Next())
	require.Equal(t, "3", string(rows.Value(rows.Column("b"))))
}

func TestReadingARowAllocatesNothing(t *testing.T) {
	h, err := newHeader([]byte(`a,b,"__mv_a","__mv_b"`), false)
	require.NoError(t, err)
	body := []byte(strings.Repeat("\"x\"\"y\",\"1\n2\",,\"$1$;$2$\"\n", 1000))
	rows := newRows(h, body)
	a, b := rows.Column("a"), rows.Column("b")
	require.True(t, rows.Next())
	rows.Values(a)
	rows.Values(b)
	require.Zero(t, testing.AllocsPerRun(500, func() {
		if !rows.Next() || len(rows.Value(a)) != 3 || len(rows.Values(b)) != 2 {
			panic("a row is not what it was")
		}
	}))
}

// FuzzRows compares the scanner with the slow obvious one, and checks that what
// splunkd writes comes out of a parse and a write as the same bytes.
func FuzzRows(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("a,\"__mv_a\"\n\"x\ny\",\"$x$;$y$\"\n"))
	f.Add([]byte("a,b\r\n\"x\"\"y\",\r\n"))
	f.Add([]byte("a,b\n\"1\r\n2\",\xff\x00\n"))
	f.Add([]byte("a\n\n\"\"\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		want, ok := slowCSV(body)
		var got [][]string
		var s rowScanner
		var err error
		for at := 0; at < len(body) && err == nil; {
			if at, err = s.scan(body, at); err == nil {
				var row []string
				for _, c := range s.cells {
					v, _ := unquote(body[c.start:c.end], nil)
					row = append(row, string(v))
				}
				got = append(got, row)
			}
		}
		require.Equal(t, ok, err == nil, "%q: %v", body, err)
		if ok {
			require.Equal(t, want, got, "%q", body)
		}
		table, err := ParseCSV(bytes.Clone(body))
		if err != nil || strings.Contains(strings.Join(table.Fields, " "), multiPrefix) {
			return // a field cannot have the name of another's column
		}
		written := table.AppendCSV(nil)
		again, err := ParseCSV(bytes.Clone(written))
		require.NoError(t, err)
		require.Equal(t, string(written), string(again.AppendCSV(nil)), "what was written in splunkd's form stays as it is")
		if len(table.Fields) > 0 {
			require.Equal(t, table.Cells, again.Cells)
		}
	})
}

// slowCSV reads CSV one byte after the other.
func slowCSV(b []byte) (rows [][]string, ok bool) {
	var row []string
	var cell []byte
	const (
		start = iota
		plain
		quoted
		closed
	)
	state := start
	endCell := func() {
		row, cell, state = append(row, string(cell)), nil, start
	}
	for i := 0; i < len(b); i++ {
		c := b[i]
		end := c == '\n'
		if state != quoted && c == '\r' && (i+1 == len(b) || b[i+1] == '\n') {
			end = true
			i++
		}
		switch {
		case state == quoted && c == '"' && i+1 < len(b) && b[i+1] == '"':
			cell = append(cell, '"')
			i++
		case state == quoted && c == '"':
			state = closed
		case state == quoted:
			cell = append(cell, c)
		case end:
			endCell()
			rows, row = append(rows, row), nil
		case c == ',':
			endCell()
		case state == start && c == '"':
			state = quoted
		case state == closed || c == '"':
			return nil, false
		default:
			state = plain
			cell = append(cell, c)
		}
	}
	if state == quoted {
		return nil, false
	}
	if len(row) > 0 || state != start {
		endCell()
		rows = append(rows, row)
	}
	return rows, true
}
