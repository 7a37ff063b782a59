package knowledge

import (
	"riskreplay/src/diag"
	"riskreplay/src/lookup"
	"riskreplay/src/pcre"
	"riskreplay/src/spl"
)

// calculation adds the fields of one calculation of a data model. Each reads
// what those before it made.
func (c *compiler) calculation(x Calculation) {
	switch x.Type {
	case "Eval":
		c.evalCalculation(x)
	case "Rex":
		c.rexCalculation(x)
	case "Lookup":
		c.lookupCalculation(x)
	default:
		c.warn(x, `calculations of type "`+x.Type+`" are not understood`)
	}
}

// warn reports what is left out: its fields stay what they are in the events.
func (c *compiler) warn(x Calculation, text string) {
	name := x.Type
	if len(x.Outputs) > 0 {
		name = x.Outputs[0].Name
	}
	m := spl.Plain(c.text(name, x.Expression)).Problem(spl.Span{}, text, "the field stays what it is in the events")
	m.Severity = diag.Warning
	c.problems = append(c.problems, m)
}

func (c *compiler) evalCalculation(x Calculation) {
	if len(x.Outputs) == 0 {
		return
	}
	n, problems := expressionNode(c.text(x.Outputs[0].Name, x.Expression), c.base.env, len(c.d.steps))
	c.problems = append(c.problems, problems...)
	c.add(step{field: x.Outputs[0].Name, node: n})
}

func (c *compiler) rexCalculation(x Calculation) {
	re, err := pcre.Compile(x.Expression)
	if err != nil {
		c.warn(x, err.Error())
		return
	}
	at := len(c.d.steps)
	for i, name := range re.Names() {
		if name != "" {
			c.add(step{field: name, node: &matched{re: re, group: i, from: x.Input, name: name, level: at}})
		}
	}
}

func (c *compiler) lookupCalculation(x Calculation) {
	table, problems := lookup.Open(x.Lookup, c.base.lookups)
	if table == nil {
		c.warn(x, firstLine(problems))
		return
	}
	var columns, fields []string
	for _, in := range x.Inputs {
		columns, fields = append(columns, in.Column), append(fields, in.Field)
	}
	m, err := table.Matcher(columns)
	if err != nil {
		c.warn(x, firstLine(err))
		return
	}
	at := len(c.d.steps)
	for _, out := range x.Outputs {
		column, err := table.Column(out.Column)
		if err != nil {
			c.warn(x, firstLine(err))
			continue
		}
		c.add(step{field: out.Name, node: &lookedUp{
			table: table, matcher: m, fields: fields, cell: column, level: at, before: copied{out.Name, at},
		}})
	}
}
