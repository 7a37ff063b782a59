package eval

import (
	"sync"
	"sync/atomic"

	"riskreplay/src/diag"
	"riskreplay/src/pcre"
)

// regexes gives the compiled pattern of an argument: compiled once when it is a
// literal, which then must compile; else once per distinct text.
type regexes struct {
	fixed *pcre.Regexp
	mu    sync.Mutex
	known map[string]*pcre.Regexp // nil for what does not compile
	// warn tells of a match that was given up, and spent counts them.
	warn  func(error)
	spent atomic.Int32
}

// patience is how many matches may be given up, each after a second or so; then
// the pattern is tried no more, so that a search ends.
const patience = 5

// gaveUp is called for a match that was given up.
func (x *regexes) gaveUp(err error) {
	x.spent.Add(1)
	x.warn(err)
}

// knownRegexes is how many patterns out of fields are kept.
const knownRegexes = 1000

// regex reads the i-th argument as a pattern.
func (c *site) regex(i int) *regexes {
	out := &regexes{known: map[string]*pcre.Regexp{}, warn: c.giveUp(i)}
	literal, ok := c.text(i)
	if !ok {
		return out
	}
	re, err := pcre.Compile(literal)
	if err != nil {
		c.problem(c.call.Args[i].At(), err.Error(), "")
	}
	out.fixed = re
	return out
}

// giveUp warns of a match that was given up: the row is treated as one without
// the value.
func (c *site) giveUp(i int) func(error) {
	warn, at := c.env.Warn, c.call.Args[i].At()
	if warn == nil {
		return func(error) {}
	}
	return func(err error) {
		m := c.st.Source.Problem(at, err.Error(), "anchor the pattern, or make its repetitions exclude each other: [^,]* instead of .*")
		m.Severity, m.Cause = diag.Warning, err
		warn(m)
	}
}

// of is the pattern that v holds, nil when it is none; several values are none,
// and so is a pattern that has used up our patience.
func (x *regexes) of(v Value) *pcre.Regexp {
	if x.spent.Load() >= patience {
		return nil
	}
	if x.fixed != nil || v.kind == Multi {
		return x.fixed
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	text := v.String()
	re, ok := x.known[text]
	if !ok {
		re, _ = pcre.Compile(text)
		if len(x.known) >= knownRegexes {
			clear(x.known)
		}
		x.known[text] = re
	}
	return re
}

func bindMatch(c *site) node {
	patterns := c.regex(1)
	return &nodeOf2{func(v, pattern Value) Value {
		re := patterns.of(pattern)
		if re == nil {
			return Value{}
		}
		var failed error
		found := c.anyText(v, func(s string) bool {
			ok, err := re.Match(s)
			if err != nil {
				failed = err
				patterns.gaveUp(err)
			}
			return ok
		})
		if failed != nil && !found {
			return Value{}
		}
		return Truth(found)
	}, c.args[0], c.args[1]}
}
