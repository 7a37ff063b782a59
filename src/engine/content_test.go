package engine

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/lookup"
	"riskreplay/src/results"
	"riskreplay/src/search"
	splscripts "riskreplay/testdata/spl"
)

var contentNow = time.Date(2026, 1, 15, 12, 20, 0, 0, time.UTC)

// contentEnv names a checkout of splunk/security_content, or of another content
// repository.
const contentEnv = "RISKREPLAY_CONTENT"

// TestContent runs every detection of a content repository that this engine can
// run over no events and over random events that conform to it: it ends, without
// an error. The log has the counts.
func TestContent(t *testing.T) {
	dir := os.Getenv(contentEnv)
	if dir == "" {
		t.Skipf("%s names no checkout of a content repository such as splunk/security_content: its detections are not run", contentEnv)
	}
	files := os.DirFS(dir)
	require.True(t, detection.IsRepository(files), "%s has no detections and macros", dir)
	app, _ := detection.Repository(files)
	e, _ := New(Options{Apps: []conf.App{tagApp(t), {ID: "own", FS: riskreplay.App}, {ID: "content", FS: app}}, App: "content"})
	s := newSoak(t, e)
	var found int
	err := filepath.WalkDir(filepath.Join(dir, "detections"), func(path string, f fs.DirEntry, err error) error {
		if err != nil || f.IsDir() || filepath.Ext(path) != ".yml" {
			return err
		}
		data, err := os.ReadFile(path)
		if d, _ := detection.ReadYAML(path, data); err == nil && d != nil && d.SearchText != nil {
			found++
			s.search(e, d.Name, d.SearchText)
		}
		return err
	})
	require.NoError(t, err)
	require.NotZero(t, found)
	s.report()
}

// TestOwnSearches is TestContent for the detections of this app and the searches
// of the scripts.
func TestOwnSearches(t *testing.T) {
	self, err := os.Executable() // which is riskscore under its name: see TestMain
	require.NoError(t, err)
	e, _ := New(Options{
		Apps: []conf.App{tagApp(t), {ID: "own", FS: riskreplay.App}}, App: "own",
		Programs: func(name string) (string, string, bool) { return self, name, true },
	})
	s := newSoak(t, e)
	for _, saved := range e.app("own").saved {
		s.search(e, saved.Name, saved.Search.Text)
	}
	require.NotZero(t, s.runnable)
	scripts, err := splscripts.Scripts()
	require.NoError(t, err)
	engines := map[string]*Engine{} // by the app's files
	for _, script := range scripts {
		app, all := fstest.MapFS{}, fmt.Sprint(script.Setup.Files())
		e := engines[all]
		if e == nil {
			for path, text := range script.Setup.Files() {
				app[path] = &fstest.MapFile{Data: []byte(text)}
			}
			var problems diag.List
			e, problems = New(Options{Apps: []conf.App{{ID: "scripts", FS: app}}, App: "scripts"})
			require.NoError(t, problems.Err())
			engines[all] = e
		}
		for _, step := range script.Steps {
			if step.Error == "" {
				s.search(e, step.At, &diag.Text{Name: step.At, Body: step.Search})
			}
		}
	}
	s.report()
}

// soak runs searches over no events and over random ones, and counts.
type soak struct {
	t *testing.T
	g *conforming

	all, parsed, planned, runnable, empty, random, rows int
}

func newSoak(t *testing.T, e *Engine) *soak {
	return &soak{t: t, g: newConforming(t, e.app(e.options.App).base, event.At(contentNow))}
}

// randomEvents is how many events each command of a search that reads some gets.
const randomEvents = 40

func (s *soak) search(e *Engine, name string, text *diag.Text) {
	s.all++
	tree, problems := e.Parse(text)
	if problems.HasErrors() {
		return
	}
	s.parsed++
	plan, _, problems := e.Plan(text, contentNow)
	if !slices.ContainsFunc(problems.Errors(), func(m diag.Message) bool { return !errors.Is(m, search.ErrNotSupported) }) {
		s.planned++
	}
	if plan == nil || problems.HasErrors() {
		return
	}
	s.runnable++
	if _, ok := s.run(e, name+" over no events", text, nil); ok {
		s.empty++
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	n, ok := s.run(e, name+" over random events", text, s.g.events(tree, randomEvents, h.Sum64()))
	if ok {
		s.random++
	}
	if n > 0 {
		s.rows++
	}
}

// run is one search over some events: how many rows it gives, and whether it ended
// as it should.
func (s *soak) run(shared *Engine, name string, text *diag.Text, events []event.Event) (rows int, ok bool) {
	e := &Engine{
		options: shared.options, contexts: shared.contexts, memory: map[string]*remembered{}, known: shared.known, table: shared.table, outside: shared.outside,
		index: index.New(index.Options{}), written: lookup.NewStore(),
	}
	require.NoError(s.t, e.Append(s.t.Context(), events), name)
	// Longer than any of them takes on the slowest machine: what is not done by
	// then hangs.
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	r, err := e.run(ctx, job.Request{Now: contentNow}, text)
	if err == nil {
		all, failed := results.ReadAll(ctx, r.Rows)
		if err = failed; err == nil {
			return all.Len, true
		}
	}
	if !allowed(err) {
		s.t.Errorf("%s: %v", name, err)
		return 0, false
	}
	return 0, true
}

// allowed tells whether an error is what the search is for.
func allowed(err error) bool {
	return slices.ContainsFunc([]string{"before require gives no row", "makecontinuous adds more than"}, func(s string) bool { return strings.Contains(err.Error(), s) })
}

func (s *soak) report() {
	share := func(n int) string { return fmt.Sprintf("%d (%.1f %%)", n, 100*float64(n)/float64(s.all)) }
	s.t.Logf("%d searches: parsed %s, planned %s, runnable %s; of these run over no events %d, over random events %d, and %d gave rows for those",
		s.all, share(s.parsed), share(s.planned), share(s.runnable), s.empty, s.random, s.rows)
}
