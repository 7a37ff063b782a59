package pcre

import (
	"errors"
	"strings"
)

// ErrTooLong is given when the replacements would make a text of more than 16 MB.
var ErrTooLong = errors.New("the replacements make the text longer than 16 MB")

// maxReplaced is how long a text may become.
const maxReplaced = 16 << 20

// Replace replaces up to n matches from the left, all of them when n is negative.
//
// In repl \1 to \9 are groups (nothing, where a group took no part or does not
// exist), \0 is the match, and \\ is one backslash; every other character is
// itself, "$" and "\n" too.
func (r *Regexp) Replace(s, repl string, n int) (string, error) {
	sc := scan{r: r, s: s}
	defer sc.close()
	var b strings.Builder
	done := 0
	for from := 0; n != 0 && from <= len(s); n-- {
		loc, err := sc.find(from)
		if err != nil {
			return "", err
		}
		if loc == nil {
			break
		}
		if b.Cap() == 0 {
			b.Grow(len(s) + len(repl))
		}
		b.WriteString(s[done:loc[0]])
		expand(&b, repl, s, loc)
		if b.Len() > maxReplaced && b.Len() > len(s) {
			return "", ErrTooLong
		}
		done = loc[1]
		from = after(s, loc)
	}
	if b.Cap() == 0 {
		return s, nil
	}
	b.WriteString(s[done:])
	return b.String(), nil
}

func expand(b *strings.Builder, repl, s string, loc []int) {
	for {
		i := strings.IndexByte(repl, '\\')
		if i < 0 || i+1 == len(repl) {
			b.WriteString(repl)
			return
		}
		b.WriteString(repl[:i])
		switch c := repl[i+1]; {
		case c >= '0' && c <= '9':
			if group := int(c - '0'); 2*group < len(loc) && loc[2*group] >= 0 {
				b.WriteString(s[loc[2*group]:loc[2*group+1]])
			}
		case c == '\\':
			b.WriteByte('\\')
		default:
			b.WriteString(repl[i : i+2])
		}
		repl = repl[i+2:]
	}
}
