package eval

import (
	"math"
	"strings"
)

var informationalFunctions = []Function{
	{
		Name: "isnull", Kind: informational, Syntax: "isnull(value)", params: "v", gives: mayBool,
		Help:     "True when the value is null.",
		Examples: []Example{{`if(isnull(null()), 1, 2)`, "1"}, {`if(isnull(""), 1, 2)`, "2"}},
		bind:     asks(func(v Value) bool { return v.kind == Null }),
	},
	{
		Name: "isnotnull", Kind: informational, Syntax: "isnotnull(value)", params: "v", gives: mayBool,
		Help:     "True when the value is not null.",
		Examples: []Example{{`if(isnotnull(""), 1, 2)`, "1"}},
		bind:     asks(func(v Value) bool { return v.kind != Null }),
	},
	{
		Name: "isnum", Kind: informational, Syntax: "isnum(value)", params: "v", gives: mayBool,
		Help:     "True for a number; a field that holds digits is one.",
		Examples: []Example{{`if(isnum(1.5), 1, 2)`, "1"}, {`if(isnum("NaN"), 1, 2)`, "2"}},
		bind:     asks(func(v Value) bool { return v.kind == Number }),
	},
	{
		Name: "isint", Kind: informational, Syntax: "isint(value)", params: "v", gives: mayBool,
		Help:     "True for an integer.",
		Examples: []Example{{`if(isint(1), 1, 2)`, "1"}, {`if(isint(1.5), 1, 2)`, "2"}},
		bind:     asks(isInt),
	},
	{
		Name: "isdouble", Kind: informational, Syntax: "isdouble(value)", params: "v", gives: mayBool,
		Help:     "True for a number that is no integer.",
		Examples: []Example{{`if(isdouble(1.5), 1, 2)`, "1"}},
		bind:     asks(func(v Value) bool { return v.kind == Number && !isInt(v) }),
	},
	{
		Name: "isstr", Kind: informational, Syntax: "isstr(value)", params: "v", gives: mayBool,
		Help:     "True for a string.",
		Examples: []Example{{`if(isstr("a"), 1, 2)`, "1"}, {`if(isstr(1), 1, 2)`, "2"}},
		bind:     asks(func(v Value) bool { return v.kind == String || v.kind == Number && math.IsNaN(v.num) && v.field }),
	},
	{
		Name: "isbool", Kind: informational, Syntax: "isbool(value)", params: "v", gives: mayBool,
		Help:     "True for a boolean.",
		Examples: []Example{{`if(isbool(1=2), 1, 2)`, "1"}},
		bind:     asks(func(v Value) bool { return v.kind == Bool }),
	},
	{
		Name: "ismv", Kind: informational, Syntax: "ismv(value)", params: "v", gives: mayBool,
		Help:     "True for a multivalue: two or more values.",
		Examples: []Example{{`if(ismv(split("a b", " ")), 1, 2)`, "1"}},
		bind:     asks(func(v Value) bool { return v.kind == Multi }),
	},
	{
		Name: "isarray", Kind: informational, Syntax: "isarray(value)", params: "v", gives: mayBool,
		Help:     "True for the text of a JSON array.",
		Examples: []Example{{`if(isarray("[1, 2]"), 1, 2)`, "1"}, {`if(isarray("[1"), 1, 2)`, "2"}},
		bind:     asks(func(v Value) bool { return jsonIf(v, '[').kind != Null }),
	},
	{
		Name: "isobject", Kind: informational, Syntax: "isobject(value)", params: "v", gives: mayBool,
		Help:     "True for the text of a JSON object.",
		Examples: []Example{{`if(isobject("{}"), 1, 2)`, "1"}},
		bind:     asks(func(v Value) bool { return jsonIf(v, '{').kind != Null }),
	},
	{
		Name: "typeof", Kind: informational, Syntax: "typeof(value)", params: "v", gives: mayString,
		Help:     "Number, String, Bool, or Invalid for null.",
		Examples: []Example{{`typeof(12)+typeof("string")+typeof(1==2)+typeof(null())`, "NumberStringBoolInvalid"}},
		bind: ofAll(func(args []Value) Value {
			return Text([...]string{Null: "Invalid", String: "String", Number: "Number", Bool: "Bool", Multi: "String"}[args[0].kind])
		}),
	},
}

// asks is a function that is never null.
func asks(f func(Value) bool) func(*site) node {
	return ofAll(func(args []Value) Value { return Truth(f(args[0])) })
}

// isInt tells an integer by how it is written: 5.0 is none.
func isInt(v Value) bool {
	return v.kind == Number && v.num == math.Trunc(v.num) && !math.IsInf(v.num, 0) && !strings.Contains(v.String(), ".")
}
