package risk

import "riskreplay/src/scp"

// emitter writes what a Scoring finds out, in one of the three forms.
type emitter struct {
	scoring *Scoring
	events  *Writer // nil unless output=risk
	// number counts the results; it stays below 0 where nobody knows, which is
	// on the indexers.
	number int

	in      *scp.Rows
	out     *scp.Writer
	header  *scp.Header
	columns []scp.Column // by slot
	fields  []string     // all of the input, for output=risk
	whole   []scp.Column // by fields
	to      outputs
	// last is a score with its texts: most rows of a search score the same.
	last     Number
	lastText []byte
	lastName string // its severity
	text     []byte
	list     [][]byte
}

// outputs are the fields written; those not asked for are none, and one that the
// input has under such a name stays.
type outputs struct {
	object, kind, field, score, calculated, added, multiplied, severity, message scp.Field
	threat, threatType, searchName, contributing, explain                        scp.Field
	raw, time, source                                                            scp.Field
}

const none scp.Field = -1

func (e *emitter) declare() {
	spec := e.scoring.spec
	only := func(yes bool, declare func(string) scp.Field, name string) scp.Field {
		if yes {
			return declare(name)
		}
		return none
	}
	one, many := e.out.Field, e.out.MultiField
	each := one
	if spec.Output == OutputAnnotate && len(spec.Objects) > 1 {
		each = many
	}
	t := &e.to
	t.object, t.kind, t.field, t.score = each("risk_object"), each("risk_object_type"), each("risk_object_field"), each("risk_score")
	factors, named := len(spec.Factors) > 0, spec.SearchName != ""
	t.calculated = only(factors, each, "calculated_risk_score")
	t.added = only(factors, many, "risk_factor_add_matched")
	t.multiplied = only(factors, many, "risk_factor_mult_matched")
	t.severity = each("risk_severity")
	t.message = only(spec.Message.String() != "", each, "risk_message")
	t.threat, t.threatType = only(len(spec.Threats) > 0, many, "threat_object"), only(len(spec.Threats) > 0, many, "threat_object_type")
	t.searchName = only(named, one, "search_name")
	t.contributing = only(named, each, "contributing_events_search")
	t.explain = only(spec.Explain || len(spec.Dedup) > 0 || spec.Cap != nil, each, "risk_explain")
	t.raw, t.time = only(e.events != nil, one, "_raw"), only(e.events != nil, one, "_time")
	t.source = only(e.events != nil && named, one, "source")
}

// Values reads the current row, as Cells.
func (e *emitter) Values(slot int) [][]byte { return e.in.Values(e.columns[slot]) }

func (e *emitter) run(in *scp.Rows, out *scp.Writer) error {
	e.in, e.out = in, out
	defer func() { e.in, e.out = nil, nil }() // what was written is not to be kept by who waits
	if h := in.Header(); h != e.header {
		e.look(h)
	}
	e.declare()
	g := e.scoring
	for in.Next() {
		if err := g.Row(e); err != nil {
			return err
		}
		if g.spec.Output == OutputAnnotate {
			out.Copy(in)
			e.annotate()
		} else {
			for i := range g.Objects {
				out.Copy(in)
				e.row(&g.Objects[i])
			}
		}
		if e.number >= 0 {
			e.number++
		}
	}
	return nil
}

// look finds the fields in a header.
func (e *emitter) look(h *scp.Header) {
	e.header, e.columns, e.whole = h, e.columns[:0], e.whole[:0]
	for _, name := range e.scoring.Scorer.fields {
		e.columns = append(e.columns, h.Column(name))
	}
	if e.events == nil {
		return
	}
	e.fields = h.Fields()
	for _, name := range e.fields {
		e.whole = append(e.whole, h.Column(name))
	}
}

func (e *emitter) set(f scp.Field, value []byte) {
	switch {
	case f == none:
	case len(value) == 0:
		e.out.SetNull(f)
	default:
		e.out.SetBytes(f, value)
	}
}

func (e *emitter) setNumber(f scp.Field, n Number) {
	if f != none {
		e.text = n.Append(e.text[:0])
		e.out.SetBytes(f, e.text)
	}
}

