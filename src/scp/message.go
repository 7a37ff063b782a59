package scp

import (
	"fmt"
	"strconv"
	"sync"
)

// Level is how much a message to the user matters, in splunkd's words.
type Level string

// The levels. Warnings and errors are shown with the results; LevelError does
// not end the search (an error that is returned does). Debug and info stand in
// the job inspector only.
const (
	LevelDebug Level = "DEBUG"
	LevelInfo  Level = "INFO"
	LevelWarn  Level = "WARN"
	LevelError Level = "ERROR"
	LevelFatal Level = "FATAL"
)

// Note is a message to the user of a search.
type Note struct {
	Level Level
	Text  string
}

// maxNotes is how many different texts a search shows; what is more is counted.
const maxNotes = 20

// Messages are what a command tells the user of a search. A text is told once;
// of more than 20 different ones the rest is counted, and Summary has 20 of its
// own. Safe for concurrent use; the zero value is ready.
type Messages struct {
	mu      sync.Mutex
	waiting []Note
	told    map[Note]bool
	more    int
	last    bool // Summary is being called
}

// Add tells a text, once.
func (m *Messages) Add(level Level, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := Note{level, text}
	switch {
	case m.told[n]:
	case len(m.told) >= maxNotes && !m.last, len(m.told) >= 2*maxNotes:
		m.more++
	default:
		if m.told == nil {
			m.told = map[Note]bool{}
		}
		m.told[n] = true
		m.waiting = append(m.waiting, n)
	}
}

// Warnf tells a warning.
func (m *Messages) Warnf(format string, args ...any) { m.Add(LevelWarn, fmt.Sprintf(format, args...)) }

// Infof tells what stands in the job inspector only.
func (m *Messages) Infof(format string, args ...any) { m.Add(LevelInfo, fmt.Sprintf(format, args...)) }

// summary lets what is told at the end be told.
func (m *Messages) summary() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = true
}

// take gives what was not told yet; the last one also how many were left out.
func (m *Messages) take(last bool) []Note {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.waiting
	m.waiting = nil
	if last && m.more > 0 {
		out = append(out, Note{LevelWarn, strconv.Itoa(m.more) + " more messages were left out."})
		m.more = 0
	}
	return out
}
