package splunkd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// paged is a Splunk whose one job has rows. It gives at most most of them at once,
// and breaks the connection after cut bytes of every answer that is longer, as
// often as cuts says.
type paged struct {
	rows       []map[string]any
	most       int
	total      int // what the job says it has
	cut, cuts  int
	pages      int
	fieldsLast bool
}

func (p *paged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost:
		_, _ = io.WriteString(w, `{"sid":"1"}`)
		return
	case !strings.HasSuffix(r.URL.Path, "/results"):
		_, _ = fmt.Fprintf(w, `{"entry":[{"content":{"dispatchState":"DONE","resultCount":%d}}]}`, p.total)
		return
	}
	p.pages++
	offset, _ := strconv.Atoi(r.FormValue("offset"))
	count, _ := strconv.Atoi(r.FormValue("count"))
	rows := p.rows[min(offset, len(p.rows)):min(offset+min(count, p.most), len(p.rows))]
	body, _ := json.Marshal(rows)
	if len(rows) == 0 {
		body = []byte("[]")
	}
	fields := `"fields":[{"name":"b"},{"name":"a"}]`
	text := `{"preview":false,` + fields + `,"results":` + string(body) + `}`
	if p.fieldsLast {
		text = `{"results":` + string(body) + `,` + fields + `,"highlighted":{"x":[{}]}}`
	}
	if p.cuts > 0 && len(text) > p.cut {
		p.cuts--
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = io.WriteString(w, text[:p.cut])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(w, text)
}

// TestEveryRowComesOnce reads random rows in random pages over connections that
// break at random places, and wants what encoding/json reads.
func TestEveryRowComesOnce(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 3), func(s []string) any { return s }),
		rapid.Just[any](nil),
	)
	row := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "\"é"}), value, 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		p := &paged{
			rows: rapid.SliceOfN(row, 0, 40).Draw(t, "rows"), most: rapid.IntRange(1, 20).Draw(t, "most"),
			cut: rapid.IntRange(0, 300).Draw(t, "cut"), cuts: rapid.IntRange(0, 5).Draw(t, "cuts"), fieldsLast: rapid.Bool().Draw(t, "fields last"),
		}
		if rapid.Bool().Draw(t, "knows its rows") {
			p.total = len(p.rows)
		}
		server := httptest.NewServer(p)
		defer server.Close()
		c, err := New(Options{URL: server.URL, Clock: &hurried{now: start}, PageRows: rapid.IntRange(1, 25).Draw(t, "page")})
		require.NoError(t, err)
		defer c.Close()
		result, err := c.Run(t.Context(), job.Request{Search: "x"})
		require.NoError(t, err)
		got, err := results.ReadAll(t.Context(), result.Rows)
		require.NoError(t, err)
		require.Equal(t, len(p.rows), got.Len)
		for i, row := range p.rows {
			for name, want := range row {
				require.Equal(t, texts(want), cell(got, i, name))
			}
		}
		if !p.fieldsLast && got.Len > 0 {
			require.Equal(t, []string{"b", "a"}, got.Names[:2], "Splunk's order")
		}
	})
}

func cell(b *batch.Batch, row int, name string) []string {
	if c := b.Column(name); c != nil {
		return c.Values(row)
	}
	return nil
}

// texts is a value as a cell holds it. JSON has no bytes that are no UTF-8.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{strings.ToValidUTF8(v, "\uFFFD")}
	case []string:
		var out []string
		for _, s := range v {
			out = append(out, strings.ToValidUTF8(s, "\uFFFD"))
		}
		return out
	}
	return nil
}

