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

var mapSpec = search.Spec{
	Name: "map", Kind: search.Dataset,
	Syntax:  `map (search="<search>" | <saved search> | [<subsearch>]) [maxsearches=N]`,
	Help:    "runs a search for each row, in which $field$ stands for the row's value and $_serial_id$ for its number",
	Example: `| map maxsearches=20 search="search index=main user=\"$user$\" | head 1"`,
	Bind:    bindMap,
}

// mapped runs a search a row. Macros in it are expanded when it runs.
type mapped struct {
	shown
	text    string // "" for a saved search
	saved   string
	at      spl.Span
	most    int
	context search.Context
	tokens  []string
}

// mapSearches is Splunk's maxsearches.
const mapSearches = 10

func bindMap(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &mapped{shown: shown{st}, most: a.number("maxsearches", 1, search.Or(c.Limits().Map, mapSearches)), context: c}
	written, has := st.Option("search")
	switch {
	case has && len(st.Subs)+len(st.Words) == 0:
		s.text, s.at = written.Text, written.Span
	case !has && len(st.Subs) == 1 && len(st.Words) == 0:
		s.at = st.Subs[0].Span
		s.text = strings.TrimSpace(st.Source.Text[s.at.Start:s.at.End])
	case !has && len(st.Subs) == 0 && len(st.Words) == 1:
		s.saved, s.at = st.Words[0].Text, st.Words[0].Span
	default:
		a.problem(st.NameSpan, `map needs one search: search="...", a subsearch in brackets, or the name of a saved search`, "")
		return nil, a.problems
	}
	s.tokens = tokens(s.text)
	s.check(a)
	return s, a.problems
}

// check plans the search as it would be for some row: a value may stand for a
// number or for a word, one of them must do.
func (s *mapped) check(a *arguments) {
	if s.saved != "" {
		_, problems := s.context.SavedSearch(s.saved, nil)
		if len(problems) > 0 && problems[0].Place.Text == nil {
			a.problems = append(a.problems, a.st.Problem(s.at, problems[0].Text, problems[0].Hint))
		}
		return
	}
	var problems diag.List
	for _, value := range []string{"1", "x"} {
		text, _ := replaceTokens(s.text, func(string) (string, bool) { return value, true })
		if _, problems = s.plan(text); !problems.HasErrors() {
			return
		}
	}
	m := problems.Errors()[0]
	const wrong = "the search of map is wrong: "
	out := a.st.Problem(s.at, wrong+strings.TrimPrefix(m.Text, wrong), m.Hint)
	out.Cause = m.Cause
	a.problems = append(a.problems, out)
}

func (s *mapped) plan(text string) (*search.Plan, diag.List) {
	tree, problems := s.context.Parse(&diag.Text{Name: "map", Body: text})
	if problems.HasErrors() {
		return nil, problems
	}
	p, more := search.New(tree, s.context)
	return p, append(problems, more...)
}

// tokens are the names between dollar signs.
func tokens(text string) []string {
	var out []string
	_, _ = replaceTokens(text, func(name string) (string, bool) {
		out = append(out, name)
		return "", true
	})
	return out
}

// replaceTokens replaces $name$ in a search; within quotes the value is escaped.
// The first name without a value is given back.
func replaceTokens(text string, value func(name string) (string, bool)) (out, missing string) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			b.WriteByte(c)
			i++
			b.WriteByte(text[i])
			continue
		case c == '"':
			quoted = !quoted
		case c == '$':
			end := tokenEnd(text, i+1)
			if end < 0 {
				break
			}
			name := text[i+1 : end]
			v, ok := value(name)
			if !ok && missing == "" {
				missing = name
			}
			if quoted {
				v = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v)
			}
			b.WriteString(v)
			i = end
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String(), missing
}

// tokenEnd is where the dollar sign stands that closes a field's name, or -1.
func tokenEnd(text string, from int) int {
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case c == '$' && i > from:
			return i
		case c == '_' || c == '.' || c == '{' || c == '}' || c == ':' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80:
		default:
			return -1
		}
	}
	return -1
}

func (s *mapped) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Open: true, From: "map"}, nil
}

func (s *mapped) Needs([]string) []string {
	if s.saved != "" {
		return []string{"*"}
	}
	return search.Distinct(s.tokens)
}

func (s *mapped) Open(w search.World) (search.Operator, error) {
	return &mapping{mapped: s, world: w}, nil
}

type mapping struct {
	*mapped
	world search.World
	kept  []*batch.Batch
}

func (o *mapping) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	o.kept = append(o.kept, search.Kept(in))
	return nil
}

func (o *mapping) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	all := batch.Concat(o.kept)
	o.kept = nil
	n := all.Len
	if n > o.most {
		n = o.most
		m := o.st.Problem(o.st.NameSpan, "map has "+strconv.Itoa(all.Len)+" rows and runs "+strconv.Itoa(n)+" searches: the other rows are left out", "maxsearches= sets how many")
		m.Severity = diag.Warning
		o.world.Warn(m)
	}
	for r := range n {
		if err := search.Spend(ctx); err != nil {
			return o.st.Problem(o.at, err.Error(), "search fewer rows")
		}
		if err := o.row(ctx, all, r, emit); err != nil {
			return err
		}
	}
	return nil
}

func (o *mapping) row(ctx context.Context, all *batch.Batch, r int, emit func(*batch.Batch) error) error {
	p, err := o.planFor(all, r)
	if err != nil {
		return err
	}
	b, err := p.Gather(ctx, o.world, o.st.Source.At(o.at), search.Bound{})
	if err != nil || b.Len == 0 {
		return err
	}
	return emit(b)
}

// planFor is the search for a row.
func (o *mapping) planFor(all *batch.Batch, r int) (*search.Plan, error) {
	value := func(name string) (string, bool) {
		if name == "_serial_id" {
			return strconv.Itoa(r + 1), true
		}
		if c := all.Column(name); c != nil && !c.IsNull(r) {
			return c.Text(r), true
		}
		return "", false
	}
	if o.saved != "" {
		args := map[string]string{}
		for _, n := range append([]string{"_serial_id"}, all.Names...) {
			args[strings.ToLower(n)], _ = value(n)
		}
		saved, problems := o.context.SavedSearch(o.saved, args)
		if problems.HasErrors() {
			return nil, problems.Errors()
		}
		p, problems := search.New(saved.Search, o.context)
		return p, problems.Err()
	}
	text, missing := replaceTokens(o.text, value)
	if missing != "" {
		return nil, o.st.Problem(o.at, `row `+strconv.Itoa(r+1)+` has no value for $`+missing+`$`, "fillnull gives it one")
	}
	p, problems := o.plan(text)
	if problems.HasErrors() {
		m := problems.Errors()[0]
		return nil, o.st.Problem(o.at, "cannot run the search of map for row "+strconv.Itoa(r+1)+": "+m.Text, m.Hint)
	}
	return p, nil
}
