package pcre

import "strings"

// class reads from behind "[" to its "]".
func (p *parser) class(at int) *node {
	p.pos = at
	if p.posixEnd() > 0 {
		p.failAt(at, "a class like [:alpha:] must stand in brackets of its own: [[:alpha:]]")
	}
	p.pos = at + 1
	n := &node{kind: class, set: &set{negative: p.take("^")}}
	c := classParser{parser: p, set: n.set}
	for first := true; ; first = false {
		c.skip()
		if p.pos == len(p.src) {
			p.failAt(at, `missing "]" for "["`)
		}
		if !c.quoted && !first && p.take("]") {
			return n
		}
		c.item()
	}
}

// classParser reads the items of a class.
type classParser struct {
	*parser
	set    *set
	quoted bool
}

// skip passes \Q and \E, and with (?xx) blanks.
func (c *classParser) skip() {
	for {
		switch {
		case c.take(`\E`):
			c.quoted = false
		case c.quoted:
			return
		case c.take(`\Q`):
			c.quoted = true
		case c.flags.more && (c.take(" ") || c.take("\t")):
		default:
			return
		}
	}
}

// item reads a character, a range or a class inside the class. A dash is itself
// where it is the first or the last; PCRE2 refuses classes as ends of a range.
func (c *classParser) item() {
	at := c.pos
	low, isClass := c.one()
	c.skip()
	dash := c.pos
	isRange := !c.quoted && c.take("-")
	c.skip()
	last := c.pos == len(c.src) || !c.quoted && c.peek("]")
	if !isRange || last {
		if !isClass {
			c.add(low, low)
		}
		if isRange {
			c.add('-', '-')
		}
		return
	}
	high, highIsClass := c.one()
	switch {
	case isClass || highIsClass:
		c.failAt(dash, `"-" beside a class: write it first, last or as \-`)
	case high < low:
		c.failAt(at, "range out of order in a class")
	}
	c.add(low, high)
}

func (c *classParser) add(low, high rune) {
	if c.flags.fold {
		c.set.ranges = c.set.ranges.addFolded(low, high)
		return
	}
	c.set.ranges = append(c.set.ranges, low, high)
}

// one reads one character, or adds a class to the set.
func (c *classParser) one() (r rune, isClass bool) {
	switch {
	case c.quoted:
		return c.next(), false
	case c.peek("["):
		if end := c.posixEnd(); end > 0 {
			c.posix(end)
			return 0, true
		}
		return c.next(), false
	case !c.peek(`\`):
		return c.next(), false
	}
	return c.escaped()
}

func (c *classParser) escaped() (r rune, isClass bool) {
	at := c.pos
	c.pos++
	if c.pos == len(c.src) {
		c.failAt(at, "backslash at the end of the pattern")
	}
	switch b := c.src[c.pos]; b {
	case 'b':
		c.pos++
		return '\b', false
	case 'B', 'N', 'R', 'X':
		c.failAt(at, `\`+string(rune(b))+" has no meaning in a class")
	}
	if chars, ok := c.escapeClass(at); ok {
		c.set.ranges = append(c.set.ranges, chars...)
		return 0, true
	}
	return c.escapeChar(at), false
}

// posixEnd is where [:name:], [.x.] or [=x=] at the current place ends; 0 when
// there is none.
func (p *parser) posixEnd() int {
	rest := p.src[p.pos+1:]
	if rest == "" || strings.IndexByte(":.=", rest[0]) < 0 {
		return 0
	}
	i := strings.Index(rest[1:], rest[:1]+"]")
	if i < 0 || strings.ContainsAny(rest[1:1+i], `\]`) {
		return 0
	}
	return p.pos + 1 + 1 + i + 2
}

// posix adds [:name:] or [:^name:].
func (c *classParser) posix(end int) {
	name := c.src[c.pos+2 : end-2]
	name, negative := strings.CutPrefix(name, "^")
	base, ok := posixClasses[name]
	if !ok || c.src[c.pos+1] != ':' {
		c.fail(`unknown class "` + c.src[c.pos:end] + `"`)
	}
	c.pos = end
	if c.flags.fold && (name == "upper" || name == "lower") {
		base = posixClasses["alpha"]
	}
	if negative {
		base = base.complement()
	}
	c.set.ranges = append(c.set.ranges, base...)
}
