package eval

import "strings"

// Pattern is a literal of a search: compared without regard to case, every `*`
// standing for any text, also for none (rules S1 and L2). It takes time linear
// in the text, whatever the pattern.
type Pattern struct {
	head, tail string   // folded; all of it is in head when there is no `*`
	middle     []string // the parts between `*`s, none empty
	exact, any bool
	plain      bool // head and tail are ASCII
}

// CompilePattern compiles a literal, after unescaping.
func CompilePattern(text string) *Pattern {
	return newPattern(strings.Split(strings.ToLower(text), "*"))
}

// newPattern is a pattern of parts with any text between them.
func newPattern(parts []string) *Pattern {
	last := len(parts) - 1
	p := &Pattern{head: parts[0], exact: last == 0}
	if !p.exact {
		p.tail = parts[last]
		for _, part := range parts[1:last] {
			if part != "" {
				p.middle = append(p.middle, part)
			}
		}
	}
	p.any = !p.exact && p.head == "" && p.tail == "" && len(p.middle) == 0
	p.plain = isASCII(p.head) && isASCII(p.tail)
	return p
}

// Match tells whether a text is what the pattern means.
func (p *Pattern) Match(s string) bool {
	if p.any {
		return true
	}
	if p.plain && p.refuses(s) {
		return false
	}
	var buf foldBuffer
	return p.MatchFolded(fold(&buf, s))
}

// refuses sees from the ends of s, unfolded, that the pattern cannot match. It
// gives up at the first character that is not ASCII: folding may change its
// length.
func (p *Pattern) refuses(s string) bool {
	for i := range len(p.head) {
		if i == len(s) || s[i] >= 0x80 {
			return i == len(s)
		}
		if lowerByte(s[i]) != p.head[i] {
			return true
		}
	}
	for i := 1; i <= len(p.tail); i++ {
		if i > len(s) || s[len(s)-i] >= 0x80 {
			return i > len(s)
		}
		if lowerByte(s[len(s)-i]) != p.tail[len(p.tail)-i] {
			return true
		}
	}
	return false
}

// MatchFolded is Match for a text in lower case (strings.ToLower).
func (p *Pattern) MatchFolded(s string) bool {
	if p.exact {
		return s == p.head
	}
	if len(s) < len(p.head)+len(p.tail) || !strings.HasPrefix(s, p.head) || !strings.HasSuffix(s, p.tail) {
		return false
	}
	s = s[len(p.head) : len(s)-len(p.tail)]
	for _, part := range p.middle {
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s = s[at+len(part):]
	}
	return true
}

// weight is how dear a match is beside others.
func (p *Pattern) weight() int {
	if len(p.middle) > 0 {
		return 4
	}
	return 1
}
