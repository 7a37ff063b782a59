package hec

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// poller asks for acknowledgements: one goroutine for all channels while any is
// awaited, all ids of a channel in one question.
type poller struct {
	c       *Client
	mu      sync.Mutex
	open    map[string]map[int64]*ack // by channel
	posts   map[*post]bool            // under way
	running bool
	fresh   bool // something new is awaited: ask soon
}

// post is a request with events that is not answered yet. A server that was
// started anew counts from 0 again: its "yes" may be meant for an id that is only
// now on its way to us, not for the same one of before. So no "yes" counts before
// the posts that were under way beside it are answered.
type post struct {
	channel string
	done    chan struct{}
	lost    bool // with done: the answer never came
}

// ack is one acknowledgement that is awaited.
type ack struct {
	until time.Time
	done  chan struct{}
	ok    bool  // with done
	err   error // with done
}

// The waits between questions: doubled while nothing comes.
const (
	firstPoll   = 250 * time.Millisecond
	longestPoll = 5 * time.Second
)

func newPoller(c *Client) *poller {
	return &poller{c: c, open: map[string]map[int64]*ack{}, posts: map[*post]bool{}}
}

// wait gives whether the acknowledgement came in time.
func (a *ack) wait(ctx context.Context) (bool, error) {
	select {
	case <-a.done:
		return a.ok, a.err
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

func (p *poller) begin(channel string) *post {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := &post{channel: channel, done: make(chan struct{})}
	p.posts[q] = true
	return q
}

// end follows the post's expect.
func (p *poller) end(q *post, lost bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.posts, q)
	q.lost = lost
	close(q.done)
}

// quiet waits for the posts that are under way over a channel, and tells whether
// all were answered.
func (p *poller) quiet(channel string) bool {
	p.mu.Lock()
	var beside []*post
	for q := range p.posts {
		if q.channel == channel {
			beside = append(beside, q)
		}
	}
	p.mu.Unlock()
	answered := true
	for _, q := range beside {
		<-q.done
		answered = answered && !q.lost
	}
	return answered
}

func (a *ack) settle(ok bool, err error) {
	a.ok, a.err = ok, err
	close(a.done)
}

func (p *poller) expect(channel string, id int64) *ack {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := &ack{until: p.c.o.Clock.Now().Add(p.c.o.AckTimeout), done: make(chan struct{})}
	ids := p.open[channel]
	if ids == nil {
		ids = map[int64]*ack{}
		p.open[channel] = ids
	}
	if old := ids[id]; old != nil {
		// The server counts from 0 again: it was started anew and knows nothing of
		// what it took before.
		old.settle(false, nil)
		p.c.count.unacked.Add(-1)
	}
	ids[id] = a
	p.fresh = true
	p.c.count.unacked.Add(1)
	if !p.running {
		p.running = true
		go p.run()
	}
	return a
}

// run asks until nothing is awaited.
func (p *poller) run() {
	interval := firstPoll
	for {
		err := p.c.o.Clock.SleepUntil(p.c.life, p.c.o.Clock.Now().Add(interval))
		if err != nil {
			p.giveUp(err)
			return
		}
		came := false
		for channel, open := range p.questions() {
			n, err := p.ask(channel, open)
			if err != nil {
				p.c.fail(err)
				p.giveUp(err)
				return
			}
			came = came || n
		}
		goOn, soon := p.expire()
		if !goOn {
			return
		}
		if interval = min(longestPoll, 2*interval); came || soon {
			interval = firstPoll
		}
	}
}

// questions are what is awaited now, by channel.
func (p *poller) questions() map[string]map[int64]*ack {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make(map[string]map[int64]*ack, len(p.open))
	for channel, acks := range p.open {
		out[channel] = maps.Clone(acks)
	}
	return out
}

// ask asks for the ids of a channel. An answer that is missing or says "busy" is
// none; the error is a refusal.
func (p *poller) ask(channel string, open map[int64]*ack) (came bool, err error) {
	body, _ := json.Marshal(map[string][]int64{"acks": slices.Collect(maps.Keys(open))}) // numbers are JSON
	a := p.c.ask(p.c.life, request{method: http.MethodPost, path: "/ack", channel: channel, body: body})
	var said struct{ Acks map[string]bool }
	if a.Status == http.StatusOK && json.Unmarshal(a.body, &said) == nil && said.Acks != nil {
		return p.quiet(channel) && p.take(channel, said.Acks, open), nil
	}
	if a.class == Refused {
		return false, a.err
	}
	return false, nil
}

// take settles what was acknowledged, of what is still what was asked for.
func (p *poller) take(channel string, said map[string]bool, asked map[int64]*ack) (came bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for text, yes := range said {
		id, err := strconv.ParseInt(text, 10, 64)
		a := p.open[channel][id]
		if err != nil || !yes || a == nil || a != asked[id] {
			continue
		}
		p.remove(channel, id)
		a.settle(true, nil)
		came = true
	}
	return came
}

func (p *poller) remove(channel string, id int64) {
	p.c.count.unacked.Add(-1)
	if delete(p.open[channel], id); len(p.open[channel]) == 0 {
		delete(p.open, channel)
	}
}

// expire gives up what was awaited for too long, and tells whether anything is
// left, and whether something new is.
func (p *poller) expire() (goOn, soon bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.c.o.Clock.Now()
	for channel, acks := range p.open {
		for id, a := range acks {
			if !now.Before(a.until) {
				p.remove(channel, id)
				a.settle(false, nil)
			}
		}
	}
	soon, p.fresh = p.fresh, false
	p.running = len(p.open) > 0
	return p.running, soon
}

// giveUp ends every waiting with an error.
func (p *poller) giveUp(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for channel, acks := range p.open {
		for id, a := range acks {
			p.remove(channel, id)
			a.settle(false, err)
		}
	}
	p.running = false
}
