package spl

import (
	"riskreplay/src/diag"
)

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
