package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/index"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var fromSpec = search.Spec{
	Name: "from", Kind: search.Generating,
	Syntax:  "from (datamodel|lookup|inputlookup|savedsearch)[:]<name>",
	Help:    "gives the events of a data model's dataset, without its prefix, the rows of a lookup table, or what a saved search gives",
	Example: `| from datamodel:Endpoint.Processes`,
	Bind:    bindFrom,
	Inline:  fromSaved,
}

var datamodelSpec = search.Spec{
	Name: "datamodel", Kind: search.Generating,
	Syntax:  "datamodel [<model> [<dataset> search|flat]] [summariesonly=<bool>] [allow_old_summaries=<bool>] [strict_fields=<bool>]",
	Help:    "gives the events of a data model's dataset, with its prefix (search) or without (flat); without a dataset, the definitions of models",
	Example: `| datamodel Endpoint Processes search`,
	Bind:    bindDatamodel,
}

// fromSaved is the saved search that from names; for other kinds none.
func fromSaved(st *spl.Stage, c search.Context) (search.Saved, diag.List) {
	d := st.Dataset
	if d == nil || d.Kind != "savedsearch" {
		return search.Saved{}, nil
	}
	saved, problems := c.SavedSearch(d.Name, nil)
	for i, m := range problems {
		if m.Place.Text == nil {
			problems[i].Place = st.Source.At(d.Span)
		}
	}
	if saved.Search == nil && !problems.HasErrors() {
		problems = append(problems, st.Problem(d.Span, `unable to find the saved search named "`+d.Name+`"`, ""))
	}
	saved.Name = d.Name
	return saved, problems
}

func bindFrom(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	switch d := st.Dataset; d.Kind {
	case "datamodel":
		return bindDatasetScan(a, d, false, c)
	case "lookup", "inputlookup":
		s := &inputlookup{shown: shown{st}, table: d.Name, at: d.Span, strict: true, most: 1_000_000_000}
		s.find(a, c)
		where, problems := eval.CompilePredicate(nil, st, c.Env())
		s.where = where
		return s, append(a.problems, problems...)
	case "savedsearch":
		// It stands first and is replaced there; behind other commands it is an
		// error that the plan tells of.
		return &inputlookup{shown: shown{st}}, nil
	default:
		a.unsupportedHere(d.Span, `from reads no "`+d.Kind+`" here`, "write datamodel:Model.Dataset, lookup:name or savedsearch:name")
	}
	return nil, a.problems
}

func bindDatamodel(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	for _, name := range []string{"summariesonly", "allow_old_summaries"} {
		a.boolean(name, false)
	}
	if !a.boolean("strict_fields", true) {
		a.unsupported("strict_fields", "a data set has the fields that it defines")
	}
	if st.Dataset == nil || st.Dataset.Sub == "" {
		return bindDefinitions(a, c)
	}
	if len(st.Words) == 0 {
		a.problem(st.Dataset.Span, "datamodel needs what to give of the dataset", "write search or flat behind it")
		return nil, a.problems
	}
	mode := st.Words[0]
	switch strings.ToLower(mode.Text) {
	case "search", "flat":
		return bindDatasetScan(a, st.Dataset, strings.EqualFold(mode.Text, "search"), c)
	case "acceleration_search", "search_string", "flat_string", "acceleration_search_string":
		a.unsupportedHere(mode.Span, `datamodel gives no "`+mode.Text+`" here`, "search and flat give the events")
	default:
		a.problem(mode.Span, `datamodel cannot give "`+mode.Text+`"`, "write search or flat")
	}
	return nil, a.problems
}

// datasetScan is the events of a data model's dataset.
type datasetScan struct {
	st             *spl.Stage
	model, dataset string
	inside         []string // the dataset's fields without prefix
	prefixed       bool     // names keep the prefix
	condition      spl.Predicate
	where          *eval.Predicate
	env            eval.Env
	reading        // of fields as rows have them
}

// always are the fields of every event.
var always = []string{"_time", "_raw", "host", "source", "sourcetype", "index"}

func bindDatasetScan(a *arguments, d *spl.Dataset, prefixed bool, c search.Context) (search.Stage, diag.List) {
	fields, dataset, err := c.Dataset(d.Name, d.Sub)
	if err != nil {
		a.cannot(d.Span, err)
		return nil, a.problems
	}
	s := &datasetScan{st: a.st, model: d.Name, dataset: dataset, inside: fields, prefixed: prefixed, env: c.Env(), reading: reading{fields: []string{"*"}}}
	where, problems := eval.CompilePredicate(nil, a.st, s.env)
	s.where = where
	return s, append(a.problems, problems...)
}

// inner is a field's name in the index: with the dataset's prefix.
func (s *datasetScan) inner(name string) string {
	if s.prefixed || slices.Contains(always, name) || name == "*" {
		return name
	}
	return s.dataset + "." + name
}

