package command

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var topSpec = search.Spec{
	Name: "top", Kind: search.Transforming,
	Syntax:  "top [N|limit=N] [countfield=<field>] [percentfield=<field>] [showcount=<bool>] [showperc=<bool>] [useother=<bool>] [otherstr=<text>] <field>... [BY <field>...]",
	Help:    "makes rows of the most frequent combinations of values, 10 when nothing is said, with their count and percent; 0 is all",
	Example: `| top limit=3 process_name by dest`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		return bindFrequent(st, false, c)
	},
}

var rareSpec = search.Spec{
	Name: "rare", Kind: search.Transforming,
	Syntax:  "rare [N|limit=N] [countfield=<field>] [percentfield=<field>] [showcount=<bool>] [showperc=<bool>] <field>... [BY <field>...]",
	Help:    "makes rows of the least frequent combinations of values, 10 when nothing is said, with their count and percent; 0 is all",
	Example: `| rare process_name by dest`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		return bindFrequent(st, true, c)
	},
}

// maxFrequent is how many combinations top and rare give at most (maxresultrows).
const maxFrequent = 50_000

// frequent is top, and rare: rows counted by their values, most frequent first or
// last (rule 2.12). Rows that lack one of the fields are not counted.
type frequent struct {
	shown
	fields, by     []string
	limit          int
	rare           bool
	count, percent string // "" is not shown
	other          string
	useOther       bool
	most           int // combinations, and what limit may be
}

func bindFrequent(st *spl.Stage, rare bool, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &frequent{
		shown: shown{st}, fields: names(st.Fields), by: names(st.By), rare: rare, limit: 10, most: search.Or(c.Limits().Frequent, maxFrequent),
		count: a.text("countfield", "count"), percent: a.text("percentfield", "percent"), other: a.text("otherstr", "OTHER"), useOther: a.boolean("useother", false),
	}
	for _, w := range st.Words {
		s.limit = a.whole(w, st.Name, 0, s.limit)
	}
	s.limit = a.number("limit", 0, s.limit)
	if s.limit > s.most {
		v, _ := a.option("limit")
		a.problem(v.Span, "the limit of "+st.Name+" goes up to "+thousands(s.most), "0 is all")
	}
	if !a.boolean("showcount", true) {
		s.count = ""
	}
	if !a.boolean("showperc", true) {
		s.percent = ""
	}
	all := slices.Concat(st.Fields, st.By)
	a.plain(st.Fields)
	a.once(all)
	for _, n := range all {
		if n.Text == s.count {
			a.problem(n.Span, `the column of counts would be called "`+n.Text+`" too`, "give it another name with countfield=")
		}
		if n.Text == s.percent {
			a.problem(n.Span, `the column of percents would be called "`+n.Text+`" too`, "give it another name with percentfield=")
		}
	}
	return s, a.problems
}

func (s *frequent) columns() []string {
	out := slices.Concat(s.by, s.fields)
	for _, n := range []string{s.count, s.percent} {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

func (s *frequent) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := append(in.Missing(s.st, "no row is counted", s.st.Fields...), in.Missing(s.st, "no row is left", s.st.By...)...)
	return search.Schema{Ordered: true, From: s.st.Name}.With(s.columns()...), problems
}

func (s *frequent) Needs([]string) []string { return slices.Concat(s.by, s.fields) }

func (s *frequent) Order() search.Order { return search.OrderIgnored }

func (s *frequent) Open(w search.World) (search.Operator, error) {
	by := slices.Concat(s.by, s.fields)
	return &counting{frequent: s, world: w, names: by, keys: aggregate.NewKeys(len(by), aggregate.KeyOptions{}), columns: make([]*batch.Column, len(by))}, nil
}

type counting struct {
	*frequent
	world   search.World
	names   []string
	keys    *aggregate.Keys
	columns []*batch.Column
	counts  []int64
}

func (o *counting) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	for i, n := range o.names {
		o.columns[i] = in.Column(n)
	}
	_, groups := o.keys.Group(o.columns, batch.AllRows(in.Len))
	if n := o.keys.Len() - len(o.counts); n > 0 {
		o.counts = append(o.counts, make([]int64, n)...)
	}
	for _, g := range groups {
		o.counts[g]++
	}
	return nil
}

