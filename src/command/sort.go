package command

import (
	"cmp"
	"context"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var sortSpec = search.Spec{
	Name: "sort", Kind: search.Dataset,
	Syntax:  "sort [N|limit=N] [+|-] <field>|auto(<field>)|str(<field>)|num(<field>)|ip(<field>)... [desc]",
	Help:    "orders rows by fields and keeps the first 10,000, or N; 0 keeps all; null comes last",
	Example: `| sort 0 - count, +dest`,
	Bind:    bindSort,
}

// sortLimit is how many rows sort keeps unless told otherwise.
const sortLimit = 10_000

type sorted struct {
	shown
	keys  []sortKey
	limit int
}

// sortKey is one field of sort: how its values compare, and in which direction.
type sortKey struct {
	name string
	desc bool
	as   string // "auto", "str", "num", "ip"
}

func bindSort(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	limit := c.Limits().Sort
	if limit == 0 {
		limit = sortLimit
	}
	limit = a.number("limit", 0, limit)
	for _, w := range st.Words {
		limit = a.whole(w, "sort", 0, limit)
	}
	return &sorted{shown{st}, sortKeys(a, st.Keys, c), limit}, a.problems
}

func sortKeys(a *arguments, written []spl.SortKey, c search.Context) []sortKey {
	var out []sortKey
	for _, k := range written {
		as := cmp.Or(k.As, "auto")
		if as == "auto" && c.Env().Rules.SortBytes {
			as = "str"
		}
		a.plain([]spl.Name{k.Name})
		out = append(out, sortKey{k.Name.Text, k.Desc, as})
	}
	return out
}

func keyNames(keys []spl.SortKey) []spl.Name {
	out := make([]spl.Name, len(keys))
	for i, k := range keys {
		out[i] = k.Name
	}
	return out
}

func (s *sorted) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "it does not order rows", keyNames(s.st.Keys)...)
}

func (s *sorted) Needs(want []string) []string {
	out := want[:len(want):len(want)]
	for _, k := range s.keys {
		out = append(out, k.name)
	}
	return out
}

func (s *sorted) Open(w search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) {
		order := sortRows(all, s.keys)
		if n := s.limit; n > 0 && len(order) > n {
			w.Warn(s.tooMany(len(order)))
			order = order[:n]
		}
		return all.Gather(order), nil
	}), nil
}

func (s *sorted) tooMany(n int) diag.Message {
	m := s.st.Problem(s.st.NameSpan, "sort keeps the first "+strconv.Itoa(s.limit)+" of "+strconv.Itoa(n)+" rows", "sort 0 keeps all")
	m.Severity = diag.Warning
	return m
}

// sortRows is the rows in order; those that compare equal stay as they are. Null
// comes last whatever the direction (rule N5), and a multivalue counts by its
// first value.
func sortRows(b *batch.Batch, keys []sortKey) []int32 {
	rows := batch.AllRows(b.Len)
	var columns []sortColumn
	for _, k := range keys {
		if c := b.Column(k.name); c != nil && b.Len > 0 {
			columns = append(columns, newSortColumn(c, k))
		}
	}
	slices.SortStableFunc(rows, func(x, y int32) int {
		for i := range columns {
			if d := columns[i].compare(x, y); d != 0 {
				return d
			}
		}
		return 0
	})
	return rows
}

// sortColumn is a column with what its distinct values compare by.
type sortColumn struct {
	sortKey
	codes  []batch.Code
	values []sortValue // by code
}

// sortValue is a text, with the number and the address that it is.
type sortValue struct {
	text    string
	num     float64
	addr    netip.Addr
	isNum   bool
	isAddr  bool
	present bool
}

func newSortColumn(c *batch.Column, k sortKey) sortColumn {
	c = c.Coded()
	out := sortColumn{k, c.Codes, make([]sortValue, c.Dict.Len())}
	for _, code := range c.Codes {
		if code != 0 && !out.values[code].present {
			out.values[code] = newSortValue(c.Dict.Values(code)[0], k.as)
		}
	}
	return out
}

func newSortValue(text, as string) sortValue {
	v := sortValue{text: text, present: true}
	if as == "auto" || as == "num" {
		v.num, v.isNum = batch.Number(text)
		v.isNum = v.isNum && !math.IsNaN(v.num)
	}
	if as == "ip" || as == "auto" && !v.isNum {
		addr, err := netip.ParseAddr(text)
		v.addr, v.isAddr = addr.Unmap(), err == nil
	}
	return v
}

func (c *sortColumn) compare(x, y int32) int {
	a, b := &c.values[c.codes[x]], &c.values[c.codes[y]]
	if !a.present || !b.present {
		return boolCompare(b.present, a.present)
	}
	d := a.compare(b, c.as)
	if c.desc {
		return -d
	}
	return d
}

// compare is decided by each pair: numbers if both are, addresses if both are,
// else bytes. With num() or ip() what is none comes behind what is one.
func (v *sortValue) compare(o *sortValue, as string) int {
	switch {
	case v.isNum && o.isNum:
		return cmp.Compare(v.num, o.num)
	case v.isAddr && o.isAddr:
		return v.addr.Compare(o.addr)
	case as == "num" && v.isNum != o.isNum:
		return boolCompare(o.isNum, v.isNum)
	case as == "ip" && v.isAddr != o.isAddr:
		return boolCompare(o.isAddr, v.isAddr)
	}
	return strings.Compare(v.text, o.text)
}

// boolCompare orders false before true.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
