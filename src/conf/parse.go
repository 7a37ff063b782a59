package conf

import (
	"strings"
	"unicode/utf8"

	"riskreplay/src/diag"
)

const (
	bom = "\uFEFF"
	// blanks are cut around names and values.
	blanks = " \t\n\v\f\r"
)

// Parse reads a file. name is what messages call it. The File holds all that
// could be read, whatever the messages say.
func Parse(name string, data []byte) (*File, diag.List) {
	body, marked := strings.CutPrefix(string(data), bom)
	p := &parser{
		file: &File{Name: name, byName: map[string]*Stanza{}},
		text: &diag.Text{Name: name, Body: body},
		seen: map[written]*diag.Text{},
	}
	if marked {
		p.file.Lines = append(p.file.Lines, Line{Blank, bom})
	}
	if strings.HasPrefix(body, "\xff\xfe") || strings.HasPrefix(body, "\xfe\xff") {
		p.file.Lines = append(p.file.Lines, Line{Junk, body})
		p.list = append(p.list, diag.Message{
			Text: "the file is UTF-16 text, not UTF-8", Place: diag.Place{Text: &diag.Text{Name: name}},
			Hint: "save it as UTF-8",
		})
		return p.file, p.list
	}
	for p.pos < len(body) {
		start := p.pos
		kind := p.line()
		p.file.Lines = append(p.file.Lines, Line{kind, body[start:p.pos]})
	}
	return p.file, p.list
}

// written is a key of a stanza, to notice the second one.
type written struct {
	stanza *Stanza
	key    string
}

type parser struct {
	file *File
	text *diag.Text
	// pos is the next byte to read and number the line it is in, from 0.
	pos, number int
	stanza      *Stanza
	seen        map[written]*diag.Text
	list        diag.List
}

// next takes one line of the file and gives its bytes without the line end.
func (p *parser) next() (start, end int) {
	start = p.pos
	end = len(p.text.Body)
	p.pos = end
	if i := strings.IndexByte(p.text.Body[start:], '\n'); i >= 0 {
		end = start + i
		p.pos = end + 1
	}
	p.number++
	if end > start && p.text.Body[end-1] == '\r' {
		end--
	}
	return start, end
}

// line reads one line, and those that continue it.
func (p *parser) line() Kind {
	start, end := p.next()
	start, end = p.trim(start, end)
	if start == end {
		return Blank
	}
	switch p.text.Body[start] {
	case '#', ';':
		return Comment
	case '[':
		p.header(start, end)
		return Header
	}
	return p.setting(start, end)
}

// trim cuts blanks off both ends of a range.
func (p *parser) trim(start, end int) (int, int) {
	s := p.text.Body[start:end]
	cut := strings.TrimLeft(s, blanks)
	start += len(s) - len(cut)
	return start, start + len(strings.TrimRight(cut, blanks))
}

func (p *parser) header(start, end int) {
	inside := start + 1
	last := strings.LastIndexByte(p.text.Body[inside:end], ']')
	if last < 0 {
		p.report(diag.Error, start, end, `stanza name without a closing "]"`, `write [`+p.text.Body[inside:end]+`]`)
		p.enter(p.text.Body[inside:end], p.text.At(inside, end))
		return
	}
	last += inside
	if rest := last + 1; rest < end {
		from, to := p.trim(rest, end)
		p.report(diag.Warning, from, to, "text after the stanza name is ignored", "put comments on lines of their own")
	}
	p.enter(p.text.Body[inside:last], p.text.At(inside, last))
}

// enter makes a stanza the current one, the one of that name where there is one.
func (p *parser) enter(name string, at diag.Place) {
	s, ok := p.file.byName[name]
	if !ok {
		s = &Stanza{Name: name, Place: at}
		p.file.byName[name] = s
		p.file.Stanzas = append(p.file.Stanzas, s)
	}
	p.stanza = s
}

func (p *parser) setting(start, end int) Kind {
	body := p.text.Body
	eq := strings.IndexByte(body[start:end], '=')
	if eq < 0 {
		p.report(diag.Error, start, end, `a line without "="`,
			`write "key = value", "# comment", or end the line above with a backslash to go on in this one`)
		return Junk
	}
	eq += start
	_, keyEnd := p.trim(start, eq)
	value := p.value(eq + 1)
	if keyEnd <= start {
		p.report(diag.Error, start, end, `a setting without a name before "="`, "")
		return Junk
	}
	if p.stanza == nil {
		p.enter(defaultStanza, p.text.At(start, keyEnd))
	}
	p.add(body[start:keyEnd], value, p.text.At(start, keyEnd))
	return Assignment
}

func (p *parser) add(key string, value *diag.Text, at diag.Place) {
	w := written{p.stanza, key}
	if first, twice := p.seen[w]; twice {
		p.list = append(p.list, diag.Message{
			Severity: diag.Warning, Place: at,
			Text:  `setting "` + key + `" of [` + p.stanza.Name + `] is written twice; this one wins`,
			Notes: []diag.Message{{Text: "the first one", Place: first.At(0, len(first.Body))}},
		})
	}
	p.seen[w] = value
	p.stanza.Settings = append(p.stanza.Settings, Setting{Key: key, Value: value.Body, Text: value})
}

// value reads a value from the byte from of the current line, and the lines that
// continue it.
func (p *parser) value(from int) *diag.Text {
	body, number := p.text.Body, p.number
	end := p.endOfLine(from)
	raw := body[from:end]
	if strings.HasSuffix(raw, `\`) {
		raw = p.continued(raw)
	} else {
		p.warnBlankAfterBackslash(from, end)
	}
	cut := strings.TrimLeft(raw, blanks)
	before := raw[:len(raw)-len(cut)]
	text := &diag.Text{Name: p.text.Name, Body: strings.TrimRight(cut, blanks), Line: number}
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		text.Line += strings.Count(before, "\n")
		text.Column = len(before) - i
	} else {
		line := strings.LastIndexByte(body[:from], '\n') + 1
		text.Column = utf8.RuneCountInString(body[line:from+len(before)]) + 1
	}
	return text
}

// continued joins a line that ends in a backslash with those that follow it. The
// newline stays, the backslash goes.
func (p *parser) continued(line string) string {
	var b strings.Builder
	for strings.HasSuffix(line, `\`) {
		b.WriteString(line[:len(line)-1])
		if p.pos >= len(p.text.Body) {
			return b.String()
		}
		b.WriteByte('\n')
		start, end := p.next()
		line = p.text.Body[start:end]
	}
	b.WriteString(line)
	return b.String()
}

// endOfLine is the end of the line that next gave last; from lies in it.
func (p *parser) endOfLine(from int) int {
	line := strings.TrimSuffix(p.text.Body[from:p.pos], "\n")
	return from + len(strings.TrimSuffix(line, "\r"))
}

// warnBlankAfterBackslash tells of a value that does not go on because a blank
// stands after its backslash.
func (p *parser) warnBlankAfterBackslash(from, end int) {
	cut := strings.TrimRight(p.text.Body[from:end], " \t")
	if stop := from + len(cut); stop < end && strings.HasSuffix(cut, `\`) {
		p.report(diag.Warning, stop, end, "a blank after the backslash: the value ends here", "remove the blank to go on in the next line")
	}
}

func (p *parser) report(s diag.Severity, start, end int, text, hint string) {
	p.list = append(p.list, diag.Message{Severity: s, Text: text, Place: p.text.At(start, end), Hint: hint})
}
