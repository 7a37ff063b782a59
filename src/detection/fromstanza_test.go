package detection

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

// TestFromStanzaUndoesBuild writes content and reads it back: what a stanza holds
// of a detection comes back the same.
func TestFromStanzaUndoesBuild(t *testing.T) {
	c := shipped(t)
	for _, name := range []string{"testdata/v4.yml", "testdata/v5.yml"} {
		d, msgs := ReadYAML(name, read(t, name))
		require.Empty(t, msgs)
		c.Detections = append(c.Detections, d)
	}
	for _, kind := range Types() {
		d, msgs := ReadYAML(kind, []byte(yamlOf("Small "+kind, kind)))
		require.Empty(t, msgs)
		c.Detections = append(c.Detections, d)
	}
	file, msgs := conf.Parse(SavedSearchesConf, built(t, c)[SavedSearchesConf])
	require.Empty(t, msgs)
	for _, want := range c.Detections {
		stanza, ok := file.Stanza(want.Stanza(DefaultLabel))
		require.True(t, ok, want.Name)
		got, msgs := FromStanza(stanza)
		require.Empty(t, msgs, want.Name)
		require.Equal(t, want.Search, got.SearchText.Body)
		got.SearchText = nil
		require.Equal(t, c.kept(*want), *got, want.Name)
	}
}

// kept is what a stanza keeps of a detection.
func (c *Content) kept(d Detection) Detection {
	d.NIST, d.CIS20, d.KillChainPhases = d.nist(), d.cis(), c.killChain(&d)
	d.places, d.SearchText, d.File = nil, nil, ""
	d.Author, d.References, d.RequiredFields, d.Tests, d.AssetType, d.ManualTest = "", nil, nil, nil, "", ""
	for i, p := range d.Deployment.Params {
		d.Deployment.Params[i].Value, _ = d.fill(p.Value)
	}
	if d.Deployment.RuleTitle != "%name%" {
		d.Deployment.RuleTitle, _ = d.fill(d.Deployment.RuleTitle)
	}
	if !d.Deployment.Risk {
		d.Message, d.RiskObjects, d.ThreatObjects = "", nil, nil
	}
	if !d.Deployment.Notable {
		d.SecurityDomain = ""
	}
	if d.Type == Baseline {
		d.ID, d.Version, d.NIST, d.CIS20, d.KnownFalsePositives, d.Products = "", 0, nil, nil, "", nil
		d.Graded, d.Impact, d.Confidence, d.RiskScore = false, 0, 0, 0
	}
	return d
}

func TestFromStanzaTakesContentctlsWarning(t *testing.T) {
	d, msgs := FromStanza(parse(t, `[ESCU - Some - Odd Name - Rule]
description = **WARNING**, this detection is marked **EXPERIMENTAL** by the Splunk Threat Research Team. This means that it was tested by hand. If you have any questions feel free to email us at: research@splunk.com. What it finds.
search = index=main
`))
	require.Empty(t, msgs)
	require.Equal(t, []string{"Some - Odd Name", "experimental", "What it finds."}, []string{d.Name, d.Status, d.Description})
}
