package spl

import (
	"strings"
)

// rawArgs keeps the arguments of a command that reads them itself. The words,
// options and subsearches in them are filled for who looks for them.
func (p *parser) rawArgs(st *Stage, _ *form) {
	start := p.posOfNext()
	end := skipStage(p.text, start)
	for p.pos < end && !p.failed {
		p.space()
		if name, ok := p.optionName(); ok {
			o := Option{Name: strings.ToLower(p.text[name.Start:name.End]), NameSpan: name}
			o.Value, _ = p.optionValue()
			st.Options = append(st.Options, o)
		} else if p.pos < end && p.text[p.pos] == '[' {
			if s := p.subsearch(); s != nil {
				st.Subs = append(st.Subs, s)
			}
		} else if v, ok := p.word(rawMode); ok {
			st.Words = append(st.Words, v)
		} else {
			p.pos++
		}
	}
	if !p.failed {
		p.rawText(st, start)
	}
}
