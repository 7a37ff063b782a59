package knowledge

import (
	"slices"
	"sync/atomic"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// patience is how many matches of an extraction may be given up, each after a second
// or so; then the extraction is left out. One event in a million may be unlucky, but a
// pattern that backtracks without end does so on every one.
const patience = 5

// patient counts the matches that one extraction has given up.
type patient struct {
	spent atomic.Int32
	tell  func(error)
}

// patient is for the extraction of a setting.
func (l *loader) patient(s conf.Setting) *patient {
	base := l.base
	return &patient{tell: func(err error) {
		base.giveUp(diag.Message{
			Severity: diag.Warning, Cause: err, Place: s.Text.At(0, len(s.Text.Body)),
			Text: s.Key + " is left out from here on: " + err.Error(),
			Hint: "anchor the pattern, or make its repetitions exclude each other: [^,]* instead of .*",
		})
	}}
}

// over tells whether there is no patience left.
func (p *patient) over() bool { return p != nil && p.spent.Load() >= patience }

func (p *patient) gaveUp(err error) {
	if p != nil && p.spent.Add(1) == patience {
		p.tell(err)
	}
}

func (b *Base) giveUp(m diag.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = append(b.left, m)
}

// LeftOut is a warning for each extraction that is left out since it took too long on
// several events.
func (b *Base) LeftOut() diag.List {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.left)
}
