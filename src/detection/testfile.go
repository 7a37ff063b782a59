package detection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// Test is a test of a detection. contentctl's form says a name and data, in which
// the detection must find something. Our own keys, in a file <detection>.test.yml
// beside the detection's, say more.
type Test struct {
	Name             string
	Data             []TestData
	Earliest, Latest string

	// Time is what becomes of the data's times: TimeWindow, the default, or TimeKeep.
	Time string
	// Now is the moment of the test, "" for that of whoever runs it.
	Now string
	// Offset is added to the times of moved data: -61m puts the last event that far
	// before the end of the detection's window.
	Offset string
	// Runs is at how many ticks in a row the detection runs; 0 is as many as cover
	// the data.
	Runs int
	// Before are the names of detections and baselines that run before this one.
	Before []string
	// Source picks the files of the data that come from one kind of source: a part of
	// the name of data sources, such as sysmon or 4688; "" takes all.
	Source string
	// None: the detection must find nothing.
	None   bool
	Expect Expect
	// Risk is the risk that must have been written, no more and no less, when there
	// is any.
	Risk []ExpectedRisk

	// At is where the test stands.
	At diag.Place
}

// What becomes of times in a test.
const (
	TimeWindow = "window" // the last event is moved to the end of the detection's window
	TimeKeep   = "keep"   // as recorded
)

// Expect is what a detection must find. What is nil is not looked at.
type Expect struct {
	Count *Count // of results
	// Rows must each be the row of another result, in the fields that they name. `*`
	// in a value stands for anything.
	Rows []Row
	// Fields must have a value in each result.
	Fields []string
	// RiskEvents, Notables and Suppressed are how many there must be.
	RiskEvents, Notables, Suppressed *Count
}

// Row is values by field; several are those of a multivalue field.
type Row map[string][]string

// Count is a number, or a range of them.
type Count struct{ Min, Max int }

// Holds tells whether n is such a number.
func (c Count) Holds(n int) bool { return n >= c.Min && n <= c.Max }

// String is the count as the YAML has it.
func (c Count) String() string {
	switch {
	case c.Min == c.Max:
		return strconv.Itoa(c.Min)
	case c.Max == unbounded:
		return ">= " + strconv.Itoa(c.Min)
	case c.Min == 0:
		return "<= " + strconv.Itoa(c.Max)
	}
	return strconv.Itoa(c.Min) + ".." + strconv.Itoa(c.Max)
}

const unbounded = 1<<31 - 1

// ExpectedRisk is one risk event, or several alike.
type ExpectedRisk struct {
	Object, Type string
	Score        *float64
	Count        *Count // nil is one at least
}

// TestData is a dataset and what it is replayed as.
type TestData struct {
	Data       string // URL or path
	Source     string
	Sourcetype string
	Index      string // custom_index
	Host       string
}

// ReadTests reads a file <detection>.test.yml.
func ReadTests(name string, data []byte) ([]Test, diag.List) {
	r, root := open(name, data)
	if root == nil {
		return nil, r.msgs
	}
	var file struct{ tests []Test }
	type tests = struct{ tests []Test }
	readMap(r, root, "a file of tests", []key[tests]{{name: "tests", must: true, read: each(func(r *reader, n ast.Node, f *tests) {
		t := Test{At: r.place(n)}
		if readMap(r, n, "a test", ownTestKeys, &t, nil) {
			t.check(r)
			f.tests = append(f.tests, t)
		}
	})}}, &file, nil)
	return file.tests, r.msgs
}

// TestFile is the name of the file with a detection's own tests.
func TestFile(detection string) string {
	if base, ok := strings.CutSuffix(detection, ".yaml"); ok {
		return base + ".test.yml"
	}
	return strings.TrimSuffix(detection, ".yml") + ".test.yml"
}

func (t *Test) check(r *reader) {
	if len(t.Data) == 0 && len(t.Before) == 0 {
		r.error(t.At, "name a file or dataset under attack_data", "the test %q has no data", t.Name)
	}
	if t.None && (t.Expect.Count != nil || len(t.Expect.Rows) > 0 || len(t.Risk) > 0) {
		r.error(t.At, "keep one of them", "the test %q says both expect_none and what is expected", t.Name)
	}
}

