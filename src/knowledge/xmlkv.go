package knowledge

import "bytes"

// elements finds <name>text</name> (KV_MODE xml): elements without children, of
// any depth, named by their tag alone. A name that stands twice has two values.
func elements(raw []byte, p *pass) {
	p.begin(true)
	for at := 0; ; {
		n := bytes.IndexByte(raw[at:], '<')
		if n < 0 {
			return
		}
		at += n + 1
		end := bytes.IndexByte(raw[at:], '>')
		if end < 0 {
			return
		}
		name, _, _ := bytes.Cut(raw[at:at+end], []byte(" "))
		if len(name) == 0 || name[0] == '/' || name[0] == '!' || name[0] == '?' || raw[at+end-1] == '/' {
			continue
		}
		from := at + end + 1
		close := bytes.IndexByte(raw[from:], '<')
		if close < 0 {
			return
		}
		rest := raw[from+close:]
		if len(rest) > len(name)+2 && rest[1] == '/' && bytes.HasPrefix(rest[2:], name) && rest[2+len(name)] == '>' {
			if i := p.index(name); i >= 0 {
				p.put(i, raw[from:from+close])
			}
		}
	}
}
