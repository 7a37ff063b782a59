package command

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/knowledge"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var multikvSpec = search.Spec{
	Name: "multikv", Kind: search.Streaming,
	Syntax:  "multikv [forceheader=N] [noheader=<bool>] [multitable=<bool>] [rmorig=<bool>] [copyattrs=<bool>] [fields <field>...] [filter <text>...]",
	Help:    "makes a row of each line of a table in _raw, with fields called after the words of its header",
	Example: `| multikv forceheader=1 fields PID COMMAND filter sshd`,
	Bind:    bindMultikv,
}

// multikv reads tables: columns parted by tabs or commas, or aligned under the
// words of the header. The header is the first line of words without digits, or
// the first line.
type multikv struct {
	shown
	header       int // line, from 1; 0 is to be found
	noHeader     bool
	multitable   bool
	original     bool // the event itself stays too
	copies       bool
	only, filter []string
}

func bindMultikv(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.unsupported("conf", "there is no multikv.conf here")
	s := &multikv{
		shown: shown{st}, header: a.number("forceheader", 1, 0), noHeader: a.boolean("noheader", false), multitable: a.boolean("multitable", true),
		original: !a.boolean("rmorig", true), copies: a.boolean("copyattrs", true),
	}
	if c := st.Clause("fields"); c != nil {
		s.only = names(c.Names)
	}
	if c := st.Clause("filter"); c != nil {
		s.filter = names(c.Names)
	}
	return s, a.problems
}

func (s *multikv) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "there is no table to read", spl.Name{Text: "_raw", Span: s.st.NameSpan})
	in.Open = true
	return in, problems
}

func (s *multikv) Needs(want []string) []string { return append(want[:len(want):len(want)], "_raw") }

func (s *multikv) Order() search.Order { return search.OrderKept }

func (s *multikv) Open(search.World) (search.Operator, error) { return tabling{s}, nil }

// tabling reads one batch after the other, each event on its own.
type tabling struct{ *multikv }

