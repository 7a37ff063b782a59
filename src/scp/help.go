package scp

import (
	"fmt"
	"strings"
)

// Syntax is a command in the notation of searchbnf.conf, with the definitions
// that SearchBNF writes written out:
//
//	shout (field=<field>)? (FOR <field> (, <field>)*)?
func (c *Command) Syntax() string {
	return c.syntax(func(o *Option) string { return o.syntax() }, func(cl *Clause) string { return cl.Syntax })
}

func (c *Command) syntax(option func(*Option) string, clause func(*Clause) string) string {
	parts := []string{c.Name}
	seen := map[string]bool{}
	for i := range c.Options {
		s := option(&c.Options[i])
		if seen[s] {
			continue
		}
		seen[s] = true
		many := "?"
		if c.Options[i].Group != "" && s != c.Options[i].syntax() || strings.HasSuffix(c.Options[i].Name, ".") {
			many = "*"
		}
		parts = append(parts, "("+s+")"+many)
	}
	for i := range c.Clauses {
		cl := &c.Clauses[i]
		item := clause(cl)
		if cl.Item != "" {
			item += " (, " + item + ")*"
		}
		parts = append(parts, "("+cl.Keyword+" "+item+")?")
	}
	if c.Words != "" {
		parts = append(parts, "("+c.Words+")*")
	}
	return strings.Join(parts, " ")
}

// syntax is an option with its value: impact=(<num>|<field>).
func (o *Option) syntax() string {
	name, value := o.Name, o.Value
	if strings.HasSuffix(name, ".") {
		name += "<name>"
	}
	if len(o.Choices) > 0 && value == "" {
		value = strings.Join(o.Choices, "|")
	}
	if strings.Contains(value, "|") && !strings.HasPrefix(value, "(") {
		value = "(" + value + ")"
	}
	return name + "=" + value
}

// Usage is the help for people at a terminal.
func (c *Command) Usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", c.Name, c.Short)
	if c.Help != "" {
		fmt.Fprintf(&b, "\n%s\n", wrap(c.Help, "", 78))
	}
	fmt.Fprintf(&b, "\nsyntax:\n%s\n", wrap(c.Syntax(), "  ", 78))
	for i := range c.Clauses {
		cl := &c.Clauses[i]
		fmt.Fprintf(&b, "\n  %s %s\n%s\n", cl.Keyword, cl.Syntax, wrap(cl.Help, "      ", 78))
	}
	if len(c.Options) > 0 {
		b.WriteString("\noptions:\n")
	}
	for i := range c.Options {
		o := &c.Options[i]
		fmt.Fprintf(&b, "  %s\n%s\n", o.syntax(), wrap(o.help(), "      ", 78))
	}
	if len(c.Examples) > 0 {
		b.WriteString("\nexamples:\n")
	}
	for _, e := range c.Examples {
		fmt.Fprintf(&b, "  # %s\n  %s\n", e.Comment, e.search())
	}
	fmt.Fprintf(&b, "\nSplunk starts this program; at a terminal:\n  %s run 'ARGUMENTS' < FILE.csv\n", c.Name)
	return b.String()
}

// help is an option's with its default.
func (o *Option) help() string {
	if o.Default == "" {
		return o.Help
	}
	return o.Help + " Default: " + o.Default + "."
}

// wrap breaks text into lines, paragraph by paragraph.
func wrap(text, indent string, width int) string {
	var out []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		line := indent
		for word := range strings.FieldsSeq(paragraph) {
			if len(line) > len(indent) && len(line)+1+len(word) > width {
				out = append(out, line)
				line = indent
			}
			if len(line) > len(indent) {
				line += " "
			}
			line += word
		}
		out = append(out, line, "")
	}
	return strings.Join(out[:len(out)-1], "\n")
}

// search is an example as a part of a search.
func (e Example) search() string {
	if strings.HasPrefix(e.Text, "|") || strings.HasPrefix(e.Text, "...") {
		return e.Text
	}
	return "... | " + e.Text
}

// Markdown is the command's page in the documentation, from a heading of level
// 1 on.
func (c *Command) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", c.Name, c.Short)
	if c.Help != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Help)
	}
	fmt.Fprintf(&b, "\n```\n%s\n```\n", wrap(c.Syntax(), "", 100))
	if len(c.Clauses)+len(c.Options) > 0 {
		b.WriteString("\n| argument | default | meaning |\n|---|---|---|\n")
	}
	for i := range c.Clauses {
		cl := &c.Clauses[i]
		fmt.Fprintf(&b, "| `%s %s` | | %s |\n", cl.Keyword, cell(cl.Syntax), cell(cl.Help))
	}
	for i := range c.Options {
		o := &c.Options[i]
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", cell(o.syntax()), cell(o.Default), cell(o.Help))
	}
	for _, e := range c.Examples {
		fmt.Fprintf(&b, "\n%s\n\n```\n%s\n```\n", e.Comment, e.search())
	}
	return b.String()
}

// cell is text inside a Markdown table.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "|", `\|`)
}
