package detection

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWritesJSONAsJinjaDoes(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{"ATT&CK's <b>", `"ATT\u0026CK\u0027s \u003cb\u003e"`},
		{"\"\\/\b\f\n\r\t\x01\x7f", `"\"\\/\b\f\n\r\t\u0001` + "\x7f" + `"`},
		{"é – 😀", `"\u00e9 \u2013 \ud83d\ude00"`},
		{[]string{"a", "b"}, `["a", "b"]`},
		{[]string(nil), `[]`},
		{[]any{1, 64.0, 61.6, true, "x"}, `[1, 64, 61.6, true, "x"]`},
		{object{"b": 1, "a": object{}, "B": verbatim("2.0")}, `{"B": 2.0, "a": {}, "b": 1}`},
	} {
		require.Equal(t, c.want, toJSON(c.value))
	}
}

func TestJSONReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.String())).Draw(t, "value")
		o := object{}
		for k, v := range want {
			o[k] = v
		}
		var got map[string][]string
		require.NoError(t, json.Unmarshal([]byte(toJSON(o)), &got))
		require.Len(t, got, len(want))
		for k, v := range want {
			require.ElementsMatch(t, v, got[k])
		}
	})
}
