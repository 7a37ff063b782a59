package eval

import "strings"

// Prefixed calls found with what stands behind prefix in each token of text that
// begins with it: PREFIX() of tstats. Tokens lie between major breakers; the case
// of letters does not count, and values come in lower case, as terms of an index
// do. An empty rest is no value.
//
//	Prefixed("GET kbps=12 KBPS=3", "kbps=", ...) // 12, 3
func Prefixed(text, prefix string, found func(value string)) {
	text, prefix = strings.ToLower(text), strings.ToLower(prefix)
	for from := 0; prefix != ""; {
		at := strings.Index(text[from:], prefix)
		if at < 0 {
			return
		}
		at += from
		from = at + len(prefix)
		if at > 0 && !majorBefore(text, at) {
			continue
		}
		end := majorIndex(text[from:])
		if end > 0 {
			found(text[from : from+end])
		}
		from += end
	}
}
