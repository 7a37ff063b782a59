package report

import (
	"encoding/json"
	"io"
	"slices"

	"riskreplay/src/check"
)

// Navigator writes a layer for the ATT&CK Navigator: each technique that detections
// name, with the number of them that pass as its score.
func (t *Tests) Navigator(w io.Writer) error {
	layer := navigatorLayer{
		Name: "RiskReplay", Domain: "enterprise-attack", Description: "techniques of tested detections: the score is how many pass", Techniques: []navigatorTechnique{},
	}
	layer.Versions.Layer, layer.Versions.Navigator = "4.5", "5.0.0"
	layer.Gradient.Colors, layer.Gradient.Max = []string{"#f4b6b6", "#8bc48b"}, 1
	for _, m := range t.techniques() {
		one := navigatorTechnique{ID: m.ID, Score: m.Passed, Enabled: true, Subtechniques: true}
		for _, d := range m.Detections {
			one.Comment += string(d.Status()) + ": " + d.Detection.Name + "\n"
		}
		layer.Gradient.Max = max(layer.Gradient.Max, m.Passed)
		layer.Techniques = append(layer.Techniques, one)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(layer)
}

type navigatorLayer struct {
	Name     string `json:"name"`
	Versions struct {
		Layer     string `json:"layer"`
		Navigator string `json:"navigator"`
	} `json:"versions"`
	Domain      string               `json:"domain"`
	Description string               `json:"description"`
	Techniques  []navigatorTechnique `json:"techniques"`
	Gradient    struct {
		Colors []string `json:"colors"`
		Min    int      `json:"minValue"`
		Max    int      `json:"maxValue"`
	} `json:"gradient"`
}

type navigatorTechnique struct {
	ID            string `json:"techniqueID"`
	Score         int    `json:"score"`
	Comment       string `json:"comment,omitempty"`
	Enabled       bool   `json:"enabled"`
	Subtechniques bool   `json:"showSubtechniques"`
}

// covered is a technique with the detections that name it.
type covered struct {
	ID         string
	Passed     int
	Detections []*Tested
}

// techniques are those that detections name, by id.
func (t *Tests) techniques() []*covered {
	byID := map[string]*covered{}
	var ids []string
	for i := range t.Detections {
		d := &t.Detections[i]
		for _, id := range d.Detection.MitreAttackIDs {
			c := byID[id]
			if c == nil {
				c = &covered{ID: id}
				byID[id] = c
				ids = append(ids, id)
			}
			c.Detections = append(c.Detections, d)
			if d.Status() == check.Passed {
				c.Passed++
			}
		}
	}
	slices.Sort(ids)
	out := make([]*covered, len(ids))
	for i, id := range ids {
		out[i] = byID[id]
	}
	return out
}
