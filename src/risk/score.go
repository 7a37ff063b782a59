package risk

import "strconv"

// origin says where a score comes from.
type origin uint8

const (
	fromRow origin = iota
	fromClause
	fromScore
	fromFormula
	fromRule
)

// base is a score before dedup, cap and factors, and what it was made of.
type base struct {
	origin             origin
	score              Number
	impact, confidence Number
}

// scoreAll scores the objects of the row.
func (g *Scoring) scoreAll() {
	g.row = g.rowScore()
	for i := range g.factors {
		if f := &g.factors[i]; f.slot >= 0 {
			g.matched[i] = f.matches(g.cells[f.slot])
		}
	}
	again := false
	if len(g.dedup) > 0 && !g.perObject {
		again = g.memory.again(g.key(nil))
	}
	for i := range g.Objects {
		f := &g.Objects[i]
		f.Explain, f.Added, f.Multiplied = nil, f.Added[:0], f.Multiplied[:0]
		g.score(f, again)
	}
}

// rowScore is what the row's objects score that have nothing of their own. A
// field that holds no number in range makes it 0, and is counted.
func (g *Scoring) rowScore() base {
	if own := g.cells[g.own]; len(own) == 1 {
		if n, ok := ParseNumber(own[0]); ok {
			return base{origin: fromRow, score: n}
		}
	}
	switch {
	case g.byScore != nil:
		return base{origin: fromScore, score: g.number(g.byScore)}
	case g.byImpact != nil:
		b := base{origin: fromFormula, impact: g.number(g.byImpact), confidence: g.number(g.byConfidence)}
		b.score = b.impact.Mul(b.confidence).Percent()
		return b
	}
	return base{origin: fromRule}
}

func (g *Scoring) number(o *operand) Number {
	n, ok := o.of(g.cells)
	if !ok && g.refused[o.at] != g.rows { // once a row
		g.refused[o.at] = g.rows
		g.counts.numbers[o.at]++
	}
	return n
}

// score fills in one object; again tells that the row is like an earlier one.
func (g *Scoring) score(f *Found, again bool) {
	b := g.row
	switch {
	case b.origin == fromRow:
	case f.object.score != nil:
		b = base{origin: fromClause, score: g.number(f.object.score)}
	case b.origin == fromRule && f.Saved != nil:
		b.score = *f.Saved
	}
	if g.perObject {
		again = g.memory.again(g.key(f))
	}
	f.Score = b.score
	var over *total
	if again {
		f.Score = Number{}
	} else if g.spec.Cap != nil && b.score != (Number{}) {
		g.low = append(append(appendLower(g.low[:0], f.Value), 0), f.Type...)
		if over = g.memory.over(g.low, b.score, *g.spec.Cap); over != nil {
			f.Score = Number{}
		}
	}
	f.Calculated = f.Score
	if len(g.factors) > 0 {
		g.apply(f)
	}
	if g.spec.Explain || again || over != nil {
		g.explain(f, b, again, over)
	}
}

// apply changes the calculated score by the factors: additions first.
func (g *Scoring) apply(f *Found) {
	for _, multiply := range []bool{false, true} {
		for i := range g.factors {
			c := &g.factors[i]
			if c.Multiply != multiply || !g.holds(i, f) {
				continue
			}
			if multiply {
				f.Calculated = f.Calculated.Mul(c.Number)
				f.Multiplied = append(f.Multiplied, c.Name)
			} else {
				f.Calculated = f.Calculated.Add(c.Number)
				f.Added = append(f.Added, c.Name)
			}
		}
	}
}

func (g *Scoring) holds(i int, f *Found) bool {
	if slot := g.factors[i].slot; slot < 0 {
		return g.factors[i].matches([][]byte{g.value(slot, f)})
	}
	return g.matched[i]
}

// value is what is written for an object.
func (g *Scoring) value(slot int, f *Found) []byte {
	switch slot {
	case slotObject:
		return f.Value
	case slotType:
		return []byte(f.Type)
	}
	return []byte(f.Field)
}

// key is the values that dedup looks at, each with its length; nil when one is
// not there, for a row without them is like no other. f is nil where no object
// matters.
func (g *Scoring) key(f *Found) []byte {
	g.low = g.low[:0]
	for _, slot := range g.dedup {
		values := [][]byte{nil}
		if slot < 0 {
			values[0] = g.value(slot, f)
		} else if values = g.cells[slot]; len(values) == 0 {
			return nil
		}
		g.low = append(strconv.AppendInt(g.low, int64(len(values)), 10), ' ')
		for _, v := range values {
			g.low = append(append(strconv.AppendInt(g.low, int64(len(v)), 10), ' '), v...)
		}
	}
	return g.low
}

// explain writes how the score came about:
//
//	80*80/100=64 +5(contractor) x1.5(crit) = 103.5
//	score=40 -> 0 (cap: 120 of at most 3x40)
func (g *Scoring) explain(f *Found, b base, again bool, over *total) {
	from := len(g.text)
	t := g.text
	if b.origin == fromFormula {
		t = b.confidence.Append(append(b.impact.Append(t), '*'))
		t = b.score.Append(append(t, "/100="...))
	} else {
		t = b.score.Append(append(append(t, [...]string{"risk_score", "SCORE", "score", "", "rule"}[b.origin]...), '='))
	}
	if again {
		t = append(t, " -> 0 (dedup: an earlier result has the same values)"...)
	} else if over != nil {
		t = append(over.sum.Append(append(t, " -> 0 (cap: "...)), " of at most "...)
		t = append(over.highest.Append(append(g.spec.Cap.Append(t), 'x')), ')')
	}
	if len(f.Added)+len(f.Multiplied) > 0 {
		t = f.Calculated.Append(append(g.explainFactors(t, f), " = "...))
	}
	g.text, f.Explain = t, t[from:len(t):len(t)]
}

func (g *Scoring) explainFactors(t []byte, f *Found) []byte {
	for _, multiply := range []bool{false, true} {
		for i := range g.factors {
			c := &g.factors[i]
			if c.Multiply != multiply || !g.holds(i, f) {
				continue
			}
			switch {
			case multiply:
				t = append(t, " x"...)
			case c.Number.Negative():
				t = append(t, ' ')
			default:
				t = append(t, " +"...)
			}
			t = append(append(append(c.Number.Append(t), '('), c.Name...), ')')
		}
	}
	return t
}
