package modinput

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Level is how much a line of the log matters, in splunkd's words.
type Level string

// The levels. splunkd keeps those from LevelInfo on, and takes a line without
// one for LevelError.
const (
	LevelDebug Level = "DEBUG"
	LevelInfo  Level = "INFO"
	LevelWarn  Level = "WARN"
	LevelError Level = "ERROR"
	LevelFatal Level = "FATAL"
)

// maxLogged bounds what one call writes.
const maxLogged = 32 << 10

// Logger writes lines that splunkd takes into splunkd.log: a level and a text.
// Each line of a text of several gets its level. Safe for concurrent use.
type Logger struct {
	mu     sync.Mutex
	w      io.Writer
	hidden []string
}

// NewLogger writes to w, an input's standard error.
func NewLogger(w io.Writer) *Logger { return &Logger{w: w} }

// Hide replaces a secret in all lines that follow by "***".
func (l *Logger) Hide(s Secret) {
	if s == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hidden = append(l.hidden, s.Reveal())
}

// Debugf writes a line that splunkd drops unless it was asked to keep it.
func (l *Logger) Debugf(format string, args ...any) { l.log(LevelDebug, fmt.Sprintf(format, args...)) }

// Infof tells of something that went as it should.
func (l *Logger) Infof(format string, args ...any) { l.log(LevelInfo, fmt.Sprintf(format, args...)) }

// Warnf tells of something that somebody should look at.
func (l *Logger) Warnf(format string, args ...any) { l.log(LevelWarn, fmt.Sprintf(format, args...)) }

// Errorf tells of something that was not done.
func (l *Logger) Errorf(format string, args ...any) { l.log(LevelError, fmt.Sprintf(format, args...)) }

func (l *Logger) log(level Level, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.hidden {
		text = strings.ReplaceAll(text, s, "***")
	}
	if len(text) > maxLogged {
		text = text[:maxLogged] + "..."
	}
	var b []byte
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		b = append(append(b, level...), ' ')
		b = appendLine(b, line)
		b = append(b, '\n')
	}
	_, _ = l.w.Write(b) // nowhere is left to report to
}

// appendLine replaces what could break or hide a line.
func appendLine(b []byte, line string) []byte {
	for i, r := range line {
		switch {
		case r == '\t':
			b = append(b, "    "...)
		case r < ' ' || r == 0x7F:
			b = append(b, ' ')
		case r == utf8.RuneError:
			b = append(b, replacement...)
		default:
			b = append(b, line[i:i+utf8.RuneLen(r)]...)
		}
	}
	return b
}

// ParseLogLine reads a line of an input's standard error as splunkd does: one
// without a level is an error.
func ParseLogLine(line string) (Level, string) {
	word, rest, _ := strings.Cut(line, " ")
	switch l := Level(strings.TrimSuffix(word, ":")); l {
	case LevelDebug, LevelInfo, LevelWarn, LevelError, LevelFatal:
		return l, strings.TrimLeft(rest, " ")
	}
	return LevelError, line
}
