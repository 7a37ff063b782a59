package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/index"
	"riskreplay/src/server"
)

// serveOptions are what serve is told. home's files are those of a small Splunk:
// index/ and conf/inputs.conf.
type serveOptions struct {
	streams
	home string
	hec  string
	json bool
}

func newServe(s streams) *cobra.Command {
	o := &serveOptions{streams: s}
	c := &cobra.Command{
		Use:   "serve --home DIR",
		Short: "Be a small Splunk: an HTTP Event Collector over an index that loses nothing",
		Long: `Listens as a Splunk does: on --hec is the HTTP Event Collector, whose events go to
the index in DIR/index. An event that was acknowledged, or whose request was answered
with 200, is on disk. Its tokens are the stanzas [http://NAME] of DIR/conf/inputs.conf;
the first start makes one and prints it. It listens on loopback addresses alone. It
ends with SIGTERM or Ctrl-C, within 5 s.`,
		Example: `  riskreplay serve --home splunk
  riskreplay serve token add shipper --index wineventlog --home splunk
  SPLUNK_HEC_TOKEN=... riskreplay replay --to hec:http://127.0.0.1:8088 testdata/datasets/T1218.009`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("expected no arguments, found %q", args)}
			}
			return o.check()
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.PersistentFlags().StringVar(&o.home, "home", "", "folder of the server: its index and its configuration")
	c.Flags().StringVar(&o.hec, "hec", "127.0.0.1:8088", "address of the HTTP Event Collector; port 0 is any that is free")
	c.Flags().BoolVar(&o.json, "json", false, "print the addresses as one JSON line")
	c.AddCommand(newServeToken(s, o))
	return c
}

func (o *serveOptions) check() error {
	if o.home == "" {
		return usageError{errors.New("no folder was given: --home DIR, which is made when it is missing")}
	}
	return nil
}

// inputs is the file of the collector's tokens.
func (o *serveOptions) inputs() string { return filepath.Join(o.home, "conf", "inputs.conf") }

// segmentAge is how long events may be in the journal alone, which other programs
// do not read.
const segmentAge = time.Minute

func (o *serveOptions) run(ctx context.Context) error {
	if err := o.makeHome(); err != nil {
		return environmentError{err}
	}
	x, err := index.Open(filepath.Join(o.home, "index"), index.Options{
		Age: segmentAge, Clock: o.clock, Warn: func(m diag.Message) { o.say(diag.List{m}) },
	})
	if err != nil {
		return environmentError{err}
	}
	err = o.serve(ctx, x)
	if closed := x.Close(); err == nil && closed != nil {
		err = environmentError{closed}
	}
	return err
}

// makeHome makes the folders, for their owner alone: tokens lie in them.
func (o *serveOptions) makeHome() error {
	return os.MkdirAll(filepath.Dir(o.inputs()), 0o700)
}

func (o *serveOptions) serve(ctx context.Context, x *index.Index) error {
	tokens, first, err := o.tokens()
	if err != nil {
		return environmentError{err}
	}
	l, err := server.Listen(o.hec)
	if err != nil {
		return environmentError{err}
	}
	collector := hec.Handler(store{x}, tokens, hec.HandlerOptions{Clock: o.clock})
	if err := o.announce(l.Addr(), first); err != nil {
		_ = l.Close() // nobody was told of it
		return written(err)
	}
	if err := server.Serve(ctx, server.Face{Listener: l, Handler: collector, Drain: collector.Close}); err != nil {
		return environmentError{fmt.Errorf("cannot go on serving: %w", err)}
	}
	return nil
}

// tokens reads the collector's tokens; without any the first one is made.
func (o *serveOptions) tokens() (list hec.TokenList, first *hec.Token, err error) {
	list, problems, err := server.ReadTokens(o.inputs())
	if err != nil {
		return nil, nil, err
	}
	o.say(problems)
	if _, err := os.Stat(o.inputs()); err == nil {
		return list, nil, nil
	}
	t, err := server.AddToken(o.inputs(), hec.Token{Name: "default"})
	return hec.TokenList{t}, &t, err
}

// announce tells where the server is, and at its first start what to do with it.
func (o *serveOptions) announce(collector net.Addr, first *hec.Token) error {
	address := "http://" + collector.String()
	if o.json {
		line, err := json.Marshal(map[string]string{"hec": address})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(o.out, "%s\n", line)
		return err
	}
	text := "HTTP Event Collector: " + address + "\n"
	if first != nil {
		text += "its first token, also in " + o.inputs() + ": " + string(first.Value) + `

to send something:
  curl ` + address + `/services/collector/event -H 'Authorization: Splunk ` + string(first.Value) + `' -d '{"event":"hello"}'
  SPLUNK_HEC_TOKEN=` + string(first.Value) + ` riskreplay replay --to hec:` + address + ` --time window=-70m..-10m DATASET
`
	}
	_, err := fmt.Fprint(o.out, text)
	return err
}

// store is an index as a collector writes to it.
type store struct{ index *index.Index }

func (s store) Append(ctx context.Context, events []event.Event) (hec.Ticket, error) {
	return s.index.Append(ctx, events)
}
