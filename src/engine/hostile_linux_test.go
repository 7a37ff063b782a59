package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hostileSearch is a search that would take all memory or all time, and what it says
// or gives instead.
type hostileSearch struct {
	name, text, want string
	data             string // a file of the test's folder; "" is a few events
	slow             bool   // only where there is time
}

var hostileSearches = []hostileSearch{
	{name: "parentheses", text: "index=main " + strings.Repeat("(", 10_000) + "a=1" + strings.Repeat(")", 10_000), want: "parentheses are nested more than 200 deep"},
	{name: "parentheses of where", text: "index=main | where " + strings.Repeat("(", 10_000) + "a=1" + strings.Repeat(")", 10_000), want: "parentheses are nested more than 200 deep"},
	{name: "signs", text: "| makeresults | eval x=" + strings.Repeat("-", 100_000) + "1", want: "nested more than 200 deep"},
	{name: "negations", text: "index=main " + strings.Repeat("NOT ", 50_000) + "a=1", want: "nested more than 200 deep"},
	{name: "a search of 10 MB", text: "index=main user=" + strings.Repeat("x", 10<<20), want: "longer than 1 MB"},
	{name: "brackets", text: "| makeresults " + strings.Repeat("| append [| makeresults ", 5000) + strings.Repeat("]", 5000), want: "subsearches are nested more than 8 deep"},
	{name: "calls in calls", text: "| makeresults | eval x=" + strings.Repeat("if(1=1,", 5000) + "1" + strings.Repeat(",2)", 5000), want: "nested more than 200 deep"},
	{name: "macros that double", text: "`m39`", want: "macros are nested more than 100 deep or used more than 10000 times"},
	{name: "a macro of itself", text: "`ping`", want: "ping -> pong -> ping"},
	{name: "a saved search of itself", text: "| savedsearch loop", want: `saved search "loop" runs itself`},
	{name: "a saved search in a map of itself", text: "| savedsearch maploop", want: "searches are nested more than 10 deep"},
	{name: "a map of itself", text: "| savedsearch mapself", want: "searches run each other more than 8 deep"},
	{name: "map in map", text: `| makeresults count=100 | map maxsearches=1000 search="| makeresults count=100 | map maxsearches=1000 search=\"| makeresults count=100 | map maxsearches=1000 search=\\\"| makeresults\\\"\""`, want: "the search runs more than 10,000 searches for its rows"},
	{name: "rex", text: `index=main | rex field=text "(?<x>(?=a)(a+)+)$" | stats count(x)`, want: "the pattern backtracks too much on this text"},
	{name: "match", text: `index=main | where match(text,"(?=a)(a+)+$")`, want: "the pattern backtracks too much on this text", slow: true},
	{name: "replace", text: `index=main | eval z=replace(text,"(?=a)(a*)*$","b") | stats count(z)`, want: "the pattern backtracks too much on this text", slow: true},
	{name: "regex", text: `index=main | regex text="(?=a)(a|aa)+$"`, want: "the pattern backtracks too much on this text", slow: true},
	{name: "like", text: `index=main | where like(text,"` + strings.Repeat("%a", 2000) + `b") | stats count`, want: "0"},
	{name: "wildcards", text: `index=main text="` + strings.Repeat("*a", 2000) + `b" | stats count`, want: "0"},
	{name: "EXTRACT", text: `index=main sourcetype=evil | stats count(y)`, want: "EXTRACT-y is left out from here on"},
	{name: "rows", text: "| makeresults count=1000000000000 | stats count", want: "makeresults makes 50000 rows at most"},
	{name: "no number", text: "| makeresults count=1e12", want: `option "count" wants a number`},
	{name: "days", text: "| gentimes start=01/01/1971 end=01/01/2200 increment=1s | stats count", want: "gentimes makes the first 50000 rows only"},
	{name: "seconds of years", text: "| makeresults count=2 | streamstats count | eval _time=if(count=1,0,1800000000) | timechart span=1s count | stats count", want: "timechart would make more than 50000 rows"},
	{name: "makecontinuous", text: "| makeresults count=2 | streamstats count | eval _time=if(count=1,0,1800000000) | makecontinuous _time span=1s | stats count", want: "makecontinuous adds more than 50000 rows"},
	{name: "mvexpand of mvexpand", text: "| makeresults | eval a=mvrange(0,100000) | mvexpand a | eval b=mvrange(0,100000) | mvexpand b | eval c=mvrange(0,1000) | mvexpand c | stats count", want: "mvexpand makes more than 10,000,000 rows"},
	{name: "appendpipe of appendpipe", text: "| makeresults " + strings.Repeat("| appendpipe [eval a=1] ", 60) + "| stats count", want: "appendpipe makes more than 10,000,000 rows", slow: true},
	{name: "all pairs", text: "| makeresults count=50000 | eval k=1 | join max=0 k [| makeresults count=50000 | eval k=1] | stats count", want: "join makes more than 50,000,000 rows", slow: true},
	{name: "mvrange", text: "| makeresults | eval a=mvrange(0,1000000000) | stats count(a)", want: "more than 1048576 values"},
	{name: "printf", text: `| makeresults | eval a=printf("%1000000000d",1) | stats count(a)`, want: "0"},
	{name: "precision", text: `| makeresults | eval a=printf("%.*f",1000000000,1) | stats count(a)`, want: "0"},
	{name: "doubled by .", text: "| makeresults | eval s=\"aaaaaaaaaaaaaaaa\" " + strings.Repeat("| eval s=s.s ", 60) + "| stats count(s)", want: "larger than 16 MB"},
	{name: "doubled by +", text: "| makeresults | eval s=\"aaaaaaaaaaaaaaaa\" " + strings.Repeat("| eval s=s+s ", 60) + "| stats count(s)", want: "larger than 16 MB"},
	{name: "doubled by strcat", text: "| makeresults | eval s=\"aaaaaaaaaaaaaaaa\" " + strings.Repeat("| strcat s s s ", 30) + "| stats count(s)", want: "strcat would make a text of more than 16 MB"},
	{name: "doubled by replace", text: `| makeresults | eval s="aaaaaaaaaaaaaaaa" ` + strings.Repeat(`| eval s=replace(s,"a","aaaa") `, 30) + "| stats count(s)", want: "larger than 16 MB", slow: true},
	{name: "doubled by mvappend", text: `| makeresults | eval s="a" ` + strings.Repeat("| eval s=mvappend(s,s) ", 30) + "| stats count(s)", want: "more than 1048576 values"},
	{name: "doubled by mvzip", text: "| makeresults | eval s=mvrange(0,100000) " + strings.Repeat("| eval s=mvzip(s,s) ", 30) + "| stats count(s)", want: "larger than 16 MB"},
	{name: "doubled by json_array", text: `| makeresults | eval s="[1]" ` + strings.Repeat("| eval s=json_array(s,s) ", 40) + "| stats count(s)", want: "larger than 16 MB", slow: true},
	{name: "large values of many rows", text: "| makeresults count=50000 | streamstats count as i | eval s=i." + strings.Repeat("\"xxxxxxxxxxxxxxxx\".", 2000) + "\"\" | stats count(s)", want: "the values would take more than 256 MB"},
	{name: "fields of values", text: "| makeresults count=50000 | streamstats count as i | eval {i}=1 | stats count", want: "makes more than 50 million cells"},
	{name: "columns of rows", text: "| makeresults count=50000 | transpose 1000000", want: "transpose makes more than 10,000 columns"},
	{name: "columns of values", text: `| makeresults count=50000 | streamstats count as i | eval j="c".i, k=1 | xyseries i j k`, want: "makes more than 10,000 columns"},
	{name: "a chart of all pairs", text: "| makeresults count=12000 | streamstats count as i | eval j=i | chart limit=0 count over i by j", want: "chart would make 12000 columns and 12000 rows"},
	{name: "foreach in foreach", text: "| makeresults | eval " + manyFields(4000) + " | foreach f* [foreach f* [eval z=1]]", want: "the search makes more than 20,000 pipelines of its templates", slow: true},
	{name: "a window", text: "index=main | streamstats window=1000000000 sum(a)", want: "the window of streamstats holds 10,000 rows at most"},
	{name: "subsearches", text: "index=main " + strings.TrimSuffix(strings.Repeat("[search index=main | fields a] OR ", 60), " OR ") + " | stats count", want: "30"},
	{name: "JSON in JSON", text: "index=* | spath | fromjson _raw | stats count", want: "1", data: "deep.json"},
	{name: "a line of 100 MB", text: `index=* | eval z=split(_raw,"") | rex max_match=0 "(?<y>x)" | eval n=mvcount(y) | stats max(n)`, want: "1000000", data: "line.log", slow: true},
}

