package pcre

import (
	"strconv"
	"strings"
)

// leadingVerbs passes the (*VERB)s at the start that change nothing here.
func (p *parser) leadingVerbs() {
	for again := true; again; {
		again = false
		for _, verb := range []string{"(*UTF8)", "(*UTF)", "(*LF)", "(*NO_AUTO_POSSESS)", "(*NO_START_OPT)", "(*NO_DOTSTAR_ANCHOR)", "(*NO_JIT)"} {
			again = again || p.take(verb)
		}
	}
}

// group reads from behind "(" to its ")"; nil for a change of flags.
func (p *parser) group(at int) *node {
	if p.nesting++; p.nesting > maxNesting {
		p.failAt(at, "more than 250 open parentheses")
	}
	defer func() { p.nesting-- }()
	switch {
	case p.peek("*"):
		return p.verb(at)
	case !p.peek("?"):
		if p.flags.unnamed {
			return p.body(at)
		}
		return p.captured(at, "")
	}
	p.pos++
	switch {
	case p.take(":"):
		return p.body(at)
	case p.take(">"):
		return &node{kind: atomic, subs: []*node{p.body(at)}}
	case p.take("="):
		return p.look(at, false, false)
	case p.take("!"):
		return p.look(at, false, true)
	case p.take("<="):
		return p.look(at, true, false)
	case p.take("<!"):
		return p.look(at, true, true)
	case p.take("P<") || p.take("<"):
		return p.captured(at, p.name(">"))
	case p.take("'"):
		return p.captured(at, p.name("'"))
	case p.take("P="):
		return p.reference(at, p.name(")"))
	case p.take("("):
		return p.conditional(at)
	}
	p.refuse(at)
	return p.setFlags(at)
}

// refuse reports what PCRE can and the engines here cannot.
func (p *parser) refuse(at int) {
	rest := p.src[p.pos:]
	recursion := strings.HasPrefix(rest, "R") || strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "P>") ||
		rest != "" && rest[0] >= '0' && rest[0] <= '9' ||
		len(rest) > 1 && (rest[0] == '+' || rest[0] == '-') && rest[1] >= '0' && rest[1] <= '9'
	switch {
	case recursion:
		p.failAt(at, "recursion into a group cannot be run here; write the group's pattern out")
	case strings.HasPrefix(rest, "|"):
		p.failAt(at, `branch reset "(?|" cannot be run here; give each branch its own group and coalesce() them`)
	case strings.HasPrefix(rest, "C"):
		p.failAt(at, `callout "(?C" cannot be run here`)
	}
}

// body reads a group's inside, whose flags end with it.
func (p *parser) body(at int) *node {
	saved := p.flags
	n := p.alternatives()
	if !p.take(")") {
		p.failAt(at, `missing ")" for "("`)
	}
	p.flags = saved
	return n
}

func (p *parser) captured(at int, name string) *node {
	if name != "" && !p.flags.again {
		for _, other := range p.names {
			if other == name {
				p.failAt(at, `two groups are named "`+name+`"`)
			}
		}
	}
	n := &node{kind: capture, group: len(p.names)}
	p.names = append(p.names, name)
	n.subs = []*node{p.body(at)}
	return n
}

func (p *parser) look(at int, behind, negative bool) *node {
	n := &node{kind: look, behind: behind, negative: negative, subs: []*node{p.body(at)}}
	if behind && !n.subs[0].fixedWidth() {
		p.failAt(at, "each alternative of a lookbehind must have one fixed length")
	}
	return n
}

