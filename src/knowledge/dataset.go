package knowledge

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
)

// Dataset is a dataset of a data model, compiled: which events belong to it, and
// how its fields are made.
type Dataset struct {
	// Model and Name are as the model has them, such as Endpoint and Processes.
	Model, Name string

	base    *Base
	lineage []string // the root first, Name last
	fields  []field  // outside with prefix, inside without; in byte order
	inside  map[string]bool
	where   *eval.Predicate // on events
	plain   *Extractor      // of events, for where
	steps   []step
	byField map[string][]int // the steps that make a field
	err     error
}

// step makes a field, drops rows, or multiplies them. A step's level is its
// number: it reads what the steps before it made.
type step struct {
	field  string
	node   node
	keep   *eval.Expr      // where
	search *eval.Predicate // search
	expand bool            // mvexpand field
}

// Fields are the dataset's fields without its prefix, in byte order.
func (d *Dataset) Fields() []string {
	out := make([]string, len(d.fields))
	for i, f := range d.fields {
		out[i] = f.inner
	}
	slices.Sort(out)
	return out
}

// Indexes are the indexes that the dataset's constraint names, none when it
// names none.
func (d *Dataset) Indexes() []string {
	list, _ := d.where.Required("index")
	return list
}

// Extractor is an extractor of fields of the dataset: names as a search writes
// them (Processes.dest, _time, host), or patterns with `*`.
func (d *Dataset) Extractor(want []string) *Extractor { return newExtractor(d.base, d, want) }

func (d *Dataset) top() int { return len(d.steps) }

// inner is a field's name without the prefix: the dataset's, or one of its
// ancestors', from any of them on.
func (d *Dataset) inner(name string) (string, bool) {
	for i := len(d.lineage) - 1; i >= 0; i-- {
		rest, ok := strings.CutPrefix(name, d.lineage[i]+".")
		if !ok {
			continue
		}
		for _, child := range d.lineage[i+1:] {
			rest = strings.TrimPrefix(rest, child+".")
		}
		return rest, d.inside[rest]
	}
	return "", false
}

func (d *Dataset) definition(name string, level int) node {
	made := d.byField[name]
	for i := len(made) - 1; i >= 0; i-- {
		if made[i] < level {
			return d.steps[made[i]].node
		}
	}
	return nil
}

func (d *Dataset) leaves(name string, level int, found func(string)) {
	n := d.definition(name, level)
	if n == nil {
		found(name)
		return
	}
	n.inputs(func(input string, at int) { d.leaves(input, at, found) })
}

// compileDataset compiles a dataset of a model.
func (b *Base) compileDataset(m *Model, o *Object) (*Dataset, diag.List) {
	c := &compiler{base: b, model: m, d: &Dataset{
		Model: m.Name, Name: o.Name, base: b, lineage: m.lineage(o),
		inside: map[string]bool{}, byField: map[string][]int{},
	}}
	for _, a := range m.ancestors(o) {
		c.object(a)
	}
	c.children(o)
	d := c.d
	slices.SortFunc(d.fields, func(a, b field) int { return strings.Compare(a.outer, b.outer) })
	if !c.problems.HasErrors() && d.where == nil {
		d.where, _ = eval.CompilePredicate(nil, nil, b.env)
	}
	if !c.problems.HasErrors() {
		d.plain = newExtractor(b, nil, nil)
		d.plain.Filter(d.where.Fields())
	}
	return d, c.problems
}

type compiler struct {
	base     *Base
	model    *Model
	d        *Dataset
	problems diag.List
}

func (c *compiler) text(name, body string) *diag.Text {
	return &diag.Text{Name: c.model.file + ": " + c.d.Name + ": " + name, Body: body}
}

// object adds one dataset of the lineage, the root first.
func (c *compiler) object(o *Object) {
	if o.Parent == "BaseTransaction" {
		c.problems = append(c.problems, spl.Plain(c.text("transaction", o.Name)).Problem(spl.Span{}, "datasets of transactions are not supported", "search the datasets that it groups, and group with transaction"))
		return
	}
	if o.BaseSearch != "" {
		c.baseSearch(o)
	}
	var constraints []string
	for _, x := range o.Constraints {
		if text := strings.TrimSpace(x.Search); text != "" {
			constraints = append(constraints, "("+text+")")
		}
	}
	if len(constraints) > 0 {
		c.condition(c.text("constraint", strings.Join(constraints, " ")))
	}
	for _, x := range o.Calculations {
		c.calculation(x)
		for _, out := range x.Outputs {
			c.field(o, out.Name)
		}
	}
	for _, f := range o.Fields {
		c.field(o, f.Name)
	}
}

