package pcre

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dialect is the engine that a pattern is printed for.
type dialect uint8

const (
	// std is regexp. Its programs run on texts that do not end in a newline
	// when the pattern has a lastEnd or lineStart.
	std dialect = iota
	// middle is regexp on a text that starts one character before the place from
	// which a match is looked for: nothing is at the start of the text.
	middle
	// back is regexp2.
	back
)

// nothing is a class without characters.
const nothing = `[^\x{0}-\x{10FFFF}]`

// print writes a node for an engine. All flags are written out at the nodes that
// they change, and all groups but captures are (?:).
func (n *node) print(b *strings.Builder, d dialect) {
	switch n.kind {
	case literal:
		printFolded(b, n.fold, func() { printLiteral(b, n.r) })
	case class:
		n.set.print(b)
	case sequence:
		n.printSequence(b, d)
	case either:
		b.WriteString("(?:")
		for i, sub := range n.subs {
			if i > 0 {
				b.WriteByte('|')
			}
			sub.print(b, d)
		}
		b.WriteByte(')')
	case capture:
		b.WriteByte('(')
		n.subs[0].print(b, d)
		b.WriteByte(')')
	case repeat:
		n.printRepeat(b, d)
	default:
		if text, ok := fixed[n.kind]; ok {
			b.WriteString(text[d])
			return
		}
		n.printBack(b, d)
	}
}

// fixed is what kinds without content are for each engine. What only regexp2 runs
// has no other form.
var fixed = map[kind][3]string{
	empty:     {"(?:)", "(?:)", "(?:)"},
	never:     {"", "", "(?!)"},
	anyLine:   {".", ".", "."},
	anyChar:   {"(?s:.)", "(?s:.)", "(?s:.)"},
	start:     {`\A`, nothing, `\A`},
	lineStart: {"(?m:^)", "(?m:^)", `(?:\A|(?<=\n)(?!\z))`},
	end:       {`\z`, `\z`, `\z`},
	lastEnd:   {`\z`, `\z`, `\Z`},
	lineEnd:   {"(?m:$)", "(?m:$)", "(?m:$)"},
	// regexp2's own \b counts letters of all scripts as word characters.
	boundary:   {`\b`, `\b`, `(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))`},
	noBoundary: {`\B`, `\B`, `(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))`},
	resume:     {"", "", `\G`},
	newline:    {"", "", `\R`},
	grapheme:   {"", "", `\X`},
}

func printFolded(b *strings.Builder, fold bool, inside func()) {
	if !fold {
		inside()
		return
	}
	b.WriteString("(?i:")
	inside()
	b.WriteByte(')')
}

// printSequence joins literals that stand together, so that engines see words.
func (n *node) printSequence(b *strings.Builder, d dialect) {
	for i := 0; i < len(n.subs); i++ {
		sub := n.subs[i]
		if sub.kind != literal {
			sub.print(b, d)
			continue
		}
		printFolded(b, sub.fold, func() {
			for ; i < len(n.subs) && n.subs[i].kind == literal && n.subs[i].fold == sub.fold; i++ {
				printLiteral(b, n.subs[i].r)
			}
			i--
		})
	}
}

func (n *node) printRepeat(b *strings.Builder, d dialect) {
	if n.greed == possessive {
		b.WriteString("(?>")
		defer b.WriteByte(')')
	}
	b.WriteString("(?:")
	n.subs[0].print(b, d)
	b.WriteByte(')')
	switch {
	case n.min == 0 && n.max == unbounded:
		b.WriteByte('*')
	case n.min == 1 && n.max == unbounded:
		b.WriteByte('+')
	case n.min == 0 && n.max == 1:
		b.WriteByte('?')
	default:
		b.WriteString("{" + strconv.Itoa(n.min))
		if n.max == unbounded {
			b.WriteByte(',')
		} else if n.max != n.min {
			b.WriteString("," + strconv.Itoa(n.max))
		}
		b.WriteByte('}')
	}
	if n.greed == lazy {
		b.WriteByte('?')
	}
}

// printBack writes what only regexp2 runs.
func (n *node) printBack(b *strings.Builder, d dialect) {
	switch n.kind {
	case atomic:
		b.WriteString("(?>")
	case look:
		b.WriteString("(?")
		if n.behind {
			b.WriteByte('<')
		}
		if n.negative {
			b.WriteByte('!')
		} else {
			b.WriteByte('=')
		}
	case backref:
		printFolded(b, n.fold, func() { b.WriteString(`(?:\` + strconv.Itoa(n.group) + ")") })
		return
	case condition:
		n.printCondition(b, d)
		return
	}
	n.subs[0].print(b, d)
	b.WriteByte(')')
}

// printCondition writes a condition on an assertion as two guarded alternatives:
// regexp2 miscounts the groups of a pattern that has (?(?=.
func (n *node) printCondition(b *strings.Builder, d dialect) {
	if n.group > 0 {
		b.WriteString("(?(" + strconv.Itoa(n.group) + ")")
		n.subs[0].print(b, d)
		b.WriteByte('|')
		n.subs[1].print(b, d)
		b.WriteByte(')')
		return
	}
	test, opposite := n.subs[0], *n.subs[0]
	opposite.negative = !opposite.negative
	b.WriteString("(?:")
	test.print(b, d)
	n.subs[1].print(b, d)
	b.WriteByte('|')
	opposite.print(b, d)
	n.subs[2].print(b, d)
	b.WriteByte(')')
}

// printLiteral writes one character that stands for itself.
func printLiteral(b *strings.Builder, r rune) {
	switch {
	case r < ' ' || r == 0x7F || r == utf8.RuneError || r > 0x7F && !unicode.IsPrint(r):
		printCode(b, r)
		return
	case r < 0x80 && strings.IndexByte(`\.+*?()|[]{}^$`, byte(r)) >= 0:
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

func printCode(b *strings.Builder, r rune) {
	b.WriteString(`\x{` + strconv.FormatInt(int64(r), 16) + "}")
}

func (s *set) print(b *strings.Builder) {
	m := s.ranges.merged()
	if len(m) == 0 { // neither engine takes []
		m = ranges{0, unicode.MaxRune}
		s = &set{negative: !s.negative}
	}
	b.WriteByte('[')
	if s.negative {
		b.WriteByte('^')
	}
	for ; len(m) > 0; m = m[2:] {
		printEdge(b, m[0])
		if m[1] != m[0] {
			b.WriteByte('-')
			printEdge(b, m[1])
		}
	}
	b.WriteByte(']')
}

func printEdge(b *strings.Builder, r rune) {
	if r < 0x80 && wordByte(byte(r)) {
		b.WriteByte(byte(r))
		return
	}
	printCode(b, r)
}