func (o tabling) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	raw := in.Column("_raw")
	for from := 0; from < in.Len; {
		t := tableRows{}
		at := from
		for ; at < in.Len && len(t.from) < expandRows; at++ {
			if o.original {
				t.line(int32(at), "", nil, nil)
			}
			if raw != nil && !raw.IsNull(at) {
				o.read(raw.Text(at), func(line string, names, cells []string) { t.line(int32(at), line, names, cells) })
			}
		}
		from = at
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(t.from) > 0 {
			if err := emit(o.rows(in, &t)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tabling) Finish(context.Context, func(*batch.Batch) error) error { return nil }

// tableRows is the rows that come of some events.
type tableRows struct {
	from  []int32 // the event of each row
	lines []string
	names []string
	cells map[string][]tableCell // by name
}

type tableCell struct {
	row  int
	text string
}

func (t *tableRows) line(from int32, line string, names, cells []string) {
	row := len(t.from)
	t.from, t.lines = append(t.from, from), append(t.lines, line)
	if t.cells == nil {
		t.cells = map[string][]tableCell{}
	}
	for i, n := range names {
		if t.cells[n] == nil {
			t.names = append(t.names, n)
		}
		t.cells[n] = append(t.cells[n], tableCell{row, cells[i]})
	}
}

func (s *multikv) rows(in *batch.Batch, t *tableRows) *batch.Batch {
	out := in.Gather(t.from)
	if !s.copies {
		out = batch.New(len(t.from))
	}
	raw := batch.Nulls(out.Len)
	for r, line := range t.lines {
		if line != "" {
			raw.Codes[r] = raw.Dict.Add(line)
		}
	}
	out = put(out, "_raw", raw)
	for _, n := range t.names {
		c := batch.Nulls(out.Len)
		for _, cell := range t.cells[n] {
			c.Codes[cell.row] = c.Dict.Add(cell.text)
		}
		out = put(out, n, c)
	}
	return out
}

// read gives the rows of the tables in a text.
func (s *multikv) read(text string, row func(line string, names, cells []string)) {
	var lines []string // blank ones stand before another table
	for _, l := range strings.Split(text, "\n") {
		lines = append(lines, strings.TrimRight(l, "\r"))
	}
	var head *tableHead
	at := s.headerLine(lines)
	if s.noHeader {
		head, at = nil, -1
	} else if at < 0 {
		return
	} else {
		head = newTableHead(lines[at])
	}
	blank := false
	for _, line := range lines[at+1:] {
		if strings.TrimSpace(line) == "" {
			blank = true
			continue
		}
		if blank && s.multitable && head != nil && likeHeader(line) {
			head, blank = newTableHead(line), false
			continue
		}
		blank = false
		if !s.passes(line) {
			continue
		}
		names, cells := head.cells(line)
		if s.only != nil {
			names, cells = only(s.only, names, cells)
		}
		row(line, names, cells)
	}
}

func (s *multikv) passes(line string) bool {
	return s.filter == nil || slices.ContainsFunc(s.filter, func(f string) bool { return strings.Contains(line, f) })
}

// only is the cells of some columns.
func only(wanted, names, cells []string) (n, c []string) {
	for i, name := range names {
		if slices.Contains(wanted, name) {
			n, c = append(n, name), append(c, cells[i])
		}
	}
	return n, c
}

// headerLine is the line of the header, -1 when there is none.
func (s *multikv) headerLine(lines []string) int {
	first, n := -1, 0
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if n++; n == s.header {
			return i
		}
		if first < 0 {
			first = i
		}
		if s.header == 0 && likeHeader(line) {
			return i
		}
	}
	if s.header > 0 {
		return -1
	}
	return first
}

// likeHeader tells whether a line is words that begin with a capital letter, two
// at least.
func likeHeader(line string) bool {
	words := strings.Fields(line)
	for _, w := range words {
		if w = strings.TrimLeft(w, `%#"(`); w == "" || !unicode.IsUpper(rune(w[0])) || strings.ContainsAny(w, "0123456789") {
			return false
		}
	}
	return len(words) > 1
}

// tableHead is a header: the names of columns, and what parts them.
type tableHead struct {
	names      []string
	starts     []int // of the names in the line; nil where a character parts columns
	ends       []int
	delimiters string
}

func newTableHead(line string) *tableHead {
	h := &tableHead{}
	for _, d := range []string{"\t", ","} {
		if strings.Contains(line, d) {
			h.delimiters = d
			break
		}
	}
	add := func(name string) {
		if name = knowledge.CleanKey(name); name == "" || slices.Contains(h.names, name) {
			name = "Column_" + strconv.Itoa(len(h.names)+1)
		}
		h.names = append(h.names, name)
	}
	if h.delimiters != "" {
		for part := range knowledge.PartsBy(line, h.delimiters) {
			add(strings.TrimSpace(part))
		}
		return h
	}
	for _, w := range wordSpans(line) {
		add(line[w[0]:w[1]])
		h.starts, h.ends = append(h.starts, w[0]), append(h.ends, w[1])
	}
	return h
}

// wordSpans is where the words of a line begin and end.
func wordSpans(line string) (out [][2]int) {
	from := -1
	for i := 0; i <= len(line); i++ {
		blank := i == len(line) || line[i] == ' ' || line[i] == '\t'
		switch {
		case !blank && from < 0:
			from = i
		case blank && from >= 0:
			out, from = append(out, [2]int{from, i}), -1
		}
	}
	return out
}

// cells is the values of a line with their columns' names; empty ones are left
// out.
func (h *tableHead) cells(line string) (names, cells []string) {
	if h == nil {
		for i, w := range wordSpans(line) {
			names, cells = append(names, "Column_"+strconv.Itoa(i+1)), append(cells, line[w[0]:w[1]])
		}
		return names, cells
	}
	if h.delimiters != "" {
		i := 0
		for part := range knowledge.PartsBy(line, h.delimiters) {
			if part = strings.TrimSpace(part); i < len(h.names) && part != "" {
				names, cells = append(names, h.names[i]), append(cells, part)
			}
			i++
		}
		return names, cells
	}
	return h.aligned(line)
}

// aligned gives words to columns: in order where there are as many of them, else
// to the column that a word stands under, or is nearest to.
func (h *tableHead) aligned(line string) (names, cells []string) {
	words := wordSpans(line)
	spans := make([][2]int, len(h.names))
	for i := range spans {
		spans[i] = [2]int{-1, -1}
	}
	for i, w := range words {
		if len(words) != len(h.names) {
			i = h.under(w)
		}
		if spans[i][0] < 0 {
			spans[i][0] = w[0]
		}
		spans[i][1] = w[1]
	}
	for i, sp := range spans {
		if sp[0] >= 0 {
			names, cells = append(names, h.names[i]), append(cells, line[sp[0]:sp[1]])
		}
	}
	return names, cells
}

func (h *tableHead) under(w [2]int) int {
	best, least := 0, -1
	for i := range h.starts {
		distance := max(0, h.starts[i]-w[1]+1, w[0]-h.ends[i]+1)
		if least < 0 || distance < least || distance == least && h.starts[i] <= w[0] {
			best, least = i, distance
		}
	}
	return best
}
