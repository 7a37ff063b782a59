package evtx

import (
	"bytes"
	"encoding/xml"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzRead changes logs: whatever stands in a file, what comes out is UTF-8 of
// one line's form, within its limit, and the elements are closed in order.
func FuzzRead(f *testing.F) {
	small := logOf(testEvent{1, sampleTime, a("E", charRef(13), entity("amp"), cdata("x"), pi{"a", "b"})},
		testEvent{2, sampleTime, use{&tag{name: "E", attrs: []attr{{"n", []any{opt(1)}}}, content: []any{a("D", sub{id: 0})}}, []val{array(stringValue, utf16Bytes("x\x00y\x00")), sid(5, 18)}}})
	// Without the zeros, so that changes hit something.
	f.Add(small[fileBlockSize:][:2000], uint16(0), byte(0))
	f.Add(sample()[fileBlockSize:][:9000], uint16(700), byte(0x41))
	f.Add(logOf(testEvent{1, sampleTime, use{doubling(6), nil}})[fileBlockSize:][:4000], uint16(600), byte(1))
	head := log()
	head[120] = dirtyFlag // all chunks are read
	sealFile(head)
	f.Fuzz(func(t *testing.T, chunk []byte, at uint16, b byte) {
		if int(at) < len(chunk) && b != 0 {
			chunk = bytes.Clone(chunk)
			chunk[at] = b
		}
		o := Options{MaxXML: 64 << 10}
		records, _ := readLog(append(bytes.Clone(head), chunk...), o)
		// As a closed chunk counted by the header, too.
		counted := bytes.Clone(head)
		counted[42], counted[120] = 1, 0
		sealFile(counted)
		again, _ := readLog(append(append(counted, chunk...), make([]byte, max(0, chunkSize-len(chunk)))...), o)
		for _, r := range append(records, again...) {
			if len(r.XML) > o.MaxXML || r.XML[0] != '<' || !utf8.Valid(r.XML) || !closed(r.XML) {
				t.Fatalf("%q", r.XML)
			}
		}
	})
}

// closed checks the tags alone: names are Windows', and may be none of XML's.
// What stands between tags holds no <.
func closed(b []byte) bool {
	var open [][]byte
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			return len(open) == 0
		}
		end := bytes.IndexByte(b[i:], '>')
		if end < 2 {
			return false
		}
		tag := b[i+1 : i+end]
		b = b[i+end+1:]
		last := len(open) - 1
		switch {
		case tag[0] == '?', tag[len(tag)-1] == '/':
		case tag[0] != '/':
			name, _, _ := bytes.Cut(tag, []byte(" "))
			open = append(open, name)
		case last < 0 || !bytes.Equal(open[last], tag[1:]):
			return false
		default:
			open = open[:last]
		}
	}
}

// FuzzTexts writes texts in every place where one may stand and reads them back
// with another's reader of XML.
func FuzzTexts(f *testing.F) {
	f.Add("a<b>&'\"\r\n\t", uint32(7))
	f.Add("prüfen 💡 \uFFFD ]]>", uint32(0xffffffff))
	f.Add("", uint32(0))
	f.Fuzz(func(t *testing.T, s string, n uint32) {
		if !utf8.ValidString(s) || len(s) > 8000 || !isXMLText(s) {
			t.Skip("no text of XML")
		}
		template := tag{name: "E", attrs: []attr{{"a", []any{s}}, {"b", []any{sub{id: 0}}}}, content: []any{a("T", s), a("S", sub{id: 0}), a("N", sub{id: 1})}}
		got, problems := renderOne(use{&template, []val{text(s), number32(n)}})
		require.Empty(t, problems)
		var e struct {
			A string `xml:"a,attr"`
			B string `xml:"b,attr"`
			T string `xml:"T"`
			S string `xml:"S"`
			N uint32 `xml:"N"`
		}
		require.NoError(t, xml.Unmarshal([]byte(got), &e), got)
		want := asXMLReads(s)
		require.Equal(t, []any{want, want, want, want, n}, []any{e.A, e.B, e.T, e.S, e.N}, got)
	})
}

// isXMLText tells text that XML can hold and this reader gives back whole: it
// cuts zeros.
func isXMLText(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return false
		}
	}
	return true
}

// asXMLReads is what a reader of XML makes of line ends.
func asXMLReads(s string) string {
	return string(bytes.ReplaceAll(bytes.ReplaceAll([]byte(s), []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n")))
}
