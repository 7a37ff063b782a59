package ingest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func gzipped(t testing.TB, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func zstandard(t testing.TB, text string) string {
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(w.EncodeAll([]byte(text), nil))
}

func TestContainers(t *testing.T) {
	text := strings.Repeat(first+"\n", 200)
	for name, content := range map[string]string{
		"gzip": gzipped(t, text), "zstd": zstandard(t, text), "both": zstandard(t, gzipped(t, text)),
		"two members": gzipped(t, text[:len(text)/2]) + gzipped(t, text[len(text)/2:]),
	} {
		for _, block := range []int{0, 999} {
			events, problems := readText(t, content, Metadata{}, Options{BlockSize: block})
			require.Empty(t, problems, name)
			require.Len(t, events, 200, name)
		}
	}
}

func TestContainersThatAreWrong(t *testing.T) {
	text := strings.Repeat(first+"\n", 2000)
	noise := make([]byte, 200_000) // so that what is packed does not fit one buffer
	for i := range noise {
		noise[i] = "0123456789abcdef"[i*i*31/7%16]
	}
	packed := gzipped(t, first+"\n"+second+"\n"+string(noise))
	for _, c := range []struct {
		content string
		limit   int64
		events  int
		said    string
	}{
		{gzipped(t, ""), 0, 0, `cannot read "x.log": there is nothing in the gzip file`},
		{packed[:len(packed)-9], 0, 2, `the rest of "x.log" cannot be read: it is cut off`},
		{packed + "rubbish, and much of it", 0, 2, `the rest of "x.log" cannot be read: gzip: invalid header`},
		{"\x1f\x8b\x08rubbish", 0, 0, `cannot read "x.log": it begins as gzip, and is not: unexpected EOF`},
		{"\x28\xb5\x2f\xfdrubbish", 0, 0, `the rest of "x.log" cannot be read: `},
		{gzipped(t, text), 100_000, 200, `the rest of "x.log" cannot be read: more comes out of it than the limit allows`},
		{gzipped(t, gzipped(t, gzipped(t, gzipped(t, gzipped(t, text))))), 0, 0, `cannot read "x.log": more than 4 containers lie one inside the other`},
		{"PK\x03\x04...", 0, 0, `cannot read "x.log": it begins as a zip archive, and is not: zip: not a valid zip file`},
		{"\xfd7zXZ\x00...", 0, 0, `cannot read "x.log": it is xz [unpack it first: unxz FILE]`},
		{"ElfFile\x00...", 0, 0, `the file is cut off at offset 0xb, inside its header`},
		{gzipped(t, "PK\x03\x04..."), 0, 0, `cannot read "x.log": it begins as a zip archive, and is not: zip: not a valid zip file`},
	} {
		events, problems := readText(t, c.content, Metadata{}, Options{MaxUnpacked: c.limit})
		require.Contains(t, said(problems.Errors()), c.said)
		require.GreaterOrEqual(t, len(events), c.events, c.said)
	}
}

func TestEvtx(t *testing.T) {
	log, err := os.ReadFile(filepath.Join("..", "..", "testdata", "evtx", "sample.evtx"))
	require.NoError(t, err)
	for _, content := range []string{string(log), gzipped(t, string(log))} {
		events, problems := readText(t, content, Metadata{}, Options{})
		require.Empty(t, problems)
		require.Len(t, events, 8)
		require.Equal(t, "1768392001.2345678", events[1].Time.String())
		require.Equal(t, []string{"ws-17.example.test", "XmlWinEventLog:Security", "XmlWinEventLog"},
			[]string{events[1].Host, events[1].Source, events[1].Sourcetype})
		require.True(t, bytes.HasPrefix(events[1].Raw, []byte("<Event xmlns='")))
		require.True(t, bytes.HasSuffix(events[1].Raw, []byte("</Event>")))
	}

	damaged := bytes.Clone(log)
	copy(damaged[4096+512:], "....") // the first record, and the definitions in it
	events, problems := readText(t, string(damaged), Metadata{}, Options{})
	require.NotEmpty(t, events)
	require.Contains(t, said(problems), "bytes at offset 0x1200 are no record: reading goes on behind them")

	events, problems = readText(t, string(log[:4096]), Metadata{}, Options{})
	require.Empty(t, events)
	require.False(t, problems.HasErrors())
	require.Contains(t, said(problems), `there is nothing in the binary Windows event log (.evtx) "x.log"`)
}

func TestALimitThatIsJustMetIsNoProblem(t *testing.T) {
	events, problems := readText(t, gzipped(t, first), Metadata{}, Options{MaxUnpacked: int64(len(first))})
	require.Empty(t, problems)
	require.Len(t, events, 1)
}

// inUTF16 is a text in UTF-16, the way Windows writes it.
func inUTF16(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestUTF16(t *testing.T) {
	text := first + "\r\n" + strings.Replace(second, "line 1", "naïve 💡 \uFFFF", 1) + "\r\n"
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, mark := range []string{"\uFEFF", ""} {
			events, problems := readText(t, inUTF16(mark+text, order), Metadata{}, Options{})
			require.Empty(t, problems)
			require.Len(t, events, 2)
			require.Equal(t, text, string(events[0].Raw)+"\r\n"+string(events[1].Raw)+"\r\n")
		}
	}
}

// halves reads a text in pieces of n bytes.
type halves struct {
	text string
	n    int
}

func (h *halves) Read(p []byte) (int, error) {
	if h.text == "" {
		return 0, io.EOF
	}
	n := copy(p, h.text[:min(h.n, len(h.text))])
	h.text = h.text[n:]
	return n, nil
}

func TestUTF16AgainstTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOf(rapid.OneOf(rapid.Uint16(), rapid.SampledFrom([]uint16{0xd800, 0xdbff, 0xdc00, 0xdfff, 'a', 0xffff}))).Draw(t, "units")
		var text []byte
		for _, u := range units {
			text = binary.LittleEndian.AppendUint16(text, u)
		}
		want := string(utf16.Decode(units))
		if rapid.Bool().Draw(t, "odd") {
			text = append(text, 'x')
			want += string(utf8.RuneError)
			if n := len(units); n > 0 && utf16.IsSurrogate(rune(units[n-1])) {
				t.Skip("half a pair before half a unit")
			}
		}
		got, err := io.ReadAll(&utf16Reader{src: &halves{string(text), rapid.IntRange(1, 5).Draw(t, "n")}, order: binary.LittleEndian})
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	})
}

