package pcre

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxPattern is the length of a pattern in bytes; PCRE's own limit is alike.
	maxPattern = 1 << 16
	// maxNesting is PCRE's default limit of open parentheses.
	maxNesting = 250
	// maxRepeat is PCRE's largest number in braces.
	maxRepeat = 65535
)

// flags are the option letters that hold where the parser is.
type flags struct {
	fold     bool // i
	lines    bool // m
	dotAll   bool // s
	extended bool // x
	more     bool // xx: blanks in classes too
	ungreedy bool // U
	unnamed  bool // n: plain parentheses do not capture
	again    bool // J: a name may stand twice
}

// parser reads a pattern once. Errors end it by panic with an *Error, which parse
// catches.
type parser struct {
	src   string
	pos   int
	flags flags
	// quoted: between \Q and \E.
	quoted  bool
	nesting int
	names   []string // by group number; [0] is the whole match
	later   []func() // checks that need the number of all groups
}

// parse reads a pattern into nodes, and gives the names of its groups.
func parse(src string) (root *node, names []string, err error) {
	p := &parser{src: src, names: []string{""}}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			root, names, err = nil, nil, e
		default:
			panic(e)
		}
	}()
	if len(src) > maxPattern {
		p.failAt(0, "the pattern is longer than 64 KiB")
	}
	if !utf8.ValidString(src) {
		p.failAt(invalid(src), "the pattern is not valid UTF-8")
	}
	p.leadingVerbs()
	root = p.alternatives()
	if p.pos < len(src) {
		p.fail(`")" without "("`)
	}
	for _, check := range p.later {
		check()
	}
	return root, p.names, nil
}

func (p *parser) fail(reason string) { p.failAt(p.pos, reason) }

func (p *parser) failAt(offset int, reason string) {
	panic(&Error{Pattern: p.src, Offset: offset, Reason: reason})
}

// invalid is the first byte that is not UTF-8.
func invalid(s string) int {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return i
		}
	}
	return len(s)
}

// peek tells whether s comes next.
func (p *parser) peek(s string) bool { return strings.HasPrefix(p.src[p.pos:], s) }

// take takes s when it comes next.
func (p *parser) take(s string) bool {
	if p.peek(s) {
		p.pos += len(s)
		return true
	}
	return false
}

// next takes one character; there is one.
func (p *parser) next() rune {
	r, width := utf8.DecodeRuneInString(p.src[p.pos:])
	p.pos += width
	return r
}

// alternatives reads up to the closing parenthesis or the end. A flag set inside
// holds for the alternatives that follow.
func (p *parser) alternatives() *node {
	subs := []*node{p.sequence()}
	for p.take("|") {
		subs = append(subs, p.sequence())
	}
	if len(subs) == 1 {
		return subs[0]
	}
	return &node{kind: either, subs: subs}
}

func (p *parser) sequence() *node {
	n := &node{kind: sequence}
	for {
		p.skip()
		if p.pos == len(p.src) || !p.quoted && (p.peek("|") || p.peek(")")) {
			return n
		}
		if item := p.item(); item != nil {
			n.subs = append(n.subs, p.quantified(item))
		}
	}
}

// skip passes what means nothing: \Q and \E themselves, comments, and in extended
// mode blanks.
func (p *parser) skip() {
	for p.pos < len(p.src) {
		switch {
		case p.peek(`\E`):
			p.quoted = false
			p.pos += 2
		case p.quoted:
			return
		case p.take(`\Q`):
			p.quoted = true
		case p.peek("(?#"):
			i := strings.IndexByte(p.src[p.pos:], ')')
			if i < 0 {
				p.fail(`comment without ")"`)
			}
			p.pos += i + 1
		case p.flags.extended && strings.IndexByte(" \t\n\v\f\r", p.src[p.pos]) >= 0:
			p.pos++
		case p.flags.extended && p.peek("#"):
			i := strings.IndexByte(p.src[p.pos:], '\n')
			if i < 0 {
				i = len(p.src) - p.pos - 1
			}
			p.pos += i + 1
		default:
			return
		}
	}
}

