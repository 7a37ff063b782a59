package eval

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var multivalueFunctions = []Function{
	{
		Name: "mvcount", Kind: multivalue, Syntax: "mvcount(field)", params: "v", gives: numeric,
		Help:     "The number of values; null when the field is absent.",
		Examples: []Example{{`mvcount(split("a b", " "))`, "2"}, {`mvcount(null())`, "null"}},
		bind:     of1(func(v Value) Value { return Num(float64(len(v.Values()))) }),
	},
	{
		Name: "mvindex", Kind: multivalue, Syntax: "mvindex(field, start[, end])", params: "vn?n", gives: mayField,
		Help:     "The value at start, counted from 0, or from the end when it is negative; or the values from start to end.",
		Examples: []Example{{`mvindex(split("a b c", " "), -1)`, "c"}, {`mvjoin(mvindex(split("a b c", " "), 0, 1), "+")`, "a+b"}, {`mvindex("a", 1)`, "null"}},
		bind:     strict(mvIndex),
	},
	{
		Name: "mvfind", Kind: multivalue, Syntax: "mvfind(field, regex)", params: "vs", gives: numeric,
		Help:     "The index of the first value that the regular expression matches; null when none does.",
		Examples: []Example{{`mvfind(split("a bb b", " "), "^b$")`, "2"}},
		bind:     bindMVFind,
	},
	{
		Name: "mvfilter", Kind: multivalue, Syntax: "mvfilter(condition)", params: "b", gives: mayField,
		Help: "The values of the one field named in the condition for which it is true.",
		bind: bindMVFilter,
	},
	{
		Name: "mvmap", Kind: multivalue, Syntax: "mvmap(field, expression)", params: "vv", gives: mayField,
		Help: "The expression's value for each value of the field, which stands for that value in it.",
		bind: bindMVMap,
	},
	{
		Name: "mvappend", Kind: multivalue, Syntax: "mvappend(value, ...)", params: "v+", gives: mayField,
		Help:     "All values one after the other; nulls are left out.",
		Examples: []Example{{`mvjoin(mvappend("a", null(), split("b c", " ")), "")`, "abc"}},
		bind: ofAll(func(args []Value) Value {
			var out []string
			size := 0
			for _, v := range args {
				values := v.Values()
				for _, s := range values {
					size += len(s)
				}
				if size > maxText || len(out)+len(values) > maxValues {
					return Value{kind: excess}
				}
				out = append(out, values...)
			}
			return FieldValues(out)
		}),
	},
	{
		Name: "mvdedup", Kind: multivalue, Syntax: "mvdedup(field)", params: "v", gives: mayField,
		Help:     "The values without those that came before.",
		Examples: []Example{{`mvjoin(mvdedup(split("b a b", " ")), " ")`, "b a"}},
		bind:     ofList(dedup),
	},
	{
		Name: "mvsort", Kind: multivalue, Syntax: "mvsort(field)", params: "v", gives: mayField,
		Help:     "The values in the order of their bytes.",
		Examples: []Example{{`mvjoin(mvsort(split("9 70 100 10", " ")), " ")`, "10 100 70 9"}},
		bind:     ofList(func(list []string) []string { slices.Sort(list); return list }),
	},
	{
		Name: "mvreverse", Kind: multivalue, Syntax: "mvreverse(field)", params: "v", gives: mayField,
		Help:     "The values in reverse order.",
		Examples: []Example{{`mvjoin(mvreverse(split("a b", " ")), " ")`, "b a"}},
		bind:     ofList(func(list []string) []string { slices.Reverse(list); return list }),
	},
	{
		Name: "mvjoin", Kind: multivalue, Syntax: "mvjoin(field, delimiter)", params: "vs", gives: mayString | mayNull,
		Help:     "The values as one text with the delimiter between them.",
		Examples: []Example{{`mvjoin(mvrange(1, 6), " OR ")`, "1 OR 2 OR 3 OR 4 OR 5"}},
		bind: of2(func(v, delimiter Value) Value {
			values, between := v.Values(), delimiter.String()
			if len(between)*len(values) > maxText {
				return Value{kind: excess}
			}
			return Text(strings.Join(values, between))
		}),
	},
	{
		Name: "mvzip", Kind: multivalue, Syntax: "mvzip(field, field[, delimiter])", params: "vv?s", gives: mayField,
		Help:     "The first values of both with a comma or the delimiter between them, then the second, as many as both have.",
		Examples: []Example{{`mvjoin(mvzip(split("a b", " "), split("1 2 3", " ")), " ")`, "a,1 b,2"}},
		bind: strict(func(args []Value) Value {
			delimiter := ","
			if len(args) > 2 {
				delimiter = args[2].String()
			}
			x, y := args[0].Values(), args[1].Values()
			out := make([]string, min(len(x), len(y)))
			size := 0
			for i := range out {
				if size += len(x[i]) + len(delimiter) + len(y[i]); size > maxText {
					return Value{kind: excess}
				}
				out[i] = x[i] + delimiter + y[i]
			}
			return FieldValues(out)
		}),
	},
	{
		Name: "mvrange", Kind: multivalue, Syntax: "mvrange(start, end[, step])", params: "nn?v", gives: mayField,
		Help:     "The numbers from start up to, without, end; a step may be a time span such as 7d.",
		Examples: []Example{{`mvjoin(mvrange(1, 11, 2), " ")`, "1 3 5 7 9"}, {`mvjoin(mvrange(0, 200000, "1d"), " ")`, "0 86400 172800"}},
		bind:     func(c *site) node { return strict(c.mvRange)(c) },
	},
	{
		Name: "mv_to_json_array", Kind: multivalue, Syntax: "mv_to_json_array(field[, infer])", params: "v?b", gives: mayString | mayNull,
		Help:     "The values as a JSON array of texts; with true() each value is read as JSON, null when it is none.",
		Examples: []Example{{`mv_to_json_array(split("a 1", " "))`, `["a","1"]`}, {`mv_to_json_array(mvappend("\"B\"", "true", "null"), true())`, `["B",true,null]`}},
		bind:     strict(mvToJSON),
	},
	{
		Name: "commands", Kind: multivalue, Syntax: "commands(search)", params: "s", gives: mayField,
		Help:     "The names of the commands in a search.",
		Examples: []Example{{`mvjoin(commands("search foo | stats count | sort count"), " ")`, "search stats sort"}},
		bind:     textOf1(commandNames),
	},
}