func (s *datasetScan) Shape(search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Events: true, From: "the dataset " + s.model + "." + s.dataset}.With(always...)
	for _, f := range s.inside {
		if s.prefixed {
			f = s.dataset + "." + f
		}
		out = out.With(f)
	}
	return out, nil
}

func (s *datasetScan) Needs([]string) []string { return nil }

// Prune asks for the fields wanted only.
func (s *datasetScan) Prune(want []string) search.Stage {
	out := *s
	out.reading = s.reading.of(want)
	return &out
}

// AnyOrder is the scan in the order of the index.
func (s *datasetScan) AnyOrder() search.Stage {
	out := *s
	out.reading = s.reading.unordered()
	return &out
}

// Absorb takes over the condition of a search behind it.
func (s *datasetScan) Absorb(next search.Stage) (search.Stage, bool) {
	f, ok := next.(*filter)
	if !ok || f.Depends() {
		return nil, false
	}
	out := *s
	out.condition = and(s.condition, s.inIndex(f.condition))
	where, problems := eval.CompilePredicate(out.condition, s.st, s.env)
	if where == nil || len(problems) > 0 {
		return nil, false
	}
	out.where = where
	return &out, true
}

// inIndex is a condition on the names that the index knows.
func (s *datasetScan) inIndex(p spl.Predicate) spl.Predicate {
	switch p := p.(type) {
	case *spl.Compare:
		q := *p
		q.Field.Text = s.inner(p.Field.Text)
		return &q
	case *spl.In:
		q := *p
		q.Field.Text = s.inner(p.Field.Text)
		return &q
	case *spl.Not:
		return &spl.Not{X: s.inIndex(p.X), Span: p.Span}
	case *spl.And:
		return &spl.And{List: s.all(p.List), Span: p.Span}
	case *spl.Or:
		return &spl.Or{List: s.all(p.List), Span: p.Span}
	}
	return p
}

func (s *datasetScan) all(list []spl.Predicate) []spl.Predicate {
	out := make([]spl.Predicate, len(list))
	for i, x := range list {
		out[i] = s.inIndex(x)
	}
	return out
}

// Query is what the scan asks of the index.
func (s *datasetScan) Query(i search.Info) index.Query {
	q := index.Query{Model: s.model, Dataset: s.dataset, NewestFirst: !s.anyOrder, Earliest: i.Earliest, Latest: i.Latest, Indexes: namedIndexes(s.condition)}
	for _, f := range s.fields {
		q.Fields = append(q.Fields, s.inner(f))
	}
	if !s.where.All() {
		q.Where = s.where
	}
	return q
}

func (s *datasetScan) Open(w search.World) (search.Operator, error) {
	return scanned(w, s, s.outer), nil
}

// outer takes the dataset's prefix off the names.
func (s *datasetScan) outer(b *batch.Batch) *batch.Batch {
	if s.prefixed {
		return b
	}
	out := batch.New(b.Len)
	for i, n := range b.Names {
		if _, rest, ok := strings.Cut(n, "."); ok && !slices.Contains(always, n) {
			n = rest
		}
		if out.Column(n) == nil {
			out.Set(n, b.Columns[i])
		}
	}
	return out
}

func (s *datasetScan) String() string {
	var b strings.Builder
	b.WriteString("scan " + s.model + "." + s.dataset)
	if !s.anyOrder {
		b.WriteString(" newest first")
	}
	explainQuery(&b, timeRange{}, s.where, s.condition, s.fields)
	return b.String()
}

var _ search.Scanner = (*datasetScan)(nil)

// bindDefinitions is datamodel without a dataset: the models' definitions, a row
// each.
func bindDefinitions(a *arguments, c search.Context) (search.Stage, diag.List) {
	s := &definitions{shown: shown{a.st}}
	for _, m := range c.Models() {
		if d := a.st.Dataset; d == nil || d.Name == m.Name {
			s.texts = append(s.texts, m.Text)
		}
	}
	if len(s.texts) == 0 && a.st.Dataset != nil {
		_, _, err := c.Dataset(a.st.Dataset.Name, "")
		if err != nil {
			a.cannot(a.st.Dataset.Span, err)
		}
	}
	return s, a.problems
}

// definitions is the JSON of data models.
type definitions struct {
	shown
	texts []string
}

func (s *definitions) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: []string{"_raw"}, From: "datamodel"}, nil
}

func (s *definitions) Needs([]string) []string { return nil }

func (s *definitions) Open(search.World) (search.Operator, error) {
	return search.Source(func(_ context.Context, emit func(*batch.Batch) error) error {
		if len(s.texts) == 0 {
			return nil
		}
		b := batch.New(len(s.texts))
		b.Set("_raw", batch.Texts(s.texts...))
		return emit(b)
	}), nil
}
