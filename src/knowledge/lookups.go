package knowledge

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/lookup"
)

// lookedUp is a field that a lookup table gives: once per distinct tuple of the
// inputs.
type lookedUp struct {
	table   *lookup.Table
	matcher *lookup.Matcher
	fields  []string // inputs, in the matcher's order
	cell    int
	level   int
	// before is what the field was; with onlyNew it stays where it is not null.
	before  node
	onlyNew bool
}

func (l *lookedUp) inputs(found func(string, int)) {
	for _, f := range l.fields {
		found(f, l.level)
	}
	l.before.inputs(found)
}

func (l *lookedUp) column(s scope, rows []int32) *batch.Column {
	if !l.onlyNew {
		return l.over(s, rows, l.before.column(s, rows))
	}
	return (&fallback{[]node{l.before, &lookedUp{
		table: l.table, matcher: l.matcher, fields: l.fields, cell: l.cell, level: l.level, before: null{},
	}}}).column(s, rows)
}

// over looks up and keeps what was there where nothing is found.
func (l *lookedUp) over(s scope, rows []int32, before *batch.Column) *batch.Column {
	in := make([]*batch.Column, len(l.fields))
	for i, f := range l.fields {
		c := s.field(f, l.level, rows)
		if c == nil {
			return before
		}
		in[i] = codedAt(c, rows)
	}
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, s.len())}
	t := tuples{columns: in, known: map[string]batch.Code{}}
	var found, missing []int32
	for _, r := range rows {
		code := t.code(int(r), func(values [][]string) batch.Code { return out.Dict.AddValues(l.match(values)) })
		if out.Codes[r] = code; code != 0 {
			found = append(found, r)
		} else {
			missing = append(missing, r)
		}
	}
	return join([]piece{{found, out}, {missing, before}}, rows, s.len())
}

// match is the values found for the inputs. An input of several values is looked
// up value by value.
func (l *lookedUp) match(values [][]string) []string {
	n := 0
	for _, v := range values {
		if len(v) == 0 {
			return nil
		}
		n = max(n, len(v))
	}
	var out []string
	one := make([]string, len(values))
	for i := range n {
		for k, v := range values {
			one[k] = v[min(i, len(v)-1)]
		}
		for _, row := range l.matcher.Match(one) {
			out = append(out, l.table.Values(row, l.cell)...)
		}
	}
	return out
}

// tuples computes something once per distinct tuple of codes.
type tuples struct {
	columns []*batch.Column
	known   map[string]batch.Code
	key     []byte
}

func (t *tuples) code(row int, compute func(values [][]string) batch.Code) batch.Code {
	t.key = t.key[:0]
	for _, c := range t.columns {
		code := c.Codes[row]
		t.key = append(t.key, byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
	}
	if code, ok := t.known[string(t.key)]; ok {
		return code
	}
	values := make([][]string, len(t.columns))
	for i, c := range t.columns {
		values[i] = c.Values(row)
	}
	code := compute(values)
	t.known[string(t.key)] = code
	return code
}

// lookupSetting compiles LOOKUP-class = table column AS field ... OUTPUT column
// AS field ...; without OUTPUT every other column of the table is given.
func (l *loader) lookupSetting(s conf.Setting) func(*rules) {
	words := splitNames(withoutCommas(s.Value))
	if len(words) < 2 {
		l.problem(s, `cannot read the lookup "`+s.Value+`"`, "write table column AS field OUTPUT column AS field")
		return nil
	}
	table, problems := lookup.Open(words[0], l.base.lookups)
	if table == nil {
		l.warn(s, firstLine(problems), "the lookup is left out")
		return nil
	}
	inputs, outputs, onlyNew := lookupClauses(words[1:])
	m, err := table.Matcher(inputs.columns)
	if err != nil {
		l.warn(s, firstLine(err), "the lookup is left out")
		return nil
	}
	if outputs.columns == nil {
		outputs = others(table, inputs)
	}
	numbers := make([]int, len(outputs.columns))
	for i, name := range outputs.columns {
		if numbers[i], err = table.Column(name); err != nil {
			l.warn(s, firstLine(err), "the lookup is left out")
			return nil
		}
	}
	return func(r *rules) {
		for i, field := range outputs.fields {
			before := r.defined[levelLookup][field]
			if before == nil {
				before = copied{field, levelCalculated}
			}
			r.defined[levelLookup][field] = &lookedUp{
				table: table, matcher: m, fields: inputs.fields, cell: numbers[i],
				level: levelCalculated, before: before, onlyNew: onlyNew,
			}
		}
	}
}

// pairing is columns of a table and the fields they are called in events.
type pairing struct{ columns, fields []string }

// lookupClauses reads `column AS field ... OUTPUT column AS field ...`.
func lookupClauses(words []string) (inputs, outputs pairing, onlyNew bool) {
	into := &inputs
	for i := 0; i < len(words); i++ {
		switch up := strings.ToUpper(words[i]); {
		case up == "OUTPUT" || up == "OUTPUTNEW":
			into, onlyNew = &outputs, up == "OUTPUTNEW"
		case i+2 < len(words) && strings.EqualFold(words[i+1], "AS"):
			into.columns, into.fields = append(into.columns, words[i]), append(into.fields, words[i+2])
			i += 2
		default:
			into.columns, into.fields = append(into.columns, words[i]), append(into.fields, words[i])
		}
	}
	return inputs, outputs, onlyNew
}

// others is the columns of a table that are no inputs.
func others(t *lookup.Table, inputs pairing) pairing {
	var out pairing
	in := map[string]bool{}
	for _, c := range inputs.columns {
		in[c] = true
	}
	for _, c := range t.Columns() {
		if !in[c] {
			out.columns, out.fields = append(out.columns, c), append(out.fields, c)
		}
	}
	return out
}
