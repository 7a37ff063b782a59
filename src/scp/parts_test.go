package scp

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pieces is a reader that gives as many bytes as it is told, again and again.
type pieces struct {
	b     []byte
	sizes []int
	i     int
}

func (p *pieces) Read(to []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	n := copy(to, p.b[:min(len(p.b), p.sizes[p.i%len(p.sizes)])])
	p.b, p.i = p.b[n:], p.i+1
	return n, nil
}

// TestPartsOracle compares the parts that a body is cut into with the body:
// whole rows, in order, whatever comes with a read.
func TestPartsOracle(t *testing.T) {
	cell := rapid.SampledFrom([]string{"", "1", "ab\ncd", "\"", "x,y\r\n", "\n\n", strings.Repeat("long\n\"", 40), "\xff\x00"})
	rapid.Check(t, func(t *rapid.T) {
		table := Table{Fields: []string{"a", "b\nc"}, Rows: rapid.IntRange(0, 30).Draw(t, "rows"), Cells: make([][][]string, 2)}
		for i := range table.Cells {
			for range table.Rows {
				table.Cells[i] = append(table.Cells[i], rapid.SliceOfN(cell, 0, 2).Draw(t, "cell"))
			}
		}
		body := table.AppendCSV(nil)
		if rapid.Bool().Draw(t, "no last line end") && table.Rows > 0 {
			body = bytes.TrimSuffix(body, []byte("\n"))
		}
		lenient := rapid.Bool().Draw(t, "lenient")
		p := parts{
			src: &pieces{b: body, sizes: rapid.SliceOfN(rapid.IntRange(1, 50), 1, 5).Draw(t, "reads")}, lenient: lenient,
			limit: 1 << 20, pool: &buffers{size: rapid.IntRange(1, 100).Draw(t, "part")},
		}
		var all []byte
		for {
			b, err := p.next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			rows := newRows(p.header, b)
			for rows.Next() {
			}
			require.NoError(t, rows.err, "a part is whole rows")
			all = append(all, b...)
		}
		require.Equal(t, string(body), string(p.header.raw)+"\n"+string(all))
	})
}

func TestParts(t *testing.T) {
	next := func(body string, size int, known *Header) (string, *Header, error) {
		p := parts{src: strings.NewReader(body), limit: 64, pool: &buffers{size: size}, known: known}
		var got []string
		for {
			b, err := p.next()
			if err != nil {
				if err == io.EOF {
					err = nil
				}
				return strings.Join(got, "|"), p.header, err
			}
			got = append(got, string(b))
		}
	}
	got, h, err := next("", 16, nil)
	require.NoError(t, err)
	require.Empty(t, got)
	require.Nil(t, h)

	got, first, err := next("a,b\n", 16, nil)
	require.NoError(t, err)
	require.Empty(t, got)
	require.Equal(t, []string{"a", "b"}, first.Fields())

	_, again, err := next("a,b\n1,2\n", 16, first)
	require.NoError(t, err)
	require.Same(t, first, again, "one header line is one Header")
	_, again, err = next("a,b\r\n1,2\r\n", 16, first)
	require.NoError(t, err)
	require.Same(t, first, again)
	_, again, err = next("a,bc\n1,2\n", 16, first)
	require.NoError(t, err)
	require.NotSame(t, first, again)

	_, _, err = next("a,\"b\n1,2\n", 16, nil)
	require.ErrorIs(t, err, ErrUnterminated)
	_, _, err = next("a,b\n1,\""+strings.Repeat("x", 300)+"\"\n", 16, nil)
	require.ErrorIs(t, err, ErrTooLarge)
}
