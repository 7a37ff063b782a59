package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for _, c := range []struct{ address, fault string }{
		{"127.0.0.1:0", ""},
		{"localhost:0", ""},
		{"0.0.0.0:0", "no loopback"},
		{":0", "no loopback"},
		{"192.0.2.1:0", "no loopback"},
		{"example.com:0", "no loopback"},
		{"127.0.0.1", "expected HOST:PORT"},
		{"127.0.0.1:notaport", "cannot listen"},
	} {
		l, err := Listen(c.address, ListenOptions{})
		if c.fault != "" {
			require.ErrorContains(t, err, c.fault, c.address)
			continue
		}
		require.NoError(t, err, c.address)
		require.NoError(t, l.Close())
	}
}

func TestServeEndsWithItsContextAfterTheLastAnswer(t *testing.T) {
	l, err := Listen("127.0.0.1:0", ListenOptions{})
	require.NoError(t, err)
	inside, drained := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		close(inside)
		<-drained
		_, _ = w.Write(body)
	})
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Face{Listener: l, Handler: h, Drain: func(context.Context) error { close(drained); return nil }})
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
	require.NoError(t, err)
	<-inside
	cancel()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "body", string(body))
	require.NoError(t, <-ended)
	_, err = net.Dial("tcp", l.Addr().String())
	require.Error(t, err)
}

func TestALongHeaderIsRefused(t *testing.T) {
	l, err := Listen("127.0.0.1:0", ListenOptions{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, Face{Listener: l, Handler: http.NotFoundHandler()}) }()
	req, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String(), nil)
	require.NoError(t, err)
	req.Header.Set("X-Long", strings.Repeat("x", 2*maxHeader))
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, resp.StatusCode)
	cancel()
	require.NoError(t, <-ended)
}
