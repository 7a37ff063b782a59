package pcre

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// The limits of a match on regexp2. Splunk's match_limit of 100,000 steps is
// stricter than both.
const (
	matchTime  = time.Second
	matchStack = 1 << 20 // slots of the stack of places to go back to
)

func (r *Regexp) compileBack() (*regexp2.Regexp, error) {
	re, err := regexp2.Compile(r.print(back), regexp2.OptionMaxBacktrackingStackSize(matchStack))
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = matchTime
	return re, nil
}

// runes is a text as regexp2 takes it, with the byte offsets of its characters
// where those are not the same.
type runes struct {
	text    []rune
	offsets []int
	ascii   bool // every character is one byte; offsets are not set
}

// runesPool keeps buffers; texts above maxPooled are not kept.
var runesPool = sync.Pool{New: func() any { return new(runes) }}

const maxPooled = 1 << 16

func decode(s string) *runes {
	t := runesPool.Get().(*runes)
	if cap(t.text) > maxPooled {
		*t = runes{}
	}
	t.text, t.offsets, t.ascii = t.text[:0], t.offsets[:0], true
	for _, c := range s {
		t.text = append(t.text, c)
		t.ascii = t.ascii && c < utf8.RuneSelf
	}
	if t.ascii {
		return t
	}
	for i := range s {
		t.offsets = append(t.offsets, i)
	}
	t.offsets = append(t.offsets, len(s))
	return t
}

// rune is the number of the character at or after a byte offset.
func (t *runes) rune(offset int) int {
	if t.ascii {
		return offset
	}
	low, high := 0, len(t.offsets)-1
	for low < high {
		if middle := (low + high) / 2; t.offsets[middle] < offset {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func (t *runes) offset(n int) int {
	if t.ascii {
		return n
	}
	return t.offsets[n]
}

func (sc *scan) findBack(from int) (loc []int, err error) {
	re, err := sc.r.back()
	if err != nil {
		return nil, sc.r.gaveUp(err, sc.s)
	}
	if sc.runes == nil {
		sc.runes = decode(sc.s)
	}
	t := sc.runes
	err = re.FindRunesMatches(t.text, t.rune(from), func(m regexp2.MatchView) bool {
		loc = make([]int, 0, 2*len(sc.r.names))
		for group := range sc.r.names {
			if at, length, ok := m.GroupRange(group); ok {
				loc = append(loc, t.offset(at), t.offset(at+length))
			} else {
				loc = append(loc, -1, -1)
			}
		}
		return false
	})
	if err != nil {
		return nil, sc.r.gaveUp(err, sc.s)
	}
	return loc, nil
}

func (r *Regexp) matchBack(s string) (bool, error) {
	re, err := r.back()
	if err != nil {
		return false, r.gaveUp(err, s)
	}
	ok, err := re.MatchString(s)
	if err != nil {
		return false, r.gaveUp(err, s)
	}
	return ok, nil
}

// gaveUp makes an error of the engine's, whose text holds the whole text that was
// searched.
func (r *Regexp) gaveUp(err error, s string) error {
	if errors.Is(err, regexp2.ErrBacktrackingStackLimit) {
		return fmt.Errorf(`cannot match regex "%s" against %d bytes: more than %d places to go back to: %w`, shown(r.pattern), len(s), matchStack, ErrLimit)
	}
	return fmt.Errorf(`cannot match regex "%s" against %d bytes: no answer after %v: %w`, shown(r.pattern), len(s), matchTime, ErrLimit)
}
