package scp

import (
	"fmt"
	"slices"
	"strings"
)

// SearchBNF is searchbnf.conf for the command: what the search assistant of
// Splunk Web knows of it.
func (c *Command) SearchBNF() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s-command]\n", c.Name)
	b.WriteString("syntax = " + c.syntax(c.optionReference, c.clauseReference) + "\n")
	b.WriteString("shortdesc = " + c.Short + "\n")
	b.WriteString("description = " + continued(c.description()) + "\n")
	b.WriteString("usage = public\n")
	for i, e := range c.Examples {
		fmt.Fprintf(&b, "example%d = %s\ncomment%d = %s\n", i+1, e.search(), i+1, e.Comment)
	}
	if len(c.Tags) > 0 {
		b.WriteString("tags = " + strings.Join(c.Tags, " ") + "\n")
	}
	if len(c.Related) > 0 {
		b.WriteString("related = " + strings.Join(c.Related, " ") + "\n")
	}
	for _, group := range c.groups() {
		c.groupStanza(&b, group)
	}
	for i := range c.Clauses {
		if cl := &c.Clauses[i]; cl.Item != "" {
			fmt.Fprintf(&b, "\n[%s-%s]\nsyntax = %s\ndescription = %s\n", c.Name, cl.Item, cl.Syntax, continued(cl.Help))
		}
	}
	return b.String()
}

func (c *Command) description() string {
	if c.Help == "" {
		return c.Short
	}
	return c.Short + "\n\n" + c.Help
}

func (c *Command) optionReference(o *Option) string {
	if o.Group == "" {
		return o.syntax()
	}
	return "<" + c.Name + "-" + o.Group + "-option>"
}

func (c *Command) clauseReference(cl *Clause) string {
	if cl.Item == "" {
		return cl.Syntax
	}
	return "<" + c.Name + "-" + cl.Item + ">"
}

// groups are those of the options, in order.
func (c *Command) groups() []string {
	var out []string
	for _, o := range c.Options {
		if o.Group != "" && !slices.Contains(out, o.Group) {
			out = append(out, o.Group)
		}
	}
	return out
}

func (c *Command) groupStanza(b *strings.Builder, group string) {
	var syntax, help []string
	for i := range c.Options {
		if o := &c.Options[i]; o.Group == group {
			syntax = append(syntax, o.syntax())
			help = append(help, strings.TrimSuffix(o.Name, ".")+": "+o.help())
		}
	}
	fmt.Fprintf(b, "\n[%s-%s-option]\nsyntax = %s\ndescription = %s\n", c.Name, group,
		strings.Join(syntax, " | "), continued(strings.Join(help, "\n\n")))
}

// continued is text as a value of a .conf file: \p\ begins a paragraph, and a
// backslash goes on in the next line.
func continued(text string) string {
	var out []string
	for i, paragraph := range strings.Split(text, "\n\n") {
		lines := strings.Split(wrap(paragraph, "", 90), "\n")
		if i > 0 {
			lines[0] = `\p\ ` + lines[0]
		}
		out = append(out, lines...)
	}
	return strings.Join(out, " \\\n    ")
}