func manyFields(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("f%d=%d", i, i))
	}
	return strings.Join(list, ",")
}

// The bounds of each of them: time on a slow machine, and memory in MB.
const (
	hostileTime   = 60 * time.Second
	hostileMemory = 1024
)

// TestHostileProcesses: the program ends each of these searches by itself, in bounded
// time and memory, and says what was too much.
func TestHostileProcesses(t *testing.T) {
	dir := hostileFolder(t)
	program := filepath.Join(dir, "bin", "riskreplay")
	text, err := exec.Command("go", "build", "-trimpath", "-o", program, "riskreplay/src/cmd/riskreplay").CombinedOutput()
	require.NoError(t, err, "%s", text)
	for _, s := range hostileSearches {
		t.Run(s.name, func(t *testing.T) {
			if s.slow && os.Getenv("RISKREPLAY_SOAK") == "" {
				t.Skip("slow: set RISKREPLAY_SOAK=1")
			}
			// A search may be longer than an argument of a process.
			app := filepath.Join(dir, "app")
			require.NoError(t, os.WriteFile(filepath.Join(app, "local", "savedsearches.conf"), []byte("[hostile]\nsearch = "+s.text+"\n"), 0o600))
			data := s.data
			if data == "" {
				data = "events.log"
			}
			ctx, cancel := context.WithTimeout(t.Context(), hostileTime)
			defer cancel()
			c := exec.CommandContext(ctx, program, "search", "--now", "2026-01-15T12:40:00Z", "--app", app, "--data", filepath.Join(dir, data)+",sourcetype=evil", "--detection", "hostile")
			c.Env = append(os.Environ(), "XDG_CONFIG_HOME="+dir, "GOMAXPROCS=2")
			var out bytes.Buffer
			c.Stdout, c.Stderr = &out, &out
			_ = c.Run() // what it says tells more than its status
			require.NoError(t, ctx.Err(), "it did not end")
			require.Contains(t, out.String(), s.want)
			require.NotContains(t, out.String(), "goroutine ")
			require.Less(t, out.Len(), 1<<20)
			used, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
			require.True(t, ok)
			require.Less(t, used.Maxrss>>10, int64(hostileMemory), "MB of memory")
		})
	}
}

