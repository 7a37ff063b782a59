package winevent

import "bytes"

// system reads the System block whose text begins at body, and gives where to
// go on: its end tag, or the end of the event when it is cut off.
func (w *walker) system(give giver, body int) int {
	text := w.raw[body:]
	if w.fields != nil && !w.fields.plain && !w.wants(systemField) {
		// Only EventCode is wanted: there is no need to find the end.
		if code := eventCode(text); code != nil {
			w.emitFixed(give, codeField, code)
		}
		return body
	}
	end := len(w.raw)
	if i := bytes.Index(text, blocks[systemField].end); i >= 0 {
		end = body + i
		text = text[:i]
		w.emitFixed(give, systemField, text)
	}
	if w.wants(codeField) {
		if code := eventCode(text); code != nil {
			w.emitFixed(give, codeField, code)
		}
	}
	if w.plain() {
		w.elements(give, text)
		w.attributes(give, text, end == len(w.raw))
	}
	return end
}

var (
	eventIDTag = []byte("<EventID")
	eventIDEnd = []byte("</EventID>")
)

// eventCode is the text of the first EventID element that has one, in a System
// block whose end need not be known; nil when there is none.
func eventCode(text []byte) []byte {
	for i := 0; ; {
		j := bytes.Index(text[i:], eventIDTag)
		if j < 0 || bytes.Contains(text[i:i+j], blocks[systemField].end) {
			return nil
		}
		i += j + len(eventIDTag)
		s, ok := tagEnd(text, i)
		if bytes.Contains(text[i:s], blocks[systemField].end) {
			return nil
		}
		i = s
		n := bytes.IndexByte(text[s:], '<')
		if ok && n > 0 && bytes.HasPrefix(text[s+n:], eventIDEnd) {
			return text[s : s+n]
		}
	}
}

// elements gives each `<(\w*)>([^<]*)</\1>` of a text.
func (w *walker) elements(give giver, text []byte) {
	for i := 0; ; {
		i = nextTag(text, i)
		if i < 0 {
			return
		}
		e := i
		for e < len(text) && isWord(text[e]) {
			e++
		}
		if e >= len(text) || text[e] != '>' {
			continue
		}
		name, from := text[i:e], e+1
		n := bytes.IndexByte(text[from:], '<')
		if n < 0 {
			return
		}
		i = from + n
		if closes(text[i:], name) {
			w.emit(give, name, text[from:i])
			i += len("</>") + len(name)
		}
	}
}

// closes tells whether text begins with the end tag of an element.
func closes(text, name []byte) bool {
	n := len(name)
	return len(text) >= n+3 && text[1] == '/' && text[n+2] == '>' && string(text[2:n+2]) == string(name)
}

// attributes gives each `\s([^\s=]+)\s*=\s*('[^<']*'|"[^<"]*")` of a text, the
// quotes with the value. It looks for `=`, of which there are few. In a text
// that is cut off, a quote that is not closed ends the search: what stands
// behind it is the inside of a value.
func (w *walker) attributes(give giver, text []byte, cut bool) {
	for from, i := 0, 0; ; {
		j := bytes.IndexByte(text[i:], '=')
		if j < 0 {
			return
		}
		eq := i + j
		i = eq + 1
		name := nameBefore(text[from:eq])
		if name == nil {
			continue
		}
		s := skipSpace(text, i)
		e := quoteEnd(text, s)
		if e > 0 {
			w.emit(give, name, text[s:e])
			i, from = e, e
		} else if e == 0 && cut {
			return
		}
	}
}

// nameBefore is the `\s([^\s=]+)\s*` that text ends with, without the blanks; nil
// when there is none.
func nameBefore(text []byte) []byte {
	e := len(text)
	for e > 0 && isSpace(text[e-1]) {
		e--
	}
	s := e
	for s > 0 && !isSpace(text[s-1]) && text[s-1] != '=' {
		s--
	}
	if s == e || s == 0 || !isSpace(text[s-1]) {
		return nil
	}
	return text[s:e]
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	return i
}

// quoteEnd is where the quoted value that begins at text[s] ends, behind its
// quote; 0 when the text ends before that, -1 when no value begins there.
func quoteEnd(text []byte, s int) int {
	if s >= len(text) {
		return 0
	}
	if text[s] != '\'' && text[s] != '"' {
		return -1
	}
	for e := s + 1; e < len(text); e++ {
		switch text[e] {
		case text[s]:
			return e + 1
		case '<':
			return -1
		}
	}
	return 0
}
