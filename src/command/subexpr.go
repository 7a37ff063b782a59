package command

import (
	"context"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// filledExpr is an expression with subsearches in it: what they give stands there
// as if it were written, so that it is read when they have run.
type filledExpr struct {
	st    *spl.Stage
	tree  spl.Expr
	subs  []*spl.SubExpr
	plans brackets
}

// subExprs are the subsearches of an expression, in the order written.
func subExprs(e spl.Expr) []*spl.SubExpr {
	var out []*spl.SubExpr
	each := func(list ...spl.Expr) {
		for _, x := range list {
			out = append(out, subExprs(x)...)
		}
	}
	switch e := e.(type) {
	case *spl.SubExpr:
		return []*spl.SubExpr{e}
	case *spl.Call:
		each(e.Args...)
	case *spl.Unary:
		each(e.X)
	case *spl.Binary:
		each(e.X, e.Y)
	case *spl.InList:
		each(e.X)
		each(e.List...)
	}
	return out
}

// fillExpr checks an expression that holds subsearches; nil for one that holds
// none. It must do with a number or with a text in their places; the expression is
// as it is with one of them.
func (a *arguments) fillExpr(e spl.Expr, c search.Context) (*filledExpr, *eval.Expr) {
	subs := subExprs(e)
	if len(subs) == 0 {
		return nil, nil
	}
	f := &filledExpr{st: a.st, tree: e, subs: subs}
	for _, s := range subs {
		a.subsearch(s.Search, c)
	}
	f.plans = a.brackets
	if a.failed() {
		return f, nil
	}
	var problems diag.List
	for _, sample := range []string{"1", `"1"`} {
		var x *eval.Expr
		if x, problems = f.compile(func(int) string { return sample }, c.Env()); x != nil {
			return f, x
		}
	}
	a.problem(e.At(), problems.Errors()[0].Text, problems.Errors()[0].Hint)
	return f, nil
}

// compile reads the expression with texts in the places of subsearches.
func (f *filledExpr) compile(text func(i int) string, env eval.Env) (*eval.Expr, diag.List) {
	whole := f.st.Source.Text
	at := f.tree.At()
	var b strings.Builder
	from := at.Start
	for i, s := range f.subs {
		b.WriteString(whole[from:s.Span.Start] + " " + text(i) + " ")
		from = s.Span.End
	}
	b.WriteString(whole[from:at.End])
	source := spl.Plain(&diag.Text{Name: "expression", Body: b.String()})
	tree, problems := spl.ParseExpr(source)
	if problems.HasErrors() {
		return nil, problems
	}
	x, more := eval.Compile(tree, &spl.Stage{Source: source, Name: f.st.Name}, env)
	return x, append(problems, more...)
}

// run runs the subsearches and gives the expression that they make.
func (f *filledExpr) run(ctx context.Context, w search.World) (*eval.Expr, error) {
	texts := make([]string, len(f.subs))
	for i, s := range f.subs {
		rows, err := f.plans[s.Search].Gather(ctx, w, f.st.Source.At(s.Span), w.Limits().Subsearch())
		if err != nil {
			return nil, err
		}
		texts[i] = exprText(rows)
	}
	x, problems := f.compile(func(i int) string { return texts[i] }, w.Env())
	if x == nil {
		m := problems.Errors()[0]
		return nil, f.st.Problem(f.tree.At(), "cannot read the expression with what the subsearch gives: "+m.Text, "it gives "+shortened(strings.Join(texts, " and ")))
	}
	return x, nil
}

// exprText is what rows give to an expression: the text that return has made, else
// the first value. Nothing is null.
func exprText(rows *batch.Batch) string {
	fields := shownFields(rows)
	if rows.Len == 0 || len(fields) == 0 {
		return "null()"
	}
	field := fields[0]
	if c := rows.Column("search"); c != nil {
		field = "search"
	}
	text := strings.TrimSpace(rows.Column(field).Text(0))
	switch _, number := batch.Number(text); {
	case text == "":
		return "null()"
	case number || field == "search":
		return text
	}
	return quotedText(text)
}
