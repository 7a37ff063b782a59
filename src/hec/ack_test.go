package hec

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBatchesSettleWhenAcknowledged(t *testing.T) {
	store := &memory{wait: make(chan struct{})}
	_, web := collector(t, store, ackToken(), HandlerOptions{})
	cl, l := client(t, web.URL, Options{Ack: true, AckTimeout: 1000 * time.Hour, MaxEvents: 10})
	require.NoError(t, cl.Health(t.Context()))
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(30)}))
	require.Eventually(t, func() bool { return cl.Stats().Unacked == 3 }, 10*time.Second, time.Millisecond)
	_, settled := l.get(0)
	require.False(t, settled, "nothing is safe yet")
	close(store.wait)
	require.NoError(t, cl.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 30}, r)
	require.Equal(t, raws(events(30)), store.raws())
}

func TestSlowAcksAreAwaited(t *testing.T) {
	shared := newHurried()
	store := &memory{}
	_, web := collector(t, store, ackToken(), HandlerOptions{Clock: shared, MaxIdle: 10000 * time.Hour, Fault: func(*http.Request) Fault {
		return Fault{AckDelay: 50 * time.Second}
	}})
	cl, l := client(t, web.URL, Options{Ack: true, Clock: shared, AckTimeout: 1000 * time.Hour})
	for seq := range uint64(10) {
		require.NoError(t, cl.Send(t.Context(), Batch{Seq: seq, Events: events(3)}))
	}
	require.NoError(t, cl.Flush(t.Context()))
	require.Len(t, store.raws(), 30, "nothing was sent twice")
	require.Len(t, l.seen, 10)
}

func TestAcksThatNeverComeAreSentAgain(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, ackToken(), HandlerOptions{Fault: firsts("/event", Fault{DropAck: true})})
	cl, l := client(t, web.URL, Options{Ack: true, MaxEvents: 2, AckTimeout: time.Hour})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(4)}))
	require.NoError(t, cl.Flush(t.Context()))
	require.Equal(t, append(raws(events(4)), raws(events(2))...), store.raws())
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 4, Unsure: true}, r)
	require.Equal(t, int64(2), cl.Stats().Again)
}

func TestAskingForAcksMeetsFaults(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, ackToken(), HandlerOptions{Fault: firsts("/ack",
		Fault{Code: CodeBusy}, Fault{Status: 502}, Fault{Reset: ResetBody}, Fault{Code: CodeAckAtCapacity})})
	cl, l := client(t, web.URL, Options{Ack: true, AckTimeout: time.Hour})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(4)}))
	require.NoError(t, cl.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 4}, r)
}

func TestAnAnswerWithAcksThatIsLostCostsASecondSending(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, ackToken(), HandlerOptions{Fault: firsts("/ack", Fault{Reset: ResetReply})})
	cl, l := client(t, web.URL, Options{Ack: true, AckTimeout: time.Hour})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(4)}))
	require.NoError(t, cl.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, 4, r.Accepted)
	for _, raw := range raws(events(4)) {
		require.Contains(t, store.raws(), raw)
	}
}

func TestAckRefusalsEndTheRun(t *testing.T) {
	for name, c := range map[string]struct {
		tokens TokenList
		fault  func(*http.Request) Fault
		want   Code
	}{
		"a token without acknowledgement": {plainToken(), nil, CodeAckDisabled},
		"the token is switched off":       {ackToken(), firsts("/ack", Fault{Code: CodeTokenDisabled}), CodeTokenDisabled},
	} {
		_, web := collector(t, &memory{}, c.tokens, HandlerOptions{Fault: c.fault})
		cl, l := client(t, web.URL, Options{Ack: true, AckTimeout: time.Hour})
		require.NoError(t, cl.Send(t.Context(), Batch{Events: events(4)}))
		var refused *RefusedError
		require.ErrorAs(t, cl.Flush(t.Context()), &refused, name)
		require.Equal(t, c.want, refused.Reply.Code, name)
		require.Empty(t, l.seen)
	}
}

func TestAServerStartedAnewForgetsItsAcks(t *testing.T) {
	first := &memory{wait: make(chan struct{})}
	second := &memory{}
	fixed := HandlerOptions{Clock: newHurried()}
	servers := []*Server{Handler(first, ackToken(), fixed), Handler(second, ackToken(), fixed)}
	var mu sync.Mutex
	now := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		s := servers[now]
		if r.URL.Path == root+"/event" {
			now = 1 // after the first events
		}
		mu.Unlock()
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	cl, l := client(t, web.URL, Options{Ack: true, MaxEvents: 2, AckTimeout: time.Hour})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(4)}))
	require.NoError(t, cl.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 4, Unsure: true}, r)
	for _, raw := range raws(events(4)) {
		require.Contains(t, second.raws(), raw, "what the first one had not acknowledged came again")
	}
}

func TestChannelsAreRenewed(t *testing.T) {
	hand := newHurried()
	n := 0
	c := newChannels(Options{Clock: hand, NewChannel: func() string { n++; return strings.Repeat("x", n) }})
	require.Equal(t, "x", c.current())
	c.saw([]*http.Cookie{{Name: "sticky", Value: "a"}})
	require.Equal(t, "x", c.current(), "the first cookie is none that changed")
	c.saw([]*http.Cookie{{Name: "sticky", Value: "a"}, {Name: "AWSALB", Value: "1"}})
	c.saw([]*http.Cookie{{Name: "AWSALB", Value: "2"}})
	require.Equal(t, "x", c.current())
	c.saw([]*http.Cookie{{Name: "sticky", Value: "b"}})
	require.Equal(t, "xx", c.current())
	require.NoError(t, hand.SleepUntil(t.Context(), hand.Now().Add(50*time.Second)))
	require.Equal(t, "xx", c.current())
	hand.now = hand.now.Add(10 * time.Minute)
	require.Equal(t, "xxx", c.current(), "Splunk forgot it")
	require.True(t, isGUID(newGUID()))
}

func TestAcksThatNeverComeEndTheRun(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, ackToken(), HandlerOptions{Fault: func(*http.Request) Fault { return Fault{DropAck: true} }})
	cl, l := client(t, web.URL, Options{Ack: true})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(2)}))
	require.ErrorIs(t, cl.Flush(t.Context()), errUnacked)
	require.Len(t, store.raws(), 2*maxRounds)
	require.Empty(t, l.seen)
}