// name reads a group's name and what closes it.
func (p *parser) name(closer string) string {
	at := p.pos
	for p.pos < len(p.src) && wordByte(p.src[p.pos]) {
		p.pos++
	}
	name := p.src[at:p.pos]
	switch {
	case name == "":
		p.failAt(at, "a group needs a name of letters, digits and _ here")
	case name[0] >= '0' && name[0] <= '9':
		p.failAt(at, `group name "`+name+`" starts with a digit`)
	case !p.take(closer):
		p.fail(`group name "` + name + `" goes on with something other than letters, digits and _`)
	}
	return name
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// reference is a back reference by name; the group may stand further right.
func (p *parser) reference(at int, name string) *node {
	n := &node{kind: backref, fold: p.flags.fold}
	p.later = append(p.later, func() { n.group = p.named(at, name) })
	return n
}

// named finds a group by its name, when all groups are known.
func (p *parser) named(at int, name string) (group int) {
	for i, other := range p.names {
		if i == 0 || other != name {
			continue
		}
		if group > 0 {
			p.failAt(at, `reference to "`+name+`", which several groups are named`)
		}
		group = i
	}
	if group == 0 {
		p.failAt(at, `reference to group "`+name+`", which does not exist`)
	}
	return group
}

// numbered is a back reference by number.
func (p *parser) numbered(at, group int) *node {
	p.later = append(p.later, func() {
		if group >= len(p.names) {
			p.failAt(at, "reference to group "+strconv.Itoa(group)+", which does not exist")
		}
	})
	return &node{kind: backref, group: group, fold: p.flags.fold}
}

// conditional reads from behind "(?(".
func (p *parser) conditional(at int) *node {
	n := &node{kind: condition}
	if p.peek("?") && !p.peek("?C") {
		test := p.group(p.pos - 1)
		if test == nil || test.kind != look {
			p.failAt(at, "a condition must be a group or an assertion")
		}
		if test.has(capture) {
			p.failAt(at, "a condition with groups in its assertion cannot be run here")
		}
		n.subs = []*node{test}
	} else {
		p.groupCondition(at, n)
	}
	body := p.body(at)
	branches := []*node{body, {kind: empty}}
	if body.kind == either {
		if len(body.subs) > 2 {
			p.failAt(at, "a condition has more than two branches")
		}
		branches = body.subs
	}
	n.subs = append(n.subs, branches...)
	return n
}

// groupCondition reads (1), (-1), (<name>), ('name') or (name).
func (p *parser) groupCondition(at int, n *node) {
	var name string
	switch {
	case p.take("<"):
		name = p.name(">")
		p.closeCondition(at)
	case p.take("'"):
		name = p.name("'")
		p.closeCondition(at)
	default:
		inside, _, closed := strings.Cut(p.src[p.pos:], ")")
		if !closed {
			p.failAt(at, `missing ")" for "("`)
		}
		if group, ok := p.relative(inside); ok {
			p.pos += len(inside) + 1
			n.group = group
			p.later = append(p.later, func() {
				if group < 1 || group >= len(p.names) {
					p.failAt(at, "condition on group "+strconv.Itoa(group)+", which does not exist")
				}
			})
			return
		}
		name = p.name(")")
	}
	n.group = 1 // until all groups are known
	p.later = append(p.later, func() {
		switch {
		case name == "DEFINE" || name[0] == 'R':
			p.failAt(at, "recursion into a group cannot be run here; write the group's pattern out")
		}
		n.group = p.named(at, name)
	})
}

func (p *parser) closeCondition(at int) {
	if !p.take(")") {
		p.failAt(at, `missing ")" for "("`)
	}
}

// relative reads a group number: 2, or -1 and +1 counted from here.
func (p *parser) relative(s string) (group int, ok bool) {
	unsigned := strings.TrimLeft(s, "+-")
	if unsigned == "" || !allDigits(unsigned) || len(s) > len(unsigned)+1 || len(unsigned) > 5 {
		return 0, false
	}
	n, _ := strconv.Atoi(unsigned)
	switch s[0] {
	case '-':
		return len(p.names) - n, true
	case '+':
		return len(p.names) - 1 + n, true
	}
	return n, true
}

// verb reads (*VERB) inside a pattern.
func (p *parser) verb(at int) *node {
	inside, _, closed := strings.Cut(p.src[p.pos:], ")")
	if !closed {
		p.failAt(at, `missing ")" for "("`)
	}
	p.pos += len(inside) + 1
	if inside == "*F" || inside == "*FAIL" {
		return &node{kind: never}
	}
	p.failAt(at, `verb "(`+inside+`)" cannot be run here`)
	return nil
}

// setFlags reads (?i) and (?i-s:...).
func (p *parser) setFlags(at int) *node {
	set := p.flags
	on := true
	if p.take("^") {
		set = flags{ungreedy: set.ungreedy, again: set.again}
	}
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		p.pos++
		switch c {
		case 'i':
			set.fold = on
		case 'm':
			set.lines = on
		case 's':
			set.dotAll = on
		case 'n':
			set.unnamed = on
		case 'x':
			set.extended, set.more = on, on && p.take("x")
		case 'U':
			set.ungreedy = on
		case 'J':
			set.again = on
		case '-':
			on = false
		case ')':
			p.flags = set
			return nil
		case ':':
			saved := p.flags
			p.flags = set
			n := p.body(at)
			p.flags = saved
			return n
		default:
			p.failAt(p.pos-1, `unknown letter after "(?"`)
		}
	}
	p.failAt(at, `missing ")" for "("`)
	return nil
}
