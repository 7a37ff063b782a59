package index_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/index"
)

// childVariable names the folder that a child process appends to, and the first
// number it gives an event.
const childVariable = "RISKREPLAY_INDEX_CHILD"

// TestChild is the process that is killed: it appends from four goroutines, small
// segments one after the other, and prints what was acknowledged.
func TestChild(t *testing.T) {
	text := os.Getenv(childVariable)
	if text == "" {
		t.Skip("a child process of TestKilledUnderLoad")
	}
	dir, first, _ := strings.Cut(text, "|")
	next, err := strconv.Atoi(first)
	require.NoError(t, err)
	x, err := index.Open(dir, index.Options{Events: 300, Warn: onlyTorn(t)})
	require.NoError(t, err)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for size := 1; ; size = size%7 + 1 {
				mu.Lock()
				from := next
				next += size
				mu.Unlock()
				evs := make([]event.Event, size)
				for i := range evs {
					evs[i] = long(from + i)
				}
				ticket, err := x.Append(context.Background(), evs)
				if err == nil {
					err = ticket.Wait(context.Background())
				}
				if err != nil {
					fmt.Println("failed:", err)
					return
				}
				mu.Lock()
				fmt.Println(from, size)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// long is an event whose text tells whether it is whole.
func long(i int) event.Event {
	e := line(i)
	e.Raw = []byte(fmt.Sprintf("n=%d %s end=%d", i, strings.Repeat("x", i%1500), i))
	return e
}

// TestKilledUnderLoad kills a process that appends, again and again: every
// acknowledged event is there once, none is torn, and nothing is there that was
// not appended.
func TestKilledUnderLoad(t *testing.T) {
	dir, base, rnd := t.TempDir(), newBase(t), rand.New(rand.NewPCG(7, 8))
	acknowledged, next := map[int]bool{}, 0
	for round := range soak(t, 15, 1000) {
		killChild(t, dir, next, 1+rnd.IntN(400), func(n int) { acknowledged[n] = true })
		x := openDir(t, dir, index.Options{Events: 300, Warn: onlyTorn(t)})
		b := scan(t, x, base, index.Query{Fields: []string{"_raw", "n"}})
		require.NoError(t, x.Close())
		there := make(map[int]bool, b.Len)
		for r := range b.Len {
			n, ok := b.Column("n").Num(r)
			require.True(t, ok)
			i := int(n)
			require.Equal(t, string(long(i).Raw), b.Column("_raw").Text(r), "round %d", round)
			require.False(t, there[i], "event %d is there twice in round %d", i, round)
			there[i] = true
			next = max(next, i+1)
		}
		for n := range acknowledged {
			require.True(t, there[n], "event %d is lost in round %d", n, round)
		}
		next += 1000 // behind all that was begun
	}
	require.Greater(t, len(acknowledged), 100)
}

// killChild starts a child, kills it after some acknowledgements, and reads what
// else it had printed.
func killChild(t *testing.T, dir string, first, after int, acknowledged func(int)) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestChild$")
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d", childVariable, dir, first))
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	lines, seen := bufio.NewScanner(out), 0
	for lines.Scan() {
		var from, size int
		if n, _ := fmt.Sscanf(lines.Text(), "%d %d", &from, &size); n != 2 {
			require.NotContains(t, lines.Text(), "failed")
			continue // the test program's own words, or a line cut in the middle
		}
		for i := range size {
			acknowledged(from + i)
		}
		if seen++; seen == after {
			require.NoError(t, c.Process.Kill())
		}
	}
	require.GreaterOrEqual(t, seen, after)
	_ = c.Wait() // it was killed
}
