package alert

import (
	"fmt"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

// Conditions are what the trigger of a saved search is decided with, beside the
// results. The zero value knows nothing of earlier runs.
type Conditions struct {
	// Fires tells of a result whether it may fire (suppression); nil fires all. A
	// digest alert without suppression fields is asked once, of its first result.
	Fires func(values func(field string) []string) bool
	// Search runs the condition of counttype "custom" over the results and gives the
	// number of rows; nil cannot.
	Search func(text string) (rows int, err error)
	// Previous is what the run before counted, for "rises by" and "drops by"; nil,
	// or not known, is a search that runs for the first time: it fires on neither.
	Previous func() (count int, known bool)
}

// triggered is the saved search's condition on its results, and what it counted.
// What is not understood fires on any result, and is said.
func triggered(s *detection.SavedSearch, rows *batch.Batch, c Conditions) (fires bool, count int, problems diag.List) {
	t := s.Trigger
	count = rows.Len
	switch t.CountType {
	case "", "always":
		return true, count, nil
	case "custom":
		return custom(s, rows, c)
	case "number of events", "number of results":
	case "number of hosts":
		count = distinct(rows, "host")
	case "number of sources":
		count = distinct(rows, "source")
	default:
		return count > 0, count, odd(s, fmt.Sprintf("counttype %q is not understood here: it fires on any result", t.CountType), `write "number of events"`)
	}
	n := float64(count)
	switch t.Relation {
	case "greater than":
		return n > t.Quantity, count, nil
	case "less than":
		return n < t.Quantity, count, nil
	case "equal to":
		return n == t.Quantity, count, nil
	case "not equal to":
		return n != t.Quantity, count, nil
	case "rises by", "drops by":
		return moved(t, n, c), count, nil
	}
	return count > 0, count, odd(s, fmt.Sprintf("relation %q is not understood here: it fires on any result", t.Relation), `write "greater than"`)
}

// moved compares with the run before.
func moved(t detection.Trigger, n float64, c Conditions) bool {
	if c.Previous == nil {
		return false
	}
	before, known := c.Previous()
	if !known {
		return false
	}
	by := n - float64(before)
	if t.Relation == "drops by" {
		by = -by
	}
	return by > 0 && by >= t.Quantity
}

// custom runs the condition's search over the results: any row of it fires.
func custom(s *detection.SavedSearch, rows *batch.Batch, c Conditions) (fires bool, count int, problems diag.List) {
	if s.Trigger.Condition == "" || c.Search == nil {
		return rows.Len > 0, rows.Len, odd(s, "counttype custom has no alert_condition: it fires on any result", "write alert_condition = search count > 5")
	}
	n, err := c.Search(s.Trigger.Condition)
	if err != nil {
		return false, rows.Len, diag.List{{Text: fmt.Sprintf("%s: cannot run the alert condition %q: %v", s.Name, s.Trigger.Condition, err), Cause: err}}
	}
	return n > 0, rows.Len, nil
}

func odd(s *detection.SavedSearch, text, hint string) diag.List {
	return diag.List{{Severity: diag.Warning, Text: s.Name + ": " + text, Hint: hint}}
}

func distinct(rows *batch.Batch, field string) int {
	seen := map[string]bool{}
	for i := range rows.Len {
		for _, v := range (row{rows, i}).Values(field) {
			seen[v] = true
		}
	}
	return len(seen)
}
