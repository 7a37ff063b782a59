package pcre

import (
	"slices"
	"sync"
	"unicode"
)

// ranges are pairs of first and last characters, in any order.
type ranges []rune

// set is a character class. It is complete: letters' other cases and properties
// are written out, because the engines fold and negate in orders of their own.
type set struct {
	negative bool
	ranges   ranges
}

// The classes of escapes. Splunk's PCRE does not use Unicode for \d, \s and \w
// and counts the vertical tab (\x0B) as a space.
var (
	digits     = ranges{'0', '9'}
	word       = ranges{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	space      = ranges{'\t', '\r', ' ', ' '}
	horizontal = ranges{'\t', '\t', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200A, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000}
	vertical   = ranges{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}
)

// escapeClasses are the escapes that stand for a class; the capital letter is the
// complement.
var escapeClasses = map[byte]ranges{
	'd': digits, 'w': word, 's': space, 'h': horizontal, 'v': vertical,
}

// posixClasses are the names of [:name:].
var posixClasses = map[string]ranges{
	"alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "alpha": {'A', 'Z', 'a', 'z'}, "ascii": {0, 0x7F}, "blank": {'\t', '\t', ' ', ' '},
	"cntrl": {0, 0x1F, 0x7F, 0x7F}, "digit": digits, "graph": {'!', '~'}, "lower": {'a', 'z'}, "print": {' ', '~'},
	"punct": {'!', '/', ':', '@', '[', '`', '{', '~'}, "space": space, "upper": {'A', 'Z'}, "word": word, "xdigit": {'0', '9', 'A', 'F', 'a', 'f'},
}

// merged is the same characters as sorted ranges that do not touch.
func (r ranges) merged() ranges {
	pairs := make([][2]rune, 0, len(r)/2)
	for i := 0; i < len(r); i += 2 {
		pairs = append(pairs, [2]rune{r[i], r[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	out := make(ranges, 0, len(r))
	for _, p := range pairs {
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
			continue
		}
		out = append(out, p[0], p[1])
	}
	return out
}

// complement is all other characters.
func (r ranges) complement() ranges {
	var out ranges
	next := rune(0)
	for m := r.merged(); len(m) > 0; m = m[2:] {
		if m[0] > next {
			out = append(out, next, m[0]-1)
		}
		next = m[1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// allCased are all characters that have another case, in order.
var allCased = sync.OnceValue(func() (out []rune) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.SimpleFold(r) != r {
			out = append(out, r)
		}
	}
	return out
})

// addFolded appends a range and the other cases of its letters.
func (r ranges) addFolded(low, high rune) ranges {
	r = append(r, low, high)
	all := allCased()
	i, _ := slices.BinarySearch(all, low)
	for ; i < len(all) && all[i] <= high; i++ {
		for other := unicode.SimpleFold(all[i]); other != all[i]; other = unicode.SimpleFold(other) {
			r = append(r, other, other)
		}
	}
	return r
}

// propertyRanges gives the characters of \p{name}; nil when there is none.
func propertyRanges(name string) ranges {
	switch name {
	case "Any":
		return ranges{0, unicode.MaxRune}
	case "L&":
		return tables("Lu", "Ll", "Lt")
	case "Xan":
		return tables("L", "N")
	case "Xwd":
		return append(tables("L", "N"), '_', '_')
	case "Xsp", "Xps":
		return append(tables("Z"), space...)
	}
	return tables(name)
}

// tables joins Unicode's general categories and scripts.
func tables(names ...string) ranges {
	var out ranges
	for _, name := range names {
		table := unicode.Categories[name]
		if table == nil {
			table = unicode.Scripts[name]
		}
		if table == nil {
			return nil
		}
		for _, r := range table.R16 {
			out = out.addStrided(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			out = out.addStrided(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return out
}

func (r ranges) addStrided(low, high, stride rune) ranges {
	if stride == 1 {
		return append(r, low, high)
	}
	for c := low; c <= high; c += stride {
		r = append(r, c, c)
	}
	return r
}
