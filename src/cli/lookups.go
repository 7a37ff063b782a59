package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/lookup"
)

// addLookups adds the flag that keeps what outputlookup writes.
func (f *targetFlags) addLookups(c *cobra.Command) {
	c.Flags().StringVar(&f.lookups, "lookups", "", "folder that outputlookup writes into and where tables are found first (default: they are forgotten at the end)")
}

// openLookups opens the folder of written tables, which is made when it is
// missing; "" keeps them in memory.
func openLookups(dir string) (*lookup.Store, error) {
	if dir == "" {
		return lookup.NewStore(), nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, environmentError{fmt.Errorf("cannot make the folder of lookups: %w", err)}
	}
	s, err := lookup.OpenStore(dir)
	if err != nil {
		return nil, environmentError{fmt.Errorf("cannot open the folder of lookups: %w", err)}
	}
	return s, nil
}

// close lets the folder of lookups go, and tells what is forgotten without one.
func (t *target) close(s streams, keeps bool) {
	if names := t.written.Written(); len(names) > 0 && !keeps {
		s.say(diag.List{{
			Severity: diag.Warning, Text: "outputlookup wrote " + strings.Join(names, ", ") + ", which is forgotten now",
			Hint: "--lookups DIR keeps such tables, and finds them again",
		}})
	}
	_ = t.written.Close() // nothing is written through it any more
}
