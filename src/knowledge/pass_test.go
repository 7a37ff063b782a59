package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

func rawEvents(raws ...string) *Events {
	e := &Events{Times: make([]event.Time, len(raws))}
	for _, r := range raws {
		e.Raw = append(e.Raw, []byte(r))
	}
	e.Host = batch.Constant("h", len(raws))
	e.Source, e.Sourcetype, e.Index = e.Host, e.Host, e.Host
	return e
}

// FuzzKVModes: every field that is found when all are wanted is found, with the
// same values, when it is wanted alone.
func FuzzKVModes(f *testing.F) {
	for _, s := range []string{
		`a=1 b="two words" c="q\"r"`, `1, a="b", a="c", d=e`, `{"a":{"b":[1,{"c":"\u00e9"}]},"d":null}`, `[1,[2,{"a":3}]]`, "{\"a\":\"\xff\"}", `{"a.b":1,"a":{"b":2},"c{}":3,"c":[4]}`,
		`<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>1</Data><Data Name='a'>2</Data></EventData></Event>`,
		"<a>1</a><b x='1'>2</b>", `=`, `a=`, `="`, `a="\`, `{`, `{}`, `<`, `<a>`, "\x00=\x00", `{"":1}`, `{"a":{"":1}}`, `{"":{"0":0}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		e, rows := rawEvents(raw), []int32{0}
		for _, kv := range kvModes {
			x := extractor{kv: kv}
			names, columns := x.every(e, rows)
			for i, name := range names[:min(len(names), 50)] {
				alone := x.columns(e, rows, []string{name})
				var want, got []string
				if columns[i] != nil {
					want = columns[i].Values(0)
				}
				if alone[0] != nil {
					got = alone[0].Values(0)
				}
				require.Equal(t, want, got, "%d: %q", kv, name)
			}
		}
	})
}

func TestManyValuesAreLinear(t *testing.T) {
	raw := "<Event><EventData>" + strings.Repeat("<Data Name='a'>x</Data>", 200_000) + "</EventData></Event>"
	x := extractor{kv: kvWinevent}
	c := x.columns(rawEvents(raw), []int32{0}, []string{"a"})
	require.Len(t, c[0].Values(0), 200_000)
}

func TestRandomFieldNamesAreLimited(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	x := extractor{kv: kvJSON}
	names, _ := x.every(rawEvents("{"+b.String()[1:]+"}"), []int32{0})
	require.Len(t, names, maxNames)
}

func TestDeepJSON(t *testing.T) {
	raw := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	x := extractor{kv: kvAuto}
	names, _ := x.every(rawEvents(raw), []int32{0})
	require.Equal(t, []string{strings.Repeat("a.", 8999) + "a"}, names)
}

// TestSharedPassesMakeTheSameColumns compares a pass that is shared between
// processors with one that is not.
func TestSharedPassesMakeTheSameColumns(t *testing.T) {
	raws := make([]string, 2*parallelRows+7)
	for i := range raws {
		raws[i] = fmt.Sprintf("<Event><EventData><Data Name='a'>%d</Data><Data Name='b'>x</Data><Data Name='b'>%d</Data></EventData></Event>", i%1000, i%3)
		if i%5 == 0 {
			raws[i] = ""
		}
	}
	e := rawEvents(raws...)
	rows := slices.DeleteFunc(slices.Clone(allRows(len(raws))), func(r int32) bool { return r%7 == 0 })
	x := extractor{kv: kvWinevent}
	names := []string{"a", "b", "c"}
	p := newPass(e.Len(), names, false)
	x.pass(e, rows, p, nil)
	want, got := p.columns(), newPass(e.Len(), names, false)
	x.passes(e, rows, got, nil, 3)
	require.Nil(t, want[2])
	require.Nil(t, got.columns()[2])
	for i, c := range got.columns()[:2] {
		for r := range raws {
			require.Equal(t, want[i].Values(r), c.Values(r))
		}
	}
}
