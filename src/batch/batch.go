// Package batch is rows as dictionary columns.
//
// A column of text is a list of codes into a dictionary of its distinct values;
// code 0 is null. Whatever is a function of one field (a predicate, a regex, a
// number's value) is thus computed once per distinct value, not once per row.
// Two columns may share a dictionary, and the columns of one field in two
// batches need not: whoever joins batches translates codes once per dictionary
// (Translator).
//
// A batch has between 0 and a few hundred thousand rows. It is read-only once it
// was passed on, and its slices may be kept by nobody but through Gather and
// Slice, which share dictionaries.
package batch

import (
	"sort"
	"strings"
)

// Batch is rows under named columns of equal length.
type Batch struct {
	// Len is the number of rows; it counts also when there is no column.
	Len int
	// Names are the columns' fields, in column order.
	Names   []string
	Columns []*Column
}

// New is n rows without columns.
func New(n int) *Batch { return &Batch{Len: n} }

// Column is the column of a field, nil when no row has the field.
func (b *Batch) Column(name string) *Column {
	for i, n := range b.Names {
		if n == name {
			return b.Columns[i]
		}
	}
	return nil
}

// With is a batch with the field set to c: in its place when it has the field,
// else at the right. b stays as it is; c has b.Len rows. A nil c removes it.
func (b *Batch) With(name string, c *Column) *Batch {
	out := &Batch{Len: b.Len, Names: make([]string, 0, len(b.Names)+1), Columns: make([]*Column, 0, len(b.Names)+1)}
	found := false
	for i, n := range b.Names {
		if n == name {
			found = true
			if c == nil {
				continue
			}
			out.Set(n, c)
			continue
		}
		out.Set(n, b.Columns[i])
	}
	if !found && c != nil {
		out.Set(name, c)
	}
	return out
}

// Set appends a column to a batch under construction; the name is new to it.
func (b *Batch) Set(name string, c *Column) {
	b.Names = append(b.Names, name)
	b.Columns = append(b.Columns, c)
}

// Keep is the batch with the columns for which keep is true, in order.
func (b *Batch) Keep(keep func(name string) bool) *Batch {
	out := New(b.Len)
	for i, n := range b.Names {
		if keep(n) {
			out.Set(n, b.Columns[i])
		}
	}
	return out
}

// Gather is the batch of the rows named, in their order.
func (b *Batch) Gather(rows []int32) *Batch {
	out := &Batch{Len: len(rows), Names: b.Names, Columns: make([]*Column, len(b.Columns))}
	for i, c := range b.Columns {
		out.Columns[i] = c.Gather(rows)
	}
	return out
}

// Slice is rows from:to, sharing memory.
func (b *Batch) Slice(from, to int) *Batch {
	out := &Batch{Len: to - from, Names: b.Names, Columns: make([]*Column, len(b.Columns))}
	for i, c := range b.Columns {
		out.Columns[i] = c.Slice(from, to)
	}
	return out
}

// Sorted is the batch with its columns in byte order of their names.
func (b *Batch) Sorted() *Batch {
	order := make([]int, len(b.Names))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return b.Names[order[i]] < b.Names[order[j]] })
	out := New(b.Len)
	for _, i := range order {
		out.Set(b.Names[i], b.Columns[i])
	}
	return out
}

// AllRows is 0..n-1.
func AllRows(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// Concat joins batches to one, rows in order, columns in order of first
// appearance; a row of a batch without a column is null there.
func Concat(batches []*Batch) *Batch {
	if len(batches) == 1 {
		return batches[0]
	}
	total := 0
	var names []string
	known := map[string]bool{}
	for _, b := range batches {
		total += b.Len
		for _, n := range b.Names {
			if !known[n] {
				known[n] = true
				names = append(names, n)
			}
		}
	}
	out := New(total)
	for _, n := range names {
		out.Set(n, concatColumn(n, batches, total))
	}
	return out
}

func concatColumn(name string, batches []*Batch, total int) *Column {
	if c := concatPlain(name, batches, total); c != nil {
		return c
	}
	out := &Column{Dict: NewDict(), Codes: make([]Code, 0, total)}
	tr := NewTranslator(out.Dict)
	for _, b := range batches {
		c := b.Column(name)
		if c == nil {
			out.Codes = append(out.Codes, make([]Code, b.Len)...)
			continue
		}
		c = c.Coded()
		to := tr.From(c.Dict)
		for _, code := range c.Codes {
			out.Codes = append(out.Codes, to.Code(code))
		}
	}
	return out
}

// concatPlain joins columns that are times in every batch, or bytes in every
// batch, without a dictionary.
func concatPlain(name string, batches []*Batch, total int) *Column {
	out := &Column{}
	for _, b := range batches {
		c := b.Column(name)
		switch {
		case c == nil:
			return nil
		case c.Times != nil:
			out.Times = append(out.Times, c.Times...)
		case c.Bytes != nil:
			out.Bytes = append(out.Bytes, c.Bytes...)
		case b.Len > 0:
			return nil
		}
	}
	if len(out.Times) == total && total > 0 || len(out.Bytes) == total && total > 0 {
		return out
	}
	return nil
}

// Translator turns codes of other dictionaries into codes of one, each distinct
// value once.
type Translator struct {
	into *Dict
	from map[*Dict]*Translation
}

// NewTranslator translates into a dictionary, which it adds to.
func NewTranslator(into *Dict) *Translator {
	return &Translator{into: into, from: map[*Dict]*Translation{}}
}

// maxTranslations bounds the dictionaries that are remembered: who reads very many
// reads each of them only once, and they would all be held.
const maxTranslations = 64

// From is the translation of the codes of d.
func (t *Translator) From(d *Dict) *Translation {
	tr := t.from[d]
	if tr == nil {
		if len(t.from) >= maxTranslations {
			clear(t.from)
		}
		tr = &Translation{into: t.into, from: d}
		t.from[d] = tr
	}
	if tr.from != tr.into && len(tr.known) < d.Len() {
		tr.known = append(tr.known, make([]Code, d.Len()-len(tr.known))...)
	}
	return tr
}

// Translation turns codes of one dictionary into those of another.
type Translation struct {
	into, from *Dict
	known      []Code
}

// Code is the code in the other dictionary; null stays null.
func (t *Translation) Code(c Code) Code {
	if c == 0 || t.from == t.into {
		return c
	}
	if k := t.known[c]; k != 0 {
		return k
	}
	var k Code
	if list := t.from.Multi(c); list != nil {
		codes := make([]Code, len(list))
		for i, v := range list {
			codes[i] = t.Code(v)
		}
		k = t.into.AddCodes(codes)
	} else {
		k = t.into.AddShared(t.from.Text(c))
	}
	t.known[c] = k
	return k
}

// String prints the batch as one line a row, `a=1 b=[x,y] c=-`, for tests and
// messages.
func (b *Batch) String() string {
	var s strings.Builder
	for r := range b.Len {
		for i, n := range b.Names {
			if i > 0 {
				s.WriteByte(' ')
			}
			s.WriteString(n + "=")
			switch v := b.Columns[i].Values(r); len(v) {
			case 0:
				s.WriteByte('-')
			case 1:
				s.WriteString(v[0])
			default:
				s.WriteString("[" + strings.Join(v, ",") + "]")
			}
		}
		s.WriteByte('\n')
	}
	return s.String()
}
