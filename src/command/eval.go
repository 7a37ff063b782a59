package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var evalSpec = search.Spec{
	Name: "eval", Kind: search.Streaming,
	Syntax:  "eval <field>=<expression> [, <field>=<expression>]...",
	Help:    "sets fields to the values of expressions; later ones see earlier ones, and null removes the field",
	Example: `| eval name=lower(process_name), long=if(len(process) > 200, "yes", null())`,
	Bind:    bindEval,
	First: func(st *spl.Stage, c search.Context) ([]search.Stage, diag.List) {
		s, problems := bindEval(st, c)
		if s == nil {
			return nil, problems
		}
		return []search.Stage{oneRow(st), s}, problems
	},
}

type evaluation struct {
	st      *spl.Stage
	assigns []assign
}

// assign is one assignment. A target with {braces} has parts: texts and, at odd
// places, names of fields whose values stand there.
type assign struct {
	target string
	parts  []string
	expr   *eval.Expr
	tree   spl.Assign
	filled *filledExpr // nil without subsearches
}

func bindEval(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &evaluation{st: st}
	for _, as := range st.Assigns {
		filled, x := a.fillExpr(as.Expr, c)
		if filled == nil {
			var problems diag.List
			x, problems = eval.Compile(as.Expr, st, c.Env())
			a.problems = append(a.problems, problems...)
		}
		if x == nil {
			continue
		}
		if x.Boolean() || x.MayBeBoolean() && !a.failed() {
			a.problem(as.Expr.At(), `cannot assign true or false to "`+as.Name.Text+`"`, `choose values: if(..., "yes", "no")`)
			continue
		}
		s.assigns = append(s.assigns, assign{target: as.Name.Text, parts: braceParts(a, as.Name), expr: x, tree: as, filled: filled})
	}
	if a.failed() {
		return nil, a.problems
	}
	return s, a.problems
}

// braceParts splits a target at its braces; nil when it has none.
func braceParts(a *arguments, n spl.Name) []string {
	rest := n.Text
	if !strings.Contains(rest, "{") || strings.Contains(rest, "{}") {
		return nil
	}
	var out []string
	for {
		text, more, found := strings.Cut(rest, "{")
		if !found {
			return append(out, text)
		}
		field, after, closed := strings.Cut(more, "}")
		if !closed || strings.Contains(field, "{") {
			a.problem(n.Span, `cannot read the braces of "`+n.Text+`"`, "{field} stands for the value of field, and braces do not nest")
			return nil
		}
		out, rest = append(out, text, field), after
	}
}

func (s *evaluation) Shape(in search.Schema) (search.Schema, diag.List) {
	var problems diag.List
	for _, as := range s.assigns {
		problems = append(problems, in.Missing(s.st, "null in the expression", expressionFields(as.tree.Expr)...)...)
		if as.parts != nil {
			in.Open = true
			continue
		}
		in = in.With(as.target)
	}
	return in, problems
}

// Needs goes from the last assignment to the first: each makes one field of
// those that it reads.
func (s *evaluation) Needs(want []string) []string {
	if s.Depends() {
		return []string{"*"}
	}
	for _, as := range slices.Backward(s.assigns) {
		want = as.needs(want)
	}
	return want
}

func (as *assign) needs(want []string) []string {
	if as.parts == nil {
		return search.Wants(want, []string{as.target}, as.expr.Fields())
	}
	want = append(want[:len(want):len(want)], as.expr.Fields()...)
	for i := 1; i < len(as.parts); i += 2 {
		want = append(want, as.parts[i])
	}
	return want
}

// Depends tells whether subsearches must run first.
func (s *evaluation) Depends() bool {
	return slices.ContainsFunc(s.assigns, func(as assign) bool { return as.filled != nil })
}

