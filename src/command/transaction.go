package command

import (
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var transactionSpec = search.Spec{
	Name: "transaction", Kind: search.Centralized,
	Syntax: "transaction [<field>...] [maxspan=<span>] [maxpause=<span>] [maxevents=N] [startswith=\"<search>\"|(<condition>)|eval(<expression>)] [endswith=<the same>] " +
		"[connected=<bool>] [unifyends=<bool>] [keeporphans=<bool>] [keepevicted=<bool>] [maxopentxn=N] [maxopenevents=N] [delim=<text>] [mvlist=<bool>|<fields>] [mvraw=<bool>] [nullstr=<text>]",
	Help:    "makes one row of events that belong together: by fields, by the time between them, by the events that they begin and end with",
	Example: `| transaction user maxpause=5m startswith="logon" endswith="logoff"`,
	Bind:    bindTransaction,
}

// transaction joins events, which come newest first, as the search gives them.
type transaction struct {
	shown
	fields              []string
	maxSpan, maxPause   event.Time // 0 is none
	maxEvents           int
	starts, ends        *condition
	connected, unify    bool
	orphans, evicted    bool
	maxOpen, maxMembers int
	delim, null         string
	raw                 bool
	lists               bool     // fields are lists of all values, those of listed alone where there are any
	listed              []string //
}

// condition is startswith or endswith.
type condition struct {
	predicate *eval.Predicate
	expr      *eval.Expr
}

func (c *condition) fields() []string {
	switch {
	case c == nil:
		return nil
	case c.expr != nil:
		return c.expr.Fields()
	}
	return c.predicate.Fields()
}

func (c *condition) choose(b eval.Columns, rows []int32) []int32 {
	switch {
	case c == nil:
		return nil
	case c.expr != nil:
		return c.expr.Select(b, rows)
	}
	return c.predicate.Select(b, rows)
}

func bindTransaction(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	a.once(st.Fields)
	a.unsupported("name", "there is no transactiontypes.conf: write the options of the type")
	s := &transaction{
		shown: shown{st}, fields: names(st.Fields), maxEvents: a.number("maxevents", 1, 1000),
		connected: a.boolean("connected", true), orphans: a.boolean("keeporphans", false), evicted: a.boolean("keepevicted", false),
		maxOpen: a.number("maxopentxn", 1, search.Or(c.Limits().Open, 5000)), maxMembers: a.number("maxopenevents", 1, search.Or(c.Limits().OpenEvents, 100_000)),
		delim: a.text("delim", " "), null: a.text("nullstr", "NULL"), raw: a.boolean("mvraw", false),
	}
	s.unify = a.boolean("unifyends", s.connected)
	s.maxSpan, s.maxPause = a.duration("maxspan"), a.duration("maxpause")
	s.starts, s.ends = s.bindCondition(a, "startswith", c), s.bindCondition(a, "endswith", c)
	if v, ok := st.Option("mvlist"); ok {
		if b, is := spl.Bool(v.Text); is {
			s.lists = b
		} else {
			s.lists, s.listed = true, strings.FieldsFunc(v.Text, func(r rune) bool { return r == ',' || r == ' ' })
		}
	}
	if _, given := st.Option("maxevents"); len(s.fields) == 0 && s.maxSpan == 0 && s.maxPause == 0 && s.starts == nil && s.ends == nil && !given && !a.failed() {
		a.problem(st.NameSpan, "transaction needs something that events have in common", "name a field, or say maxspan=, maxpause=, startswith= or endswith=")
	}
	return s, a.problems
}

// duration reads a length of time; a negative number is none.
func (a *arguments) duration(name string) event.Time {
	v, ok := a.option(name)
	if !ok || strings.HasPrefix(v.Text, "-") {
		return 0
	}
	span, err := splunktime.ParseSpan(v.Text)
	if err != nil {
		a.cannot(v.Span, err)
		return 0
	}
	return span.Next(0, nil)
}

func (s *transaction) bindCondition(a *arguments, name string, c search.Context) *condition {
	clause := s.st.Clause(name)
	if clause == nil {
		return nil
	}
	if clause.Expr != nil {
		x, problems := eval.Compile(clause.Expr, s.st, c.Env())
		a.problems = append(a.problems, problems...)
		if x != nil && !x.Boolean() {
			a.problem(clause.Expr.At(), "the expression of "+name+" must give true or false", "compare it with something, or ask isnotnull() of it")
		}
		return &condition{expr: x}
	}
	st, tree := s.st, clause.Pred
	if clause.Values != nil {
		src, problems := spl.Expand(&diag.Text{Name: name, Body: clause.Values[0].Text}, nil)
		var more diag.List
		tree, more = spl.ParsePredicate(src)
		if problems = append(problems, more...); problems.HasErrors() {
			a.problem(clause.Values[0].Span, `cannot read the search of `+name+`: `+problems[0].Text, problems[0].Hint)
			return nil
		}
		st = &spl.Stage{Source: src, Name: "transaction"}
	}
	tree = tidy(a, tree, c)
	if a.failed() {
		return nil
	}
	p, problems := eval.CompilePredicate(tree, st, c.Env())
	a.problems = append(a.problems, problems...)
	return &condition{predicate: p}
}

var transactionFields = []string{"closed_txn", "duration", "eventcount", "field_match_sum", "linecount"}

func (s *transaction) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "no event has it", s.st.Fields...)
	if !in.Has("_time") {
		m := s.st.Problem(s.st.NameSpan, "transaction needs _time, which "+in.From+" does not leave: no row is left", "")
		m.Severity = diag.Warning
		problems = append(problems, m)
	}
	out := in.With(transactionFields...)
	if s.orphans {
		out = out.With("_txn_orphan")
	}
	return out, problems
}

func (s *transaction) Needs(want []string) []string {
	out := append(want[:len(want):len(want)], s.fields...)
	out = append(out, "_time", "_raw")
	return append(append(out, s.starts.fields()...), s.ends.fields()...)
}

func (s *transaction) Open(w search.World) (search.Operator, error) { return newTransacting(s, w), nil }
