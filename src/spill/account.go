package spill

import "riskreplay/src/batch"

// Account is what one operator holds of a search's memory.
type Account struct {
	budget *Budget
	held   int64
	dicts  map[*batch.Dict]int64
}

// Account opens an account that holds nothing.
func (b *Budget) Account() *Account {
	if b == nil || b.limit <= 0 {
		return &Account{}
	}
	return &Account{budget: b, dicts: map[*batch.Dict]int64{}}
}

// Keep counts a batch that the operator holds from now on. Its dictionaries count
// once. It is true when the operator must let go of what it holds.
func (a *Account) Keep(b *batch.Batch) (over bool) {
	if a.budget == nil {
		return false
	}
	size := int64(0)
	for _, c := range b.Columns {
		size += cellsSize(c)
		if c.Dict != nil && c.Codes != nil {
			now := c.Dict.Size()
			size += now - a.dicts[c.Dict]
			a.dicts[c.Dict] = now
		}
	}
	return a.add(size)
}

// Hold says how many bytes the operator holds in all. It is true when it must let
// go of some.
func (a *Account) Hold(bytes int64) (over bool) {
	if a.budget == nil {
		return false
	}
	return a.add(bytes - a.held)
}

// Release says that the operator holds nothing any more.
func (a *Account) Release() {
	if a.budget == nil {
		return
	}
	a.add(-a.held)
	clear(a.dicts)
}

// leastShare is the part of the memory that an operator may hold even when the
// others hold all of it: who had nothing could not work.
const leastShare = 8

func (a *Account) add(bytes int64) bool {
	a.held += bytes
	used := a.budget.used.Add(bytes)
	return used > a.budget.limit && a.held > a.budget.limit/leastShare
}

// cellsSize is the bytes of a column without its dictionary.
func cellsSize(c *batch.Column) int64 {
	size := int64(4*len(c.Codes) + 8*len(c.Times))
	for _, raw := range c.Bytes {
		size += int64(24 + len(raw))
	}
	return size
}

// rowSize is about how many bytes a row of a batch has on disk.
func rowSize(b *batch.Batch) int64 {
	size := int64(0)
	for _, c := range b.Columns {
		size += cellsSize(c)
		if c.Dict != nil && c.Dict.Len() > 0 {
			size += min(c.Dict.Size(), c.Dict.Size()/int64(c.Dict.Len())*int64(b.Len))
		}
	}
	return size/int64(max(b.Len, 1)) + 1
}
