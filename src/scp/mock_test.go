package scp_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
)

// table makes rows of texts; "" is null, "a|b" a list.
func table(fields []string, rows ...[]string) *scp.Table {
	t := &scp.Table{Fields: fields, Rows: len(rows), Cells: make([][][]string, len(fields))}
	for f := range fields {
		for _, r := range rows {
			var cell []string
			if r[f] != "" {
				cell = strings.Split(r[f], "|")
			}
			t.Cells[f] = append(t.Cells[f], cell)
		}
	}
	return t
}

// numbered is n rows with the numbers from 1 on and a text.
func numbered(n int) *scp.Table {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{strconv.Itoa(i + 1), strings.Repeat("text, ", i%50) + strconv.Itoa(i)}
	}
	return table([]string{"n", "text"}, rows...)
}

func TestMockOfTheExample(t *testing.T) {
	rows := table([]string{"user", "dest"}, []string{"alice", "host-1"}, []string{"", "host-2"}, []string{"b\"ob", "a|b"})
	for _, sizes := range [][]int{nil, {1}, {2}, {0, 1}} {
		o, err := (&scp.Mock{Command: shoutCommand, Arguments: "field=user", Sizes: sizes}).Run(rows)
		require.NoError(t, err)
		require.Equal(t, scp.KindStreaming, o.Kind)
		require.Equal(t, []string{"user"}, o.Fields)
		require.Equal(t, *table([]string{"user", "dest", "loud"},
			[]string{"alice", "host-1", "ALICE"}, []string{"", "host-2", ""}, []string{"b\"ob", "a|b", "B\"OB"}), o.Rows)
	}
	_, err := (&scp.Mock{Command: shoutCommand, Arguments: "feild=user"}).Run(rows)
	require.EqualError(t, err, "Error in 'shout' command: Unknown option 'feild'. Did you mean 'field'?")
}

// TestEveryKindInChunksOfAnySize has each command work on the same rows in
// chunks of random sizes, with one and more goroutines, in memory and on disk:
// what comes out is the same.
func TestEveryKindInChunksOfAnySize(t *testing.T) {
	rows := numbered(20000) // 3 MB: several parts
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"double", "odd", "total", "turn", "tally", "first"} {
		var want *scp.Outcome
		for _, m := range []scp.Mock{
			{},
			{Workers: 1},
			{Workers: 4, Memory: 1},
			{Sizes: []int{6638, 5861, 1, 6574, 0}, Workers: 3},
			{Sizes: []int{1 + random.IntN(300), 1 + random.IntN(3000), random.IntN(9)}, Memory: 1 << 20},
		} {
			m.Command = commands[name]
			o, err := m.Run(rows)
			require.NoError(t, err, name)
			if want == nil {
				want = o
			}
			require.Equal(t, want.Rows, o.Rows, "%s %v", name, m.Sizes)
		}
		switch name {
		case "double":
			require.Equal(t, 40000, want.Rows.Rows)
			require.Equal(t, []string{"20000"}, want.Rows.Column("n")[39999])
			require.Equal(t, []string{"1"}, want.Rows.Column("half")[39998])
		case "odd":
			require.Equal(t, 10000, want.Rows.Rows)
			require.Equal(t, rows.Column("text")[19998], want.Rows.Column("text")[9999], "what was not sent is still there")
		case "total":
			require.Equal(t, []string{"200010000"}, want.Rows.Column("sum")[20000])
		case "turn":
			turned := slices.Clone(rows.Column("text"))
			slices.Reverse(turned)
			require.Equal(t, turned, want.Rows.Column("text"))
		case "first":
			require.Equal(t, 3, want.Rows.Rows)
		}
	}
}

func TestFieldsLargerThanAPart(t *testing.T) {
	huge := strings.Repeat("x\n,\"", 3<<20) // 12 MiB
	rows := &scp.Table{Fields: []string{"n", "text"}, Rows: 3, Cells: [][][]string{{{"1"}, {"2"}, {"3"}}, {{"a"}, {huge}, {"b", "c"}}}}
	for _, name := range []string{"double", "total", "turn"} {
		o, err := (&scp.Mock{Command: commands[name]}).Run(rows)
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(o.Rows.Column("text"), func(c []string) bool { return len(c) == 1 && c[0] == huge }))
	}
}

func TestGeneratingUntilItIsDone(t *testing.T) {
	o, err := (&scp.Mock{Command: commands["count"]}).Run(nil)
	require.NoError(t, err)
	require.True(t, o.Generating)
	require.Equal(t, scp.KindReporting, o.Kind)
	require.Equal(t, *table([]string{"n"}, []string{"1"}, []string{"2"}, []string{"3"}, []string{"4"}, []string{"5"}, []string{"6"}, []string{"7"}), o.Rows)
}

