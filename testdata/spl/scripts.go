// Package splscripts is what searches must give, as data: the .spl files beside
// it, and the reader and runner of them for whatever runs searches.
//
//	splscripts.Run(t, engine, nil)
//
// README.md tells the form of the files. An Engine is anything that can hold a
// few events and answer a search: the commands on batches in memory, the whole
// engine, or a Splunk over REST.
package splscripts

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

//go:embed *.spl
var files embed.FS

// Engine runs scripts.
type Engine interface {
	// Open makes a place that holds the setup's events and nothing else. What it
	// takes is given back by t.Cleanup.
	Open(t *testing.T, s Setup) Session
}

// Session answers searches over the same events, one after the other.
type Session interface {
	Search(text string) Answer
}

// Setup is what a script wants to be there.
type Setup struct {
	Events           []event.Event
	Now              time.Time
	Earliest, Latest string // as earliest= takes them, "" for no bound
	Zone             *time.Location
	Saved            []Saved
	Models           []Model
	EventTypes       []string // names alone
	AppFiles         []AppFile
}

// Saved is a saved search.
type Saved struct{ Name, Search, Earliest, Latest string }

// AppFile is a file of the app, such as lookups/assets.csv.
type AppFile struct{ Path, Text string }

// Model is a data model's dataset: the events for which the constraint holds,
// with fields that they carry already.
type Model struct {
	Model, Dataset, Constraint string
	Fields                     []string
}

// Answer is what a search gave. Err is the error or list of messages that refused
// or ended it; Warnings are what it told beside the rows.
type Answer struct {
	Columns  []string
	Rows     []Row
	Warnings []string
	Err      error
	Foreign  bool // the words of messages are not ours, so they are not compared
}

// Row is a row's values; a field that is null is not in it.
type Row map[string][]string

// Script is one case of a file.
type Script struct {
	Name  string // file: title
	Setup Setup
	Steps []Step
	// Covers are the arguments of commands that the script shows, Refuses those that
	// it shows to be refused: "dedup keepevents".
	Covers, Refuses []string
}

// Step is a search and what it must give.
type Step struct {
	Search   string
	At       string // file:line
	Rows     []Row
	Columns  []string // checked when given
	Error    string   // the whole printed message; "" for a search that runs
	Warnings []string // parts of warnings that must be there
}

// Scripts reads all files.
func Scripts() ([]Script, error) {
	list, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var out []Script
	for _, f := range list {
		text, err := files.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		scripts, err := read(f.Name(), string(text))
		if err != nil {
			return nil, err
		}
		out = append(out, scripts...)
	}
	return out, nil
}

// Run runs every script on an engine. Those whose name is in skip are left out,
// with the reason.
func Run(t *testing.T, e Engine, skip map[string]string) {
	t.Helper()
	scripts, err := Scripts()
	require.NoError(t, err)
	for _, s := range scripts {
		t.Run(s.Name, func(t *testing.T) {
			if reason, ok := skip[s.Name]; ok {
				t.Skip(reason)
			}
			session := e.Open(t, s.Setup)
			for _, step := range s.Steps {
				if bad := step.Check(session.Search(step.Search)); bad != "" {
					t.Errorf("%s: %s\n%s", step.At, step.Search, bad)
				}
			}
		})
	}
}

// Check compares an answer with what the step expects; "" is as expected.
func (s Step) Check(a Answer) string {
	if a.Foreign && s.Error != "" && a.Err != nil {
		return ""
	}
	if s.Error != "" || a.Err != nil {
		got := ""
		if a.Err != nil {
			got = a.Err.Error()
		}
		return difference("error", lines(s.Error), lines(got))
	}
	if a.Foreign {
		return s.checkForeign(a)
	}
	bad := difference("rows", shownRows(s.Rows), shownRows(a.Rows))
	if s.Columns != nil {
		bad += difference("columns", s.Columns, a.Columns)
	}
	for _, w := range s.Warnings {
		if !slices.ContainsFunc(a.Warnings, func(got string) bool { return strings.Contains(got, w) }) {
			bad += fmt.Sprintf("no warning has %q; there are %q\n", w, a.Warnings)
		}
	}
	return bad
}

// checkForeign compares what a Splunk gave: messages have its words, and rows what
// only it puts in.
func (s Step) checkForeign(a Answer) string {
	bad := difference("rows", shownRows(withoutAdded(s.Rows)), shownRows(withoutAdded(a.Rows)))
	if s.Columns != nil && a.Columns != nil {
		bad += difference("columns", notAdded(s.Columns), notAdded(a.Columns))
	}
	return bad
}

func notAdded(columns []string) []string {
	return slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return slices.Contains(added, c) })
}

func lines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

func difference(what string, want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	return what + " (- wanted, + got):\n" + cmp.Diff(want, got)
}

func shownRows(rows []Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.String()
	}
	return out
}
