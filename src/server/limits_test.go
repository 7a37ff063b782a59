package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

// brief ends connections soon; a test that waits for that depends on no clock.
var brief = Patience{Header: 50 * time.Millisecond, Stall: 50 * time.Millisecond, Idle: 50 * time.Millisecond}

// dial opens a connection and says something.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // it may have ended
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	return conn
}

// TestSlowClientsAreLeft has clients that stop in a handshake, a header, a body, or
// behind an answer: each connection ends.
func TestSlowClientsAreLeft(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.pem")
	address := serving(t, ListenOptions{Certificate: own(t, file, clock.NewManual(aDay), "127.0.0.1")}, brief)
	for _, text := range []string{
		"", "\x16", "\x16\x03\x01\x02\x00\x01", "POST / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		conn := dial(t, address, text)
		_, err := io.Copy(io.Discard, conn) // ends with the connection: else this test does not
		if err != nil {
			require.ErrorContains(t, err, "reset", "%q", text)
		}
	}
}

// TestAThousandIdleConnections are in nobody's way.
func TestAThousandIdleConnections(t *testing.T) {
	address := serving(t, ListenOptions{})
	for i := range 1000 {
		text := ""
		if i%2 == 0 {
			text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345"
		}
		dial(t, address, text)
	}
	resp, err := http.Get("http://" + address + "/x")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "/x 0", string(body))
}

// TestConnectionsAreBounded: whoever comes when there are too many waits for one to
// end.
func TestConnectionsAreBounded(t *testing.T) {
	l, err := Listen("127.0.0.1:0", ListenOptions{})
	require.NoError(t, err)
	defer l.Close()
	all := l.(*limited)
	for range cap(all.free) {
		all.free <- struct{}{}
	}
	accepted := make(chan error, 1)
	go func() { _, err := l.Accept(); accepted <- err }()
	dial(t, l.Addr().String(), "x")
	select {
	case <-accepted:
		require.Fail(t, "one more was accepted")
	default:
	}
	<-all.free
	require.NoError(t, <-accepted)
	go func() { _, err := l.Accept(); accepted <- err }()
	require.NoError(t, l.Close())
	require.ErrorIs(t, <-accepted, net.ErrClosed)
}

// TestTheAuditIsBounded takes what comes in a burst, then a little; a clock that is
// put back is none to wait for.
func TestTheAuditIsBounded(t *testing.T) {
	now := clock.NewManual(aDay)
	a := NewAudit(nil, now, "h")
	take := func(n int) (taken, dropped int) {
		for range n {
			missing, ok := a.take(now.Now())
			if ok {
				taken++
			}
			dropped += missing
		}
		return taken, dropped
	}
	taken, _ := take(5000)
	require.Equal(t, auditInBurst, taken)
	now.Advance(10 * time.Second)
	taken, dropped := take(5000)
	require.Equal(t, 10*auditASecond, taken)
	require.Equal(t, 5000-auditInBurst, dropped)
	_, ok := a.take(now.Now().Add(-time.Hour))
	require.False(t, ok)
	_, ok = a.take(now.Now().Add(-time.Hour + time.Second))
	require.True(t, ok)
	require.Equal(t, `, k="a b, \"c\\ d"`, string(appendPair(nil, "k", "a\nb, \"c\\ d")))
	require.Less(t, len(appendPair(nil, "k", fmt.Sprintf("%10000d", 1))), 3000)
}
