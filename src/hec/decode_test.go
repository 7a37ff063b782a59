package hec

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]event.Time{
		"1595251445":           1595251445e9,
		"1595251445.1234567":   1595251445123456700,
		"1795323600.135":       1795323600135e6,
		"0":                    0,
		"-1.5":                 -1500000000,
		"1595251445123":        1595251445123e6,
		"1595251445123.25":     1595251445123250e3,
		"1595251445123456":     1595251445123456e3,
		"1595251445123456789":  1595251445123456789,
		"1.5e3":                1500e9,
		"1.795323600135E9":     1795323600135e6,
		"9000000001":           -1,
		"13569465599":          -1,
		"":                     -1,
		"noon":                 -1,
		"+1":                   -1,
		"1.x":                  -1,
		"1595251445123.x":      -1,
		"1e99":                 -1,
		"0x1p4e":               -1,
		"99999999999999999999": -1,
		"-1595251445123":       -1,
	} {
		got, ok := parseTime(text)
		require.Equal(t, want != -1, ok, text)
		if ok {
			require.Equal(t, want, got, text)
		}
	}
}

// decodeAll reads a body and gives what ended it.
func decodeAll(text string) ([]event.Event, error) {
	base := event.Event{Index: "main", Time: 1}
	d := newDecoder(strings.NewReader(text), base, limits{event: 1 << 20, fields: 100}, func(index string) bool { return index != "no" })
	var out []event.Event
	for {
		e, err := d.next()
		if err != nil {
			return out, err
		}
		out = append(out, e)
	}
}

func TestBrokenTextIsMended(t *testing.T) {
	got, err := decodeAll("{\"event\":\"a\xffb\xfe\"}{\"event\":\"\\ud800\"}" + string(AppendEnvelope(nil, event.Event{Raw: []byte("x\xffy")})))
	require.Equal(t, io.EOF, err)
	require.Equal(t, []string{"a\ufffdb\ufffd", "\ufffd", "x\ufffdy"}, raws(got))
}

// FuzzDecode: whatever comes, every event has an object of its own that
// encoding/json reads too, and what was read does not change when it is followed
// by something else.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"event":"a"}{"event":{"k":1}}`, `[{"event":"a"},{"event":"b","index":"no"}]`, `{"time":"1.5","host":"h","fields":{"a":[1,"x"],"b":null},"event":"\u0041\n"}`,
		`{"event":""}`, `{"event":null}`, `{"fields":{"x":{}}}`, `{"evnet":1}`, "{\"event\":\"\xff\xfe\xfd\"}", `{"event":"a"`, `]`, `[[`, `{"event":"\ud83d\ude00\ud83d"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := decodeAll(text)
		var wrong *refusal
		if !errors.Is(err, io.EOF) && !errors.Is(err, errStray) {
			require.ErrorAs(t, err, &wrong)
			require.GreaterOrEqual(t, wrong.number, len(got))
			require.NotEqual(t, CodeSuccess, wrong.code)
		}
		if err == io.EOF && !strings.ContainsAny(text, "[]") {
			require.Equal(t, oracle(t, text), raws(got))
		}
		var again []byte
		for _, e := range got {
			require.NotEmpty(t, e.Raw)
			require.NotEqual(t, "no", e.Index)
			again = AppendEnvelope(again, e)
		}
		twice, err := decodeAll(string(again))
		require.Equal(t, io.EOF, err)
		require.Len(t, twice, len(got))
		for i := range got {
			require.Equal(t, strings.ToValidUTF8(string(got[i].Raw), "\ufffd"), strings.ToValidUTF8(string(twice[i].Raw), "\ufffd"))
			require.Equal(t, got[i].Time, twice[i].Time)
			require.Equal(t, got[i].Host, twice[i].Host)
			require.ElementsMatch(t, got[i].Fields, twice[i].Fields)
		}
	})
}

// oracle reads the events as encoding/json does.
func oracle(t *testing.T, text string) []string {
	out := []string{}
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var e map[string]json.RawMessage
		err := d.Decode(&e)
		if err == io.EOF {
			return out
		}
		require.NoError(t, err)
		value, ok := e["event"]
		var s string
		switch {
		case !ok || string(value) == "null":
		case json.Unmarshal(value, &s) == nil:
			out = append(out, s)
		default:
			out = append(out, string(value))
		}
	}
}

// FuzzEnvelope: an envelope is JSON, and its event comes back.
func FuzzEnvelope(f *testing.F) {
	f.Add([]byte("a \"quoted\" \\ line\r\n\x00"), "host", int64(1595251445123456700))
	f.Add([]byte("\xff"), "\xfe", int64(-1))
	f.Fuzz(func(t *testing.T, raw []byte, host string, at int64) {
		in := event.Event{Raw: raw, Host: host, Time: event.Time(at % 9e18)}
		text := AppendEnvelope(nil, in)
		require.True(t, json.Valid(text))
		out, err := decodeAll(string(text))
		if len(raw) == 0 {
			require.ErrorContains(t, err, CodeEventBlank.Text())
			return
		}
		require.Equal(t, io.EOF, err)
		require.Len(t, out, 1)
		require.Equal(t, in.Time, out[0].Time)
		if utf8.Valid(raw) {
			require.Equal(t, raw, out[0].Raw)
		}
	})
}
