package results

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// anyBatch is rows with columns of all forms.
func anyBatch(t *rapid.T) *batch.Batch {
	n := rapid.IntRange(0, 9).Draw(t, "rows")
	b := batch.New(n)
	times, raw := make([]event.Time, n), make([][]byte, n)
	text := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, n)}
	text.Dict.Add("used by nobody")
	for i := range n {
		times[i] = event.Time(rapid.Int64().Draw(t, "time"))
		if rapid.Bool().Draw(t, "raw") {
			raw[i] = []byte(rapid.String().Draw(t, "bytes"))
		}
		text.Codes[i] = text.Dict.AddValues(rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "values"))
	}
	b.Set("_time", &batch.Column{Times: times})
	b.Set("_raw", &batch.Column{Bytes: raw})
	b.Set("text", text)
	return b
}

func TestPackedRowsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBatch(t)
		back, err := unpack(pack(b))
		require.NoError(t, err)
		require.Equal(t, b.String(), back.String())
		require.Equal(t, b.Len, back.Len)
		for i := range b.Len {
			for k, c := range b.Columns {
				require.Equal(t, c.Values(i), back.Columns[k].Values(i))
			}
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(sample()))
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := unpack(data); err == nil {
			_ = b.String()
		}
	})
}

func TestSpool(t *testing.T) {
	for _, memory := range []int64{0, 100, 1 << 20} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			dir := t.TempDir()
			s := NewSpool(dir, memory)
			var all []string
			for i := range 5 {
				texts := make([]string, i*3000)
				for k := range texts {
					texts[k] = fmt.Sprintf("%d.%d", i, k)
				}
				b := batch.New(len(texts))
				b.Set("n", batch.Texts(texts...))
				require.NoError(t, s.Add(b))
				all = append(all, texts...)
			}
			require.Equal(t, len(all), s.Len())
			for _, c := range []struct{ offset, count int }{{0, 0}, {0, 1}, {4095, 3}, {2999, 9000}, {len(all) - 1, 5}, {len(all), 1}, {len(all) + 9, 0}} {
				var got []string
				for b, err := range s.Rows(c.offset, c.count) {
					require.NoError(t, err)
					for i := range b.Len {
						got = append(got, b.Columns[0].Text(i))
					}
				}
				from := min(c.offset, len(all))
				to := len(all)
				if c.count > 0 {
					to = min(to, from+c.count)
				}
				require.Equal(t, strings.Join(all[from:to], " "), strings.Join(got, " "))
			}
			size, disk := s.Size()
			require.Positive(t, size)
			require.Equal(t, memory < size, disk > 0)
			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Equal(t, memory < size, len(files) == 1)
			require.NoError(t, s.Close())
			require.NoError(t, s.Close())
			files, err = os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, files)
			require.Error(t, s.Add(sample()))
		})
	}
	require.Error(t, NewSpool("/no such folder", 0).Add(sample()))
}

func BenchmarkSpool(b *testing.B) {
	rows := batch.New(blockRows)
	texts := make([]string, blockRows)
	for i := range texts {
		texts[i] = fmt.Sprintf(`C:\Windows\System32\%d.exe`, i)
	}
	rows.Set("process", batch.Texts(texts...))
	rows.Set("dest", batch.Constant("host", blockRows))
	b.ReportAllocs()
	s := NewSpool(b.TempDir(), 1<<20)
	defer func() { _ = s.Close() }()
	for b.Loop() {
		if err := s.Add(rows); err != nil {
			b.Fatal(err)
		}
	}
}
