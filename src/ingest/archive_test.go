package ingest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

// packed is the files of an archive: a name, a content, a name ...
func zipped(t testing.TB, files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = io.WriteString(w, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

func tarred(t testing.TB, files ...string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600, Typeflag: tar.TypeReg}))
		_, err := io.WriteString(w, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

// membersOf reads a content and counts the events of each text by its name.
func membersOf(t testing.TB, content string, o Options) (map[string]int, string) {
	path := write(t, "x", content)
	out := map[string]int{}
	o.Now = now
	problems := Read(context.Background(), newFile(path, Metadata{}), o, func(b Block) error {
		name := strings.TrimPrefix(b.First.File, filepath.Dir(path)+string(filepath.Separator))
		require.Equal(t, out[name], b.First.Event)
		out[name] += len(b.Events)
		return nil
	})
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "riskreplay-*.zip"))
	require.NoError(t, err)
	require.Empty(t, left, "temporary files stay")
	var lines []string
	for _, m := range problems {
		lines = append(lines, strings.ReplaceAll(m.Short(), filepath.Dir(path)+string(filepath.Separator), ""))
	}
	return out, strings.Join(lines, "\n")
}

func TestArchives(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	log := first + "\n" + second + "\n"
	evtx, err := os.ReadFile(filepath.Join("..", "..", "testdata", "evtx", "sample.evtx"))
	require.NoError(t, err)
	for _, c := range []struct {
		name, content string
		want          map[string]int
		said          string
	}{
		{name: "tar", content: tarred(t, "a/b.log", log, "c.log", first), want: map[string]int{"x!a/b.log": 2, "x!c.log": 1}},
		{name: "zip", content: zipped(t, "a/b.log", log, "c.log", first), want: map[string]int{"x!a/b.log": 2, "x!c.log": 1}},
		{name: "tar.gz", content: gzipped(t, tarred(t, "a.log", log)), want: map[string]int{"x!a.log": 2}},
		{name: "tar.zst", content: zstandard(t, tarred(t, "a.log", log)), want: map[string]int{"x!a.log": 2}},
		{name: "bzip2", content: bzip2Hello, want: map[string]int{"x": 1}, said: "x:1:1: 1 event has no time that can be read, this first: now was taken"},
		{name: "zip in tar.gz", content: gzipped(t, tarred(t, "in.zip", zipped(t, "a.log", log), "b.log", first)), want: map[string]int{"x!in.zip!a.log": 2, "x!b.log": 1}},
		{name: "gz in zip", content: zipped(t, "a.log.gz", gzipped(t, log)), want: map[string]int{"x!a.log.gz": 2}},
		{name: "evtx with the names of Windows", content: zipped(t, `Logs\Microsoft-Windows-Sysmon%4Operational.evtx`, string(evtx)), want: map[string]int{"x!Logs/Microsoft-Windows-Sysmon%4Operational.evtx": 8}},
		{name: "names that would escape", content: zipped(t, "../../etc/passwd", first, "/abs.log", first, `C:\Windows\x.log`, first, `..\..\up.log`, first, "a\nb\x1b[31m.log", first, "..", first), want: map[string]int{
			"x!etc/passwd": 1, "x!abs.log": 1, "x!Windows/x.log": 1, "x!up.log": 1, "x!a_b_[31m.log": 1,
		}},
		{name: "one name twice", content: zipped(t, "a.log", first, "a.log", log, `.\a.log`, first), want: map[string]int{"x!a.log": 1, "x!a.log~2": 2, "x!a.log~3": 1}},
		{name: "left out", content: zipped(t, "dir/", "", ".hidden", first, "__MACOSX/a.log", first, "README.md", "x", "a.yml", "x", "a.log", first), want: map[string]int{"x!a.log": 1}},
		{
			name: "the good beside the bad", content: zipped(t, "empty.log", "", "lfs.log", string(pointerStart)+"\noid sha256:12ab\nsize 7\n", "bad.zip", "PK\x03\x04", "a.log", first),
			want: map[string]int{"x!a.log": 1}, said: "\"x!empty.log\" is empty\ncannot read \"x!lfs.log\": it is a Git LFS pointer, the content of 7 bytes was not downloaded (oid sha256:12ab)\n" +
				`cannot read "x!bad.zip": it begins as a zip archive, and is not: zip: not a valid zip file`,
		},
		{name: "an empty zip", content: zipped(t), want: map[string]int{}, said: `cannot read "x": there is nothing in the zip archive`},
		{name: "a tar cut off", content: tarred(t, "a.log", log, "b.log", log)[:512+1024+512+400], want: map[string]int{"x!a.log": 2, "x!b.log": 2}, said: "the rest of \"x!b.log\" cannot be read: it is cut off\nx!b.log:2:1: the event is cut off: it is kept as it is\n" +
			"x!b.log:2:1: 1 event has no time that can be read, this first: the time of the event before was taken\n" + `the rest of "x" cannot be read: it is cut off`},
		{
			name: "too deep", content: gzipped(t, tarred(t, "a.zip", zipped(t, "b.zip", zipped(t, "c.zip", zipped(t, "a.log", log))))), want: map[string]int{},
			said: `cannot read "x!a.zip!b.zip!c.zip": more than 4 containers lie one inside the other`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, block := range []int{0, 99} {
				got, problems := membersOf(t, c.content, Options{BlockSize: block})
				require.Equal(t, c.said, problems)
				require.Equal(t, c.want, got)
			}
		})
	}
}

