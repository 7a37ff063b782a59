package replay

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

func TestPlanIsTheSameTwice(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 5, 1, 2), "b.log": "no time\n", "c.log": string(sysmon(3000, time.Second))})
	s := Settings{Time: "now", Speed: "10x", Rekey: true}
	a, b := scan(t, data, s), scan(t, data, s)
	require.Equal(t, string(a.JSON()), string(b.JSON()))
	back, err := ReadPlan(a.JSON())
	require.NoError(t, err)
	require.Equal(t, string(a.JSON()), string(back.JSON()))
	later, problems := Scan(t.Context(), data, s, event.At(testNow.Add(time.Hour)))
	require.NoError(t, problems.Errors().Err())
	require.NotEqual(t, a.Hash(), later.Hash())
	require.Equal(t, a.Request(), later.Request())
	other := scan(t, data, Settings{Time: "now"})
	require.NotEqual(t, a.Request(), other.Request())

	f := a.Datasets[0].Files[0]
	require.Equal(t, "2026-01-15T11:00:01Z", f.First.String())
	require.Equal(t, "2026-01-15T11:00:05Z", f.Last.String())
	require.Equal(t, "lines", f.Format)
	require.Equal(t, MetadataFrom{"content", "content", "content", "content", "content"}, f.From)
	require.EqualValues(t, 3, f.Events)
	require.Len(t, a.Datasets[0].Files[2].Groups, 40, "8 hosts for each of 5 kinds")

	var text bytes.Buffer
	require.NoError(t, a.Print(&text))
	for _, want := range []string{"3004 events", "recorded  2026-01-15T11:00:00Z .. 2026-02-01T12:00:00Z", "40 different", "speed 10x", "in the order of time"} {
		require.Contains(t, text.String(), want)
	}
}

func TestScanSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) ingest.File {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return ingest.File{Path: path, Name: name}
	}
	good := write("good.log", lines("a", 0))
	data := []ingest.Dataset{{Name: "d", Path: dir, Files: []ingest.File{
		write("blank.log", "\n\n"), good, {Path: filepath.Join(dir, "gone.log")}, write("pointer.log", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"),
	}}}
	p, problems := Scan(t.Context(), data, Settings{}, event.At(testNow))
	require.EqualValues(t, 1, p.Events)
	require.Len(t, p.Datasets[0].Files, 1)
	text := problems.Error()
	for _, want := range []string{"blank.log", "gone.log", "git lfs pull"} {
		require.Contains(t, text, want)
	}
	p, problems = Scan(t.Context(), data[:0], Settings{}, 0)
	require.Nil(t, p)
	require.ErrorContains(t, problems.Err(), "no event was found")
	p, problems = Scan(t.Context(), data, Settings{Time: "x"}, 0)
	require.Nil(t, p)
	require.ErrorContains(t, problems.Err(), "there is no such mode")
	data[0].Files = []ingest.File{write("long.log", lines("a", 0, 7200))}
	_, problems = Scan(t.Context(), data, Settings{Time: "window"}, event.At(testNow))
	require.Contains(t, problems[0].Error(), "is longer than the window")
	_, problems = Scan(t.Context(), data, Settings{Time: "at=2026-03-01T00:00:00Z"}, event.At(testNow))
	require.Contains(t, problems[0].Error(), "in the future")
}

func TestTogether(t *testing.T) {
	dir := t.TempDir()
	var data []ingest.Dataset
	for name, text := range map[string]string{"a.log": lines("a", 0), "b.log": lines("b", 60)} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		data = append(data, resolve(t, path)...)
	}
	apart := scan(t, data, Settings{Time: "now"})
	require.Equal(t, apart.Datasets[0].NewLast, apart.Datasets[1].NewLast)
	together := scan(t, data, Settings{Time: "now", Together: true})
	require.Equal(t, together.Datasets[0].Shift, together.Datasets[1].Shift)
}

func TestReadPlanRefuses(t *testing.T) {
	good := string(scan(t, files(t, map[string]string{"a.log": lines("a", 0, 1)}), Settings{Time: "now"}).JSON())
	for _, c := range []struct{ old, replaced, want string }{
		{"{", "", "cannot read the plan"},
		{`"version": 1`, `"version": 2`, "its version is 2, not 1"},
		{`"version": 1`, `"version": 1, "x": 1`, `unknown field "x"`},
		{`"time": "now"`, `"time": "x"`, "there is no such mode"},
		{`"events": 2`, `"events": 3`, "its counts are not those of its datasets"},
		{`"seconds": "`, `"seconds": "x`, "is no number of seconds"},
		{"T11:00:00Z", "T11:00:00", "it is not as 2026-01-15T12:00:00Z"},
		{`"first": "2026`, `"first": "9026`, "out of range"},
	} {
		text := strings.Replace(good, c.old, c.replaced, 1)
		require.NotEqual(t, good, text)
		_, err := ReadPlan([]byte(text))
		require.ErrorContains(t, err, c.want)
	}
	_, err := ReadPlan([]byte(good + "{}"))
	require.ErrorContains(t, err, "more stands behind it")
}

func TestEventIDs(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"<Event><System><EventID>4688</EventID>", "4688"},
		{"<Event><System><EventID Qualifiers='0'>7</EventID>", "7"},
		{"<Event><System><EventID>", ""},
		{"<Event><System><EventID", ""},
		{"01/15/2026 11:00:00 AM\nLogName=Security\nEventCode=4624\n", "4624"},
		{`{"EventID": "13","x":1}`, "13"},
		{"nothing", ""},
	} {
		require.Equal(t, c.want, string(eventID([]byte(c.raw))), c.raw)
	}
}

// More hosts than a plan tells apart are counted together.
func TestManyHosts(t *testing.T) {
	var text strings.Builder
	for i := range maxGroups + 500 {
		text.WriteString(`{"time":1768474800,"Computer":"h` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String() + `"}` + "\n")
	}
	data := files(t, map[string]string{"a.json": text.String()})
	p := scan(t, data, Settings{})
	f := p.Datasets[0].Files[0]
	require.Len(t, f.Groups, maxGroups)
	require.Equal(t, Anything, f.Groups[maxGroups-1].Host)
	var sink memory
	m, err := Run(t.Context(), p, sink.open, Options{Clock: newAuto()})
	require.NoError(t, err)
	require.EqualValues(t, maxGroups+500, m.Accepted)
	require.EqualValues(t, f.Groups[maxGroups-1].Events, m.Contents[len(m.Contents)-1].Accepted)
}

// An archive is one file of the plan; its members' names are told where an event is
// named.
func TestArchives(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.zip"))
	require.NoError(t, err)
	z := zip.NewWriter(f)
	for _, name := range []string{"x.log", "y.log"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(lines(name, 0, 1, 2)))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	p := scan(t, resolve(t, f.Name()), Settings{Order: "time"})
	require.EqualValues(t, 6, p.Events)
	require.Len(t, p.Datasets[0].Files, 1)
	var sink memory
	_, err = Run(t.Context(), p, sink.open, Options{Clock: newAuto()})
	require.NoError(t, err)
	require.Equal(t, f.Name()+"!x.log", sink.batches[0].From.File)
	require.Equal(t, ingest.Origin{File: f.Name() + "!y.log", Offset: 78, Event: 2}, sink.batches[0].To)
}
