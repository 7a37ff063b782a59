package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"riskreplay/src/spl"
)

func newSPLFormat(s streams) *cobra.Command {
	var flags targetFlags
	var oneLine, expand bool
	c := &cobra.Command{
		Use:   "fmt FILE...",
		Short: "Print searches in canonical form",
		Long: `Prints searches in canonical form: one command a line, as people lay SPL out.
Macros and comments stay as they are, unless --expand is given. What does not
parse is said, and nothing is printed for it.`,
		RunE: func(_ *cobra.Command, args []string) error {
			return s.eachTree(&flags, args, func(t *target, w writtenSearch, tree *spl.Search) error {
				if !expand {
					plain, problems := t.engine.ParsePlain(w.Text)
					if problems.HasErrors() {
						s.say(problems)
						return answerNo{silentError{}}
					}
					tree = plain
				}
				if oneLine {
					_, err := fmt.Fprintln(s.out, spl.Print(tree))
					return err
				}
				_, err := fmt.Fprintln(s.out, spl.Format(tree))
				return err
			})
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&expand, "expand", false, "put the macros' texts in")
	c.Flags().BoolVar(&oneLine, "one-line", false, "the whole search on one line")
	return c
}

func newSPLExplain(s streams) *cobra.Command {
	var flags targetFlags
	c := &cobra.Command{
		Use:   "explain FILE...",
		Short: "Print how searches will be run",
		RunE: func(_ *cobra.Command, args []string) error {
			return s.eachTree(&flags, args, func(t *target, w writtenSearch, _ *spl.Search) error {
				plan, _, problems := t.engine.Plan(w.Text, t.now)
				if problems.HasErrors() {
					s.say(problems)
					return answerNo{silentError{}}
				}
				_, err := fmt.Fprintln(s.out, plan.Explain())
				return err
			})
		},
	}
	flags.add(c)
	return c
}

// eachTree parses searches and does something with those that parse; a heading
// parts several.
func (s streams) eachTree(flags *targetFlags, args []string, do func(*target, writtenSearch, *spl.Search) error) error {
	t, err := flags.open(s)
	if err != nil {
		return err
	}
	list, bad, err := s.searches(args)
	if err != nil {
		return err
	}
	for i, w := range list {
		tree, problems := t.engine.Parse(w.Text)
		if problems.HasErrors() {
			s.say(problems)
			bad = true
			continue
		}
		if len(list) > 1 {
			if i > 0 {
				_, _ = fmt.Fprintln(s.out)
			}
			_, _ = fmt.Fprintf(s.out, "```%s: %s```\n", w.File, w.Name)
		}
		if err := do(t, w, tree); err != nil {
			return err
		}
	}
	if bad {
		return answerNo{silentError{}}
	}
	return nil
}
