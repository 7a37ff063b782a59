package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnvelopes(t *testing.T) {
	hec := Metadata{Format: "hec"}
	given := Metadata{Format: "hec", Sourcetype: "gt", Source: "gs", Host: "gh", Index: "gi"}
	for _, c := range []struct {
		name, text string
		given      Metadata
		want       []string
		said       string
	}{
		{
			name: "all keys", text: `{"time":1768477212.25,"host":"h","source":"s","sourcetype":"t","index":"i","event":"hello","fields":{"a":"1","b":2,"c":[true,"x"],"d":null}}`, given: given,
			want: []string{`1768477212.25 h i t s a=1 b=2 c=true c=x "hello"`},
		},
		{
			name: "nothing but the event", text: `{"event":"hello"}`, given: hec, want: []string{`1768479600 localhost main unknown x.log "hello"`},
			said: "x.log:1:1: 1 event has no time that can be read, this first: now was taken",
		},
		{name: "given", text: `{"time":"1768477212","event":"hello"}`, given: given, want: []string{`1768477212 gh gi gt gs "hello"`}},
		{name: "an object stays as it is", text: `{"time":1768477212,"event": {"k" : [1, "é\n"]} }`, given: hec, want: []string{`1768477212 localhost main _json x.log "{\"k\" : [1, \"é\\n\"]}"`}},
		{
			name: "a number, a list", text: `{"time":1768477212,"event":42}{"time":1768477213,"event":[1,2]}`, given: hec,
			want: []string{`1768477212 localhost main unknown x.log "42"`, `1768477213 localhost main unknown x.log "[1,2]"`},
		},
		{name: "escapes", text: `{"time":1768477212,"host":"a\tb","event":"say \"hi\"\nthere é"}`, given: hec, want: []string{`1768477212 a	b main unknown x.log "say \"hi\"\nthere é"`}},
		{name: "Windows XML inside", text: `{"event":"` + strings.ReplaceAll(first, `"`, `\"`) + `"}`, given: hec, want: []string{firstShown + ` "` + first + `"`}},
		{name: "classic text inside", text: `{"event":"` + quote(classic1) + `"}`, given: hec, want: []string{classic1Shown}},
		{
			name: "CrowdStrike inside", text: `{"event":{"event_simpleName":"X","aid":"1","timestamp":"1768477212629","ComputerName":"A"}}`, given: hec,
			want: []string{`1768477212.629 A main crowdstrike:events:sensor crowdstrike "{\"event_simpleName\":\"X\",\"aid\":\"1\",\"timestamp\":\"1768477212629\",\"ComputerName\":\"A\"}"`},
		},
		{name: "milliseconds", text: `{"time":"1768477212629","event":"x"}`, given: hec, want: []string{`1768477212.629 localhost main unknown x.log "x"`}},
		{
			name: "over lines", text: "{\"time\":1768477212,\n\"event\":\"x\"}\r\n\n{\"time\":1768477213,\"event\":\"y\"}", given: hec,
			want: []string{`1768477212 localhost main unknown x.log "x"`, `1768477213 localhost main unknown x.log "y"`},
		},
		{
			name: "an unknown key", text: `{"time":1768477212,"sourcetyp":"x","event":"x"}`, given: hec, want: []string{`1768477212 localhost main unknown x.log "x"`},
			said: `x.log:1:1: an envelope has no key "sourcetyp": it is ignored [did you mean "sourcetype"?]`,
		},
		{name: "broken between good ones", given: hec, text: strings.Join([]string{
			`{"time":1768477212,"event":"a"}`, `{"time":1768477212,"event":"cut`, `{"time":1768477212}`, `{"event":""}`, `{"event":null}`, `{"time":"noon","event":"x"}`, `plain`,
			`{"event":"x","fields":{"a":{"b":1}}}`, `{"event":"x","fields":{"a":[[1]]}}`, `{"event":"x","fields":3}`, `{"event":"x","host":7}`, `{"time":1768477219,"event":"z"}`,
		}, "\n"), want: []string{`1768477212 localhost main unknown x.log "a"`, `1768477219 localhost main unknown x.log "z"`}, said: strings.Join([]string{
			`x.log:2:32: cannot read the envelope: invalid character '\n' in string (expecting non-control character)`,
			`x.log:3:1: cannot read the envelope: the envelope has no event`,
			`x.log:4:1: cannot read the envelope: the envelope's event is blank`,
			`x.log:5:1: cannot read the envelope: the envelope has no event`,
			`x.log:6:1: cannot read the envelope: the envelope's time "noon" is no number of seconds`,
			`and 5 more like this: cannot read the envelope: the envelope's host is no text`,
		}, "\n")},
		{name: "each thing that can be wrong", given: hec, text: strings.Join([]string{
			`plain`, `{"event":"x","fields":{"a":{"b":1}}}`, `{"event":"x","fields":{"a":[[1]]}}`, `{"event":"x","fields":3}`, `{"event":`,
		}, "\n"), said: strings.Join([]string{
			`x.log:1:1: cannot read the envelope: it does not begin with {`,
			`x.log:2:1: cannot read the envelope: the indexed field "a" is an object: it must be flat`,
			`x.log:3:1: cannot read the envelope: the indexed field "a" is a list of lists: it must be flat`,
			`x.log:4:1: cannot read the envelope: the envelope's fields are no object`,
			`x.log:5:10: cannot read the envelope: it is cut off`,
		}, "\n")},
	} {
		for _, block := range []int{0, 1, 50} {
			events, problems := readText(t, c.text, c.given, Options{BlockSize: block})
			require.Equal(t, strings.Join(c.want, "\n"), showAll(events), "%s, block size %d", c.name, block)
			require.Equal(t, c.said, said(problems), "%s, block size %d", c.name, block)
		}
	}
}

func TestObjectsThatNeverEndTakeLinearTime(t *testing.T) {
	for _, piece := range []string{"{\"a\":\n", "{\"a\":[\n", "{\n", "{\"a\":{}\n"} {
		text := strings.Repeat(piece, 1<<16/len(piece))
		events, _ := readText(t, text, Metadata{Format: "json"}, Options{})
		require.Len(t, events, 1<<16/len(piece))
	}
}
