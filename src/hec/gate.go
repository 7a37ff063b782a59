package hec

import (
	"context"
	"sync"
)

// gate bounds the requests under way. It starts with one, opens by one with each
// success up to a maximum, and halves while the server is busy.
type gate struct {
	mu     sync.Mutex
	most   int
	open   int
	inside int
	moved  chan struct{} // closed and replaced when somebody may enter
}

func newGate(most int) *gate { return &gate{most: most, open: 1, moved: make(chan struct{})} }

func (g *gate) enter(ctx context.Context) error {
	for {
		g.mu.Lock()
		if g.inside < g.open {
			g.inside++
			g.mu.Unlock()
			return nil
		}
		moved := g.moved
		g.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// leave ends a request; busy tells that the server had no room for it.
func (g *gate) leave(busy bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if busy {
		g.open = max(1, g.open/2)
	} else {
		g.open = min(g.most, g.open+1)
	}
	close(g.moved)
	g.moved = make(chan struct{})
}
