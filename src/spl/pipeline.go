package spl

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// pipeline reads stages up to the end of the text or, within brackets, up to the
// closing one. depth is how many brackets it stands in.
func (p *parser) pipeline(depth int) *Search {
	outer := p.depth
	p.depth = depth
	s := &Search{Span: Span{Start: p.pos}}
	for first := true; ; first = false {
		if st := p.nextStage(first); st != nil {
			s.Stages = append(s.Stages, st)
		}
		if !p.pipe() {
			break
		}
	}
	s.Span.End = p.pos
	p.depth = outer
	return s
}

// pipe moves to the next pipe, past brackets that close nothing, and tells
// whether there is one.
func (p *parser) pipe() bool {
	for {
		p.failed = false
		switch p.peek() {
		case '|':
			return true
		case ']':
			if p.depth > 0 && !p.textIsBracketed() {
				return false
			}
			at := p.pos
			p.fail(Span{at, at + 1}, "the bracket closes nothing", "a ] that is part of a value must stand in quotes")
			p.pos = skipStage(p.text, at+1)
		default:
			return false
		}
	}
}

// textIsBracketed tells whether the closing bracket of this pipeline is not in
// the text.
func (p *parser) textIsBracketed() bool { return p.opts.Bracketed && p.depth == 1 }

// nextStage reads a pipe, unless the first stage has none, and a stage.
func (p *parser) nextStage(first bool) *Stage {
	outer, failed := p.stage, p.failed
	defer func() { p.stage, p.failed = outer, failed }()
	st := &Stage{Source: p.src}
	p.stage, p.failed = st, false
	piped := p.accept('|')
	if piped && first && p.depth == 0 {
		p.leadingPipe()
	}
	p.space()
	st.Span = Span{p.pos, p.pos}
	switch c := p.peek(); {
	case p.failed:
	case c == 0 || c == '|' || c == ']':
		p.noCommand(piped, first)
		return nil
	case c == '`':
		p.macroStage(st, piped || p.depth > 0)
	case first && !piped && p.depth == 0:
		p.implicit(st)
	default:
		p.command(st)
	}
	if p.more() {
		p.unexpected("")
	}
	if p.failed {
		p.pos = p.stop // wherever a look ahead has left it
	}
	if st.Name == "" && st.Raw == "" {
		return nil
	}
	st.Span.End = len(strings.TrimRight(p.text[:max(p.pos, st.Span.Start)], " \t\r\n\v\f"))
	st.ArgSpan = Span{st.NameSpan.End, max(st.Span.End, st.NameSpan.End)}
	return st
}

// noCommand reports an empty search, and pipes with nothing between them.
func (p *parser) noCommand(piped, first bool) {
	sp := Span{p.pos, min(p.pos+1, len(p.text))}
	hint := ""
	if sp.Start < len(p.text) && p.src.fromMacro(sp.Start) && p.text[sp.Start] == '|' {
		hint = "the macro begins with a pipe: leave it out there, the search has one"
	} else if sp.Start > 0 && piped && p.text[sp.Start-1] == '|' && p.text[sp.Start:sp.End] == "|" {
		hint = "write OR where a condition is meant"
	}
	switch {
	case first && !piped && p.depth > 0:
		p.fail(sp, "there is no search in the brackets", "")
	case first && !piped:
		p.fail(sp, "the search is empty", "")
	default:
		_, found := p.found()
		p.fail(sp, "expected a command after the pipe, found "+found, hint)
	}
}

// leadingPipe warns of a pipe that only a macro brought in (rule X3).
func (p *parser) leadingPipe() {
	at := p.pos - 1
	if !p.src.fromMacro(at) {
		return
	}
	p.warn(Span{at, at + 1}, "the search begins with the pipe of a macro's definition",
		"Splunk puts the search command in front of a search that does not begin with a pipe: write the pipe before the macro, not into it")
}

// macroStage keeps the use of a macro that was not expanded: as a stage of its
// own after a pipe, else as the first word of an implicit search.
func (p *parser) macroStage(st *Stage, piped bool) {
	if !piped {
		p.implicit(st)
		return
	}
	p.useEnd()
	p.rawText(st, p.pos)
}

// rawText keeps the text from start up to the end of the stage, without the
// comments in it.
func (p *parser) rawText(st *Stage, start int) {
	end := skipStage(p.text, start)
	var b strings.Builder
	from := start
	for p.pos = start; p.pos < end && !p.failed; {
		switch {
		case p.text[p.pos] == '\\' && escaped(p.text, p.pos):
			p.pos += 2
		case p.text[p.pos] == '"':
			if end := stringEnd(p.text, p.pos); end < 0 {
				p.unbalanced()
			} else {
				p.pos = end
			}
		case isComment(p.text, p.pos):
			b.WriteString(p.text[from:p.pos])
			p.comment()
			from = p.pos
		case p.text[p.pos] == '`':
			p.pos = p.useEnd()
		default:
			p.pos++
		}
	}
	if !p.failed {
		b.WriteString(p.text[from:end])
		p.pos = end
		st.Raw = strings.TrimSpace(b.String())
	}
}

