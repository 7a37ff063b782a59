package modinput

import (
	"io"
	"os"
	"time"
)

// marks are positions in the stream that have not settled yet.
//
// A mark settles when the reader has taken it, and enough was written after it
// or it was written long enough ago. Where the system does not tell what the
// reader has taken, that it was is concluded from a pipe's worth after it, or
// from the time.
type marks struct {
	lag    time.Duration
	behind int64 // bytes of the stream after a mark
	unread func() (int64, bool)
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
	left, tells := m.unread()
	behind := m.behind
	if !tells {
		left, behind = 0, max(behind, pipeSize)
	}
	n := 0
	for _, k := range m.list[:m.known] {
		quiet := now.Sub(k.written) >= m.lag || m.ended && tells
		if k.end > total-left || k.end > total-behind && !quiet {
			break
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

// unread is how many bytes the reader has not taken yet, when the system tells. A
// file and a device have taken all.
func unread(w io.Writer) (int64, bool) {
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil && (st.Mode().IsRegular() || st.Mode()&os.ModeCharDevice != 0) {
			return 0, true
		}
	}
	return inPipe(w)
}
