package eval

import (
	"strconv"
	"strings"
)

// PathStep is one step of a path as the command spath has it: a key, an element
// of an array or all of them, or an attribute of XML.
type PathStep struct {
	Key   string
	Array bool
	Index int    // of an element, EveryElement for {}
	Attr  string // of XML: {@name}
}

// EveryElement is the Index of {}.
const EveryElement = -1

// ParsePath reads a path: keys divided by dots, each followed by any number of
// {}, {3} or {@name}. A backslash makes the sign behind it plain. It is false for
// what is no path.
func ParsePath(text string) ([]PathStep, bool) {
	var out []PathStep
	for rest := text; rest != ""; {
		var key string
		key, rest = pathKey(rest)
		if key != "" {
			out = append(out, PathStep{Key: key})
		} else if !strings.HasPrefix(rest, "{") {
			return nil, false // nothing between two dots
		}
		for strings.HasPrefix(rest, "{") {
			inside, after, closed := strings.Cut(rest[1:], "}")
			step, ok := bracedStep(inside)
			if !ok || !closed {
				return nil, false
			}
			out, rest = append(out, step), after
		}
		if rest != "" && rest[0] != '.' || rest == "." || len(out) == 0 {
			return nil, false
		}
		rest = strings.TrimPrefix(rest, ".")
	}
	return out, len(out) > 0
}

// bracedStep reads what stands in braces.
func bracedStep(inside string) (PathStep, bool) {
	if name, is := strings.CutPrefix(inside, "@"); is {
		return PathStep{Attr: name}, name != ""
	}
	if inside == "" {
		return PathStep{Array: true, Index: EveryElement}, true
	}
	n, err := strconv.Atoi(inside)
	return PathStep{Array: true, Index: n}, err == nil && n >= 0
}

// pathKey reads a key up to a dot or a brace.
func pathKey(s string) (key, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`.{\`, s[i+1]) >= 0:
			i++
		case s[i] == '.' || s[i] == '{':
			return b.String(), s[i:]
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
