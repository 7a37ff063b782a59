package lookup

import (
	"net/netip"
	"strings"

	"riskreplay/src/eval"
	"riskreplay/src/event"
)

// Matcher finds the rows of a table by some of its columns. It is immutable and
// safe for concurrent use.
type Matcher struct {
	table *Table
	// exact finds rows by the values of the columns compared exactly; others are
	// looked at row by row.
	exact    map[string][]int
	exactAt  []int // their places among the inputs
	others   []condition
	most     int
	rowCount int
	times    []event.Time // of a table bounded by time, by row
	timed    []bool
}

// condition is a column that is not compared exactly.
type condition struct {
	input int
	cells []func(string) bool // by row
}

// Matcher prepares to match columns; Match takes values in the same order. The
// error, of a column that is not there, is a diag.Message.
func (t *Table) Matcher(columns []string) (*Matcher, error) {
	m := &Matcher{table: t, most: t.Options.MaxMatches, rowCount: len(t.rows)}
	if m.most <= 0 {
		m.most = defaultMatches
		if t.Options.Time != nil {
			m.most = 1
		}
	}
	if t.Options.Time != nil {
		var err error
		if m.times, m.timed, err = t.times(); err != nil {
			return nil, err
		}
	}
	var at []int
	for i, name := range columns {
		c, err := t.Column(name)
		if err != nil {
			return nil, err
		}
		if kind := t.Options.Kinds[name]; kind != Exact {
			m.others = append(m.others, t.condition(i, c, kind))
			continue
		}
		m.exactAt = append(m.exactAt, i)
		at = append(at, c)
	}
	if len(at) == 0 {
		return m, nil
	}
	m.exact = make(map[string][]int, len(t.rows))
	values := make([]string, len(at))
	for r, row := range t.rows {
		for i, c := range at {
			values[i] = row[c]
		}
		k := m.key(values)
		m.exact[k] = append(m.exact[k], r)
	}
	return m, nil
}

func (t *Table) condition(input, column int, kind Kind) condition {
	c := condition{input: input, cells: make([]func(string) bool, len(t.rows))}
	for r, row := range t.rows {
		if kind == CIDR {
			c.cells[r] = subnet(row[column])
		} else {
			c.cells[r] = t.wildcard(row[column])
		}
	}
	return c
}

func never(string) bool { return false }

// subnet matches addresses within a prefix; an address stands for itself alone.
func subnet(cell string) func(string) bool {
	cell = strings.TrimSpace(cell)
	p, err := netip.ParsePrefix(cell)
	if err != nil {
		a, err := netip.ParseAddr(cell)
		if err != nil {
			return never
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	return func(v string) bool {
		a, err := netip.ParseAddr(strings.TrimSpace(v))
		return err == nil && p.Contains(a.Unmap())
	}
}

// wildcard matches a text with `*`s.
func (t *Table) wildcard(cell string) func(string) bool {
	if t.Options.IgnoreCase {
		return eval.CompilePattern(cell).Match
	}
	parts := strings.Split(cell, "*")
	return func(v string) bool { return matchParts(parts, v) }
}

// matchParts is a match with case: parts in order, the first at the beginning,
// the last at the end.
func matchParts(parts []string, v string) bool {
	last := len(parts) - 1
	if last == 0 {
		return v == parts[0]
	}
	if len(v) < len(parts[0])+len(parts[last]) || !strings.HasPrefix(v, parts[0]) || !strings.HasSuffix(v, parts[last]) {
		return false
	}
	v = v[len(parts[0]) : len(v)-len(parts[last])]
	for _, p := range parts[1:last] {
		i := strings.Index(v, p)
		if i < 0 {
			return false
		}
		v = v[i+len(p):]
	}
	return true
}

// key is values as one text; what separates them cannot be mistaken.
func (m *Matcher) key(values []string) string {
	fold := m.table.Options.IgnoreCase
	if len(values) == 1 {
		if fold {
			return strings.ToLower(values[0])
		}
		return values[0]
	}
	var b strings.Builder
	for _, v := range values {
		if fold {
			v = strings.ToLower(v)
		}
		b.WriteString(strings.ReplaceAll(v, "\x00", "\x00\x01"))
		b.WriteString("\x00\x00")
	}
	return b.String()
}

// Match gives the rows for values, in file order, and DefaultRow as often as
// min_matches asks for more. The slice is not to be written to.
func (m *Matcher) Match(values []string) []int { return m.filled(m.candidates(values, m.most)) }

// MatchAt is Match for an event of that time, where the table is bounded by time.
func (m *Matcher) MatchAt(values []string, t event.Time) []int {
	if m.times == nil {
		return m.Match(values)
	}
	return m.filled(m.fitting(m.candidates(values, m.rowCount), t))
}

// Timed tells whether matches depend on the event's time.
func (m *Matcher) Timed() bool { return m.times != nil }

func (m *Matcher) filled(rows []int) []int {
	if missing := m.table.Options.MinMatches - len(rows); missing > 0 {
		rows = rows[:len(rows):len(rows)]
		for range missing {
			rows = append(rows, DefaultRow)
		}
	}
	return rows
}

func (m *Matcher) candidates(values []string, most int) []int {
	if m.exact == nil {
		return m.search(values, most, m.rowCount, func(i int) int { return i })
	}
	exact := make([]string, len(m.exactAt))
	for i, at := range m.exactAt {
		exact[i] = values[at]
	}
	rows := m.exact[m.key(exact)]
	if len(m.others) == 0 {
		return rows[:min(len(rows), most)]
	}
	return m.search(values, most, len(rows), func(i int) int { return rows[i] })
}

func (m *Matcher) search(values []string, most, n int, row func(int) int) []int {
	var out []int
	for i := 0; i < n && len(out) < most; i++ {
		if r := row(i); m.holds(r, values) {
			out = append(out, r)
		}
	}
	return out
}

func (m *Matcher) holds(row int, values []string) bool {
	for _, c := range m.others {
		if !c.cells[row](values[c.input]) {
			return false
		}
	}
	return true
}
