package command

import (
	"context"
	"errors"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/lookup"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var outputlookupSpec = search.Spec{
	Name: "outputlookup", Kind: search.Dataset,
	Syntax:  "outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [max=N] [key_field=<field>] [createinapp=<bool>] [create_context=app|user|system] [output_format=splunk_sv_csv] <table>",
	Help:    "writes rows into a lookup table and passes them on; files of apps stay as they are, later searches see what was written",
	Example: `| outputlookup append=true previously_seen.csv`,
	Bind:    bindOutputlookup,
}

type outputlookup struct {
	shown
	table        string
	at           spl.Span
	adds, create bool
	keep         bool
	key          string
	most         int
}

func bindOutputlookup(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	name := st.Words[0]
	s := &outputlookup{
		shown: shown{st}, table: name.Text, at: name.Span, adds: a.boolean("append", false), create: a.boolean("create_empty", false),
		keep: !a.boolean("override_if_empty", true), key: a.text("key_field", ""), most: a.number("max", 1, 0),
	}
	a.boolean("createinapp", true)
	a.boolean("allow_updates", true)
	if v, ok := st.Option("create_context"); ok && !oneOf(v.Text, "app", "user", "system") {
		a.problem(v.Span, `create_context takes app, user or system, not "`+v.Text+`"`, "")
	}
	switch v, ok := st.Option("output_format"); {
	case !ok || v.Text == "splunk_sv_csv":
	case v.Text == "splunk_mv_csv":
		a.unsupportedHere(v.Span, "output_format=splunk_mv_csv is not supported", "the values of a multivalue are joined by blanks")
	default:
		a.problem(v.Span, `unknown output_format "`+v.Text+`"`, "write splunk_sv_csv")
	}
	if !strings.HasSuffix(s.table, ".csv") && !strings.HasSuffix(s.table, ".csv.gz") {
		if t, problems := c.Lookup(s.table); t == nil {
			a.noTable(s.at, problems)
		}
	} else if strings.ContainsAny(s.table, `/\:`) || strings.HasPrefix(s.table, ".") {
		a.problem(s.at, `"`+s.table+`" is no name of a lookup file`, "a name alone: files lie in the lookups folder")
	}
	return s, a.problems
}

func oneOf(text string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(text, w) {
			return true
		}
	}
	return false
}

func (s *outputlookup) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

func (s *outputlookup) Needs([]string) []string { return []string{"*"} }

func (s *outputlookup) Open(w search.World) (search.Operator, error) {
	return &writingLookup{outputlookup: s, world: w}, nil
}

type writingLookup struct {
	*outputlookup
	world search.World
	kept  []*batch.Batch
	deaf  bool // nobody takes the rows that are passed on
}

// Push keeps the rows also when nobody takes them any more.
func (o *writingLookup) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	o.kept = append(o.kept, search.Kept(in))
	if o.deaf {
		return nil
	}
	err := emit(in)
	if errors.Is(err, search.ErrDone) {
		o.deaf = true
		return nil
	}
	return err
}

func (o *writingLookup) Finish(ctx context.Context, _ func(*batch.Batch) error) error {
	all := batch.Concat(o.kept)
	o.kept = nil
	if o.most > 0 && all.Len > o.most {
		all = all.Slice(0, o.most)
	}
	err := o.world.WriteLookup(ctx, o.table, lookup.Rows{Rows: all, Append: o.adds, Key: o.key, Keep: o.keep, Create: o.create})
	if err == nil {
		return nil
	}
	var m diag.Message
	if errors.As(err, &m) {
		return o.st.Problem(o.at, m.Text, m.Hint)
	}
	return o.st.Problem(o.at, err.Error(), "")
}
