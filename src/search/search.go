// Package search is the plan of a search, the operators' contract, and what a
// running search may touch.
//
// A command is one row of a table, a Spec. Its Bind turns what was written
// (spl.Stage) into what will run (Stage): names are checked, options read,
// expressions compiled, all with their places, so that a wrong search is refused
// before anything runs. A Stage tells the fields it produces (Shape) and those
// it needs (Needs) without running; Open makes the Operator that rows go
// through.
//
//	plan, problems := search.New(tree, context)
//	err := plan.Run(ctx, world, func(b *batch.Batch) error { ... })
//
// A Plan knows before it runs which fields its rows can have (Schema), asks the
// index only for those that somebody reads, lets the index do the filters behind
// the scan, and prints itself, one stage a line:
//
//	scan newest first where process_name="reg.exe" fields _time, dest
//	stats count by dest
package search

import (
	"context"
	"errors"
	"iter"
	"time"

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

// Spec is a command: one row of the table of commands.
type Spec struct {
	Name string
	Kind Kind
	// Syntax is one line, as in Splunk's reference: `head [N] [(expr)] [limit=N]`.
	Syntax string
	// Help is a sentence; Example a search that uses the command.
	Help, Example string
	// Bind checks and compiles one use of the command. It returns a nil Stage
	// when the list has errors.
	Bind func(st *spl.Stage, c Context) (Stage, diag.List)
	// First is Bind for the first command of a search, where it is another: the
	// stages that stand for it, the first of them generating. Nil: only a
	// Generating command can be the first.
	First func(st *spl.Stage, c Context) ([]Stage, diag.List)
	// Inline gives the search that a command stands for (savedsearch); its stages
	// take the command's place before anything is bound, and Bind is not called.
	// Without a search and without errors it is bound like any other command.
	Inline func(st *spl.Stage, c Context) (Saved, diag.List)
}

// ErrDone is returned by who takes no more rows: an operator from Push, or the
// function that rows are emitted to. It ends what comes before, not the search.
var ErrDone = errors.New("no more rows are taken")

// Kind is Splunk's type of a command.
type Kind uint8

// The kinds of commands.
const (
	Streaming    Kind = iota // row by row
	Centralized              // row by row, in order, with state
	Dataset                  // needs all rows, keeps them
	Transforming             // rows become other rows
	Generating               // stands first and makes rows
)

// String is the kind in Splunk's words.
func (k Kind) String() string {
	return [...]string{"streaming", "centralized streaming", "dataset processing", "transforming", "generating"}[k]
}

// Table finds a command by its canonical name.
type Table func(name string) (Spec, bool)

// Context is what binding may ask: the knowledge that decides whether names
// exist, and the settings that decide how they are understood. Safe for
// concurrent use; asking never runs anything.
type Context interface {
	Env() eval.Env
	Limits() Limits
	// Dataset gives the fields of a data model's dataset without its prefix, and
	// the name of the only dataset when sub is "". The error is a diag.Message
	// without a place that names what is wrong and what is near.
	Dataset(model, sub string) (fields []string, dataset string, err error)
	// Models are the data models, by name, each as its file has it.
	Models() []Model
	// EventType tells whether an event type of that name exists and is enabled.
	EventType(name string) bool
	// Tags is the tags of a field's value (tags.conf), in byte order.
	Tags(field, value string) []string
	// Transform gives a stanza of transforms.conf that takes fields out of text.
	// The Transform is nil when there is none of that name or the list has errors,
	// which have no place.
	Transform(name string) (Transform, diag.List)
	// Action tells whether an alert action can be done; the error says why not.
	Action(name string) error
	// SavedSearch gives a saved search, parsed after each $name$ in its text was
	// replaced by the value that args has for the name, in lower case. The search
	// is nil when there is none of that name or the list has errors; those without
	// a place are about the name.
	SavedSearch(name string, args map[string]string) (Saved, diag.List)
	// Table is the table of commands, for those that hold a pipeline.
	Table() Table
	// Parse reads the text of a search that was made while a search ran, with
	// its macros expanded.
	Parse(text *diag.Text) (*spl.Search, diag.List)
	// Lookup opens a lookup table by the name of its definition or file, as it is
	// now. It is nil when the list has errors, which have no place.
	Lookup(name string) (*lookup.Table, diag.List)
}

// Transform takes fields out of texts: REGEX or DELIMS of transforms.conf.
type Transform interface {
	// Source is the field whose text it reads.
	Source() string
	// Fields gives the fields found in texts, of which nil is none: a column of a
	// cell a text.
	Fields(texts [][]byte) (names []string, columns []*batch.Column)
}

// Model is a data model's definition, in Splunk's JSON.
type Model struct{ Name, Text string }

// Saved is a saved search, ready to be bound.
type Saved struct {
	Name   string
	Search *spl.Search
	// Earliest and Latest are the saved time range (dispatch.earliest_time), in
	// effect when the search that uses this one has none. "" is no bound.
	Earliest, Latest string
}

// Schema is what is known of rows without running.
type Schema struct {
	// Fields are those that rows may have; in column order when Ordered.
	Fields []string
	// Ordered: a command fixed the columns' order (stats, table). Else columns
	// are shown in byte order of their names (rule 2.12).
	Ordered bool
	// Open: rows may have fields that are not listed, as events from an index.
	Open bool
	// Events: rows are events, not results of a command that made others of them.
	Events bool
	// From is the command that decided the fields, for messages: "stats".
	From string
}

// Stage is a command that was checked and is ready to run. It is immutable: one
// Stage may be opened many times, at the same time.
type Stage interface {
	// Shape is the schema after the command. Messages are about fields that the
	// command reads and the input cannot have; they are warnings.
	Shape(in Schema) (Schema, diag.List)
	// Needs is the fields wanted of the input so that the output can have the
	// fields wanted; names may hold wildcards, "*" is every field. A generating
	// command returns nil.
	Needs(want []string) []string
	// Open makes an operator. The fields wanted of its output are told to a
	// stage that implements Pruner first.
	Open(w World) (Operator, error)
	// String is the stage as `spl explain` shows it: one line.
	String() string
}

// Pruner is a Stage that makes only the fields wanted of it, such as a scan.
type Pruner interface {
	Stage
	// Prune is the stage for an output of which only the fields wanted are used.
	Prune(want []string) Stage
}

// Arranger is a Stage whose rows follow the order of its input's columns: untable.
type Arranger interface {
	Stage
	// Arranged is the stage for rows of that schema.
	Arranged(in Schema) Stage
}

// Absorber is a Stage that can take over the one behind it: a scan takes a
// `search` on its rows, a convert another convert.
type Absorber interface {
	Stage
	// Absorb is the stage with the next one's work done inside, or false.
	Absorb(next Stage) (Stage, bool)
}

// Identity is a Stage that may turn out to do nothing, such as `search *`; then
// the plan goes without it.
type Identity interface {
	Stage
	Identity() bool
}

// Appender is a Stage of a command that makes rows and may also add them to
// others: inputlookup append=true, union.
type Appender interface {
	Stage
	// Appends tells whether the stage may stand anywhere; generates whether, if
	// not, it must stand first.
	Appends() (anywhere, generates bool)
}

// Order says what the order of a stage's input matters to its output.
type Order uint8

// The zero Order is the careful one.
const (
	OrderNeeded  Order = iota // other rows come out of another order: head, dedup
	OrderKept                 // rows come out in the order they came in: where, eval
	OrderIgnored              // the same comes out of any order: stats count
)

// Orderer is a Stage that says more of its input's order than that it matters.
type Orderer interface {
	Stage
	Order() Order
}

// Scanner is a generating Stage that reads an index.
type Scanner interface {
	Stage
	// Query is what it asks of the index for a search of that identity.
	Query(i Info) index.Query
	// AnyOrder is the stage when nobody cares for the order of its rows.
	AnyOrder() Stage
}

// Operator is a command at work. One goroutine calls it: Push for each batch in
// order, then Finish once. The batch given to Push and to emit is read-only and
// valid until the call returns; what is kept is taken by Gather, Slice or
// Translator. An operator that emits nothing more returns ErrDone from Push, and
// its Finish is still called. A generating operator gets no Push and emits in
// Finish. An error ends the search.
type Operator interface {
	Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error
	Finish(ctx context.Context, emit func(*batch.Batch) error) error
}

// World is all that a running search may touch. Safe for concurrent use.
type World interface {
	// Scan gives the rows of a query in batches, in the query's order.
	Scan(ctx context.Context, q index.Query) iter.Seq2[*batch.Batch, error]
	// Write adds events to an index (collect); nil means that they are there.
	Write(ctx context.Context, evs []event.Event) error
	// Start starts the program of a command that an app declares, as splunkd does;
	// the context ends it. raw is the command's arguments as written.
	Start(ctx context.Context, name, raw string) (*scp.Conn, error)
	// Lookup is the Context's, while rows go by.
	Lookup(name string) (*lookup.Table, diag.List)
	// Locations is the database that iplocation looks into, nil for none.
	Locations() *lookup.Locations
	// WriteLookup replaces the rows of a lookup table, or adds to them; later
	// searches see them.
	WriteLookup(ctx context.Context, name string, rows lookup.Rows) error
	// Alert does what an alert action does with rows (sendalert): risk and notable
	// write events, others reach outside. params are what is set behind "param.".
	Alert(ctx context.Context, action string, params map[string]string, rows *batch.Batch) error
	// Info is the search's own identity and time range.
	Info() Info
	Env() eval.Env
	Limits() Limits
	// Memory is what the search may hold, shared by its operators; nil is no limit.
	Memory() *spill.Budget
	// Warn tells the user something; the same text is told once.
	Warn(m diag.Message)
}

// Info is what a search knows of itself; zero times are no bound.
type Info struct {
	SID              string
	Earliest, Latest event.Time
	Now              event.Time
	App, User        string
	SavedSearch      string
	Zone             *time.Location
}
