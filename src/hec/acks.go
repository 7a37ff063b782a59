package hec

import (
	"container/list"
	"sync"
	"time"
)

// acks are the acknowledgements of all channels.
type acks struct {
	o        HandlerOptions
	mu       sync.Mutex
	channels map[channelKey]*list.Element
	recent   *list.List // of *channel, the one used last in front
}

type channelKey struct{ token, channel string }

// channel counts its requests from 0 and knows of each whether its events are
// safe, until somebody was told so.
type channel struct {
	key  channelKey
	used time.Time
	next int64
	safe map[int64]bool
}

func newAcks(o HandlerOptions) *acks {
	return &acks{o: o, channels: map[channelKey]*list.Element{}, recent: list.New()}
}

// open gives the next id of a channel. The code is 25 near the limit and 27, or
// 9, beyond it.
func (a *acks) open(token, name string, now time.Time) (int64, Code) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.channel(channelKey{token, name}, now)
	if c == nil || len(c.safe) >= a.o.MaxPending {
		if a.o.Warn {
			return -1, CodeAckAtCapacity
		}
		return -1, CodeBusy
	}
	id := c.next
	c.next++
	c.safe[id] = false
	if a.o.Warn && len(c.safe) > a.o.MaxPending*4/5 {
		return id, CodeAckNearCapacity
	}
	return id, CodeSuccess
}

// channel finds or makes a channel, nil when there are too many; those that
// nobody used for long are forgotten.
func (a *acks) channel(key channelKey, now time.Time) *channel {
	if e, ok := a.channels[key]; ok {
		a.recent.MoveToFront(e)
		c := e.Value.(*channel)
		c.used = now
		return c
	}
	for e := a.recent.Back(); e != nil && now.Sub(e.Value.(*channel).used) > a.o.MaxIdle; e = a.recent.Back() {
		delete(a.channels, e.Value.(*channel).key)
		a.recent.Remove(e)
	}
	if len(a.channels) >= a.o.MaxChannels {
		return nil
	}
	c := &channel{key: key, used: now, safe: map[int64]bool{}}
	a.channels[key] = a.recent.PushFront(c)
	return c
}

func (a *acks) done(token, name string, id int64) { a.set(channelKey{token, name}, id, true) }

// drop forgets an id whose events were not taken. The number is not given again.
func (a *acks) drop(token, name string, id int64) { a.set(channelKey{token, name}, id, false) }

func (a *acks) set(key channelKey, id int64, safe bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.channels[key]
	if !ok {
		return
	}
	c := e.Value.(*channel)
	if _, ok := c.safe[id]; !ok {
		return
	}
	if c.safe[id] = safe; !safe {
		delete(c.safe, id)
	}
}

// ask tells of each id whether its events are safe. Yes is said once.
func (a *acks) ask(token, name string, ids []int64, now time.Time) []bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	answers := make([]bool, len(ids))
	e, ok := a.channels[channelKey{token, name}]
	if !ok {
		return answers
	}
	a.recent.MoveToFront(e)
	c := e.Value.(*channel)
	c.used = now
	for i, id := range ids {
		if answers[i] = c.safe[id]; answers[i] {
			delete(c.safe, id)
		}
	}
	return answers
}

// full tells whether a new channel would find no place.
func (a *acks) full() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.channels) >= a.o.MaxChannels
}
