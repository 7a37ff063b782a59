package winevent

import "bytes"

// Extract calls found for each occurrence of a wanted field: for System its
// elements and then its attributes, then the other blocks in the order of the
// event. value points into raw. It stops as soon as no wanted name can follow:
// EventCode and System_Props_Xml come from System alone.
func (f *Fields) Extract(raw []byte, found func(field int, value []byte)) {
	w := walker{raw: raw, fields: f}
	w.walk(func(field int, _, value []byte) { found(field, value) })
}

// Each calls found for every field, in the order and by the rules of Extract.
// name and value point into raw, but for the names of blocks and EventCode.
func Each(raw []byte, found func(name, value []byte)) {
	w := walker{raw: raw}
	w.walk(func(_ int, name, value []byte) { found(name, value) })
}

// walker goes through one event for the wanted fields; for all when fields is nil.
type walker struct {
	raw    []byte
	fields *Fields
	seen   [fixedNames]bool
}

// giver takes what is found. It is handed from method to method and not kept in
// the walker: so it, and what it captures, need not be allocated.
type giver = func(field int, name, value []byte)

// emit gives a field read from the event.
func (w *walker) emit(give giver, name, value []byte) {
	if f := w.fields; f != nil {
		if i := f.number(name); i >= 0 {
			give(i, name, value)
		} else if f.mayClean(name) {
			w.emitCleaned(give, name, value)
		}
		return
	}
	if !isClean(name) {
		name = clean(name)
	}
	if len(name) != 0 && !isFixed(name) {
		give(0, name, value)
	}
}

// emitCleaned gives a wanted field whose name had to be cleaned.
func (w *walker) emitCleaned(give giver, name, value []byte) {
	name = clean(name)
	if i := w.fields.number(name); i >= 0 {
		give(i, name, value)
	}
}

// isFixed keeps a <Data Name='EventCode'> from being a second EventCode.
func isFixed(name []byte) bool {
	if len(name) != len("EventCode") && !bytes.HasSuffix(name, []byte("_Xml")) {
		return false
	}
	for _, fixed := range fixedName {
		if string(name) == fixed {
			return true
		}
	}
	return false
}

// fixedBytes are fixedName, made once.
var fixedBytes = func() (out [fixedNames][]byte) {
	for k, name := range fixedName {
		out[k] = []byte(name)
	}
	return out
}()

// emitFixed gives a computed field.
func (w *walker) emitFixed(give giver, k int, value []byte) {
	if f := w.fields; f == nil {
		give(0, fixedBytes[k], value)
	} else if n := f.fixed[k]; n != 0 {
		give(int(n-1), fixedBytes[k], value)
	}
}

// wants tells whether a computed field is asked for.
func (w *walker) wants(k int) bool { return w.fields == nil || w.fields.fixed[k] != 0 }

// plain tells whether any field is asked for that is not computed.
func (w *walker) plain() bool { return w.fields == nil || w.fields.plain }

// walk goes from tag to tag and reads the first block of each kind.
func (w *walker) walk(give giver) {
	raw := w.raw
	for i := 0; ; {
		i = nextTag(raw, i)
		if i < 0 {
			return
		}
		k, body, ok := blockAt(raw, i)
		if !ok || w.seen[k] {
			i = body
			continue
		}
		w.seen[k] = true
		switch k {
		case systemField:
			i = w.system(give, body)
			if f := w.fields; f != nil && !f.plain && !f.blocks {
				return
			}
		case eventDataField:
			i = w.eventData(give, body)
		default:
			w.block(give, k, body)
			i = body
		}
	}
}

// block gives a block that is not read closely; UserData's elements are fields.
func (w *walker) block(give giver, k, body int) {
	end := bytes.Index(w.raw[body:], blocks[k].end)
	text := w.raw[body:]
	if end >= 0 {
		text = w.raw[body : body+end]
		w.emitFixed(give, k, text)
	}
	if k == userDataField && w.plain() {
		w.elements(give, text)
	}
}

// blockKind is the tags of a block.
type blockKind struct{ name, end []byte }

var blocks = [fixedNames]blockKind{
	systemField:    {[]byte("System"), []byte("</System>")},
	eventDataField: {[]byte("EventData"), []byte("</EventData>")},
	userDataField:  {[]byte("UserData"), []byte("</UserData>")},
	debugDataField: {[]byte("DebugData"), []byte("</DebugData>")},
	renderingField: {[]byte("RenderingInfo"), []byte("</RenderingInfo>")},
}

// blockAt tells which block's start tag begins with the `<` before raw[i], and
// where the text behind the tag begins; else where the search may go on.
func blockAt(raw []byte, i int) (kind, body int, ok bool) {
	if i >= len(raw) {
		return 0, i, false
	}
	switch raw[i] {
	case 'S':
		kind = systemField
	case 'E':
		kind = eventDataField
	case 'U':
		kind = userDataField
	case 'D':
		kind = debugDataField
	case 'R':
		kind = renderingField
	default:
		return 0, i, false
	}
	name := blocks[kind].name
	if !bytes.HasPrefix(raw[i:], name) {
		return 0, i, false
	}
	body, ok = tagEnd(raw, i+len(name))
	return kind, body, ok
}

// tagEnd is where the text behind a start tag begins, i being behind the tag's
// name. When the name goes on, the element is empty or the tag is cut off, ok is
// false and no tag of the kind begins before end: a search that goes on there
// looks at no byte twice, whatever it is fed.
func tagEnd(raw []byte, i int) (end int, ok bool) {
	if i >= len(raw) {
		return i, false
	}
	if raw[i] == '>' {
		return i + 1, true
	}
	if !isSpace(raw[i]) {
		return i, false
	}
	j := bytes.IndexByte(raw[i:], '>')
	if j < 0 {
		return len(raw), false
	}
	return i + j + 1, raw[i+j-1] != '/'
}

// nextTag is the place behind the next `<` from i on, -1 when there is none. Tags
// mostly stand one behind the other.
func nextTag(raw []byte, i int) int {
	if i < len(raw) && raw[i] == '<' {
		return i + 1
	}
	j := bytes.IndexByte(raw[i:], '<')
	if j < 0 {
		return -1
	}
	return i + j + 1
}

// isSpace is \s of PCRE.
func isSpace(c byte) bool { return c == ' ' || c-'\t' < 5 }

// isWord is \w of PCRE.
func isWord(c byte) bool {
	return c|0x20-'a' < 26 || c-'0' < 10 || c == '_'
}
