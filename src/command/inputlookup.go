package command

import (
	"context"
	"errors"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var inputlookupSpec = search.Spec{
	Name: "inputlookup", Kind: search.Generating,
	Syntax:  "inputlookup [append=<bool>] [strict=<bool>] [start=N] [max=N] <table> [WHERE <condition>]",
	Help:    "gives the rows of a lookup table; with append=true below the rows that are there",
	Example: `| inputlookup mitre_attack.csv where technique_id=T1218*`,
	Bind:    bindInputlookup,
}

type inputlookup struct {
	shown
	table     string
	at        spl.Span // of the table's name
	columns   []string
	condition spl.Predicate
	where     *eval.Predicate
	brackets  brackets
	adds      bool
	strict    bool
	start     int
	most      int
	open      bool // the columns are not known
}

func bindInputlookup(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	name := st.Words[0]
	s := &inputlookup{
		shown: shown{st}, table: name.Text, at: name.Span, adds: a.boolean("append", false), strict: a.boolean("strict", false),
		start: a.number("start", 0, 0), most: a.number("max", 0, 1_000_000_000),
	}
	s.find(a, c)
	s.condition = tidy(a, st.Predicate, c)
	s.brackets = a.brackets
	where, problems := eval.CompilePredicate(blank(s.condition), st, c.Env())
	s.where = where
	return s, append(a.problems, problems...)
}

// find looks for the table. A file that is not there gives no rows, with a
// warning, unless strict=true: a search may write it first.
func (s *inputlookup) find(a *arguments, c search.Context) {
	t, problems := c.Lookup(s.table)
	if t != nil {
		s.columns = t.Header()
		return
	}
	s.open = true
	if !s.strict && strings.HasSuffix(s.table, ".csv") && len(problems) > 0 {
		a.warning(s.at, `there is no lookup file "`+s.table+`": it gives no rows`, problems[0].Hint)
		return
	}
	a.noTable(s.at, problems)
}

// noTable tells why a lookup table cannot be used, at its name.
func (a *arguments) noTable(at spl.Span, problems diag.List) {
	for _, m := range problems.Errors() {
		if errors.Is(m, errors.ErrUnsupported) {
			m.Cause = search.ErrNotSupported
		}
		if m.Place.Text == nil {
			m.Place = a.st.Source.At(at)
		}
		a.problems = append(a.problems, m)
	}
}

func (s *inputlookup) Appends() (anywhere, generates bool) { return s.adds, true }

func (s *inputlookup) Shape(in search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Ordered: true, Open: s.open, From: "inputlookup"}.With(s.columns...)
	if s.adds && in.From != "" {
		return below(in, out), nil
	}
	fields, _ := conditionFields(s.condition)
	return out, out.Missing(s.st, "no value matches", fields...)
}

// below is the schema of rows with others below them.
func below(in, other search.Schema) search.Schema {
	ordered := in.Ordered
	in = in.With(other.Fields...)
	in.Ordered, in.Open, in.Events = ordered, in.Open || other.Open, in.Events && other.Events
	return in
}

func (s *inputlookup) Needs(want []string) []string { return want }

// Depends tells whether subsearches must run first.
func (s *inputlookup) Depends() bool { return len(s.brackets) > 0 }

// Resolve puts what subsearches give into the condition.
func (s *inputlookup) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	var err error
	out.condition, out.where, err = s.brackets.condition(ctx, w, s.st, s.condition, nil)
	out.brackets = nil
	return &out, err
}

func (s *inputlookup) Open(w search.World) (search.Operator, error) {
	return &added{func(context.Context) (*batch.Batch, error) { return s.rows(w) }}, nil
}

// rows reads the table as it is now.
func (s *inputlookup) rows(w search.World) (*batch.Batch, error) {
	t, problems := w.Lookup(s.table)
	if t == nil {
		if s.open && !s.strict {
			return batch.New(0), nil
		}
		return nil, problems.Err()
	}
	b := t.Batch()
	rows := batch.AllRows(b.Len)
	rows = s.where.Select(eval.Of(b), rows[min(s.start, len(rows)):])
	return choose(b, rows[:min(s.most, len(rows))]), nil
}

// added is an operator that passes rows on and gives others behind them.
type added struct {
	rows func(context.Context) (*batch.Batch, error)
}

func (o *added) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	return emit(in)
}

func (o *added) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	b, err := o.rows(ctx)
	if err != nil || b.Len == 0 {
		return err
	}
	return emit(b)
}
