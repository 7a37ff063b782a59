package command

import (
	"context"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var foreachSpec = search.Spec{
	Name: "foreach", Kind: search.Dataset,
	Syntax:  "foreach [mode=multifield|multivalue|json_array|auto_collections] <field>... [fieldstr=<text>] [matchstr=<text>] [matchseg1=<text>] [matchseg2=<text>] [matchseg3=<text>] [itemstr=<text>] [iterstr=<text>] [<pipeline>]",
	Help:    "runs a pipeline for each field that matches, or an eval for each value of a field; <<FIELD>>, <<MATCHSTR>>, <<ITEM>> and their like stand for it",
	Example: `| foreach size_* [eval <<FIELD>>=round('<<FIELD>>' / 1024, 1)]`,
	Bind:    bindForeach,
}

// foreach replaces the words of a template and runs what comes of it.
type foreach struct {
	shown
	patterns []string
	template string
	at       spl.Span
	words    foreachWords
	mode     string
	context  search.Context
}

// foreachWords are the texts that are replaced.
type foreachWords struct {
	field, match string
	segments     [3]string
	item, iter   string
}

func bindForeach(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	sub := st.Subs[0]
	s := &foreach{
		shown: shown{st}, patterns: names(st.Fields), at: sub.Span, mode: strings.ToLower(a.text("mode", "multifield")), context: c,
		template: strings.TrimSpace(st.Source.Text[sub.Span.Start:sub.Span.End]),
		words: foreachWords{
			field: a.text("fieldstr", "<<FIELD>>"), match: a.text("matchstr", "<<MATCHSTR>>"),
			segments: [3]string{a.text("matchseg1", "<<MATCHSEG1>>"), a.text("matchseg2", "<<MATCHSEG2>>"), a.text("matchseg3", "<<MATCHSEG3>>")},
			item:     a.text("itemstr", "<<ITEM>>"), iter: a.text("iterstr", "<<ITER>>"),
		},
	}
	if s.mode != "multifield" {
		s.checkValues(a)
	}
	if a.failed() {
		return nil, a.problems
	}
	s.check(a)
	return s, a.problems
}

// checkValues: values are gone through in one field, by one eval.
func (s *foreach) checkValues(a *arguments) {
	if len(s.patterns) != 1 || search.Wild(s.patterns[0]) {
		a.problem(s.st.Fields[0].Span, "mode="+s.mode+" of foreach goes through the values of one field", "name one field without wildcards")
	}
	if stages := s.st.Subs[0].Stages; len(stages) != 1 || stages[0].Name != "eval" {
		a.problem(s.at, "mode="+s.mode+" of foreach takes a single eval", "")
	}
}

// check binds the template as it would be for some field. A part of a field's name
// may stand for a number or for a word: one of them must do.
func (s *foreach) check(a *arguments) {
	var problems diag.List
	for _, part := range []string{"1", "x"} {
		field := "foreach_field"
		if !strings.Contains(s.template, "'"+s.words.field+"'") && len(s.patterns) > 0 && !search.Wild(s.patterns[0]) {
			field = s.patterns[0]
		}
		if problems = s.bind(s.fill(field, part, []string{part, part, part})).problems; !problems.HasErrors() {
			return
		}
	}
	m := problems.Errors()[0]
	at := s.at
	if m.Place.Text != nil && m.Place.Start == 0 {
		at = s.st.Subs[0].Span
	}
	out := s.st.Problem(at, m.Text, m.Hint)
	out.Cause = m.Cause
	a.problems = append(a.problems, out)
}

// boundPipe is a template filled and checked.
type boundPipe struct {
	pipe     *search.Pipe
	problems diag.List
}

func (s *foreach) bind(text string) boundPipe {
	tree, problems := spl.ParseWith(spl.Plain(&diag.Text{Name: "foreach", Body: text}), spl.Options{
		Bracketed: true, Commands: func(name string) bool { _, ok := s.context.Table()(name); return ok },
	})
	if problems.HasErrors() {
		return boundPipe{problems: problems}
	}
	p, more := search.NewPipe(tree, s.context)
	return boundPipe{p, append(problems, more...)}
}

func (s *foreach) fill(field, match string, segments []string) string {
	pairs := []string{s.words.field, field, s.words.match, match}
	for i, w := range s.words.segments {
		text := ""
		if i < len(segments) {
			text = segments[i]
		}
		pairs = append(pairs, w, text)
	}
	pairs = append(pairs, quotedWords(s.words.item, itemField)...)
	pairs = append(pairs, quotedWords(s.words.iter, iterField)...)
	return strings.NewReplacer(pairs...).Replace(s.template)
}

// The fields that an item and its number stand in while the template runs.
const (
	itemField = "_foreach_item"
	iterField = "_foreach_iter"
)

// quotedWords replaces a word, also within quotes, by a field's name.
func quotedWords(word, field string) []string {
	return []string{`"` + word + `"`, field, `'` + word + `'`, field, word, field}
}

func (s *foreach) Shape(in search.Schema) (search.Schema, diag.List) {
	in.Open = true
	return in, nil
}

// Needs: a template may read any field.
func (s *foreach) Needs([]string) []string { return []string{"*"} }

func (s *foreach) Open(w search.World) (search.Operator, error) {
	return search.Whole(func(ctx context.Context, all *batch.Batch) (*batch.Batch, error) {
		switch {
		case all.Len == 0:
			return all, nil
		case s.mode == "multifield":
			return s.overFields(ctx, w, all)
		}
		return s.overValues(ctx, w, all)
	}), nil
}

// maxFields is how many fields foreach goes through.
const maxFields = 10_000

// overFields runs the template for each field that is there, in the order of
// their names.
func (s *foreach) overFields(ctx context.Context, w search.World, b *batch.Batch) (*batch.Batch, error) {
	fields, seen := 0, map[string]bool{}
	have := b.Keep(func(n string) bool { return hasValue(b.Column(n)) }).Names
	for _, p := range s.patterns {
		for _, f := range expand([]string{p}, have) {
			if seen[f] || !oneOfExactly(f, have) {
				continue
			}
			seen[f] = true
			if fields++; fields > maxFields {
				return nil, s.st.Problem(s.at, "foreach goes through more than 10,000 fields", "name fewer")
			}
			if err := search.SpendTemplate(ctx); err != nil {
				return nil, s.st.Problem(s.at, err.Error(), "foreach in foreach goes through all pairs of fields")
			}
			segments, _ := search.Capture(p, f)
			x := s.bind(s.fill(f, strings.Join(segments, ""), segments))
			if x.problems.HasErrors() {
				m := x.problems.Errors()[0]
				return nil, s.st.Problem(s.at, `cannot run the pipeline of foreach for the field "`+f+`": `+m.Text, `quote the field's name: '<<FIELD>>'`)
			}
			var err error
			if b, err = x.pipe.All(ctx, w, b); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// overValues runs the template for each value of a field, the first of all rows,
// then the second, and so on.
func (s *foreach) overValues(ctx context.Context, w search.World, b *batch.Batch) (*batch.Batch, error) {
	c := b.Column(s.patterns[0])
	if c == nil {
		return b, nil
	}
	x := s.bind(s.fill(s.patterns[0], "", nil))
	if x.problems.HasErrors() {
		return nil, s.st.Problem(s.at, x.problems.Errors()[0].Text, "")
	}
	items := make([][]string, b.Len)
	most := 0
	for r := range items {
		items[r] = s.items(c.Values(r))
		most = max(most, len(items[r]))
	}
	for k := range most {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if b, err = s.step(ctx, w, x.pipe, b, items, k); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// items is what a cell is gone through as.
func (s *foreach) items(values []string) []string {
	if s.mode == "json_array" || s.mode == "auto_collections" && len(values) == 1 {
		if len(values) != 1 {
			return nil
		}
		list, ok := arrayItems(values[0])
		if ok || s.mode == "json_array" {
			return list
		}
	}
	return values
}

// step runs the template on the rows that have an item k.
func (s *foreach) step(ctx context.Context, w search.World, pipe *search.Pipe, b *batch.Batch, items [][]string, k int) (*batch.Batch, error) {
	var rows []int32
	var texts []string
	for r, list := range items {
		if k < len(list) {
			rows, texts = append(rows, int32(r)), append(texts, list[k])
		}
	}
	part := b.Gather(rows).With(itemField, batch.Texts(texts...)).With(iterField, batch.Constant(strconv.Itoa(k), len(rows)))
	out, err := pipe.All(ctx, w, part)
	if err != nil {
		return nil, err
	}
	for _, n := range b.Names {
		if out.Column(n) == nil {
			b = b.With(n, overlay(b.Column(n), batch.Nulls(b.Len), rows, b.Len))
		}
	}
	for i, n := range out.Names {
		if n == itemField || n == iterField {
			continue
		}
		if len(rows) == b.Len {
			b = b.With(n, out.Columns[i])
			continue
		}
		b = b.With(n, overlay(b.Column(n), scattered(out.Columns[i], rows, b.Len), rows, b.Len))
	}
	return b, nil
}

// scattered is a column of n rows with cells in the rows named.
func scattered(c *batch.Column, rows []int32, n int) *batch.Column {
	c = c.Coded()
	out := &batch.Column{Dict: c.Dict, Codes: make([]batch.Code, n)}
	for i, r := range rows {
		out.Codes[r] = c.Codes[i]
	}
	return out
}
