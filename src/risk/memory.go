package risk

// memory is what dedup and cap remember of earlier rows.
type memory struct {
	seen   map[string]struct{}
	totals map[string]*total
}

// total is a risk object's: the highest score seen so far, and the sum of what
// it was given.
type total struct{ highest, sum Number }

func newMemory() memory {
	return memory{seen: map[string]struct{}{}, totals: map[string]*total{}}
}

// again tells whether a key was seen before, and remembers it. The nil key is
// never the same.
func (m *memory) again(key []byte) bool {
	if key == nil {
		return false
	}
	if _, seen := m.seen[string(key)]; seen {
		return true
	}
	m.seen[string(key)] = struct{}{}
	return false
}

// over adds a score to an object's total unless it would exceed times the
// highest score; then it gives the total as it is.
func (m *memory) over(object []byte, score, times Number) *total {
	t := m.totals[string(object)]
	if t == nil {
		t = &total{}
		m.totals[string(object)] = t
	}
	if score.Cmp(t.highest) > 0 {
		t.highest = score
	}
	sum := t.sum.Add(score)
	if sum.Cmp(t.highest.Mul(times)) > 0 {
		return t
	}
	t.sum = sum
	return nil
}
