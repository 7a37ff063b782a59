package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/lookup"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var lookupSpec = search.Spec{
	Name: "lookup", Kind: search.Streaming,
	Syntax:  "lookup [local=<bool>] [update=<bool>] [event_time_field=<field>] <table> (<column> [AS <field>])... [OUTPUT|OUTPUTNEW (<column> [AS <field>])...]",
	Help:    "adds the columns of the table's rows that match a row's fields; several matches make multivalues",
	Example: `| lookup mitre_attack.csv technique_id AS mitre_id OUTPUT technique AS mitre_technique`,
	Bind:    bindLookup,
}

// lookupStage looks up rows in a table (rule 2.13). Once per distinct combination
// of the inputs' values.
type lookupStage struct {
	shown
	table           string
	at              spl.Span
	columns, fields []string // of the inputs: in the table, in rows
	inputs          []spl.Name
	outputs         []lookupOutput
	onlyNew         bool // OUTPUTNEW
	clears          bool
	timeField       string
}

type lookupOutput struct{ column, field string }

func bindLookup(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	name := st.Words[0]
	s := &lookupStage{
		shown: shown{st}, table: name.Text, at: name.Span, onlyNew: st.OutputNew, clears: c.Env().Rules.LookupClears,
		timeField: a.text("event_time_field", "_time"),
	}
	a.boolean("local", false)
	a.boolean("update", false)
	t, problems := c.Lookup(s.table)
	if t == nil {
		a.noTable(s.at, problems)
		return nil, a.problems
	}
	for _, r := range st.Renames {
		field := calledAs(r)
		s.columns, s.fields = append(s.columns, r.From.Text), append(s.fields, field.Text)
		s.inputs = append(s.inputs, field)
		a.column(t, r.From)
	}
	for _, r := range st.Outputs {
		s.outputs = append(s.outputs, lookupOutput{r.From.Text, calledAs(r).Text})
		a.column(t, r.From)
	}
	if st.Outputs == nil {
		s.outputs = otherColumns(t, s.columns)
		if len(s.outputs) == 0 {
			a.problem(s.at, `all columns of lookup table "`+s.table+`" are looked up: there is none to give`, "")
		}
	}
	return s, a.problems
}

func calledAs(r spl.Rename) spl.Name {
	if r.To.Text == "" {
		return r.From
	}
	return r.To
}

// column refuses a column that a table does not have.
func (a *arguments) column(t *lookup.Table, n spl.Name) {
	if _, err := t.Column(n.Text); err != nil {
		a.cannot(n.Span, err)
	}
}

// otherColumns is all columns of a table but those looked up.
func otherColumns(t *lookup.Table, inputs []string) []lookupOutput {
	var out []lookupOutput
	for _, c := range t.Columns() {
		if !oneOfExactly(c, inputs) {
			out = append(out, lookupOutput{c, c})
		}
	}
	return out
}

func oneOfExactly(s string, list []string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (s *lookupStage) targets() []string {
	out := make([]string, len(s.outputs))
	for i, o := range s.outputs {
		out[i] = o.field
	}
	return out
}

func (s *lookupStage) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.targets()...), in.Missing(s.st, "nothing is found", s.inputs...)
}

// Needs: what was there stays where nothing is found.
func (s *lookupStage) Needs(want []string) []string {
	read := append(want[:len(want):len(want)], s.fields...)
	return search.Distinct(append(read, s.timeField))
}

func (s *lookupStage) Order() search.Order { return search.OrderKept }

func (s *lookupStage) Open(w search.World) (search.Operator, error) {
	t, problems := w.Lookup(s.table)
	if t == nil {
		return nil, problems.Err()
	}
	m, err := t.Matcher(s.columns)
	if err != nil {
		return nil, s.st.Problem(s.at, err.Error(), "")
	}
	run := &lookingUp{lookupStage: s, world: w, table: t, matcher: m, cells: make([]int, len(s.outputs))}
	for i, o := range s.outputs {
		if run.cells[i], err = t.Column(o.column); err != nil {
			return nil, s.st.Problem(s.at, err.Error(), "")
		}
	}
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return run.batch(b), nil }), nil
}

// maxFound is how many rows of a table one row may find: the values that it finds
// may be looked up again.
const maxFound = 10_000

type lookingUp struct {
	*lookupStage
	world   search.World
	table   *lookup.Table
	matcher *lookup.Matcher
	cells   []int // columns of the outputs
}

