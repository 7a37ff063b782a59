package replay

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// question is a search for events by their numbers in a run.
type question struct {
	run     string
	seqs    []string // of each event
	indexes []string // "" is not known
	// earliest and latest are whole seconds around the events, for a search that
	// need not look at all of an index.
	earliest, latest int64
}

// questionOf asks for events; false when one of them has no number.
func questionOf(events []event.Event) (question, bool) {
	q := question{}
	for i, e := range events {
		run, seq := numbered(e)
		if run == "" || seq == "" || q.run != "" && q.run != run {
			return q, false
		}
		q.run = run
		q.seqs = append(q.seqs, seq)
		if !slices.Contains(q.indexes, e.Index) {
			q.indexes = append(q.indexes, e.Index)
		}
		second := e.Time.Std().Unix()
		if i == 0 {
			q.earliest, q.latest = second, second
		}
		q.earliest, q.latest = min(q.earliest, second-1), max(q.latest, second+2)
	}
	return q, len(events) > 0
}

// numbered is an event's run and its number in it, "" without.
func numbered(e event.Event) (run, seq string) {
	for _, f := range e.Fields {
		switch f.Name {
		case "replay_run":
			run = f.Value
		case "replay_seq":
			seq = f.Value
		}
	}
	return run, seq
}

// search is the question in SPL:
//
//	| tstats count where (index="main" OR index="test") replay_run="R" by replay_seq
func (q question) search() string {
	terms := make([]string, len(q.indexes))
	for i, name := range q.indexes {
		if name == "" {
			name = "*" // the token's own index is not known here
		}
		terms[i] = "index=" + strconv.Quote(name)
	}
	return "| tstats count where (" + strings.Join(terms, " OR ") + ") replay_run=" + strconv.Quote(q.run) + " by replay_seq"
}

// ask gives the numbers that were found.
func (q question) ask(ctx context.Context, runner job.Runner, now time.Time) (map[string]bool, error) {
	result, err := runner.Run(ctx, job.Request{
		Search: q.search(), Name: "replay",
		Earliest: strconv.FormatInt(q.earliest, 10), Latest: strconv.FormatInt(q.latest, 10), Now: now,
		Limits: job.Limits{ResultRows: 10_000_000},
	})
	if err != nil {
		return nil, err
	}
	rows, err := results.ReadAll(ctx, result.Rows)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	column := rows.Column("replay_seq")
	if column == nil {
		return found, nil
	}
	for i := range rows.Len {
		found[column.Text(i)] = true
	}
	return found, nil
}

// answer tells of each event whether it was found, and whether all were.
func (q question) answer(found map[string]bool) (there []bool, all bool) {
	there, all = make([]bool, len(q.seqs)), true
	for i, seq := range q.seqs {
		there[i] = found[seq]
		all = all && there[i]
	}
	return there, all
}
