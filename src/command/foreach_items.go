package command

import (
	"encoding/json"
)

// arrayItems is the elements of a JSON array: texts without quotes, all others as
// they stand.
func arrayItems(text string) ([]string, bool) {
	var list []json.RawMessage
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, raw := range list {
		var s string
		if json.Unmarshal(raw, &s) != nil || string(raw) == "null" {
			s = string(raw)
		}
		out = append(out, s)
	}
	return out, true
}
