package detection

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

// FuzzYAML reads anything as a detection. What is read without error must ship:
// Build gives conf files that read without a message, and the stanza says again
// what the file said.
func FuzzYAML(f *testing.F) {
	for _, name := range []string{"testdata/v4.yml", "testdata/v5.yml"} {
		f.Add(read(f, name))
	}
	f.Add([]byte(yamlOf("Small", Anomaly)))
	f.Add([]byte("a: &a [*a]\nname: *a\nsearch: |2\n   x\n"))
	f.Add([]byte("{name: {name: [}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, msgs := ReadYAML("fuzz.yml", data)
		_ = msgs.Error()
		if d == nil || msgs.HasErrors() {
			require.NotEmpty(t, msgs)
			return
		}
		c := Content{Detections: []*Detection{d}}
		out, said := c.Build()
		file, messages := conf.Parse(SavedSearchesConf, out[SavedSearchesConf])
		stanza, ok := file.Stanza(d.Stanza(DefaultLabel))
		if !ok {
			require.True(t, said.HasErrors(), "what does not ship is told")
			return
		}
		require.False(t, messages.HasErrors(), "%v", messages)
		s, _ := ReadSavedSearch(stanza)
		if d.Type == Baseline {
			return
		}
		require.Equal(t, trim(d.Search), s.Search.Value)
		require.Equal(t, d.Deployment.Risk, s.Risk != nil)
		if s.Risk != nil {
			require.Len(t, s.Risk.Objects, len(d.RiskObjects))
		}
		again, _ := c.Build()
		require.True(t, bytes.Equal(out[SavedSearchesConf], again[SavedSearchesConf]), "the same bytes each time")
	})
}

// FuzzStanza reads any conf text: no panic, and every message has a text and a
// place that can be printed.
func FuzzStanza(f *testing.F) {
	out, _ := shipped(f).Build()
	f.Add(out[SavedSearchesConf])
	f.Add([]byte("[x]\naction.risk=1\naction.risk.param._risk=[{\"risk_object_field\": [1,{}]}]\nalert.suppress=1\nalert.suppress.period=9s\n"))
	f.Add([]byte("[x]\naction.correlationsearch.annotations={\"a\":[\"b\", 1, null, {\"c\": []}]}\naction.correlationsearch.metadata=[]\nactions=a,b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, _ := conf.Parse("fuzz.conf", data)
		for _, s := range file.Stanzas {
			search, msgs := ReadSavedSearch(s)
			require.Equal(t, s.Name, search.Name)
			d, more := FromStanza(s)
			require.NotNil(t, d)
			for _, m := range append(msgs, more...) {
				require.NotEmpty(t, m.Text)
				require.NotEmpty(t, m.Error())
			}
		}
	})
}

// FuzzTechniques reads any CSV: no panic, no endless loop, ids once.
func FuzzTechniques(f *testing.F) {
	f.Add([]byte(table))
	f.Add([]byte("mitre_id,technique,tactics\n\"a\nb\",c,d|e\n\"x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, msgs := ReadTechniques("fuzz.csv", data)
		_ = msgs.Error()
		seen := map[string]bool{}
		for _, one := range out {
			require.False(t, seen[one.ID])
			seen[one.ID] = true
		}
	})
}

// FuzzOtherYAML reads what stands beside detections: what is not read without a
// message can be used.
func FuzzOtherYAML(f *testing.F) {
	f.Add([]byte("tests:\n- {name: a, attack_data: [x], expect: {count: 1..2, rows: [{a: [1, b]}]}}\n"))
	f.Add([]byte("name: a\ndescription: b\nfilename: c.csv\n"))
	f.Add([]byte("name: a\nid: b\ntags: {detections: [c]}\ntype: Baseline\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tests, msgs := ReadTests("fuzz.test.yml", data)
		for _, one := range tests {
			require.True(t, msgs.HasErrors() || len(one.Data)+len(one.Before) > 0)
		}
		if l, msgs := ReadLookup("fuzz.yml", data); l != nil && !msgs.HasErrors() {
			require.NotContains(t, l.Filename, "/")
		}
		if d, msgs := ReadBaseline("fuzz.yml", data); d != nil && !msgs.HasErrors() {
			require.NotEmpty(t, d.Search)
		}
	})
}

func BenchmarkReadYAML(b *testing.B) {
	data := read(b, root+"/app/detections/detect_regsvcs_spawning_a_process.yml")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, msgs := ReadYAML("x.yml", data); len(msgs) > 0 {
			b.Fatal(msgs)
		}
	}
}

func BenchmarkReadSavedSearch(b *testing.B) {
	file, _ := conf.Parse(SavedSearchesConf, built(b, shipped(b))[SavedSearchesConf])
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range file.Stanzas {
			if _, msgs := ReadSavedSearch(s); len(msgs) > 0 {
				b.Fatal(msgs)
			}
		}
	}
}
