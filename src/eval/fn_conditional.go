package eval

import (
	"net/netip"
)

var conditionalFunctions = []Function{
	{
		Name: "case", Kind: conditional, Syntax: "case(condition, value, ...)", params: "bv&bv+", gives: anything,
		Help:     "The value of the first condition that is true; null when none is.",
		Examples: []Example{{`case(1=2, "a", 2=2, "b")`, "b"}, {`case(1=2, "a")`, "null"}},
		bind: func(c *site) node {
			n := choice{when: true}
			for i := 0; i < len(c.args); i += 2 {
				n.list = append(n.list, [2]node{c.args[i], c.args[i+1]})
			}
			c.either(odd(len(c.args))...)
			return n
		},
	},
	{
		Name: "cidrmatch", Kind: conditional, Syntax: "cidrmatch(cidr, ip)", params: "ss", gives: boolean,
		Help:     "True when an IPv4 or IPv6 address lies in the subnet.",
		Examples: []Example{{`if(cidrmatch("10.0.0.0/8", "10.1.2.3"), "in", "out")`, "in"}},
		bind:     bindCIDRMatch,
	},
	{
		Name: "coalesce", Aliases: []string{"ifnull"}, Kind: conditional, Syntax: "coalesce(value, ...)", params: "v+", gives: anything,
		Help:     "The first value that is not null.",
		Examples: []Example{{`coalesce(null(), "", "b")`, ""}},
		bind: func(c *site) node {
			c.kinds = 0
			for _, a := range c.args {
				c.kinds |= a.kinds
			}
			return coalesce(c.args)
		},
	},
	{
		Name: "if", Kind: conditional, Syntax: "if(condition, value, otherwise)", params: "bvv", gives: anything,
		Help:     "The first value when the condition is true, else the second.",
		Examples: []Example{{`if(1=1, "yes", "no")`, "yes"}, {`if(null()=1, "yes", "no")`, "no"}},
		bind: func(c *site) node {
			c.kinds = c.args[1].kinds | c.args[2].kinds
			return &ifNode{c.args[0], c.args[1], c.args[2]}
		},
	},
	{
		Name: "in", Kind: conditional, Syntax: "in(value, item, ...)", params: "vv+", gives: boolean,
		Help:     "True when the value equals one of the items, which may be fields; there are no wildcards.",
		Examples: []Example{{`if(in("b", "a", "b"), 1, 0)`, "1"}},
		bind: func(c *site) node {
			n := &inNode{comparison: comparison{"=", &c.env.Rules}, x: c.args[0]}
			for _, a := range c.args[1:] {
				n.list = append(n.list, a.node)
			}
			return n
		},
	},
	{
		Name: "like", Kind: conditional, Syntax: "like(text, pattern)", params: "ss", gives: boolean,
		Help:     "True when the whole text is what the pattern means: % is any text, _ one character; case counts.",
		Examples: []Example{{`if(like("regsvcs.exe", "reg%.e_e"), 1, 0)`, "1"}, {`if(like("A", "a"), 1, 0)`, "0"}},
		bind:     func(c *site) node { return c.like(c.args[0], c.args[1]) },
	},
	{
		Name: "match", Kind: conditional, Syntax: "match(text, regex)", params: "ss", gives: boolean,
		Help:     "True when the regular expression matches somewhere in the text.",
		Examples: []Example{{`if(match("regsvcs.exe", "s\w+\.exe$"), 1, 0)`, "1"}},
		bind:     bindMatch,
	},
	{
		Name: "searchmatch", Kind: conditional, Syntax: `searchmatch("condition")`, params: "s", gives: boolean,
		Help: "True when the condition, written as in the search command, holds for the row.",
		bind: bindSearchMatch,
	},
	{
		Name: "lookup", Kind: conditional, Syntax: `lookup("table", json_object("field", value, ...), json_array("output", ...))`, params: "sss", gives: mayField,
		Help: "The row of a lookup table that matches, as a JSON object of the outputs; an array where several match, null where none does.",
		bind: bindLookup,
	},
	{
		Name: "null", Kind: conditional, Syntax: "null()", params: "?", gives: mayNull,
		Help:     "Null: a field that is set to it is removed.",
		Examples: []Example{{"null()", "null"}},
		bind:     func(*site) node { return constant{} },
	},
	{
		Name: "nullif", Kind: conditional, Syntax: "nullif(a, b)", params: "vv", gives: anything,
		Help:     "Null when both are equal, else a.",
		Examples: []Example{{`nullif("a", "a")`, "null"}, {`nullif("a", "b")`, "a"}},
		bind: func(c *site) node {
			c.either(0)
			equal := comparison{"=", &c.env.Rules}
			return &nodeOfAll{func(args []Value) Value {
				if args[0].kind != Null && args[1].kind != Null && equal.holds(args[0], args[1]) {
					return Value{}
				}
				return args[0]
			}, c.args}
		},
	},
	{
		Name: "true", Kind: conditional, Syntax: "true()", params: "?", gives: mayBool,
		Help:     "True; stands as the last condition of case.",
		Examples: []Example{{`case(1=2, "a", true(), "b")`, "b"}},
		bind:     func(*site) node { return constant{Truth(true)} },
	},
	{
		Name: "false", Kind: conditional, Syntax: "false()", params: "?", gives: mayBool,
		Help:     "False.",
		Examples: []Example{{`if(false(), 1, 2)`, "2"}},
		bind:     func(*site) node { return constant{Truth(false)} },
	},
	{
		Name: "validate", Kind: conditional, Syntax: "validate(condition, value, ...)", params: "bv&bv+", gives: anything,
		Help:     "The value of the first condition that is false; null when all are true.",
		Examples: []Example{{`validate(1=1, "a", 1=2, "b")`, "b"}, {`validate(1=1, "a")`, "null"}},
		bind: func(c *site) node {
			n := choice{}
			for i := 0; i < len(c.args); i += 2 {
				n.list = append(n.list, [2]node{c.args[i], c.args[i+1]})
			}
			c.either(odd(len(c.args))...)
			return n
		},
	},
}

