package diag

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestMessageShowsPlaceMarkHintAndNotes(t *testing.T) {
	text := &Text{Name: "a.spl", Body: "search x\n| tstat count"}
	def := &Text{Name: "macros.conf", Body: "bad", Line: 14, Column: 14}
	m := Message{
		Text: `unknown command "tstat"`, Place: text.At(11, 16), Hint: `did you mean "tstats"?`,
		Notes: []Message{{Text: "defined here", Place: def.At(0, 3)}},
	}
	require.Equal(t, strings.Join([]string{
		`a.spl:2:3: unknown command "tstat"`,
		`    | tstat count`,
		`      ~~~~~`,
		`    hint: did you mean "tstats"?`,
		`macros.conf:14:14: note: defined here`,
		`    bad`,
		`    ~~~`,
	}, "\n"), m.Error())
	require.Equal(t, `a.spl:2:3: unknown command "tstat"`, m.Short())
}

func TestPlaceSurvivesWrongOffsets(t *testing.T) {
	text := &Text{Name: "x", Body: "añb"}
	for _, p := range []Place{text.At(-4, -1), text.At(2, 900), text.At(900, 2), text.At(3, 1), {}} {
		require.NotPanics(t, func() { _ = Message{Text: "m", Place: p}.Error() })
	}
	line, column := text.At(3, 4).LineColumn()
	require.Equal(t, []int{1, 3}, []int{line, column}, "columns are characters, not bytes")
}

func TestLongLineIsCutAroundTheMark(t *testing.T) {
	text := &Text{Name: "x", Body: strings.Repeat("a", 500) + "HERE" + strings.Repeat("b", 500)}
	lines := strings.Split(Message{Text: "m", Place: text.At(500, 504)}.Error(), "\n")
	require.Contains(t, lines[1], "HERE")
	require.LessOrEqual(t, utf8.RuneCountInString(lines[1]), snippetWidth+4)
	require.Equal(t, strings.Index(string([]rune(lines[1])), "HERE")-len("…")+1, strings.Index(lines[2], "~~~~"))
}

func TestListKeepsCausesAndSorts(t *testing.T) {
	text := &Text{Name: "x", Body: "one\ntwo"}
	l := List{
		{Text: "second", Place: text.At(4, 7), Cause: fs.ErrNotExist},
		{Severity: Warning, Text: "first", Place: text.At(0, 3)},
	}
	require.ErrorIs(t, l.Err(), fs.ErrNotExist)
	var m Message
	require.True(t, errors.As(l.Err(), &m))
	l.Sort()
	require.Equal(t, "first", l[0].Text)
	require.NoError(t, l[:1].Err(), "warnings alone are no error")
	require.Len(t, l.Errors(), 1)
}

func TestDidYouMean(t *testing.T) {
	known := []string{"tstats", "stats", "eventstats", "rename", "eval"}
	for name, want := range map[string]string{
		"tstat": "tstats", "stas": "stats", "RENAM": "rename", "veal": "eval", "zzz": "", "": "",
	} {
		require.Equal(t, want, Nearest(name, known), name)
	}
	require.Equal(t, `did you mean "rename"?`, DidYouMean("renmae", known))
	require.Empty(t, DidYouMean("qqqqqq", known))
}
