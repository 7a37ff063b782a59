package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
	"riskreplay/testdata/scp/stream"
)

// program is the built command, in bin of an app with the content of ours.
var program string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "riskscore")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "bin", "riskscore")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("cannot build the command: %v\n%s", err, out))
	}
	for _, folder := range []string{"default", "metadata", "lookups"} {
		from := filepath.Join("../../..", folder)
		if folder == "lookups" {
			from = "../../../app/lookups"
		}
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS(from)); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// environment is without what the machine's own Splunk may set.
func environment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SPLUNK_") && !strings.HasPrefix(v, "RISK") {
			out = append(out, v)
		}
	}
	return out
}

func start(t testing.TB, arguments string) (*scp.Conn, error) {
	t.Helper()
	args, raw := scp.SplitArguments(arguments)
	info := &scp.Info{
		Args: args, RawArgs: raw, Command: "riskscore", App: "DA-ESS-RiskReplay", Owner: "admin", SessionKey: "k", MaxRows: 50000,
		SID: "scheduler__admin__DA-ESS-RiskReplay__RMD5x_at_1768478400_1", Earliest: "1768474200", Latest: "1768477800",
	}
	c, err := scp.Start(context.Background(), program, nil, info, scp.HostOptions{Env: environment()})
	if err == nil {
		t.Cleanup(c.Close)
	}
	return c, err
}

var hosts = &scp.Table{
	Fields: []string{"_time", "dest", "user", "parent_process_name", "process_name"}, Rows: 2,
	Cells: [][][]string{{{"1768474800"}, {"1768474801.5"}}, {{"WS-1"}, {"null"}}, {{"alice", "bob"}, nil}, {{"regsvcs.exe"}, {"regsvcs.exe"}}, {{"cmd.exe"}, {"x.exe"}}},
}

func TestConversation(t *testing.T) {
	c, err := start(t, `impact=80 confidence=80 message="$process_name$ on $dest$" FOR user, dest`)
	require.NoError(t, err)
	require.Equal(t, scp.KindStreaming, c.Kind())
	first, err := c.Execute(t.Context(), hosts, false)
	require.NoError(t, err)
	last, err := c.Execute(t.Context(), hosts, true)
	require.NoError(t, err)
	require.Equal(t, first.Rows, last.Rows)
	require.Equal(t, [][]string{{"alice"}, {"bob"}, {"WS-1"}}, first.Rows.Column("risk_object"))
	require.Equal(t, []string{"64"}, first.Rows.Column("risk_score")[0])
	require.Equal(t, []scp.Note{
		{Level: scp.LevelWarn, Text: "Risk object field 'user' is missing or empty in 2 of 4 results; they were skipped."},
		{Level: scp.LevelWarn, Text: "Risk object field 'dest' is missing or empty in 2 of 4 results; they were skipped."},
	}, last.Messages)
	c.Close()
	require.Empty(t, c.Stderr())
}

// TestRuleOfTheApp reads the app's own savedsearches.conf beside the program.
func TestRuleOfTheApp(t *testing.T) {
	const name = "RiskReplay - Detect Regsvcs Spawning a Process - Rule"
	c, err := start(t, `rule="`+name+`" output=risk`)
	require.NoError(t, err)
	require.Equal(t, scp.KindStateful, c.Kind())
	reply, err := c.Execute(t.Context(), hosts, true)
	require.NoError(t, err)
	require.Equal(t, 3, reply.Rows.Rows)
	raw := reply.Rows.Column("_raw")[2][0]
	for _, part := range []string{
		`1768478400, search_name="` + name + `", orig_time="1768474800", orig_sid="scheduler__`, `orig_rid="0"`,
		`info_min_time="1768474200.000", info_max_time="1768477800.000", info_search_time="1768478400.000"`,
		`risk_object="WS-1", risk_object_type="system", risk_score="64"`, `threat_object="regsvcs.exe", threat_object="cmd.exe"`,
		`contributing_events_search="| savedsearch \"` + name + `\" | search dest=WS-1"`,
		`annotations.mitre_attack.mitre_technique="System Binary Proxy Execution", annotations.mitre_attack.mitre_technique="Regsvcs/Regasm"`,
		`user="alice", user="bob"`,
	} {
		require.Contains(t, raw, part)
	}
	require.Equal(t, []string{"1768478400"}, reply.Rows.Column("_time")[2])
	require.Equal(t, []string{name}, reply.Rows.Column("source")[2])

	_, err = start(t, `rule="RiskReplay - Detect Regsvcs Spawning a Process"`)
	require.EqualError(t, err, "Error in 'riskscore' command: Saved search 'RiskReplay - Detect Regsvcs Spawning a Process' not found or not readable."+
		" Did you mean '"+name+"'?")
	_, err = start(t, `rule="RiskReplay - Detect Regsvcs Spawning a Process - Risk without ES"`)
	require.ErrorContains(t, err, "has no risk action.")
}

