package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
)

// life is what one process did to an index until its machine went down.
type life struct {
	x *index.Index
	// safe are the events that were acknowledged, in order; maybe may be there.
	safe, maybe []event.Event
	next        *int
}

// append appends n events and waits for them; it tells whether the machine is
// still up.
func (l *life) append(n int) bool {
	evs := make([]event.Event, n)
	for i := range evs {
		*l.next++
		evs[i] = line(*l.next)
		evs[i].Host = fmt.Sprint("h", *l.next%3)
		evs[i].Fields = []event.Field{{Name: "zone", Value: fmt.Sprint(*l.next % 2)}}
	}
	ticket, err := l.x.Append(context.Background(), evs)
	if err == nil {
		err = ticket.Wait(context.Background())
	}
	if err != nil {
		l.maybe = append(l.maybe, evs...)
		return false
	}
	l.safe = append(l.safe, evs...)
	return true
}

// TestAtEachStepTheMachineGoesDown lets the machine go down at each step of two
// lives, one after the other, and looks at what is there in the third: every
// acknowledged event once, in order, and of the others at most what was begun.
func TestAtEachStepTheMachineGoesDown(t *testing.T) {
	base := newBase(t)
	first, total := crashOnce(t, base, 0, 0, 1)
	require.Greater(t, first, 10)
	require.Greater(t, total, 5)
	rounds := uint64(3)
	if testing.Short() {
		rounds = 1
	}
	for dies := 1; dies <= first; dies++ {
		for seed := range rounds {
			crashOnce(t, base, dies, 1+int(seed)*7+dies%5, seed)
		}
	}
}

// crashOnce gives the number of steps of both lives.
func crashOnce(t *testing.T, base *knowledge.Base, dies, diesAgain int, seed uint64) (int, int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, uint64(dies)))
	disk := newForgetful()
	disk.dies = dies
	next := 0
	one := live(disk, &next)
	steps := disk.steps
	disk = disk.crash(rnd)
	disk.dies = diesAgain
	two := live(disk, &next)
	again := disk.steps
	disk = disk.crash(rnd)
	x, err := index.Open("x", index.Options{Files: disk, Warn: onlyTorn(t)})
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	// The first life's events are all before the second's.
	isThere(t, base, x, []*life{one, two}, fmt.Sprintf("dies at %d, then at %d, seed %d", dies, diesAgain, seed))
	return steps, again
}

func onlyTorn(t *testing.T) func(diag.Message) {
	return func(m diag.Message) {
		if !strings.Contains(m.Text, "are cut") {
			t.Errorf("said: %s", m.Text)
		}
	}
}

func isThere(t *testing.T, base *knowledge.Base, x *index.Index, lives []*life, when string) {
	t.Helper()
	var evs []event.Event
	got := map[string]int{}
	rows := contents(t, x, base)
	for _, r := range rows {
		got[r]++
	}
	for _, l := range lives {
		evs = append(evs, l.safe...)
		for _, e := range l.maybe {
			if r := contents(t, inMemory(t, []event.Event{e}), base)[0]; got[r] > 0 {
				evs = append(evs, e)
			}
		}
	}
	require.Equal(t, contents(t, inMemory(t, evs), base), rows, when)
}

// live opens an index and works with it until the machine goes down.
func live(disk *forgetful, next *int) *life {
	l := &life{next: next}
	x, err := index.Open("x", index.Options{Files: disk})
	if err != nil {
		return l
	}
	l.x = x
	defer func() { _ = x.Close() }() // the machine may be down
	for _, n := range []int{1, 3, 2} {
		if !l.append(n) {
			return l
		}
	}
	return l
}
