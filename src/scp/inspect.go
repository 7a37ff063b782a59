package scp

import (
	"encoding/json"
	"strings"
)

// inspect takes messages and metrics out of a reply. What is not of their form
// is passed over: it is for people.
func (s *setup) inspect() (notes []Note, metrics map[string]Metric) {
	var list [][]string
	if json.Unmarshal(s.Inspector["messages"], &list) == nil {
		for _, m := range list {
			if len(m) == 2 {
				notes = append(notes, Note{Level(strings.ToUpper(m[0])), m[1]})
			}
		}
	}
	for key, value := range s.Inspector {
		name, ok := strings.CutPrefix(key, "metric.")
		var n []float64
		if !ok || json.Unmarshal(value, &n) != nil || len(n) != 4 {
			continue
		}
		if metrics == nil {
			metrics = map[string]Metric{}
		}
		metrics[name] = Metric{Seconds: n[0], Calls: int64(n[1]), In: int64(n[2]), Out: int64(n[3])}
	}
	return notes, metrics
}