// ofList is a function of a field's values, which it may write to.
func ofList(f func([]string) []string) func(*site) node {
	return of1(func(v Value) Value { return FieldValues(f(slices.Clone(v.Values()))) })
}

func dedup(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		before := seen[s]
		seen[s] = true
		return before
	})
}

// mvIndex gives null for what lies outside; an end behind the last value is the
// last.
func mvIndex(args []Value) Value {
	list := args[0].Values()
	at := func(v Value) (int, bool) {
		n, ok := numberOf(v)
		if !ok || !(n.num > -1<<31 && n.num < 1<<31) {
			return 0, false
		}
		if n.num < 0 {
			return int(n.num) + len(list), true
		}
		return int(n.num), true
	}
	from, ok := at(args[1])
	to := from
	if len(args) > 2 && ok {
		to, ok = at(args[2])
		to = min(to, len(list)-1)
	}
	if !ok || from < 0 || from > to || to >= len(list) {
		return Value{}
	}
	return FieldValues(list[from : to+1])
}

func bindMVFind(c *site) node {
	patterns := c.regex(1)
	return &nodeOf2{func(v, pattern Value) Value {
		re := patterns.of(pattern)
		if re == nil {
			return Value{}
		}
		for i, s := range v.Values() {
			ok, err := re.Match(s)
			if err != nil {
				patterns.gaveUp(err)
			}
			if err == nil && ok {
				return Num(float64(i))
			}
		}
		return Value{}
	}, c.args[0], c.args[1]}
}

// eachValue is mvfilter and mvmap: an expression for each value of a list, in
// which a field stands for the value.
type eachValue struct {
	list  node
	field int
	body  node
	keep  bool // mvfilter
}

