package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/bundle"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/modinput"
)

// configured is a stanza as its program is given it.
type configured struct {
	scheme string
	config modinput.Config
}

// find reads the app and gives the stanza.
func (o *modinputOptions) find() (*configured, error) {
	info, err := os.Stat(o.app)
	if err == nil && !info.IsDir() {
		err = errors.New("it is a file, and --app takes an app's folder")
	}
	if err != nil {
		return nil, environmentError{fmt.Errorf("cannot read the app %q: %w", o.app, cmp.Or(errors.Unwrap(err), err))}
	}
	app := conf.App{FS: os.DirFS(o.app), Label: o.app}
	app.ID, _ = appName(app.FS, o.app)
	c, problems := conf.Load("inputs.conf", []conf.App{app}, "")
	o.say(problems)
	name, err := o.stanzaName(c)
	if err != nil {
		return nil, answerNo{err}
	}
	scheme, _, _ := strings.Cut(name, "://")
	all := modinput.Stanzas(c, scheme)
	st := all[slices.IndexFunc(all, func(s modinput.Stanza) bool { return s.Name == name })]
	if st.App == "" {
		st.App = app.ID
	}
	if err := o.prepare(&st); err != nil {
		return nil, err
	}
	if scheme == replayScheme && !isFolder(filepath.Join(o.app, bundle.Samples)) && isFolder(filepath.Join(o.app, filepath.FromSlash(bundle.Datasets))) {
		if err := o.writeOut(&st, bundle.Datasets); err != nil {
			return nil, err
		}
	}
	o.checkSpec(scheme)
	in := &configured{scheme: scheme, config: modinput.Config{ServerHost: o.serverHost(), ServerURI: "https://127.0.0.1:8089", Stanzas: []modinput.Stanza{st}}}
	in.config.CheckpointDir, err = o.checkpointFolder(app.ID)
	return in, err
}

// stanzaName is the full name of the stanza that was asked for.
func (o *modinputOptions) stanzaName(c *conf.Conf) (string, error) {
	var names, hits []string
	for _, s := range c.Stanzas() {
		_, title, ok := strings.Cut(s.Name, "://")
		if !ok {
			continue
		}
		names = append(names, s.Name)
		if s.Name == o.stanza || title == o.stanza {
			hits = append(hits, s.Name)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case slices.Contains(hits, o.stanza):
		return o.stanza, nil
	case len(hits) > 1:
		return "", fmt.Errorf("several stanzas are called %q: %s", o.stanza, strings.Join(hits, ", "))
	}
	m := diag.Message{Text: fmt.Sprintf("cannot find the stanza %q in the app's inputs.conf", o.stanza), Hint: diag.DidYouMean(o.stanza, names)}
	if m.Hint == "" && len(names) > 0 {
		m.Hint = "it has " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	return "", m
}

// prepare gives a stanza what splunkd fills in, and what --set says.
func (o *modinputOptions) prepare(st *modinput.Stanza) error {
	for _, fill := range [][2]string{{"host", "$decideOnStartup"}, {"index", "default"}} {
		if _, ok := st.Lookup(fill[0]); !ok {
			st.Set(fill[0], fill[1])
		}
	}
	for _, set := range o.set {
		key, value, ok := strings.Cut(set, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return usageError{fmt.Errorf("cannot read --set %q: write key=value", set)}
		}
		st.Set(key, strings.TrimSpace(value))
	}
	if st.Disabled() {
		st.Set("disabled", "0")
		o.warn("[%s] is disabled in inputs.conf: splunkd would not start it", st.Name)
	}
	return nil
}

// The settings of our own input that hold paths, which count from the folder of the
// app that its program lies in.
const (
	datasetSetting = "dataset"
	rootsSetting   = "dataset_roots"
)

// writeOut has the paths of a stanza of our own input count from the app's folder,
// wherever the program lies. In a project that is not packed yet the datasets that
// its package would hold as samples lie elsewhere.
func (o *modinputOptions) writeOut(st *modinput.Stanza, samples string) error {
	app, err := filepath.Abs(o.app)
	if err != nil {
		return environmentError{err}
	}
	full := func(path string) string {
		parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
		if len(parts) == 0 || filepath.IsAbs(path) || slices.Contains(parts, "..") {
			return path // it is as it is, or the program refuses it
		}
		if parts[0] == bundle.Samples {
			parts[0] = filepath.FromSlash(samples)
		}
		return filepath.Join(append([]string{app}, parts...)...)
	}
	st.Set(datasetSetting, full(strings.TrimSpace(st.Get(datasetSetting))))
	var roots []string
	for root := range strings.SplitSeq(cmp.Or(strings.TrimSpace(st.Get(rootsSetting)), bundle.Samples), ",") {
		roots = append(roots, full(strings.TrimSpace(root)))
	}
	st.Set(rootsSetting, strings.Join(roots, ", "))
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (o *modinputOptions) serverHost() string {
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	return cmp.Or(o.host, name)
}

// specFiles is where an app has its description of inputs: packaged, and in a
// project whose app folder holds what is packed beside default.
var specFiles = []string{"README/inputs.conf.spec", "app/README/inputs.conf.spec"}

// checkSpec says what would keep splunkd from registering the scheme.
func (o *modinputOptions) checkSpec(scheme string) {
	for _, name := range specFiles {
		path := filepath.Join(o.app, filepath.FromSlash(name))
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			o.warn("cannot read %q: %v", path, err)
			return
		}
		schemes, problems := modinput.ReadSpec(path, data)
		o.say(problems)
		if !slices.ContainsFunc(schemes, func(s modinput.SpecScheme) bool { return s.Name == scheme }) {
			o.warn("%s does not describe [%s://<name>]: splunkd would not register the input", path, scheme)
		}
		return
	}
	o.warn("the app has no README/inputs.conf.spec: splunkd would not register the input %q", scheme)
}

// checkpointFolder is where the inputs of all schemes of an app keep what they
// remember; each has a folder in it.
func (o *modinputOptions) checkpointFolder(app string) (string, error) {
	if o.checkpoints != "" {
		full, err := filepath.Abs(o.checkpoints)
		if err != nil {
			return "", environmentError{err}
		}
		return full, nil
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", environmentError{fmt.Errorf("cannot keep checkpoints: %w; name a folder with --checkpoints", err)}
	}
	return filepath.Join(config, "riskreplay", "modinputs", app), nil
}
