package modinput

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRoom: what was written and has not settled is a pipe's worth at most, and
// what is written at once is worth it.
func TestRoom(t *testing.T) {
	m := marks{behind: 32 << 10, pipe: watched{holds: 64 << 10, room: func() bool { return true }}}
	room := func(left int64, size, want int) {
		t.Helper()
		require.Equal(t, want, m.room(left, size))
	}
	room(0, 10, 10)
	room(0, 40<<10, 32<<10)
	room(32<<10, 40<<10, 32<<10)
	room(40<<10, 40<<10, 24<<10)
	room(60<<10, 40<<10, 4<<10)
	room(60<<10+1, 40<<10, 0)
	room(60<<10+1, 100, 100)
	room(64<<10, 1, 0)
	room(untold, 1<<20, 1<<20)
	m.pipe.room = nil
	room(64<<10, 1<<20, 1<<20)
}

func TestSettled(t *testing.T) {
	at := time.Unix(0, 0)
	settled := func(want uint64, left int64, after time.Duration, ended bool) {
		t.Helper()
		m := marks{lag: 5 * time.Second, behind: 100, pipe: watched{holds: 200}, ended: ended}
		for i := range uint64(10) {
			m.add(i+1, int64(i+1)*50)
		}
		m.stamp(450, at)
		id, _ := m.settled(450, left, at.Add(after))
		require.Equal(t, want, id)
		require.Len(t, m.list, 10-int(want))
	}
	settled(7, 0, 0, false)
	settled(7, 100, 0, false)
	settled(6, 101, 0, false)
	settled(0, 450, 0, false)
	settled(9, 0, 5*time.Second, false)
	settled(8, 50, 5*time.Second, false)
	settled(9, 0, 0, true)
	settled(8, 1, 0, true)
	settled(5, untold, 0, false)
	settled(5, untold, 0, true)
	settled(9, untold, 5*time.Second, false)
}
