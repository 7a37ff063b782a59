package modinput

import (
	"io"
	"os"
	"time"
)

// marks are positions in the stream that have not settled yet.
//
// A mark settles when the reader has taken it, and enough was written after it
// or it was written long enough ago. What is more than a pipe's worth behind was
// taken; of what is nearer the system is asked, and where it does not tell, the
// time decides.
type marks struct {
	lag    time.Duration
	behind int64                // bytes of the stream after a mark
	holds  int64                // what was written and not taken is no more
	unread func() (int64, bool) // what it is, when the system tells
	list   []mark
	known  int // how many of the list were written, and so have a time
	ended  bool
}

type mark struct {
	id      uint64
	end     int64     // bytes of the stream up to it
	written time.Time // when the last of them was handed to the pipe
}

func (m *marks) add(id uint64, end int64) {
	if n := len(m.list); n > m.known && m.list[n-1].end == end {
		m.list[n-1].id = id // nothing between the two
		return
	}
	m.list = append(m.list, mark{id: id, end: end})
}

// stamp gives marks their time once the first total bytes were written.
func (m *marks) stamp(total int64, now time.Time) {
	for ; m.known < len(m.list) && m.list[m.known].end <= total; m.known++ {
		m.list[m.known].written = now
	}
}

// settled removes and gives the newest mark that has settled.
func (m *marks) settled(total int64, now time.Time) (id uint64, ok bool) {
	m.stamp(total, now)
	if m.known == 0 {
		return 0, false
	}
	n, left := 0, unasked
	for _, k := range m.list[:m.known] {
		if behind := total - k.end; behind < max(m.behind, m.holds) {
			late := now.Sub(k.written) >= m.lag
			if behind < m.behind && !late && !m.ended {
				break
			}
			if left == unasked {
				left = m.left()
			}
			if left == untold && !late || behind < left {
				break
			}
		}
		n++
	}
	if n == 0 {
		return 0, false
	}
	id = m.list[n-1].id
	m.list = m.list[:copy(m.list, m.list[n:])]
	m.known -= n
	return id, true
}

// Answers that are no number of bytes.
const (
	unasked int64 = -1
	untold  int64 = -2
)

// left is how many bytes the reader has not taken.
func (m *marks) left() int64 {
	if n, ok := m.unread(); ok {
		return n
	}
	return untold
}

// due is when the next mark may settle by time. One that is late because the
// reader is, is looked at again after a lag.
func (m *marks) due(now time.Time) (time.Time, bool) {
	if m.known == 0 {
		return time.Time{}, false
	}
	at := m.list[0].written.Add(m.lag)
	if !at.After(now) {
		at = now.Add(m.lag)
	}
	return at, true
}

// watch finds out what it can about who reads w. A file and a device have taken
// all.
func (m *marks) watch(w io.Writer) {
	m.holds, m.unread = pipeSize, func() (int64, bool) { return 0, false }
	f, ok := w.(*os.File)
	if !ok {
		return
	}
	st, err := f.Stat()
	switch {
	case err != nil:
	case st.Mode()&os.ModeNamedPipe != 0:
		m.watchPipe(f)
	case st.Mode().IsRegular(), st.Mode()&os.ModeCharDevice != 0:
		m.holds, m.unread = 0, func() (int64, bool) { return 0, true }
	}
}
