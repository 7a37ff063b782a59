package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/ingest"
)

func newCatalog(s streams) *cobra.Command {
	c := &cobra.Command{Use: "catalog", Short: "Catalogues of attack data", Args: cobra.NoArgs}
	c.AddCommand(newCatalogLint(s))
	return c
}

func newCatalogLint(s streams) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "lint DIR",
		Short: "Tell what is wrong with the attack_data catalogues in a folder",
		Long: `Reads the attack_data catalogues (YAML) below DIR and the beginning of each file
that they name. Errors are keys that are missing, ids that are no UUID or stand
twice, dates that are none, paths that lead nowhere, empty files, and metadata that
the events contradict. Warnings are Git LFS pointers, files of which some events
contradict, keys that no catalogue has, and files that no catalogue names. The exit
code is 1 when there are errors.`,
		Example: "  riskreplay catalog lint attack_data/datasets",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil || format == "csv" {
				return usageError{fmt.Errorf("unknown --format %q: use table or json", format)}
			}
			if info, err := os.Stat(args[0]); err != nil {
				return environmentError{fmt.Errorf("cannot read %q: %w", args[0], errors.Unwrap(err))}
			} else if !info.IsDir() {
				return usageError{fmt.Errorf("%q is no folder", args[0])}
			}
			problems := ingest.Lint(c.Context(), args[0])
			if err := s.lintFound(problems, format == "json"); err != nil {
				return written(err)
			}
			if err := c.Context().Err(); err != nil {
				return err
			}
			if problems.HasErrors() {
				return answerNo{silentError{}}
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, or json (one object a line)")
	return c
}

// lintLine is one message as JSON. Line and column are 0 where it has no place.
type lintLine struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// lintFound writes what was found to stdout: it is the answer.
func (s streams) lintFound(problems diag.List, asJSON bool) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	for _, m := range problems {
		if asJSON {
			l := lintLine{Severity: m.Severity.String(), Message: m.Text, Hint: m.Hint}
			if l.Line, l.Column = m.Place.LineColumn(); m.Place.Text != nil {
				l.File = m.Place.Text.Name
			}
			if err := enc.Encode(l); err != nil {
				return err
			}
		} else if _, err := fmt.Fprintln(s.out, m.Severity.String()+": "+m.Error()); err != nil {
			return err
		}
	}
	if asJSON {
		return nil
	}
	errs := len(problems.Errors())
	_, err := fmt.Fprintf(s.out, "%d errors, %d warnings\n", errs, len(problems)-errs)
	return err
}
