package scp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzMulti checks both ways: a list written and read is the list, and a text
// read as a list is written as the same text.
func FuzzMulti(f *testing.F) {
	for _, s := range []string{"$a$;$b$", "a;b", "$$;$$", "$a$$b$", "$", "$a$;", "$a", "$$$$", "$a$b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list := strings.Split(text, ";")
		var b []byte
		for i, v := range list {
			b = appendMulti(b, []byte(v), i == 0)
		}
		got, ok := readMulti(b)
		require.True(t, ok)
		require.Equal(t, list, got)

		if got, ok = readMulti([]byte(text)); !ok {
			return
		}
		b = nil
		for i, v := range got {
			b = appendMulti(b, []byte(v), i == 0)
		}
		require.Equal(t, text, string(b))
	})
}

func readMulti(text []byte) (list []string, ok bool) {
	var value, scratch []byte
	for len(text) > 0 {
		if value, text, scratch, ok = nextMulti(text, scratch); !ok {
			return nil, false
		}
		list = append(list, string(value))
	}
	return list, ok
}
