package detection

import (
	"slices"
	"strconv"

	"riskreplay/src/conf"
)

// analyticStories are analyticstories.conf's two kinds of stanzas (rule 1.10):
// what ES's content library says of each detection, then the stories.
func (b *builder) analyticStories() []*conf.Stanza {
	var out []*conf.Stanza
	for _, d := range b.detections {
		if d.Type != Baseline {
			out = append(out, b.explained(d))
		}
	}
	for _, s := range b.Stories {
		out = append(out, b.story(s))
	}
	return out
}

func (b *builder) explained(d *Detection) *conf.Stanza {
	l := stanza("savedsearch://" + d.Stanza(b.AppLabel()))
	l.add(
		"type", "detection",
		"asset_type", d.AssetType,
		"confidence", "medium",
		"explanation", d.eli5(),
		"how_to_implement", d.HowToImplement,
		"annotations", toJSON(b.mappings(d)),
		"known_false_positives", d.KnownFalsePositives,
		"providing_technologies", listOrNull(providing(d.Search)),
	)
	return l.stanza
}

func (b *builder) story(s *Story) *conf.Stanza {
	person, company := s.maintainer()
	var searches []string
	for _, d := range b.detections {
		if slices.Contains(d.AnalyticStories, s.Name) {
			searches = append(searches, d.Stanza(b.AppLabel()))
		}
	}
	category := ""
	if len(s.Categories) > 0 {
		category = s.Categories[0]
	}
	l := stanza("analytic_story://" + s.Name)
	l.add(
		"category", category,
		"last_updated", s.Date,
		"version", strconv.Itoa(s.Version),
		"references", toJSON(s.References),
		"maintainers", toJSON([]any{object{"company": company, "email": "-", "name": person}}),
		"spec_version", "3",
		"searches", toJSON(searches),
		"description", s.Description,
		"narrative", s.Narrative,
	)
	return l.stanza
}
