package cli

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/search"
)

func newSPLCheck(s streams) *cobra.Command {
	var flags targetFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: "Tell whether searches are right, and where they are not",
		Long: `Parses and plans searches. A folder that is a content repository, such as a
checkout of splunk/security_content, stands for its detections, with its macros
and lookups in force. Without --json what is wrong goes to stderr with its
place, and one line a search to stdout. With --json one object a search goes to
stdout: file name parsed planned runnable errors. A search is parsed when its
syntax is right, planned when every name and argument is, and runnable when this
engine runs all of it.

Of several searches a summary follows: how many are parsed, planned and runnable,
by status where detections have one, and why the others do not run. With --json it
goes to stderr.`,
		RunE: func(_ *cobra.Command, args []string) error {
			args = flags.repositories(args)
			t, err := flags.open(s)
			if err != nil {
				return err
			}
			list, bad, err := s.searches(args)
			if err != nil {
				return err
			}
			var total tally
			for _, w := range list {
				v := t.check(w)
				total.add(v)
				bad = bad || !v.runnable()
				if err := s.verdict(v, asJSON); err != nil {
					return written(err)
				}
			}
			sums := s.out
			if asJSON {
				sums = s.err
			}
			if err := total.print(sums); err != nil {
				return written(err)
			}
			if bad {
				return answerNo{silentError{}}
			}
			return nil
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one object a search on stdout")
	return c
}

// verdict is what is known of a search.
type verdict struct {
	writtenSearch
	parsed   bool
	problems diag.List
}

func (t *target) check(w writtenSearch) verdict {
	if _, problems := t.engine.Parse(w.Text); problems.HasErrors() {
		return verdict{writtenSearch: w, problems: problems}
	}
	_, _, problems := t.engine.Plan(w.Text, t.now)
	return verdict{writtenSearch: w, parsed: true, problems: problems}
}

// planned tells that nothing is wrong but, perhaps, that this engine does not
// run a command or option yet.
func (v verdict) planned() bool {
	for _, m := range v.problems.Errors() {
		if !errors.Is(m, search.ErrNotSupported) {
			return false
		}
	}
	return v.parsed
}

func (v verdict) runnable() bool { return v.parsed && !v.problems.HasErrors() }

func (s streams) verdict(v verdict, asJSON bool) error {
	if !asJSON {
		s.say(v.problems)
		state := "ok"
		switch {
		case !v.parsed:
			state = "does not parse"
		case !v.planned():
			state = "cannot be planned"
		case !v.runnable():
			state = "is right, but cannot be run here yet"
		}
		_, err := fmt.Fprintf(s.out, "%s: %s: %s\n", v.File, v.Name, state)
		return err
	}
	line := checked{File: v.File, Name: v.Name, Parsed: v.parsed, Planned: v.planned(), Runnable: v.runnable(), Errors: []string{}}
	for _, m := range v.problems.Errors() {
		line.Errors = append(line.Errors, m.Short())
	}
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	return e.Encode(line)
}

// checked is a line of --json.
type checked struct {
	File     string   `json:"file"`
	Name     string   `json:"name"`
	Parsed   bool     `json:"parsed"`
	Planned  bool     `json:"planned"`
	Runnable bool     `json:"runnable"`
	Errors   []string `json:"errors"`
}
