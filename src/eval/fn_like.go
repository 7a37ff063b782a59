package eval

import (
	"strings"
	"unicode/utf8"
)

// like is x LIKE pattern.
func (b *binder) like(x, pattern typed) node {
	if k, ok := pattern.node.(constant); ok && k.v.kind == String {
		p := compileLike(k.v.text)
		return &nodeOf1{func(v Value) Value { return Truth(b.anyText(v, p.match)) }, x}
	}
	return &nodeOf2{func(v, pattern Value) Value {
		return Truth(b.anyText(pattern, func(s string) bool { return b.anyText(v, compileLike(s).match) }))
	}, x, pattern}
}

// likePattern is a pattern of like: case counts.
type likePattern struct {
	plain *Pattern // when it has no _
	runes []rune   // when it has: likeAny and likeOne stand for % and _
}

const (
	likeAny rune = -1
	likeOne rune = -2
)

// compileLike reads a pattern; a backslash makes the character behind it plain.
func compileLike(pattern string) likePattern {
	parts := []string{""}
	var runes []rune
	one := false
	for i, size := 0, 0; i < len(pattern); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(pattern[i:])
		last := &parts[len(parts)-1]
		switch {
		case r == '%':
			parts = append(parts, "")
			runes = append(runes, likeAny)
			continue
		case r == '_':
			one = true
			runes = append(runes, likeOne)
			continue
		case r == '\\' && i+1 < len(pattern) && strings.IndexByte(`%_\`, pattern[i+1]) >= 0:
			i++
			r = rune(pattern[i])
		}
		*last += pattern[i : i+size]
		runes = append(runes, r)
	}
	if one {
		return likePattern{runes: runes}
	}
	return likePattern{plain: newPattern(parts)}
}

func (p likePattern) match(s string) bool {
	if p.plain != nil {
		return p.plain.MatchFolded(s)
	}
	return wildcard(p.runes, s)
}

// wildcard walks text and pattern with one place to go back to: the last %.
func wildcard(pattern []rune, s string) bool {
	text := []rune(s)
	i, j, back, from := 0, 0, -1, 0
	for i < len(text) {
		switch {
		case j < len(pattern) && (pattern[j] == likeOne || pattern[j] == text[i]):
			i, j = i+1, j+1
		case j < len(pattern) && pattern[j] == likeAny:
			back, from = j, i
			j++
		case back >= 0:
			from++
			i, j = from, back+1
		default:
			return false
		}
	}
	for j < len(pattern) && pattern[j] == likeAny {
		j++
	}
	return j == len(pattern)
}
