package pcre

import (
	"strconv"
	"strings"
	"unicode"
)

// anchors are the escapes that take no character.
var anchors = map[byte]kind{
	'A': start, 'Z': lastEnd, 'z': end, 'b': boundary, 'B': noBoundary, 'G': resume, 'R': newline, 'X': grapheme,
}

// escape reads from behind a backslash, outside of a class.
func (p *parser) escape(at int) *node {
	if p.pos == len(p.src) {
		p.failAt(at, "backslash at the end of the pattern")
	}
	c := p.src[p.pos]
	if k, ok := anchors[c]; ok {
		p.pos++
		return &node{kind: k}
	}
	switch c {
	case 'K':
		p.failAt(at, `\K, which moves the start of the match, cannot be run here; use a lookbehind or a group`)
	case 'C':
		p.failAt(at, `\C, one byte, cannot be run here`)
	case 'N':
		p.pos++
		if p.peek("{") {
			if _, _, ok := p.braces(); !ok {
				p.failAt(at, `\N{...} is no escape of PCRE here; a character by its code is \x{...}`)
			}
			p.pos = at + 2
		}
		return &node{kind: anyLine}
	case 'g':
		return p.refer(at)
	case 'k':
		return p.referByName(at)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if n, ok := p.backNumber(); ok {
			return p.numbered(at, n)
		}
	}
	if chars, ok := p.escapeClass(at); ok {
		return &node{kind: class, set: &set{ranges: chars}}
	}
	return p.literal(p.escapeChar(at))
}

// backNumber reads the number of a back reference: one digit always is one, more
// only where so many groups stand before. Else the digits are octal.
func (p *parser) backNumber() (int, bool) {
	i := p.pos
	for i < len(p.src) && p.src[i] >= '0' && p.src[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(p.src[p.pos:i])
	if err != nil || n > 9 && n >= len(p.names) && p.src[p.pos] < '8' {
		return 0, false
	}
	p.pos = i
	return n, true
}

// refer reads \g1, \g{-1} and \g{name}.
func (p *parser) refer(at int) *node {
	p.pos++
	if p.peek("<") || p.peek("'") {
		p.failAt(at, "recursion into a group cannot be run here; write the group's pattern out")
	}
	inside := p.braced()
	if inside == "" {
		i := p.pos
		for i < len(p.src) && (p.src[i] >= '0' && p.src[i] <= '9' || i == p.pos && strings.IndexByte("+-", p.src[i]) >= 0) {
			i++
		}
		inside = p.src[p.pos:i]
		p.pos = i
	}
	if group, ok := p.relative(inside); ok && group > 0 {
		return p.numbered(at, group)
	}
	if inside == "" || strings.Trim(inside, wordChars) != "" {
		p.failAt(at, `\g needs the number or the name of a group`)
	}
	return p.reference(at, inside)
}

const wordChars = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

// braced takes {...} and gives its inside; "" when there is none.
func (p *parser) braced() string {
	if !p.peek("{") {
		return ""
	}
	inside, _, closed := strings.Cut(p.src[p.pos+1:], "}")
	if !closed {
		p.fail(`missing "}"`)
	}
	p.pos += len(inside) + 2
	return inside
}

// referByName reads \k<name>, \k'name' and \k{name}.
func (p *parser) referByName(at int) *node {
	p.pos++
	for _, q := range []struct{ open, closer string }{{"<", ">"}, {"'", "'"}, {"{", "}"}} {
		if p.take(q.open) {
			return p.reference(at, p.name(q.closer))
		}
	}
	p.failAt(at, `\k needs the name of a group`)
	return nil
}

// escapeClass reads \d, \W, \p{Lu} ...; false when the escape is no class. Case
// does not matter to them, whatever the flags.
func (p *parser) escapeClass(at int) (ranges, bool) {
	c := p.src[p.pos]
	base, ok := escapeClasses[c|0x20]
	switch {
	case c|0x20 == 'p':
		p.pos++
		return p.property(at, c == 'P'), true
	case !ok:
		return nil, false
	}
	p.pos++
	if c < 'a' {
		base = base.complement()
	}
	return base, true
}

// property reads what stands behind \p or \P.
func (p *parser) property(at int, negative bool) ranges {
	name := p.braced()
	if name == "" {
		if p.pos == len(p.src) || !wordByte(p.src[p.pos]) {
			p.failAt(at, `\p needs the name of a property`)
		}
		name = string(p.next())
	}
	name, inverted := strings.CutPrefix(name, "^")
	found := propertyRanges(name)
	if found == nil {
		p.failAt(at, `unknown property "`+name+`"`)
	}
	if negative != inverted {
		return found.complement()
	}
	return found
}

// plainEscapes stand for one character.
var plainEscapes = map[byte]rune{'a': 7, 'e': 0x1B, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapeChar reads the escape of one character. Letters without a meaning are
// refused, as PCRE2 does; all else stands for itself.
func (p *parser) escapeChar(at int) rune {
	r := p.next()
	if r < 0x80 {
		if plain, ok := plainEscapes[byte(r)]; ok {
			return plain
		}
	}
	switch r {
	case 'c':
		return p.control(at)
	case 'x':
		if p.peek("{") {
			return p.code(at, p.braced(), 16)
		}
		return p.code(at, "0"+p.some("0123456789abcdefABCDEF", 2), 16)
	case 'o':
		return p.code(at, p.braced(), 8)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.pos--
		return p.code(at, p.some("01234567", 3), 8)
	}
	if r < 0x80 && r != '_' && wordByte(byte(r)) && (r < '8' || r > '9') {
		p.failAt(at, `\`+string(r)+` means nothing; a backslash itself is \\`)
	}
	return r
}

func (p *parser) control(at int) rune {
	if p.pos == len(p.src) || p.src[p.pos] < ' ' || p.src[p.pos] > '~' {
		p.failAt(at, `\c needs a printable ASCII character`)
	}
	return unicode.ToUpper(p.next()) ^ 0x40
}

// some takes up to most characters of a set.
func (p *parser) some(chars string, most int) string {
	i := p.pos
	for i < len(p.src) && i < p.pos+most && strings.IndexByte(chars, p.src[i]) >= 0 {
		i++
	}
	s := p.src[p.pos:i]
	p.pos = i
	return s
}

func (p *parser) code(at int, digits string, base int) rune {
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > unicode.MaxRune || n >= 0xD800 && n < 0xE000 {
		p.failAt(at, `no character has the code "`+digits+`"`)
	}
	return rune(n)
}
