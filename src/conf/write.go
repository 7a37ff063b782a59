package conf

import (
	"bufio"
	"io"
	"strings"

	"riskreplay/src/diag"
)

// Write writes a generated file: the header as comment lines, then the stanzas,
// a blank line between them.
//
// A newline inside a value is written as backslash and newline, with no blank
// before (contentctl puts one, which then belongs to the value), so that reading
// gives the same value back. What no .conf file can hold (a value with blanks
// at its ends or a backslash as its last character, a key with "=") is an error
// that names it, and nothing is written.
func Write(w io.Writer, header []string, stanzas []*Stanza) error {
	for _, s := range stanzas {
		if err := s.writable(); err != nil {
			return err
		}
	}
	b := bufio.NewWriter(w)
	for _, line := range header {
		for part := range strings.SplitSeq(line, "\n") {
			b.WriteString(strings.TrimRight("# "+part, blanks) + "\n")
		}
	}
	for i, s := range stanzas {
		if i > 0 || len(header) > 0 {
			b.WriteByte('\n')
		}
		s.write(b)
	}
	return b.Flush()
}

func (s *Stanza) write(b *bufio.Writer) {
	b.WriteString("[" + s.Name + "]\n")
	for _, setting := range s.Settings {
		b.WriteString(setting.text())
	}
}

// text is a setting as it is written.
func (s Setting) text() string {
	if s.Value == "" {
		return s.Key + " =\n"
	}
	return s.Key + " = " + strings.ReplaceAll(s.Value, "\n", "\\\n") + "\n"
}

// writable is an error when reading would not give the stanza back.
func (s *Stanza) writable() error {
	if strings.ContainsAny(s.Name, "\n") {
		return unwritable("stanza ["+s.Name+"]", "its name has a line break", "")
	}
	for _, setting := range s.Settings {
		what := `setting "` + setting.Key + `" of [` + s.Name + `]`
		if why := badKey(setting.Key); why != "" {
			return unwritable(what, why, "")
		}
		if why, hint := badValue(setting.Value); why != "" {
			return unwritable(what, why, hint)
		}
	}
	return nil
}

func unwritable(what, why, hint string) error {
	return diag.Message{Text: "cannot write " + what + " to a .conf file: " + why, Hint: hint}
}

func badKey(key string) string {
	switch {
	case key == "":
		return "it has no name"
	case key != strings.Trim(key, blanks):
		return "its name begins or ends in a blank"
	case strings.ContainsAny(key, "=\n"):
		return `its name has "=" or a line break`
	case strings.ContainsAny(key[:1], "#;["):
		return "its name begins like a comment or a stanza"
	}
	return ""
}

func badValue(value string) (why, hint string) {
	switch {
	case value != strings.Trim(value, blanks):
		return "its value begins or ends in a blank, which reading cuts", "trim it"
	case strings.HasSuffix(value, `\`):
		return "its value ends in a backslash, which would take in the next line", "put something after the backslash"
	}
	return "", ""
}