func (n *eachValue) eval(r *row) Value {
	var out []string
	size := 0
	for _, s := range n.list.eval(r).Values() {
		v := n.body.eval(r.with(n.field, FieldText(s)))
		switch {
		case !n.keep:
			values := v.Values()
			for _, s := range values {
				size += len(s)
			}
			if out = append(out, values...); size > maxText || len(out) > maxValues {
				return Value{kind: excess}
			}
		case v.IsTrue():
			out = append(out, s)
		}
	}
	return FieldValues(out)
}

// bindMVFilter: exactly one field may stand in the condition (rule V5).
func bindMVFilter(c *site) node {
	fields := fieldsIn(c.call.Args[0], nil)
	if len(fields) != 1 {
		c.problem(c.call.Args[0].At(), "The arguments to the 'mvfilter' function are invalid.", "the condition must name exactly one field")
		return constant{}
	}
	i := c.field(fields[0])
	return &eachValue{list: fieldNode(i), field: i, body: c.args[0], keep: true}
}

func bindMVMap(c *site) node {
	fields := fieldsIn(c.call.Args[0], nil)
	if len(fields) != 1 {
		c.problem(c.call.Args[0].At(), "The arguments to the 'mvmap' function are invalid.", "the first argument must name exactly one field")
		return constant{}
	}
	return &eachValue{list: c.args[0], field: c.field(fields[0]), body: c.args[1]}
}

// fieldsIn is the distinct fields of an expression.
func fieldsIn(e spl.Expr, out []string) []string {
	switch e := e.(type) {
	case *spl.Field:
		if !slices.Contains(out, e.Name) {
			out = append(out, e.Name)
		}
	case *spl.Call:
		for _, arg := range e.Args {
			out = fieldsIn(arg, out)
		}
	case *spl.Unary:
		out = fieldsIn(e.X, out)
	case *spl.Binary:
		out = fieldsIn(e.Y, fieldsIn(e.X, out))
	case *spl.InList:
		out = fieldsIn(e.X, out)
		for _, item := range e.List {
			out = fieldsIn(item, out)
		}
	}
	return out
}

func (c *site) mvRange(args []Value) Value {
	from, ok := numberOf(args[0])
	to, ok2 := numberOf(args[1])
	step := Num(1)
	if len(args) > 2 {
		if args[2].kind == String {
			return c.mvRangeOfTimes(from, to, args[2].text)
		}
		step = args[2]
	}
	if !ok || !ok2 || step.kind != Number || !(step.num > 0) {
		return Value{}
	}
	if !((to.num-from.num)/step.num < maxValues) {
		return Value{kind: excess}
	}
	var out []string
	for i := 0.0; from.num+i*step.num < to.num; i++ {
		out = append(out, shortest(from.num+i*step.num))
	}
	return FieldValues(out)
}

// mvRangeOfTimes steps by a time span: days are the calendar's.
func (c *site) mvRangeOfTimes(from, to Value, span string) Value {
	at, ok := timeOf(from)
	end, ok2 := timeOf(to)
	if !ok || !ok2 {
		return Value{}
	}
	if !strings.HasPrefix(span, "+") {
		span = "+" + span
	}
	var out []string
	for at < end && len(out) < maxValues {
		out = append(out, at.String())
		next, err := splunktime.Relative(at, span, c.env.Zone)
		if err != nil || next <= at {
			return Value{}
		}
		at = next
	}
	return FieldValues(out)
}

// timeOf is a number of seconds as a time: exact where the number has a text,
// else to the microsecond.
func timeOf(v Value) (event.Time, bool) {
	n, ok := numberOf(v)
	if !ok {
		return 0, false
	}
	if t, ok := event.ParseTime(n.text); ok {
		return t, true
	}
	if !(n.num > -9e9 && n.num < 9e9) {
		return 0, false
	}
	return event.Time(microseconds(n.num)) * 1000, true
}

func commandNames(search string) Value {
	tree, problems := spl.Parse(spl.Plain(&diag.Text{Name: "commands", Body: search}))
	if problems.HasErrors() {
		return Value{}
	}
	return FieldValues(stageNames(tree, nil))
}

func stageNames(tree *spl.Search, out []string) []string {
	for _, st := range tree.Stages {
		out = append(out, st.Name)
		for _, sub := range st.Subs {
			out = stageNames(sub, out)
		}
	}
	return out
}
