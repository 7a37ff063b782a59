package risk

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Template is a text with $field$ tokens, as in risk messages and the titles of
// notables. `$field|s$` puts the value in double quotes, `$$` is a dollar. The
// zero Template is the empty text.
type Template struct {
	text  string
	parts []part
}

// part is literal text, then a token unless field is empty.
type part struct {
	literal, field string
	token          string // as written, dollars included
	quoted         bool
}

// TemplateError is a `$` without its partner.
type TemplateError struct {
	Text   string
	Offset int // of the dollar, in bytes
}

// Position counts the characters of the text up to the dollar, from 1.
func (e *TemplateError) Position() int { return utf8.RuneCountInString(e.Text[:e.Offset]) + 1 }

// Error names the place within the text.
func (e *TemplateError) Error() string {
	return fmt.Sprintf("unbalanced $ at character %d of %q", e.Position(), e.Text)
}

// ParseTemplate reads a template. A single dollar that no token can begin at (a
// blank, a digit or the end follows, as in "costs $5") is text; a token that
// does not end is an error.
func ParseTemplate(text string) (Template, error) {
	t := Template{text: text}
	var literal strings.Builder
	for at := 0; at < len(text); {
		if text[at] != '$' {
			literal.WriteByte(text[at])
			at++
			continue
		}
		rest := text[at+1:]
		if strings.HasPrefix(rest, "$") {
			literal.WriteByte('$')
			at += 2
			continue
		}
		end := strings.IndexByte(rest, '$')
		if end < 0 || !isToken(rest[:end]) {
			if !beginsToken(rest) {
				literal.WriteByte('$')
				at++
				continue
			}
			return t, &TemplateError{Text: text, Offset: at}
		}
		field, filter, _ := strings.Cut(rest[:end], "|")
		t.parts = append(t.parts, part{literal: literal.String(), field: field, token: text[at : at+end+2], quoted: filter == "s"})
		literal.Reset()
		at += end + 2
	}
	t.parts = append(t.parts, part{literal: literal.String()})
	return t, nil
}

// isToken accepts names of fields as they come: dots, braces, dashes, colons,
// single blanks inside.
func isToken(s string) bool {
	return beginsToken(s) && !strings.ContainsAny(s, "\n\"") && !strings.HasSuffix(s, " ")
}

func beginsToken(s string) bool {
	if s == "" {
		return false
	}
	c := s[0]
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// Fields are the fields named, in order, each once.
func (t Template) Fields() []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range t.parts {
		if p.field != "" && !seen[p.field] {
			seen[p.field] = true
			out = append(out, p.field)
		}
	}
	return out
}

// String is the template as it was written.
func (t Template) String() string { return t.text }

// Render replaces every token by the row's value, several values joined by
// ", ". Fields without a value are given back, each once; Unknown stands in
// their place.
func (t Template) Render(row Row) (text string, absent []string) {
	var b strings.Builder
	missing := map[string]bool{}
	for _, p := range t.parts {
		b.WriteString(p.literal)
		if p.field == "" {
			continue
		}
		value := strings.Join(row.Values(p.field), ", ")
		if value == "" {
			value = Unknown
			if !missing[p.field] {
				missing[p.field] = true
				absent = append(absent, p.field)
			}
		}
		if p.quoted {
			value = `"` + strings.ReplaceAll(value, `"`, `\"`) + `"`
		}
		b.WriteString(value)
	}
	return b.String(), absent
}
