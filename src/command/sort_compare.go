package command

import (
	"cmp"
	"math"
	"net/netip"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/spill"
)

// sortOrder is the order of rows by keys, of which the first most come. Rows that
// compare equal stay as they are. Null comes last whatever the direction (rule N5),
// and a multivalue counts by its first value.
func sortOrder(keys []sortKey, most int) spill.By[[]sortColumn] {
	return spill.By[[]sortColumn]{
		Most: most,
		Keys: func(b *batch.Batch) []sortColumn {
			columns := make([]sortColumn, len(keys))
			for i, k := range keys {
				columns[i] = newSortColumn(b.Column(k.name), k)
			}
			return columns
		},
		Compare: func(a []sortColumn, i int32, b []sortColumn, j int32) int {
			for k := range a {
				if d := a[k].compare(i, &b[k], j); d != 0 {
					return d
				}
			}
			return 0
		},
		Order: rankedOrder,
	}
}

// sortColumn is a column with what its distinct values compare by. It has times
// where they compare as numbers, or codes; neither where no row has the field.
type sortColumn struct {
	sortKey
	times  []event.Time
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
	switch {
	case c == nil || c.Len() == 0:
		return sortColumn{sortKey: k}
	case c.Times != nil && (k.as == "auto" || k.as == "num"):
		return sortColumn{sortKey: k, times: c.Times}
	}
	c = c.Coded()
	out := sortColumn{sortKey: k, codes: c.Codes, values: make([]sortValue, c.Dict.Len())}
	for _, code := range c.Codes {
		if code != 0 && !out.values[code].present {
			first := code
			if list := c.Dict.Multi(code); list != nil {
				first = list[0]
			}
			out.values[code] = newSortValue(c.Dict.Text(first), k.as)
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

func (c *sortColumn) compare(x int32, o *sortColumn, y int32) int {
	var d int
	if c.times != nil && o.times != nil {
		d = cmp.Compare(c.times[x].Seconds(), o.times[y].Seconds())
	} else {
		a, b := c.at(x), o.at(y)
		if !a.present || !b.present {
			return boolCompare(b.present, a.present)
		}
		d = a.compare(b, c.as)
	}
	if c.desc {
		return -d
	}
	return d
}

func (c *sortColumn) at(row int32) *sortValue {
	switch {
	case c.times != nil:
		v := newSortValue(c.times[row].String(), c.as)
		return &v
	case c.values == nil:
		return &noSortValue
	}
	return &c.values[c.codes[row]]
}

var noSortValue sortValue

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
