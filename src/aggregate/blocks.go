package aggregate

import "slices"

// blocks is a sorted list that values are put into and taken out of: blocks of a
// few hundred, so that neither moves the whole.
type blocks[T any] struct {
	compare func(a, b T) int
	list    [][]T
	n       int
}

const blockSize = 512

// find is the block that a value is in, or belongs into.
func (b *blocks[T]) find(x T) int {
	i, _ := slices.BinarySearchFunc(b.list, x, func(block []T, x T) int {
		return b.compare(block[len(block)-1], x)
	})
	return min(i, len(b.list)-1)
}

func (b *blocks[T]) insert(x T) {
	b.n++
	if len(b.list) == 0 {
		b.list = append(b.list, append(make([]T, 0, 8), x))
		return
	}
	i := b.find(x)
	at, _ := slices.BinarySearchFunc(b.list[i], x, b.compare)
	b.list[i] = slices.Insert(b.list[i], at, x)
	if block := b.list[i]; len(block) > blockSize {
		half := len(block) / 2
		b.list = slices.Insert(b.list, i+1, slices.Clone(block[half:]))
		b.list[i] = block[:half]
	}
}

// remove takes out a value that is there.
func (b *blocks[T]) remove(x T) {
	i := b.find(x)
	if i < 0 {
		return
	}
	at, found := slices.BinarySearchFunc(b.list[i], x, b.compare)
	if !found {
		return
	}
	b.n--
	if b.list[i] = slices.Delete(b.list[i], at, at+1); len(b.list[i]) == 0 {
		b.list = slices.Delete(b.list, i, i+1)
	}
}

// at is the value with so many before it.
func (b *blocks[T]) at(i int) (x T) {
	for _, block := range b.list {
		if i < len(block) {
			return block[i]
		}
		i -= len(block)
	}
	return x
}

// each calls f with all values in order.
func (b *blocks[T]) each(f func(T)) {
	for _, block := range b.list {
		for _, x := range block {
			f(x)
		}
	}
}
