package hec

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
)

func TestEventsArriveAsTheyAre(t *testing.T) {
	sent := []event.Event{
		{Raw: []byte("<Event a='1'>\r\n\t\"x\" \\ \x00\x1f\u2028é😀</Event>"), Time: 1595251445123456700, Host: "h\"", Source: "s\\", Sourcetype: "t", Index: "main"},
		{Raw: []byte(`{"a":  1}`), Time: -1500000000, Host: "h", Source: "s", Sourcetype: "t", Index: "other"},
		{
			Raw: []byte("x"), Time: 1, Host: "h", Source: "s", Sourcetype: "t", Index: "main",
			Fields: []event.Field{{Name: "run", Value: "7"}, {Name: "m", Value: "a"}, {Name: "q", Value: "\""}, {Name: "m", Value: "b"}},
		},
	}
	want := slices.Clone(sent)
	want[2].Fields = []event.Field{{Name: "run", Value: "7"}, {Name: "m", Value: "a"}, {Name: "m", Value: "b"}, {Name: "q", Value: "\""}}
	for _, gzip := range []Gzip{GzipAlways, GzipNever} {
		store := &memory{}
		_, web := collector(t, store, plainToken(), HandlerOptions{})
		c, l := client(t, web.URL, Options{Gzip: gzip})
		require.NoError(t, c.Health(t.Context()))
		require.NoError(t, c.Send(t.Context(), Batch{Seq: 9, Events: sent}))
		require.NoError(t, c.Flush(t.Context()))
		require.Equal(t, want, store.events)
		r, _ := l.get(9)
		require.Equal(t, Receipt{Seq: 9, Accepted: 3}, r)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	for _, c := range []struct {
		events, maxBytes, maxEvents int
		requests                    int64
	}{
		{10, 0, 0, 1},
		{10, 0, 4, 3},
		{10, 0, 1, 10},
		{10, 1, 0, 10},
		{10, 3 * len(AppendEnvelope(nil, events(1)[0])), 0, 4},
		{0, 0, 0, 0},
	} {
		store := &memory{}
		_, web := collector(t, store, plainToken(), HandlerOptions{})
		cl, l := client(t, web.URL, Options{MaxBytes: c.maxBytes, MaxEvents: c.maxEvents})
		require.NoError(t, cl.Send(t.Context(), Batch{Events: events(c.events)}))
		require.NoError(t, cl.Flush(t.Context()))
		require.Equal(t, raws(events(c.events)), store.raws())
		require.Equal(t, c.requests, cl.Stats().Requests, c)
		r, ok := l.get(0)
		require.True(t, ok)
		require.Equal(t, c.events, r.Accepted)
	}
}

func TestFaults(t *testing.T) {
	busy := Fault{Code: CodeBusy}
	storm := slices.Repeat([]Fault{busy, {Code: CodeAtCapacity, RetryAfter: "2"}, {Status: 503}, {Code: CodeShuttingDown}}, 5)
	for _, c := range []struct {
		name   string
		faults []Fault
		unsure bool
		copies int // of the events in the store
	}{
		{"nothing", nil, false, 1},
		{"busy", []Fault{busy}, false, 1},
		{"a storm", storm, false, 1},
		{"a proxy's 502", []Fault{{Status: 502}}, true, 1},
		{"a proxy's 429", []Fault{{Status: 429}}, false, 1},
		{"internal error", []Fault{{Code: CodeServerError}, {Status: 504}}, true, 1},
		{"reset before the body", []Fault{{Reset: ResetBody}}, true, 1},
		{"reset in the body", []Fault{{Reset: ResetBody, ResetAfter: 100}}, true, 1},
		{"reset before the answer", []Fault{{Reset: ResetReply}}, true, 2},
	} {
		for _, ack := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, " ack ", ack), func(t *testing.T) {
				store := &memory{}
				tokens := plainToken()
				if ack {
					tokens = ackToken()
				}
				_, web := collector(t, store, tokens, HandlerOptions{Fault: firsts("/event", c.faults...)})
				cl, l := client(t, web.URL, Options{Ack: ack, Gzip: GzipNever, AckTimeout: time.Hour})
				require.NoError(t, cl.Send(t.Context(), Batch{Events: events(50)}))
				require.NoError(t, cl.Flush(t.Context()))
				require.Equal(t, slices.Repeat(raws(events(50)), c.copies), store.raws())
				r, _ := l.get(0)
				require.Equal(t, Receipt{Accepted: 50, Unsure: c.unsure}, r)
				require.Equal(t, int64(len(c.faults)), cl.Stats().Repeats)
				require.Zero(t, cl.Stats().Unacked)
			})
		}
	}
}

