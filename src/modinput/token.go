package modinput

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// tokenKind is what a token of XML is.
type tokenKind uint8

const (
	text     tokenKind = iota
	cdata              // body is without its brackets
	startTag           // <name attrs> or, closed, <name attrs/>
	endTag             // </name>
	comment            // a comment, or <?...?>
)

// token is a piece of the stream; its bytes are good until the next event.
type token struct {
	kind   tokenKind
	at     int // in the buffer
	name   string
	attrs  []byte
	body   []byte
	closed bool
}

// String is the token as a message shows it.
func (t token) String() string {
	switch t.kind {
	case startTag:
		return fmt.Sprintf("<%s>", t.name)
	case endTag:
		return fmt.Sprintf("</%s>", t.name)
	case cdata:
		return "<![CDATA[...]]>"
	}
	return "text " + quote(t.body)
}

// errEnd: there is nothing more to read.
var errEnd = errors.New("end")

var errTooLarge = errors.New("an event is too large")

// compact forgets what was read. Tokens do not outlive it.
func (r *Reader) compact() {
	if r.pos < (len(r.buf)+1)/2 {
		return // moving little costs little, and moving much is worth it
	}
	r.base += int64(r.pos)
	r.buf = r.buf[:copy(r.buf, r.buf[r.pos:])]
	r.pos = 0
}

