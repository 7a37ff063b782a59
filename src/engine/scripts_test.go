package engine

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
	splscripts "riskreplay/testdata/spl"
)

// TestScripts runs the SPL scripts through the whole engine: index, knowledge,
// and the plan with everything that was moved into the scan.
func TestScripts(t *testing.T) { splscripts.Run(t, scriptEngine{}, nil) }

type scriptEngine struct{}

func (scriptEngine) Open(t *testing.T, s splscripts.Setup) splscripts.Session {
	app := fstest.MapFS{}
	for path, text := range s.Files() {
		app[path] = &fstest.MapFile{Data: []byte(text)}
	}
	e, problems := New(Options{Apps: []conf.App{{ID: "scripts", FS: app}}, App: "scripts", Zone: s.Zone})
	require.NoError(t, problems.Err())
	require.NoError(t, e.Append(t.Context(), s.Events))
	return scriptSession{t, e, s}
}

type scriptSession struct {
	t     *testing.T
	e     *Engine
	setup splscripts.Setup
}

func (s scriptSession) Search(text string) (a splscripts.Answer) {
	r, err := s.e.Run(s.t.Context(), job.Request{
		Search: text, Now: s.setup.Now, Earliest: s.setup.Earliest, Latest: s.setup.Latest, SID: "1768479600.1",
	})
	if err != nil {
		if list, ok := err.(diag.List); ok {
			err = list.Errors()
		}
		return splscripts.Answer{Err: err}
	}
	rows, err := results.ReadAll(s.t.Context(), r.Rows)
	if err != nil {
		return splscripts.Answer{Err: err}
	}
	if !r.Ordered {
		rows = rows.Sorted()
	}
	a.Columns = rows.Names
	for i := range rows.Len {
		row := splscripts.Row{}
		for j, name := range rows.Names {
			if v := rows.Columns[j].Values(i); v != nil {
				row[name] = v
			}
		}
		a.Rows = append(a.Rows, row)
	}
	for _, m := range r.Messages() {
		a.Warnings = append(a.Warnings, m.Error())
	}
	return a
}
