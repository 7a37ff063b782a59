package scp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func newTestWriter(selected bool) *Writer {
	return &Writer{store: store{spill: newSpill(0, "")}, messages: &Messages{}, selected: selected}
}

// written is the body that writers give.
func written(t require.TestingT, writers ...*Writer) string {
	for _, w := range writers {
		require.NoError(t, w.flush())
	}
	s := writers[0].store.spill
	r, err := newReply(s, writers)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, r.write(&b, nil, s))
	require.EqualValues(t, b.Len(), r.length, "a reply is sized before it is written")
	require.Zero(t, s.held, "all memory is given back")
	return b.String()
}

func rowsOf(t require.TestingT, header, body string) *Rows {
	h, err := newHeader([]byte(header), false)
	require.NoError(t, err)
	return newRows(h, []byte(body))
}

func TestWriter(t *testing.T) {
	const header = `user,dest,"__mv_user","__mv_dest"`
	const body = "alice,\"h-1\",,\n\"b\no\",\"h\r\n\xff\x00\",\"$b$;$o$\",\n"
	for name, c := range map[string]struct {
		write func(in *Rows, w *Writer)
		want  string
	}{
		"copy gives back the bytes": {func(in *Rows, w *Writer) {
			for in.Next() {
				w.Copy(in)
			}
		}, header + "\n" + body},
		"dropped rows": {func(in *Rows, w *Writer) {
			for in.Next() {
				if in.read == 2 {
					w.Copy(in)
				}
			}
		}, header + "\n\"b\no\",\"h\r\n\xff\x00\",\"$b$;$o$\",\n"},
		"no rows": {func(in *Rows, w *Writer) {
			w.Field("x")
			for in.Next() {
			}
		}, ""},
		"one field more": {func(in *Rows, w *Writer) {
			x := w.Field("risk_score")
			for in.Next() {
				w.Copy(in)
				w.SetInt(x, 64)
			}
		}, header + ",\"risk_score\"\nalice,\"h-1\",,,64\n\"b\no\",\"h\r\n\xff\x00\",\"$b$;$o$\",,64\n"},
		"several rows of one, in any order of fields": {func(in *Rows, w *Writer) {
			x, y := w.Field("x"), w.Field("y")
			in.Next()
			w.Copy(in)
			w.Set(y, "2")
			w.Set(x, "1")
			w.Copy(in)
			w.Set(x, "3")
			w.SetInt(y, -4)
		}, header + ",x,y\nalice,\"h-1\",,,1,2\nalice,\"h-1\",,,3,\"-4\"\n"},
		"null, empty and list": {func(in *Rows, w *Writer) {
			x := w.Field("x")
			in.Next()
			for _, v := range [][]string{nil, {""}, {"a"}, {"a", "$b"}, {"", ""}} {
				w.Copy(in)
				w.SetValues(x, v...)
			}
		}, header + ",x,\"__mv_x\"\nalice,\"h-1\",,,,\nalice,\"h-1\",,,\"\",\nalice,\"h-1\",,,a,\nalice,\"h-1\",,,\"a\n$b\",\"$a$;$$$b$\"\nalice,\"h-1\",,,\"\n\",\"$$;$$\"\n"},
		"a late field": {func(in *Rows, w *Writer) {
			for in.Next() {
				w.Copy(in)
				if in.read == 2 {
					w.Set(w.Field("x"), "late")
				}
			}
		}, header + ",x\nalice,\"h-1\",,,\n\"b\no\",\"h\r\n\xff\x00\",\"$b$;$o$\",,late\n"},
		"a field of the input is replaced where it stands": {func(in *Rows, w *Writer) {
			user := w.Field("user")
			for in.Next() {
				w.Copy(in)
				w.Set(user, "x,y")
			}
		}, header + "\n\"x,y\",\"h-1\",,\n\"x,y\",\"h\r\n\xff\x00\",,\n"},
		"and becomes a list": {func(in *Rows, w *Writer) {
			dest := w.Field("dest")
			in.Next()
			w.Copy(in)
			w.SetValues(dest, "1", "2")
		}, header + "\nalice,\"1\n2\",,\"$1$;$2$\"\n"},
		"and is declared while a row is open": {func(in *Rows, w *Writer) {
			in.Next()
			w.Copy(in)
			w.SetNull(w.Field("dest"))
			w.Set(w.Field("y"), "1")
			in.Next()
			w.Copy(in)
		}, header + ",y\nalice,,,,1\n\"b\no\",\"h\r\n\xff\x00\",\"$b$;$o$\",,\n"},
		"as it was written": {func(in *Rows, w *Writer) {
			x, y := w.Field("x"), w.Field("y")
			in.Next()
			in.Next()
			w.New()
			w.SetColumn(x, in, in.Column("user"))
			w.SetColumn(y, in, in.Column("none"))
		}, "x,y,\"__mv_x\"\n\"b\no\",,\"$b$;$o$\"\n"},
		"new rows before and after copies": {func(in *Rows, w *Writer) {
			x, user := w.Field("x"), w.Field("user")
			w.New()
			w.Set(x, "1")
			w.Set(user, "first")
			in.Next()
			w.Copy(in)
			w.New()
			w.Set(x, "2")
			w.New()
			w.Set(user, "last")
		}, header + ",x\nfirst,,,,1\nalice,\"h-1\",,,\n,,,,2\nlast,,,,\n"},
		"one column": {func(_ *Rows, w *Writer) {
			x := w.Field("x")
			w.New()
			w.Set(x, "1")
			w.New()
		}, "x\n1\n\"\"\n"},
		"a declared list": {func(_ *Rows, w *Writer) {
			x := w.MultiField("x")
			w.New()
			w.Set(x, "1")
		}, "x,\"__mv_x\"\n1,\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTestWriter(false)
			c.write(rowsOf(t, header, body), w)
			require.Equal(t, c.want, written(t, w))
		})
	}
}

