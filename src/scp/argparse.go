package scp

import (
	"fmt"
	"strings"

	"riskreplay/src/diag"
)

// Parse reads arguments after the declaration. All that is wrong is in the list,
// in Splunk's wording and with what was most likely meant; what is right is in
// the Args all the same.
func (c *Command) Parse(info *Info) (*Args, diag.List) {
	name := info.Command
	if name == "" {
		name = c.Name
	}
	rawArgs := info.RawArgs
	if len(rawArgs) == 0 {
		rawArgs = info.Args
	}
	p := argParser{command: c, args: &Args{options: map[string][]Item{}}}
	p.args.Text, p.args.Items, p.problems = scanArguments(name, rawArgs)
	for _, it := range p.args.Items {
		if it.Name == "" {
			p.word(it)
		} else {
			p.assignment(it)
		}
	}
	return p.args, p.problems
}

type argParser struct {
	command  *Command
	args     *Args
	problems diag.List
	clause   *Clause // the one that is open
	list     *Option // the one that takes the words that follow
}

func (p *argParser) word(it Item) {
	if c := p.keyword(it); c != nil {
		p.clause, p.list = c, nil
		p.args.Uses = append(p.args.Uses, Use{Keyword: c.Keyword, Place: it.Place})
		return
	}
	switch {
	case p.list != nil:
		it.Name = p.list.Name
		p.args.options[it.Name] = append(p.args.options[it.Name], it)
	case p.clause != nil:
		use := &p.args.Uses[len(p.args.Uses)-1]
		use.Items = append(use.Items, it)
	case p.command.Words != "":
		p.args.Words = append(p.args.Words, it)
	default:
		p.problem(it, fmt.Sprintf("Unexpected argument '%s'.", it.Value), p.near(it.Value))
	}
}

func (p *argParser) keyword(it Item) *Clause {
	for i := range p.command.Clauses {
		if it.Is(p.command.Clauses[i].Keyword) {
			return &p.command.Clauses[i]
		}
	}
	return nil
}

func (p *argParser) assignment(it Item) {
	p.list = nil
	if p.belongsToClause(it) {
		use := &p.args.Uses[len(p.args.Uses)-1]
		use.Items = append(use.Items, it)
		return
	}
	o, rest := p.option(it.Name)
	if o == nil {
		p.problem(it, fmt.Sprintf("Unknown option '%s'.", it.Name), p.near(it.Name))
		return
	}
	value, ok := o.accept(it.Value)
	if !ok {
		p.problem(it, fmt.Sprintf("Invalid value '%s' for option '%s'. Expected %s.", it.Value, it.Name, o.expect()), didYouMean(it.Value, o.Choices))
		return
	}
	written := it.Name
	it.Name, it.Value = o.Name, value
	if rest != "" {
		it.Name = rest
	}
	for _, before := range p.args.options[o.Name] {
		if before.Name == it.Name {
			p.problem(it, fmt.Sprintf("Option '%s' is given more than once.", written), "")
			return
		}
	}
	p.args.options[o.Name] = append(p.args.options[o.Name], it)
	if o.List {
		p.list = o
	}
}

// belongsToClause tells whether an assignment is one of the open clause's, which
// must have a word already.
func (p *argParser) belongsToClause(it Item) bool {
	if p.clause == nil || len(p.args.Uses[len(p.args.Uses)-1].Items) == 0 {
		return false
	}
	for _, name := range p.clause.Assign {
		if strings.EqualFold(name, it.Name) {
			return true
		}
	}
	return false
}

// option finds an option by the name written; rest is what follows a prefix.
func (p *argParser) option(name string) (o *Option, rest string) {
	for i := range p.command.Options {
		o := &p.command.Options[i]
		if strings.EqualFold(o.Name, name) && !strings.HasSuffix(name, ".") {
			return o, ""
		}
		if n := len(o.Name); strings.HasSuffix(o.Name, ".") && len(name) > n && strings.EqualFold(name[:n], o.Name) {
			return o, name[n:]
		}
	}
	return nil, ""
}

// near is a hint with what a wrong word was most likely meant to be.
func (p *argParser) near(word string) string {
	var known []string
	_, rest, _ := strings.Cut(word, ".")
	for _, o := range p.command.Options {
		name := o.Name
		if strings.HasSuffix(name, ".") && rest != "" {
			name += rest
		}
		known = append(known, name)
	}
	for _, c := range p.command.Clauses {
		known = append(known, c.Keyword)
	}
	return didYouMean(word, known)
}

// maxGuess is the longest word that a near one is looked for: the comparison
// takes the square of its length.
const maxGuess = 64

func didYouMean(word string, known []string) string {
	if len(word) > maxGuess {
		return ""
	}
	if near := diag.Nearest(word, known); near != "" && near != word {
		return "Did you mean '" + near + "'?"
	}
	return ""
}

func (p *argParser) problem(it Item, text, hint string) {
	p.problems = append(p.problems, diag.Message{Text: text, Hint: hint, Place: it.Place})
}

// ErrorText is the errors of a list in one line, as the user of a search sees
// them after "Error in 'x' command: ".
func ErrorText(l diag.List) string {
	var parts []string
	for _, m := range l.Errors() {
		parts = append(parts, m.Text)
		if m.Hint != "" {
			parts = append(parts, m.Hint)
		}
	}
	return strings.Join(parts, " ")
}
