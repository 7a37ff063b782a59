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
	target targetFlags
	format string
	sarif  string
	list   bool
}

func newVet(s streams) *cobra.Command {
	o := &vetOptions{streams: s}
	c := &cobra.Command{
		Use:   "vet PATH...",
		Short: "Check detections by rules, and app packages as Splunk's vetting does",
		Long: `Checks the detections of a content repository (a folder with detections, or
app/detections, one in it, or a single file) by rules with ids: YAML, names, searches that
parse and plan, message tokens and risk objects that the search gives, schedules, drilldowns,
tests.

Checks a package (.spl, .tgz) or an app's folder by rules of Splunk's own vetting,
AppInspect, under its names. It knows those that a package alone can tell; what
passes here may still be refused there. Warnings do not fail.`,
		Example: `  riskreplay vet .
  riskreplay vet app/detections/detect_regsvcs_spawning_a_process.yml
  riskreplay vet dist/DA-ESS-RiskReplay-0.1.0-linux-amd64.spl
  riskreplay vet --list`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !o.list {
				return usageError{errors.New("no package and no detection was given: name a .spl file, an app's folder, or a content repository")}
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
	c.Flags().StringArrayVar(&o.target.apps, "app", nil, "folder of an app whose knowledge counts for detections too (repeatable)")
	c.Flags().StringVar(&o.sarif, "sarif", "", "write what was found in detections as SARIF to this file, for code scanning")
	o.target.zone = "UTC"
	c.Flags().BoolVar(&o.list, "list", false, "list the checks, with the reason for each")
	return c
}

func (o *vetOptions) rules() error {
	var lines [][]string
	for _, r := range vet.ContentRules() {
		lines = append(lines, []string{r.ID, r.Why})
	}
	for _, r := range vet.Rules() {
		lines = append(lines, []string{r.Check, r.Why})
	}
	return written(o.rows([]string{"check", "why"}, lines, o.format))
}

func (o *vetOptions) run(paths []string) error {
	failed := 0
	var found []vet.Found
	for _, path := range paths {
		if isContent(path) {
			more, err := o.content(path)
			if err != nil {
				return err
			}
			found = append(found, more...)
			continue
		}
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
	if o.sarif != "" {
		if err := o.writeSARIF(found); err != nil {
			return err
		}
	}
	errors := 0
	for _, f := range found {
		if f.Message.Severity == diag.Error {
			errors++
		}
	}
	switch {
	case failed > 0 && errors > 0:
		return answerNo{fmt.Errorf("%d checks failed, and detections have %d errors", failed, errors)}
	case failed > 0:
		return answerNo{fmt.Errorf("%d checks failed", failed)}
	case errors > 0:
		return answerNo{fmt.Errorf("detections have %d errors", errors)}
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
