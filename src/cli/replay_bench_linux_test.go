package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
)

// BenchmarkSmallFiles replays 1,800 files of some 18 kB each, by the program as it
// is, into a collector on this machine and into an index.
func BenchmarkSmallFiles(b *testing.B) {
	u := newUser(b)
	event, size := sysmonLike(0), int64(0)
	for f := range 1800 {
		text := strings.Repeat(event, 12)
		size += int64(len(text))
		u.write(fmt.Sprintf("data/%02d/%d.log", f/100, f), text)
	}
	program := built(b)
	for _, sink := range []string{"hec", "index"} {
		b.Run(sink, func(b *testing.B) {
			b.SetBytes(size)
			n := 0
			for b.Loop() {
				n++
				to := fmt.Sprintf("index:idx%d", n)
				if sink == "hec" {
					to = "hec:" + newCollector(b, hec.Token{}, hec.HandlerOptions{}).web.URL
				}
				c := exec.Command(program, "replay", "--to", to, "data")
				c.Dir, c.Env = u.dir, u.env
				text, err := c.CombinedOutput()
				require.NoError(b, err, string(text))
				require.Contains(b, string(text), "21600 of 21600 events accepted")
			}
		})
	}
}

// sizeVariable is how many megabytes the file of BenchmarkPeakMemory has; 50 without
// it.
const sizeVariable = "RISKREPLAY_MEGABYTES"

// BenchmarkPeakMemory replays one large file by the program as it is, and tells how
// much memory its process had at most.
func BenchmarkPeakMemory(b *testing.B) {
	megabytes := 50
	if text := os.Getenv(sizeVariable); text != "" {
		var err error
		megabytes, err = strconv.Atoi(text)
		require.NoError(b, err, sizeVariable)
	}
	u := newUser(b)
	file, err := os.Create(filepath.Join(u.dir, "big.log"))
	require.NoError(b, err)
	size := int64(0)
	for i := 0; size < int64(megabytes)<<20; i++ {
		n, err := file.WriteString(sysmonLike(i))
		require.NoError(b, err)
		size += int64(n)
	}
	require.NoError(b, file.Close())
	program := built(b)
	modes := map[string][]string{
		"keep": nil, "window": {"--time", "window"}, "order=time": {"--order", "time"}, "rekey": {"--rekey", "--time", "window"},
	}
	for _, sink := range []string{"file", "hec", "index"} {
		for name, args := range modes {
			b.Run(sink+"/"+name, func(b *testing.B) {
				b.SetBytes(size)
				peak := int64(0)
				for b.Loop() {
					to := sink + ":" + filepath.Join(b.TempDir(), "out.log")
					if sink == "hec" {
						to = "hec:" + nowhereCollector(b)
					}
					c := exec.Command(program, append([]string{"replay", "--to", to, "big.log"}, args...)...)
					c.Dir, c.Env = u.dir, u.env
					text, err := c.CombinedOutput()
					require.NoError(b, err, string(text))
					peak = max(peak, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) // kilobytes on Linux
				}
				b.ReportMetric(float64(peak)/1e3, "peak-MB")
			})
		}
	}
}

// built is the program as users have it.
func built(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "riskreplay")
	text, err := exec.Command("go", "build", "-trimpath", "-o", path, "riskreplay/src/cmd/riskreplay").CombinedOutput()
	require.NoError(b, err, string(text))
	return path
}

// sysmonLike is event number i of a log: a process creation of 1.5 kB, one every
// 10 ms.
func sysmonLike(i int) string {
	at := time.Date(2026, 1, 15, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 10 * time.Millisecond)
	return fmt.Sprintf(`<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>1</EventID><TimeCreated SystemTime='%s00Z'/><EventRecordID>%d</EventRecordID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-%03d.corp.example</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='UtcTime'>%s</Data><Data Name='ProcessGuid'>{2d9b1c52-803f-6968-241c-010000006903}</Data><Data Name='ProcessId'>%d</Data><Data Name='Image'>C:\Windows\System32\svchost.exe</Data><Data Name='CommandLine'>C:\Windows\System32\svchost.exe -k netsvcs -p -s wlidsvc %s</Data><Data Name='User'>NT AUTHORITY\SYSTEM</Data><Data Name='LogonGuid'>{2d9b1c52-7f3a-6968-e703-000000000000}</Data><Data Name='LogonId'>0x3e7</Data></EventData></Event>`+"\n",
		at.Format("2006-01-02T15:04:05.0000000"), i, i%40, at.Format("2006-01-02 15:04:05.000"), i%9000, strings.Repeat("-flag:value ", 40))
}

// nowhereCollector is the address of a collector that keeps nothing.
func nowhereCollector(b *testing.B) string {
	c := newCollector(b, hec.Token{}, hec.HandlerOptions{})
	c.forget = true
	return c.web.URL
}
