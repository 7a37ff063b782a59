package scp

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// mainCommand adds up the lengths of a field.
var mainCommand = Command{
	Name:  "lengths",
	Short: "Counts the bytes of a field.",
	Help:  "It counts bytes, not characters, and adds nothing up over several rows.\n\nA multivalue counts as its values joined by line ends, which is one byte more for each of them but the first.",
	Options: []Option{
		{Name: "field", Value: "<field>", Help: "The field to count.", Group: "field"},
		{Name: "as", Value: "<field>", Default: "length", Help: "The field for the result, or | for none.", Group: "field"},
		{Name: "unit", Choices: []string{"bytes", "kilobytes"}, Default: "bytes", Help: "What is counted."},
		{Name: "limit.", Value: "<num>", Help: "A limit."},
	},
	Clauses:  []Clause{{Keyword: "BY", Item: "key", Syntax: "<field> (AS <string>)?", Help: "Fields that are kept."}, {Keyword: "LAST", Syntax: "<int>", Help: "How many."}},
	Words:    "<string>",
	Examples: []Example{{"lengths field=user", "How long are names?"}, {"lengths field=user as=n", "The same in n."}},
	Tags:     []string{"count", "length"},
	Related:  []string{"eval"},
	Setup: func(_ *Info, args *Args) (Plan, diag.List) {
		field, ok := args.Get("field")
		if !ok {
			return Plan{}, diag.List{{Text: "Missing field.", Hint: "Use field=<field>."}}
		}
		return Plan{Streaming: lengths(field)}, diag.List{{Severity: diag.Warning, Text: "Bytes are counted."}}
	},
}

type lengths string

func (l lengths) Process(in *Rows, out *Writer) error {
	field, length := in.Column(string(l)), out.Field("length")
	for in.Next() {
		out.Copy(in)
		out.SetInt(length, int64(len(in.Value(field))))
	}
	return nil
}

func TestMainProgram(t *testing.T) {
	run := func(in string, args ...string) (code int, out, stderr string) {
		var o, e strings.Builder
		code = main(mainCommand, args, strings.NewReader(in), &o, &e, func(string) string { return "" }, nil)
		return code, o.String(), e.String()
	}
	for _, help := range []string{"--help", "-h", "help"} {
		code, out, stderr := run("", help)
		require.Zero(t, code)
		require.Equal(t, mainCommand.Usage(), out)
		require.Empty(t, stderr)
	}
	code, out, stderr := run("user,x\r\nalice,6\" disk\r\nbob,\"a\nb\"\r\n", "run", "field=user")
	require.Zero(t, code)
	require.Equal(t, "user,x,length\nalice,6\" disk,5\nbob,\"a\nb\",3\n", out, "files of others are read too")
	require.Equal(t, "lengths: WARN Bytes are counted.\n", stderr)

	code, out, stderr = run("\ufeffuser,x\na,b\n", "run", "field=user")
	require.Zero(t, code)
	require.Equal(t, "user,x,length\na,b,1\n", out)
	require.NotEmpty(t, stderr)

	code, out, stderr = run("user\nbob\n", "run", "feild=user")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Equal(t, "lengths: Unknown option 'feild'. Did you mean 'field'?\n", stderr)

	code, _, stderr = run("a,b\n1\n", "run", "field=a")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "lengths: cannot read row 1: its number of fields")

	code, out, stderr = run("", "__GETINFO__", "field=user")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Equal(t, "lengths speaks version 2 of the search command protocol only: set chunked = true in [lengths] of commands.conf\n", stderr)

	code, _, stderr = run("", "stop")
	require.Equal(t, 2, code)
	require.Equal(t, "lengths: unknown argument \"stop\"; lengths --help says what there is\n", stderr)

	code, out, stderr = run("")
	require.Zero(t, code)
	require.Empty(t, out+stderr)
}

func TestGeneratingOffline(t *testing.T) {
	n := 0
	c := Command{Name: "two", Setup: func(*Info, *Args) (Plan, diag.List) {
		return Plan{Generating: upToThree(func() int { n++; return n })}, nil
	}}
	var out strings.Builder
	p := Program{Command: c, In: strings.NewReader(""), Out: &out, Stderr: io.Discard}
	require.NoError(t, p.RunCSV(""))
	require.Equal(t, "n,odd\n1,1\n2,\n3,1\n", out.String())
}

