package command

import (
	"context"
	"fmt"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var mvexpandSpec = search.Spec{
	Name: "mvexpand", Kind: search.Streaming,
	Syntax:  "mvexpand <field> [limit=N]",
	Help:    "makes a row of each value of a multivalue, the first N of them",
	Example: `| mvexpand recipients`,
	Bind:    bindMvexpand,
}

const (
	// expandMB is what the rows made of one batch may take
	// (mvexpand's max_mem_usage_mb).
	expandMB = 500
	// expandRows is how many rows are passed on at once.
	expandRows = 1 << 16
	// mostExpanded is how many rows one mvexpand makes in all.
	mostExpanded = 10_000_000
)

// mvexpand copies a row for each value. A row without the field stays.
type mvexpand struct {
	shown
	field string
	limit int // values of a row, 0 is all
	most  int // bytes of the rows made of a batch
}

func bindMvexpand(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.valueField(st.Fields[0])
	return &mvexpand{shown{st}, st.Fields[0].Text, a.number("limit", 0, 0), search.Or(c.Limits().Expand, expandMB) << 20}, a.problems
}

func (s *mvexpand) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "rows stay as they are", s.st.Fields...)
}

func (s *mvexpand) Needs(want []string) []string { return append(want[:len(want):len(want)], s.field) }

func (s *mvexpand) Order() search.Order { return search.OrderKept }

func (s *mvexpand) Open(w search.World) (search.Operator, error) { return &expanding{s, w, 0}, nil }

type expanding struct {
	*mvexpand
	world search.World
	made  int
}

func (o *expanding) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	c := in.Column(o.field)
	if c == nil || c.Codes == nil || !c.Dict.HasMulti() {
		return emit(in)
	}
	rows, codes := make([]int32, 0, in.Len), make([]batch.Code, 0, in.Len)
	left := o.most / (8 * max(len(in.Columns), 1))
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		out := in.Gather(rows).With(o.field, &batch.Column{Dict: c.Dict, Codes: codes})
		rows, codes = nil, nil
		return emit(out)
	}
	for r, code := range c.Codes {
		values := []batch.Code{code}
		if list := c.Dict.Multi(code); list != nil {
			values = list
		}
		if o.limit > 0 && len(values) > o.limit {
			values = values[:o.limit]
		}
		if len(values) > left {
			o.tooMuch()
			values = values[:left]
		}
		left -= len(values)
		if o.made += len(values); o.made > mostExpanded {
			return o.st.Problem(o.st.NameSpan, "mvexpand makes more than 10,000,000 rows", "limit=N takes the first N values of each; keep fewer rows before it")
		}
		for _, v := range values {
			rows, codes = append(rows, int32(r)), append(codes, v)
			if len(rows) == expandRows {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

func (o *expanding) tooMuch() {
	m := o.st.Problem(o.st.NameSpan, fmt.Sprintf("mvexpand would take more than %d MB: the rows that are left are cut off", o.most>>20), "limit=N takes the first N values; fields - drops what is not needed before")
	m.Severity = diag.Warning
	o.world.Warn(m)
}

func (*expanding) Finish(context.Context, func(*batch.Batch) error) error { return nil }
