package cli

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/vet"
)

type vetOptions struct {
	streams
	format string
	list   bool
}

func newVet(s streams) *cobra.Command {
	o := &vetOptions{streams: s}
	c := &cobra.Command{
		Use:   "vet PACKAGE...",
		Short: "Check app packages as Splunk's vetting does",
		Long: `Checks a package (.spl, .tgz) or an app's folder by rules of Splunk's own vetting,
AppInspect, under its names. It knows those that a package alone can tell; what
passes here may still be refused there. Warnings do not fail.`,
		Example: `  riskreplay vet dist/DA-ESS-RiskReplay-0.1.0-linux-amd64.spl
  riskreplay vet --list`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !o.list {
				return usageError{errors.New("no package was given: name a .spl file or an app's folder")}
			}
			return checkFormat(o.format)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if o.list {
				return o.rules()
			}
			return o.run(args)
		},
	}
	addFormat(c, &o.format)
	c.Flags().BoolVar(&o.list, "list", false, "list the checks, with the reason for each")
	return c
}

func (o *vetOptions) rules() error {
	var lines [][]string
	for _, r := range vet.Rules() {
		lines = append(lines, []string{r.Check, r.Why})
	}
	return written(o.rows([]string{"check", "why"}, lines, o.format))
}

func (o *vetOptions) run(paths []string) error {
	failed := 0
	for _, path := range paths {
		app, err := vet.Open(path)
		if err != nil {
			return o.unreadable(err)
		}
		n, err := o.tell(path, vet.Package(app))
		if err != nil {
			return written(err)
		}
		failed += n
	}
	if failed > 0 {
		return answerNo{fmt.Errorf("%d checks failed", failed)}
	}
	return nil
}

func (o *vetOptions) unreadable(err error) error {
	var m diag.Message
	if errors.As(err, &m) {
		o.say(diag.List{m})
		return environmentError{silentError{}}
	}
	return environmentError{err}
}

// tell writes what the checks say of a package, and counts those that failed.
func (o *vetOptions) tell(path string, reports []vet.Report) (failed int, err error) {
	passed := 0
	for _, r := range reports {
		switch r.Result {
		case vet.Success:
			passed++
		case vet.Failure:
			failed++
		}
		switch {
		case o.format == "json":
			err = o.line(path, r)
		case r.Result != vet.Success:
			_, err = fmt.Fprintf(o.out, "%s: %s %s\n", path, r.Result, r.Check)
			for _, m := range r.Messages {
				if err == nil {
					_, err = fmt.Fprintln(o.out, indent(m.Error()))
				}
			}
		}
		if err != nil {
			return failed, err
		}
	}
	if o.format != "json" {
		_, err = fmt.Fprintf(o.out, "%s: %d of %d checks passed\n", path, passed, len(reports))
	}
	return failed, err
}

// line writes a report as a line of JSON.
func (o *vetOptions) line(path string, r vet.Report) error {
	messages := make([]string, 0, len(r.Messages))
	for _, m := range r.Messages {
		messages = append(messages, m.Short())
	}
	line, err := json.Marshal(struct {
		Package  string   `json:"package"`
		Check    string   `json:"check"`
		Result   string   `json:"result"`
		Messages []string `json:"messages"`
	}{path, r.Check, string(r.Result), messages})
	if err != nil {
		return err
	}
	_, err = o.out.Write(append(line, '\n'))
	return err
}
