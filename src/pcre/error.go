package pcre

import (
	"errors"
	"strconv"
	"strings"
)

// Error is a pattern that cannot be compiled.
type Error struct {
	Pattern string
	// Offset is the byte of Pattern at which the trouble lies.
	Offset int
	// Reason is lower case and names the construct: `missing ")"`.
	Reason string
}

// Error gives "cannot compile regex "a(b": missing ")" at 3".
func (e *Error) Error() string {
	return `cannot compile regex "` + shown(e.Pattern) + `": ` + e.Reason + " at " + strconv.Itoa(e.Offset)
}

// shown cuts a pattern that is too long for a message.
func shown(pattern string) string {
	const most = 200
	if len(pattern) <= most {
		return pattern
	}
	return strings.ToValidUTF8(pattern[:most], "") + "…"
}

// ErrLimit is wrapped by the error of a match that was given up because the
// pattern goes back and forth over the text without end.
var ErrLimit = errors.New("the pattern backtracks too much on this text")
