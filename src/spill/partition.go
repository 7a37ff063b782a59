package spill

import (
	"hash/maphash"

	"riskreplay/src/batch"
)

// Fan is how many parts rows are dealt out to.
const Fan = 16

// Partitions deals rows out to parts by the values of some fields: rows with the same
// values are in the same part, in the order they came.
type Partitions struct {
	budget  *Budget
	fields  []string
	level   int
	runs    [Fan]*Run
	account *Account
	kept    []*batch.Batch
	keptLen int
}

// seed makes that data from outside cannot choose its part.
var seed = maphash.MakeSeed()

// Partitions has no rows yet. The rows of one part can be dealt out again at the next
// level, to other parts.
func (b *Budget) Partitions(level int, fields ...string) *Partitions {
	p := &Partitions{budget: b, fields: fields, level: level, account: b.Account()}
	for i := range p.runs {
		p.runs[i] = b.Run()
	}
	return p
}

// partRows is how many rows are dealt out at a time.
const partRows = 1 << 14

// Add takes rows; nothing of the batch is kept for long.
func (p *Partitions) Add(b *batch.Batch) error {
	p.kept = append(p.kept, compact(b))
	p.keptLen += b.Len
	if p.account.Keep(p.kept[len(p.kept)-1]) || p.keptLen >= partRows {
		return p.flush()
	}
	return nil
}

func (p *Partitions) flush() error {
	if p.keptLen == 0 {
		return nil
	}
	all := batch.Concat(p.kept)
	p.kept, p.keptLen = nil, 0
	p.account.Release()
	var parts [Fan][]int32
	for r, h := range hashes(all, p.fields) {
		part := h >> (4 * p.level) % Fan
		parts[part] = append(parts[part], int32(r))
	}
	for i, rows := range parts {
		if err := p.runs[i].Append(all.Gather(rows)); err != nil {
			return err
		}
	}
	return nil
}

// Parts is the parts, some of which may have no rows. No more rows are added.
func (p *Partitions) Parts() ([]*Run, error) {
	err := p.flush()
	return p.runs[:], err
}

// hashes is a number of each row that depends on the values of the fields alone.
func hashes(b *batch.Batch, fields []string) []uint64 {
	out := make([]uint64, b.Len)
	for _, f := range fields {
		c := b.Column(f)
		if c == nil {
			c = batch.Nulls(b.Len)
		}
		c = c.Coded()
		known := make([]uint64, c.Dict.Len())
		for r, code := range c.Codes {
			if code != 0 && known[code] == 0 {
				known[code] = maphash.String(seed, c.Dict.Text(code)) | 1<<63
			}
			out[r] = (out[r]^known[code])*0x9E3779B97F4A7C15 + 1
			out[r] ^= out[r] >> 32
		}
	}
	return out
}
