package spl

import (
	"strings"

	"riskreplay/src/diag"
)

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
	}
	return ""
}
