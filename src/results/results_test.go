package results

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

func sample() *batch.Batch {
	b := batch.New(2)
	b.Set("_time", &batch.Column{Times: []event.Time{1595251445_123456700, 1595250000e9}})
	mv := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, 2)}
	mv.Codes[0] = mv.Dict.AddValues([]string{"process", "report"})
	b.Set("tag", mv)
	b.Set("count", batch.Texts("1", "12"))
	b.Set("process", batch.Texts(`"C:\x.exe" &gt; a`, "tab\there"))
	return b
}

func TestFormats(t *testing.T) {
	var out strings.Builder
	require.NoError(t, WriteJSON(&out, sample()))
	require.Equal(t, `{"_time":"1595251445.1234567","tag":["process","report"],"count":"1","process":"\"C:\\x.exe\" &gt; a"}
{"_time":"1595250000","count":"12","process":"tab\there"}
`, out.String())
	out.Reset()
	require.NoError(t, WriteCSV(&out, sample()))
	require.Equal(t, "_time,tag,count,process\n1595251445.1234567,\"process\nreport\",1,\"\"\"C:\\x.exe\"\" &gt; a\"\n1595250000,,12,tab\there\n", out.String())
	out.Reset()
	require.NoError(t, Table{Zone: time.UTC}.Write(&out, sample()))
	require.Equal(t, `_time                        tag              count  process
---------------------------  ---------------  -----  -----------------
2020-07-20 13:24:05.1234567  process, report  1      "C:\x.exe" &gt; a
2020-07-20 13:00:00                           12     tab here
`, out.String())
	out.Reset()
	require.NoError(t, Table{Width: 50}.Write(&out, sample()))
	for _, line := range strings.Split(out.String(), "\n") {
		require.LessOrEqual(t, len([]rune(line)), 50)
	}
}

func TestEveryValueComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "texts")
		b := batch.New(len(texts))
		b.Set("f", batch.Texts(texts...))
		var out bytes.Buffer
		require.NoError(t, WriteJSON(&out, b))
		for i, line := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
			var row map[string]string
			require.NoError(t, json.Unmarshal(line, &row))
			require.Equal(t, strings.ToValidUTF8(texts[i], "\uFFFD"), row["f"])
		}
		out.Reset()
		require.NoError(t, WriteCSV(&out, b))
		records, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		require.Equal(t, "f", records[0][0])
	})
}

func TestReadAll(t *testing.T) {
	one, err := ReadAll(t.Context(), Rows(sample(), sample().Keep(func(n string) bool { return n != "tag" })))
	require.NoError(t, err)
	require.Equal(t, 4, one.Len)
	require.True(t, one.Column("tag").IsNull(2))
	none, err := ReadAll(t.Context(), Rows())
	require.NoError(t, err)
	require.Zero(t, none.Len)
}

func TestReadMost(t *testing.T) {
	two := func() Reader { return Rows(batch.New(2), batch.New(2)) }
	for most, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 9: 4} {
		rows, cut, err := ReadMost(t.Context(), two(), most)
		require.NoError(t, err)
		require.Equal(t, want, rows.Len, most)
		require.Equal(t, most < 4, cut, most)
	}
}
