package replay

import "riskreplay/src/event"

// items is a heap by time, then by place in the plan. The events themselves stay
// where they are; what moves are their keys.
type items struct {
	keys []itemKey
	all  []item
	free []int32 // places in all
}

type itemKey struct {
	at   event.Time
	nth  int64
	file int32
	slot int32
}

func (a *itemKey) before(b *itemKey) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.file != b.file:
		return a.file < b.file
	}
	return a.nth < b.nth
}

func (h *items) len() int { return len(h.keys) }

func (h *items) push(it item) {
	slot := int32(len(h.all))
	if n := len(h.free); n > 0 {
		slot, h.free = h.free[n-1], h.free[:n-1]
		h.all[slot] = it
	} else {
		h.all = append(h.all, it)
	}
	h.keys = append(h.keys, itemKey{at: it.at, nth: it.nth, file: int32(it.file), slot: slot})
	k := h.keys
	for i := len(k) - 1; i > 0; {
		up := (i - 1) / 2
		if !k[i].before(&k[up]) {
			return
		}
		k[i], k[up] = k[up], k[i]
		i = up
	}
}

// pop takes the first item out; there must be one.
func (h *items) pop() item {
	k := h.keys
	slot, last := k[0].slot, len(k)-1
	k[0] = k[last]
	k = k[:last]
	h.keys = k
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if k[child].before(&k[least]) {
				least = child
			}
		}
		if least == i {
			break
		}
		k[i], k[least] = k[least], k[i]
		i = least
	}
	it := h.all[slot]
	h.all[slot] = item{}
	h.free = append(h.free, slot)
	return it
}
