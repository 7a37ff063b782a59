package spl

import "strings"

// mode says which bytes end a word outside quotes. Each argument grammar has
// its own. Blanks, pipes, brackets, quotes and commas end words of every mode.
type mode struct {
	ends [256]bool
	// parens: parentheses that close within the word belong to it, as in
	// aceFlags(inheritance); one that was not opened ends it.
	parens bool
	// single: 'x y' is one name.
	single bool
	// join: strings beside the word belong to it, as in "a"*.
	join bool
	// commas: a comma within the word belongs to it.
	commas bool
	// calls: parentheses that open and close within the word belong to it, as in
	// *GetCurrent()*, unless they begin it or hold blanks or operators.
	calls bool
}

func newMode(ends string, m mode) *mode {
	for c := range 256 {
		m.ends[c] = isSpace(byte(c)) || strings.IndexByte(`|[]",`+ends, byte(c)) >= 0
	}
	return &m
}

// The modes.
var (
	// A field's name in lists, BY, AS: a{}.b, k8s.io/decision, <<FIELD>>.
	nameMode = newMode("=", mode{parens: true, single: true})
	// The left side of a condition, or a word looked for: host, tag::host.
	termMode = newMode("=<>()", mode{})
	// The right side of a condition: http://x/?a=b&c=d, 10.0.0.0/8.
	valueMode = newMode("()", mode{join: true, commas: true, calls: true})
	// An item of IN ( ... ).
	itemMode = newMode("()", mode{join: true, calls: true})
	// The value of an option, or a positional word: top10, -7d@d, (x).
	optionMode = newMode("", mode{parens: true, join: true})
	// A word among arguments that only their command understands.
	rawMode = newMode("", mode{join: true})
	// The target of an assignment: x, {key}, a.b, <<FIELD>>.
	targetMode = newMode("=()", mode{single: true})
)

// word reads a word at the cursor, without skipping blanks first. ok is false
// where none begins.
func (p *parser) word(m *mode) (v Value, ok bool) {
	start := p.pos
	if m.single && p.pos < len(p.text) && p.text[p.pos] == '\'' {
		if v, ok = p.singleQuoted(); !ok {
			p.fail(Span{start, start + 1}, "unbalanced quotes: this one is never closed", "close it with '; a name that begins with ' must stand in double quotes")
		}
		return v, true
	}
	v.Text, v.Quoted, ok = p.piece(m)
	if ok && m.join {
		p.join(&v, m)
	}
	v.Span = Span{start, p.pos}
	return v, ok
}

// join adds the pieces that follow without a blank.
func (p *parser) join(v *Value, m *mode) {
	var joined []byte
	for !p.failed && (!v.Quoted || !p.operatorHere()) {
		piece, quoted, ok := p.piece(m)
		if !ok {
			break
		}
		if joined == nil {
			joined = []byte(v.Text)
		}
		joined = append(joined, piece...)
		v.Quoted = v.Quoted || quoted
	}
	if joined != nil {
		v.Text = string(joined)
	}
}

// operatorHere tells whether AND, OR or NOT stands right at the cursor, as
// behind "a" in x="a"OR y=1.
func (p *parser) operatorHere() bool {
	return p.pos < len(p.text) && isLetter(p.text[p.pos]) && p.atExact("AND", "OR", "NOT")
}

// piece reads a string, a use of a macro or a bare stretch of a word.
func (p *parser) piece(m *mode) (text string, quoted, ok bool) {
	if p.pos >= len(p.text) {
		return "", false, false
	}
	start := p.pos
	switch c := p.text[start]; {
	case c == '"':
		end := stringEnd(p.text, start)
		if end < 0 {
			p.unbalanced()
			return "", true, true
		}
		p.pos = end
		return unquote(p.text[start:end]), true, true
	case c == '`' && !isComment(p.text, start):
		p.pos = p.useEnd()
		return p.text[start:p.pos], false, true
	}
	p.pos = m.end(p.text, start)
	return unescape(p.text[start:p.pos], '"'), false, p.pos > start
}

// useEnd is where the use of a macro at the cursor ends. Expand has told of one
// that does not.
func (p *parser) useEnd() int {
	end := useEnd(p.text, p.pos)
	if end < 0 {
		end = len(p.text)
		if !p.src.expanded {
			p.fail(Span{p.pos, p.pos + 1}, openTick, openTickHint)
		}
	}
	return end
}

