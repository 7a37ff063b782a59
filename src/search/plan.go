package search

import (
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

// Plan is a search that was checked and is ready to run. It is immutable; many
// goroutines may run it at the same time.
type Plan struct {
	stages []Stage
	schema Schema
	// earliest and latest are a saved search's, for a run without a time range.
	earliest, latest event.Time
}

// New checks a search and makes its plan. The list holds every problem found;
// the plan is nil when one is an error.
func New(tree *spl.Search, c Context) (*Plan, diag.List) {
	inner := nested{c, 1}
	if n, ok := c.(nested); ok {
		inner = nested{n.Context, n.depth + 1}
	}
	if inner.depth > maxNested {
		st := tree.Stages[0]
		return nil, diag.List{st.Problem(st.NameSpan, "searches are nested more than 10 deep", "does a saved search run itself?")}
	}
	c = inner
	written, saved, problems := inline(tree.Stages, c)
	stages, more := bind(written, c, 0)
	problems = append(problems, more...)
	if problems.HasErrors() {
		return nil, problems
	}
	p := &Plan{}
	p.times(saved, c)
	p.schema, more = shape(Schema{}, stages)
	arrange(stages)
	p.stages = prune(order(absorb(stages)), []string{"*"})
	return p, append(problems, more...)
}

// nested is what binding may ask, inside of so many searches.
type nested struct {
	Context
	depth int
}

// maxNested is how deep searches may hold each other, saved ones included.
const maxNested = 10

// bind makes a stage, or several, of each command; before is how many commands
// stand in front of them.
func bind(written []*spl.Stage, c Context, before int) (out []Stage, problems diag.List) {
	for i, st := range written {
		i += before
		spec, ok := c.Table()(st.Name)
		var list []Stage
		var more diag.List
		switch {
		case !ok && st.Name == "":
			more = diag.List{st.Problem(st.Span, "cannot run a macro that was not expanded", "")}
		case !ok:
			m := st.Problem(st.NameSpan, `command "`+st.Name+`" is not supported yet`, "")
			m.Cause = ErrNotSupported
			more = diag.List{m}
		case i == 0 && spec.First != nil:
			list, more = spec.First(st, c)
		default:
			var one Stage
			if one, more = spec.Bind(st, c); !more.HasErrors() {
				list, more = []Stage{one}, append(more, position(i, spec, st, one)...)
			}
		}
		out, problems = append(out, list...), append(problems, more...)
	}
	return out, problems
}

// position tells that a command stands where it cannot.
func position(i int, spec Spec, st *spl.Stage, stage Stage) diag.List {
	adds, generates := false, spec.Kind == Generating
	if a, ok := stage.(Appender); ok {
		adds, generates = a.Appends()
	}
	switch {
	case adds:
		return nil
	case i > 0 && generates:
		return diag.List{st.Problem(st.NameSpan, `"`+spec.Name+`" must be the first command of a search`, "it makes rows and takes none")}
	case i == 0 && !generates:
		return diag.List{st.Problem(st.NameSpan, `"`+spec.Name+`" cannot be the first command of a search: there are no rows yet`,
			"begin with what to search for, or with a command that makes rows, such as tstats or makeresults")}
	}
	return nil
}

// times reads a saved search's time range; what cannot be read is no bound, as
// whoever saved it has been told.
func (p *Plan) times(s Saved, c Context) {
	env := c.Env()
	read := func(text string) event.Time {
		t, err := splunktime.Parse(text, env.Now, env.Zone)
		if text == "" || err != nil {
			return 0
		}
		return t
	}
	p.earliest, p.latest = read(s.Earliest), read(s.Latest)
}

// shape runs the schema through the stages.
func shape(s Schema, stages []Stage) (_ Schema, problems diag.List) {
	for _, st := range stages {
		var more diag.List
		s, more = st.Shape(s)
		problems = append(problems, more...)
	}
	return s, problems
}

// arrange tells stages in what order the columns of their rows are shown.
func arrange(stages []Stage) {
	var s Schema
	for i, st := range stages {
		if a, ok := st.(Arranger); ok {
			stages[i] = a.Arranged(s)
		}
		s, _ = st.Shape(s)
	}
}

// Schema is what is known of the plan's rows.
func (p *Plan) Schema() Schema { return p.schema }

// Explain is what will run, one stage a line.
func (p *Plan) Explain() string {
	var b strings.Builder
	for _, st := range p.stages {
		b.WriteString(st.String() + "\n")
	}
	return b.String()
}

// Query is what the plan asks of the index in a run of that identity, for who
// lets several plans share a pass; false when it asks nothing.
func (p *Plan) Query(i Info) (index.Query, bool) {
	s, ok := p.stages[0].(Scanner)
	if d, depends := p.stages[0].(Dependent); depends && d.Depends() {
		return index.Query{}, false
	}
	if !ok {
		return index.Query{}, false
	}
	return s.Query(p.info(i)), true
}

// info is the run's identity with the saved search's time range where the run
// has none.
func (p *Plan) info(i Info) Info {
	if i.Earliest == 0 && i.Latest == 0 {
		i.Earliest, i.Latest = p.earliest, p.latest
	}
	return i
}
