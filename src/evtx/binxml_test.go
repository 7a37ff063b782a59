package evtx

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// renderOne writes one event and reads it.
func renderOne(event any) (xml, problems string) {
	records, list := readLog(logOf(testEvent{1, sampleTime, event}), Options{})
	if len(records) > 0 {
		xml = string(records[0].XML)
	}
	return xml, said(list)
}

func a(name string, content ...any) tag { return tag{name: name, content: content} }

func array(k valueKind, b []byte) val { return val{k | arrayFlag, b} }

func TestBinXML(t *testing.T) {
	inner := a("U", sub{id: 0, kind: 0x08})
	strings3 := array(stringValue, utf16Bytes("x\x00\x00y<\x00"))
	for _, c := range []struct {
		want  string
		event any
	}{
		{`<E></E>`, a("E")},
		{`<E/>`, tag{name: "E", empty: true}},
		{`<E>a&amp;b"'<F>c</F>d</E>`, a("E", `a&b"'`, a("F", "c"), "d")},
		{`<E a='1' b='it&apos;s "&lt;"'/>`, tag{name: "E", empty: true, attrs: []attr{{"a", []any{"1"}}, {"b", []any{`it's "<"`}}}}},
		{`<E>&#13;&#8364;�</E>`, a("E", charRef(13), charRef(0x20ac), charRef(0xd800))},
		{`<E>&amp;&lt;&gt;"'&foo;</E>`, a("E", entity("amp"), entity("lt"), entity("gt"), entity("quot"), entity("apos"), entity("foo"))},
		{`<E a='&apos;"&amp;'></E>`, tag{name: "E", attrs: []attr{{"a", []any{entity("apos"), entity("quot"), entity("amp")}}}}},
		{`<E>a &lt;b&gt; ]]&gt;</E>`, a("E", cdata("a <b> ]]>"))},
		{`<E><?do this?><?that?></E>`, a("E", pi{"do", "this"}, pi{"that", ""})},
		{`<E>5</E>`, use{&tag{name: "E", content: []any{sub{id: 0}}}, []val{number16(5)}}},
		{`<E></E>` + ``, use{&tag{name: "E", content: []any{sub{id: 7}}}, nil}},
		{`<E><F></F></E>`, use{&tag{name: "E", content: []any{a("F", sub{id: 0}), a("G", opt(0))}}, []val{null()}}},
		{`<E b='2'/>`, use{&tag{name: "E", empty: true, attrs: []attr{{"a", []any{opt(0)}}, {"b", []any{opt(1)}}}}, []val{null(), number8(2)}}},
		{`<E a=''/>`, use{&tag{name: "E", empty: true, attrs: []attr{{"a", []any{sub{id: 0}}}}}, []val{null()}}},
		{`<E a='x'/>`, use{&tag{name: "E", empty: true, attrs: []attr{{"a", []any{"x", opt(0)}}}}, []val{null()}}},
		{`<E><G>here</G></E>`, use{&tag{name: "E", content: []any{tag{name: "F", depends: true, dependOn: 0, content: []any{"gone"}}, tag{name: "G", depends: true, dependOn: 1, content: []any{"here"}}}}, []val{null(), number8(1)}}},
		{`<E><D>x</D><D></D><D>y&lt;</D></E>`, use{&tag{name: "E", content: []any{a("D", sub{id: 0})}}, []val{strings3}}},
		{`<E><D n='1'>1</D><D n='1'>2</D></E>`, use{&tag{name: "E", content: []any{tag{name: "D", attrs: []attr{{"n", []any{sub{id: 1}}}}, content: []any{sub{id: 0}}}}}, []val{array(0x06, []byte{1, 0, 2, 0}), number8(1)}}},
		{`<E><D></D></E>`, use{&tag{name: "E", content: []any{a("D", sub{id: 0})}}, []val{array(0x06, nil)}}},
		{`<E n='1,2'/>`, use{&tag{name: "E", empty: true, attrs: []attr{{"n", []any{sub{id: 0}}}}}, []val{array(0x06, []byte{1, 0, 2, 0})}}},
		{`<E><U>9</U></E>`, use{&tag{name: "E", content: []any{sub{id: 0}}}, []val{{binXMLValue, use{&inner, []val{number32(9)}}}}}},
		{`<E><V>v</V></E>`, use{&tag{name: "E", content: []any{sub{id: 0}}}, []val{{binXMLValue, a("V", "v")}}}},
		{`<E><U>1</U><U>2</U></E>`, use{&tag{name: "E", content: []any{use{&inner, []val{number32(1)}}, use{&inner, []val{number32(2)}}}}, nil}},
		{`<E> </E>`, use{&tag{name: "E", content: []any{sub{id: 0}, " "}}, []val{{binXMLValue, nil}}}},
	} {
		got, problems := renderOne(c.event)
		require.Equal(t, c.want, got)
		require.Empty(t, problems)
	}
}

// TestTemplatesAreKeptWithTheirValues reads instances whose template holds an
// instance with values of its own.
func TestTemplatesAreKeptWithTheirValues(t *testing.T) {
	inner := a("U", sub{id: 0})
	outer := a("E", use{&inner, []val{text("fixed")}}, sub{id: 0})
	var events []testEvent
	for i := range 5 {
		events = append(events, testEvent{uint64(i + 1), sampleTime, use{&outer, []val{number32(uint32(i)), text("other")}}})
	}
	records, problems := readLog(logOf(events...), Options{})
	require.Empty(t, problems)
	for i, r := range records {
		require.Equal(t, fmt.Sprintf("<E><U>fixed</U>%d</E>", i), string(r.XML))
	}
}

func TestBinXMLThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		event any
		want  string
	}{
		{raw{0x1f}, "error: record 1 at offset 0x1200 cannot be read: token 0x1f at offset 0x21c of the chunk stands where an element begins"},
		{raw{}, "cannot be read: it holds no element"},
		{a("1E"), `cannot be read: "1E" is no name of XML`},
		{a("a b"), `cannot be read: "a b" is no name of XML`},
		{a("a/b"), `cannot be read: "a/b" is no name of XML`},
		{a(""), `of the chunk`},
		{a("E", raw{tokenValue, 0x08, 0, 0}), "a text has the type 0x08"},
		{a("E", raw{0x1e}), "stands in an element"},
		{tag{name: "E", attrs: []attr{{"a", []any{raw{0x1e}}}}}, "stands in a start tag"},
		{raw{tokenInstance, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0}, "no template stands at offset 0xffff of the chunk"},
		{raw{tokenInstance, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0xff, 0xff, 0xff, 0xff}, "its BinXml is cut off"},
		{raw{tokenOpenStart, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, "no name stands at offset 0xffffffff of the chunk"},
		{raw{tokenOpenStart, 0xff}, "cannot be read: "},
		{use{&tag{name: "E"}, []val{}}, ""},
	} {
		_, problems := renderOne(c.event)
		require.Contains(t, problems, c.want, "%v", c.event)
	}
}