var ownTestKeys = []key[Test]{
	{name: "name", must: true, read: text(func(t *Test) *string { return &t.Name })},
	{name: "attack_data", read: each(readOwnData)},
	{name: "earliest_time", read: text(func(t *Test) *string { return &t.Earliest })},
	{name: "latest_time", read: text(func(t *Test) *string { return &t.Latest })},
	{name: "time", read: oneOf(func(t *Test) *string { return &t.Time }, TimeWindow, TimeKeep)},
	{name: "now", read: scalar(func(t *Test) *string { return &t.Now })},
	{name: "offset", read: text(func(t *Test) *string { return &t.Offset })},
	{name: "runs", read: integer(func(t *Test) *int { return &t.Runs })},
	{name: "before", read: texts(func(t *Test) *[]string { return &t.Before })},
	{name: "source", read: scalar(func(t *Test) *string { return &t.Source })},
	{name: "expect_none", read: boolean(func(t *Test) *bool { return &t.None })},
	{name: "expect", read: func(r *reader, n ast.Node, t *Test) { readMap(r, n, "expect", expectKeys, &t.Expect, nil) }},
	{name: "risk", read: each(func(r *reader, n ast.Node, t *Test) {
		var one ExpectedRisk
		if readMap(r, n, "risk", expectedRiskKeys, &one, nil) {
			t.Risk = append(t.Risk, one)
		}
	})},
}

// readOwnData reads a dataset: its path alone, or with what it is replayed as, for
// data that does not say so itself.
func readOwnData(r *reader, n ast.Node, t *Test) {
	if s, ok := n.(*ast.StringNode); ok {
		t.Data = append(t.Data, TestData{Data: s.Value})
		return
	}
	var one TestData
	if readMap(r, n, "attack data", ownDataKeys, &one, nil) {
		t.Data = append(t.Data, one)
	}
}

var ownDataKeys = optional(testDataKeys, "source", "sourcetype")

// optional is the keys with those named no longer required.
func optional[T any](keys []key[T], names ...string) []key[T] {
	out := slices.Clone(keys)
	for i := range out {
		out[i].must = out[i].must && !slices.Contains(names, out[i].name)
	}
	return out
}

var expectKeys = []key[Expect]{
	{name: "count", read: count(func(e *Expect) **Count { return &e.Count })},
	{name: "rows", read: each(readRow)},
	{name: "fields", read: texts(func(e *Expect) *[]string { return &e.Fields })},
	{name: "risk_events", read: count(func(e *Expect) **Count { return &e.RiskEvents })},
	{name: "notables", read: count(func(e *Expect) **Count { return &e.Notables })},
	{name: "suppressed", read: count(func(e *Expect) **Count { return &e.Suppressed })},
}

var expectedRiskKeys = []key[ExpectedRisk]{
	{name: "object", must: true, read: scalar(func(e *ExpectedRisk) *string { return &e.Object })},
	{name: "type", read: text(func(e *ExpectedRisk) *string { return &e.Type })},
	{name: "score", read: func(r *reader, n ast.Node, e *ExpectedRisk) {
		if f, ok := r.num(n); ok {
			e.Score = &f
		}
	}},
	{name: "count", read: count(func(e *ExpectedRisk) **Count { return &e.Count })},
}

func readRow(r *reader, n ast.Node, e *Expect) {
	entries, ok := r.entries(n, "a row")
	if !ok {
		return
	}
	row := Row{}
	for _, one := range entries {
		values := []ast.Node{r.value(one.node.Value)}
		if list, ok := values[0].(*ast.SequenceNode); ok {
			values = list.Values
		}
		for _, v := range values {
			if s, ok := r.scalar(r.value(v)); ok {
				row[one.name] = append(row[one.name], s)
			}
		}
	}
	e.Rows = append(e.Rows, row)
}

// scalar reads text, or a number or truth value as it is written.
func (r *reader) scalar(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value, true
	}
	return r.str(n)
}

func scalar[T any](field func(*T) *string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) { *field(into), _ = r.scalar(n) }
}

// count reads a number (7), a bound (">= 3", "<= 3") or a range ("3..5").
func count[T any](field func(*T) **Count) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) {
		s, ok := r.scalar(n)
		if !ok {
			return
		}
		c, err := parseCount(s)
		if err != nil {
			r.error(r.place(n), `write 7, ">= 3", "<= 3" or "3..5"`, "cannot read the count %q", s)
			return
		}
		*field(into) = &c
	}
}

func parseCount(s string) (c Count, err error) {
	read := func(text string) int {
		n, e := strconv.ParseUint(trim(text), 10, 31)
		if e != nil {
			err = e
		}
		return int(n)
	}
	switch from, to, ranged := strings.Cut(s, ".."); {
	case ranged:
		c = Count{read(from), read(to)}
	case strings.HasPrefix(s, ">="):
		c = Count{read(s[2:]), unbounded}
	case strings.HasPrefix(s, "<="):
		c = Count{0, read(s[2:])}
	default:
		n := read(s)
		c = Count{n, n}
	}
	if err == nil && c.Min > c.Max {
		err = fmt.Errorf("%d is more than %d", c.Min, c.Max)
	}
	return c, err
}
