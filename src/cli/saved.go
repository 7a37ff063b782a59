package cli

import (
	"strings"

	"riskreplay/src/detection"
)

// saved finds a saved search by its name, or by a detection's name: what stands
// between the app's label and "- Rule".
func (t *target) saved(name string) (*detection.SavedSearch, error) {
	for _, s := range t.engine.Saved() {
		if s.Name == name || strings.EqualFold(shortName(s), name) {
			return s, nil
		}
	}
	return t.engine.SavedSearch(name)
}

// shortName is a detection's name without the app's label and "- Rule".
func shortName(s *detection.SavedSearch) string {
	name, ok := strings.CutSuffix(s.Name, " - Rule")
	if !ok {
		return s.Name
	}
	if _, after, ok := strings.Cut(name, " - "); ok {
		return after
	}
	return name
}
