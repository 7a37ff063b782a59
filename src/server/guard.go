package server

import (
	"strings"
	"sync"
	"time"

	"riskreplay/src/clock"
)

// Checking a password is work on purpose: so many are checked at once, so many a
// second of all, and so many wrong ones of a user from an address.
const (
	checksAtOnce   = 2
	checksASecond  = 10
	checksInABurst = 30
	wrongInARow    = 5
	wrongAgain     = 6 * time.Second // until another guess may be made
	maxGuessers    = 10_000
)

// guard slows down who guesses passwords.
type guard struct {
	clock  clock.Clock
	checks chan struct{}

	mu       sync.Mutex
	left     float64 // checks that may be made now
	counted  time.Time
	guessers map[guesser]*guesses
}

type guesser struct{ user, address string }

// guesserOf keeps no long names.
func guesserOf(user, address string) guesser {
	return guesser{strings.Clone(user[:min(len(user), 100)]), address}
}

type guesses struct {
	wrong float64
	last  time.Time
}

func newGuard(c clock.Clock) *guard {
	return &guard{clock: c, checks: make(chan struct{}, checksAtOnce), left: checksInABurst, counted: c.Now(), guessers: map[guesser]*guesses{}}
}

// enter waits for a place to check a password in, which leave gives back; it is
// refused after too many of late.
func (g *guard) enter(user, address string) bool {
	if !g.may(guesserOf(user, address)) {
		return false
	}
	g.checks <- struct{}{}
	return true
}

func (g *guard) may(who guesser) bool {
	now := g.clock.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if guessed := g.guessers[who]; guessed != nil && guessed.forget(now) >= wrongInARow {
		return false
	}
	passed := now.Sub(g.counted).Seconds() // less than 0 when the clock was put back
	g.left = min(checksInABurst, g.left+max(0, passed)*checksASecond)
	g.counted = now
	if g.left < 1 {
		return false
	}
	g.left--
	return true
}

// forget lets wrong guesses fade, and gives how many count still.
func (g *guesses) forget(now time.Time) float64 {
	passed := max(0, now.Sub(g.last))
	g.wrong = max(0, g.wrong-passed.Seconds()/wrongAgain.Seconds())
	g.last = now
	return g.wrong
}

// leave tells whether the password was right.
func (g *guard) leave(user, address string, right bool) {
	<-g.checks
	who, now := guesserOf(user, address), g.clock.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if right {
		delete(g.guessers, who)
		return
	}
	if len(g.guessers) >= maxGuessers {
		for k, old := range g.guessers {
			if old.forget(now) == 0 || len(g.guessers) >= maxGuessers {
				delete(g.guessers, k)
			}
		}
	}
	if g.guessers[who] == nil {
		g.guessers[who] = &guesses{last: now}
	}
	g.guessers[who].forget(now)
	g.guessers[who].wrong++
}
