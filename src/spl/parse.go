package spl

import (
	"strings"

	"riskreplay/src/diag"
)

// The limits on nesting.
const (
	maxNesting    = 200   // parentheses, NOT, functions within each other
	maxSubsearch  = 8     // subsearches and sub-pipelines within each other
	maxOperators  = 10000 // in one expression
	maxMessages   = 100   // problems reported of one search
	quotedAtMost  = 24    // characters of the text found, in a message
	maxNumberText = 64    // digits of a number in an expression
)

// Options change how a text is parsed.
type Options struct {
	// Commands tells which names beside the built-in ones are commands, such as
	// the custom ones that an app declares. Nil is none.
	Commands func(name string) bool
	// Bracketed: the text is what stands between [ and ], which begins with a
	// command, with or without a pipe.
	Bracketed bool
}

// Parse reads a search. The list holds all problems that it can find, each with
// its place; some may be warnings. The tree is never nil, and holds what could
// be read.
func Parse(s *Source) (*Search, diag.List) { return ParseWith(s, Options{}) }

// ParseWith is Parse with options.
func ParseWith(s *Source, o Options) (*Search, diag.List) {
	p := newParser(s, o)
	if len(s.Text) > maxText {
		return &Search{}, p.problems
	}
	depth := 0
	if o.Bracketed {
		depth = 1
	}
	tree := p.pipeline(depth)
	return tree, p.problems
}

// ParseExpr reads a text that is one expression of eval and where.
func ParseExpr(s *Source) (Expr, diag.List) {
	p := newParser(s, Options{})
	e := p.expr()
	if p.peek() != 0 {
		p.expected("the end of the expression")
	}
	return e, p.problems
}

// ParsePredicate reads a text that is one condition of search; nil is no
// condition.
func ParsePredicate(s *Source) (Predicate, diag.List) {
	p := newParser(s, Options{})
	x := p.predicate(nil)
	if p.peek() != 0 {
		p.expected("the end of the condition")
	}
	return x, p.problems
}

// parser is a cursor over the text. Its methods read what they are named after,
// from the cursor on. The first problem of a stage is reported and moves the
// cursor to the stage's end, so that everything that waits for more stops.
type parser struct {
	src       *Source
	text      string
	pos       int
	opts      Options
	problems  diag.List
	failed    bool // this stage has a problem already
	stop      int  // where a failed stage ends
	commented int  // where the last comment kept ends: looking ahead meets them again
	depth     int  // of brackets
	nest      int  // of parentheses
	ops       int  // operators in this expression
	stage     *Stage
}

func newParser(s *Source, o Options) *parser {
	p := &parser{src: s, text: s.Text, opts: o}
	if len(s.Text) > maxText {
		p.problems = diag.List{s.Problem(Span{maxText, maxText + 1}, "the search is longer than 1 MB", "")}
		p.text = ""
	}
	if i := strings.IndexByte(p.text, 0); i >= 0 {
		p.report(s.Problem(Span{i, i + 1}, "the search holds a NUL byte", "take it out: it cannot be part of a search"))
	}
	return p
}

// fail reports a problem and gives up on the stage. Only the first one of a
// stage is told: the others may follow from it.
func (p *parser) fail(sp Span, text, hint string, notes ...diag.Message) {
	if p.failed {
		return
	}
	p.failed = true
	m := p.src.Problem(sp, text, hint)
	m.Notes = append(notes, m.Notes...)
	p.report(m)
	p.stop = skipStage(p.text, p.pos)
	p.pos = p.stop
}

func (p *parser) report(m diag.Message) {
	if len(p.problems) < maxMessages {
		p.problems = append(p.problems, m)
	}
}

func (p *parser) warn(sp Span, text, hint string) {
	if p.failed {
		return
	}
	m := p.src.Problem(sp, text, hint)
	m.Severity = diag.Warning
	p.report(m)
}

// expected reports what is missing at the cursor.
func (p *parser) expected(what string, notes ...diag.Message) {
	sp, found := p.found()
	p.fail(p.blamed(sp), "expected "+what+", found "+found, p.misuse(sp), notes...)
}