// children lets the fields of datasets below be asked for, by their names from
// here on: Instance_Changes.image_id. What they calculate they calculate there.
func (c *compiler) children(o *Object) {
	above := strings.Join(c.d.lineage, ".") + "."
	for _, x := range c.model.Objects {
		path, ok := strings.CutPrefix(strings.Join(c.model.lineage(x), "."), above)
		if !ok {
			continue
		}
		names := x.Fields
		for _, calc := range x.Calculations {
			for _, out := range calc.Outputs {
				names = append(names[:len(names):len(names)], ModelField{Name: out.Name})
			}
		}
		for _, f := range names {
			name := path + "." + f.Name
			if isMeta(f.Name) || c.d.inside[name] || len(c.d.steps) == maxSteps {
				continue
			}
			at := len(c.d.steps)
			c.d.inside[name] = true
			c.add(step{field: name, node: copied{f.Name, at}})
		}
	}
}

// maxSteps bounds the calculations of a dataset.
const maxSteps = 10_000

func (c *compiler) field(o *Object, name string) {
	if isMeta(name) || c.d.inside[name] {
		return
	}
	c.d.inside[name] = true
	c.d.fields = append(c.d.fields, field{c.d.lineage[0] + "." + name, name})
}

func (c *compiler) add(s step) {
	if s.field != "" {
		c.d.byField[s.field] = append(c.d.byField[s.field], len(c.d.steps))
	}
	c.d.steps = append(c.d.steps, s)
}

// condition is a constraint: on events, as long as nothing was made of them.
func (c *compiler) condition(text *diag.Text) {
	p, st, ok := c.base.condition(text, &c.problems)
	if ok {
		c.search(p, st)
	}
}

func (c *compiler) search(p spl.Predicate, st *spl.Stage) {
	if len(c.d.steps) > 0 || c.d.where != nil {
		where, problems := eval.CompilePredicate(p, st, c.base.env)
		c.problems = append(c.problems, problems...)
		c.add(step{search: where})
		return
	}
	x := expansion{base: c.base}
	p = x.predicate(p)
	if x.problem != "" {
		c.problems = append(c.problems, st.Problem(st.Span, x.problem, ""))
		return
	}
	where, problems := eval.CompilePredicate(p, st, c.base.env)
	c.problems = append(c.problems, problems...)
	c.d.where = where
}

// baseSearch reads a root search: a condition, and stages that make fields or
// drop rows.
func (c *compiler) baseSearch(o *Object) {
	src, problems := spl.Macros{Find: c.base.Macro, Names: c.base.Macros}.Expand(c.text("base search", o.BaseSearch))
	c.problems = append(c.problems, problems...)
	tree, problems := spl.Parse(src)
	c.problems = append(c.problems, problems...)
	if c.problems.HasErrors() {
		return
	}
	for _, st := range tree.Stages {
		c.stage(st)
	}
}

func (c *compiler) stage(st *spl.Stage) {
	switch st.Name {
	case "search":
		if st.Predicate != nil {
			c.search(st.Predicate, st)
		}
	case "eval":
		for _, a := range st.Assigns {
			n, problems := calculation(a.Expr, st, c.base.env, len(c.d.steps))
			c.problems = append(c.problems, problems...)
			c.add(step{field: a.Name.Text, node: n})
		}
	case "where":
		x, problems := eval.Compile(st.Expr, st, c.base.env)
		c.problems = append(c.problems, problems...)
		c.add(step{keep: x})
	case "mvexpand":
		if len(st.Fields) == 1 {
			at := len(c.d.steps)
			c.add(step{field: st.Fields[0].Text, node: given{st.Fields[0].Text, at}, expand: true})
		}
	case "rename":
		for _, r := range st.Renames {
			at := len(c.d.steps)
			c.add(step{field: r.To.Text, node: copied{r.From.Text, at}})
			c.add(step{field: r.From.Text, node: null{}})
		}
	case "fields", "table":
	default:
		c.problems = append(c.problems, st.Problem(st.NameSpan, `cannot use the command "`+st.Name+`" in the base search of a dataset`,
			"search, eval, where, rename, mvexpand and fields are understood there"))
	}
}

// given is a field that was made together with the rows: what mvexpand leaves.
type given struct {
	name string
	step int
}

func (g given) column(s scope, rows []int32) *batch.Column {
	if d, ok := s.(*datasetScope); ok {
		if c, ok := d.view.given[g.step]; ok {
			return c
		}
	}
	return s.field(g.name, g.step, rows)
}

func (g given) inputs(found func(string, int)) { found(g.name, g.step) }
