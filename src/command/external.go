package command

import (
	"context"
	"errors"
	"fmt"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/scp"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// External is a command that an app declares with `chunked = true`: a program
// that is started as splunkd does, and given rows over the search command
// protocol.
func External(name string) search.Spec {
	return search.Spec{
		Name: name, Kind: search.Streaming, Help: "a program that an app declares as a search command",
		Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) { return &external{st: st}, nil },
		First: func(st *spl.Stage, _ search.Context) ([]search.Stage, diag.List) {
			return []search.Stage{&external{st: st, first: true}}, nil
		},
	}
}

type external struct {
	st    *spl.Stage
	first bool
}

func (s *external) String() string { return s.st.Name + " " + s.st.Raw }

// Shape is open: what the program gives is not known before it runs.
func (s *external) Shape(in search.Schema) (search.Schema, diag.List) {
	in.Open, in.From = true, s.st.Name
	return in, nil
}

func (s *external) Needs([]string) []string {
	if s.first {
		return nil
	}
	return []string{"*"}
}

func (s *external) Open(w search.World) (search.Operator, error) {
	return &externalOperator{stage: s, world: w}, nil
}

// externalOperator is a conversation with the program, begun with the first
// rows.
type externalOperator struct {
	stage *external
	world search.World
	conn  *scp.Conn
	done  bool
}

func (o *externalOperator) start(ctx context.Context) error {
	if o.conn != nil {
		return nil
	}
	conn, err := o.world.Start(ctx, o.stage.st.Name, o.stage.st.Raw)
	if err != nil {
		return o.placed(err)
	}
	context.AfterFunc(ctx, conn.Close) // a search that ends early leaves no process behind
	o.conn = conn
	o.tell(conn.Messages())
	switch {
	case conn.Preop() != "":
		return o.placed(fmt.Errorf("the program wants the search %q to run before it, which is not supported", conn.Preop()))
	case o.stage.first && !conn.Generating():
		return o.placed(errors.New("it takes rows: it cannot be the first command"))
	case !o.stage.first && conn.Generating():
		return o.placed(errors.New("it makes rows: it must be the first command, behind a pipe"))
	}
	return nil
}

// placed is an error at the command's place.
func (o *externalOperator) placed(err error) error {
	m := o.stage.st.Problem(o.stage.st.NameSpan, `cannot run command "`+o.stage.st.Name+`": `+err.Error(), "")
	m.Cause = err
	return m
}

func (o *externalOperator) tell(notes []scp.Note) {
	for _, n := range notes {
		m := o.stage.st.Problem(o.stage.st.NameSpan, o.stage.st.Name+": "+n.Text, "")
		m.Severity = diag.Warning
		if n.Level == scp.LevelInfo || n.Level == scp.LevelDebug {
			m.Severity = diag.Info
		}
		o.world.Warn(m)
	}
}

func (o *externalOperator) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	if err := o.start(ctx); err != nil {
		return err
	}
	return o.exchange(ctx, in, false, emit)
}

// Finish sends the last, empty chunk; what makes rows is asked until it has no
// more.
func (o *externalOperator) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	if err := o.start(ctx); err != nil {
		return err
	}
	defer o.conn.Close()
	for !o.done {
		if err := o.exchange(ctx, batch.New(0), true, emit); err != nil {
			return err
		}
		if !o.conn.Generating() {
			return nil
		}
	}
	return nil
}

func (o *externalOperator) exchange(ctx context.Context, in *batch.Batch, last bool, emit func(*batch.Batch) error) error {
	rows := toTable(in)
	reply, err := o.conn.Execute(ctx, &rows, last)
	if err != nil {
		return o.placed(err)
	}
	o.tell(reply.Messages)
	o.done = o.done || reply.Finished
	if reply.Rows.Rows > 0 {
		if err := emit(fromTable(&reply.Rows)); err != nil {
			return err
		}
	}
	if o.done && !last {
		return search.ErrDone
	}
	return nil
}

// toTable is rows as the protocol has them; cells with one value share it.
func toTable(b *batch.Batch) scp.Table {
	out := scp.Table{Fields: b.Names, Cells: make([][][]string, len(b.Columns)), Rows: b.Len}
	for i, c := range b.Columns {
		cells := make([][]string, b.Len)
		var known map[batch.Code][]string
		if c.Codes != nil {
			known = map[batch.Code][]string{0: nil}
		}
		for r := range cells {
			if known == nil {
				cells[r] = c.Values(r)
				continue
			}
			v, ok := known[c.Codes[r]]
			if !ok {
				v = c.Values(r)
				known[c.Codes[r]] = v
			}
			cells[r] = v
		}
		out.Cells[i] = cells
	}
	return out
}

func fromTable(t *scp.Table) *batch.Batch {
	out := batch.New(t.Rows)
	for i, name := range t.Fields {
		c := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, t.Rows)}
		for r, values := range t.Cells[i] {
			c.Codes[r] = c.Dict.AddValues(values)
		}
		out.Set(name, c)
	}
	return out
}
