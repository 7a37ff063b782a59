package pcre

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// need is a text that every match holds: looking for it first spares the engine
// most texts. The zero need is in every text.
type need struct {
	text string
	// fold: text is lower case ASCII, to be found in any case.
	fold bool
}

// shortestNeed: a single character is in too many texts to be worth a look.
const shortestNeed = 2

// required finds the longest text that a node's matches must hold.
func (n *node) required() need {
	switch n.kind {
	case literal:
		var r run
		r.add(n)
		return r.best
	case sequence:
		var r run
		for _, sub := range n.subs {
			if sub.kind == literal {
				r.add(sub)
				continue
			}
			r.flush()
			r.offer(sub.required())
		}
		r.flush()
		return r.best
	case capture, atomic:
		return n.subs[0].required()
	case repeat:
		if n.min > 0 {
			return n.subs[0].required()
		}
	}
	return need{}
}

// run collects literals that stand together.
type run struct {
	text       []rune
	fold       bool
	hasLetters bool
	best       need
}

func (r *run) add(n *node) {
	letter := unicode.SimpleFold(n.r) != n.r
	if !findable(n, letter) {
		r.flush()
		return
	}
	if letter && r.hasLetters && r.fold != n.fold {
		r.flush()
	}
	c := n.r
	if letter {
		r.fold, r.hasLetters = n.fold, true
		if n.fold {
			c = unicode.ToLower(c)
		}
	}
	r.text = append(r.text, c)
}

// findable tells whether a literal can be looked for byte by byte. U+FFFD also
// matches bytes that are no UTF-8, and in any case k and s are also U+212A and
// U+017F.
func findable(n *node, letter bool) bool {
	if n.r == utf8.RuneError {
		return false
	}
	return !letter || !n.fold || n.r < utf8.RuneSelf && strings.IndexByte("kKsS", byte(n.r)) < 0
}

func (r *run) flush() {
	r.offer(need{string(r.text), r.fold && r.hasLetters})
	r.text, r.fold, r.hasLetters = nil, false, false
}

func (r *run) offer(n need) {
	if len(n.text) > len(r.best.text) {
		r.best = n
	}
}

// in tells whether the text is in s.
func (n need) in(s string) bool {
	if !n.fold {
		return n.text == "" || strings.Contains(s, n.text)
	}
	for i := 0; i+len(n.text) <= len(s); i++ {
		if lower[s[i]] == n.text[0] && foldedPrefix(s[i:], n.text) {
			return true
		}
	}
	return false
}

func foldedPrefix(s, text string) bool {
	for i := 1; i < len(text); i++ {
		if lower[s[i]] != text[i] {
			return false
		}
	}
	return true
}

// lower maps ASCII capitals to small letters and all else to itself.
var lower = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			table[i] = byte(i) + 'a' - 'A'
		}
	}
	return table
}()
