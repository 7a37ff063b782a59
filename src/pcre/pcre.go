// Package pcre runs PCRE patterns as Splunk takes them in rex, regex, match,
// replace and props.conf.
//
// A pattern is parsed once and printed anew for the engine that runs it: the
// standard library's regexp (linear time) where that can, dlclark/regexp2 with
// limits where look-around, back references, atomic groups and the like need
// one that backtracks. Both give what PCRE gives:
//
//	(?<n>.) (?P<n>.) (?'n'.) (?P=n) \k<n> \g{-1}   names and references
//	\d \w \s [[:alpha:]] \b                        ASCII; \s has the vertical tab
//	\h \v \R \N \Q..\E \x{..} \o{..} \cA \e        PCRE's escapes
//	(?x) (?#..) (?U) (?s-m:..) a++ (?>..) (?(1)..) its syntax
//	$ and \Z                                       also before a final newline
//	(?m)^                                          not after a final newline
//
// What PCRE2 refuses is refused: letters without a meaning after a backslash, a
// dash beside a class inside of one, lookbehinds without a fixed length. Text is
// UTF-8; a byte that is not is one character, U+FFFD. What PCRE can and the
// engines cannot (recursion, branch reset, \K, callouts) is an error that says what
// to write instead. One difference stays: a group inside a repeat whose last turn
// took nothing keeps what it took the turn before.
//
// A match that backtracks without end gives up with ErrLimit, as Splunk's does
// with match_limit of limits.conf; Splunk counts steps, this package time and
// memory.
package pcre

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	pattern string
	root    *node
	names   []string
	need    need
	// whole: need is not only in every match, it is the match.
	whole bool
	// std is nil where only regexp2 can run the pattern.
	std *regexp.Regexp
	// newline: std is wrong about texts that end in a newline.
	newline bool
	// looksBack: a match may depend on the character before it.
	looksBack bool
	middle    func() (*regexp.Regexp, error)
	back      func() (*regexp2.Regexp, error)
}

// Compile reads a pattern. The error is an *Error.
func Compile(pattern string) (*Regexp, error) {
	root, names, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	r := &Regexp{pattern: pattern, root: root, names: names, newline: root.has(lastEnd, lineStart)}
	if r.need = root.required(); len(r.need.text) < shortestNeed {
		r.need = need{}
	}
	r.whole = r.need.text != "" && len(root.subs) == utf8.RuneCountInString(r.need.text) &&
		root.every(func(n *node) bool { return n == root || n.kind == literal })
	r.middle = sync.OnceValues(r.compileMiddle)
	r.back = sync.OnceValues(r.compileBack)
	if root.every((*node).plainStd) {
		r.looksBack, _ = root.looksBack()
		// Some patterns only regexp refuses, such as large counts in braces.
		if r.std, err = regexp.Compile(r.print(std)); err == nil {
			return r, nil
		}
	}
	if _, err = r.back(); err != nil {
		return nil, &Error{Pattern: pattern, Reason: "regexp2 refuses it: " + err.Error()}
	}
	return r, nil
}

func (r *Regexp) print(d dialect) string {
	var b strings.Builder
	r.root.print(&b, d)
	return b.String()
}

// compileMiddle makes a program for the rest of a text that starts with one
// character of context. The lazy prefix finds the leftmost match behind it; the
// first group is the match.
func (r *Regexp) compileMiddle() (*regexp.Regexp, error) {
	return regexp.Compile(`\A(?s:.)(?s:.*?)(` + r.print(middle) + ")")
}

// String is the pattern as given.
func (r *Regexp) String() string { return r.pattern }

// Names are the names of the groups by number, "" for those without one; [0] is
// the whole match. The caller must not change them.
func (r *Regexp) Names() []string { return r.names }

// Match tells whether the pattern matches anywhere in s. The error wraps ErrLimit.
func (r *Regexp) Match(s string) (bool, error) {
	if !r.need.in(s) {
		return false, nil
	}
	if r.whole {
		return true, nil
	}
	if r.onStd(s) {
		return r.std.MatchString(s), nil
	}
	return r.matchBack(s)
}

// onStd tells whether the standard engine is right about s.
func (r *Regexp) onStd(s string) bool {
	return r.std != nil && !(r.newline && strings.HasSuffix(s, "\n"))
}

// Find finds the leftmost match that starts at byte from or later; what stands
// before from is context for \b, ^ and lookbehinds. The result is as that of
// regexp's FindStringSubmatchIndex: byte offsets of the match and of each group,
// -1 for a group that took no part, nil for no match. The error wraps ErrLimit.
func (r *Regexp) Find(s string, from int) ([]int, error) {
	sc := scan{r: r, s: s}
	defer sc.close()
	return sc.find(from)
}

// FindAll finds up to n matches from the left, all of them when n is negative.
// After an empty match the next one starts a character later.
func (r *Regexp) FindAll(s string, n int) ([][]int, error) {
	sc := scan{r: r, s: s}
	defer sc.close()
	var all [][]int
	for from := 0; len(all) != n && from <= len(s); {
		loc, err := sc.find(from)
		if err != nil || loc == nil {
			return all, err
		}
		all = append(all, loc)
		from = after(s, loc)
	}
	return all, nil
}

// after is where the search goes on after a match.
func after(s string, loc []int) int {
	if loc[1] > loc[0] {
		return loc[1]
	}
	if loc[1] == len(s) {
		return len(s) + 1
	}
	_, width := utf8.DecodeRuneInString(s[loc[1]:])
	return loc[1] + width
}

// scan is one or more searches of one text.
type scan struct {
	r     *Regexp
	s     string
	runes *runes // s for regexp2, once it was needed
}

func (sc *scan) close() {
	if sc.runes != nil {
		runesPool.Put(sc.runes)
	}
}

func (sc *scan) find(from int) ([]int, error) {
	r, s := sc.r, sc.s
	from = max(from, 0)
	if from > len(s) || !r.need.in(s[from:]) {
		return nil, nil
	}
	switch {
	case !r.onStd(s):
		return sc.findBack(from)
	case from == 0:
		return r.std.FindStringSubmatchIndex(s), nil
	case !r.looksBack:
		return shift(r.std.FindStringSubmatchIndex(s[from:]), from), nil
	}
	re, err := r.middle()
	if err != nil { // the group around the pattern was one too many
		return sc.findBack(from)
	}
	_, width := utf8.DecodeLastRuneInString(s[:from])
	loc := re.FindStringSubmatchIndex(s[from-width:])
	if loc == nil {
		return nil, nil
	}
	return shift(loc[2:], from-width), nil
}

// shift moves offsets that count from by.
func shift(loc []int, by int) []int {
	for i := range loc {
		if loc[i] >= 0 {
			loc[i] += by
		}
	}
	return loc
}
