package risk

import (
	"bytes"
	"strings"
)

// wildcard is a text in lower case in which * stands for any text: its parts
// between the stars.
type wildcard []string

func newWildcard(text string) wildcard { return strings.Split(strings.ToLower(text), "*") }

// matches tells whether the whole of a text in lower case is of the wildcard's
// form.
func (w wildcard) matches(low []byte) bool {
	if len(w) == 1 {
		return string(low) == w[0]
	}
	if !bytes.HasPrefix(low, []byte(w[0])) {
		return false
	}
	low = low[len(w[0]):]
	for _, part := range w[1 : len(w)-1] {
		i := bytes.Index(low, []byte(part))
		if i < 0 {
			return false
		}
		low = low[i+len(part):]
	}
	return bytes.HasSuffix(low, []byte(w[len(w)-1]))
}
