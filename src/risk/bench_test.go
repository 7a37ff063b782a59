package risk

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
	"riskreplay/testdata/scp/stream"
)

// measured is the use of the command that docs/performance.md measures.
const measured = `impact=80 confidence=70 message="Suspicious $process_name$ spawned by $parent_process_name$ on $dest$ by $user$: $process$" FOR dest AS system`

// BenchmarkCommand is a conversation from memory to nowhere.
func BenchmarkCommand(b *testing.B) {
	for _, output := range []string{"rows", "annotate", "risk"} {
		for _, chunk := range []int{50000, 2500} {
			for _, workers := range []int{1, 2} {
				b.Run(output+"/chunk="+Whole(chunk).String()+"/workers="+Whole(workers).String(), func(b *testing.B) {
					const rows = 100000
					_, raw := scp.SplitArguments(measured + " output=" + output)
					var in bytes.Buffer
					require.NoError(b, stream.Conversation(&in, "riskscore", raw, rows, chunk))
					b.SetBytes(int64(in.Len()))
					b.ReportAllocs()
					for b.Loop() {
						p := scp.Program{Command: Command(host), In: bytes.NewReader(in.Bytes()), Out: io.Discard, Workers: workers}
						require.Zero(b, p.Run())
					}
					b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		}
	}
}