// item reads one thing that can be repeated; nil for a change of flags.
func (p *parser) item() *node {
	if p.quoted {
		return p.literal(p.next())
	}
	at := p.pos
	switch r := p.next(); r {
	case '^':
		if p.flags.lines {
			return &node{kind: lineStart}
		}
		return &node{kind: start}
	case '$':
		if p.flags.lines {
			return &node{kind: lineEnd}
		}
		return &node{kind: lastEnd}
	case '.':
		if p.flags.dotAll {
			return &node{kind: anyChar}
		}
		return &node{kind: anyLine}
	case '[':
		return p.class(at)
	case '(':
		return p.group(at)
	case '\\':
		return p.escape(at)
	case '*', '+', '?':
		p.failAt(at, `nothing to repeat before "`+string(r)+`"`)
		return nil
	case '{':
		p.pos = at
		if _, _, ok := p.braces(); ok {
			p.failAt(at, `nothing to repeat before "{"`)
		}
		p.pos = at + 1
		return p.literal('{')
	default:
		return p.literal(r)
	}
}

func (p *parser) literal(r rune) *node {
	return &node{kind: literal, r: r, fold: p.flags.fold}
}

// repeatable tells whether PCRE lets a quantifier follow.
func (n *node) repeatable() bool {
	switch n.kind {
	case start, lineStart, end, lastEnd, lineEnd, boundary, noBoundary, resume, never:
		return false
	}
	return true
}

// quantified reads the quantifier behind an item.
func (p *parser) quantified(item *node) *node {
	p.skip()
	at := p.pos
	low, high, ok := p.quantifier()
	if !ok {
		return item
	}
	if !item.repeatable() {
		p.failAt(at, "a quantifier behind an anchor or a verb")
	}
	p.skip()
	item = &node{kind: repeat, subs: []*node{item}, min: low, max: high, greed: p.greed()}
	p.skip()
	at = p.pos
	if _, _, ok := p.quantifier(); ok {
		p.failAt(at, "a quantifier behind a quantifier")
	}
	return item
}

// quantifier reads *, +, ? or numbers in braces.
func (p *parser) quantifier() (low, high int, ok bool) {
	if p.quoted || p.pos == len(p.src) {
		return 0, 0, false
	}
	switch p.src[p.pos] {
	case '*':
		low, high = 0, unbounded
	case '+':
		low, high = 1, unbounded
	case '?':
		low, high = 0, 1
	case '{':
		return p.braces()
	default:
		return 0, 0, false
	}
	p.pos++
	return low, high, true
}

// greed reads what follows a quantifier.
func (p *parser) greed() greed {
	switch {
	case p.quoted:
		return greedy
	case p.take("+"):
		return possessive
	case p.take("?") != p.flags.ungreedy:
		return lazy
	}
	return greedy
}

// braces reads {n}, {n,} or {n,m}; anything else in braces is literal.
func (p *parser) braces() (low, high int, ok bool) {
	at := p.pos
	inside, _, closed := strings.Cut(p.src[p.pos+1:], "}")
	from, to, comma := strings.Cut(inside, ",")
	if !closed || !allDigits(from) || from == "" || !allDigits(to) {
		return 0, 0, false
	}
	p.pos += len(inside) + 2
	low, high = p.repeatCount(at, from), unbounded
	switch {
	case !comma:
		high = low
	case to != "":
		high = p.repeatCount(at, to)
	}
	if high != unbounded && high < low {
		p.failAt(at, "numbers out of order in {"+inside+"}")
	}
	return low, high, true
}

func (p *parser) repeatCount(at int, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n > maxRepeat {
		p.failAt(at, "number larger than 65535 in braces")
	}
	return n
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
