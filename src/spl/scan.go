package spl

import "strings"

// This file is what macro expansion and the parser must agree on: where strings,
// comments and uses of macros end.

// maxText is how long a search may be, written or expanded.
const maxText = 1 << 20

// isSpace tells whether c is a blank. A NUL byte is one, too (and a problem).
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' || c == 0 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

// stringEnd is the offset behind the string whose opening quote is s[i], or -1
// when it is never closed. A backslash protects what follows it. A doubled
// opening quote, as in IN (""*x*"", "b"), opens one string.
func stringEnd(s string, i int) int {
	quote := s[i]
	if quote == '"' && doubled(s, i) {
		if end := closing(s, i+2, quote); end >= 0 {
			if end < len(s) && s[end] == '"' {
				end++
			}
			return end
		}
		return i + 2
	}
	return closing(s, i+1, quote)
}

// doubled tells whether s[i:] opens a string with two quotes: an empty string
// would be followed by something else.
func doubled(s string, i int) bool {
	if i+2 >= len(s) || s[i+1] != '"' {
		return false
	}
	c := s[i+2]
	return isLetter(c) || isDigit(c) || c == '*' || c == '\\' || c == '/'
}

// closing is the offset behind the next quote from i on, or -1.
func closing(s string, i int, quote byte) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case quote:
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// unquote is the content of the string s, quotes included, after rule L1.
func unquote(s string) string {
	quote := s[0]
	cut := 1
	if quote == '"' && len(s) > 2 && doubled(s, 0) {
		cut = 2
	}
	s = s[cut:]
	if strings.HasSuffix(s, `""`) && cut == 2 {
		s = s[:len(s)-1]
	}
	return unescape(s[:len(s)-1], quote)
}

// unescape is rule L1: \" \\ \| lose the backslash, every other one stays. In
// single quotes \' does, too.
func unescape(s string, quote byte) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for {
		out = append(out, s[:i]...)
		s = s[i:]
		if len(s) > 1 && (s[1] == '\\' || s[1] == '|' || s[1] == quote) {
			out, s = append(out, s[1]), s[2:]
		} else {
			out, s = append(out, '\\'), s[1:]
		}
		if i = strings.IndexByte(s, '\\'); i < 0 {
			return string(append(out, s...))
		}
	}
}

// escaped tells whether the backslash s[i], outside quotes, protects what follows
// it.
func escaped(s string, i int) bool {
	return i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '"' || s[i+1] == '|')
}

// isComment tells whether a comment begins at s[i].
func isComment(s string, i int) bool { return strings.HasPrefix(s[i:], "```") }

// commentEnd is the offset behind the comment that begins at s[i], or -1.
func commentEnd(s string, i int) int {
	if j := strings.Index(s[i+3:], "```"); j >= 0 {
		return i + 3 + j + 3
	}
	return -1
}

// useEnd is the offset behind the use of a macro whose opening tick is s[i], or
// -1. Quotes within its arguments may hold ticks.
func useEnd(s string, i int) int {
	for i++; i < len(s); {
		switch s[i] {
		case '`':
			return i + 1
		case '"':
			end := stringEnd(s, i)
			if end < 0 {
				return -1
			}
			i = end
		default:
			i++
		}
	}
	return -1
}

// skipStage is the offset of the end of the stage that s[i] is in: a pipe or a
// closing bracket outside quotes, comments, uses of macros and inner brackets.
func skipStage(s string, i int) int {
	nest := 0
	for i < len(s) {
		end := i + 1
		switch s[i] {
		case '"':
			end = stringEnd(s, i)
		case '`':
			if end = useEnd(s, i); isComment(s, i) {
				end = commentEnd(s, i)
			}
		case '\\':
			if escaped(s, i) {
				end = i + 2
			}
		case '[':
			nest++
		case ']':
			if nest == 0 {
				return i
			}
			nest--
		case '|':
			if nest == 0 {
				return i
			}
		}
		if end < 0 {
			return len(s)
		}
		i = end
	}
	return i
}
