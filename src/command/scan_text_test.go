package command

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"riskreplay/src/eval"
)

// FuzzJSON: what is JSON is read to its end, what is none is refused; values come
// decoded.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[{"b":1},{"b":2}],"c":"x"}`, `[]`, `{}`, `[[],{}]`, `"a\"b\\\u00e4\ud83d\ude00"`, `-1.5e+3`, `01`, `{"a"}`, `{"a":1,}`, `[1,]`, `nul`, `{"a":"`,
		` { "a" : [ 1 , true , null ] } `, `{"a":1}}`, "\"\x01\"", `{"a":{"b":{"c":[1,[2,[3]]]}}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := 0
		j := &jsonScan{value: func(_ []byte, v string) { n++ }}
		ok := j.run(s) && !j.ended
		valid := jsontext.Value(s).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		if valid && strings.Count(s, "[")+strings.Count(s, "{") < maxJSONDepth {
			require.True(t, ok, "%q is JSON", s)
		}
		if ok && !valid {
			// Only what texts in quotes may hold is taken less strictly.
			require.Contains(t, s, `"`, "%q is no JSON", s)
		}
		if valid {
			require.True(t, jsontext.Value(compactJSON(s)).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)), "%q", s)
		}
	})
}

// FuzzXML: any text is read without trouble, by all ways to read it.
func FuzzXML(f *testing.F) {
	for _, s := range []string{`<a x="1"><b>t</b><b/></a>`, `<a><b></a>`, `<!-- <a> --><a><![CDATA[<x>]]></a>`, `<a b='>'>`, `</a>`, `<`, `<a`, `<?x?><a>1</a>`, `<>0</>`} {
		f.Add(s)
	}
	path, _ := eval.ParsePath("a.b{1}{@x}")
	f.Fuzz(func(t *testing.T, s string) {
		eval.ScanXML(s, func(path []byte, v string) { require.NotEmpty(t, path) })
		eval.FindXML(s, path, func(string) {})
		innermost(s, func(name, value string) { require.Contains(t, s, "<"+name) })
	})
}

// TestHostileTexts: deep and long texts take time in proportion to their length.
func TestHostileTexts(t *testing.T) {
	const n = 1 << 18
	for _, s := range []string{
		strings.Repeat("[", n), strings.Repeat(`{"a":`, n), strings.Repeat(`[1,`, n), strings.Repeat("<a>", n), strings.Repeat("<a", n), strings.Repeat(`"\`, n),
		strings.Repeat("<a x=", n), strings.Repeat("<!--", n), strings.Repeat("</a>", n), strings.Repeat("<a></b>", n),
	} {
		j := &jsonScan{value: func([]byte, string) {}}
		j.run(s)
		eval.ScanXML(s, func([]byte, string) {})
		innermost(s, func(string, string) {})
		path, _ := eval.ParsePath("a.a.a")
		eval.FindXML(s, path, func(string) {})
		(&jsonScan{text: s}).find(path, func(string) {})
	}
}

func TestPaths(t *testing.T) {
	for text, ok := range map[string]bool{
		"a": true, "a.b": true, "a{}.b": true, "a{3}{}": true, "{}.b": true, "a{@x}": true, `a\.b{}`: true, "": false, ".a": false, "a.": false, "a{": false, "a{x}": false, "a{-1}": false, "a{}b": false, "a{@}": false,
	} {
		_, got := eval.ParsePath(text)
		require.Equal(t, ok, got, text)
	}
}
