package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
	"riskreplay/src/server"
)

func newServeToken(s streams, o *serveOptions) *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Make and change tokens of the HTTP Event Collector"}
	c.AddCommand(newTokenAdd(s, o), newTokenList(s, o),
		tokenCommand(o, "remove", "Remove a token", func(name string) error { return server.RemoveToken(o.tokenFile(), name) }),
		tokenCommand(o, "disable", "Have a token refused until it is enabled", func(name string) error { return o.setDisabled(name, true) }),
		tokenCommand(o, "enable", "Have a token that was disabled taken again", func(name string) error { return o.setDisabled(name, false) }))
	return c
}

func newTokenAdd(s streams, o *serveOptions) *cobra.Command {
	var t hec.Token
	add := tokenCommand(o, "add", "Make a token and print it", func(name string) error {
		t.Name = name
		made, err := server.AddToken(o.tokenFile(), t)
		if err == nil {
			_, err = fmt.Fprintln(s.out, string(made.Value))
			err = written(err)
		}
		return err
	})
	add.Long = `Makes a token of the HTTP Event Collector, adds it to DIR/conf/inputs.conf as the
stanza [http://NAME], and prints it. A server that runs takes it at once.`
	add.Example = `  riskreplay serve token add shipper --index wineventlog --ack --home splunk`
	add.Flags().StringVar(&t.Index, "index", "", "index of events that name none (default main)")
	add.Flags().StringSliceVar(&t.Indexes, "indexes", nil, "indexes that may be written, with commas between (default all)")
	add.Flags().StringVar(&t.Sourcetype, "sourcetype", "", "sourcetype of events that name none (default httpevent)")
	add.Flags().BoolVar(&t.UseACK, "ack", false, "have clients ask for acknowledgements (useACK)")
	return add
}

// tokenCommand is a command about one token.
func tokenCommand(o *serveOptions, use, short string, do func(name string) error) *cobra.Command {
	return &cobra.Command{
		Use: use + " NAME --home DIR", Short: short, Long: short + ". A server that runs knows of it at once.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("expected the name of one token")}
			}
			return o.check()
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.makeHome(); err != nil {
				return environmentError{err}
			}
			return answered(do(args[0]))
		},
	}
}

func (o *serveOptions) setDisabled(name string, disabled bool) error {
	list, _, err := server.ReadTokens(o.tokenFile())
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Name == name {
			t.Disabled = disabled
			return server.ChangeToken(o.tokenFile(), t)
		}
	}
	return diag.Message{Text: fmt.Sprintf("there is no token %q", name)}
}

func newTokenList(s streams, o *serveOptions) *cobra.Command {
	return &cobra.Command{
		Use: "list --home DIR", Short: "List the tokens: all but their values",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("expected no arguments, found %q", args)}
			}
			return o.check()
		},
		RunE: func(*cobra.Command, []string) error {
			list, problems, err := server.ReadTokens(o.tokenFile())
			if err != nil {
				return environmentError{err}
			}
			s.say(problems)
			for _, t := range list {
				if _, err := fmt.Fprintln(s.out, tokenLine(t)); err != nil {
					return written(err)
				}
			}
			return nil
		},
	}
}

func tokenLine(t hec.Token) string {
	words := []string{t.Name}
	for _, w := range []struct {
		name, value string
		is          bool
	}{
		{"disabled", "", t.Disabled},
		{"useACK", "", t.UseACK},
		{"index=", t.Index, t.Index != ""},
		{"indexes=", strings.Join(t.Indexes, ","), len(t.Indexes) > 0},
		{"sourcetype=", t.Sourcetype, t.Sourcetype != ""},
	} {
		if w.is {
			words = append(words, w.name+w.value)
		}
	}
	return strings.Join(words, "\t")
}
