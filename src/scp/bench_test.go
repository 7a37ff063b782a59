package scp_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/scp"
	"riskreplay/testdata/scp/stream"
)

// scoreCommand does by hand what the measured use of riskscore does.
var scoreCommand = scp.Command{
	Name:    "score",
	Options: []scp.Option{{Name: "annotate", Value: "<bool>"}},
	Setup: func(_ *scp.Info, args *scp.Args) (scp.Plan, diag.List) {
		return scp.Plan{Streaming: score{}, Fields: []string{"*"}}, nil
	},
}

type score struct{}

func (score) Process(in *scp.Rows, out *scp.Writer) error {
	name, parent, dest, user, process := in.Column("process_name"), in.Column("parent_process_name"), in.Column("dest"), in.Column("user"), in.Column("process")
	object, kind, risk, message := out.Field("risk_object"), out.Field("risk_object_type"), out.Field("risk_score"), out.Field("risk_message")
	var text []byte
	for in.Next() {
		text = append(text[:0], "Suspicious "...)
		text = append(text, in.Value(name)...)
		text = append(text, " spawned by "...)
		text = append(text, in.Value(parent)...)
		text = append(text, " on "...)
		text = append(text, in.Value(dest)...)
		text = append(text, " by "...)
		text = append(text, in.Value(user)...)
		text = append(text, ": "...)
		text = append(text, in.Value(process)...)
		out.Copy(in)
		out.SetColumn(object, in, dest)
		out.Set(kind, "system")
		out.Set(risk, "56")
		out.SetBytes(message, text)
	}
	return nil
}

func conversation(b testing.TB, rows, chunk int) []byte {
	var in bytes.Buffer
	require.NoError(b, stream.Conversation(&in, "score", nil, rows, chunk))
	return in.Bytes()
}

// BenchmarkScore is a scoring command from file to nowhere, in chunks of 50,000
// and of 2,500 rows.
func BenchmarkScore(b *testing.B) {
	for name, chunk := range map[string]int{"50k": 50000, "2500": 2500} {
		for workers, w := range map[string]int{"1": 1, "2": 2} {
			b.Run("chunk="+name+"/workers="+workers, func(b *testing.B) {
				const rows = 100000
				in := conversation(b, rows, chunk)
				b.SetBytes(int64(len(in)))
				b.ReportAllocs()
				for b.Loop() {
					p := scp.Program{Command: scoreCommand, In: bytes.NewReader(in), Out: io.Discard, Workers: w}
					require.Zero(b, p.Run())
				}
				b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// BenchmarkEncodingCSV is what a command in Go would do without this package: it
// reads and writes the rows and scores nothing.
func BenchmarkEncodingCSV(b *testing.B) {
	const rows = 100000
	body := stream.New(1).AppendChunk(nil, rows)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r, w := csv.NewReader(bytes.NewReader(body)), csv.NewWriter(io.Discard)
		r.ReuseRecord = true
		for {
			record, err := r.Read()
			if err == io.EOF {
				break
			}
			require.NoError(b, err)
			require.NoError(b, w.Write(record))
		}
		w.Flush()
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkTable is what a host does for a chunk: rows to CSV, and CSV to rows.
func BenchmarkTable(b *testing.B) {
	const rows = 50000
	body := stream.New(1).AppendChunk(nil, rows)
	table, err := scp.ParseCSV(bytes.Clone(body))
	require.NoError(b, err)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var out []byte
		for b.Loop() {
			out = table.AppendCSV(out[:0])
		}
		require.Equal(b, string(body), string(out), "what splunkd writes comes out of a parse and a write as the same bytes")
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			_, err := scp.ParseCSV(body)
			require.NoError(b, err)
		}
	})
}