// hostileFolder has the data and the app of the searches.
func hostileFolder(t *testing.T) string {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	var events strings.Builder
	for i := range 30 {
		fmt.Fprintf(&events, "2026-01-15T12:00:%02dZ a=%d text=%s!\n", i, i, strings.Repeat("a", 40))
	}
	write("events.log", events.String())
	write("deep.json", strings.Repeat("[", 100_000)+"1"+strings.Repeat("]", 100_000)+"\n")
	if os.Getenv("RISKREPLAY_SOAK") != "" {
		write("line.log", "2026-01-15T12:00:00Z "+strings.Repeat("x", 100_000_000)+"\n")
	}
	macros := "[m1]\ndefinition = a=1 a=2\n[ping]\ndefinition = `pong`\n[pong]\ndefinition = `ping`\n"
	for i := 2; i < 40; i++ {
		macros += fmt.Sprintf("[m%d]\ndefinition = `m%d` `m%d`\n", i, i-1, i-1)
	}
	write("app/default/macros.conf", macros)
	write("app/default/savedsearches.conf", "[loop]\nsearch = | savedsearch loop\n[maploop]\nsearch = index=main | map maxsearches=100 [| savedsearch maploop]\n[mapself]\nsearch = | makeresults count=3 | map maxsearches=3 mapself\n")
	write("app/default/props.conf", "[evil]\nEXTRACT-y = text=(?<y>(?=a)(a+)+)$\n")
	write("app/local/savedsearches.conf", "")
	return dir
}
