package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/hec"
	"riskreplay/src/index"
	"riskreplay/src/server"
)

// serveOptions are what serve is told. home's files are those of a small Splunk:
// index/, conf/inputs.conf and lookups/, where outputlookup writes.
type serveOptions struct {
	streams
	home     string
	hec, api string
	json     bool
	apps     targetFlags
	schedule scheduleOptions
	// searches is the scheduler that runs.
	searches *engine.Scheduler
	tls      tlsOptions
	fault    string
	layers   *server.Layers
	// kept is where the scheduler's runs are kept, once it is there.
	kept atomic.Pointer[server.API]
}

func newServe(s streams) *cobra.Command {
	o := &serveOptions{streams: s}
	c := &cobra.Command{
		Use:   "serve --home DIR",
		Short: "Be a small Splunk: an HTTP Event Collector and searches over REST, on an index that loses nothing",
		Long: `Listens as a Splunk does: on --hec is the HTTP Event Collector, whose events go to
the index in DIR/index. An event that was acknowledged, or whose request was answered
with 200, is on disk. Its tokens are the stanzas [http://NAME] of DIR/conf/inputs.conf;
the first start makes one and prints it. On --api is splunkd's REST API: logins and
searches, as the user admin, whose password the first start makes. Saved searches that
are enabled and scheduled run by themselves; what they write into lookup tables lies in
DIR/lookups. On loopback addresses http and https are answered on the same port; --tls
speaks https alone, and any other address needs it. It ends with SIGTERM or Ctrl-C,
within 5 s.`,
		Example: `  riskreplay serve --home splunk
  riskreplay serve token add shipper --index wineventlog --home splunk
  SPLUNK_HEC_TOKEN=... riskreplay replay --to hec:http://127.0.0.1:8088 testdata/datasets/T1218.009
  SPLUNK_USER=admin SPLUNK_PASSWORD=... riskreplay search --splunk http://127.0.0.1:8089 '| tstats count by sourcetype'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("expected no arguments, found %q", args)}
			}
			return errors.Join(o.check(), o.tls.check())
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.PersistentFlags().StringVar(&o.home, "home", "", "folder of the server: its index and its configuration")
	c.Flags().StringVar(&o.hec, "hec", "127.0.0.1:8088", "address of the HTTP Event Collector; port 0 is any that is free")
	c.Flags().StringVar(&o.api, "api", "127.0.0.1:8089", "address of the REST API; port 0 is any that is free")
	c.Flags().StringArrayVar(&o.apps.apps, "app", nil, "folder of an app whose knowledge counts too; the last one is the app that searches run in (repeatable)")
	c.Flags().StringVar(&o.apps.zone, "tz", "UTC", "time zone of searches, such as Europe/Berlin")
	c.Flags().BoolVar(&o.json, "json", false, "print the addresses as one JSON line")
	o.apps.limitFlags.add(c)
	o.apps.addGeoip(c)
	o.schedule.add(c)
	o.tls.flags(c)
	c.Flags().StringVar(&o.fault, "fault", "", "have the collector go wrong on purpose, for tests of clients, such as 503:0.1,reset:0.01,slow-ack=5s (docs/serve.md)")
	c.AddCommand(newServeToken(s, o), newServeUser(s, o), newServeIndex(s, o))
	return c
}

func (o *serveOptions) check() error {
	if o.home == "" {
		return usageError{errors.New("no folder was given: --home DIR, which is made when it is missing")}
	}
	return nil
}

// file is a file of the configuration; inputs is that of the collector's tokens.
func (o *serveOptions) file(name string) string { return filepath.Join(o.home, "conf", name) }
func (o *serveOptions) tokenFile() string       { return o.file("inputs.conf") }

// rows is the folder of searches' rows that are too many for memory.
func (o *serveOptions) rows() string { return filepath.Join(o.home, "dispatch") }

// segmentAge is how long events may be in the journal alone, which other programs
// do not read.
const segmentAge = time.Minute

func (o *serveOptions) run(ctx context.Context) error {
	if err := o.makeHome(); err != nil {
		return environmentError{err}
	}
	zone, err := o.zone()
	if err != nil {
		return err
	}
	if o.clock, err = o.schedule.clock(o.streams, zone); err != nil {
		return err
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
	if err := os.MkdirAll(o.rows(), 0o700); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Dir(o.tokenFile()), 0o700)
}

func (o *serveOptions) serve(ctx context.Context, x *index.Index) error {
	rest, collector, first, err := o.handlers(ctx, x)
	if err != nil {
		return err
	}
	ports, err := o.listen()
	if err != nil {
		return environmentError{err}
	}
	located(o.searches.Outside(), o.url(ports[1]))
	stop := o.beside(ctx, o.searches)
	defer stop()
	if err := o.announce(o.url(ports[0]), o.url(ports[1]), first); err != nil {
		return written(err)
	}
	faces := []server.Face{{Listener: ports[0], Handler: collector, Drain: collector.Close}, {Listener: ports[1], Handler: rest, Drain: rest.Close}}
	if err := server.Serve(ctx, faces...); err != nil {
		return environmentError{fmt.Errorf("cannot go on serving: %w", err)}
	}
	return nil
}

// handlers makes who answers, and what the first start makes.
func (o *serveOptions) handlers(ctx context.Context, x *index.Index) (*server.API, *hec.Server, *hec.Token, error) {
	e, apps, err := o.engine(x)
	if err != nil {
		return nil, nil, nil, err
	}
	if o.searches, err = o.scheduler(ctx, e); err != nil {
		return nil, nil, nil, err
	}
	in, err := o.inputs(e)
	if err != nil {
		return nil, nil, nil, err
	}
	users, err := server.ReadUsers(o.file("passwd"))
	if errors.Is(err, fs.ErrNotExist) {
		users, err = server.MakeUsers(o.file("passwd"), o.file("admin-password"))
	}
	if err != nil {
		return nil, nil, nil, environmentError{err}
	}
	bearer, err := server.ReadBearer(o.file("tokens.json"), o.clock)
	if err != nil {
		return nil, nil, nil, environmentError{err}
	}
	secrets, err := server.OpenSecrets(o.file("secret.key"))
	if err != nil {
		return nil, nil, nil, environmentError{err}
	}
	zone, err := o.zone()
	if err != nil {
		return nil, nil, nil, err
	}
	rest := server.NewAPI(server.APIOptions{
		Runner: e, Users: users, Bearer: bearer, Audit: server.NewAudit(store{index: x}, o.clock, hostName()), Clock: o.clock, Apps: apps, Scheduler: o.searches,
		Layers: o.layers, Zone: zone, Dir: o.rows(), Tokens: in.tokens, Known: in.indexes, Store: store{x, e.Arrive}, Break: in.props.BreakSome, Events: x, Secrets: secrets,
	})
	o.kept.Store(rest)
	return rest, hec.Handler(store{x, e.Arrive}, in.tokens, in.options), in.first, nil
}

// zone is the time zone of searches and of their schedules.
func (o *serveOptions) zone() (*time.Location, error) {
	zone, err := time.LoadLocation(o.apps.zone)
	if err != nil {
		return nil, usageError{fmt.Errorf("cannot find the time zone %q: write it like Europe/Berlin or UTC", o.apps.zone)}
	}
	return zone, nil
}

// engine searches the index with the apps' knowledge.
func (o *serveOptions) engine(x *index.Index) (*engine.Engine, []server.App, error) {
	zone, err := o.zone()
	if err != nil {
		return nil, nil, err
	}
	apps, folders, err := loadApps(o.apps.apps)
	if err != nil {
		return nil, nil, err
	}
	written, err := openLookups(filepath.Join(o.home, "lookups"))
	if err != nil {
		return nil, nil, err
	}
	if o.layers, err = server.NewLayers(filepath.Join(o.home, "apps"), apps); err != nil {
		return nil, nil, environmentError{err}
	}
	memory, limits, err := o.apps.read()
	if err != nil {
		return nil, nil, err
	}
	located, err := openLocations(o.apps.geoip)
	if err != nil {
		return nil, nil, err
	}
	techniques, problems := readTechniques()
	e, more := engine.New(engine.Options{
		Apps: o.layers.Apps(), App: o.layers.Default(), Zone: zone, Index: x, Techniques: techniques, Folders: folders, Programs: findProgram, Written: written,
		Memory: memory, Limits: limits, Locations: located,
	})
	o.say(append(problems, more...))
	if err := e.Prepare(o.clock.Now()); err != nil {
		o.say(diag.List{{Severity: diag.Warning, Text: err.Error()}})
	}
	boundMemory()
	o.layers.OnChange(func(file string) {
		e.Refresh()
		if s := o.searches; s != nil && file == "savedsearches.conf" {
			if err := s.Reload(); err != nil {
				o.say(diag.List{{Text: err.Error(), Cause: err}})
			}
		}
	})
	var list []server.App
	for _, a := range apps {
		list = append(list, server.App{ID: a.ID, Label: a.Label})
	}
	return e, list, nil
}

// softMemory is where the garbage collector begins to work hard for little memory,
// unless GOMEMLIMIT says another. What searches find in segments stays in memory, up
// to half of it, and the collector would let the rest double.
const softMemory = 1 << 30

func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
}

// announce tells where the server is, and at its first start what to do with it.
func (o *serveOptions) announce(hecURL, apiURL string, first *hec.Token) error {
	if o.json {
		line, err := json.Marshal(map[string]string{"hec": hecURL, "api": apiURL})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(o.out, "%s\n", line)
		return err
	}
	text := "HTTP Event Collector: " + hecURL + "\nREST API:             " + apiURL + "\n"
	if first != nil {
		curl, own := "", ""
		if o.tls.only && o.tls.cert == "" {
			public := server.PublicCertificate(o.ownCertificate())
			curl, own = " --cacert "+public, " --ca "+public
		}
		text += fmt.Sprintf(firstSteps, o.tokenFile(), string(first.Value), o.file("admin-password"), hecURL, apiURL, curl, own)
	}
	_, err := fmt.Fprint(o.out, text)
	return err
}

const firstSteps = `
The first token is %[2]s
(also in %[1]s).
The password of the user admin is in %[3]s; keep it and remove that file.

To send something and find it again:
  curl%[6]s %[4]s/services/collector/event -H 'Authorization: Splunk %[2]s' -d '{"event":"hello"}'
  SPLUNK_HEC_TOKEN=%[2]s riskreplay replay%[7]s --to hec:%[4]s --time window=-70m..-10m DATASET
  SPLUNK_USER=admin SPLUNK_PASSWORD=$(cat %[3]s) riskreplay search%[7]s --splunk %[5]s '| tstats count by index, sourcetype'
`

// hostName is what the server calls itself in what it writes.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}
