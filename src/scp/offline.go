package scp

import (
	"errors"
	"fmt"
)

// RunCSV has the command work on a CSV file from In and writes what it returns to
// Out, as CSV in the same dialect: multivalues stand in __mv_ columns. Messages
// to the user go to Stderr. The error is what the user of a search would see.
func (p *Program) RunCSV(arguments string) error {
	s := p.session()
	s.lenient = true
	defer func() { _ = s.spill.close() }() // nothing is left to tell
	args, rawArgs := SplitArguments(arguments)
	a := s.start(&request{Search: &searchInfo{Args: args, RawArgs: rawArgs, Command: p.Command.Name}})
	p.tell(a.notes)
	if a.Error != "" {
		return errors.New(a.Error)
	}
	var all []*Writer
	for more := true; more; {
		writers, err := s.gather(p.In, true)
		if err != nil {
			return err
		}
		all = append(all, writers...)
		more = s.plan.Generating != nil && !s.done
	}
	rows, err := newReply(s.spill, all)
	if err != nil {
		return err
	}
	p.tell(s.messages.take(true))
	if err := rows.write(p.Out, nil, s.spill); err != nil {
		return &writeError{err}
	}
	return nil
}

// tell prints notes for a person.
func (p *Program) tell(notes []Note) {
	for _, n := range notes {
		fmt.Fprintf(p.Stderr, "%s: %s %s\n", p.Command.Name, n.Level, n.Text)
	}
}
