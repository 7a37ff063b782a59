package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/engine"
	"riskreplay/src/hec"
	"riskreplay/src/index"
	"riskreplay/src/replay"
	"riskreplay/src/splunkd"
)

// sinkFlags say where events go, and how.
type sinkFlags struct {
	to          string
	sink        replay.To
	access      splunkFlags
	ack         bool
	gzip        string
	connections int
	patience    time.Duration
	ackTimeout  time.Duration
	held        int64 // what the events take that the sink may have unsettled
	runFields   bool
	fieldsGiven bool // --run-fields was said
}

func (f *sinkFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.to, "to", "", "sink: hec:URL, splunk:URL, attack-range:FILE, index:DIR, file:PATH or stdout")
	flags.StringVar(&f.access.url, "splunk", "", "REST API of the Splunk behind a collector, to find out what arrived where an answer did not come: https://HOST:8089")
	flags.StringVar(&f.access.tokenFile, "token-file", "", "file with the sink's token (default: SPLUNK_HEC_TOKEN; for splunk: SPLUNK_TOKEN, or SPLUNK_USER and SPLUNK_PASSWORD)")
	flags.StringVar(&f.access.ca, "ca", "", "file with the certificates (PEM) to trust instead of the machine's")
	flags.BoolVar(&f.access.insecure, "insecure", false, "trust any certificate of the server")
	flags.BoolVar(&f.ack, "ack", false, "wait for the indexers' acknowledgement: the collector's token has useACK")
	flags.DurationVar(&f.ackTimeout, "ack-timeout", 5*time.Minute, "how long an acknowledgement may take before the events are sent again: the last ones come late")
	flags.StringVar(&f.gzip, "gzip", "auto", "pack what goes to a collector: auto (unless it is on this machine), always or never")
	flags.IntVar(&f.connections, "connections", 4, "requests to a collector at once")
	flags.DurationVar(&f.patience, "search-after", 30*time.Second, "how long events may take from the collector to where --splunk finds them")
	flags.BoolVar(&f.runFields, "run-fields", true, "add the indexed fields replay_run and replay_seq, by which verify and undo know a run's events (default: for hec and index)")
}

// usualHeld is how much of events a sink has unsettled where nobody says more.
const usualHeld = 20 << 20

// parse reads --to.
func (f *sinkFlags) parse() (err error) {
	if f.to == "" {
		return usageError{errors.New("no sink was given: --to hec:URL, splunk:URL, index:DIR, file:PATH or stdout")}
	}
	if f.sink, err = replay.ParseTo(f.to); err != nil {
		return usageError{err}
	}
	if f.connections < 1 || f.connections > 64 {
		return usageError{fmt.Errorf("cannot use --connections %d: expected 1 to 64", f.connections)}
	}
	if f.ackTimeout <= 0 {
		return usageError{fmt.Errorf("cannot use --ack-timeout %s: expected more than 0, such as 5m", f.ackTimeout)}
	}
	if f.patience <= 0 {
		return usageError{fmt.Errorf("cannot use --search-after %s: expected more than 0, such as 30s", f.patience)}
	}
	if _, known := packing[f.gzip]; !known {
		return usageError{fmt.Errorf("unknown --gzip %q: use auto, always or never", f.gzip)}
	}
	return nil
}

// needs are the sinks that flags have a meaning for.
var needs = []struct {
	flag, sink string
	kinds      []replay.Kind
}{
	{"ack", "hec:URL", []replay.Kind{replay.ToHEC}},
	{"ack-timeout", "hec:URL", []replay.Kind{replay.ToHEC}},
	{"connections", "hec:URL", []replay.Kind{replay.ToHEC}},
	{"gzip", "hec:URL", []replay.Kind{replay.ToHEC}},
	{"splunk", "hec:URL", []replay.Kind{replay.ToHEC}},
	{"search-after", "hec:URL", []replay.Kind{replay.ToHEC}},
	{"token-file", "hec:URL, splunk:URL or attack-range:FILE", []replay.Kind{replay.ToHEC, replay.ToSplunk, replay.ToAttackRange}},
	{"ca", "hec:URL, splunk:URL or attack-range:FILE", []replay.Kind{replay.ToHEC, replay.ToSplunk, replay.ToAttackRange}},
	{"insecure", "hec:URL, splunk:URL or attack-range:FILE", []replay.Kind{replay.ToHEC, replay.ToSplunk, replay.ToAttackRange}},
}

// fit refuses flags that have no meaning for the sink.
func (f *sinkFlags) fit(given func(flag string) bool) error {
	for _, n := range needs {
		if f.to != "" && given(n.flag) && !slices.Contains(n.kinds, f.sink.Kind) {
			return usageError{fmt.Errorf("--%s is for --to %s only, not for %s", n.flag, n.sink, f.sink.Kind)}
		}
	}
	return nil
}

// packing are the values of --gzip.
var packing = map[string]hec.Gzip{"auto": hec.GzipRemote, "always": hec.GzipAlways, "never": hec.GzipNever}

// fields tells whether events carry the run's id: where nobody said, in targets
// whose events are searched.
func (f *sinkFlags) fields() bool {
	if f.fieldsGiven {
		return f.runFields
	}
	return f.sink.Kind == replay.ToIndex || f.sink.Kind == replay.ToHEC && f.sink.Form != replay.FormRaw
}

