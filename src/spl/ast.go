package spl

// The tree is what was written, not what will run. Every node knows its Span in
// the expanded text (Source.Text); names and values are unescaped (rule L1),
// keywords, command and function names are in lower case.

// Span is a half open range of bytes in the expanded text.
type Span struct{ Start, End int }

// Search is a pipeline: `search a=1 | stats count`.
type Search struct {
	Span   Span
	Stages []*Stage
}

// Stage is one command with its arguments. Which parts a command fills is told
// by its row in the table of forms; the parts it does not have are empty.
type Stage struct {
	Source   *Source
	Span     Span   // from the command's name to the next pipe
	Name     string // canonical: "bin" for bucket, "search" for an implicit one
	NameSpan Span
	Implicit bool // the search command was not written: `error | head 1`

	Options   []Option    // name=value, in the order written
	Predicate Predicate   // search; WHERE of tstats, inputlookup
	Expr      Expr        // where, head (expression)
	Assigns   []Assign    // eval, fieldformat
	Aggs      []Agg       // stats and its like, chart, timechart, tstats
	By        []Name      // BY of stats and its like, tstats, top; the row field of chart
	ByOptions []Option    // options within BY: span=1h, dedup_splitvals=true
	Dataset   *Dataset    // FROM of tstats; from, datamodel
	Fields    []Name      // field lists: table, fields, dedup, fillnull, join, ...
	Sign      byte        // fields: '+', '-' or 0 where none was written; regex: '!' for !=
	Keys      []SortKey   // sort; dedup ... sortby
	Renames   []Rename    // rename, lookup inputs, replace pairs
	Outputs   []Rename    // lookup OUTPUT/OUTPUTNEW
	OutputNew bool        // OUTPUTNEW was written
	Calls     []FieldCall // convert
	Words     []Value     // positional words and strings: a regex, a number, a lookup's name, a saved search's name
	Subs      []*Search   // subsearches and sub-pipelines, in the order written
	Clauses   []Clause    // further keyword clauses of single commands, such as chart's split field

	// Raw is the argument text as it was written, for commands whose arguments
	// only they understand: a custom command, or one that is known by name alone.
	// Their Words, Options and Subs are filled as well. A use of a macro that
	// nobody expanded, standing where a command should, is a stage without a Name
	// whose Raw is all of it.
	Raw      string
	ArgSpan  Span     // behind the name, up to the next pipe
	Comments []string // within the stage, when the search was not expanded before
}

// Option is name=value. Name is in lower case.
type Option struct {
	Name     string
	NameSpan Span
	Value    Value
}

// Value is a word or a quoted string after unescaping.
type Value struct {
	Text   string
	Quoted bool
	Span   Span // quotes included
}

// Name is a field name; `*` in it is a wildcard where the command allows one.
type Name struct {
	Text   string
	Quoted bool
	Span   Span
}

// Clause is a keyword with names and values, for arguments that only one or two
// commands have: {Keyword: "over", Names: [...]}.
type Clause struct {
	Keyword string
	Names   []Name
	Values  []Value
	Options []Option
	Aggs    []Agg
	Expr    Expr      // streamstats reset_before, transaction startswith=eval(...)
	Pred    Predicate // transaction startswith=(...)
	Span    Span
}

// Assign is field = expression. Name may hold `{other}`, replaced by a value.
type Assign struct {
	Name Name
	Expr Expr
}

// Agg is one aggregate: count, avg(x) AS y, count(eval(a=1)) AS z, perc95(x).
type Agg struct {
	Func    string  // canonical: "dc" for distinct_count, "avg" for mean, "perc" for p95
	Percent float64 // of perc, exactperc, upperperc
	Arg     *Name   // nil for count and for an eval argument
	Eval    Expr
	As      *Name
	Of      *Agg   // of sparkline: the aggregate it draws
	Step    string // of sparkline: the length of its steps, "" when not written
	Written string // as written, which is the column's name without AS: "avg(x)", "perc95(x)"
	Span    Span
}

// Column is the name of the aggregate's column.
func (a Agg) Column() string {
	if a.As != nil {
		return a.As.Text
	}
	return a.Written
}

// Dataset is what FROM names: `datamodel=Endpoint.Processes`, `datamodel=Web`,
// a namespace, `sid=...`; for the from command its type and name.
type Dataset struct {
	Kind string // "datamodel", "sid", "namespace", "lookup", "savedsearch", "inputlookup"
	Name string // of the data model, or the whole name
	Sub  string // the dataset within the data model, "" when not written
	Span Span
}

// SortKey is one field of sort: -num(x).
type SortKey struct {
	Name Name
	Desc bool
	As   string // "", "auto", "str", "ip", "num"
}

