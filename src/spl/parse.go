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

// noBreakSpace comes from web pages and word processors.
const noBreakSpace = "\u00a0"

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
	if i := strings.Index(p.text, noBreakSpace); i >= 0 {
		p.warn(Span{i, i + len(noBreakSpace)}, "a no-break space is no blank, but part of the word that it stands in", "write an ordinary space")
	}
	return p
}
