package check

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/ingest"
)

// Library is where the data of tests comes from. Each dataset is read once and
// kept as long as the Library. It is safe for concurrent use.
type Library struct {
	// Engine reads; nothing is written to it.
	Engine *engine.Engine
	// DataDir is a local checkout of attack_data, or its folder datasets; "" is none.
	DataDir string
	// Fetch gets what a URL names as a local file; nil has no network.
	Fetch func(ctx context.Context, u string) (path string, err error)
	// Sources are the content's data sources, by which tests pick events.
	Sources []*detection.DataSource
	// Now is the time of events that have none.
	Now event.Time

	mu   sync.Mutex
	made map[string]*made
}

// made is a dataset that somebody reads, or has read.
type made struct {
	done     chan struct{}
	data     *Data
	problems diag.List
}

// Data is a dataset, read and moved. Nobody changes it.
type Data struct {
	Replayed
	// First and Last are the times of its events, as moved.
	First, Last event.Time
	index       *index.Index
}

// Index is the data's events, to be read.
func (d *Data) Index() *index.Index { return d.index }

// absent is the error of data that is not here, which is nobody's fault.
type absent struct{ diag.Message }

// open gives a test's data: all of its entries as one group, whose last event is
// moved to the last whole second before end and then by offset; a zero end moves
// nothing.
func (l *Library) open(ctx context.Context, c Case, end, offset event.Time) (*Data, diag.List, error) {
	var inputs []ingest.Input
	key := fmt.Sprintf("%q %d %d", c.Test.Source, end, offset)
	for _, entry := range c.Test.Data {
		path, err := l.find(ctx, c, entry.Data)
		if err != nil {
			return nil, nil, err
		}
		inputs = append(inputs, ingest.Input{
			Path: path, DataDir: l.DataDir,
			Metadata: ingest.Metadata{Source: entry.Source, Sourcetype: entry.Sourcetype, Host: entry.Host, Index: entry.Index},
		})
		key += fmt.Sprintf(" %q", []string{path, entry.Source, entry.Sourcetype, entry.Host, entry.Index})
	}
	l.mu.Lock()
	m := l.made[key]
	if m == nil {
		m = &made{done: make(chan struct{})}
		if l.made == nil {
			l.made = map[string]*made{}
		}
		l.made[key] = m
		l.mu.Unlock()
		// A test that is given up must not take the data from the others.
		m.data, m.problems = l.read(context.WithoutCancel(ctx), c, inputs, end, offset)
		close(m.done)
		return m.data, m.problems, nil
	}
	l.mu.Unlock()
	select {
	case <-m.done:
		return m.data, m.problems, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// find is the local path of data: as written, below the content, or below DataDir.
func (l *Library) find(ctx context.Context, c Case, data string) (string, error) {
	if u, err := url.Parse(data); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return l.fetched(ctx, c, data, u)
	}
	name := filepath.FromSlash(data)
	tried := []string{name}
	if !filepath.IsAbs(name) {
		tried = []string{filepath.Join(c.Root, name)}
		if c.Test.At.Text != nil {
			tried = append(tried, filepath.Join(c.Root, filepath.Dir(filepath.FromSlash(c.Test.At.Text.Name)), name))
		}
		if l.DataDir != "" {
			tried = append(tried, filepath.Join(l.DataDir, name))
		}
	}
	for _, path := range tried {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", diag.Message{
		Text: fmt.Sprintf("cannot find the data %q", data), Place: c.Test.At,
		Hint: "a path counts from the content's folder " + fmt.Sprintf("%q", c.Root) + ", from the file that names it, and from --data-dir",
	}
}

// checkout is what stands before the files of attack_data in its URLs.
const checkout = "/datasets/"

// fetched is the local file of a URL: in the checkout, or fetched.
func (l *Library) fetched(ctx context.Context, c Case, data string, u *url.URL) (string, error) {
	_, below, known := strings.Cut(u.Path, checkout)
	if known && l.DataDir != "" && filepath.IsLocal(filepath.FromSlash(below)) {
		for _, dir := range []string{filepath.Join(l.DataDir, "datasets"), l.DataDir} {
			path := filepath.Join(dir, filepath.FromSlash(below))
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	if l.Fetch != nil {
		path, err := l.Fetch(ctx, data)
		if err != nil {
			return "", diag.Message{Text: fmt.Sprintf("cannot fetch %q: %v", data, err), Cause: err, Place: c.Test.At}
		}
		return path, nil
	}
	m := diag.Message{Severity: diag.Warning, Text: fmt.Sprintf("the data %q is not here", data), Place: c.Test.At, Hint: "give a local checkout of attack_data with --data-dir"}
	if l.DataDir != "" {
		m.Severity, m.Hint = diag.Error, fmt.Sprintf("it is not below %q either", l.DataDir)
		return "", m
	}
	return "", absent{m}
}

// read reads and moves a test's data.
func (l *Library) read(ctx context.Context, c Case, inputs []ingest.Input, end, offset event.Time) (*Data, diag.List) {
	var problems diag.List
	var group ingest.Dataset
	var names []string
	for _, in := range inputs {
		datasets, more := ingest.Resolve(in)
		problems = append(problems, more...)
		for _, d := range datasets {
			group.Files = append(group.Files, d.Files...)
		}
		names = append(names, filepath.Base(in.Path))
	}
	group.Name = strings.Join(names, ", ")
	files, more := l.pick(c, group.Files)
	problems = append(problems, more...)
	if problems.HasErrors() || len(files) == 0 {
		return nil, problems
	}
	group.Files = files
	var move engine.Move
	if end != 0 {
		move = engine.ToEnd(end, offset)
	}
	e := l.Engine.Fresh()
	loaded, more, err := e.Load(ctx, []ingest.Dataset{group}, l.Now, move)
	problems = append(problems, more...)
	if err != nil {
		return nil, append(problems, diag.Message{Text: err.Error(), Cause: err})
	}
	d := &Data{index: e.Index(), Replayed: Replayed{Name: group.Name}}
	for _, g := range loaded {
		d.Events, d.Bytes = d.Events+g.Events, d.Bytes+g.Bytes
		d.First, d.Last = g.First+g.Moved, g.Last+g.Moved
	}
	if d.Events == 0 && !problems.HasErrors() {
		problems = append(problems, diag.Message{Text: fmt.Sprintf("the data %q has no event that can be read", group.Name), Place: c.Test.At})
	}
	return d, problems
}

// pick is the files of the test's kind of source.
func (l *Library) pick(c Case, files []ingest.File) ([]ingest.File, diag.List) {
	want := strings.ToLower(c.Test.Source)
	if want == "" {
		return files, nil
	}
	var kinds []*detection.DataSource
	var names []string
	for _, s := range l.Sources {
		names = append(names, s.Name)
		if strings.Contains(strings.ToLower(s.Name), want) {
			kinds = append(kinds, s)
		}
	}
	if len(kinds) == 0 {
		return nil, diag.List{{Text: fmt.Sprintf("no data source is called %q", c.Test.Source), Place: c.Test.At, Hint: diag.DidYouMean(c.Test.Source, names)}}
	}
	picked := slices.DeleteFunc(files, func(f ingest.File) bool {
		return !slices.ContainsFunc(kinds, func(s *detection.DataSource) bool {
			return (f.Source == "" || strings.EqualFold(f.Source, s.Source)) && (f.Sourcetype == "" || strings.EqualFold(f.Sourcetype, s.Sourcetype))
		})
	})
	if len(picked) == 0 {
		return nil, diag.List{{Text: fmt.Sprintf("the data has no file of the source %q", c.Test.Source), Place: c.Test.At}}
	}
	return picked, nil
}
