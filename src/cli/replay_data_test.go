package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
	"riskreplay/src/ingest"
)

// recorded is the folder of logs that others recorded, with the number of events of
// each of its files.
func recorded(t *testing.T) (dir string, counts map[string]int) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data"))
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Skip("the logs recorded by others (shared/data beside the checkout) are missing: they are replayed into no sink")
	}
	var files map[string]struct{ Events int }
	require.NoError(t, json.Unmarshal(text, &files))
	counts = map[string]int{}
	for name, f := range files {
		if name != "ALL" {
			counts[name] = f.Events
		}
	}
	return dir, counts
}

// rawOf are the events of a file or folder, read anew.
func rawOf(t *testing.T, in ingest.Input) (out []string) {
	t.Helper()
	datasets, problems := ingest.Resolve(in)
	require.NoError(t, problems.Errors().Err())
	for _, d := range datasets {
		for _, f := range d.Files {
			ingest.Read(t.Context(), f, ingest.Options{}, func(b ingest.Block) error {
				for _, e := range b.Events {
					out = append(out, string(e.Raw))
				}
				return nil
			})
		}
	}
	slices.Sort(out)
	return out
}

// same compares long lists without printing them.
func same(t *testing.T, want, got []string) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.True(t, want[i] == got[i], "event %d:\n%.300s\nwant\n%.300s", i, got[i], want[i])
	}
}

// TestRecordedLogsThroughEachSink replays every recorded log through every sink: the
// counts are those that were told by others, and every event comes back byte for
// byte.
func TestRecordedLogsThroughEachSink(t *testing.T) {
	dir, counts := recorded(t)
	logs, native := filepath.Join(dir, "logs"), filepath.Join(dir, "native")
	want := append(rawOf(t, ingest.Input{Path: logs}), rawOf(t, ingest.Input{Path: native})...)
	slices.Sort(want)
	data := []string{logs, native}

	check := func(t *testing.T, u *user) {
		m := u.runs()[0]
		require.True(t, m.Finished)
		require.EqualValues(t, len(want), m.Accepted)
		seen := 0
		for _, f := range m.Files {
			if n, ok := counts[filepath.Base(f.Path)]; ok {
				require.EqualValues(t, n, f.Accepted, f.Path)
				seen++
			}
		}
		require.Equal(t, len(counts), seen)
	}
	for _, sink := range []string{"index:out", "file:out", "file:out.jsonl", "file:out.log"} {
		t.Run(strings.ReplaceAll(sink, ":", "-"), func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			u.ok(append([]string{"replay", "--to", sink}, data...)...)
			check(t, u)
			_, path, _ := strings.Cut(sink, ":")
			if strings.HasPrefix(sink, "index:") {
				same(t, want, u.found(path, "index=*"))
			} else {
				in := ingest.Input{Path: filepath.Join(u.dir, path)}
				if strings.HasSuffix(path, ".jsonl") {
					in.Format = "hec"
				}
				same(t, want, rawOf(t, in))
			}
			u.ok("replay", "verify", u.runs()[0].ID)
		})
	}
	for _, form := range []string{"stdout", "stdout,format=hec"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			text := u.ok(append([]string{"replay", "--to", form}, data...)...)
			check(t, u)
			in := ingest.Input{Path: u.write("out.log", text)}
			if form != "stdout" {
				in.Format = "hec"
			}
			same(t, want, rawOf(t, in))
		})
	}
	for _, ack := range []bool{false, true} {
		t.Run(fmt.Sprintf("hec/ack=%v", ack), func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			server := newCollector(t, hec.Token{UseACK: ack}, hec.HandlerOptions{})
			u.ok(append([]string{"replay", fmt.Sprintf("--ack=%v", ack), "--to", "hec:" + server.web.URL}, data...)...)
			check(t, u)
			var got []string
			for _, e := range server.events {
				got = append(got, string(e.Raw))
			}
			slices.Sort(got)
			same(t, want, got)
		})
	}
}

// TestShippedDatasetsFireFromAnIndex replays both shipped datasets into the window
// of their detections at noon, into an index, and has the detections run over it
// on their schedule: they find what the datasets expect.
func TestShippedDatasetsFireFromAnIndex(t *testing.T) {
	datasets, err := filepath.Abs(filepath.Join("..", "..", "testdata", "datasets"))
	require.NoError(t, err)
	names := []string{"T1574.011", "T1218.009"}
	u := newUser(t)
	args := []string{"replay", "--to", "index:idx", "--compress", "--time", "window=-70m@m..-10m@m", "--now", "2026-01-15T12:00:00Z"}
	want := map[string]int{}
	for _, name := range names {
		args = append(args, filepath.Join(datasets, name))
		text, err := os.ReadFile(filepath.Join(datasets, name, "expected.json"))
		require.NoError(t, err)
		var answers map[string]struct {
			Services []any `json:"windows_service_creation_using_registry_entry"`
			Regsvcs  []any `json:"detect_regsvcs_spawning_a_process"`
		}
		require.NoError(t, json.Unmarshal(text, &answers))
		want["Windows Service Creation Using Registry Entry"] += len(answers["ALL"].Services)
		want["Detect Regsvcs Spawning a Process"] += len(answers["ALL"].Regsvcs)
	}
	u.ok(args...)
	u.ok("replay", "verify", u.runs()[0].ID)
	got := map[string]int{}
	for line := range strings.Lines(u.ok("run", "--now", "2026-01-15T12:20:00Z", "--time", "keep", "--earliest", "-70m@m", "--latest", "-10m@m", "--format", "json", "idx")) {
		var row struct{ Record, Detection, Run string }
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		if _, ok := want[row.Detection]; !ok {
			continue
		}
		switch row.Record {
		case "detection":
			require.Equal(t, "2026-01-15 12:00:00 over 10:50:00 .. 11:50:00", row.Run)
		case "result":
			got[row.Detection]++
		}
	}
	require.Equal(t, want, got)
}