// Resolve puts what subsearches give into the expressions.
func (s *evaluation) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := &evaluation{s.st, slices.Clone(s.assigns)}
	for i, as := range out.assigns {
		if as.filled == nil {
			continue
		}
		x, err := as.filled.run(ctx, w)
		if err != nil {
			return nil, err
		}
		out.assigns[i].expr, out.assigns[i].filled = x, nil
	}
	return out, nil
}

// Prune leaves out assignments to fields that nobody reads.
func (s *evaluation) Prune(want []string) search.Stage {
	var kept []assign
	for _, as := range slices.Backward(s.assigns) {
		if as.parts == nil && !search.MatchAny(want, as.target) {
			continue
		}
		kept, want = append(kept, as), as.needs(want)
	}
	slices.Reverse(kept)
	return &evaluation{s.st, kept}
}

func (s *evaluation) Order() search.Order { return search.OrderKept }

func (s *evaluation) Identity() bool { return len(s.assigns) == 0 }

func (s *evaluation) Open(search.World) (search.Operator, error) {
	names := 0
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		rows := batch.AllRows(b.Len)
		for i := range s.assigns {
			as := &s.assigns[i]
			c := as.expr.Column(eval.Of(b), rows, b.Len)
			if as.parts == nil {
				b = b.With(as.target, c)
				continue
			}
			var made int
			b, made = as.spread(b, c, maxCells/max(b.Len, 1))
			if names += made; made*b.Len > maxCells {
				return nil, s.st.Problem(as.tree.Name.Span, `"`+as.target+`" makes more than 50 million cells: `+strconv.Itoa(made)+" fields of "+strconv.Itoa(b.Len)+" rows", "braces are for fields with few values")
			}
			if names > maxSpread {
				return nil, s.st.Problem(as.tree.Name.Span, `"`+as.target+`" makes more than 10,000 fields`, "braces are for fields with few values")
			}
		}
		return b, nil
	}), nil
}

// maxSpread is how many fields a target with braces may make.
const maxSpread = 10_000

// spread sets, in each row, the field whose name the row's values make. A row
// that lacks one of the values sets nothing.
func (as *assign) spread(b *batch.Batch, c *batch.Column, most int) (_ *batch.Batch, made int) {
	rowsOf := map[string][]int32{}
	var order []string
	for r := range b.Len {
		name, ok := as.name(b, r)
		if !ok {
			continue
		}
		if rowsOf[name] == nil {
			order = append(order, name)
		}
		rowsOf[name] = append(rowsOf[name], int32(r))
	}
	if len(order) > min(most, maxSpread) {
		return b, len(order)
	}
	for _, name := range order {
		old := b.Column(name)
		if old == nil {
			made++
		}
		b = b.With(name, overlay(old, c, rowsOf[name], b.Len))
	}
	return b, made
}

func (as *assign) name(b *batch.Batch, r int) (string, bool) {
	var out strings.Builder
	for i, p := range as.parts {
		if i%2 == 0 {
			out.WriteString(p)
			continue
		}
		c := b.Column(p)
		if c == nil || c.IsNull(r) {
			return "", false
		}
		out.WriteString(c.Text(r))
	}
	return out.String(), out.Len() > 0
}

// overlay is a column with the cells of another in some rows.
func overlay(old, c *batch.Column, rows []int32, n int) *batch.Column {
	out := batch.Nulls(n)
	tr := batch.NewTranslator(out.Dict)
	put := func(from *batch.Column, rows []int32) {
		from = from.Coded()
		t := tr.From(from.Dict)
		for _, r := range rows {
			out.Codes[r] = t.Code(from.Codes[r])
		}
	}
	if old != nil {
		put(old, batch.AllRows(n))
	}
	put(c, rows)
	return out
}

func (s *evaluation) String() string {
	parts := make([]string, len(s.assigns))
	for i, as := range s.assigns {
		parts[i] = nameText(as.target) + "=" + written(s.st, as.tree.Expr.At())
	}
	return "eval " + strings.Join(parts, ", ")
}