func TestMetricsAndTime(t *testing.T) {
	at := time.Unix(1700000000, 0)
	now := func() time.Time { at = at.Add(time.Millisecond); return at }
	o, err := (&scp.Mock{Command: commands["double"], Workers: 1, Now: now, Sizes: []int{2}}).Run(numbered(4))
	require.NoError(t, err)
	process := o.Metrics["double.process"]
	require.InDelta(t, 0.002, process.Seconds, 1e-9)
	process.Seconds = 0
	require.Equal(t, scp.Metric{Calls: 2, In: 4, Out: 8}, process)
}

func TestMessagesAreFew(t *testing.T) {
	o, err := (&scp.Mock{Command: commands["noisy"], Workers: 1}).Run(numbered(100))
	require.NoError(t, err)
	require.Len(t, o.Messages, 22)
	require.Equal(t, scp.Note{Level: scp.LevelWarn, Text: "Row 1 is odd."}, o.Messages[0])
	require.Equal(t, scp.Note{Level: scp.LevelInfo, Text: "A row was seen."}, o.Messages[1])
	require.Equal(t, "100 rows were seen.", o.Messages[20].Text, "the summary is told, whatever was told before")
	require.Equal(t, "81 more messages were left out.", o.Messages[21].Text)
}

func TestAPanicIsLogged(t *testing.T) {
	home := t.TempDir()
	logs := filepath.Join(home, "var", "log", "splunk")
	m := scp.Mock{Command: commands["crash"], Getenv: func(name string) string {
		if name == "SPLUNK_HOME" {
			return home
		}
		return ""
	}}
	o, err := m.Run(numbered(5))
	require.ErrorContains(t, err, "in the command: its stack is in the search log.")
	require.Contains(t, o.Stderr, "panic: three", "without a folder for logs it is stderr")

	require.NoError(t, os.MkdirAll(logs, 0o700))
	o, err = m.Run(numbered(5))
	require.Empty(t, o.Stderr)
	require.Zero(t, o.Exit)
	var id string
	_, scanErr := fmt.Sscanf(err.Error(), "Error in 'crash' command: internal error %s in", &id)
	require.NoError(t, scanErr)
	log, err := os.ReadFile(filepath.Join(logs, "crash.log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "id="+id+" panic: three")
	require.Contains(t, string(log), "kinds_test.go")
	require.NotContains(t, string(log), "abc", "no session key")
}

func TestRecording(t *testing.T) {
	dir := t.TempDir()
	key := `s3cr"et\key^_1234567890`
	m := scp.Mock{
		Command: shoutCommand, Arguments: "field=user", Info: scp.Info{SessionKey: scp.Secret(key), SID: "1.1"}, Sizes: []int{1},
		Getenv: func(name string) string {
			if name == scp.RecordVariable {
				return dir
			}
			return ""
		},
	}
	rows := table([]string{"user"}, []string{"alice"}, []string{"bob"})
	want, err := m.Run(rows)
	require.NoError(t, err)
	names, err := filepath.Glob(filepath.Join(dir, "shout-*"))
	require.NoError(t, err)
	require.Len(t, names, 2)
	in, err := os.ReadFile(names[0])
	require.NoError(t, err)
	require.NotContains(t, string(in), "s3cr")
	require.NotContains(t, string(in), "1234567890")
	require.Contains(t, string(in), `"session_key":"xxxxx`)
	out, err := os.ReadFile(names[1])
	require.NoError(t, err)

	var again strings.Builder
	p := scp.Program{Command: shoutCommand, In: strings.NewReader(string(in)), Out: &again}
	require.Zero(t, p.Run())
	require.Equal(t, string(out), again.String(), "a recording can be had again")
	require.Equal(t, 2, want.Rows.Rows)

	m.Getenv = func(string) string { return filepath.Join(dir, "none") }
	o, err := m.Run(rows)
	require.NoError(t, err, "a recording that cannot be made does not end a search")
	require.Contains(t, o.Messages[0].Text, "The conversation is not recorded: open ")
}

func TestSecretsAreNotPrinted(t *testing.T) {
	info := scp.Info{SessionKey: "abc"}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", info, info, info, info.SessionKey), "abc")
	require.Equal(t, "abc", info.SessionKey.Reveal())
	require.Empty(t, scp.Secret("").String())
}
