package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/hec"
)

var aDay = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// serving answers with the scheme and the path on a port of its own.
func serving(t *testing.T, o ListenOptions, p ...Patience) string {
	t.Helper()
	l, err := Listen("127.0.0.1:0", o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Face{Listener: l, Patience: append(p, Patience{})[0], Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprintf(w, "%s %d", r.URL.Path, n)
		})})
	}()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return l.Addr().String()
}

func own(t *testing.T, file string, c clock.Clock, names ...string) *Certificate {
	t.Helper()
	o, err := OwnCertificate(file, names, c, func(m diag.Message) { t.Error(m.Error()) })
	require.NoError(t, err)
	return o
}

// trusting is a client that trusts a certificate alone, at the clock's time.
func trusting(t *testing.T, file string, c clock.Clock) *http.Client {
	t.Helper()
	data, err := os.ReadFile(PublicCertificate(file))
	require.NoError(t, err)
	require.NotContains(t, string(data), "PRIVATE")
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(data))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Time: c.Now}}}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestOnePortSpeaksBoth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth", "server.pem")
	c := clock.NewManual(aDay)
	address := serving(t, ListenOptions{Certificate: own(t, file, c, "localhost", "127.0.0.1", "::1")})
	client := trusting(t, file, c)
	for range 3 {
		for _, scheme := range []string{"http", "https"} {
			resp, err := client.Post(scheme+"://"+address+"/x", "text/plain", io.LimitReader(zeros{}, 3<<20))
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, "/x 3145728", string(body))
		}
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.ErrorContains(t, err, "protocol version")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestHTTPSAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.pem")
	c := clock.NewManual(aDay)
	address := serving(t, ListenOptions{Certificate: own(t, file, c, "127.0.0.1"), Only: true})
	resp, err := http.Get("http://" + address + "/secret")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.Contains(t, string(body), "https alone")
	resp, err = trusting(t, file, c).Get("https://" + address + "/x")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// TestWhoSpeaksNeitherIsInNobodysWay has connections that say nothing, or nonsense
// behind TLS's first byte, beside one that asks.
func TestWhoSpeaksNeitherIsInNobodysWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.pem")
	c := clock.NewManual(aDay)
	address := serving(t, ListenOptions{Certificate: own(t, file, c, "127.0.0.1")})
	for i, text := range []string{"", "\x16", "\x16\x03\x01", "\x16nonsense that is no handshake at all", "\x00\x01"} {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err, i)
		defer conn.Close()
		_, err = io.WriteString(conn, text)
		require.NoError(t, err)
	}
	resp, err := trusting(t, file, c).Get("https://" + address + "/x")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

func TestTheOwnCertificateIsRenewed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.pem")
	c := clock.NewManual(aDay)
	first := own(t, file, c, "localhost", "127.0.0.1", "splunk.example.com")
	require.NoError(t, first.leaf.VerifyHostname("splunk.example.com"))
	require.NoError(t, first.leaf.VerifyHostname("127.0.0.1"))
	serial := first.leaf.SerialNumber
	require.Equal(t, serial, own(t, file, c, "localhost", "127.0.0.1").leaf.SerialNumber, "it is kept")
	require.NotEqual(t, serial, own(t, file, c, "another").leaf.SerialNumber, "a name that it lacks has it made anew")
	o := own(t, file, c, "another")
	before := o.leaf.SerialNumber
	o.current()
	require.Equal(t, before, o.leaf.SerialNumber)
	c.Set(aDay.Add(certificateLife - renewBefore + time.Hour))
	o.current()
	require.NotEqual(t, before, o.leaf.SerialNumber, "it is made anew while the server runs")
	require.True(t, o.leaf.NotAfter.After(c.Now().Add(300*24*time.Hour)))
	require.NoError(t, os.WriteFile(file, []byte("-----BEGIN nothing"), 0o600))
	_, err := OwnCertificate(file, []string{"x"}, c, func(diag.Message) {})
	require.ErrorContains(t, err, "cannot use the certificate")
}

func TestAGivenCertificate(t *testing.T) {
	dir := t.TempDir()
	c := clock.NewManual(aDay)
	mine, other := filepath.Join(dir, "mine.pem"), filepath.Join(dir, "other.pem")
	serial := own(t, mine, c, "a").leaf.SerialNumber
	var said []string
	warn := func(m diag.Message) { said = append(said, m.Text) }
	o, err := GivenCertificate(mine, mine, c, warn)
	require.NoError(t, err)
	require.Equal(t, serial, o.leaf.SerialNumber)
	next := own(t, other, c, "b").leaf.SerialNumber
	require.NoError(t, os.Rename(other, mine))
	o.current()
	require.Equal(t, next, o.leaf.SerialNumber, "its files are read again when they change")
	require.NoError(t, os.Remove(mine))
	require.NotNil(t, o.current())
	o.current()
	require.Len(t, said, 1, "said once")
	require.Contains(t, said[0], "the one of before goes on")
	_, err = GivenCertificate(mine, mine, c, warn)
	require.ErrorContains(t, err, "cannot use the certificate")
}

func hecToken(name, index string) hec.Token { return hec.Token{Name: name, Index: index} }

func TestTokensAreWatched(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inputs.conf")
	var said diag.List
	tokens, err := WatchTokens(file, func(l diag.List) { said = append(said, l...) })
	require.NoError(t, err)
	indexes := WatchIndexes(filepath.Join(filepath.Dir(file), "indexes.conf"), tokens, func() []string { return []string{"old"} }, "app")
	_, ok := tokens.Find("")
	require.False(t, ok)
	require.False(t, indexes.Has("web"))
	made, err := AddToken(file, hecToken("a", "web"))
	require.NoError(t, err)
	found, ok := tokens.Find(string(made.Value))
	require.True(t, ok, "a token that was added is taken at once")
	require.Equal(t, made, found)
	for name, want := range map[string]bool{"web": true, "main": true, "_audit": true, "app": true, "old": true, "none": false, "../x": false, "": false} {
		require.Equal(t, want, indexes.Has(name), name)
	}
	require.NoError(t, AddIndex(filepath.Join(filepath.Dir(file), "indexes.conf"), "none"))
	require.True(t, indexes.Has("none"))
	require.Equal(t, []string{"_audit", "_internal", "app", "main", "none", "notable", "old", "risk", "summary", "web"}, indexes.Names())
	made.Disabled, made.UseACK = true, true
	require.NoError(t, ChangeToken(file, made))
	found, _ = tokens.Find(string(made.Value))
	require.Equal(t, made, found)
	made.UseACK, made.Index = false, ""
	require.NoError(t, ChangeToken(file, made))
	found, _ = tokens.Find(string(made.Value))
	require.Equal(t, made, found)
	require.NoError(t, os.WriteFile(file, []byte("[http://b]\n"), 0o600))
	_, ok = tokens.Find(string(made.Value))
	require.False(t, ok)
	require.Len(t, said, 1)
	made, err = AddToken(file, hecToken("c", ""))
	require.NoError(t, err)
	_, ok = tokens.Find(string(made.Value))
	require.True(t, ok)
	require.NoError(t, RemoveToken(file, "c"))
	_, ok = tokens.Find(string(made.Value))
	require.False(t, ok)
	require.ErrorContains(t, RemoveToken(file, "c"), "there is no token")
	require.ErrorContains(t, ChangeToken(file, made), "there is no token")
	for _, wrong := range []string{"", "A", "a b", "../x", "a.b", "main"} {
		require.Error(t, AddIndex(file, wrong), wrong)
	}
}
