package replay

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

const secret = "11111111-2222-3333-4444-555555555555"

// indexer is the store behind a collector: what it has is found by its number.
type indexer struct {
	mu     sync.Mutex
	events []event.Event
	asked  []string
	late   int // searches that find nothing yet
	// lateAfter is how many find everything before those.
	lateAfter int
}

func (x *indexer) Append(_ context.Context, events []event.Event) (hec.Ticket, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.events = append(x.events, events...)
	return safe{}, nil
}

type safe struct{}

func (safe) Wait(context.Context) error { return nil }

func (x *indexer) Run(_ context.Context, r job.Request) (*job.Result, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked = append(x.asked, r.Search)
	b := batch.New(0)
	if x.lateAfter--; x.lateAfter < 0 {
		x.late--
	}
	if x.lateAfter >= 0 || x.late < 0 {
		var seqs []string
		for _, e := range x.events {
			_, seq := numbered(e)
			seqs = append(seqs, seq)
		}
		b = batch.New(len(seqs))
		b.Set("replay_seq", batch.Texts(seqs...))
	}
	return &job.Result{Rows: results.Rows(b)}, nil
}

func (x *indexer) texts() (out []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range x.events {
		out = append(out, string(e.Raw))
	}
	return out
}

// hasty is auto's clock for requests: their deadlines never come.
type hasty struct{ *auto }

func (h hasty) SleepUntil(ctx context.Context, t time.Time) error {
	if t.Sub(h.Now()) > 59*time.Second {
		<-ctx.Done()
		return ctx.Err()
	}
	return h.auto.SleepUntil(ctx, t)
}

// hecAt is a sink's options for a collector over a store.
func hecAt(t testing.TB, x hec.Store, token hec.Token, fault func(*http.Request) hec.Fault) HECOptions {
	token.Name, token.Value = "t", secret
	c := hasty{newAuto()}
	web := httptest.NewServer(hec.Handler(x, hec.TokenList{token}, hec.HandlerOptions{Clock: c, Fault: fault, MaxIdle: 1e6 * time.Hour}))
	t.Cleanup(web.Close)
	return HECOptions{Options: hec.Options{
		URL: web.URL, Token: secret, Ack: token.UseACK, Clock: c, Gzip: hec.GzipAlways,
		Timeout: 1e6 * time.Hour, AckTimeout: time.Hour, GiveUp: 1e5 * time.Hour,
	}}
}

// atEvents answers the first requests with events with faults.
func atEvents(faults ...hec.Fault) func(*http.Request) hec.Fault {
	var mu sync.Mutex
	return func(r *http.Request) hec.Fault {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasSuffix(r.URL.Path, "/event") || r.ContentLength == 0 || len(faults) == 0 {
			return hec.Fault{}
		}
		f := faults[0]
		faults = faults[1:]
		return f
	}
}

func numberedEvents(n int) []event.Event {
	out := make([]event.Event, n)
	for i := range out {
		out[i] = event.Event{Raw: fmt.Appendf(nil, "event %d", i), Time: event.At(began), Index: "main", Fields: []event.Field{
			{Name: "replay_run", Value: "r1"}, {Name: "replay_seq", Value: fmt.Sprint(i + 1)},
		}}
	}
	return out
}

func textsOf(events []event.Event) (out []string) {
	for _, e := range events {
		out = append(out, string(e.Raw))
	}
	return out
}