// bzip2Hello is "hello\n" in bzip2.
const bzip2Hello = "BZh91AY&SY\xc1\xc0\x80\xe2\x00\x00\x01A\x00\x00\x10\x02D\xa0\x000\xcd\x00\xc3F)\x97\x17rE8P\x90\xc1\xc0\x80\xe2"

func TestMembersHaveTheirOwnMetadata(t *testing.T) {
	var events []event.Event
	path := write(t, "x.log", zipped(t, "a.log", first, "b.json", `{"time":"2026-01-15T11:40:12Z"}`, "c.txt", "2026-01-15 11:40:12 x"))
	problems := Read(t.Context(), newFile(path, Metadata{Index: "i"}), Options{}, func(b Block) error {
		events = append(events, b.Events...)
		return nil
	})
	require.Empty(t, problems)
	require.Equal(t, "XmlWinEventLog _json unknown", events[0].Sourcetype+" "+events[1].Sourcetype+" "+events[2].Sourcetype)
	require.Equal(t, "x.log!c.txt", filepath.Base(events[2].Source))
	require.Equal(t, "i", events[2].Index)
}

func TestLinksInArchivesAreLeftOut(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "a", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}))
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "d", Typeflag: tar.TypeFifo}))
	require.NoError(t, w.Close())
	got, problems := membersOf(t, b.String(), Options{})
	require.Empty(t, got)
	require.Equal(t, "\"x!a\" is a link or a device: it is left out\n\"x!d\" is a link or a device: it is left out", problems)
}

func TestBombsEnd(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	zeros := strings.Repeat("\x00", 8<<20)
	many := make([]string, 0, 400)
	for range 200 {
		many = append(many, "a", "")
	}
	for _, c := range []struct {
		name, content string
		o             Options
		said          string
	}{
		{"in all", zipped(t, "a", zeros, "b", zeros, "c", zeros), Options{MaxUnpacked: 9 << 20}, `the rest of "x!b" cannot be read: more comes out of it than the limit allows`},
		{"spooled", gzipped(t, tarred(t, "a.zip", zipped(t, "a", zeros), "b", zeros)), Options{MaxUnpacked: 9 << 20}, "more comes out of it than the limit allows"},
		{"entries", tarred(t, many...), Options{MaxEntries: 100}, `the rest of "x" cannot be read: more files lie in it than the limit allows`},
		{"list of files", zipped(t, append(many, strings.Repeat("n", 60_000), "", strings.Repeat("m", 60_000), "", strings.Repeat("o", 60_000), "")...), Options{MaxEntries: 100}, "its list of files is longer than the limit allows"},
	} {
		_, problems := membersOf(t, c.content, c.o)
		require.Contains(t, problems, c.said, c.name)
		require.LessOrEqual(t, strings.Count(problems, "than the limit"), 2, problems)
	}
}

// A file of some kB that gives GiB of zeros is given up soon.
func TestARatioThatNoLogHas(t *testing.T) {
	b := newBudget(Options{MaxRatio: 250, MaxUnpacked: 64 << 30}, 1000)
	m := &metered{t.Context(), zeroReader{}, &b}
	n, err := io.Copy(io.Discard, m)
	require.ErrorIs(t, err, errBomb)
	require.Equal(t, int64(ratioFree+250_000), n)
	_, err = m.Read(make([]byte, 1))
	require.ErrorIs(t, err, errBomb)
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { return len(p), nil }

func TestMemberName(t *testing.T) {
	for raw, want := range map[string]string{
		"a/b.log": "a/b.log", "/a": "a", "//a//b/": "a/b", "../a/../../b": "b", `C:\a\b`: "a/b", `\\srv\share\x`: "srv/share/x", "..": "", ".": "", "": "", "/": "",
		"a\x00b\u202e\xff": "a_b_\uFFFD", "%4": "%4", "C:": "",
	} {
		require.Equal(t, want, memberName(raw), "%q", raw)
	}
	require.Len(t, memberName(strings.Repeat("x", 9999)), memberNameSize)
}

// FuzzArchive checks that no archive makes the reader panic or leaves a file, that
// what it says names members safely, and that the budget holds.
func FuzzArchive(f *testing.F) {
	f.Add(zipped(f, `..\a.log`, first, "b", gzipped(f, first)))
	f.Add(tarred(f, "../a", first, "z.zip", zipped(f, "c", "x")))
	f.Add(gzipped(f, tarred(f, "a", "b")))
	f.Add(bzip2Hello)
	f.Fuzz(func(t *testing.T, content string) {
		path := write(t, "x", content)
		total := 0
		problems := Read(t.Context(), newFile(path, Metadata{}), Options{Now: now, MaxUnpacked: 1 << 20, MaxEvent: 1 << 16, MaxEntries: 50}, func(b Block) error {
			for i, e := range b.Events {
				total += len(e.Raw)
				require.LessOrEqual(t, b.First.Offset, b.Offsets[i])
			}
			_, name, _ := strings.Cut(b.First.File, "!")
			for part := range strings.SplitSeq(name, "/") {
				require.NotEqual(t, "..", part)
			}
			return nil
		})
		require.LessOrEqual(t, total, len(content)+3<<20)
		for _, m := range problems {
			require.NotContains(t, m.Short(), "\x1b")
		}
	})
}
