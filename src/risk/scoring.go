package risk

import (
	"bytes"
)

// Scoring scores rows one after the other, for one goroutine. It keeps what
// dedup and cap remember, and counts what the user will be told.
type Scoring struct {
	*Scorer
	// What Row found out about the last row; valid until the next.
	Message     []byte
	Threats     [][]byte
	ThreatTypes [][]byte
	Objects     []Found

	cells   [][][]byte // by slot
	text    []byte     // of this row, whatever was put together for it
	low     []byte
	row     base
	matched []bool // by factor
	rows    int
	refused []int // by operand, the last row whose field gave no number
	counts  Counts
	memory  memory
}

// Found is one risk object of a row with its score.
type Found struct {
	*object
	Value []byte
	// Score is the risk score, Calculated the one with factors.
	Score, Calculated Number
	// Added and Multiplied are the names of the factors that matched.
	Added, Multiplied []string
	// Explain says how the score came about, where it was asked for or where the
	// score became 0.
	Explain []byte
}

// New begins to score.
func (s *Scorer) New() *Scoring {
	return &Scoring{
		Scorer: s, cells: make([][][]byte, len(s.fields)), matched: make([]bool, len(s.factors)),
		refused: make([]int, len(s.numbers)), counts: newCounts(s), memory: newMemory(),
	}
}

// Row scores a row: Objects are its risk objects in the order of the FOR clause,
// none when all are empty or ignored. The error is about missing=error and
// empty=error, and ends the search.
func (g *Scoring) Row(row Cells) error {
	for i := range g.cells {
		g.cells[i] = row.Values(i)
	}
	g.rows++
	g.counts.rows++
	g.text, g.Objects = g.text[:0], g.Objects[:0]
	for i := range g.objects {
		if err := g.collect(i); err != nil {
			return err
		}
	}
	if len(g.Objects) == 0 {
		return nil
	}
	g.counts.scored++
	if err := g.render(); err != nil {
		return err
	}
	g.threaten()
	g.scoreAll()
	return nil
}

// collect finds the values of a risk object.
func (g *Scoring) collect(i int) error {
	o := &g.objects[i]
	values := g.cells[o.slot]
	first, absent := len(g.Objects), len(values) == 0
	for _, v := range values {
		switch {
		case isEmpty(v):
			absent = true
		case !g.ignored(v):
			g.Objects = append(g.Objects, Found{object: o, Value: v})
		}
	}
	if absent {
		g.counts.empty[i]++
		switch g.spec.Empty {
		case AbsenceError:
			return message("Risk object field '" + o.Field + "' is missing or empty in a result.")
		case AbsenceText:
			if !g.spec.Join || len(g.Objects) == first {
				g.Objects = append(g.Objects, Found{object: o, Value: unknown})
			}
		}
	}
	if g.spec.Join && len(g.Objects) > first+1 {
		g.Objects[first].Value = g.join(g.Objects[first:])
		g.Objects = g.Objects[:first+1]
	}
	return nil
}

var unknown = []byte(Unknown)

// isEmpty tells whether a risk object's value is none: null, or "-" as Windows
// writes it.
func isEmpty(v []byte) bool { return len(v) == 1 && v[0] == '-' || isNull(v) }

// isNull is Missing for bytes.
func isNull(v []byte) bool {
	return len(v) == 0 || len(v) == 4 && v[0]|0x20 == 'n' && bytes.EqualFold(v, []byte("null"))
}

func (g *Scoring) ignored(v []byte) bool {
	if len(g.ignore) == 0 {
		return false
	}
	g.low = appendLower(g.low[:0], v)
	for _, w := range g.ignore {
		if w.matches(g.low) {
			return true
		}
	}
	return false
}

// appendLower appends a text in lower case, as strings.ToLower has it.
func appendLower(dst, v []byte) []byte {
	for _, c := range v {
		if c >= 0x80 {
			return append(dst[:len(dst):len(dst)], bytes.ToLower(v)...)
		}
	}
	for _, c := range v {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// join puts the values of one risk object together.
func (g *Scoring) join(found []Found) []byte {
	from := len(g.text)
	for i, f := range found {
		if i > 0 {
			g.text = append(g.text, ", "...)
		}
		g.text = append(g.text, f.Value...)
	}
	return g.text[from:len(g.text):len(g.text)]
}

// render fills the message.
func (g *Scoring) render() error {
	from := len(g.text)
	for i := range g.message {
		p := &g.message[i]
		g.text = append(g.text, p.literal...)
		if p.slot >= 0 {
			if err := g.token(p, i); err != nil {
				return err
			}
		}
	}
	g.Message = g.text[from:len(g.text):len(g.text)]
	return nil
}

func (g *Scoring) token(p *piece, i int) error {
	values := g.cells[p.slot]
	var value []byte
	switch len(values) {
	case 0:
	case 1:
		value = values[0]
	default:
		g.low = append(g.low[:0], values[0]...)
		for _, v := range values[1:] {
			g.low = append(append(g.low, ", "...), v...)
		}
		value = g.low
	}
	if len(value) == 0 {
		g.counts.tokens[i]++
		switch g.spec.Missing {
		case AbsenceError:
			return message("Field '" + p.field + "' used in message is not in the results.")
		case AbsenceKeep:
			g.text = append(g.text, p.token...)
			return nil
		}
		value = g.missing
	}
	if !p.quoted {
		g.text = append(g.text, value...)
		return nil
	}
	g.text = append(g.text, '"')
	for _, c := range value {
		if c == '"' {
			g.text = append(g.text, '\\')
		}
		g.text = append(g.text, c)
	}
	g.text = append(g.text, '"')
	return nil
}

// threaten collects the threat objects.
func (g *Scoring) threaten() {
	g.Threats, g.ThreatTypes = g.Threats[:0], g.ThreatTypes[:0]
	for i, slot := range g.threats {
		for _, v := range g.cells[slot] {
			if !isNull(v) {
				g.Threats, g.ThreatTypes = append(g.Threats, v), append(g.ThreatTypes, g.types[i])
			}
		}
	}
}
