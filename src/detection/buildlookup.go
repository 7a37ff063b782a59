package detection

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// DetectionsCSV is the lookup riskreplay_detections: a row for each detection and
// ATT&CK technique, for the dashboards.
const DetectionsCSV = "app/lookups/detections.csv"

// lookup writes the table of detections.
func (b *builder) lookup() {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	write := func(row ...string) { _ = w.Write(row) } // into memory: it cannot fail
	write("search_name", "detection", "type", "security_domain", "risk_score", "technique", "technique_name", "tactics", "stories")
	for _, d := range b.detections {
		ids := d.MitreAttackIDs
		if len(ids) == 0 {
			ids = []string{""}
		}
		score := ""
		if d.RiskScore > 0 {
			score = decimal(d.RiskScore)
		}
		for _, id := range ids {
			t, _ := b.Technique(id)
			write(d.Stanza(b.AppLabel()), d.Name, d.Type, d.SecurityDomain, score, id, t.Name, strings.Join(t.Tactics, "|"), strings.Join(d.AnalyticStories, "|"))
		}
	}
	w.Flush()
	b.out[DetectionsCSV] = out.Bytes()
}
