package replay

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// Verification compares a run's manifest with what a search finds.
type Verification struct {
	// Search was run; ByRun tells that it looked for the run's id, where else it
	// takes all events of the hosts and times.
	Search string
	ByRun  bool
	Rows   []VerifyRow
	// Missing and Extra are events that were accepted and are not found, and events
	// that are found and were not accepted. Unsure of the extra ones may be there
	// twice, as the manifest says.
	Missing, Extra, Unsure int64
}

// VerifyRow is one index, host, source and sourcetype. Index is "" when the run
// gave none and the target chose.
type VerifyRow struct {
	Index, Host, Source, Sourcetype string
	Want, Got                       int64
}

// OK tells that nothing is missing, and nothing there that cannot be a repetition
// that the manifest knows of.
func (v Verification) OK() bool { return v.Missing == 0 && v.Extra <= v.Unsure }

// Verify counts a run's events by search, on Splunk or the engine, and compares the
// counts with the manifest's: by index (where the run gave one), host, source and
// sourcetype. With the field replay_run the run's events are told from all others;
// without it, events of the same names and times are counted too.
func Verify(ctx context.Context, m Manifest, r job.Runner, now time.Time) (Verification, error) {
	v := Verification{Search: CountSearch(m), ByRun: m.Fields, Unsure: m.mayRepeat()}
	if m.Accepted == 0 {
		return v, diag.Message{Text: "cannot verify run " + strconv.Quote(m.ID) + ": no event of it was accepted"}
	}
	earliest, latest := m.span()
	result, err := r.Run(ctx, job.Request{Search: v.Search, Name: "<verify>", Now: now, Earliest: earliest, Latest: latest})
	if err != nil {
		return v, err
	}
	rows, err := results.ReadAll(ctx, result.Rows)
	if err != nil {
		return v, err
	}
	rowsOf := newVerifyRows(m)
	for i := range rows.Len {
		n, ok := rows.Column("count").Num(i)
		if !ok {
			return v, diag.Message{Text: "cannot verify run " + strconv.Quote(m.ID) + ": the search gave no count"}
		}
		rowsOf.got(rows.Column("index").Text(i), rows.Column("host").Text(i), rows.Column("source").Text(i), rows.Column("sourcetype").Text(i), int64(n))
	}
	v.Rows = rowsOf.sorted()
	for _, row := range v.Rows {
		v.Missing += max(row.Want-row.Got, 0)
		v.Extra += max(row.Got-row.Want, 0)
	}
	return v, nil
}

// mayRepeat is how many events may be there twice.
func (m Manifest) mayRepeat() int64 {
	n := m.Unsure
	for _, d := range m.Doubtful {
		n += d.To - d.From + 1
	}
	return n
}

// span is the run's time range: whole seconds around it.
func (m Manifest) span() (earliest, latest string) {
	from, to := floor(event.Time(m.First), second), floor(event.Time(m.Last), second)+second
	return from.String(), to.String()
}

// CountSearch is the search that counts a run's events.
func CountSearch(m Manifest) string {
	return "| tstats count where " + m.scope() + " by index, host, source, sourcetype"
}

// UndoSearch is the search that finds a run's events, in its time range, and
// deletes them. With the field replay_run it finds nothing else; without, all
// events of the same index, host, source and sourcetype in that range. It is to be
// run by a role with can_delete.
func UndoSearch(m Manifest) string {
	earliest, latest := m.span()
	return "search earliest=" + earliest + " latest=" + latest + " " + m.scope() + " | delete"
}

// scope is the run's events as the predicate of a search. The time range is
// extra.
func (m Manifest) scope() string {
	if m.Fields {
		return or(m.names("index"), "index=*") + " replay_run=" + quoted(m.ID)
	}
	parts := []string{or(m.names("index"), "index=*")}
	for _, name := range []string{"host", "source", "sourcetype"} {
		if p := m.names(name); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " ")
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// maxNames is how many values of one field a search names.
const maxNames = 200

// names is the predicate for all values of one metadata field; "" when there are
// too many, or when the target chose one.
func (m Manifest) names(field string) string {
	var values []string
	for _, c := range m.Contents {
		v := map[string]string{"index": c.Index, "host": c.Host, "source": c.Source, "sourcetype": c.Sourcetype}[field]
		if v == "" || v == Anything {
			return ""
		}
		values = append(values, field+"="+quoted(v))
	}
	slices.Sort(values)
	values = slices.Compact(values)
	switch {
	case len(values) == 0 || len(values) > maxNames:
		return ""
	case len(values) == 1:
		return values[0]
	}
	return "(" + strings.Join(values, " OR ") + ")"
}

// quoted is a value as SPL writes it. An asterisk would match more; there is no way
// to write one that does not.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// verifyRows are the rows of a verification. Splunk's metadata differ in more than
// letter case only where they are others.
type verifyRows struct {
	rows  map[VerifyRow]*VerifyRow
	index bool // the run gave every index
}

func newVerifyRows(m Manifest) *verifyRows {
	v := &verifyRows{rows: map[VerifyRow]*VerifyRow{}, index: true}
	for _, c := range m.Contents {
		v.index = v.index && c.Index != ""
	}
	for _, c := range m.Contents {
		if c.Accepted > 0 {
			v.at(c.Index, c.Host, c.Source, c.Sourcetype).Want += c.Accepted
		}
	}
	return v
}

func (v *verifyRows) at(index, host, source, sourcetype string) *VerifyRow {
	if !v.index {
		index = ""
	}
	key := VerifyRow{Index: strings.ToLower(index), Host: strings.ToLower(host), Source: strings.ToLower(source), Sourcetype: strings.ToLower(sourcetype)}
	row := v.rows[key]
	if row == nil {
		row = &VerifyRow{Index: index, Host: host, Source: source, Sourcetype: sourcetype}
		v.rows[key] = row
	}
	return row
}

// got counts what the search found; hosts that the manifest does not tell apart go
// to the row of all.
func (v *verifyRows) got(index, host, source, sourcetype string, n int64) {
	row := v.at(index, host, source, sourcetype)
	if row.Want == 0 {
		if all := v.at(index, Anything, source, sourcetype); all.Want > 0 {
			row = all
		}
	}
	row.Got += n
}

func (v *verifyRows) sorted() (list []VerifyRow) {
	for _, row := range v.rows {
		if row.Want > 0 || row.Got > 0 {
			list = append(list, *row)
		}
	}
	slices.SortFunc(list, func(a, b VerifyRow) int {
		return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Sourcetype, b.Sourcetype))
	})
	return list
}