// Rename is From AS To; for replace From WITH To. To is empty (no Text, zero
// Span) when nothing was written after the name.
type Rename struct{ From, To Name }

// FieldCall is fn(field) AS name, of convert.
type FieldCall struct {
	Func string
	Arg  Name
	As   *Name
	Span Span
}

// Predicate is a condition of search and of WHERE in tstats: literal right
// sides, OR binds tighter than AND (rule P1).
type Predicate interface {
	At() Span
	isPredicate()
}

// Compare is field op value; Op is one of = != < <= > >=. Every `*` in an = or
// != value is a wildcard (rule L2).
type Compare struct {
	Field Name
	Op    string
	Value Value
	Kind  string  // "term" for f=TERM(x), "case" for f=CASE(x)
	Sub   *Search // f=[search ... | return $x]: the value is what it returns; Value is empty
	Span  Span
}

// In is field IN (value, ...).
type In struct {
	Field  Name
	Values []Value
	Span   Span
}

// Not is NOT x.
type Not struct {
	X    Predicate
	Span Span
}

// And is two or more conditions that all hold, written or implied.
type And struct {
	List []Predicate
	Span Span
}

// Or is two or more conditions of which one holds.
type Or struct {
	List []Predicate
	Span Span
}

// Word is a bare word or a phrase looked for in _raw; Kind is "" , "term" for
// TERM(x), "case" for CASE(x), or "macro" for the use of a macro that nobody
// expanded (Value.Text is all of it). The word `*` matches everything.
type Word struct {
	Value Value
	Kind  string
	Span  Span
}

// Subsearch is [ ... ] as a condition: its rows become conditions (rule X4).
type Subsearch struct {
	Search *Search
	Span   Span
}

// At is the place of the node.
func (p *Compare) At() Span { return p.Span }

// At is the place of the node.
func (p *In) At() Span { return p.Span }

// At is the place of the node.
func (p *Not) At() Span { return p.Span }

// At is the place of the node.
func (p *And) At() Span { return p.Span }

// At is the place of the node.
func (p *Or) At() Span { return p.Span }

// At is the place of the node.
func (p *Word) At() Span { return p.Span }

// At is the place of the node.
func (p *Subsearch) At() Span { return p.Span }

func (*Compare) isPredicate()   {}
func (*In) isPredicate()        {}
func (*Not) isPredicate()       {}
func (*And) isPredicate()       {}
func (*Or) isPredicate()        {}
func (*Word) isPredicate()      {}
func (*Subsearch) isPredicate() {}

// Expr is an expression of eval and where: AND binds tighter than OR (rule P2).
type Expr interface {
	At() Span
	isExpr()
}

// Literal is a number or a string. A number keeps its text: its digits count
// for the precision of results (rule F2).
type Literal struct {
	Text   string
	Number bool
	Span   Span
}

// Field is a field's value; Quoted when written in single quotes. `$name$` is a
// Field too (a token that nobody replaced).
type Field struct {
	Name   string
	Quoted bool
	Span   Span
}

// Call is a function: if(a, b, c). Name is in lower case.
type Call struct {
	Name     string
	NameSpan Span
	Args     []Expr
	Span     Span
}

// Unary is -x, +x or not x; Op is "-", "+" or "not".
type Unary struct {
	Op   string
	X    Expr
	Span Span
}

// Binary is x op y; Op is one of + - * / % . = != < <= > >= like and or xor
// ("==" is "=").
type Binary struct {
	Op     string
	OpSpan Span
	X, Y   Expr
	Span   Span
}

// InList is x IN (a, b).
type InList struct {
	X    Expr
	List []Expr
	Span Span
}

// SubExpr is [search ... | return $x] within an expression: what it gives stands
// there as if it were written.
type SubExpr struct {
	Search *Search
	Span   Span
}

// At is the place of the node.
func (e *SubExpr) At() Span { return e.Span }

// At is the place of the node.
func (e *Literal) At() Span { return e.Span }

// At is the place of the node.
func (e *Field) At() Span { return e.Span }

// At is the place of the node.
func (e *Call) At() Span { return e.Span }

// At is the place of the node.
func (e *Unary) At() Span { return e.Span }

// At is the place of the node.
func (e *Binary) At() Span { return e.Span }

// At is the place of the node.
func (e *InList) At() Span { return e.Span }

func (*Literal) isExpr() {}
func (*Field) isExpr()   {}
func (*Call) isExpr()    {}
func (*Unary) isExpr()   {}
func (*Binary) isExpr()  {}
func (*InList) isExpr()  {}
func (*SubExpr) isExpr() {}
