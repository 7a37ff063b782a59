package eval

import (
	"strings"

	"riskreplay/src/spl"
)

// word is a bare word or a phrase: looked for in _raw without regard to case,
// with a breaker or an end of the text on both sides (rule S5).
type word struct {
	parts []string // between `*`s, which stand for anything but major breakers
	fold  bool     // case is ignored: parts are folded
	major bool     // only major breakers end a word: TERM
}

func (b *predicateBinder) word(p *spl.Word) step {
	literal := p.Value.Text
	if strings.Trim(literal, "*") == "" {
		return truth(true)
	}
	w := &word{fold: p.Kind != "case", major: p.Kind == "term"}
	if w.fold {
		literal = strings.ToLower(literal)
	}
	w.parts = strings.Split(literal, "*")
	return b.leaf("_raw", &is{check: w})
}

func (w *word) weight() int { return 8 }

func (w *word) match(t *text) bool {
	s := t.s
	if w.fold {
		s = t.lower()
	}
	for from := 0; from <= len(s); {
		at := strings.Index(s[from:], w.parts[0])
		if at < 0 {
			return false
		}
		at += from
		if w.parts[0] == "" || w.starts(s, at, w.parts[0]) {
			end, ok := w.rest(s, at+len(w.parts[0]))
			if ok {
				return true
			}
			from = max(end, at+1)
			continue
		}
		from = at + 1
	}
	return false
}

// rest finds the parts after the first. Where it fails it gives the end of the
// run without a major breaker that it was looking in: what starts within that
// run fails too.
func (w *word) rest(s string, at int) (int, bool) {
	last := len(w.parts) - 1
	if last == 0 {
		return 0, w.ends(s, at, w.parts[0])
	}
	for i, part := range w.parts[1:] {
		run := at + majorIndex(s[at:])
		for {
			if i+1 == last && part == "" {
				return 0, true
			}
			gap := strings.Index(s[at:min(run+len(part), len(s))], part)
			if gap < 0 {
				return run, false
			}
			at += gap + len(part)
			if i+1 < last {
				break
			}
			if w.ends(s, at, part) {
				return 0, true
			}
			at += 1 - len(part)
		}
	}
	return 0, true
}

// starts tells whether a word may start at s[at:], with part.
func (w *word) starts(s string, at int, part string) bool {
	switch {
	case at == 0:
		return true
	case w.major:
		return majorBefore(s, at) || majorIndex(part[:1]) == 0
	}
	return majorBefore(s, at) || isMinor(s[at-1]) || isBreaker(part[0])
}

// ends tells whether a word may end before s[at:], with part.
func (w *word) ends(s string, at int, part string) bool {
	switch {
	case at == len(s):
		return true
	case w.major:
		return majorAt(s, at) || isMajor(part[len(part)-1])
	}
	return majorAt(s, at) || isMinor(s[at]) || isBreaker(part[len(part)-1])
}

// The breakers are those of Splunk's segmenters.conf.
const (
	majors = "[]<>(){}|!;,'\"*\n\r \t&?+"
	minors = `/:=@.-$#%\_`
)

// majorTexts are the major breakers of more than one character, in lower case.
var majorTexts = [...]string{
	"%21", "%26", "%2526", "%3b", "%7c", "%20", "%2b", "%3d", "--", "%2520",
	"%5d", "%5b", "%3a", "%0a", "%2c", "%28", "%29",
}

const (
	majorBreaker = 1 + iota
	minorBreaker
)

var breakers = func() (table [256]uint8) {
	for i := range len(majors) {
		table[majors[i]] = majorBreaker
	}
	for i := range len(minors) {
		table[minors[i]] = minorBreaker
	}
	return table
}()

func isMajor(b byte) bool   { return breakers[b] == majorBreaker }
func isMinor(b byte) bool   { return breakers[b] == minorBreaker }
func isBreaker(b byte) bool { return breakers[b] != 0 }

// majorAt tells whether a major breaker starts at s[at:], which is not empty.
func majorAt(s string, at int) bool {
	if isMajor(s[at]) {
		return true
	}
	if s[at] != '%' && s[at] != '-' {
		return false
	}
	for _, m := range majorTexts {
		if len(s)-at >= len(m) && strings.EqualFold(s[at:at+len(m)], m) {
			return true
		}
	}
	return false
}

// majorBefore tells whether a major breaker ends before s[at:]; at is not 0.
func majorBefore(s string, at int) bool {
	if isMajor(s[at-1]) {
		return true
	}
	for _, m := range majorTexts {
		if at >= len(m) && strings.EqualFold(s[at-len(m):at], m) {
			return true
		}
	}
	return false
}

// majorIndex is where the first major breaker of s starts, its length if none.
func majorIndex(s string) int {
	for i := range len(s) {
		if breakers[s[i]] != 0 && majorAt(s, i) {
			return i
		}
	}
	return len(s)
}