func TestManyBatchesThroughAStorm(t *testing.T) {
	for _, ack := range []bool{false, true} {
		store := &memory{}
		tokens := plainToken()
		if ack {
			tokens = ackToken()
		}
		var mu sync.Mutex
		n := 0
		_, web := collector(t, store, tokens, HandlerOptions{Fault: func(r *http.Request) Fault {
			mu.Lock()
			defer mu.Unlock()
			if n++; n%3 != 0 {
				return Fault{Code: CodeBusy}
			}
			return Fault{}
		}})
		cl, l := client(t, web.URL, Options{Ack: ack, Connections: 8, AckTimeout: 1000 * time.Hour, GiveUp: 1000 * time.Hour})
		var want []string
		for seq := range uint64(60) {
			evs := events(20)
			for i := range evs {
				evs[i].Raw = fmt.Appendf(nil, "%d/%d", seq, i)
			}
			want = append(want, raws(evs)...)
			require.NoError(t, cl.Send(t.Context(), Batch{Seq: seq, Events: evs}))
		}
		require.NoError(t, cl.Flush(t.Context()))
		require.ElementsMatch(t, want, store.raws())
		for seq := range uint64(60) {
			r, ok := l.get(seq)
			require.True(t, ok)
			require.Equal(t, Receipt{Seq: seq, Accepted: 20}, r)
		}
	}
}

func TestBadEventsAloneAreDead(t *testing.T) {
	large := strings.Repeat("x", 600)
	evs := func(kinds string) []event.Event {
		out := events(len(kinds))
		for i, k := range kinds {
			switch k {
			case 'L':
				out[i].Raw = []byte(large)
			case 'E':
				out[i].Raw = nil
			case 'I':
				out[i].Index = "secret"
			}
		}
		return out
	}
	for _, kinds := range []string{"....L....", "L", "L....", "....L", "LLLL", "..LL..L.E.", "..I..I..", "I", "..I.L.I.L", "EE", "IIII", "LI", "IL"} {
		for _, ack := range []bool{false, true} {
			store := &memory{}
			tokens := TokenList{{Name: "t", Value: aToken, Indexes: []string{"main"}, UseACK: ack}}
			_, web := collector(t, store, tokens, HandlerOptions{MaxEvent: 500})
			cl, l := client(t, web.URL, Options{Ack: ack, AckTimeout: 1000 * time.Hour})
			all := evs(kinds)
			require.NoError(t, cl.Send(t.Context(), Batch{Events: all}))
			require.NoError(t, cl.Flush(t.Context()))
			want := []string{}
			var dead []Code
			for i, k := range kinds {
				switch k {
				case 'L':
					dead = append(dead, CodeInvalidFormat)
				case 'E':
					dead = append(dead, CodeEventBlank)
				case 'I':
					dead = append(dead, CodeIncorrectIndex)
				default:
					want = append(want, string(all[i].Raw))
				}
			}
			require.Equal(t, want, store.raws(), kinds)
			r, _ := l.get(0)
			require.Equal(t, len(want), r.Accepted, kinds)
			require.False(t, r.Unsure, kinds)
			var got []Code
			for _, d := range r.Dead {
				require.NotEqual(t, byte('.'), kinds[d.Event])
				require.NotEmpty(t, d.Reason)
				got = append(got, d.Code)
			}
			require.Equal(t, dead, got, kinds)
		}
	}
}

// scripted is a server that answers with what a function says.
func scripted(t *testing.T, answer func(n int, body string) (status int, text string)) string {
	var mu sync.Mutex
	n := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		status, text := answer(n, string(body))
		n++
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

func TestAnAnswerWithoutANumberIsBisected(t *testing.T) {
	var taken []string
	url := scripted(t, func(_ int, body string) (int, string) {
		if strings.Contains(body, `"event 13"`) {
			return 400, `{"text":"Invalid data format","code":6}`
		}
		taken = append(taken, body)
		return 200, `{"text":"Success","code":0}`
	})
	cl, l := client(t, url, Options{Gzip: GzipNever})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(40)}))
	require.NoError(t, cl.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, 39, r.Accepted)
	require.Equal(t, []Dead{{Event: 13, Code: CodeInvalidFormat, Reason: "Invalid data format: " + CodeInvalidFormat.Hint()}}, r.Dead)
	require.Equal(t, 39, strings.Count(strings.Join(taken, ""), `"event":`))
	require.Less(t, cl.Stats().Requests, int64(20))
}

