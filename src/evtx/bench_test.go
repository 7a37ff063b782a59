package evtx

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// bigLog has so many process starts.
func bigLog(n int) []byte {
	event := systemTag()
	process := dataTag("RuleName", "UtcTime", "ProcessGuid", "ProcessId", "Image", "CommandLine", "User", "LogonId", "ParentImage")
	events := make([]testEvent, n)
	for i := range events {
		id := uint64(i)
		events[i] = sysmon.wrap(&event, id+1, sampleTime+id*1_234_567, use{process, []val{
			text("technique_id=T1059"), text("2026-01-14 12:00:00.123"), guid("A837DB8D-01B5-5F25-0000-0010A1B2C300"), number32(uint32(i)),
			text(`C:\Windows\System32\cmd.exe`), text(fmt.Sprintf(`cmd.exe /c "echo %d > C:\Temp\out.txt"`, i)), text(`EXAMPLE\anna`), hex64(0x3e7 + id), text(`C:\Windows\explorer.exe`),
		}})
	}
	return logOf(events...)
}

func BenchmarkRead(b *testing.B) {
	data := bigLog(5000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		problems := Read(context.Background(), "x.evtx", bytes.NewReader(data), Options{}, func(r Record) error { n += len(r.XML); return nil })
		if len(problems) > 0 || n == 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkText(b *testing.B) {
	data := bigLog(5000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := io.Copy(io.Discard, NewText("x.evtx", bytes.NewReader(data), Options{})); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvtxexport is another's program on the same log, start-up included.
func BenchmarkEvtxexport(b *testing.B) {
	program, err := exec.LookPath("evtxexport")
	if err != nil {
		b.Skip("evtxexport is not installed (Debian: libevtx-utils): nothing to compare with")
	}
	data := bigLog(5000)
	path := filepath.Join(b.TempDir(), "x.evtx")
	require.NoError(b, os.WriteFile(path, data, 0o600))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := exec.Command(program, "-f", "xml", "-l", os.DevNull, path).Run(); err != nil {
			b.Fatal(err)
		}
	}
}
