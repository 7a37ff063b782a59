package hec

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFaultPlans(t *testing.T) {
	post, err := http.NewRequest(http.MethodPost, "http://x/services/collector/event", nil)
	require.NoError(t, err)
	for _, c := range []struct {
		plan string
		want Fault
	}{
		{"503", Fault{Status: 503, Code: CodeBusy}},
		{"503,retry-after=3", Fault{Status: 503, Code: CodeBusy, RetryAfter: "3"}},
		{"429:100%", Fault{Status: 429, Code: CodeAtCapacity}},
		{"502:1, 503:1", Fault{Status: 502}},
		{"code=14", Fault{Code: CodeAckDisabled}},
		{"reset", Fault{Reset: ResetReply}},
		{"cut,reset", Fault{Reset: ResetBody, ResetAfter: 1}},
		{"slow=200ms,slow-ack=5s,no-ack", Fault{Delay: 200 * time.Millisecond, AckDelay: 5 * time.Second, DropAck: true}},
		{"503:0,reset:0%,seed=9", Fault{}},
	} {
		f, err := ParseFaults(c.plan)
		require.NoError(t, err, c.plan)
		require.Equal(t, c.want, f.Draw(post), c.plan)
		require.Equal(t, c.plan, f.String())
	}
	for plan, fault := range map[string]string{
		"": "no such fault", "503:2": "from 0 to 1", "503:x": "from 0 to 1", "200": "status from 400", "code=99": "code from 1", "code=0": "code from 1",
		"slow": "a duration", "slow=-1s": "a duration", "explode": "no such fault", "seed=x": "cannot read the fault", "retry-after=soon": "cannot read the fault", "503,,": "no such fault",
	} {
		_, err := ParseFaults(plan)
		require.ErrorContains(t, err, fault, plan)
	}
}

func TestFaultsAreDrawnBySeed(t *testing.T) {
	draw := func(plan string) (out string, busy int) {
		f, err := ParseFaults(plan)
		require.NoError(t, err)
		for i := range 1000 {
			r, err := http.NewRequest(http.MethodPost, "http://x/services/collector/raw", strings.NewReader("x"))
			require.NoError(t, err)
			if f.Draw(r).Code == CodeBusy {
				busy++
				out += fmt.Sprint(i, " ")
			}
		}
		return out, busy
	}
	one, n := draw("503:0.1,seed=3")
	again, _ := draw("503:0.1,seed=3")
	other, _ := draw("503:0.1,seed=4")
	require.Equal(t, one, again)
	require.NotEqual(t, one, other)
	require.InDelta(t, 100, n, 50)
}

// TestAPlanOnASocket has a client without a fault in it lose nothing to a plan full
// of them.
func TestAPlanOnASocket(t *testing.T) {
	f, err := ParseFaults("503:0.2,500:0.1,reset:0.1,cut:0.1,no-ack:0.05,seed=5")
	require.NoError(t, err)
	store := &memory{}
	_, web := collector(t, store, ackToken(), HandlerOptions{Fault: f.Draw})
	c, l := client(t, web.URL, Options{Ack: true, MaxEvents: 3})
	require.NoError(t, c.Send(t.Context(), Batch{Events: events(60)}))
	require.NoError(t, c.Flush(t.Context()))
	r, _ := l.get(0)
	require.Equal(t, 60, r.Accepted)
	seen := map[string]bool{}
	for _, raw := range store.raws() {
		seen[raw] = true
	}
	require.Len(t, seen, 60)
	resp, err := http.Get(web.URL + root + "/health")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Contains(t, string(body), "healthy")
}
