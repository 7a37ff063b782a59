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
// reader has taken, what is more than a pipe's worth behind was, and of what is
// nearer the time decides.
type marks struct {
	lag    time.Duration
	behind int64 // bytes of the stream after a mark
	pipe   watched
	list   []mark
	known  int // how many of the list were written, and so have a time
	ended  bool
}

// watched is what is known of who reads the stream.
type watched struct {
	// holds is how much may have been written and not be taken.
	holds int64
	// unread is how much that is; nil when the system does not tell.
	unread func() (int64, bool)
	// room waits until the reader has taken something; false when there is none
	// to wait for, which the next write tells. It is nil when nobody can.
	room func() bool
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

// settled removes and gives the newest mark that has settled, when left bytes are
// not taken.
func (m *marks) settled(total, left int64, now time.Time) (id uint64, ok bool) {
	n := 0
	for _, k := range m.list[:m.known] {
		behind := total - k.end
		late := m.ended || now.Sub(k.written) >= m.lag
		if left == untold && behind < m.pipe.holds {
			if now.Sub(k.written) < m.lag {
				break
			}
		} else if behind < left {
			break
		}
		if behind < m.behind && !late {
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

// untold stands for a number of bytes that the system does not tell.
const untold int64 = -1

// left is how many bytes the reader has not taken.
func (m *marks) left() int64 {
	if m.pipe.unread != nil {
		if n, ok := m.pipe.unread(); ok {
			return n
		}
	}
	return untold
}

// least is what is worth a write of its own while the reader is behind: a page of
// a pipe.
const least = 4 << 10

// room is how much of size more bytes may be written when left are not taken: so
// much that what was written and has not settled stays a pipe's worth. It is 0
// when the reader is to be waited for.
func (m *marks) room(left int64, size int) int {
	if m.pipe.room == nil || left == untold {
		return size
	}
	free := m.pipe.holds - max(m.behind, left)
	if free < min(int64(size), least) {
		return 0
	}
	return int(min(int64(size), free))
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
func watch(w io.Writer) watched {
	unknown := watched{holds: pipeSize}
	f, ok := w.(*os.File)
	if !ok {
		return unknown
	}
	st, err := f.Stat()
	switch {
	case err != nil:
	case st.Mode()&os.ModeNamedPipe != 0:
		return watchPipe(f)
	case st.Mode().IsRegular(), st.Mode()&os.ModeCharDevice != 0:
		return watched{unread: func() (int64, bool) { return 0, true }}
	}
	return unknown
}
