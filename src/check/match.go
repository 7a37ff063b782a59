package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
)

// matches compares a result with an expected row: how many fields are the same, and
// the first that is not, "" when all are.
func matches(want detection.Row, rows *batch.Batch, r int) (same int, miss string) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		var has []string
		if c := rows.Column(name); c != nil && !c.IsNull(r) {
			has = c.Values(r)
		}
		if slices.EqualFunc(want[name], has, like) {
			same++
		} else if miss == "" {
			miss = fmt.Sprintf("%s is %s, not %s", name, list(has), list(want[name]))
		}
	}
	return same, miss
}

// like compares a value with an expected one, in which * stands for anything.
func like(want, has string) bool {
	parts := strings.Split(want, "*")
	if len(parts) == 1 {
		return want == has
	}
	rest, ok := strings.CutPrefix(has, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[last])
}

func list(values []string) string {
	switch len(values) {
	case 0:
		return "absent"
	case 1:
		return fmt.Sprintf("%q", values[0])
	}
	return fmt.Sprintf("%q", values)
}

// describe is an expected row for people.
func describe(want detection.Row) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		parts = append(parts, name+"="+list(want[name]))
	}
	return strings.Join(parts, " ")
}