// fill reads more; false when there is no more or the event is too large.
func (r *Reader) fill() bool {
	if r.err != nil {
		return false
	}
	if len(r.buf) == cap(r.buf) {
		grown := make([]byte, len(r.buf), max(128<<10, 2*cap(r.buf)))
		copy(grown, r.buf)
		r.buf = grown
	}
	for range 100 {
		n, err := r.in.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		if err != nil {
			r.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	r.err = io.ErrNoProgress
	return false
}

// more is fill within an event.
func (r *Reader) more(from int) error {
	limit := r.MaxEvent
	if limit <= 0 {
		limit = 64 << 20
	}
	if len(r.buf)-from > limit {
		return errTooLarge
	}
	if !r.fill() {
		return errEnd
	}
	return nil
}

// find is where sep begins, at or after from.
func (r *Reader) find(from int, sep string) (int, error) {
	for look := from; ; {
		if i := bytes.Index(r.buf[look:], []byte(sep)); i >= 0 {
			return look + i, nil
		}
		look = max(from, len(r.buf)-len(sep)+1)
		if err := r.more(r.pos); err != nil {
			return 0, err
		}
	}
}

// token reads the next one and moves behind it.
func (r *Reader) token() (token, error) {
	at := r.pos
	for len(r.buf) == at {
		if err := r.more(at); err != nil {
			return token{}, err
		}
	}
	if r.buf[at] != '<' {
		return r.textToken(at)
	}
	r.look(at)
	rest := r.buf[at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return r.delimited(cdata, at, len("<![CDATA["), "]]>")
	case bytes.HasPrefix(rest, []byte("<!--")):
		return r.delimited(comment, at, len("<!--"), "-->")
	case bytes.HasPrefix(rest, []byte("<?")):
		return r.delimited(comment, at, len("<?"), "?>")
	case bytes.HasPrefix(rest, []byte("<!")):
		return token{}, errors.New("declarations (<!...>) have no place in a stream of events")
	}
	return r.tag(at)
}

// look reads as much as tells what begins at a "<", and no more: an event is not
// to wait for what comes after it.
func (r *Reader) look(at int) {
	for _, begin := range []string{"<!", "<!-", "<!--", "<![CDATA["} {
		for len(r.buf)-at < len(begin) {
			if r.more(at) != nil {
				return // whatever is there is read as it is
			}
		}
		if have := r.buf[at : at+len(begin)]; have[1] != '!' || len(begin) == len("<!--") && have[2] != '[' {
			return
		}
	}
}

// textToken ends before the next tag. At the end of the stream it may be cut
// short, which whoever reads it learns from the next token.
func (r *Reader) textToken(at int) (token, error) {
	end, err := r.find(at, "<")
	if errors.Is(err, errEnd) {
		end, err = len(r.buf), nil
	}
	if err != nil {
		return token{}, err
	}
	r.pos = end
	return token{kind: text, at: at, body: r.buf[at:end]}, nil
}

func (r *Reader) delimited(kind tokenKind, at, skip int, sep string) (token, error) {
	end, err := r.find(at+skip, sep)
	if err != nil {
		return token{}, err
	}
	body := r.buf[at+skip : end]
	if kind == comment && sep == "-->" && (bytes.Contains(body, []byte("--")) || bytes.HasSuffix(body, []byte("-"))) {
		return token{}, errors.New(`a comment with "--" in it`)
	}
	r.pos = end + len(sep)
	return token{kind: kind, at: at, body: body}, nil
}

// tag reads <...>; a ">" in a quoted value is none.
func (r *Reader) tag(at int) (token, error) {
	var quoted byte
	for i := at + 1; ; i++ {
		for i >= len(r.buf) {
			if err := r.more(at); err != nil {
				return token{}, err
			}
		}
		switch c := r.buf[i]; {
		case c == '<':
			return token{}, errors.New(`a "<" in a tag`)
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '>':
			r.pos = i + 1
			return parseTag(at, r.buf[at+1:i])
		}
	}
}

// parseTag reads what is between the angle brackets.
func parseTag(at int, in []byte) (token, error) {
	t := token{kind: startTag, at: at}
	if bytes.HasPrefix(in, []byte("/")) {
		t.kind, in = endTag, in[1:]
	} else if bytes.HasSuffix(in, []byte("/")) {
		t.closed, in = true, in[:len(in)-1]
	}
	n := nameLength(in)
	if n == 0 {
		return t, fmt.Errorf("expected a name in <%s>", bytes.TrimSpace(in[:min(len(in), 40)]))
	}
	t.name, t.attrs = tagName(in[:n]), in[n:]
	if t.kind == endTag && len(bytes.TrimSpace(t.attrs)) > 0 {
		return t, fmt.Errorf("expected </%s>, found more in it", t.name)
	}
	return t, nil
}

// tagName saves the allocation for names that are known.
func tagName(b []byte) string {
	switch string(b) {
	case "event":
		return "event"
	case "data":
		return "data"
	case "time":
		return "time"
	case "host":
		return "host"
	case "source":
		return "source"
	case "sourcetype":
		return "sourcetype"
	case "index":
		return "index"
	case "done":
		return "done"
	}
	return string(b)
}

// nameLength is how much of b is a name.
func nameLength(b []byte) int {
	for i, c := range b {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return i
		}
	}
	return len(b)
}

// attr is an attribute, its value not unescaped yet.
type attr struct {
	name, value []byte
	err         error
}

// attributesOf gives the attributes of a tag; the last one may be an error.
func attributesOf(in []byte) iter.Seq[attr] {
	return func(yield func(attr) bool) {
		for {
			trimmed := bytes.TrimLeft(in, " \t\r\n")
			if len(trimmed) == 0 {
				return
			}
			spaced := len(trimmed) < len(in)
			n := nameLength(trimmed)
			name := trimmed[:n]
			in = bytes.TrimLeft(trimmed[n:], " \t\r\n")
			if !spaced || n == 0 || len(in) == 0 || in[0] != '=' {
				yield(attr{err: fmt.Errorf("expected name=\"value\", found %s", quote(trimmed))})
				return
			}
			in = bytes.TrimLeft(in[1:], " \t\r\n")
			if len(in) == 0 || in[0] != '"' && in[0] != '\'' {
				yield(attr{err: fmt.Errorf("expected the value of %s in quotes", name)})
				return
			}
			end := bytes.IndexByte(in[1:], in[0]) // the tag ended outside of quotes
			if end < 0 || !yield(attr{name: name, value: in[1 : 1+end]}) {
				return
			}
			in = in[end+2:]
		}
	}
}
