package search

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

func TestSchema(t *testing.T) {
	s := Schema{Fields: []string{"a", "b"}}
	require.Equal(t, []string{"a", "b", "c"}, s.With("b", "c").Fields)
	require.Equal(t, []string{"a", "b"}, s.Fields, "the old one stays")
	require.Equal(t, []string{"b"}, s.Keep(func(n string) bool { return n == "b" }).Fields)
	require.True(t, s.Has("a"))
	require.False(t, s.Has("c"))
	require.True(t, Schema{Open: true}.Has("c"))
}

func TestWants(t *testing.T) {
	require.Equal(t, []string{"a", "x"}, Wants([]string{"a", "n"}, []string{"n"}, []string{"x"}))
	require.Equal(t, []string{"a"}, Wants([]string{"a"}, []string{"n"}, []string{"x"}))
	require.Equal(t, []string{"n*", "x"}, Wants([]string{"n*"}, []string{"n1"}, []string{"x"}))
	require.Equal(t, []string{"*"}, Wants([]string{"*"}, []string{"n"}, []string{"x"}))
	require.Equal(t, []string{"a", "b"}, Distinct([]string{"a", "b", "a"}))
}

func TestArrange(t *testing.T) {
	b := batch.New(1)
	for _, n := range []string{"b", "none", "a", "_x"} {
		c := batch.Texts("1")
		if n == "none" {
			c = batch.Nulls(1)
		}
		b.Set(n, c)
	}
	require.Equal(t, []string{"_x", "a", "b"}, Schema{}.Arrange(b).Names, "by name, those with a value")
	require.Equal(t, []string{"_x", "a", "none", "b"}, Schema{Ordered: true, Fields: []string{"a", "none", "c", "b"}}.Arrange(b).Names)
	require.Equal(t, b.Names, Schema{Ordered: true, Open: true}.Arrange(b).Names)
}

func TestMissingNamesWhatIsNear(t *testing.T) {
	text := &diag.Text{Name: "s", Body: "count dset x P.y"}
	src, _ := spl.Expand(text, nil)
	st := &spl.Stage{Source: src}
	at := func(name string, start int) spl.Name {
		return spl.Name{Text: name, Span: spl.Span{Start: start, End: start + len(name)}}
	}
	s := Schema{Fields: []string{"dest", "y"}, From: "stats"}
	list := s.Missing(st, "it is null", at("dset", 6), at("x*", 11), at("P.y", 13), at("y", 15))
	require.Len(t, list, 2)
	require.Equal(t, "s:1:7: field \"dset\" is not among those that stats leaves: it is null\n    count dset x P.y\n          ~~~~\n    hint: did you mean \"dest\"?", list[0].Error())
	require.Equal(t, `did you mean "y"?`, list[1].Hint)
	require.Equal(t, diag.Warning, list[0].Severity)
	require.Empty(t, Schema{Open: true}.Missing(st, "", at("dset", 6)))
	require.Equal(t, "the fields are dest, y", s.Missing(st, "", at("quite", 0))[0].Hint)
	require.Equal(t, `field "x" does not exist here`, Schema{}.Missing(st, "", at("x", 11))[0].Text)
}
