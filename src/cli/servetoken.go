package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
	"riskreplay/src/server"
)

func newServeToken(s streams, o *serveOptions) *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Make tokens of the HTTP Event Collector"}
	var t hec.Token
	add := &cobra.Command{
		Use:   "add NAME --home DIR",
		Short: "Make a token and print it",
		Long: `Makes a token of the HTTP Event Collector, adds it to DIR/conf/inputs.conf as the
stanza [http://NAME], and prints it. A server that runs knows it after its next start.`,
		Example: `  riskreplay serve token add shipper --index wineventlog --ack --home splunk`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("expected the name of one token")}
			}
			t.Name = args[0]
			return o.check()
		},
		RunE: func(*cobra.Command, []string) error { return s.addToken(o, t) },
	}
	add.Flags().StringVar(&t.Index, "index", "", "index of events that name none (default main)")
	add.Flags().BoolVar(&t.UseACK, "ack", false, "have clients ask for acknowledgements (useACK)")
	c.AddCommand(add)
	return c
}

func (s streams) addToken(o *serveOptions, t hec.Token) error {
	if err := o.makeHome(); err != nil {
		return environmentError{err}
	}
	t, err := server.AddToken(o.inputs(), t)
	var wrong diag.Message
	switch {
	case errors.As(err, &wrong):
		return answerNo{err}
	case err != nil:
		return environmentError{err}
	}
	_, err = fmt.Fprintln(s.out, string(t.Value))
	return written(err)
}
