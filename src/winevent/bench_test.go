package winevent

import (
	"bytes"
	"encoding/xml"
	"testing"
)

// benchEvents are the recorded Sysmon events, or one event many times.
func benchEvents(b *testing.B) (events [][]byte, size int64) {
	events = recorded(b)
	if len(events) == 0 {
		for range 1000 {
			events = append(events, []byte(sysmon))
		}
	}
	for _, raw := range events {
		size += int64(len(raw))
	}
	return events, size
}

func run(b *testing.B, name string, each func(raw []byte)) {
	events, size := benchEvents(b)
	b.Run(name, func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, raw := range events {
				each(raw)
			}
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	n := 0
	count := func(int, []byte) { n++ }
	code := NewFields("EventCode")
	run(b, "EventCode", func(raw []byte) { code.Extract(raw, count) })
	head := NewFields("EventCode", "Computer", "Channel", "User")
	run(b, "4fields", func(raw []byte) { head.Extract(raw, count) })
	process := NewFields("ProcessId", "ProcessGuid", "Image", "CommandLine", "ParentImage", "ParentCommandLine", "User", "ParentProcessId")
	run(b, "8ofEventData", func(raw []byte) { process.Extract(raw, count) })
	run(b, "Each", func(raw []byte) { Each(raw, func(_, _ []byte) { n++ }) })
	run(b, "System", func(raw []byte) { n += len(System(raw).Computer) })
	run(b, "encodingXML", func(raw []byte) {
		d := xml.NewDecoder(bytes.NewReader(raw))
		for {
			if _, err := d.RawToken(); err != nil {
				return
			}
			n++
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	events, size := benchEvents(b)
	data := bytes.Join(events, []byte("\n"))
	b.SetBytes(size)
	for b.Loop() {
		if n := len(split(data)); n != len(events) {
			b.Fatal(n)
		}
	}
}
