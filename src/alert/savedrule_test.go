package alert

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/risk"
)

// TestSearchCommandReadsTheSameRule compares what the search command reads of a
// saved search (rule=) with what the alert action does.
func TestSearchCommandReadsTheSameRule(t *testing.T) {
	app, err := os.ReadFile("../../default/savedsearches.conf")
	require.NoError(t, err)
	more := stanza + `
[single]
action.risk = 1
action.risk.param._risk_object = src
action.risk.param._risk_score = 15
`
	saved, problems := conf.Load("savedsearches.conf", []conf.App{
		{ID: "app", FS: fstest.MapFS{"default/savedsearches.conf": {Data: app}, "local/savedsearches.conf": {Data: []byte(more)}}},
	}, "")
	require.NoError(t, problems.Err())
	compared := 0
	for _, stanza := range saved.Stanzas() {
		want, _ := detection.ReadSavedSearch(stanza)
		got, warnings, err := risk.FindSavedRule(saved, stanza.Name)
		require.Empty(t, warnings)
		if want.Risk == nil {
			require.Error(t, err, stanza.Name)
			continue
		}
		require.NoError(t, err, stanza.Name)
		compared++
		require.Equal(t, want.Risk.Message, got.Message)
		require.Equal(t, want.Description, got.Description)
		var objects []detection.RiskObject
		for _, o := range got.Objects {
			objects = append(objects, detection.RiskObject{Field: o.Field, Type: o.Type, Score: o.Score.Float64()})
		}
		var threats []detection.ThreatObject
		for _, o := range got.Threats {
			threats = append(threats, detection.ThreatObject(o))
		}
		require.Equal(t, want.Risk.Objects, objects)
		require.Equal(t, want.Risk.ThreatObjects, threats)
		require.Equal(t, action(&want, Run{}, nil).Annotations, got.Annotations)
	}
	require.GreaterOrEqual(t, compared, 4)
}

func TestSearchCommandKnowsTheSameTactics(t *testing.T) {
	data, err := os.ReadFile("../../app/lookups/mitre_attack.csv")
	require.NoError(t, err)
	techniques, problems := detection.ReadTechniques("mitre_attack.csv", data)
	require.NoError(t, problems.Err())
	f, err := os.Open("../../app/lookups/mitre_attack.csv")
	require.NoError(t, err)
	defer f.Close()
	known, err := risk.ReadTechniques(f)
	require.NoError(t, err)
	require.Len(t, known, len(techniques))
	for _, tech := range techniques {
		require.Equal(t, tech, known[tech.ID])
		for _, tactic := range tech.Tactics {
			require.NotEmpty(t, risk.TacticID(tactic), tactic)
		}
	}
}
