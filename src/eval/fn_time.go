package eval

import (
	"math"

	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

var timeFunctions = []Function{
	{
		Name: "now", Kind: dateTime, Syntax: "now()", params: "?", gives: mayNumber,
		Help: "The time at which the search was started or scheduled, in whole seconds.",
		bind: func(c *site) node { return constant{Num(math.Floor(c.env.Now.Seconds()))} },
	},
	{
		Name: "time", Kind: dateTime, Syntax: "time()", params: "?", gives: mayNumber,
		Help: "The time at which the row is computed, with six decimals.",
		bind: func(c *site) node {
			c.volatile = true
			return clockNode{c.env}
		},
	},
	{
		Name: "relative_time", Kind: dateTime, Syntax: "relative_time(time, specifier)", params: "ns", gives: numeric,
		Help:     "The time moved by a specifier: offsets and snaps such as -70m@m.",
		Examples: []Example{{`relative_time(86400, "+1h@d")`, "86400.000000"}, {`relative_time(86400, "nonsense")`, "null"}},
		bind: func(c *site) node {
			return &nodeOf2{func(t, spec Value) Value {
				at, ok := timeOf(t)
				if !ok {
					return Value{}
				}
				out, err := splunktime.Relative(at, spec.String(), c.env.Zone)
				if err != nil {
					return Value{}
				}
				return seconds(out)
			}, c.args[0], c.args[1]}
		},
	},
	{
		Name: "strftime", Kind: dateTime, Syntax: "strftime(time, format)", params: "ns", gives: mayString | mayNull,
		Help:     "A time in seconds as text.",
		Examples: []Example{{`strftime(1738540800, "%Y-%m-%d %V")`, "2025-02-03 06"}},
		bind:     bindStrftime,
	},
	{
		Name: "strptime", Kind: dateTime, Syntax: "strptime(text, format)", params: "ss", gives: numeric,
		Help:     "The time that a text is, in seconds with six decimals; null when it is not in the format.",
		Examples: []Example{{`strptime("2018-08-13 07:00:00", "%Y-%m-%d %H:%M:%S")`, "1534143600.000000"}, {`strptime("x", "%Y")`, "null"}},
		bind:     bindStrptime,
	},
}

// clockNode is the wall clock, or the search's time where there is none.
type clockNode struct{ env *Env }

func (n clockNode) eval(*row) Value {
	if n.env.Clock == nil {
		return seconds(n.env.Now)
	}
	return seconds(event.At(n.env.Clock.Now()))
}

// seconds is a time as a number with six decimals (rule F4).
func seconds(t event.Time) Value { return limited(t.Seconds(), sixDecimals) }

func microseconds(f float64) int64 { return int64(math.Round(f * 1e6)) }

// format is the i-th argument as a time format: compiled once when it is a
// literal.
func (c *site) format(i int) func(Value) *splunktime.Format {
	if literal, ok := c.text(i); ok {
		fixed := splunktime.CompileFormat(literal)
		return func(Value) *splunktime.Format { return fixed }
	}
	return func(v Value) *splunktime.Format { return splunktime.CompileFormat(v.String()) }
}

func bindStrftime(c *site) node {
	format := c.format(1)
	return &nodeOf2{func(t, f Value) Value {
		at, ok := timeOf(t)
		if !ok {
			return Value{}
		}
		return Text(string(format(f).Print(nil, at, c.env.Zone)))
	}, c.args[0], c.args[1]}
}

func bindStrptime(c *site) node {
	format := c.format(1)
	return &nodeOf2{func(s, f Value) Value {
		if s.kind == Multi {
			return Value{}
		}
		at, ok := format(f).Parse(s.String(), c.env.Zone)
		if !ok {
			return Value{}
		}
		return seconds(at)
	}, c.args[0], c.args[1]}
}