// implicit reads a search that begins without a pipe: the search command, whose
// name may be written.
func (p *parser) implicit(st *Stage) {
	name, sp := p.commandName()
	if strings.EqualFold(name, "search") {
		if next := p.pos; p.peek() != '=' && !strings.HasPrefix(p.text[p.pos:], "!=") {
			st.Name, st.NameSpan = "search", sp
			forms["search"].parse(p, st)
			return
		} else {
			p.pos = next
		}
	}
	p.pos = sp.Start
	st.Name, st.Implicit, st.NameSpan = "search", true, Span{sp.Start, sp.Start}
	if f := forms[strings.ToLower(name)]; f != nil && f.generates && !jargon[f.name] {
		p.warn(sp, "\""+name+"\" is searched for as a word", "write a pipe before it if the command is meant: | "+f.name)
	}
	forms["search"].parse(p, st)
	if st.Predicate == nil {
		p.fail(Span{sp.Start, p.pos}, "the search is empty", "")
	}
}

// commandName reads a command's name as written.
func (p *parser) commandName() (string, Span) {
	start := p.pos
	for p.pos < len(p.text) && isNameByte(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos], Span{start, p.pos}
}

func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' || c == '.' }

// command reads a stage that begins with a command's name.
func (p *parser) command(st *Stage) {
	name, sp := p.commandName()
	if name == "" {
		p.expected("a command")
		return
	}
	st.NameSpan = sp
	low := strings.ToLower(name)
	if f := forms[low]; f != nil {
		st.Name = f.name
		f.parse(p, st)
		return
	}
	if p.opts.Commands != nil && (p.opts.Commands(name) || p.opts.Commands(low)) {
		st.Name = low
		if p.opts.Commands(name) {
			st.Name = name
		}
		p.rawArgs(st, nil)
		return
	}
	p.unknownCommand(name, sp)
}

func (p *parser) unknownCommand(name string, sp Span) {
	hint := ""
	if len(p.problems) < maxMessages {
		hint = diag.DidYouMean(name, commands())
	}
	switch c := p.peek(); {
	case meantCommands[strings.ToLower(name)] != "":
		hint = "in SPL that is " + meantCommands[strings.ToLower(name)]
	case hint != "":
	case c == '=' || c == '!' || c == '<' || c == '>':
		hint = "a condition needs the search or the where command before it: search " + name + "=..."
	case c == '(':
		hint = "this looks like a function: the eval or the where command must stand before it"
	}
	p.fail(sp, `unknown command "`+shorten(name)+`"`, cmp.Or(hint, "docs/spl.md lists the commands"))
}

// meantCommands is what other languages call what a command does.
var meantCommands = map[string]string{
	"select": "table", "project": "table", "group": "stats count by field", "groupby": "stats count by field", "summarize": "stats",
	"order": "sort", "orderby": "sort", "limit": "head", "take": "head", "filter": "where", "distinct": "dedup",
	"count": "stats count", "sum": "stats sum(field)", "extend": "eval", "let": "eval", "parse": "rex", "grep": "regex",
}

// subsearch reads [ ... ].
func (p *parser) subsearch() *Search {
	open := p.pos
	if !p.accept('[') {
		p.expected("a subsearch in brackets: [search ...]")
		return nil
	}
	if p.depth >= maxSubsearch {
		p.pos = open
		p.fail(Span{open, open + 1}, "subsearches are nested more than 8 deep", "")
		return nil
	}
	s := p.pipeline(p.depth + 1)
	if !p.accept(']') {
		p.fail(Span{open, open + 1}, "the bracket is never closed", "close it with ], or put it in quotes if it is part of a value")
		return nil
	}
	return s
}

// CanonicalCommand is the name that the tree has for a command: bin for bucket. A
// name that nobody knows is itself.
func CanonicalCommand(name string) string {
	if f := forms[name]; f != nil {
		return f.name
	}
	return name
}

// OptionNames are the names of a command's options, sorted, without those of its BY
// clause; none when it takes any or is known by name alone.
func OptionNames(command string) []string {
	f := forms[command]
	if f == nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(f.kinds))
	return slices.DeleteFunc(names, func(n string) bool { return n == "*" })
}
