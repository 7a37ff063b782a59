package search

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/lookup"
	"riskreplay/src/scp"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

// fake is a World and a Context with commands of its own: "search" makes the rows
// n=1..3, "where" passes what it gets and notes what happened.
type fake struct {
	log   []string
	info  Info
	saved map[string]Saved
}

func (f *fake) note(format string, args ...any) { f.log = append(f.log, fmt.Sprintf(format, args...)) }

func (f *fake) Env() eval.Env                         { return eval.Env{Now: 1000e9} }
func (f *fake) Limits() Limits                        { return Limits{} }
func (f *fake) Info() Info                            { return f.info }
func (f *fake) EventType(string) bool                 { return false }
func (*fake) Tags(string, string) []string            { return nil }
func (*fake) Transform(string) (Transform, diag.List) { return nil, nil }
func (f *fake) Warn(diag.Message)                     {}
func (f *fake) Memory() *spill.Budget                 { return nil }

func (f *fake) Dataset(string, string) ([]string, string, error) { return nil, "", nil }
func (f *fake) Write(context.Context, []event.Event) error       { return nil }

func (f *fake) Start(context.Context, string, string) (*scp.Conn, error) { return nil, nil }

func (f *fake) Scan(context.Context, index.Query) iter.Seq2[*batch.Batch, error] { return nil }

func (f *fake) Models() []Model                           { return nil }
func (f *fake) Parse(*diag.Text) (*spl.Search, diag.List) { return nil, nil }

func (f *fake) Lookup(string) (*lookup.Table, diag.List)                             { return nil, nil }
func (f *fake) Alert(context.Context, string, map[string]string, *batch.Batch) error { return nil }
func (f *fake) Locations() *lookup.Locations                                         { return nil }
func (f *fake) Action(string) error                                                  { return nil }
func (f *fake) WriteLookup(context.Context, string, lookup.Rows) error               { return nil }

func (f *fake) SavedSearch(name string, _ map[string]string) (Saved, diag.List) {
	return f.saved[name], nil
}

func (f *fake) Table() Table {
	return func(name string) (Spec, bool) {
		s := Spec{Name: name, Bind: func(st *spl.Stage, _ Context) (Stage, diag.List) { return &stage{name: name, fake: f}, nil }}
		switch name {
		case "search":
			s.First = func(*spl.Stage, Context) ([]Stage, diag.List) {
				return []Stage{&scan{stage{name: "scan", fake: f}, nil, false}}, nil
			}
		case "makeresults":
			s.Kind = Generating
		case "where", "head":
		case "savedsearch":
			s.Inline = func(st *spl.Stage, c Context) (Saved, diag.List) { return c.SavedSearch(st.Words[0].Text, nil) }
		default:
			return Spec{}, false
		}
		return s, true
	}
}

type stage struct {
	name string
	fake *fake
}

func (s *stage) Shape(in Schema) (Schema, diag.List) { return in.With(s.name), nil }
func (s *stage) Needs(want []string) []string        { return append(want, "needed by "+s.name) }
func (s *stage) String() string                      { return s.name }

func (s *stage) Open(w World) (Operator, error) {
	if s.name == "scan" {
		return Source(func(_ context.Context, emit func(*batch.Batch) error) error {
			s.fake.note("from %s", w.Info().Earliest)
			for _, n := range []string{"1", "2", "3"} {
				b := batch.New(1)
				b.Set("n", batch.Texts(n))
				if err := emit(b); err != nil {
					return err
				}
			}
			return nil
		}), nil
	}
	return &passing{stage: s}, nil
}

type passing struct {
	*stage
	seen int
}

func (o *passing) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	o.seen++
	o.fake.note("%s got %s", o.name, strings.TrimSpace(in.String()))
	if err := emit(in); err != nil {
		return err
	}
	if o.name == "head" && o.seen == 2 {
		return ErrDone
	}
	return nil
}

func (o *passing) Finish(context.Context, func(*batch.Batch) error) error {
	o.fake.note("%s ends", o.name)
	return nil
}

type scan struct {
	stage
	fields   []string
	anyOrder bool
}

func (s *scan) Prune(want []string) Stage { return &scan{s.stage, want, s.anyOrder} }
func (s *scan) AnyOrder() Stage           { return &scan{s.stage, s.fields, true} }
func (s *scan) Query(i Info) index.Query {
	return index.Query{Earliest: i.Earliest, Fields: s.fields, NewestFirst: !s.anyOrder}
}

