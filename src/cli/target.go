package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/lookup"
	"riskreplay/src/splunktime"
)

// ownApp is the id of the app that is embedded.
const ownApp = "DA-ESS-RiskReplay"

// targetFlags say which knowledge a search runs with, and when.
type targetFlags struct {
	apps             []string
	now, zone        string
	earliest, latest string
	lookups, geoip   string
	limitFlags
}

func (f *targetFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringArrayVar(&f.apps, "app", nil, "folder of an app, or of a content repository, whose knowledge and saved searches count too; the last one is the app that searches run in (repeatable)")
	flags.StringVar(&f.now, "now", "", "the moment that is now: 2026-01-15T12:20:00Z, an epoch, -1d@d (default: the clock)")
	flags.StringVar(&f.zone, "tz", "UTC", "time zone of searches, such as Europe/Berlin")
	flags.StringVar(&f.earliest, "earliest", "", "only events at or after this time: -24h@h, an epoch, an ISO time")
	flags.StringVar(&f.latest, "latest", "", "only events before this time")
}

// target is an engine with its moment.
type target struct {
	engine *engine.Engine
	now    time.Time
	zone   *time.Location
	// written are the tables of outputlookup.
	written *lookup.Store
}

// open makes the engine. What is wrong with single stanzas of the apps is said
// and is no reason to stop.
func (f *targetFlags) open(s streams) (*target, error) { return f.openWith(s) }

// openWith is open with layers over the app's own, below those of --app; searches run
// in the app of the last one.
func (f *targetFlags) openWith(s streams, over ...conf.App) (*target, error) {
	zone, err := time.LoadLocation(f.zone)
	if err != nil {
		return nil, usageError{fmt.Errorf("cannot find the time zone %q: write it like Europe/Berlin or UTC", f.zone)}
	}
	now, err := s.moment(f.now, zone)
	if err != nil {
		return nil, usageError{err}
	}
	for _, b := range []struct{ flag, arg string }{{"--earliest", f.earliest}, {"--latest", f.latest}} {
		if b.arg == "" {
			continue
		}
		if _, err := splunktime.Parse(b.arg, event.At(now), zone); err != nil {
			return nil, usageError{fmt.Errorf("cannot read %s %q: %w", b.flag, b.arg, err)}
		}
	}
	apps, folders, err := loadApps(f.apps)
	if err != nil {
		return nil, err
	}
	in := apps[len(apps)-1].ID
	if len(over) > 0 {
		apps, in = slices.Insert(apps, 1, over...), over[len(over)-1].ID
	}
	written, err := openLookups(f.lookups)
	if err != nil {
		return nil, err
	}
	memory, limits, err := f.read()
	if err != nil {
		return nil, err
	}
	located, err := openLocations(f.geoip)
	if err != nil {
		return nil, err
	}
	techniques, problems := readTechniques()
	e, more := engine.New(engine.Options{Memory: memory, Limits: limits, Apps: apps, App: in, Zone: zone, Techniques: techniques, Folders: folders, Programs: findProgram, Written: written, Locations: located})
	s.say(append(problems, more...))
	return &target{engine: e, now: now, zone: zone, written: written}, nil
}

func parseMoment(arg string, now time.Time, zone *time.Location) (time.Time, error) {
	t, err := splunktime.Parse(arg, event.At(now), zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("cannot read --now %q: %w", arg, err)
	}
	return t.Std(), nil
}

// loadApps is the app layers, lowest first: the embedded app with the user's
// local folder over it, then the folders given, which are also told by app.
func loadApps(dirs []string) (apps []conf.App, folders map[string]string, err error) {
	folders = map[string]string{}
	apps = []conf.App{{ID: ownApp, Label: "RiskReplay", FS: withLocal(riskreplay.App)}}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, nil, environmentError{fmt.Errorf("cannot read the app %q: %w", dir, err)}
		}
		if !info.IsDir() {
			return nil, nil, environmentError{fmt.Errorf("cannot read the app %q: it is a file, and --app takes an app's folder", dir)}
		}
		app := conf.App{FS: os.DirFS(dir)}
		if detection.IsRepository(app.FS) {
			// What is wrong in its files is said by the commands that read them.
			app.FS, _ = detection.Repository(app.FS)
		}
		app.ID, app.Label = appName(app.FS, dir)
		if slices.ContainsFunc(apps, func(a conf.App) bool { return a.ID == app.ID }) && app.ID != ownApp {
			return nil, nil, usageError{fmt.Errorf("two apps are called %q", app.ID)}
		}
		apps = append(apps, app)
		folders[app.ID] = dir
	}
	return apps, folders, nil
}

// repositories makes apps of the arguments that are content repositories; their
// detections stand in the arguments' place.
func (f *targetFlags) repositories(args []string) []string {
	out := slices.Clone(args)
	for i, arg := range out {
		if detection.IsRepository(os.DirFS(arg)) {
			f.apps, out[i] = append(f.apps, arg), filepath.Join(arg, "detections")
		}
	}
	return out
}

// appName reads an app's id and label from its app.conf; the folder's name is
// its id, as in Splunk, when app.conf does not say.
func appName(files fs.FS, dir string) (id, label string) {
	full, err := filepath.Abs(dir)
	if err != nil {
		full = dir
	}
	id = filepath.Base(full)
	c, _ := conf.Load("app.conf", []conf.App{{ID: id, FS: files}}, "")
	if s, ok := c.Stanza("package"); ok && s.Get("id") != "" {
		id = s.Get("id")
	}
	if s, ok := c.Stanza("ui"); ok {
		label = s.Get("label")
	}
	return id, label
}

// withLocal puts the user's own settings for the embedded app over it:
// <config folder>/riskreplay/local/*.conf, as $SPLUNK_HOME/etc/apps/<app>/local.
func withLocal(app fs.FS) fs.FS {
	config, err := os.UserConfigDir()
	if err != nil {
		return app
	}
	return overlay{app: app, local: os.DirFS(filepath.Join(config, "riskreplay"))}
}

// overlay finds local/ in one place and all else in another, the embedded app's
// lookups where the project has them.
type overlay struct{ app, local fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	switch first, _, _ := strings.Cut(name, "/"); first {
	case "local":
		return o.local.Open(name)
	case "lookups":
		return o.app.Open("app/" + name)
	}
	return o.app.Open(name)
}

// readTechniques reads the ATT&CK table of the embedded app.
func readTechniques() ([]detection.Technique, diag.List) {
	const name = "app/lookups/mitre_attack.csv"
	data, err := fs.ReadFile(riskreplay.App, name)
	if err != nil {
		return nil, diag.List{{Text: "cannot read the ATT&CK table: " + err.Error(), Cause: err}}
	}
	return detection.ReadTechniques(name, data)
}
