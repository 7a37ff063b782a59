package conf

import (
	"slices"
	"strings"
)

// Edit is the file's text with settings of a stanza set: one that is there is
// replaced where it stands, a new one comes at the stanza's end, a new stanza at the
// file's. All else stays byte for byte. What no .conf file can hold is an error, as
// for Write.
func (f *File) Edit(stanza string, settings []Setting) (string, error) {
	s := &Stanza{Name: stanza, Settings: settings}
	if err := s.writable(); err != nil {
		return "", err
	}
	if stanza == "" {
		return "", unwritable("a stanza", "it has no name", "")
	}
	e := editor{set: settings, done: map[string]bool{}, end: -1}
	in := defaultStanza
	for _, line := range f.Lines {
		if line.Kind == Header {
			in = headerName(line.Text)
		}
		e.line(line, in == stanza)
	}
	e.finish(stanza)
	return strings.Join(e.out, ""), nil
}

// Remove is the file's text without a stanza.
func (f *File) Remove(stanza string) string {
	var out strings.Builder
	in := defaultStanza
	for _, line := range f.Lines {
		if line.Kind == Header {
			in = headerName(line.Text)
		}
		if in != stanza {
			out.WriteString(line.Text)
		}
	}
	return out.String()
}

// editor writes the lines of an edited file; end is behind the last line of the
// stanza, where new settings go.
type editor struct {
	set  []Setting
	done map[string]bool
	out  []string
	end  int
}

// line takes over a line, or what is set instead of it.
func (e *editor) line(line Line, inside bool) {
	text := line.Text
	if inside && line.Kind == Assignment {
		key, _, _ := strings.Cut(text, "=")
		key = strings.Trim(key, blanks)
		if i := slices.IndexFunc(e.set, func(s Setting) bool { return s.Key == key }); i >= 0 {
			text = ""
			if !e.done[key] {
				text = e.set[i].text()
			}
			e.done[key] = true
		}
	}
	e.out = append(e.out, text)
	if inside && line.Kind != Blank && line.Kind != Comment {
		e.end = len(e.out)
	}
}

// finish adds what was nowhere.
func (e *editor) finish(stanza string) {
	added := e.new(stanza)
	before := strings.Join(e.out[:e.end], "")
	if before != "" && before != bom && !strings.HasSuffix(before, "\n") {
		added = "\n" + added
	}
	if strings.HasSuffix(strings.TrimRight(before, "\r\n"), `\`) {
		added = "\n" + added // the last line would go on in the new one
	}
	e.out = slices.Insert(e.out, e.end, added)
}

// new is the text of what was nowhere; it goes to the place where the stanza ends.
func (e *editor) new(stanza string) string {
	var added strings.Builder
	if e.end < 0 {
		if len(e.out) > 0 {
			added.WriteByte('\n')
		}
		added.WriteString("[" + stanza + "]\n")
		e.end = len(e.out)
	}
	for _, s := range e.set {
		if !e.done[s.Key] {
			e.done[s.Key] = true
			added.WriteString(s.text())
		}
	}
	return added.String()
}

// headerName is the stanza that a header names, as reading finds it.
func headerName(line string) string {
	line = strings.Trim(line, blanks)[1:]
	if last := strings.LastIndexByte(line, ']'); last >= 0 {
		return line[:last]
	}
	return line
}