func TestPartsOfAChunkAgreeOnTheirColumns(t *testing.T) {
	in := func() *Rows { r := rowsOf(t, "a,b", "1,2\n"); r.Next(); return r }
	first, second, third := newTestWriter(false), newTestWriter(false), newTestWriter(false)
	second.store.spill, third.store.spill = first.store.spill, first.store.spill
	first.Copy(in())
	first.Set(first.Field("x"), "1")
	second.Copy(in())
	second.Set(second.Field("y"), "2")
	second.Set(second.Field("x"), "3")
	other := rowsOf(t, "c,b,b", "7,8,9\n")
	other.Next()
	third.Copy(other)
	third.SetValues(third.Field("y"), "4", "5")
	require.Equal(t, "a,b,c,x,y,\"__mv_y\"\n1,2,,1,,\n1,2,,3,2,\n,8,7,,\"4\n5\",\"$4$;$5$\"\n", written(t, first, second, third))
}

func TestSelectedFieldsAllowNoNewRows(t *testing.T) {
	in := rowsOf(t, `a,"_chunked_idx"`, "1,0\n2,1\n")
	w := newTestWriter(true)
	in.Next()
	w.Copy(in)
	w.Copy(in)
	require.ErrorIs(t, w.flush(), errTwiceSelected)
	w = newTestWriter(true)
	w.New()
	require.ErrorIs(t, w.flush(), errNewSelected)
	w = newTestWriter(false)
	w.Set(w.Field("x"), "1")
	require.ErrorIs(t, w.flush(), errNoRow)
}

// TestWriterOracle compares what comes out with lists of maps.
func TestWriterOracle(t *testing.T) {
	names := rapid.SampledFrom([]string{"a", "b", "c", "d", "ü,\""})
	value := rapid.SampledFrom([]string{"", "1", "x y", "$", "a\nb", "\"", "\xff", "same"})
	rapid.Check(t, func(t *rapid.T) {
		s := newSpill(rapid.SampledFrom([]int64{1, 0}).Draw(t, "budget"), "")
		defer s.close()
		var want []map[string][]string
		var writers []*Writer
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			w := &Writer{store: store{spill: s}, messages: &Messages{}}
			writers = append(writers, w)
			fields := rapid.SliceOfNDistinct(names, 1, 3, rapid.ID).Draw(t, "header")
			sent := Table{Fields: fields, Cells: make([][][]string, len(fields)), Rows: rapid.IntRange(0, 4).Draw(t, "rows")}
			for i := range fields {
				for range sent.Rows {
					sent.Cells[i] = append(sent.Cells[i], rapid.SliceOfN(value, 0, 2).Draw(t, "cell"))
				}
			}
			header, body, _ := strings.Cut(string(sent.AppendCSV(nil)), "\n")
			in := rowsOf(t, header, body)
			for in.Next() {
				for range rapid.IntRange(0, 2).Draw(t, "copies") {
					row := map[string][]string{}
					if rapid.Bool().Draw(t, "copy") {
						w.Copy(in)
						for i, f := range fields {
							row[f] = sent.Cells[i][in.read-1]
						}
					} else {
						w.New()
					}
					w.Set(w.Field("always"), "k") // a row of one null column would be an empty text
					row["always"] = []string{"k"}
					for range rapid.IntRange(0, 3).Draw(t, "sets") {
						name, values := names.Draw(t, "name"), rapid.SliceOfN(value, 0, 3).Draw(t, "values")
						w.SetValues(w.Field(name), values...)
						row[name] = values
					}
					want = append(want, row)
				}
			}
			require.NoError(t, in.err)
		}
		got, err := ParseCSV([]byte(written(t, writers...)))
		require.NoError(t, err)
		require.Equal(t, texts(want), texts(maps(&got)))
	})
}

func maps(t *Table) (out []map[string][]string) {
	for r := range t.Rows {
		m := map[string][]string{}
		for i, f := range t.Fields {
			m[f] = t.Cells[i][r]
		}
		out = append(out, m)
	}
	return out
}

// texts makes rows comparable: nulls are left out.
func texts(rows []map[string][]string) (out []string) {
	for _, row := range rows {
		var cells []string
		for f, v := range row {
			if len(v) > 0 {
				cells = append(cells, fmt.Sprintf("%q=%q", f, v))
			}
		}
		slices.Sort(cells)
		out = append(out, strings.Join(cells, " "))
	}
	return out
}