// end is where the bare stretch of a word that begins at s[start] ends. A
// parenthesis that is not closed within the word ends it, too.
func (m *mode) end(s string, start int) int {
	nest, open := 0, start
	i := start
scan:
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if escaped(s, i) {
				i++
			}
		case c == ',' && m.commas && i > start && i+1 < len(s) && !m.ends[s[i+1]]:
		case c == '(' && i > start && (m.calls || strings.HasPrefix(s[i:], "()")) && callEnd(s, i) > 0:
			i = callEnd(s, i) - 1
		case c == '=' && nest > 0:
		case c == '<' && m.ends['<'] && templateEnd(s, i) > 0:
			i = templateEnd(s, i) - 1
		case m.ends[c], c == '`':
			break scan
		case c == '!' && m.ends['='] && equalsAhead(s[i+1:]):
			break scan
		case m.parens && c == '(':
			if nest == 0 {
				open = i
			}
			nest++
		case m.parens && c == ')':
			if nest--; nest < 0 {
				break scan
			}
		}
	}
	if nest > 0 {
		return open
	}
	return i
}

// equalsAhead tells whether s is = after blanks.
func equalsAhead(s string) bool {
	for i := range len(s) {
		if !isSpace(s[i]) {
			return s[i] == '='
		}
	}
	return false
}

// callEnd is the offset behind the parentheses that open at s[i], or -1 when
// there is more than a word in them.
func callEnd(s string, i int) int {
	nest := 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			nest++
		case c == ')':
			if nest--; nest == 0 {
				return i + 1
			}
		case c == '`' || c == '\\' || optionMode.ends[c] || termMode.ends[c]:
			return -1
		}
	}
	return -1
}

// singleQuoted reads 'a name', which must be closed on its line.
func (p *parser) singleQuoted() (Value, bool) {
	end := stringEnd(p.text, p.pos)
	if end < 0 || strings.Contains(p.text[p.pos:end], "\n") {
		return Value{}, false
	}
	v := Value{Text: unescape(p.text[p.pos+1:end-1], '\''), Quoted: true, Span: Span{p.pos, end}}
	p.pos = end
	return v, true
}

// unbalanced reports the string at the cursor, which is never closed.
func (p *parser) unbalanced() {
	at := p.pos
	hint := `close it with "; a quote within a string is written \"`
	if strings.Contains(p.text[at:], `\"`) {
		hint = `\" is a quote within the string: write \\ for a backslash before the closing quote`
	}
	if p.text[at] == '\'' {
		hint = "close it with '"
	}
	p.fail(Span{at, at + 1}, "unbalanced quotes: this one is never closed", hint)
	p.pos, p.stop = len(p.text), len(p.text)
}

// positional reads a word or a string that is no option; it cannot begin with
// an = sign.
func (p *parser) positional() (Value, bool) {
	if p.peek() == '=' {
		return Value{}, false
	}
	return p.word(optionMode)
}

// name reads a field's name; the problem is reported where none follows.
func (p *parser) name(what string) (Name, bool) {
	p.space()
	v, ok := p.word(nameMode)
	if !ok {
		p.expected(what)
		return Name{}, false
	}
	return Name(v), !p.failed
}

// keyword reads one of the words, in any case, when it stands alone next.
func (p *parser) keyword(words ...string) bool {
	p.space()
	rest := p.text[p.pos:]
	for _, w := range words {
		if len(rest) >= len(w) && strings.EqualFold(rest[:len(w)], w) && p.alone(p.pos+len(w)) {
			p.pos += len(w)
			return true
		}
	}
	return false
}

// atKeyword is keyword without reading it.
func (p *parser) atKeyword(words ...string) bool {
	p.space()
	pos := p.pos
	found := p.keyword(words...)
	p.pos = pos
	return found
}

// alone tells whether a word could end at text[i].
func (p *parser) alone(i int) bool {
	return i >= len(p.text) || isSpace(p.text[i]) || strings.IndexByte(`|[]",()`+"`", p.text[i]) >= 0
}

// names reads names up to the end of the stage, an option or one of
// the words.
func (p *parser) names(end ...string) []Name {
	var names []Name
	for p.next() && !p.atKeyword(end...) && !p.optionAhead() {
		n, ok := p.name("a field")
		if !ok {
			break
		}
		names = append(names, n)
	}
	return names
}
