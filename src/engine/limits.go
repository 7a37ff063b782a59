package engine

import (
	"errors"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/search"
)

// readLimits is the limits that an app's limits.conf sets, those of other apps under
// them. Settings of which this engine has no limit are passed over: Splunk has hundreds.
func readLimits(apps []conf.App, in string) (search.Limits, diag.List) {
	var out search.Limits
	file, problems := conf.Load("limits.conf", apps, in)
	for _, limit := range search.AllLimits() {
		stanza, key := limit.Place()
		s, ok := file.Stanza(stanza)
		if !ok {
			continue
		}
		value, ok := s.Lookup(key)
		if !ok {
			continue
		}
		var m diag.Message
		if err := limit.Set(&out, value.Value); errors.As(err, &m) {
			m.Severity, m.Place = diag.Warning, value.Text.At(0, len(value.Value))
			problems = append(problems, m)
		}
	}
	return out, problems
}

// requested is the limits of a request.
func requested(l job.Limits) search.Limits {
	return search.Limits{
		Sort: l.SortRows, List: l.ListValues, Results: l.ResultRows,
		SubsearchRows: l.SubsearchRows, SubsearchTime: l.SubsearchTime,
		JoinRows: l.JoinRows, JoinTime: l.SubsearchTime, AppendRows: l.AppendRows, AppendTime: l.SubsearchTime,
	}
}