// odd is 1, 3, 5, ... below n.
func odd(n int) []int {
	var out []int
	for i := 1; i < n; i += 2 {
		out = append(out, i)
	}
	return out
}

// choice is the value of the first condition that is when.
type choice struct {
	list [][2]node
	when bool
}

func (n choice) eval(r *row) Value {
	for _, pair := range n.list {
		if v := pair[0].eval(r); v.kind == Bool && (v.num == 1) == n.when {
			return pair[1].eval(r)
		}
	}
	return Value{}
}

type coalesce []typed

func (n coalesce) eval(r *row) Value {
	for _, x := range n {
		if v := x.eval(r); v.kind != Null {
			return v
		}
	}
	return Value{}
}

type ifNode struct{ condition, then, otherwise node }

func (n *ifNode) eval(r *row) Value {
	if n.condition.eval(r).IsTrue() {
		return n.then.eval(r)
	}
	return n.otherwise.eval(r)
}

func bindCIDRMatch(c *site) node {
	literal, isLiteral := c.text(0)
	fixed, ok := parseSubnet(literal)
	if isLiteral && !ok {
		c.problem(c.call.Args[0].At(), `cannot read subnet "`+literal+`"`, "a subnet is an address, a slash and a number of bits: 10.0.0.0/8")
	}
	return &nodeOf2{func(cidr, ip Value) Value {
		prefix := fixed
		if !isLiteral {
			var ok bool
			if prefix, ok = parseSubnet(cidr.String()); !ok {
				return Truth(false)
			}
		}
		return Truth(c.anyText(ip, func(s string) bool { return contains(prefix, s) }))
	}, c.args[0], c.args[1]}
}

func contains(prefix netip.Prefix, s string) bool {
	a, ok := parseAddr(s)
	return ok && prefix.Contains(a)
}

// anyText asks the values of v as rule mv.compare wants.
func (b *binder) anyText(v Value, holds func(string) bool) bool {
	if v.kind != Multi {
		return holds(v.String())
	}
	if b.env.Rules.MVCompare == MVFirst {
		return holds(v.list[0])
	}
	all := b.env.Rules.MVCompare == MVAll
	for _, s := range v.list {
		if holds(s) != all {
			return !all
		}
	}
	return all
}