func TestABodyThatIsTooLargeIsSplit(t *testing.T) {
	for _, refusal := range []struct {
		status int
		text   string
	}{{413, "too large"}, {400, `{"text":"Invalid data format","code":6,"invalid-event-number":0}`}} {
		var taken int
		url := scripted(t, func(_ int, body string) (int, string) {
			if len(body) > 3_000_000 {
				return refusal.status, refusal.text
			}
			taken += strings.Count(body, `"event":`)
			return 200, `{"text":"Success","code":0}`
		})
		cl, l := client(t, url, Options{Gzip: GzipNever, MaxBytes: 5 << 20})
		evs := events(5)
		for i := range evs {
			evs[i].Raw = []byte(strings.Repeat("x", 1_000_000))
		}
		evs = append(evs, event.Event{Raw: []byte(strings.Repeat("y", 6<<20))})
		require.NoError(t, cl.Send(t.Context(), Batch{Events: evs}))
		require.NoError(t, cl.Flush(t.Context()))
		r, _ := l.get(0)
		require.Equal(t, 5, r.Accepted)
		require.Equal(t, []Dead{{Event: 5, Code: codeTooLarge, Reason: "the event is too large"}}, r.Dead)
		require.Equal(t, 5, taken)
	}
}

func TestBusyMayHaveTakenThoseBefore(t *testing.T) {
	var bodies []string
	url := scripted(t, func(n int, body string) (int, string) {
		bodies = append(bodies, body)
		if n == 0 {
			return 503, `{"text":"Server is busy","code":9,"invalid-event-number":2}`
		}
		return 200, `{"text":"Success","code":0}`
	})
	cl, l := client(t, url, Options{Gzip: GzipNever})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(3)}))
	require.NoError(t, cl.Flush(t.Context()))
	require.Equal(t, string(AppendEnvelope(nil, events(3)[2])), bodies[1])
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 3}, r)
}

func TestRefusalsEndTheRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		answer string
		want   string // behind the address
	}{
		{"wrong token", 403, `{"text":"Invalid token","code":4}`, "Invalid token (code 4, HTTP status 403)\n    hint: " + hintToken},
		{"disabled token", 403, `{"text":"Token disabled","code":1}`, "Token disabled (code 1, HTTP status 403)\n    hint: enable the token, and the collector in its global settings"},
		{"no channel", 400, `{"text":"Data channel is missing","code":10}`, "Data channel is missing (code 10, HTTP status 400)\n    hint: " + hintChannel},
		{"not there", 404, `{"text":"The requested URL was not found on this server.","code":404}`, "The requested URL was not found on this server. (code 404, HTTP status 404)\n    hint: " + hintAddress},
		{"somebody else", 200, `<html>welcome</html>`, "HTTP status 200, and not the collector's words\n    hint: " + hintAddress},
		{"a redirect", 302, ``, "HTTP status 302, and not the collector's words\n    hint: " + hintAddress},
		{"the token echoed", 403, `{"text":"Invalid token ` + aToken + `","code":4}`, "Invalid token [hidden] (code 4, HTTP status 403)\n    hint: " + hintToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := scripted(t, func(int, string) (int, string) { return c.status, c.answer })
			cl, l := client(t, url, Options{})
			require.NoError(t, cl.Send(t.Context(), Batch{Events: events(3)}))
			err := cl.Flush(t.Context())
			require.ErrorContains(t, err, "cannot send to \""+url+"\": "+strings.SplitN(c.want, "\n", 2)[0])
			var m diag.Message
			require.ErrorAs(t, err, &m)
			require.Contains(t, c.want, "hint: "+m.Hint)
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.status, refused.Reply.Status)
			require.Equal(t, err, cl.Send(t.Context(), Batch{Seq: 1}), "nothing is sent after it")
			require.Error(t, cl.Health(t.Context()))
			_, settled := l.get(0)
			require.False(t, settled)
			require.Equal(t, int64(1), cl.Stats().Requests)
		})
	}
}

func TestHealthFindsWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, token string
		ack         bool
		want        Code // CodeSuccess is no error
	}{
		{"right", aToken, false, CodeSuccess},
		{"right with acks", "ack", true, CodeSuccess},
		{"unknown", "x", false, CodeInvalidToken},
		{"disabled", "off", false, CodeTokenDisabled},
		{"acks not asked for", "ack", false, CodeChannelMissing},
		{"no acks to be had", aToken, true, CodeAckDisabled},
	} {
		_, web := collector(t, &memory{}, allTokens, HandlerOptions{})
		cl, err := New(Options{URL: web.URL + "/services/collector/event", Token: Secret(c.token), Clock: newHurried(), Ack: c.ack})
		require.NoError(t, err)
		err = cl.Health(t.Context())
		var refused *RefusedError
		if c.want == CodeSuccess {
			require.NoError(t, err, c.name)
		} else {
			require.ErrorAs(t, err, &refused, c.name)
			require.Equal(t, c.want, refused.Reply.Code, c.name)
		}
		require.NoError(t, cl.Close())
	}
}

func TestAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"https://h:8088": "https://h:8088",
		"http://h/":      "http://h",
		"https://h/pre/fix/services/collector/event?": "https://h/pre/fix",
		"https://[::1]:1/services/collector":          "https://[::1]:1",
		"h:8088":                                      "",
		"ftp://h":                                     "",
		"https://user:pw@h:8088":                      "",
		"https://h:8088/services/collector?token=" + aToken: "",
		"https://h:80 88": "",
	} {
		u, err := Address(in)
		if want == "" {
			require.Error(t, err, in)
			require.NotContains(t, err.Error(), aToken)
			continue
		}
		require.NoError(t, err, in)
		require.Equal(t, want, u.String())
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	o := Options{Token: aToken}
	for _, text := range []string{fmt.Sprint(o.Token), fmt.Sprintf("%v %+v %#v %q %s", o, o, o, o.Token, o.Token), fmt.Sprintf("%+v", plainToken())} {
		require.NotContains(t, text, aToken)
	}
}

func TestNobodyThere(t *testing.T) {
	web := httptest.NewServer(nil)
	web.Close()
	h := newHurried()
	cl, l := client(t, web.URL, Options{Clock: h, GiveUp: time.Minute})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(3)}))
	require.ErrorContains(t, cl.Flush(t.Context()), "cannot send to \""+web.URL+"\"")
	require.GreaterOrEqual(t, h.Now().Sub(start), time.Minute)
	require.Less(t, h.Now().Sub(start), 2*time.Minute)
	_, settled := l.get(0)
	require.False(t, settled)
}

func TestTLSIsVerified(t *testing.T) {
	web := httptest.NewUnstartedServer(Handler(&memory{}, plainToken(), HandlerOptions{Clock: clock.Fixed(start)}))
	web.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that end as they should
	web.StartTLS()
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	try := func(url string, o Options) error {
		cl, _ := client(t, url, o)
		return cl.Health(t.Context())
	}
	require.NoError(t, try(web.URL, Options{Roots: roots}))
	require.NoError(t, try(web.URL, Options{Insecure: true}))
	err := try(web.URL, Options{})
	var unknown x509.UnknownAuthorityError
	require.ErrorAs(t, err, &unknown)
	require.ErrorContains(t, err, "hint: give the certificate")
	cl, _ := client(t, web.URL, Options{})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(1)}))
	require.Error(t, cl.Flush(t.Context()), "a certificate does not get better by waiting")
	_, open := collector(t, &memory{}, plainToken(), HandlerOptions{})
	require.ErrorContains(t, try(strings.Replace(open.URL, "http", "https", 1), Options{}), "hint: the collector speaks http")
}

func TestReconcileSendsOnlyWhatIsMissing(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, plainToken(), HandlerOptions{Fault: firsts("/event", Fault{Reset: ResetReply}, Fault{}, Fault{Status: 500})})
	cl, l := client(t, web.URL, Options{MaxEvents: 10, Reconcile: func(_ context.Context, evs []event.Event) ([]bool, error) {
		there := make([]bool, len(evs))
		for i, e := range evs {
			there[i] = slices.Contains(store.raws(), string(e.Raw))
		}
		return there, nil
	}})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(30)}))
	require.NoError(t, cl.Flush(t.Context()))
	require.Equal(t, raws(events(30)), store.raws())
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 30}, r, "nothing unsure")
	require.Zero(t, cl.Stats().Again)
}

func TestReconcileMayFail(t *testing.T) {
	_, web := collector(t, &memory{}, plainToken(), HandlerOptions{Fault: firsts("/event", Fault{Status: 500})})
	broken := errors.New("no search")
	cl, _ := client(t, web.URL, Options{Reconcile: func(context.Context, []event.Event) ([]bool, error) { return nil, broken }})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(3)}))
	require.ErrorIs(t, cl.Flush(t.Context()), broken)
}

