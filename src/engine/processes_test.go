package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
)

// process is a made-up process start.
type process struct {
	at                                                     time.Time
	host, user, image, command, parentImage, parentCommand string
	id, parentID                                           int
}

var (
	benignImages  = []string{"svchost.exe", "chrome.exe", "msedge.exe", "explorer.exe", "conhost.exe", "cmd.exe", "powershell.exe", "taskhostw.exe", "RuntimeBroker.exe", "SearchIndexer.exe", "wmiprvse.exe", "rundll32.exe", "MsMpEng.exe", "git.exe", "node.exe", "python.exe", "OUTLOOK.EXE", "WINWORD.EXE", "EXCEL.EXE", "Teams.exe"}
	regsvcsSpells = []string{"regsvcs.exe", "RegSvcs.exe", "REGSVCS.EXE"}
)

// processes are n made-up process starts of a day, about a fifth of the command
// lines distinct, and two in ten thousand with regsvcs.exe as the parent.
func processes(n int) []process {
	random := rand.New(rand.NewPCG(7, 11))
	start := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	out := make([]process, n)
	for i := range out {
		image := benignImages[random.IntN(len(benignImages))]
		parent := benignImages[random.IntN(len(benignImages))]
		if random.IntN(5000) == 0 {
			parent = regsvcsSpells[random.IntN(len(regsvcsSpells))]
		}
		out[i] = process{
			at: start.Add(time.Duration(i) * 24 * time.Hour / time.Duration(n)), host: fmt.Sprintf("host-%03d.example", random.IntN(400)),
			user: fmt.Sprintf(`CORP\user%04d`, random.IntN(2000)), image: `C:\Windows\System32\` + image,
			command:     fmt.Sprintf(`"C:\Windows\System32\%s" -a %d --path C:\Users\u%d\AppData\Local\Temp`, image, random.IntN(n/1800), random.IntN(20)),
			parentImage: `C:\Program Files\Common\` + parent, parentCommand: `"C:\Program Files\Common\` + parent + `" -k`,
			id: random.IntN(30000), parentID: random.IntN(30000),
		}
	}
	return out
}

// sysmon is the process as Sysmon's event 1.
func (p process) sysmon() event.Event {
	guid := fmt.Sprintf("{A1B2C3D4-0000-0000-0000-%012X}", p.at.UnixMilli()&0xffffffffffff)
	raw := `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID>` +
		`<TimeCreated SystemTime='` + p.at.Format("2006-01-02T15:04:05.0000000Z") + `'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>` + p.host +
		`</Computer></System><EventData><Data Name='ProcessGuid'>` + guid + `</Data><Data Name='ProcessId'>` + strconv.Itoa(p.id) + `</Data><Data Name='Image'>` + p.image +
		`</Data><Data Name='CommandLine'>` + p.command + `</Data><Data Name='User'>` + p.user + `</Data><Data Name='ParentProcessId'>` + strconv.Itoa(p.parentID) +
		`</Data><Data Name='ParentImage'>` + p.parentImage + `</Data><Data Name='ParentCommandLine'>` + p.parentCommand + `</Data></EventData></Event>`
	return event.Event{
		Raw: []byte(raw), Time: event.At(p.at), Host: p.host, Index: "main",
		Sourcetype: "XmlWinEventLog", Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational",
	}
}

// row is the process as the data model has it.
func (p process) row() map[string]string {
	last := func(s string) string { return s[strings.LastIndex(s, `\`)+1:] }
	return map[string]string{
		"_time": strconv.FormatInt(p.at.Unix(), 10), "dest": p.host, "user": last(p.user), "process_name": last(p.image), "process": p.command,
		"parent_process_name": last(p.parentImage), "parent_process": p.parentCommand, "process_id": strconv.Itoa(p.id), "parent_process_id": strconv.Itoa(p.parentID),
		"process_path": p.image,
	}
}

const million = 1_000_000

// BenchmarkMillionProcesses searches a million process events whose columns are
// in memory: the regsvcs detection, and 500 detections with wildcards; beside
// each, a loop over rows in maps that does the same.
func BenchmarkMillionProcesses(b *testing.B) {
	list := processes(million)
	e := own(b)
	for len(list) > 0 {
		chunk := make([]event.Event, 0, 10_000)
		for _, p := range list[:10_000] {
			chunk = append(chunk, p.sysmon())
		}
		require.NoError(b, e.Append(b.Context(), chunk))
		list = list[10_000:]
	}
	searches := detections(500)
	requireRows(b, e, regsvcs(b, e))
	for _, s := range searches[:10] {
		requireRows(b, e, s.spl) // every field has its column now
	}
	b.Run("regsvcs", func(b *testing.B) {
		search := regsvcs(b, e)
		for b.Loop() {
			requireRows(b, e, search)
		}
	})
	b.Run("detections=500", func(b *testing.B) {
		for b.Loop() {
			atOnce(len(searches), func(i int) { requireRows(b, e, searches[i].spl) })
		}
	})
	rows := make([]map[string]string, 0, million)
	for _, p := range processes(million) {
		rows = append(rows, p.row())
	}
	b.Run("rows/regsvcs", func(b *testing.B) {
		for b.Loop() {
			require.NotZero(b, slowRegsvcs(rows))
		}
	})
	b.Run("rows/detections=5", func(b *testing.B) { // a hundredth: the loop is slow
		for b.Loop() {
			atOnce(5, func(i int) { slowDetection(rows, searches[i]) })
		}
	})
}

// regsvcs is the text of the app's detection.
func regsvcs(tb testing.TB, e *Engine) string {
	s, err := e.SavedSearch("RiskReplay - Detect Regsvcs Spawning a Process - Rule")
	require.NoError(tb, err)
	return s.Search.Value
}

func requireRows(tb testing.TB, e *Engine, search string) int {
	result, err := e.Run(context.Background(), job.Request{Search: search, Now: time.Unix(1768608000, 0)})
	require.NoError(tb, err)
	rows, err := results.ReadAll(context.Background(), result.Rows)
	require.NoError(tb, err)
	return rows.Len
}

// atOnce calls do for 0..n-1 on all cores.
func atOnce(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// wanted is a detection: a process's name, and what its command line or path
// must have in it.
type wanted struct{ name, command, path, spl string }

// detections are n searches as detections write them: a name, wildcards on the
// command line and the path, and eight BY fields.
func detections(n int) []wanted {
	random := rand.New(rand.NewPCG(3, 5))
	out := make([]wanted, n)
	for i := range out {
		w := wanted{
			name:    benignImages[random.IntN(len(benignImages))],
			command: fmt.Sprintf(`-a %d`, random.IntN(500)),
			path:    []string{`\System32\`, `\Temp\`, `\Program Files\`}[random.IntN(3)],
		}
		w.spl = "| tstats `security_content_summariesonly` count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes where Processes.process_name=" +
			w.name + ` (Processes.process="*` + w.command + `*" OR Processes.process_path="*` + strings.ReplaceAll(w.path, `\`, `\\`) + `*") Processes.process="*` + strconv.Itoa(random.IntN(500)) +
			`*appdata*" by Processes.dest Processes.user Processes.parent_process_name Processes.parent_process Processes.process_name Processes.process Processes.process_id Processes.parent_process_id` +
			" | `drop_dm_object_name(Processes)` | `security_content_ctime(firstTime)` | `security_content_ctime(lastTime)`"
		out[i] = w
	}
	return out
}

// slowRegsvcs is the regsvcs search over rows: the number of groups.
func slowRegsvcs(rows []map[string]string) int {
	groups := map[string]int{}
	for _, r := range rows {
		if strings.EqualFold(r["parent_process_name"], "regsvcs.exe") {
			groups[key(r)]++
		}
	}
	return len(groups)
}

func slowDetection(rows []map[string]string, w wanted) int {
	groups := map[string]int{}
	for _, r := range rows {
		command := strings.ToLower(r["process"])
		if strings.EqualFold(r["process_name"], w.name) && strings.Contains(command, "appdata") &&
			(strings.Contains(command, w.command) || strings.Contains(strings.ToLower(r["process_path"]), strings.ToLower(w.path))) {
			groups[key(r)]++
		}
	}
	return len(groups)
}

func key(r map[string]string) string {
	return strings.Join([]string{
		r["parent_process_name"], r["dest"], r["user"], r["parent_process"], r["process_name"], r["process"], r["process_id"], r["parent_process_id"],
	}, "\x00")
}

// TestProcessesOracle compares the regsvcs search over made-up processes with
// the loop over rows.
func TestProcessesOracle(t *testing.T) {
	list := processes(20_000)
	e := own(t)
	rows := make([]map[string]string, len(list))
	events := make([]event.Event, len(list))
	for i, p := range list {
		rows[i], events[i] = p.row(), p.sysmon()
	}
	require.NoError(t, e.Append(t.Context(), events))
	require.Equal(t, slowRegsvcs(rows), requireRows(t, e, regsvcs(t, e)))
	s, err := e.SavedSearch("RiskReplay - Detect Regsvcs Spawning a Process - Rule")
	require.NoError(t, err)
	fired, err := e.Fire(t.Context(), s, schedule.Run{At: time.Date(2026, 1, 16, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	require.Len(t, fired.Outcome.Risk, 2*fired.Rows.Len)
}
