package engine

import (
	"context"
	"slices"
	"strconv"

	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
	"riskreplay/src/replay"
)

// there are the events of a run that its index has already.
type there struct {
	resent uint64 // batches up to this one may be there
	asked  bool
	seqs   map[int64]bool
}

// missing is the events of a batch that are not in the index yet. An event without
// a number in its run is taken for missing.
func (t *there) missing(ctx context.Context, x *index.Index, b replay.Batch) ([]event.Event, error) {
	run, first := numbered(b.Events[0])
	if b.Seq > t.resent || run == "" {
		return b.Events, nil
	}
	if !t.asked {
		seqs, err := numbersOf(ctx, x, run, first)
		if err != nil {
			return nil, err
		}
		t.asked, t.seqs = true, seqs
	}
	if len(t.seqs) == 0 {
		return b.Events, nil
	}
	return slices.DeleteFunc(slices.Clone(b.Events), func(e event.Event) bool {
		_, n := numbered(e)
		return t.seqs[n]
	}), nil
}

// numbered is an event's run and its number in it.
func numbered(e event.Event) (run string, seq int64) {
	for _, f := range e.Fields {
		switch f.Name {
		case "replay_run":
			run = f.Value
		case "replay_seq":
			seq, _ = strconv.ParseInt(f.Value, 10, 64) // 0 is no event's
		}
	}
	return run, seq
}

// numbersOf are the numbers, from first on, of a run's events in an index. Earlier
// ones are never sent again.
func numbersOf(ctx context.Context, x *index.Index, run string, first int64) (map[int64]bool, error) {
	base, problems := knowledge.Load(nil, "", eval.Env{})
	if err := problems.Errors().Err(); err != nil {
		return nil, err
	}
	found := map[int64]bool{}
	q := index.Query{Fields: []string{"replay_run", "replay_seq"}, Indexes: []string{"*", "_*"}}
	for b, err := range x.Scan(ctx, base, q) {
		if err != nil {
			return nil, err
		}
		runs, seqs := b.Column("replay_run"), b.Column("replay_seq")
		if runs == nil || seqs == nil {
			continue
		}
		for i := range b.Len {
			if runs.Text(i) != run {
				continue
			}
			if n, err := strconv.ParseInt(seqs.Text(i), 10, 64); err == nil && n >= first {
				found[n] = true
			}
		}
	}
	return found, nil
}
