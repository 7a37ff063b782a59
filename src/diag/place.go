package diag

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// At is the place of body[start:end].
func (t *Text) At(start, end int) Place { return Place{Text: t, Start: start, End: end} }

func (p Place) name() string {
	if p.Text == nil {
		return ""
	}
	return p.Text.Name
}

// clamp keeps offsets inside the text, whatever a caller got wrong.
func (p Place) clamp() (start, end int) {
	n := len(p.Text.Body)
	start = min(max(p.Start, 0), n)
	return start, min(max(p.End, start), n)
}

// LineColumn counts from 1 in the file; columns are characters. Nowhere is 0, 0.
func (p Place) LineColumn() (line, column int) {
	if p.Text == nil {
		return 0, 0
	}
	start, _ := p.clamp()
	before := p.Text.Body[:start]
	line = strings.Count(before, "\n")
	column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	if line == 0 && p.Text.Column > 1 {
		column += p.Text.Column - 1
	}
	return line + max(p.Text.Line, 1), column
}

// String gives "file:line:col", the file alone for a text without a body, and
// "" for nowhere.
func (p Place) String() string {
	if p.Text == nil {
		return ""
	}
	if p.Text.Body == "" && p.Text.Line == 0 {
		return p.Text.Name
	}
	line, column := p.LineColumn()
	return p.Text.Name + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// snippetWidth is how many characters of a long line are shown.
const snippetWidth = 100

// snippet is the line of the place, indented, with a mark under it; "" where
// there is no text to show.
func (p Place) snippet() string {
	if p.Text == nil || p.Text.Body == "" {
		return ""
	}
	start, end := p.clamp()
	body := p.Text.Body
	from := strings.LastIndexByte(body[:start], '\n') + 1
	to := len(body)
	if i := strings.IndexByte(body[start:], '\n'); i >= 0 {
		to = start + i
	}
	end = max(min(end, to), start)
	before, marked, after := printable(body[from:start]), printable(body[start:end]), printable(body[end:to])
	before, after = fit(before, marked, after)
	mark := strings.Repeat("~", max(utf8.RuneCountInString(marked), 1))
	if n := snippetWidth; utf8.RuneCountInString(marked) > n {
		marked, after = string([]rune(marked)[:n-1])+"…", ""
		mark = strings.Repeat("~", n)
	}
	return "    " + before + marked + after + "\n    " + strings.Repeat(" ", utf8.RuneCountInString(before)) + mark
}

// fit cuts a long line around the mark.
func fit(before, marked, after string) (left, right string) {
	room := max(snippetWidth-utf8.RuneCountInString(marked), 20)
	b, a := []rune(before), []rune(after)
	if len(b)+len(a) <= room {
		return before, after
	}
	keep := max(room/2, room-len(a))
	if len(b) > keep {
		before = "…" + string(b[len(b)-keep+1:])
		b = []rune(before)
	}
	if keep = room - len(b); len(a) > keep {
		after = string(a[:max(keep-1, 0)]) + "…"
	}
	return before, after
}

// printable shows each character in one column: tabs and control characters as
// a blank, invalid bytes as U+FFFD.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
