package command

import (
	"strconv"
	"unsafe"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var spathSpec = search.Spec{
	Name: "spath", Kind: search.Streaming,
	Syntax:  "spath [input=<field>] [output=<field>] [path=]<path>",
	Help:    "makes fields of JSON or XML: of what stands at a path, or of all that the first 5,000 characters hold",
	Example: `| spath input=properties path=targets{}.name output=target`,
	Bind:    bindSpath,
}

// spathLimit is how far a text is read when no path is given
// (extraction_cutoff).
const spathLimit = 5000

// spath reads JSON and XML. What is neither, or is broken, gives nothing.
type spath struct {
	shown
	input, output string
	path          []eval.PathStep // nil is all
	cutoff        int             // characters that are read of a text without a path
}

func bindSpath(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &spath{shown: shown{st}, input: a.text("input", "_raw"), cutoff: search.Or(c.Limits().Spath, spathLimit)}
	path, given := st.Option("path")
	for _, w := range st.Words {
		if given {
			a.problem(w.Span, "spath takes one path", "")
		}
		path, given = w, true
	}
	output, named := st.Option("output")
	if named && !given {
		a.problem(output.Span, "output= needs a path", "spath output=name path=a.b")
	}
	if !given {
		return s, a.problems
	}
	s.output = path.Text
	if named {
		s.output = output.Text
	}
	steps, ok := eval.ParsePath(path.Text)
	if !ok {
		a.problem(path.Span, `cannot read the path "`+path.Text+`"`, "it is keys with dots between them; {} stands for every element, {0} for the first, {@name} for an attribute")
	}
	s.path = steps
	return s, a.problems
}

func (s *spath) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "there is nothing to read", optionName(s.st, "input", s.input))
	if s.path == nil {
		in.Open = true
		return in, problems
	}
	return in.With(s.output), problems
}

func (s *spath) Needs(want []string) []string {
	if s.path != nil && !search.MatchAny(want, s.output) {
		return want
	}
	return append(want[:len(want):len(want)], s.input)
}

func (s *spath) Order() search.Order { return search.OrderKept }

func (s *spath) Open(w search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		x := newExtraction(b.Len)
		if s.path == nil {
			over := false
			x.each(b.Column(s.input), everyPath(x, s.cutoff, &over))
			if over {
				w.Warn(s.tooLong())
			}
		} else {
			out := x.column(s.output)
			x.each(b.Column(s.input), func(text string) { s.find(x, out, text) })
		}
		return x.into(b), nil
	}), nil
}

func (s *spath) tooLong() diag.Message {
	m := s.st.Problem(s.st.NameSpan, "spath without a path reads the first "+strconv.Itoa(s.cutoff)+" characters of a text, and some are longer", "path= finds one field wherever it is; the limit is spath.extraction_cutoff")
	m.Severity = diag.Warning
	return m
}

// everyPath reads all fields of the first part of a text; over is set when there is
// more.
func everyPath(x *extraction, limit int, over *bool) func(text string) {
	j := &jsonScan{value: func(path []byte, v string) {
		if len(path) > 0 {
			x.add(x.column(bytesText(path)), v)
		}
	}}
	return func(text string) {
		cut := len(text) > limit
		if cut {
			text, *over = text[:limit], true
		}
		switch c := firstByte(text); {
		case c == '{' || c == '[':
			if !j.run(text) || j.ended && !cut {
				x.discard()
			}
		case c == '<':
			if !eval.ScanXML(text, func(path []byte, v string) { x.add(x.column(bytesText(path)), v) }) && !cut {
				x.discard()
			}
		}
	}
}

// bytesText is bytes as a text that is valid as long as they stay.
func bytesText(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func firstByte(text string) byte {
	for i := range len(text) {
		if c := text[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
	}
	return 0
}

// find gives the values at the path. A text that is broken behind them gives them
// all the same.
func (s *spath) find(x *extraction, out *extracted, text string) {
	switch firstByte(text) {
	case '{', '[':
		j := &jsonScan{text: text}
		j.find(s.path, func(v string) { x.add(out, v) })
		if j.bad || j.ended {
			x.discard()
		}
	case '<':
		eval.FindXML(text, s.path, func(v string) { x.add(out, v) })
	}
}

// find calls found with what stands at a path: texts without their quotes,
// objects and arrays as JSON.
func (j *jsonScan) find(path []eval.PathStep, found func(string)) {
	c := j.next()
	if len(path) == 0 {
		j.whole(c, found)
		return
	}
	switch step := path[0]; {
	case c == '{' && !step.Array && step.Attr == "":
		j.eachKey(func(key string) bool {
			if key == step.Key {
				j.find(path[1:], found)
				return true
			}
			return false
		})
	case c == '[' && step.Array:
		j.eachElement(func(i int) bool {
			if step.Index == eval.EveryElement || i == step.Index {
				j.find(path[1:], found)
				return true
			}
			return false
		})
	default:
		j.skip()
	}
}

func (j *jsonScan) whole(c byte, found func(string)) {
	switch c {
	case '{', '[':
		text := j.skip()
		if !j.bad && !j.ended {
			found(compactJSON(text))
		}
	case '"':
		if s, ok := j.str(); ok {
			found(s)
		}
	default:
		if text := j.skip(); !j.bad {
			found(text)
		}
	}
}

// eachKey goes over an object; take reads the value of a key, or leaves it.
func (j *jsonScan) eachKey(take func(key string) bool) {
	if !j.enter() {
		return
	}
	for first := true; !j.bad && !j.ended; first = false {
		c := j.next()
		if c == '}' && first {
			break
		}
		if c != '"' {
			j.bad = j.bad || c != 0
			return
		}
		key, ok := j.str()
		if !ok || j.next() != ':' {
			j.bad = j.bad || !j.ended
			return
		}
		j.at++
		if !take(key) {
			j.skip()
		}
		if !j.more('}') {
			break
		}
	}
	j.leave()
}

func (j *jsonScan) eachElement(take func(i int) bool) {
	if !j.enter() {
		return
	}
	for i := 0; !j.bad && !j.ended; i++ {
		if j.next() == ']' && i == 0 {
			break
		}
		if !take(i) {
			j.skip()
		}
		if !j.more(']') {
			break
		}
	}
	j.leave()
}

// more goes over a comma; at the end it stays before the bracket.
func (j *jsonScan) more(end byte) bool {
	if j.bad || j.ended {
		return false
	}
	switch j.next() {
	case ',':
		j.at++
		return true
	case end, 0:
	default:
		j.bad = true
	}
	return false
}

// leave goes over the closing bracket.
func (j *jsonScan) leave() {
	if !j.bad && !j.ended {
		j.at++
		j.depth--
	}
}
