package ingest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

// skippable takes what the winevent and lines formats skip out of a text.
func skippable(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text); {
		j := skipMarkup(text, i)
		if j == i {
			out = append(out, text[i])
			j++
		}
		i = j
	}
	return out
}

// FuzzRead checks that no input makes a reader panic, that the size of the
// blocks changes nothing, and that the winevent and lines formats lose nothing
// but what they say.
func FuzzRead(f *testing.F) {
	f.Add([]byte(first+"\n"+classic1+"\r\n"+second+"odd\n<Events>"+first[:80]), 100, uint8(0))
	f.Add([]byte("LogName=a\n01/02/2026 01:02:03 AM\nLogName=b\n<Event>"), 9, uint8(1))
	f.Add([]byte("{\"a\":1}\n[{\"time\":1768477212}, x]\n{"), 3, uint8(2))
	f.Add([]byte(`{"event":"x","fields":{"a":[1,"b"]}}{"event":{"time":"2026-01-15T11:40:12Z"}}`), 5, uint8(3))
	f.Add([]byte("Jan 15 11:40:12 a\r\n\n b"), 2, uint8(4))
	f.Add([]byte("\xff\xfe<\x00E\x00v\x00e\x00n\x00t\x00>\x00"), 2, uint8(0))
	f.Add([]byte("\"<Event>\\n</Event>\""), 2, uint8(0))
	f.Add([]byte(`{"Records":[{"a":1},{"b":"]"}],"x":{}}{"preview":false,"messages":[],"results":[{"_raw":"x"}]}`), 3, uint8(2))
	f.Add([]byte(`{"preview":false,"offset":0,"result":{"_raw":"a\"b","_time":"2026-01-15T11:40:12.000+00:00","host":"h"}}`), 4, uint8(5))
	f.Add([]byte("\"_raw\",_time,host\n\"a \"\"b\"\"\nc\",1768477212,h\n\"open,1,2\nx,y,z"), 6, uint8(6))
	f.Add([]byte("***SPLUNK*** source=\"a b\" host=c\n01/15/2026 11:40:12 +0000, search_name=x,\n y\n==##~~##~~ ##==\nz\n"), 7, uint8(7))
	f.Add([]byte("----\nnode=a type=X msg=audit(1768477212.345:88): x\x1dY\n"), 5, uint8(8))
	f.Add([]byte("<13>Jan 15 11:40:12 pc1 x: y\n"), 5, uint8(9))
	f.Add([]byte(nxlogLine+"\n{\"a\":1}\n"), 50, uint8(10))
	names := []string{"", "winevent", "json", "hec", "lines", "splunk", "csv", "stash", "auditd", "syslog", "nxlog"}
	path := filepath.Join(f.TempDir(), "fuzz.log")
	f.Fuzz(func(t *testing.T, text []byte, block int, format uint8) {
		if block <= 0 || block > 1<<16 {
			return
		}
		name := names[int(format)%len(names)]
		require.NoError(t, os.WriteFile(path, text, 0o600))
		whole := readAll(t, path, name, 0)
		parts := readAll(t, path, name, block)
		require.Equal(t, showAll(whole), showAll(parts))
		if name == "winevent" || name == "lines" {
			nothingLost(t, text, whole)
		}
	})
}

func readAll(t *testing.T, path, format string, block int) (events []event.Event) {
	f := File{Path: path, Metadata: Metadata{Format: format}}
	Read(context.Background(), f, Options{Now: now, BlockSize: block}, func(b Block) error {
		events = append(events, b.Events...)
		return nil
	})
	return events
}

// nothingLost checks that events hold all of a plain text, in order.
func nothingLost(t require.TestingT, text []byte, events []event.Event) {
	if containerOf(text) != nil || bytes.HasPrefix(text, pointerStart) || bytes.IndexByte(text, 0) >= 0 ||
		bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || strings.HasPrefix(strings.TrimLeft(string(bytes.TrimPrefix(text, utf8Mark)), blanks), `"`) {
		return // not read as it stands
	}
	var kept [][]byte
	for _, e := range events {
		kept = append(kept, e.Raw)
	}
	require.Equal(t, string(skippable(text)), string(skippable(bytes.Join(kept, newline))))
}

// FuzzCatalogue checks that no YAML makes the reader panic, and that each problem
// has a place in the text and each file found is there.
func FuzzCatalogue(f *testing.F) {
	scripts, err := filepath.Glob("testdata/resolve/*.txt")
	require.NoError(f, err)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		require.NoError(f, err)
		for part := range strings.SplitSeq(string(text), "\n-- ") {
			if name, body, ok := strings.Cut(part, " --\n"); ok && isYAML(name) {
				f.Add(body)
			}
		}
	}
	f.Add("id: {a: 1}\ndate: [x]\ntests:\n- attack_data:\n  - data: fuzz.yml\n    host: h\n- 3\n")
	f.Add("datasets:\n- path: ../../../../../../../etc/passwd\n- path: fuzz.yml\n")
	path := filepath.Join(f.TempDir(), "fuzz.yml")
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		for _, m := range Lint(t.Context(), filepath.Dir(path)) {
			require.NotEmpty(t, m.Error())
		}
		datasets, problems := Resolve(Input{Path: path})
		for _, m := range problems {
			require.NotEmpty(t, m.Error())
		}
		for _, d := range datasets {
			for _, file := range d.Files {
				require.True(t, exists(file.Path), file.Path)
			}
		}
	})
}

func FuzzParseInput(f *testing.F) {
	f.Add("a,b.log,host=h,sourcetyp=x")
	f.Fuzz(func(t *testing.T, arg string) {
		in, err := ParseInput(arg)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.True(t, strings.HasPrefix(arg, in.Path))
	})
}

// logPieces are what log files are made of, and what breaks them.
var logPieces = []string{
	"<Event>", "<Event a='b'>", "</Event>", "<Events>", "</Events>", "<?xml?>", "<Event", "<EventData>", "<System>", "</System>",
	"<Computer>pc</Computer>", "01/02/2026 01:02:03 AM", "01/02/2026 01:02:03 PM\r", "LogName=a", "ComputerName=b", "Message=c",
	`{"Records":[`, `{"preview":false,"results":[`, `"_raw":"x"`, `"result":{`, "***SPLUNK*** host=a", "==##~~##~~", "search_name=q,", "a,b,c", "msg=audit(1768477212.1:2)", "type=", `"EventID":1,`,
	"\n", "\n", "\n", "\r\n", " ", "\t", "x", "\xef\xbb\xbf", "{", "}", "[", "]", ",", `"time":1768477212`, `"event":"x"`, `"a":`, "\"", "é",
}

func TestReadOnRubbish(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	rapid.Check(t, func(r *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(logPieces), 0, 60).Draw(r, "text"), ""))
		name := rapid.SampledFrom([]string{"", "winevent", "json", "hec", "lines", "splunk", "csv", "stash", "auditd", "syslog", "nxlog"}).Draw(r, "format")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		whole := readAll(t, path, name, 0)
		parts := readAll(t, path, name, rapid.IntRange(1, 80).Draw(r, "block"))
		require.Equal(r, showAll(whole), showAll(parts), "%s: %q", name, text)
		if name == "winevent" || name == "lines" {
			nothingLost(r, text, whole)
		}
	})
}
