package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/hec"
	"riskreplay/src/vet"
)

type doctorOptions struct {
	streams
	splunk splunkFlags
	hec    string
	format string
}

func newDoctor(s streams) *cobra.Command {
	o := &doctorOptions{streams: s}
	c := &cobra.Command{
		Use:   "doctor --splunk URL",
		Short: "Check that a Splunk has what the app needs",
		Long: `Asks a Splunk over its REST API whether it has what the app needs: the app itself,
the Common Information Model and the add-ons, indexes, macros, data models, the user's
rights, the search command and the modular input at work, the HTTP Event Collector; and
whether a detection is enabled twice, here and in ESCU or as a rule and without
Enterprise Security. It changes nothing there. What the user may not read is a warning.

--hec asks the collector itself too, with the token in SPLUNK_HEC_TOKEN: its health,
whether it takes the token, and whether it acknowledges. No event is sent.`,
		Example: `  riskreplay doctor --splunk https://splunk.example.com:8089
  riskreplay doctor --splunk splunk.example.com --hec https://splunk.example.com:8088 --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usageError{errors.New("doctor takes no argument: the Splunk is named with --splunk")}
			case o.splunk.url == "":
				return usageError{errors.New("no Splunk was given: name it with --splunk https://HOST:8089")}
			}
			return checkFormat(o.format)
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.splunk.addAccess(c)
	f := c.Flags()
	f.StringVar(&o.splunk.url, "splunk", "", "address of the Splunk's REST API: https://HOST:8089")
	f.StringVar(&o.hec, "hec", "", "address of its HTTP Event Collector to ask too: https://HOST:8088")
	addFormat(c, &o.format)
	return c
}

func (o *doctorOptions) run(ctx context.Context) error {
	site := vet.Site{}
	var err error
	if site.Collector, err = o.collector(); err != nil {
		return err
	}
	if site.Client, err = o.splunk.client(o.streams); err != nil {
		return err
	}
	defer site.Client.Close()
	needs, problems := vet.NeedsOf(conf.App{ID: ownApp, FS: riskreplay.App})
	o.say(problems)
	findings, err := vet.Setup(ctx, needs, site)
	if failed := o.show(findings); failed != nil {
		return written(failed)
	}
	if err != nil {
		return environmentError{err}
	}
	for _, f := range findings {
		if f.State == vet.Wrong {
			return answerNo{silentError{}}
		}
	}
	return nil
}

// collector is how the collector is reached, nil without --hec.
func (o *doctorOptions) collector() (*hec.Options, error) {
	if o.hec == "" {
		return nil, nil
	}
	if _, err := hec.Address(o.hec); err != nil {
		return nil, usageError{err}
	}
	token := os.Getenv("SPLUNK_HEC_TOKEN")
	if token == "" {
		return nil, environmentError{errors.New("there is no token for the collector: set SPLUNK_HEC_TOKEN")}
	}
	roots, err := o.splunk.roots()
	if err != nil {
		return nil, err
	}
	if plain(o.hec) {
		_, _ = fmt.Fprintln(o.err, "warning: the token goes to "+o.hec+" unencrypted: use https if the collector has it")
	}
	return &hec.Options{URL: o.hec, Token: hec.Secret(token), Clock: o.clock, Roots: roots, Insecure: o.splunk.insecure}, nil
}

// show writes findings: a line each with what to do below it, and a count.
func (o *doctorOptions) show(findings []vet.Finding) error {
	if o.format != "table" {
		var lines [][]string
		for _, f := range findings {
			lines = append(lines, []string{f.Check, string(f.State), f.Text, f.Advice})
		}
		return o.rows([]string{"check", "state", "finding", "advice"}, lines, o.format)
	}
	count := map[vet.State]int{}
	for _, f := range findings {
		count[f.State]++
		if _, err := fmt.Fprintf(o.out, "%-8s %-20s %s\n", f.State, f.Check, f.Text); err != nil {
			return err
		}
		if f.Advice != "" {
			if _, err := fmt.Fprintf(o.out, "%-29s   %s\n", "", f.Advice); err != nil {
				return err
			}
		}
	}
	if len(findings) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(o.out, "%d ok, %d warnings, %d errors\n", count[vet.Good], count[vet.Doubted], count[vet.Wrong])
	return err
}