func TestWaitsGrowAndHeedRetryAfter(t *testing.T) {
	now := start
	cl, _ := client(t, "http://h", Options{GiveUp: time.Hour})
	h := cl.o.Clock.(*hurried)
	var w waits
	for i, c := range []struct{ plea, about time.Duration }{
		{0, 250 * time.Millisecond}, {0, 500 * time.Millisecond}, {7 * time.Second, time.Second}, {0, 2 * time.Second}, {20 * time.Second, 4 * time.Second},
	} {
		require.NoError(t, cl.wait(t.Context(), &w, c.plea, errTimeout))
		took := h.Now().Sub(now) - c.plea
		require.GreaterOrEqual(t, took, c.about/2, i)
		require.LessOrEqual(t, took, c.about*3/2, i)
		now = h.Now()
	}
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0,
		"Sun, 22 Nov 2026 12:00:09 GMT": 9 * time.Second, "Sun, 22 Nov 2026 11:00:00 GMT": 0,
	} {
		require.Equal(t, want, retryAfter(http.Header{"Retry-After": {text}}, start), text)
	}
}

func TestTimeoutsAreUnclear(t *testing.T) {
	store := &memory{}
	hand := clock.NewManual(start)
	_, web := collector(t, store, plainToken(), HandlerOptions{Clock: hand, Fault: firsts("/event", Fault{Delay: 1000 * time.Hour})})
	cl, l := client(t, web.URL, Options{Clock: hand, Timeout: time.Hour, GiveUp: 1e6 * time.Hour})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(3)}))
	require.NoError(t, hand.WaitForSleepers(t.Context(), 2)) // the request's deadline, and the answer's delay
	hand.Advance(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		for hand.WaitForSleepers(ctx, 1) == nil && ctx.Err() == nil {
			hand.Advance(time.Millisecond)
		}
	}()
	require.NoError(t, cl.Flush(t.Context()))
	cancel()
	<-moved
	require.Len(t, store.raws(), 6)
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 3, Unsure: true}, r)
}

func TestContextsAndCloseGiveUp(t *testing.T) {
	_, web := collector(t, &memory{}, plainToken(), HandlerOptions{Fault: func(*http.Request) Fault { return Fault{Code: CodeBusy} }})
	hand := clock.NewManual(start)
	cl, l := client(t, web.URL, Options{Clock: hand, MaxUnsettled: 1})
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, cl.Send(ctx, Batch{Events: events(1)}))
	short, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, cl.Send(short, Batch{Seq: 1, Events: events(1)}), context.Canceled, "Send blocks while one is unsettled")
	require.ErrorIs(t, cl.Flush(short), context.Canceled)
	cancel()
	require.ErrorIs(t, cl.Flush(t.Context()), context.Canceled)

	cl, _ = client(t, web.URL, Options{Clock: hand})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(1)}))
	require.NoError(t, cl.Close())
	require.ErrorIs(t, cl.Send(t.Context(), Batch{}), errClosed)
	require.Empty(t, l.seen)
}

func TestWithoutGzipWhereItIsNotKnown(t *testing.T) {
	var taken int
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Content-Encoding") != "" {
			http.Error(w, unsupported, http.StatusUnsupportedMediaType)
			return
		}
		taken += strings.Count(string(body), `"event":`)
		_, _ = io.WriteString(w, `{"text":"Success","code":0}`)
	}))
	t.Cleanup(web.Close)
	cl, l := client(t, web.URL, Options{Connections: 1})
	require.NoError(t, cl.Send(t.Context(), Batch{Events: events(100)}))
	require.NoError(t, cl.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, Receipt{Accepted: 100}, r)
	require.Equal(t, 100, taken)
}

func TestCodesHaveTheirClass(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   Class
	}{
		{200, `{"text":"Success","code":0}`, Accepted},
		{200, `{"text":"HEC queue is approaching its capacity limit","code":24}`, Accepted},
		{200, `{"text":"Success"}`, Refused},
		{200, ``, Refused},
		{503, `{"text":"Server is busy","code":9}`, Busy},
		{503, `<html>`, Busy},
		{429, ``, Busy},
		{408, ``, Busy},
		{500, `{"text":"Internal server error","code":8}`, Unclear},
		{502, ``, Unclear},
		{413, ``, TooLarge},
		{400, `{"text":"Invalid data format","code":6}`, BadEvent},
		{400, `{"text":"Incorrect index","code":7,"invalid-event-number":1}`, BadEvent},
		{400, `{"text":"No data","code":5}`, Refused},
		{400, `{"text":"new","code":29}`, Refused},
		{400, `{"text":"new","code":-5}`, Refused},
		{401, `{"text":"Token is required","code":2}`, Refused},
		{307, ``, Refused},
	} {
		require.Equal(t, c.want, ParseReply(c.status, []byte(c.body)).Class(), c.status, c.body)
	}
	for i := range codes {
		r := newReply(Code(i))
		require.NotEmpty(t, r.Text)
		require.Equal(t, r, ParseReply(r.Status, r.append(nil)))
	}
}