func unquoteAll(t require.TestingT, text string) string {
	got, err := io.ReadAll(&unquoter{src: strings.NewReader(text)})
	require.NoError(t, err)
	return string(got)
}

func TestUnquote(t *testing.T) {
	for text, want := range map[string]string{
		`"a\"b\\c\/d\n\r\t\b\f"`: "a\"b\\c/d\n\r\t\b\f\n",
		`"\u00e9\ud83d\udca1"`:   "é💡\n",
		`"\ud83d"`:               "\uFFFD\n",
		`"\ud83d\n"`:             "\uFFFD\n\n",
		`"\ud83d\ud83d\udca1"`:   "\uFFFD💡\n",
		`"\ud83dx"`:              "\uFFFDx\n",
		`"\q\u12"`:               `\q\u12` + "\n",
		`"a" "b"`:                "a\n b\n",
		`"open`:                  "open",
		`"\`:                     `\`,
		`"\u00`:                  `\u00`,
		`"\ud83d\`:               "\uFFFD" + `\`,
		`"\ud83d`:                "\uFFFD",
	} {
		require.Equal(t, want, unquoteAll(t, text), text)
	}
}

func FuzzUnquote(f *testing.F) {
	f.Add(`<Event>"é💡\` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		require.Equal(t, strings.ToValidUTF8(text, "\uFFFD")+"\n", mergeReplaced(unquoteAll(t, string(quoted)), text))
		require.NotPanics(t, func() { unquoteAll(t, text) })
	})
}

// mergeReplaced makes one U+FFFD of several where ToValidUTF8 does: it writes one
// for a run of bad bytes, encoding/json one for each.
func mergeReplaced(got, text string) string {
	if utf8.ValidString(text) {
		return got
	}
	return strings.ToValidUTF8(strings.ReplaceAll(got, "\uFFFD", "\xff"), "\uFFFD")
}
