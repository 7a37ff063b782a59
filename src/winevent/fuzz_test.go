package winevent

import (
	"bytes"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inside tells whether value is a part of raw and not merely equal to one.
func inside(raw, value []byte) bool {
	if len(value) == 0 {
		return true
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(value))) - uintptr(unsafe.Pointer(unsafe.SliceData(raw)))
	return at < uintptr(len(raw)) && at+uintptr(len(value)) <= uintptr(len(raw))
}

func FuzzEach(f *testing.F) {
	for _, raw := range split([]byte(both("<P Name='a'/><EventID>1</EventID><A>b</A>", "<Data Name='x'>v</Data><Data Name=\"y\"/>") + sysmon)) {
		f.Add(raw, 40)
		f.Add(raw, len(raw)-9)
	}
	f.Add([]byte("<System><EventID><UserData><a></a></UserData>"), 3)
	f.Fuzz(func(t *testing.T, raw []byte, cut int) {
		whole := map[pair]int{}
		names := map[string]bool{}
		Each(raw, func(name, value []byte) {
			require.True(t, inside(raw, value))
			require.NotEmpty(t, name)
			whole[pair{string(name), string(value)}]++
			names[string(name)] = true
		})
		for name := range names {
			for _, value := range extract(raw, name) {
				whole[pair{name, value}]--
			}
		}
		for p, n := range whole {
			require.Zero(t, n, "Each and Extract differ on %q", p)
		}
		if cut >= 0 && cut < len(raw) {
			noneInvented(t, raw, raw[:cut])
		}
		h := System(raw)
		require.True(t, inside(raw, h.Channel) && inside(raw, h.Computer))
	})
}

// noneInvented checks that an event that is cut off gives no value that the
// whole event does not give.
func noneInvented(t *testing.T, raw, cut []byte) {
	whole := map[pair]int{}
	Each(raw, func(name, value []byte) { whole[pair{string(name), string(value)}]++ })
	Each(cut, func(name, value []byte) {
		p := pair{string(name), string(value)}
		whole[p]--
		require.GreaterOrEqual(t, whole[p], 0, "%q is invented", p)
	})
}

func TestTruncationInventsNothing(t *testing.T) {
	for _, raw := range written(t) {
		for n := range raw {
			noneInvented(t, raw, raw[:n])
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte("<Events><Event>a</Event>\n<Event x='y'>b</Event></Events>"))
	f.Add([]byte("<Event>cut<Event>b</Event>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		start, end, ok := Split(data)
		if !ok {
			require.True(t, start == len(data) || bytes.HasPrefix(data[start:], []byte("<Event")))
			return
		}
		require.True(t, bytes.HasPrefix(data[start:end], []byte("<Event")))
		require.True(t, bytes.HasSuffix(data[start:end], []byte("</Event>")))
		require.Equal(t, len("</Event>"), end-start-bytes.Index(data[start:end], []byte("</Event>")), "no end inside")
		again, _, ok := Split(data[start:end])
		require.True(t, ok && again == 0)
	})
}

// pieces are what events are made of, and what breaks them.
var pieces = []string{
	"<EventID>", "</EventID>", "<EventID Q='1'>", "7", "<Data Name='x'>", "<Data Name=\"y\">", "</Data>", "<Data Name='z'/>", "<Data>",
	"<A>", "</A>", "<B", "/>", ">", " ", "\n", "\v", "a='b'", "c = \"d\"", "=", "'", "\"", "<", "é", "\x00", "&amp;", "text",
}

func TestAgainstTheAddOnsRegexesOnRubbish(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inner := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30)
		raw := "<Event>"
		for _, block := range []string{"System", "EventData", "UserData"} {
			text := strings.Join(inner.Draw(t, block), "")
			raw += "<" + block + ">" + text + "</" + block + ">"
		}
		raw += "</Event>"
		fields, _ := fast([]byte(raw))
		require.ElementsMatch(t, addOn([]byte(raw)), fields, raw)
	})
}
