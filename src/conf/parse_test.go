package conf

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// dump shows stanzas in one line: "[a] k=v k=v [b]", line breaks as "⏎".
func dump(stanzas []*Stanza) string {
	var parts []string
	for _, s := range stanzas {
		parts = append(parts, "["+s.Name+"]")
		for _, x := range s.Settings {
			parts = append(parts, x.Key+"="+strings.ReplaceAll(x.Value, "\n", "⏎"))
		}
	}
	return strings.Join(parts, " ")
}

func short(l diag.List) []string {
	var out []string
	for _, m := range l {
		out = append(out, m.Severity.String()+" "+m.Short())
	}
	return out
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"\n\r\n  \t\n", ""},
		{"a = 1", "[default] a=1"},
		{"[s]\na=1\nb =2\nc= 3\n  d  =  4  \n", "[s] a=1 b=2 c=3 d=4"},
		{"[s]\r\na=1\r\nb=2", "[s] a=1 b=2"},
		{"\uFEFF[s]\na=1", "[s] a=1"},
		{"[s]\nA=1\na=2", "[s] A=1 a=2"},
		{"[s]\na=b=c", "[s] a=b=c"},
		{"[s]\na=\nb", "[s] a="},
		{"[s]\na = x # no comment", "[s] a=x # no comment"},
		{"#c\n[s]\n # c\n; c\na=1", "[s] a=1"},
		{"[s]\n# c \\\na=1", "[s] a=1"},
		{"x=0\n[s]\na=1\n[t]\nb=2\n[s]\na=3\n[default]\ny=1", "[default] x=0 y=1 [s] a=1 a=3 [t] b=2"},
		{"[s]\na = one \\\n  two\\\nthree\nb=1", "[s] a=one ⏎  two⏎three b=1"},
		{"[s]\na = one\\\r\ntwo\r\nb=1", "[s] a=one⏎two b=1"},
		{"[s]\na = \\\n\\\n  x", "[s] a=x"},
		{"[s]\na = x\\\n\nb=1", "[s] a=x b=1"},
		{"[s]\na = x\\\n# no comment\nb=1", "[s] a=x⏎# no comment b=1"},
		{"[s]\na = x\\\n[t]\nb=1", "[s] a=x⏎[t] b=1"},
		{"[s]\na = x\\", "[s] a=x"},
		{"[s]\na = x\\ \nb=1", "[s] a=x\\ b=1"},
		{"[a [b] c]\nk=1", "[a [b] c] k=1"},
		{"[source::.../x[12].log]\nk=1", "[source::.../x[12].log] k=1"},
		{"[]\nexport = none", "[] export=none"},
		{"  [ s ]  \nk=1", "[ s ] k=1"},
		{"[s] junk\nk=1", "[s] k=1"},
		{"[s]\na=1\n[open\nk=2\n[t]\nb=1", "[s] a=1 [open] k=2 [t] b=1"},
		{"[s]\nclose]\nno equals\na=1", "[s] a=1"},
		{"[s]\n= 1\na=1", "[s] a=1"},
		{"[s]\na=\x00\xff", "[s] a=\x00\xff"},
	} {
		f, _ := Parse("x.conf", []byte(c.in))
		require.Equal(t, c.want, dump(f.Stanzas), "%q", c.in)
		require.Equal(t, c.in, f.String())
	}
}

func TestMessagesNameThePlace(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"[s]\na=1", nil},
		{"[s\na=1", []string{`error x.conf:1:1: stanza name without a closing "]"`}},
		{"[s]\n\nfoo bar\n", []string{`error x.conf:3:1: a line without "="`}},
		{"[s]\n  s]\n", []string{`error x.conf:2:3: a line without "="`}},
		{"[s]\n = 1", []string{`error x.conf:2:2: a setting without a name before "="`}},
		{"[s]  # c\na=1", []string{`warning x.conf:1:6: text after the stanza name is ignored`}},
		{"[s]\na=1\n[t]\n[s]\na=2", []string{`warning x.conf:5:1: setting "a" of [s] is written twice; this one wins`}},
		{"[s]\na = ñ\\  \nb=1", []string{`warning x.conf:2:7: a blank after the backslash: the value ends here`}},
		{"\xff\xfea\x00", []string{`error x.conf: the file is UTF-16 text, not UTF-8`}},
	} {
		f, list := Parse("x.conf", []byte(c.in))
		require.Equal(t, c.want, short(list), "%q", c.in)
		require.Equal(t, c.in, f.String())
	}
}

