package eval

import (
	"html"
	"strings"
)

// maxXMLDepth is how deep elements may lie in one another.
const maxXMLDepth = 200

// xmlToken is a part of an XML text: an opening tag, a closing tag or text.
type xmlToken struct {
	open, end, empty bool // empty: an opening tag that closes itself
	name             string
	attrs            string
	text             string
}

// xmlTokens cuts a text into its tags and what stands between them. Comments,
// processing instructions and CDATA marks are gone over.
type xmlTokens struct {
	rest string
	bad  bool
}

func (x *xmlTokens) next() (t xmlToken, ok bool) {
	for x.rest != "" {
		if x.rest[0] != '<' {
			n := strings.IndexByte(x.rest, '<')
			if n < 0 {
				n = len(x.rest)
			}
			t.text, x.rest = x.rest[:n], x.rest[n:]
			return t, true
		}
		switch {
		case strings.HasPrefix(x.rest, "<!--"):
			x.skipTo("-->")
		case strings.HasPrefix(x.rest, "<![CDATA["):
			text, after, found := strings.Cut(x.rest[9:], "]]>")
			x.rest, x.bad = after, x.bad || !found
			return xmlToken{text: text}, true
		case strings.HasPrefix(x.rest, "<?"):
			x.skipTo("?>")
		case strings.HasPrefix(x.rest, "<!"):
			x.skipTo(">")
		default:
			return x.tag()
		}
	}
	return t, false
}

func (x *xmlTokens) skipTo(end string) {
	_, after, found := strings.Cut(x.rest, end)
	x.rest, x.bad = after, x.bad || !found
}

func (x *xmlTokens) tag() (t xmlToken, ok bool) {
	end := xmlTagEnd(x.rest)
	if end < 0 {
		x.bad, x.rest = true, ""
		return t, false
	}
	inside := x.rest[1:end]
	x.rest = x.rest[end+1:]
	if name, closes := strings.CutPrefix(inside, "/"); closes {
		return xmlToken{end: true, name: strings.TrimSpace(name)}, true
	}
	inside, empty := strings.CutSuffix(inside, "/")
	n := strings.IndexAny(inside, " \t\r\n")
	if inside == "" || n == 0 {
		x.bad, x.rest = true, ""
		return t, false
	}
	if n < 0 {
		return xmlToken{open: true, empty: empty, name: inside}, true
	}
	return xmlToken{open: true, empty: empty, name: inside[:n], attrs: inside[n:]}, true
}

// xmlTagEnd is the > that ends a tag, outside of quotes.
func xmlTagEnd(s string) int {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// eachXMLAttr calls f with the attributes of a tag.
func eachXMLAttr(attrs string, f func(name, value string)) {
	for {
		name, after, found := strings.Cut(attrs, "=")
		name, after = strings.TrimSpace(name), strings.TrimLeft(after, " \t\r\n")
		if !found || name == "" || after == "" || after[0] != '"' && after[0] != '\'' {
			return
		}
		value, rest, closed := strings.Cut(after[1:], after[:1])
		if !closed {
			return
		}
		f(name, html.UnescapeString(value))
		attrs = rest
	}
}

// ScanXML calls value with the text of each innermost element and with each
// attribute: a.b and a.b{@x}. False when the text is not XML to its end.
func ScanXML(text string, value func(path []byte, v string)) bool {
	x := xmlTokens{rest: text}
	var path []byte
	var starts []int
	var names []string
	content, inner := "", false
	for {
		t, ok := x.next()
		if !ok {
			return !x.bad && len(names) == 0
		}
		switch {
		case t.open:
			starts, names = append(starts, len(path)), append(names, t.name)
			if len(names) > maxXMLDepth {
				return false
			}
			if len(path) > 0 {
				path = append(path, '.')
			}
			path = append(path, t.name...)
			at := len(path)
			eachXMLAttr(t.attrs, func(name, v string) {
				path = append(append(append(path, "{@"...), name...), '}')
				value(path, v)
				path = path[:at]
			})
			content, inner = "", true
			if !t.empty {
				continue
			}
		case !t.end:
			content += t.text
			continue
		}
		if len(names) == 0 || t.end && names[len(names)-1] != t.name {
			return false
		}
		if v := strings.TrimSpace(content); inner && v != "" {
			value(path, html.UnescapeString(v))
		}
		path = path[:starts[len(starts)-1]]
		starts, names = starts[:len(starts)-1], names[:len(names)-1]
		content, inner = "", false
	}
}

// FindXML calls found with what stands at a path: the text of innermost elements,
// of others what is inside them. Elements are counted from 1 among those of their
// name.
func FindXML(text string, path []PathStep, found func(string)) {
	if len(path) == 0 {
		return
	}
	step, rest := path[0], path[1:]
	index := EveryElement
	if len(rest) > 0 && rest[0].Array {
		index, rest = rest[0].Index, rest[1:]
	}
	attr := ""
	if len(rest) > 0 && rest[0].Attr != "" {
		attr, rest = rest[0].Attr, nil
	}
	n := 0
	eachXMLElement(text, func(name, attrs, inside string) {
		if name != step.Key {
			return
		}
		if n++; index != EveryElement && n != index {
			return
		}
		switch {
		case attr != "":
			eachXMLAttr(attrs, func(name, v string) {
				if name == attr {
					found(v)
				}
			})
		case len(rest) > 0:
			FindXML(inside, rest, found)
		case strings.Contains(inside, "<"):
			found(strings.TrimSpace(inside))
		case strings.TrimSpace(inside) != "":
			found(html.UnescapeString(strings.TrimSpace(inside)))
		}
	})
}

// eachXMLElement calls f with the outermost elements of a text.
func eachXMLElement(text string, f func(name, attrs, inside string)) {
	x := xmlTokens{rest: text}
	depth, from := 0, 0
	var outer xmlToken
	for {
		before := len(text) - len(x.rest)
		t, ok := x.next()
		if !ok {
			return
		}
		switch {
		case t.open && !t.empty:
			if depth++; depth == 1 {
				outer, from = t, len(text)-len(x.rest)
			}
		case t.open && depth == 0:
			f(t.name, t.attrs, "")
		case t.end:
			if depth--; depth == 0 {
				f(outer.name, outer.attrs, text[from:before])
			} else if depth < 0 {
				return
			}
		}
	}
}
