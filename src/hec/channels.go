package hec

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// channels is the client's channel, renewed when what lies behind a load balancer
// has become another machine, or has forgotten it.
type channels struct {
	o       Options
	mu      sync.Mutex
	id      string
	used    time.Time
	cookies map[string]string
}

// forgottenAfter is a little less than Splunk's maxIdleTime.
const forgottenAfter = 9 * time.Minute

func newChannels(o Options) *channels {
	return &channels{o: o, id: o.NewChannel(), cookies: map[string]string{}}
}

// current is the channel for a request now.
func (c *channels) current() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Clock.Now()
	if !c.used.IsZero() && now.Sub(c.used) > forgottenAfter {
		c.id = c.o.NewChannel()
	}
	c.used = now
	return c.id
}

// saw looks at the cookies of an answer: one that changed means another machine.
// What was sent over the channel before is asked for there still. The cookies of
// Amazon's balancer change with every answer and mean nothing.
func (c *channels) saw(cookies []*http.Cookie) {
	if len(cookies) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := false
	for _, k := range cookies {
		if strings.HasPrefix(k.Name, "AWSALB") {
			continue
		}
		before, known := c.cookies[k.Name]
		changed = changed || known && before != k.Value
		c.cookies[k.Name] = k.Value
	}
	if changed {
		c.id = c.o.NewChannel()
	}
}