// shell runs the program with a standard input and gives what came of it.
func shell(t testing.TB, in string, args ...string) (stdout, stderr string, exit int) {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environment(), strings.NewReader(in), &out, &errOut
	err := cmd.Run()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

func TestProbesAndBrokenStreams(t *testing.T) {
	const probe = `{"action":"getinfo","searchinfo":{"raw_args":["score=1","FOR","dest"],"args":["score=1","FOR","dest"]}}`
	request := fmt.Sprintf("chunked 1.0,%d,0\n%s", len(probe), probe)
	out, errOut, exit := shell(t, request)
	require.Contains(t, out, `"type":"streaming"`)
	require.Contains(t, out, `"required_fields":["*"]`)
	require.Empty(t, errOut)
	require.Zero(t, exit)

	for _, in := range []string{"", request} { // an end between chunks is no error
		_, errOut, exit = shell(t, in)
		require.Empty(t, errOut)
		require.Zero(t, exit)
	}
	out, errOut, exit = shell(t, request+"chunked 1.0,36,100\n"+`{"action":"execute","finished":true}`+"dest\na\n")
	require.Equal(t, 2, strings.Count(out, "chunked 1.0,"), out)
	require.Contains(t, out, `"error":`)
	require.Empty(t, errOut)
	require.Equal(t, 1, exit)

	_, errOut, exit = shell(t, "", "__GETINFO__", "score=1")
	require.Contains(t, errOut, "chunked = true")
	require.Equal(t, 1, exit)
}

func TestOffline(t *testing.T) {
	out, errOut, exit := shell(t, "dest,count\nWS-1,3\n,4\n", "run", "impact=77 confidence=80 FOR dest")
	require.Equal(t, "dest,count,\"risk_object\",\"risk_object_type\",\"risk_object_field\",\"risk_score\",\"risk_severity\"\n"+
		"WS-1,3,\"WS-1\",system,dest,\"61.6\",high\n", out)
	require.Contains(t, errOut, "missing or empty in 1 of 2 results")
	require.Zero(t, exit)
	out, _, exit = shell(t, "", "--help")
	require.Contains(t, out, "factor.<name>")
	require.Zero(t, exit)
	_, errOut, exit = shell(t, "dest\na\n", "run", "impact=77 FOR dest")
	require.Contains(t, errOut, "Missing score.")
	require.Equal(t, 1, exit)
}

var update = flag.Bool("update", false, "write the real output into docs/riskscore.md")

// TestDocumentedRuns runs what docs/riskscore.md shows in blocks of a file and a
// `riskscore run` over it, and compares what comes out.
func TestDocumentedRuns(t *testing.T) {
	const path, begin = "../../../docs/riskscore.md", "```text\n$ cat results.csv\n"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	parts := strings.Split(string(text), begin)
	require.Greater(t, len(parts), 1)
	for i, part := range parts[1:] {
		block, rest, ok := strings.Cut(part, "```")
		require.True(t, ok)
		input, block, ok := strings.Cut(block, "$ riskscore run '")
		require.True(t, ok, block)
		arguments, want, ok := strings.Cut(block, "' < results.csv\n")
		require.True(t, ok, block)
		out, errOut, exit := shell(t, input, "run", arguments)
		require.Zero(t, exit, errOut)
		if !*update {
			require.Equal(t, want, errOut+out, arguments)
		}
		parts[i+1] = input + "$ riskscore run '" + arguments + "' < results.csv\n" + errOut + out + "```" + rest
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(parts, begin)), 0o644))
	}
}

func TestProgramIsSmall(t *testing.T) {
	info, err := os.Stat(program)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(6<<20))
}

// BenchmarkStart is what splunkd waits for several times a search: from the
// start of the process to its answer to getinfo, and its end.
func BenchmarkStart(b *testing.B) {
	for name, args := range map[string]string{
		"plain": "impact=80 confidence=80 FOR dest", "rule": `rule="RiskReplay - Detect Regsvcs Spawning a Process - Rule"`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := start(b, args)
				require.NoError(b, err)
				c.Close()
			}
		})
	}
}

// BenchmarkLockStep is a conversation with the built program, a request and then
// its reply. What 50,000 rows are in MB goes both ways.
func BenchmarkLockStep(b *testing.B) {
	for _, output := range []string{"rows", "annotate"} {
		b.Run(output, func(b *testing.B) {
			const rows = 50000
			_, raw := scp.SplitArguments(measured + " output=" + output)
			body := stream.New(1).AppendChunk(nil, rows)
			b.SetBytes(int64(len(body)))
			talk := newTalk(b, exec.Command(program), stream.Getinfo("riskscore", raw))
			for b.Loop() {
				talk.request(stream.Execute(false), body)
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			talk.close()
		})
	}
}
