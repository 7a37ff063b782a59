package aggregate

// Sized is an Accumulator that knows about how many bytes it takes.
type Sized interface {
	Accumulator
	Size() int64
}

// plainSize is what a group takes of an accumulator that is not Sized: a number or two.
const plainSize = 24

// Size is about how many bytes an accumulator of n groups takes.
func Size(a Accumulator, n int) int64 {
	if s, ok := a.(Sized); ok {
		return s.Size()
	}
	return int64(plainSize * n)
}

func (p *pairs) Size() int64 {
	return p.dict.Size() + int64(8*cap(p.keys)+4*cap(p.slots))
}

func (a *mode) Size() int64  { return a.pairs.Size() + int64(8*cap(a.n)) }
func (a *first) Size() int64 { return a.dict.Size() + int64(4*cap(a.at)) }
func (a *latest) Size() int64 {
	return a.dict.Size() + int64(16*cap(a.at))
}

func (a *list) Size() int64 {
	return a.dict.Size() + int64(8*cap(a.n)+4*cap(a.groups)+4*cap(a.values))
}

func (a *rate) Size() int64 { return int64(24 * cap(a.seen)) }

func (a *extreme) Size() int64 {
	const candidateSize, textSize = 56, 16
	return int64((candidateSize + textSize) * cap(a.best))
}

// Size asks the fold, which keeps all numbers where it is a percentile.
func (a *numeric) Size() int64 {
	if p, ok := a.fold.(*percentile); ok {
		return int64(12 * cap(p.nums))
	}
	return plainSize * int64(cap(a.void))
}