func TestRowsHaveLimits(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"f%d":""`, i)
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"a row":            {`{"results":[{"a":"` + strings.Repeat("x", 1<<20) + `"}]}`, errLarge},
		"fields of a row":  {`{"results":[{"x":""` + many(maxFields) + `}]}`, errFields},
		"fields announced": {`{"fields":[` + strings.Repeat(`"a",`, maxFields) + `"b"]}`, errFields},
		"depth":            {`{"highlighted":` + strings.Repeat("[", 20_000), nil},
		"no object":        {`[]`, errMalformed},
		"results no list":  {`{"results":{}}`, errMalformed},
		"fields no list":   {`{"fields":{}}`, errMalformed},
	} {
		p := newPage(strings.NewReader(test.body), 1<<19)
		err := p.next(&rowsBuilder{})
		require.Error(t, err, name)
		if test.want != nil {
			require.ErrorContains(t, err, test.want.Error(), name)
		}
	}
}

// TestAPageIsNeverHeld reads a page of 200 MB and looks at the heap.
func TestAPageIsNeverHeld(t *testing.T) {
	row := []byte(`{"_raw":"` + strings.Repeat("x", 2000) + `","host":"h"},`)
	const rows = 100_000
	body := io.MultiReader(strings.NewReader(`{"results":[`), io.LimitReader(&repeat{row: row}, int64(rows*len(row)-1)), strings.NewReader(`]}`))
	p := newPage(body, 1<<20)
	var b rowsBuilder
	total, most := 0, uint64(0)
	for !p.ended {
		require.NoError(t, p.next(&b))
		if got := b.take(); got != nil {
			total += got.Len
		}
		if total%20_000 < 3000 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	require.Equal(t, rows, total)
	require.Less(t, most, uint64(100<<20))
}

type repeat struct {
	row []byte
	at  int
}

func (r *repeat) Read(b []byte) (int, error) {
	n := copy(b, r.row[r.at:])
	r.at = (r.at + n) % len(r.row)
	return n, nil
}

func TestEpoch(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-15T12:20:00.250+00:00": "1768479600.25", "2026-01-15T13:20:00.1234567+01:00": "1768479600.1234567", "2026-01-15T12:20:00Z": "1768479600",
		"2026-01-15T12:20:00.000-0000": "1768479600", "1768479600": "1768479600", "": "", "2026-01-15": "2026-01-15", "9999-01-01T00:00:00.000+00:00": "9999-01-01T00:00:00.000+00:00",
	} {
		require.Equal(t, want, string(appendEpoch([]byte(in))), in)
	}
}

// FuzzPage wants rows as encoding/json reads them, wherever reads break off, and
// never a panic.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"preview":false,"init_offset":0,"messages":[{"type":"INFO","text":"x"}],"fields":[{"name":"host"}],"results":[{"host":"a"},{"host":["b",null,2]}],"highlighted":{}}`,
		`{"fields":["a","b"],"results":[{"a":1,"a":"2"},{}],"results":[{"c":{"d":[]}}]}`, `{"results":[{"_time":"2026-01-15T12:20:00.250+00:00"}]}`, ``, `{`, `{"results":[{"a`, "{\"results\":[{\"\xff\":\"\\ud800\"}]}", `{"messages":7}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		one, err := readPage(bytes.NewReader(data))
		other, otherErr := readPage(iotest.OneByteReader(bytes.NewReader(data)))
		require.Equal(t, err == nil, otherErr == nil)
		require.Equal(t, one, other)
		var oracle struct {
			Results []map[string]any `json:"results"`
		}
		if err != nil || json.Unmarshal(data, &oracle) != nil || bytes.Count(data, []byte("esults")) != 1 || bytes.Count(data, []byte(`"results"`)) != 1 {
			return // keys may be written in other ways, and twice
		}
		require.Equal(t, len(oracle.Results), strings.Count(one, "\n"))
	})
}

func readPage(r io.Reader) (string, error) {
	p := newPage(r, 1<<20)
	var b rowsBuilder
	var out strings.Builder
	for {
		err := p.next(&b)
		if got := b.take(); got != nil {
			for i := range got.Len {
				for k, n := range got.Names {
					fmt.Fprintf(&out, "%q=%q ", n, got.Columns[k].Values(i))
				}
				out.WriteByte('\n')
			}
		}
		if err != nil || p.ended {
			return out.String(), err
		}
	}
}

// FuzzReplies reads anything as each of the small replies: never a panic, no
// control characters in what is printed.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{
		infoReply, `{"messages":[{"type":"FATAL","text":"x"}]}`, `<response><messages><msg type="WARN">Login failed</msg></messages></response>`, `{"sid":"1.1"}`,
		`<response><sid>1.1</sid></response>`, `{"sessionKey":"k"}`, `{"entry":[{"content":{"dispatchState":"DONE","messages":{"fatal":["x"]},"resultCount":1e3,"searchEarliestTime":"1.5"}}]}`,
		"<html><title>\x1b[31m</title>", `{"entry":[{"content":{"isDone":"yes"}},null,{"content":[]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		printed := parseSID(data) + pageTitle(data) + string(sessionKey(data))
		for _, m := range ParseMessages(data) {
			printed += m.Type + m.Text
			require.LessOrEqual(t, len(m.Text), maxMessageText+len("…")+3)
		}
		entries, fault := ParseEntries(data)
		if fault == nil {
			for _, e := range entries {
				for name := range e.Content {
					_, _, _, _ = e.Content.Text(name), e.Content.Bool(name), e.Content.Int(name), e.Content.List(name)
				}
			}
		}
		s, fault := ParseStatus(data)
		if fault == nil {
			require.False(t, s.Done && s.Failed)
			printed += s.State
			for _, m := range s.Messages {
				printed += m.Text
			}
		}
		for _, r := range printed {
			require.GreaterOrEqual(t, r, ' ')
			require.NotEqual(t, '\x7f', r)
		}
	})
}

func BenchmarkRows(b *testing.B) {
	row := []byte(`{"_time":"2026-01-15T12:20:00.250+00:00","host":"wks-114.corp.example","user":"helpdesk01","process":"cmd.exe /c \"whoami\"","count":"3"},`)
	page := append([]byte(`{"fields":[{"name":"_time"},{"name":"host"},{"name":"user"},{"name":"process"},{"name":"count"}],"results":[`), bytes.Repeat(row, 10_000)...)
	page = append(page[:len(page)-1], "]}"...)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		p := newPage(bytes.NewReader(page), 1<<20)
		var rows rowsBuilder
		for !p.ended {
			if err := p.next(&rows); err != nil {
				b.Fatal(err)
			}
			rows.take()
		}
	}
}
