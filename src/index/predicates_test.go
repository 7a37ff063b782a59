package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/index"
)

// processEvents is n Sysmon process events of 40 hosts over a day, one in 5,000 a
// child of regsvcs.exe in one of three spellings; about a fifth of the command
// lines are distinct.
func processEvents(n int) []event.Event {
	rnd := rand.New(rand.NewPCG(1, 2))
	images := make([]string, 300)
	for i := range images {
		images[i] = fmt.Sprintf(`C:\%s\%s%02d\tool%d.exe`, []string{"Windows\\System32", "Program Files\\Vendor", "Users\\Public"}[i%3], "dir", i%17, i)
	}
	parents := append(append([]string(nil), images[:60]...), `C:\Windows\System32\svchost.exe`, `C:\Windows\explorer.exe`)
	spelled := []string{`C:\Windows\Microsoft.NET\regsvcs.exe`, `C:\Windows\Microsoft.NET\RegSvcs.exe`, `C:\Windows\Microsoft.NET\REGSVCS.EXE`}
	lines := make([]string, max(n/5, 1))
	for i := range lines {
		lines[i] = fmt.Sprintf(`"%s" /c run --id %d --path C:\Temp\%x --mode %s`, images[rnd.IntN(len(images))], i, rnd.Uint32(), []string{"fast", "slow", "hidden", "-enc SQBFAFgA"}[rnd.IntN(4)])
	}
	out := make([]event.Event, n)
	var slab []byte
	for i := range out {
		parent := parents[rnd.IntN(len(parents))]
		if rnd.IntN(5000) == 0 {
			parent = spelled[rnd.IntN(3)]
		}
		image, host := images[rnd.IntN(len(images))], rnd.IntN(40)
		if cap(slab)-len(slab) < 4096 {
			slab = make([]byte, 0, 8<<20)
		}
		from := len(slab)
		slab = fmt.Appendf(slab, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><Computer>pc%02d.example.com</Computer></System><EventData>`+
			`<Data Name='ProcessGuid'>{%08X-0000}</Data><Data Name='ProcessId'>%d</Data><Data Name='Image'>%s</Data><Data Name='OriginalFileName'>tool.exe</Data><Data Name='CommandLine'>%s</Data>`+
			`<Data Name='User'>CORP\user%d</Data><Data Name='ParentProcessId'>%d</Data><Data Name='ParentImage'>%s</Data><Data Name='ParentCommandLine'>"%s" -k</Data></EventData></Event>`,
			host, i, rnd.IntN(9000), image, lines[rnd.IntN(len(lines))], host, rnd.IntN(9000), parent, parent)
		out[i] = event.Event{
			Raw: slab[from:len(slab):len(slab)], Time: event.Time(1_768_000_000e9 + int64(i)*86400e9/int64(n)),
			Host: "collector", Source: sources[".sysmon.log"], Sourcetype: "xmlwineventlog", Index: "main",
		}
	}
	return out
}

// generated is a predicate as detections have them: wildcards on the process and
// its path; seven of eight name a process, a parent or a folder too.
func generated(i int) string {
	name := fmt.Sprintf("tool%d.exe", i%300)
	switch i % 8 {
	case 0, 1:
		return fmt.Sprintf(`(Processes.process_name=%s OR Processes.original_file_name=%s) Processes.process="*--id %d*"`, name, name, i)
	case 2:
		return fmt.Sprintf(`Processes.process_name IN (%s, tool%d.exe) (Processes.process="*\\Temp\\%x*" OR Processes.process="*-enc *")`, name, i%7, i)
	case 3:
		return fmt.Sprintf(`Processes.parent_process_name=%s Processes.process="*mode slow*" NOT Processes.process="*--id %d*"`, name, i)
	case 4:
		return fmt.Sprintf(`(Processes.process="*\\Temp\\%x*" OR Processes.process="*hidden*") Processes.process_path="*\\dir%02d\\*"`, i, i%17)
	case 5:
		return fmt.Sprintf(`Processes.process_path IN ("*system32\\dir%02d*", "*\\Public\\*tool%d*") Processes.process="*fast"`, i%17, i%300)
	case 6:
		return fmt.Sprintf(`Processes.process_name=%s Processes.process="*run*%x*slow*" Processes.user!=system`, name, i)
	}
	return fmt.Sprintf(`Processes.process IN ("*-enc *%x*", "*mode slow %d*") NOT Processes.parent_process_name=explorer.exe`, i, i)
}

func BenchmarkMillionProcesses(b *testing.B) {
	base := newBase(b)
	x := index.New(index.Options{})
	_, err := x.Append(context.Background(), processEvents(1_000_000))
	require.NoError(b, err)
	regsvcs := processQuery(b)
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			y := index.New(index.Options{})
			_, err := y.Append(context.Background(), processEvents(1_000_000))
			require.NoError(b, err)
			b.StartTimer()
			scan(b, y, base, regsvcs)
		}
	})
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("regsvcs/cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			scan(b, x, base, regsvcs)
			b.ReportAllocs()
			for b.Loop() {
				require.NotZero(b, scan(b, x, base, regsvcs).Len)
			}
		})
	}
	b.Run("500 predicates", func(b *testing.B) {
		queries := make([]index.Query, 500)
		for i := range queries {
			queries[i] = regsvcs
			queries[i].Where = where(b, generated(i))
		}
		for _, q := range queries[:8] {
			scan(b, x, base, q)
		}
		b.ReportAllocs()
		rows := 0
		for b.Loop() {
			rows = 0
			for _, q := range queries {
				for part, err := range x.Scan(context.Background(), base, q) {
					require.NoError(b, err)
					rows += part.Len
				}
			}
		}
		b.ReportMetric(float64(rows), "rows")
	})
}