type upToThree func() int

func (f upToThree) Generate(out *Writer) error {
	n := f()
	out.New()
	out.SetInt(out.Field("n"), int64(n))
	if n%2 == 1 {
		out.Set(out.Field("odd"), "1")
	}
	if n == 3 {
		return ErrDone
	}
	return nil
}

var update = flag.Bool("update", false, "write what is compared with files")

// TestGenerated compares what is made of a declaration with files.
func TestGenerated(t *testing.T) {
	for name, got := range map[string]string{
		"usage.txt": mainCommand.Usage(), "searchbnf.conf": mainCommand.SearchBNF(), "command.md": mainCommand.Markdown(),
	} {
		path := filepath.Join("../../testdata/scp/generated", name)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), got, "%s (-update writes it)", name)
	}
}

func TestSpillToDisk(t *testing.T) {
	dir := t.TempDir()
	s := newSpill(10, dir)
	a, err := s.keep([]byte("12345"))
	require.NoError(t, err)
	b, err := s.keep([]byte("678901"))
	require.NoError(t, err)
	c, err := s.keep([]byte("abc"))
	require.NoError(t, err)
	require.NotNil(t, a.data)
	require.Nil(t, b.data)
	require.NotNil(t, c.data)
	got, err := s.load(b, nil)
	require.NoError(t, err)
	require.Equal(t, "678901", string(got))
	s.drop(a)
	s.drop(b)
	require.Zero(t, s.length, "the file's room is used again")
	require.NoError(t, s.close())
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, names, "nothing is left behind")

	s = newSpill(1, filepath.Join(dir, "none"))
	_, err = s.keep([]byte("12"))
	require.NoError(t, err, "the system's folder serves where the one asked for does not")
	require.NoError(t, s.close())
	_, err = s.load(kept{length: 5, offset: 99}, nil)
	require.Error(t, err)
}

func TestSpoolRows(t *testing.T) {
	for _, budget := range []int64{0, 1} {
		info := &Info{spill: newSpill(budget, t.TempDir())}
		all := info.NewSpool()
		want := []string{}
		for _, header := range []string{"a,b", "b,a"} {
			body := strings.Repeat("1,\"x\ny\"\n2,\"\"\"\"\n", 40000) // more than a block
			rows := rowsOf(t, header, body)
			for rows.Next() {
				require.NoError(t, all.Add(rows))
				want = append(want, header+":"+string(rows.Raw()))
			}
		}
		require.Equal(t, len(want), all.Len())
		i := 0
		for rows, err := range all.All() {
			require.NoError(t, err)
			for rows.Next() {
				require.Equal(t, want[i], string(rows.header.raw)+":"+string(rows.Raw()))
				i++
			}
		}
		require.Equal(t, len(want), i)
		for _, i := range []int{0, 1, 39999, 40000, 79999, 80000, len(want) - 1} {
			row, err := all.Row(i)
			require.NoError(t, err)
			require.Equal(t, want[i], string(row.header.raw)+":"+string(row.Raw()))
		}
		require.NoError(t, info.spill.close())
	}
	require.Zero(t, (&Info{}).NewSpool().Len())
}

// failing is a stream that breaks.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }

func TestStreamsThatBreak(t *testing.T) {
	const getinfo = "chunked 1.0,62,0\n" + `{"action":"getinfo","searchinfo":{"raw_args":["field=user"]}} `
	var stderr strings.Builder
	p := Program{Command: mainCommand, In: strings.NewReader(getinfo), Out: failing{io.ErrClosedPipe}, Stderr: &stderr}
	require.Zero(t, p.Run(), "nobody listens any more: the search was ended")
	p = Program{Command: mainCommand, In: strings.NewReader(getinfo), Out: failing{errors.New("disk on fire")}, Stderr: &stderr}
	require.Equal(t, 1, p.Run())
	var out strings.Builder
	p = Program{Command: mainCommand, In: failing{errors.New("disk on fire")}, Out: &out}
	require.Zero(t, p.Run())
	require.Contains(t, out.String(), "cannot read chunk 1: disk on fire")
	require.Empty(t, stderr.String())
}
