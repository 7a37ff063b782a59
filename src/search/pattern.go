package search

import "strings"

// Wild tells whether a field's name holds a wildcard.
func Wild(name string) bool { return strings.Contains(name, "*") }

// Match tells whether a name is what the pattern means: letters by their case,
// every `*` any text, also none.
func Match(pattern, name string) bool {
	if !Wild(pattern) {
		return pattern == name
	}
	head, rest, _ := strings.Cut(pattern, "*")
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	for {
		part, more, wild := strings.Cut(rest, "*")
		if !wild {
			return strings.HasSuffix(name, part)
		}
		at := strings.Index(name, part)
		if at < 0 {
			return false
		}
		name, rest = name[at+len(part):], more
	}
}

// MatchAny tells whether a name matches one of the patterns.
func MatchAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if Match(p, name) {
			return true
		}
	}
	return false
}

// Capture gives what each wildcard of a pattern stands for in a name. Of several
// ways the one where earlier wildcards take more: `*_*` takes "a_b" and "c" of
// a_b_c.
func Capture(pattern, name string) (parts []string, ok bool) {
	pieces := strings.Split(pattern, "*")
	last := len(pieces) - 1
	if last == 0 {
		return nil, pattern == name
	}
	rest, ok := strings.CutPrefix(name, pieces[0])
	if !ok {
		return nil, false
	}
	if rest, ok = strings.CutSuffix(rest, pieces[last]); !ok {
		return nil, false
	}
	parts = make([]string, last)
	for i := last - 1; i > 0; i-- {
		at := strings.LastIndex(rest, pieces[i])
		if at < 0 {
			return nil, false
		}
		parts[i], rest = rest[at+len(pieces[i]):], rest[:at]
	}
	parts[0] = rest
	return parts, true
}

// Fill puts texts in the places of a pattern's wildcards, which are as many.
func Fill(pattern string, parts []string) string {
	pieces := strings.Split(pattern, "*")
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			b.WriteString(parts[i-1])
		}
		b.WriteString(p)
	}
	return b.String()
}