// The value's text must point at the same characters that stand in the file.
func TestValuesKnowWhereTheyStand(t *testing.T) {
	for _, c := range []struct {
		in, find     string
		line, column int
	}{
		{"[s]\nsearch = | tstat count", "tstat", 2, 12},
		{"[s]\n  ñame =\tx tstat", "tstat", 2, 12},
		{"[s]\nsearch = index=main \\\n  | tstat count\nb=1", "tstat", 3, 5},
		{"# c\r\n[s]\r\nsearch = index=main \\\r\n| tstat count\r\n", "tstat", 4, 3},
		{"[s]\nsearch = \\\n \\\n   tstat", "tstat", 4, 4},
		{"\uFEFFa = tstat", "tstat", 1, 5},
		{"a =  ", "", 1, 6},
	} {
		f, _ := Parse("x.conf", []byte(c.in))
		text := f.Stanzas[0].Settings[0].Text
		require.Equal(t, f.Stanzas[0].Settings[0].Value, text.Body)
		at := strings.Index(text.Body, c.find)
		line, column := text.At(at, at+len(c.find)).LineColumn()
		require.Equal(t, []int{c.line, c.column}, []int{line, column}, "%q", c.in)
	}
}

func TestLookupTakesTheLast(t *testing.T) {
	f, _ := Parse("x", []byte("[s]\na=1\nb=\na=2"))
	s, ok := f.Stanza("s")
	require.True(t, ok)
	require.Equal(t, "2", s.Get("a"))
	_, ok = s.Lookup("b")
	require.True(t, ok, "empty is not absent")
	_, ok = s.Lookup("A")
	require.False(t, ok)
	require.Empty(t, s.Get("c"))
	require.Equal(t, "x:1:2", s.Place.String())
}

func TestLinesKeepCommentsInOrder(t *testing.T) {
	f, _ := Parse("x", []byte("# one\n[s]\na = 1 \\\n2\n\njunk\n"))
	require.Equal(t, []Line{
		{Comment, "# one\n"}, {Header, "[s]\n"}, {Assignment, "a = 1 \\\n2\n"}, {Blank, "\n"}, {Junk, "junk\n"},
	}, f.Lines)
}

// Write must give back what was read, or refuse it.
func requireWritten(t *testing.T, stanzas []*Stanza) {
	t.Helper()
	var b bytes.Buffer
	if Write(&b, []string{"generated", ""}, stanzas) != nil {
		require.Zero(t, b.Len())
		return
	}
	again, list := Parse("again", b.Bytes())
	require.Empty(t, list.Errors())
	require.Equal(t, dump(stanzas), dump(again.Stanzas))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"a=1\n[s]\nb = x \\\n y\n# c\n[s]\nb=2\n", "\uFEFF[a]b]\r\nk=v\\\r\nw\r\n", "[x\n=\n]\n\\\n", "[s]\nk = \\\n\\\n\\",
		"k=\\\r\n\r", "[default]\n;c\n[]\nexport=system", "\xff\xfe[", "[s]\nk=a\\\\\nb\\ \n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, list := Parse("x", data)
		require.Equal(t, string(data), file.String())
		_ = list.Error()
		for _, s := range file.Stanzas {
			for _, x := range s.Settings {
				require.Equal(t, x.Value, x.Text.Body)
				requirePlace(t, data, x.Text)
			}
		}
		requireWritten(t, file.Stanzas)
	})
}

// requirePlace checks that the first line of a value stands in the file where
// its text says.
func requirePlace(t *testing.T, data []byte, text *diag.Text) {
	t.Helper()
	line := strings.Split(strings.TrimPrefix(string(data), bom), "\n")[text.Line-1]
	first, _, _ := strings.Cut(text.Body, "\n")
	for range text.Column - 1 {
		_, width := utf8.DecodeRuneInString(line)
		line = line[width:]
	}
	require.True(t, strings.HasPrefix(line, first), "%q does not start with %q", line, first)
}

// Real files of other projects, where the machine has them.
func TestRealFiles(t *testing.T) {
	paths, _ := filepath.Glob("../../default/*.conf")
	more, _ := filepath.Glob("../../../shared/data/*/*.conf")
	paths = append(paths, more...)
	if len(paths) == 0 {
		t.Skip("no .conf files in default/ or shared/data: nothing to read")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		f, list := Parse(path, data)
		require.NoError(t, list.Err())
		require.Equal(t, string(data), f.String())
	}
}

func BenchmarkParse(b *testing.B) {
	one := "[ESCU - rule %d]\nsearch = | tstats count from datamodel=Endpoint.Processes \\\n| rename Processes.* as *\ncron_schedule = 0 * * * *\ndispatch.earliest_time = -70m@m\ndescription = some words about it\n\n"
	var data []byte
	for i := range 2000 {
		data = fmt.Appendf(data, one, i)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Parse("savedsearches.conf", data)
	}
}