// remember makes last the score.
func (e *emitter) remember(n Number) {
	if n != e.last || e.lastName == "" {
		e.last, e.lastText, e.lastName = n, n.Append(e.lastText[:0]), Severity(n)
	}
}

func (e *emitter) setList(f scp.Field, values [][]byte) {
	if f != none {
		e.out.SetList(f, values)
	}
}

// row writes one risk object into the row begun.
func (e *emitter) row(f *Found) {
	g, t := e.scoring, &e.to
	if e.events != nil {
		e.event(f)
	}
	e.set(t.object, f.Value)
	e.out.Set(t.kind, f.Type)
	e.out.Set(t.field, f.Field)
	e.remember(f.Score)
	e.out.SetBytes(t.score, e.lastText)
	e.setNumber(t.calculated, f.Calculated)
	if t.added != none {
		e.out.SetValues(t.added, f.Added...)
		e.out.SetValues(t.multiplied, f.Multiplied...)
	}
	e.out.Set(t.severity, e.lastName)
	e.set(t.message, g.Message)
	e.threats()
	if t.contributing != none {
		e.text = appendContributing(e.text[:0], g.spec.SearchName, f.Field, f.Value)
		e.out.SetBytes(t.contributing, e.text)
	}
	e.set(t.explain, f.Explain)
}

// threats writes what all objects of a result share.
func (e *emitter) threats() {
	g, t := e.scoring, &e.to
	e.setList(t.threat, g.Threats)
	e.setList(t.threatType, g.ThreatTypes)
	if t.searchName != none {
		e.out.Set(t.searchName, g.spec.SearchName)
	}
}

// annotate writes all risk objects into the row begun.
func (e *emitter) annotate() {
	g, t := e.scoring, &e.to
	switch len(g.Objects) {
	case 0:
		e.clear()
		return
	case 1:
		e.row(&g.Objects[0])
		return
	}
	e.text = e.text[:0]
	e.parallel(t.object, func(b []byte, f *Found) []byte { return append(b, f.Value...) })
	e.parallel(t.kind, func(b []byte, f *Found) []byte { return append(b, f.Type...) })
	e.parallel(t.field, func(b []byte, f *Found) []byte { return append(b, f.Field...) })
	e.parallel(t.score, func(b []byte, f *Found) []byte { return f.Score.Append(b) })
	e.parallel(t.calculated, func(b []byte, f *Found) []byte { return f.Calculated.Append(b) })
	e.parallel(t.added, func(b []byte, f *Found) []byte { return appendNames(b, f.Added) })
	e.parallel(t.multiplied, func(b []byte, f *Found) []byte { return appendNames(b, f.Multiplied) })
	e.parallel(t.severity, func(b []byte, f *Found) []byte { return append(b, Severity(f.Score)...) })
	e.parallel(t.message, func(b []byte, _ *Found) []byte { return append(b, g.Message...) })
	e.threats()
	e.parallel(t.contributing, func(b []byte, f *Found) []byte {
		return appendContributing(b, g.spec.SearchName, f.Field, f.Value)
	})
	e.parallel(t.explain, func(b []byte, f *Found) []byte { return append(b, f.Explain...) })
}

// parallel writes a value for each risk object; where none has one the field is
// null.
func (e *emitter) parallel(field scp.Field, value func([]byte, *Found) []byte) {
	if field == none {
		return
	}
	e.list = e.list[:0]
	some := false
	for i := range e.scoring.Objects {
		from := len(e.text)
		e.text = value(e.text, &e.scoring.Objects[i])
		some = some || len(e.text) > from
		e.list = append(e.list, e.text[from:len(e.text):len(e.text)])
	}
	if !some {
		e.list = e.list[:0]
	}
	e.out.SetList(field, e.list)
}

func appendNames(b []byte, names []string) []byte {
	for i, name := range names {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, name...)
	}
	return b
}

// clear takes the risk fields from a result that has no risk object.
func (e *emitter) clear() {
	t := &e.to
	for _, f := range [...]scp.Field{
		t.object, t.kind, t.field, t.score, t.calculated, t.added, t.multiplied, t.severity, t.message,
		t.threat, t.threatType, t.searchName, t.contributing, t.explain,
	} {
		if f != none {
			e.out.SetNull(f)
		}
	}
}