// exact tells whether the sink finds out what of an interrupted run it has, so that
// nothing of it may be there twice.
func (f *sinkFlags) exact() bool {
	switch f.sink.Kind {
	case replay.ToFile:
		return true
	case replay.ToIndex:
		return f.fields()
	case replay.ToHEC:
		return f.access.url != "" && f.fields()
	}
	return false
}

// target is what a run's record calls the sink.
func (f *sinkFlags) target() string {
	switch {
	case f.sink.Address != "":
		return f.sink.Kind.String() + ":" + f.sink.Address
	case f.sink.Path != "":
		path := f.sink.Path
		if full, err := filepath.Abs(path); err == nil {
			path = full
		}
		target := f.sink.Kind.String() + ":" + path
		if as, err := replay.ParseTo(target); err == nil && as.Form != f.sink.Form {
			target += ",format=" + f.sink.Form.String() // the path does not tell
		}
		return target
	}
	return f.sink.Kind.String()
}

// open makes the sink of a run whose records are in dir. resent is the last batch
// that an interrupted run may have sent, 0 for a new one.
func (f *sinkFlags) open(s streams, dir string, resent uint64) (replay.Open, error) {
	boundGarbage(max(0, f.held-2*usualHeld))
	switch f.sink.Kind {
	case replay.ToHEC:
		return f.openHEC(s, resent)
	case replay.ToSplunk:
		return f.openSplunk(s, f.sink.Address)
	case replay.ToAttackRange:
		return f.openAttackRange(s)
	case replay.ToIndex:
		return engine.ResumedIndexSink(f.sink.Path, filling, resent), nil
	case replay.ToFile:
		return replay.Files(replay.FileOptions{Path: f.sink.Path, Form: f.sink.Form, Journal: filepath.Join(dir, "sink-files")}), nil
	}
	return replay.Stdout(s.out, f.sink.Form), nil
}

// filling are the options of an index that is filled and not searched: small
// segments, which a later writer joins, and no memory for what was read.
var filling = index.Options{Bytes: 8 << 20, Memory: 8 << 20}

// replayMemory is how much memory a replay's garbage may lie in, beside what its
// plan and what is unsettled take: with it a replay stays below 100 MB.
const replayMemory = 44 << 20

// boundGarbage has garbage collected in time, unless GOMEMLIMIT says when; more is
// what the sink may hold.
func boundGarbage(more int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	debug.SetMemoryLimit(int64(now.HeapAlloc) + replayMemory + more)
}

func (f *sinkFlags) openHEC(s streams, resent uint64) (replay.Open, error) {
	token, err := hecToken(f.access.tokenFile)
	if err != nil {
		return nil, environmentError{err}
	}
	roots, err := f.access.roots()
	if err != nil {
		return nil, err
	}
	o := replay.HECOptions{Resent: resent, Patience: f.patience, Options: hec.Options{
		URL: f.sink.Address, Token: token, Clock: s.clock, Ack: f.ack, AckTimeout: f.ackTimeout, Gzip: packing[f.gzip], Connections: f.connections,
		Raw: f.sink.Form == replay.FormRaw, Roots: roots, Insecure: f.access.insecure,
	}}
	if f.access.url != "" {
		rest := f.access
		rest.tokenFile = "" // that is the collector's
		if o.Search, err = rest.client(s); err != nil {
			return nil, err
		}
	}
	return replay.HEC(o), nil
}

func (f *sinkFlags) openSplunk(s streams, address string) (replay.Open, error) {
	access := f.access
	access.url = address
	client, err := access.client(s)
	if err != nil {
		return nil, err
	}
	return replay.Splunk(replay.SplunkOptions{Receiver: client, Clock: s.clock}), nil
}

// hecToken is a collector's token, from a file or the environment.
func hecToken(file string) (hec.Secret, error) {
	token := os.Getenv("SPLUNK_HEC_TOKEN")
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("cannot read the token: %w", err)
		}
		defer func() { _ = f.Close() }() // read only
		data, err := io.ReadAll(io.LimitReader(f, 4096))
		if err != nil {
			return "", fmt.Errorf("cannot read the token in %q: %w", file, err)
		}
		token = string(data)
	}
	if token = strings.TrimSpace(token); token == "" {
		return "", errors.New("there is no token for the collector: set SPLUNK_HEC_TOKEN, or give --token-file")
	}
	return hec.Secret(token), nil
}

// openAttackRange makes the sink into the Splunk of an attack range: splunkd's
// receivers, as admin with the range's password, which goes nowhere else.
func (f *sinkFlags) openAttackRange(s streams) (replay.Open, error) {
	r, err := replay.ReadRange(f.sink.Path, f.sink.Host)
	if err != nil {
		return nil, environmentError{err}
	}
	roots, err := f.access.roots()
	if err != nil {
		return nil, err
	}
	client, err := splunkd.New(splunkd.Options{
		URL: r.Address, Credentials: splunkd.Credentials{User: r.User, Password: r.Password}, Clock: s.clock, Roots: roots, Insecure: f.access.insecure,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return replay.Splunk(replay.SplunkOptions{Receiver: client, Clock: s.clock}), nil
}
