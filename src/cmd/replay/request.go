package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/ingest"
	"riskreplay/src/modinput"
	"riskreplay/src/replay"
)

// request is what a stanza asks for.
type request struct {
	datasets []ingest.Dataset
	settings replay.Settings
	// always: it is sent at every start, also when it was sent before.
	always bool
	// warnings are about single files; they are said, the others are sent.
	warnings diag.List
}

// read turns a stanza into a request. The app is the folder that paths count
// from, server the name that splunkd gives itself.
func read(st *modinput.Stanza, app, server string) (*request, error) {
	r := &request{}
	if err := r.readSettings(st); err != nil {
		return nil, err
	}
	given := strings.TrimSpace(st.Get("dataset"))
	if given == "" {
		return nil, diag.Message{Text: "expected a dataset", Hint: "dataset = samples/NAME is one in the app's folder"}
	}
	allowed, err := newRoots(app, st.Get("dataset_roots"))
	if err != nil {
		return nil, err
	}
	path, err := place(app, "dataset", given)
	if err != nil {
		return nil, err
	}
	if err := allowed.check("dataset", given, path); err != nil {
		return nil, err
	}
	found, problems := ingest.Resolve(ingest.Input{Path: path, Metadata: metadata(st, app, server)})
	r.warnings = problems
	if r.datasets, err = choose(found, st.Get("select")); err != nil {
		return nil, err
	}
	for _, d := range r.datasets {
		for _, f := range d.Files {
			if err := allowed.check("the file", f.Path, f.Path); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// readSettings reads how to replay.
func (r *request) readSettings(st *modinput.Stanza) error {
	s := &r.settings
	s.Time, s.Speed = strings.TrimSpace(st.Get("time")), strings.TrimSpace(st.Get("speed"))
	s.Loop = strings.ToLower(strings.TrimSpace(st.Get("loop")))
	if s.Loop == "start" {
		s.Loop, r.always = "", true
	}
	var err error
	if text := strings.TrimSpace(st.Get("eps")); text != "" {
		if s.EPS, err = strconv.ParseFloat(text, 64); err != nil {
			return refused("eps", text, "expected a number", "eps = 500 is 500 events a second")
		}
	}
	if s.MaxGap, err = pause(strings.TrimSpace(st.Get("max_gap"))); err != nil {
		return err
	}
	if s.Rekey, err = truth(strings.TrimSpace(st.Get("rekey"))); err != nil {
		return err
	}
	return s.Check()
}

// pause reads seconds, or a number with its unit.
func pause(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n <= 1e8 {
		return time.Duration(n * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, refused("max_gap", text, "expected seconds", "write 5, 5s or 2m")
	}
	return d, nil
}

func truth(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "", "0", "f", "false", "n", "no":
		return false, nil
	case "1", "t", "true", "y", "yes":
		return true, nil
	}
	return false, refused("rekey", text, "expected true or false", "")
}

// metadata is what a stanza says of all events. splunkd gives each stanza a host
// and an index whether somebody wrote them or not: its own name, "default". Those
// are not taken for anybody's wish, unless the app's inputs.conf has the host.
func metadata(st *modinput.Stanza, app, server string) ingest.Metadata {
	own := func(key string, filledIn ...string) string {
		value := strings.TrimSpace(st.Get(key))
		if slices.ContainsFunc(filledIn, func(f string) bool { return strings.EqualFold(value, f) }) {
			return ""
		}
		return value
	}
	hosts := []string{"$decideOnStartup"}
	if !writesHost(st, app) {
		machine, _ := os.Hostname() // one without a name has none to be confused with
		hosts = append(hosts, server, machine)
	}
	return ingest.Metadata{
		Index:      own("index", "default"),
		Host:       own("host", hosts...),
		Source:     own("source", st.Name, "replay://"+st.Title()),
		Sourcetype: own("sourcetype", "replay"),
	}
}

// writesHost tells that an app's inputs.conf gives a stanza the host that it has.
// The app is the program's, or the one beside it that splunkd names.
func writesHost(st *modinput.Stanza, app string) bool {
	if app == "" {
		return false
	}
	folders := []string{app}
	if filepath.IsLocal(st.App) {
		folders = append(folders, filepath.Join(filepath.Dir(app), st.App))
	}
	for _, dir := range folders {
		// A file that cannot be read gives nothing; splunkd has told of it.
		c, _ := conf.Load("inputs.conf", []conf.App{{ID: filepath.Base(dir), FS: os.DirFS(dir), Label: dir}}, "")
		for _, name := range []string{"replay://" + st.Title(), "replay", "default"} {
			if s, ok := c.Stanza(name); ok {
				if host, ok := s.Lookup("host"); ok && strings.TrimSpace(host.Value) == strings.TrimSpace(st.Get("host")) {
					return true
				}
			}
		}
	}
	return false
}

// describe says in a line what a plan will do.
func describe(p *replay.Plan) string {
	files := 0
	for _, d := range p.Datasets {
		files += len(d.Files)
	}
	return strconv.FormatInt(p.Events, 10) + " events of " + strconv.Itoa(files) + " files, times: " + cmp.Or(p.Settings.Time, "keep")
}