func (o *counting) Finish(_ context.Context, emit func(*batch.Batch) error) error {
	if o.keys.Len() == 0 {
		return nil
	}
	natural := o.keys.Sorted(false)
	columns := o.keys.Columns(natural)
	var out frequentRows
	for from := 0; from < len(natural); {
		to := from + 1
		for to < len(natural) && o.sameBy(columns, from, to) {
			to++
		}
		o.part(&out, columns, natural, from, to)
		from = to
	}
	return emit(o.result(out, columns))
}

// sameBy tells whether two rows have the same values in the BY fields.
func (o *counting) sameBy(columns []*batch.Column, a, b int) bool {
	for _, c := range columns[:len(o.by)] {
		if c.Codes[a] != c.Codes[b] {
			return false
		}
	}
	return true
}

// frequentRows are the rows of the result: the place in the columns, -1-place for
// the rest of the rows with that place's BY values.
type frequentRows struct {
	at     []int
	counts []int64
	totals []int64
}

func (r *frequentRows) add(at int, n, total int64) {
	r.at, r.counts, r.totals = append(r.at, at), append(r.counts, n), append(r.totals, total)
}

// part orders the combinations of one BY group and keeps the first.
func (o *counting) part(out *frequentRows, columns []*batch.Column, group []int32, from, to int) {
	order := make([]int, 0, to-from)
	total := int64(0)
	for i := from; i < to; i++ {
		order = append(order, i)
		total += o.counts[group[i]]
	}
	slices.SortFunc(order, func(x, y int) int {
		d := cmp.Compare(o.counts[group[y]], o.counts[group[x]])
		if o.rare {
			d = -d
		}
		return cmp.Or(d, o.later(columns, x, y))
	})
	limit := o.limit
	if limit == 0 {
		limit = o.most
		if len(order) > limit {
			m := o.st.Problem(o.st.NameSpan, o.st.Name+" gives the first "+thousands(limit)+" of "+strconv.Itoa(len(order))+" combinations", "")
			m.Severity = diag.Warning
			o.world.Warn(m)
		}
	}
	rest := total
	for _, i := range order[:min(limit, len(order))] {
		out.add(i, o.counts[group[i]], total)
		rest -= o.counts[group[i]]
	}
	if o.useOther && rest > 0 {
		out.add(-1-from, rest, total)
	}
}

// later orders ties: what is last in byte order comes first.
func (o *counting) later(columns []*batch.Column, x, y int) int {
	for _, c := range columns[len(o.by):] {
		if d := strings.Compare(c.Text(y), c.Text(x)); d != 0 {
			return d
		}
	}
	return 0
}

func (o *counting) result(rows frequentRows, columns []*batch.Column) *batch.Batch {
	out := batch.New(len(rows.at))
	for f, c := range columns {
		col := &batch.Column{Dict: c.Dict, Codes: make([]batch.Code, len(rows.at))}
		for r, at := range rows.at {
			switch {
			case at >= 0:
				col.Codes[r] = c.Codes[at]
			case f < len(o.by):
				col.Codes[r] = c.Codes[-1-at]
			default:
				col.Codes[r] = c.Dict.Add(o.other)
			}
		}
		out.Set(o.names[f], col)
	}
	counts, percents := batch.Nulls(out.Len), batch.Nulls(out.Len)
	for r, n := range rows.counts {
		counts.Codes[r] = counts.Dict.Add(strconv.FormatInt(n, 10))
		percents.Codes[r] = percents.Dict.Add(strconv.FormatFloat(100*float64(n)/float64(rows.totals[r]), 'f', 6, 64))
	}
	if o.count != "" {
		out.Set(o.count, counts)
	}
	if o.percent != "" {
		out.Set(o.percent, percents)
	}
	return out
}

// thousands is a number with commas, as messages have it.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
