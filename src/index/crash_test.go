package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
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
	// dropping is the zone whose events may be gone: that was begun;
	// when didDrop they are.
	dropping string
	didDrop  bool
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
	rounds := soak(t, 1, 20)
	for dies := 1; dies <= first; dies++ {
		for seed := range uint64(rounds) {
			crashOnce(t, base, dies, 1+int(seed)*7+dies%5, seed)
		}
	}
}

// soak is a number of rounds, and how many there are with RISKREPLAY_SOAK=1.
func soak(t testing.TB, normal, long int) int {
	t.Helper()
	if os.Getenv("RISKREPLAY_SOAK") != "" {
		return long
	}
	return normal
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
	// What was dropped is gone altogether, or not at all when that was not finished.
	for i, l := range lives {
		if l.dropping == "" {
			continue
		}
		zone := event.Field{Name: "zone", Value: l.dropping}
		without := slices.DeleteFunc(slices.Clone(evs), func(e event.Event) bool { return slices.Contains(e.Fields, zone) && before(e, lives[i+1:]) })
		if l.didDrop || len(rows) == len(without) {
			evs = without
		}
	}
	require.Equal(t, contents(t, inMemory(t, evs), base), rows, when)
}

// before tells whether an event was appended before lives.
func before(e event.Event, lives []*life) bool {
	for _, l := range lives {
		for _, list := range [][]event.Event{l.safe, l.maybe} {
			if slices.ContainsFunc(list, func(x event.Event) bool { return x.Time == e.Time }) {
				return false
			}
		}
	}
	return true
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
		if x.Roll(context.Background()) != nil {
			return l
		}
	}
	if !l.append(2) {
		return l
	}
	l.dropping = fmt.Sprint(*next % 2)
	_, err = x.Drop(context.Background(), "zone", l.dropping)
	l.didDrop = err == nil
	return l
}
