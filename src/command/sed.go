package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/pcre"
)

// sedColumn edits each distinct value, as rex does in its sed mode.
func sedColumn(s *pcre.Sed, c *batch.Column, warn func(error)) *batch.Column {
	return mapLists(c, func(list []string) []string {
		out := make([]string, len(list))
		for i, v := range list {
			var err error
			if out[i], err = s.Edit(v); err != nil {
				warn(err)
			}
		}
		return out
	})
}