// TestFaultsOfTheCollector is what goes wrong on the way, and what is there then:
// without a search events may be there twice, and the receipt says so; with one
// nothing is.
func TestFaultsOfTheCollector(t *testing.T) {
	busy := hec.Fault{Code: hec.CodeBusy}
	for _, c := range []struct {
		name   string
		faults []hec.Fault
		unsure bool // without a search
		twice  bool // there without a search
	}{
		{"nothing", nil, false, false},
		{"a storm of 503", slices.Repeat([]hec.Fault{busy, {Status: 503}, {Code: hec.CodeAtCapacity, RetryAfter: "3"}}, 8), false, false},
		{"reset in the middle of the body", []hec.Fault{{Reset: hec.ResetBody, ResetAfter: 150}}, true, false},
		{"reset before the answer", []hec.Fault{{Reset: hec.ResetReply}}, true, true},
		{"500 and 502", []hec.Fault{{Status: 502}, {Code: hec.CodeServerError}}, true, false},
		{"slow acknowledgements", []hec.Fault{{AckDelay: 50 * time.Second}, {AckDelay: 50 * time.Second}}, false, false},
		{"an acknowledgement that never comes", []hec.Fault{{DropAck: true}}, true, true},
	} {
		for _, ack := range []bool{true, false} {
			for _, search := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/ack=%v/search=%v", c.name, ack, search), func(t *testing.T) {
					x := &indexer{late: 2}
					o := hecAt(t, x, hec.Token{UseACK: ack}, atEvents(c.faults...))
					if search {
						o.Search = x
					}
					events := numberedEvents(30)
					got := deliver(t, HEC(o), batchesOf(events, 10))
					never := !ack && strings.Contains(c.name, "acknowledgement") // nobody waits for it
					unsure := false
					for seq := range uint64(3) {
						require.Equal(t, 10, got[seq+1].Accepted)
						unsure = unsure || got[seq+1].Unsure
					}
					require.Equal(t, c.unsure && !search && !never, unsure)
					if ack && c.unsure && !search && !never {
						// An acknowledgement that was read beside a lost request is not
						// trusted: then a batch beside that one is sent again too.
						require.Subset(t, x.texts(), textsOf(events))
						return
					}
					if c.twice && !search && !never {
						require.Len(t, x.texts(), 40)
						return
					}
					require.ElementsMatch(t, textsOf(events), x.texts())
				})
			}
		}
	}
}

func TestTokensThatAreWrongEndTheRunAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		token hec.Token
		value hec.Secret
		ack   bool
		want  string
	}{
		"unknown":  {hec.Token{}, "other", false, "Invalid token (code 4"},
		"disabled": {hec.Token{Disabled: true}, secret, false, "Token disabled (code 1"},
		"no acks":  {hec.Token{}, secret, true, "ACK is disabled (code 14"},
	} {
		x := &indexer{}
		o := hecAt(t, x, c.token, nil)
		o.Token, o.Ack = c.value, c.ack
		r := newReceipts()
		s, err := HEC(o)(r.settled)
		require.NoError(t, err)
		require.ErrorContains(t, s.Send(t.Context(), batchesOf(numberedEvents(3), 3)[0]), c.want, name)
		require.NoError(t, s.Close())
		require.Empty(t, r.all())
		require.Empty(t, x.texts())
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	o := hecAt(t, &indexer{}, hec.Token{}, nil)
	o.URL = gone.URL
	s, err := HEC(o)(func(Receipt) {})
	require.NoError(t, err)
	require.ErrorContains(t, s.Send(t.Context(), batchesOf(numberedEvents(3), 3)[0]), "connection refused")
	require.NoError(t, s.Close())
}

func TestRefusedEventsAreDead(t *testing.T) {
	x := &indexer{}
	o := hecAt(t, x, hec.Token{Indexes: []string{"main"}}, nil)
	events := numberedEvents(9)
	events[2].Raw = nil
	events[4].Index, events[8].Index = "secret", "secret"
	events[6].Raw = []byte(strings.Repeat("x", 6<<20)) // Splunk Cloud takes no such body
	got := deliver(t, HEC(o), batchesOf(events, 9))[1]
	require.Equal(t, 5, got.Accepted)
	var dead []string
	for _, d := range got.Dead {
		dead = append(dead, fmt.Sprint(d.Event, " ", strings.SplitN(d.Reason, ":", 2)[0]))
	}
	require.Equal(t, []string{"2 the event is empty (code 13)", "4 Incorrect index", "6 the event is too large (code 413)", "8 Incorrect index"}, dead)
	require.Len(t, x.texts(), 5)
}

func TestAResumedRunLooksForWhatItMayHaveSent(t *testing.T) {
	events := numberedEvents(12)
	events[3].Raw = nil
	x := &indexer{events: slices.Clone(events[:2]), late: 1}
	o := hecAt(t, x, hec.Token{UseACK: true}, nil)
	o.Search, o.Resent = x, 2
	got := deliver(t, HEC(o), batchesOf(events, 4))
	require.Equal(t, Receipt{Seq: 1, Accepted: 3, Dead: []Dead{{Event: 3, Reason: "the event is empty (code 13)"}}}, got[1])
	require.Equal(t, Receipt{Seq: 2, Accepted: 4}, got[2])
	require.Len(t, x.texts(), 11)
	require.Equal(t, `| tstats count where (index="main") replay_run="r1" by replay_seq`, x.asked[0])
	all := &indexer{events: slices.Clone(numberedEvents(4))}
	o = hecAt(t, all, hec.Token{}, nil)
	o.Search, o.Resent = all, 9
	require.Equal(t, Receipt{Seq: 1, Accepted: 4}, deliver(t, HEC(o), batchesOf(numberedEvents(4), 4))[1])
	require.Len(t, all.texts(), 4, "nothing was sent again")
}

