package spl

import "strings"

// quoteIf is a word as it is written in a mode: quoted if it was, or if it would
// not be read as one word otherwise.
func quoteIf(v Value, m *mode) string {
	if v.Quoted {
		return quote(v.Text, m != valueMode && m != itemMode && m != termMode)
	}
	return plainOrQuoted(v.Text, m)
}

// plainOrQuoted is s as it is written in a mode, quoted only if it must be.
func plainOrQuoted(s string, m *mode) string {
	bare := escapeBare(s)
	if bare == "" || m.single && bare[0] == '\'' || !readsBare(bare, m) {
		return quote(s, true)
	}
	return bare
}

// readsBare tells whether s is one word without quotes.
func readsBare(s string, m *mode) bool {
	for i := 0; i < len(s); {
		end := 0
		if s[i] == '`' {
			if end = useEnd(s, i); end < 0 {
				end = len(s)
			}
		} else if end = m.end(s, i); end == i {
			return false
		}
		if i = end; !m.join {
			break
		}
	}
	return m.join || s[0] == '`' || m.end(s, 0) == len(s)
}

// escapeBare puts backslashes before what needs them outside quotes. Uses of
// macros stay as they are.
func escapeBare(s string) string {
	if !strings.ContainsAny(s, "\\\"|`") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '`':
			end := useEnd(s, i)
			if end < 0 {
				end = len(s)
			}
			b.WriteString(s[i:end])
			i = end - 1
			continue
		case '\\', '"', '|':
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// quote is s in double quotes. Conditions of search always double the backslash;
// where regular expressions stand, it is doubled only if it must be.
func quote(s string, lean bool) string {
	escaped := strings.ReplaceAll(s, `"`, `\"`)
	if !strings.Contains(s, `\`) {
		return `"` + escaped + `"`
	}
	if lean && leanBackslashes(s) {
		return `"` + escaped + `"`
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

// leanBackslashes tells whether every backslash of s stays when it stands alone.
// Before t, n and r, newer versions of Splunk read an escape.
func leanBackslashes(s string) bool {
	for i := range len(s) {
		if s[i] == '\\' && (i+1 == len(s) || strings.IndexByte(`\"|tnr`, s[i+1]) >= 0) {
			return false
		}
	}
	return true
}

// quoteSingle is a field's name in single quotes.
func quoteSingle(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	return "'" + strings.ReplaceAll(s, "'", `\'`) + "'"
}
