package pcre

// kind is what a node of a parsed pattern is.
type kind uint8

const (
	empty      kind = iota // matches nothing, everywhere
	never                  // (*FAIL)
	literal                // one character
	class                  // one character of a set
	anyLine                // . without (?s)
	anyChar                // . with (?s)
	start                  // \A, ^ without (?m)
	lineStart              // ^ with (?m)
	end                    // \z
	lastEnd                // \Z, $ without (?m): also before a final newline
	lineEnd                // $ with (?m)
	boundary               // \b
	noBoundary             // \B
	resume                 // \G
	newline                // \R
	grapheme               // \X
	sequence               // subs one after the other
	either                 // subs as alternatives
	capture                // ( ), group is its number
	repeat                 // subs[0] min to max times
	atomic                 // (?> )
	look                   // (?= ) (?! ) (?<= ) (?<! )
	backref                // \1
	condition              // (?(group)subs[0]|subs[1]); without group subs[0] is a look
)

// greed is how a repeat takes.
type greed uint8

const (
	greedy greed = iota
	lazy
	possessive
)

// unbounded is the max of "*", and the width of what has no bound.
const unbounded = -1

// node is a piece of a parsed pattern. Flags are resolved: no node depends on
// what stands before it.
type node struct {
	kind kind
	// fold: letters match in any case (literal, backref).
	fold     bool
	r        rune // literal
	set      *set // class
	subs     []*node
	min, max int // repeat; max may be unbounded
	greed    greed
	group    int // capture, backref, condition
	// look: (?<...) and (?!...)
	behind, negative bool
}

// plainStd tells whether the standard library's engine can do a node of this
// kind; possessive repeats it cannot either.
func (n *node) plainStd() bool {
	switch n.kind {
	case resume, newline, grapheme, atomic, look, backref, condition, never:
		return false
	case repeat:
		return n.greed != possessive
	}
	return true
}

// every tells whether ok holds for a node and all below.
func (n *node) every(ok func(*node) bool) bool {
	if !ok(n) {
		return false
	}
	for _, sub := range n.subs {
		if !sub.every(ok) {
			return false
		}
	}
	return true
}

func (n *node) has(kinds ...kind) bool {
	return !n.every(func(n *node) bool {
		for _, k := range kinds {
			if n.kind == k {
				return false
			}
		}
		return true
	})
}

// width is the fewest and the most characters that a node can take; most may be
// unbounded.
func (n *node) width() (least, most int) {
	switch n.kind {
	case literal, class, anyLine, anyChar:
		return 1, 1
	case newline:
		return 1, 2
	case grapheme, backref:
		return 0, unbounded
	case look:
		return 0, 0
	case repeat:
		least, most = n.subs[0].width()
		return times(least, n.min), times(most, n.max)
	case sequence, capture, atomic:
		for _, sub := range n.subs {
			low, high := sub.width()
			least, most = plus(least, low), plus(most, high)
		}
		return least, most
	}
	for i, sub := range n.branches() {
		low, high := sub.width()
		if i == 0 {
			least, most = low, high
			continue
		}
		least = min(least, low)
		if high == unbounded || most != unbounded && high > most {
			most = high
		}
	}
	return least, most
}

// branches are the alternatives of either and condition; no other kind has any.
func (n *node) branches() []*node {
	if n.kind == condition && n.group == 0 {
		return n.subs[1:]
	}
	return n.subs
}

func plus(a, b int) int {
	if a == unbounded || b == unbounded || a+b > maxPattern {
		return unbounded
	}
	return a + b
}

func times(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	if a == unbounded || b == unbounded || a > maxPattern/b {
		return unbounded
	}
	return a * b
}

// fixedWidth tells whether each alternative takes a number of characters that is
// always the same, which PCRE wants of a lookbehind.
func (n *node) fixedWidth() bool {
	branches := []*node{n}
	if n.kind == either {
		branches = n.subs
	}
	for _, b := range branches {
		if least, most := b.width(); least != most || most == unbounded {
			return false
		}
	}
	return true
}

// looksBack tells whether a match may depend on the character before its start,
// and whether the node can match without taking any. It is asked only of what
// the standard engine runs.
func (n *node) looksBack() (back, nullable bool) {
	switch n.kind {
	case literal, class, anyLine, anyChar:
		return false, false
	case start, lineStart, boundary, noBoundary:
		return true, true
	case sequence:
		for _, sub := range n.subs {
			if back, nullable := sub.looksBack(); back || !nullable {
				return back, nullable
			}
		}
		return false, true
	case either:
		for _, sub := range n.subs {
			b, e := sub.looksBack()
			back, nullable = back || b, nullable || e
		}
		return back, nullable
	case capture, repeat:
		back, nullable = n.subs[0].looksBack()
		return back, nullable || n.kind == repeat && n.min == 0
	}
	return false, true
}