func (o *lookingUp) batch(b *batch.Batch) *batch.Batch {
	in := make([]*batch.Column, len(o.fields))
	for i, f := range o.fields {
		if in[i] = b.Column(f); in[i] == nil {
			in[i] = batch.Nulls(b.Len)
		}
		in[i] = in[i].Coded()
	}
	found := make([]*batch.Column, len(o.outputs))
	for i := range found {
		found[i] = batch.Nulls(b.Len)
	}
	hit := o.look(b, in, found)
	for i, out := range o.outputs {
		b = b.With(out.field, o.merged(b.Column(out.field), found[i], hit))
	}
	return b
}

// look fills found and tells which rows matched.
func (o *lookingUp) look(b *batch.Batch, in, found []*batch.Column) []bool {
	hit := make([]bool, b.Len)
	put := func(r int, codes []batch.Code) {
		if codes == nil {
			return
		}
		hit[r] = true
		for i, c := range found {
			c.Codes[r] = codes[i]
		}
	}
	times := b.Column(o.timeField)
	switch {
	case o.matcher.Timed():
		for r := range b.Len {
			var at event.Time
			timed := times != nil
			if timed {
				at, timed = times.Time(r)
			}
			put(r, o.row(in, r, at, timed, found))
		}
	case len(in) == 1:
		o.one(in, found, put)
	default:
		o.tuples(in, b.Len, found, put)
	}
	return hit
}

// one looks up each distinct value of a single input once.
func (o *lookingUp) one(in, found []*batch.Column, put func(int, []batch.Code)) {
	known := make([][]batch.Code, in[0].Dict.Len())
	asked := make([]bool, len(known))
	for r, code := range in[0].Codes {
		if !asked[code] {
			asked[code] = true
			known[code] = o.row(in, r, 0, true, found)
		}
		put(r, known[code])
	}
}

// tuples looks up each distinct combination of several inputs once.
func (o *lookingUp) tuples(in []*batch.Column, rows int, found []*batch.Column, put func(int, []batch.Code)) {
	known := map[string][]batch.Code{}
	var key []byte
	for r := range rows {
		key = key[:0]
		for _, c := range in {
			code := c.Codes[r]
			key = append(key, byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
		}
		codes, ok := known[string(key)]
		if !ok {
			codes = o.row(in, r, 0, true, found)
			known[string(key)] = codes
		}
		put(r, codes)
	}
}

// row is the outputs for a row's inputs; nil when nothing matches. A multivalue is
// looked up value by value (rule V4). A row that lacks an input matches nothing.
func (o *lookingUp) row(in []*batch.Column, r int, at event.Time, timed bool, found []*batch.Column) []batch.Code {
	values := make([][]string, len(in))
	n := 0
	for i, c := range in {
		if values[i] = c.Values(r); len(values[i]) == 0 {
			return o.given(o.defaultRows(), found)
		}
		n = max(n, len(values[i]))
	}
	if o.matcher.Timed() && !timed {
		return o.given(o.defaultRows(), found)
	}
	var rows []int
	one := make([]string, len(in))
	for k := range n {
		for i, v := range values {
			one[i] = v[min(k, len(v)-1)]
		}
		if rows = append(rows, o.matcher.MatchAt(one, at)...); len(rows) > maxFound {
			m := o.st.Problem(o.at, "a row finds more than 10,000 rows of the lookup table: the others are left out", "max_matches in its definition bounds them")
			m.Severity = diag.Warning
			o.world.Warn(m)
			rows = rows[:maxFound]
			break
		}
	}
	return o.given(rows, found)
}

// defaultRows stand for what a row gets that cannot match.
func (o *lookingUp) defaultRows() []int {
	out := make([]int, o.table.Options.MinMatches)
	for i := range out {
		out[i] = lookup.DefaultRow
	}
	return out
}

// given is the cells of the table's rows in the outputs' dictionaries.
func (o *lookingUp) given(rows []int, found []*batch.Column) []batch.Code {
	if len(rows) == 0 {
		return nil
	}
	codes := make([]batch.Code, len(o.cells))
	for i, c := range o.cells {
		var values []string
		for _, row := range rows {
			values = append(values, o.table.Values(row, c)...)
		}
		codes[i] = found[i].Dict.AddValues(values)
	}
	return codes
}

// merged is a field after the lookup: what was found; where nothing was, what it
// had before.
func (o *lookingUp) merged(old, found *batch.Column, hit []bool) *batch.Column {
	if old == nil {
		return found
	}
	var rows []int32
	for r, h := range hit {
		if o.onlyNew {
			h = h && old.IsNull(r)
		} else if o.clears {
			h = true
		}
		if h {
			rows = append(rows, int32(r))
		}
	}
	return overlay(old, found, rows, len(hit))
}
