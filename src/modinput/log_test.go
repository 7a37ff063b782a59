package modinput

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	l := NewLogger(&out)
	l.Hide("")
	l.Hide("topsecret")
	l.Infof("a %d", 1)
	l.Warnf("two\nlines\r\n\n\tkey=topsecret")
	l.Errorf("%s", "bad \x1b[0m\xff")
	l.Debugf("d")
	require.Equal(t, "INFO a 1\nWARN two\nWARN lines\nWARN     key=***\nERROR bad  [0m\uFFFD\nDEBUG d\n", out.String())
	out.Reset()
	l.Infof("%s", strings.Repeat("x", 1<<20))
	require.Less(t, out.Len(), maxLogged+20)
}

func TestParseLogLine(t *testing.T) {
	parse := func(line string, level Level, text string) {
		t.Helper()
		l, s := ParseLogLine(line)
		require.Equal(t, level, l)
		require.Equal(t, text, s)
	}
	parse("INFO hello you", LevelInfo, "hello you")
	parse("FATAL: gone", LevelFatal, "gone")
	parse("Traceback (most recent call last)", LevelError, "Traceback (most recent call last)")
	parse("info small", LevelError, "info small")
	parse("", LevelError, "")
}

func FuzzLogger(f *testing.F) {
	f.Add("a\nb", "b")
	f.Add("\r\x00\u2028", "")
	f.Fuzz(func(t *testing.T, text, secret string) {
		var out bytes.Buffer
		l := NewLogger(&out)
		l.Warnf("%s", text)
		for line := range strings.Lines(out.String()) {
			require.True(t, strings.HasSuffix(line, "\n"))
			level, _ := ParseLogLine(strings.TrimSuffix(line, "\n"))
			require.Equal(t, LevelWarn, level)
		}
	})
}