// What the run before sent last may be found later than what it sent first: each
// batch has until the end of the same time.
func TestALateBatchIsNotSentAgain(t *testing.T) {
	events := numberedEvents(8)
	x := &indexer{events: slices.Clone(events), lateAfter: 1, late: 2}
	o := hecAt(t, x, hec.Token{}, nil)
	o.Search, o.Resent = x, 2
	got := deliver(t, HEC(o), batchesOf(events, 4))
	require.Equal(t, Receipt{Seq: 1, Accepted: 4}, got[1])
	require.Equal(t, Receipt{Seq: 2, Accepted: 4}, got[2])
	require.Len(t, x.texts(), 8, "nothing was sent again")
}

// realEvents are those of the recorded logs, with their files' sources.
func realEvents(t testing.TB) (events []event.Event) {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the logs recorded by others (shared/data beside the checkout) are missing: nothing is replayed")
	}
	for _, sub := range []string{"logs", "native"} {
		datasets, problems := ingest.Resolve(ingest.Input{Path: filepath.Join(dir, sub)})
		require.NoError(t, problems.Errors().Err())
		for _, f := range datasets[0].Files {
			ingest.Read(t.Context(), f, ingest.Options{Now: event.At(testNow)}, func(b ingest.Block) error {
				events = append(events, b.Events...)
				return nil
			})
		}
	}
	require.Greater(t, len(events), 8000)
	return events
}

func TestRealLogsComeBackByteForByte(t *testing.T) {
	events := realEvents(t)
	want := slices.Clone(textsOf(events))
	slices.Sort(want)
	check := func(got []string, what string) {
		slices.Sort(got)
		require.Len(t, got, len(want), what)
		require.True(t, slices.Equal(want, got), what)
	}
	for _, ack := range []bool{false, true} {
		x := &indexer{}
		deliver(t, HEC(hecAt(t, x, hec.Token{UseACK: ack}, nil)), batchesOf(events, 500))
		check(x.texts(), fmt.Sprint("hec, ack ", ack))
	}
	dir := t.TempDir()
	for form, path := range map[Form]string{FormTree: "tree", FormHEC: "all.jsonl", FormRaw: "all.log"} {
		path = filepath.Join(dir, path)
		deliver(t, Files(FileOptions{Path: path, Form: form}), batchesOf(events, 500))
		in := ingest.Input{Path: path}
		if form == FormHEC {
			in.Format = "hec"
		}
		datasets, problems := ingest.Resolve(in)
		require.NoError(t, problems.Errors().Err())
		var back []string
		for _, f := range datasets[0].Files {
			ingest.Read(t.Context(), f, ingest.Options{Now: event.At(testNow)}, func(b ingest.Block) error {
				back = append(back, textsOf(b.Events)...)
				return nil
			})
		}
		check(back, form.String())
	}
}

// BenchmarkHECSink is the sink, the client and a collector that acknowledges, over
// a socket without TLS; the bytes are those of events.
func BenchmarkHECSink(b *testing.B) {
	events := realEvents(b)
	size := 0
	for _, e := range events {
		size += len(e.Raw)
	}
	web := httptest.NewServer(hec.Handler(nowhere{}, hec.TokenList{{Name: "t", Value: secret, UseACK: true}}, hec.HandlerOptions{Clock: clock.Real{}}))
	defer web.Close()
	batches := batchesOf(events, 700)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	r := newReceipts()
	s, err := HEC(HECOptions{Options: hec.Options{URL: web.URL, Token: secret, Ack: true, Clock: clock.Real{}}})(func(Receipt) {})
	require.NoError(b, err)
	for b.Loop() {
		for _, batch := range batches {
			require.NoError(b, s.Send(b.Context(), batch))
		}
		r.all()
	}
	require.NoError(b, s.Flush(b.Context()))
	require.NoError(b, s.Close())
}

type nowhere struct{}

func (nowhere) Append(context.Context, []event.Event) (hec.Ticket, error) { return safe{}, nil }

func BenchmarkFiles(b *testing.B) {
	events := realEvents(b)
	size := 0
	for _, e := range events {
		size += len(e.Raw)
	}
	for _, form := range []Form{FormRaw, FormTree, FormHEC} {
		b.Run(form.String(), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				dir := b.TempDir()
				deliver(b, Files(FileOptions{Path: filepath.Join(dir, "out"), Form: form, Journal: filepath.Join(dir, "journal")}), batchesOf(events, 700))
			}
		})
	}
}