func parsed(t *testing.T, text string) *spl.Search {
	src, problems := spl.Expand(&diag.Text{Name: "s", Body: text}, nil)
	require.Empty(t, problems)
	tree, problems := spl.Parse(src)
	require.False(t, problems.HasErrors(), problems.Error())
	return tree
}

func planOf(t *testing.T, f *fake, text string) *Plan {
	p, problems := New(parsed(t, text), f)
	require.Empty(t, problems)
	return p
}

func TestRunEndsWhatComesBeforeOnly(t *testing.T) {
	f := &fake{}
	p := planOf(t, f, "* | where a=1 | head 2 | where b=1")
	require.NoError(t, p.Run(context.Background(), f, func(b *batch.Batch) error {
		f.note("out %s", strings.TrimSpace(b.String()))
		return nil
	}))
	require.Equal(t, []string{
		"from 0",
		"where got n=1", "head got n=1", "where got n=1", "out n=1",
		"where got n=2", "head got n=2", "where got n=2", "out n=2",
		"where ends", "head ends", "where ends",
	}, f.log)
}

func TestRunStops(t *testing.T) {
	f := &fake{}
	p := planOf(t, f, "* | where a=1")
	require.NoError(t, p.Run(context.Background(), f, func(*batch.Batch) error { return ErrDone }), "the reader has enough")
	broken := errors.New("broken")
	require.ErrorIs(t, p.Run(context.Background(), f, func(*batch.Batch) error { return broken }), broken)
	ctx, cancel := context.WithCancel(context.Background())
	err := p.Run(ctx, f, func(*batch.Batch) error { cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
}

func TestPlanKnowsFieldsAndNeeds(t *testing.T) {
	f := &fake{}
	p := planOf(t, f, "* | where a=1 | head 2")
	require.Equal(t, "scan\nwhere\nhead\n", p.Explain())
	require.Equal(t, []string{"scan", "where", "head"}, p.Schema().Fields)
	q, ok := p.Query(Info{Earliest: 7})
	require.True(t, ok)
	require.Equal(t, index.Query{Earliest: 7, Fields: []string{"*"}, NewestFirst: true}, q)
	p = planOf(t, f, "| makeresults")
	_, ok = p.Query(Info{})
	require.False(t, ok)
}

func TestSavedSearchesStandInTheirPlace(t *testing.T) {
	f := &fake{saved: map[string]Saved{
		"inner": {Name: "inner", Search: parsed(t, "* | where a=1"), Earliest: "-10s"},
		"outer": {Name: "outer", Search: parsed(t, "| savedsearch inner | head 1"), Earliest: "-20s"},
		"loop":  {Name: "loop", Search: parsed(t, "| savedsearch loop")},
	}}
	p := planOf(t, f, "| savedsearch inner | head 2")
	require.Equal(t, "scan\nwhere\nhead\n", p.Explain())
	none := func(*batch.Batch) error { return nil }
	require.NoError(t, p.Run(context.Background(), f, none))
	require.Contains(t, f.log, "from 990", "its time range, since the run has none")
	f.log, f.info.Latest = nil, 5
	require.NoError(t, p.Run(context.Background(), f, none))
	require.Contains(t, f.log, "from 0", "the run's")
	f.log, f.info.Latest = nil, 0
	require.NoError(t, planOf(t, f, "| savedsearch outer").Run(context.Background(), f, none))
	require.Contains(t, f.log, "from 980", "the outer one's")
	_, problems := New(parsed(t, "| savedsearch loop"), f)
	require.ErrorContains(t, problems.Err(), `saved search "loop" runs itself`)
}

func TestProblemsOfPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"* | makeresults":         `s:1:5: "makeresults" must be the first command of a search`,
		"| where a=1":             `s:1:3: "where" cannot be the first command of a search: there are no rows yet`,
		"* | lookup t x":          `s:1:5: command "lookup" is not supported yet`,
		"* | sort x | lookup t x": `s:1:5: command "sort" is not supported yet`,
	} {
		p, problems := New(parsed(t, text), &fake{})
		require.Nil(t, p)
		require.Equal(t, want, problems[0].Short())
	}
	_, problems := New(parsed(t, "* | sort x | lookup t x"), &fake{})
	require.Len(t, problems, 2, "every problem is told")
}
