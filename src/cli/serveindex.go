package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"riskreplay/src/server"
)

func newServeIndex(_ streams, o *serveOptions) *cobra.Command {
	c := &cobra.Command{Use: "index", Short: "Make indexes"}
	c.AddCommand(&cobra.Command{
		Use:   "add NAME --home DIR",
		Short: "Make an index, so that events may be sent to it",
		Long: `Adds the stanza [NAME] to DIR/conf/indexes.conf. A server that runs knows of it at
once. An index that a token names needs none.`,
		Example: `  riskreplay serve index add wineventlog --home splunk`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("expected the name of one index")}
			}
			return o.check()
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.makeHome(); err != nil {
				return environmentError{err}
			}
			return answered(server.AddIndex(o.file("indexes.conf"), args[0]))
		},
	})
	return c
}