// blamed is where to point for something missing at sp: what stands there is not
// to blame when the text before it came from elsewhere, from a macro that ends
// too early.
func (p *parser) blamed(sp Span) Span {
	end := len(strings.TrimRight(p.text[:sp.Start], " \t\r\n\v\f"))
	if end == 0 || len(p.src.parts) < 2 || p.src.part(end-1) == p.src.part(sp.Start) {
		return sp
	}
	return Span{end - 1, end}
}

// unexpected reports what stands at the cursor and does not belong there.
func (p *parser) unexpected(hint string) {
	sp, found := p.found()
	if hint == "" {
		hint = p.misuse(sp)
	}
	p.fail(sp, "unexpected "+found, hint)
}

// found describes what stands at the cursor.
func (p *parser) found() (Span, string) {
	switch c := p.peek(); c {
	case 0:
		return Span{len(p.text), len(p.text)}, "the end of the search"
	case '|':
		return Span{p.pos, p.pos + 1}, "the next pipe"
	case '"':
		if end := stringEnd(p.text, p.pos); end > 0 {
			return Span{p.pos, end}, "the string " + shorten(p.text[p.pos:end])
		}
		return Span{p.pos, p.pos + 1}, `"`
	default:
		end := p.pos + 1
		if isWordByte(c) {
			for end < len(p.text) && isWordByte(p.text[end]) {
				end++
			}
		}
		return Span{p.pos, end}, `"` + shorten(p.text[p.pos:end]) + `"`
	}
}

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' || c == '*' || c == '-' }

func shorten(s string) string {
	if len(s) <= quotedAtMost {
		return s
	}
	return strings.ToValidUTF8(s[:quotedAtMost-3], "") + "..."
}

// misuse is a hint for signs that word processors put in.
func (p *parser) misuse(sp Span) string {
	rest := p.text[sp.Start:]
	switch {
	case rest == "" || rest[0] < 0x80:
		return ""
	case strings.HasPrefix(rest, "\u201c"), strings.HasPrefix(rest, "\u201d"):
		return "typographic quotes do not quote: write \""
	case strings.HasPrefix(rest, "\u2018"), strings.HasPrefix(rest, "\u2019"):
		return "typographic quotes do not quote: write '"
	case strings.HasPrefix(rest, "\u00a0"):
		return "this is a no-break space: write an ordinary one"
	}
	return ""
}

// peek skips blanks and is the byte that follows; 0 is the end of the text.
func (p *parser) peek() byte {
	p.space()
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// more tells whether the stage goes on, after blanks.
func (p *parser) more() bool {
	c := p.peek()
	return c != 0 && c != '|' && c != ']' && !p.failed
}

// next is more, after commas too: lists are split by blanks, commas or both.
func (p *parser) next() bool {
	for p.peek() == ',' {
		p.pos++
	}
	return p.more()
}

// space skips blanks, and comments of a text that was not expanded.
func (p *parser) space() {
	for p.pos < len(p.text) {
		switch {
		case isSpace(p.text[p.pos]):
			p.pos++
		case p.text[p.pos] == '`' && isComment(p.text, p.pos):
			p.comment()
		default:
			return
		}
	}
}

func (p *parser) comment() {
	end := commentEnd(p.text, p.pos)
	if end < 0 {
		end = len(p.text)
		p.fail(Span{p.pos, p.pos + 3}, "the comment is never closed", "close it with three ticks")
	} else if p.stage != nil && p.pos >= p.commented {
		p.commented = end
		p.stage.Comments = append(p.stage.Comments, p.text[p.pos+3:end-3])
	}
	p.pos = end
}

// accept reads the byte c when it follows.
func (p *parser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

// enter counts one more level of nesting; leave must follow.
func (p *parser) enter(sp Span) bool {
	p.nest++
	if p.nest > maxNesting {
		p.fail(sp, "parentheses are nested more than 200 deep", "")
		return false
	}
	return true
}

func (p *parser) leave() { p.nest-- }

// close reads the parenthesis that closes the one at open.
func (p *parser) close(open int) {
	if !p.accept(')') {
		p.expected("a closing parenthesis", p.opened(open))
	}
}

func (p *parser) opened(at int) diag.Message {
	return diag.Message{Severity: diag.Info, Text: "opened here", Place: p.src.At(Span{at, at + 1})}
}
