package hec

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

// blanks is a long body of blanks.
type blanks struct{ left int }

func (b *blanks) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), b.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	b.left -= n
	return n, nil
}

// TestABombIsRefusedInLittleMemory has a packed body of a few hundred KiB unpack to
// 300 MiB, to each endpoint.
func TestABombIsRefusedInLittleMemory(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, err := io.Copy(zip, &blanks{300 << 20})
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	require.Less(t, bomb.Len(), 1<<20)
	store := &memory{}
	_, web := collector(t, store, plainToken(), HandlerOptions{MaxBody: 8 << 20})
	for _, path := range []string{"/event", "/raw"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		req, err := http.NewRequest(http.MethodPost, web.URL+root+path, bytes.NewReader(bomb.Bytes()))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Splunk "+aToken)
		req.Header.Set("Content-Encoding", "gzip")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		runtime.ReadMemStats(&after)
		require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(120<<20), path)
	}
	require.Empty(t, store.raws())
}

// TestDeepJSON has JSON as deep as 10,000 brackets, closed and not.
func TestDeepJSON(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, plainToken(), HandlerOptions{})
	const deep = 10_000
	for _, body := range []string{
		`{"event":` + strings.Repeat("[", deep), `{"event":` + strings.Repeat(`{"a":`, deep), strings.Repeat("[", deep), strings.Repeat(`{"event":`, deep),
		`{"event":"a","fields":{"x":` + strings.Repeat("[", deep), `{"event":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + "}",
	} {
		status, answer, _ := do(t, web.URL, "POST", root, body, "Authorization: Splunk "+aToken)
		require.Equal(t, 400, status, answer)
		require.Contains(t, answer, `"code":6`)
	}
	require.Empty(t, store.raws())
	status, _, _ := do(t, web.URL, "POST", root, `{"event":"alive"}`, "Authorization: Splunk "+aToken)
	require.Equal(t, 200, status)
}

// TestABodyThatBreaksOffIsNotTaken cuts connections at places of a body: nothing of
// it is taken, also not what was whole, as nobody would know.
func TestABodyThatBreaksOffIsNotTaken(t *testing.T) {
	store := &memory{}
	h, web := collector(t, store, plainToken(), HandlerOptions{})
	body := `{"event":"a"}{"event":"b"}`
	for cut := range len(body) {
		for _, path := range []string{"/event", "/raw"} {
			conn, err := net.Dial("tcp", strings.TrimPrefix(web.URL, "http://"))
			require.NoError(t, err)
			_, err = fmt.Fprintf(conn, "POST %s%s HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk %s\r\nContent-Length: %d\r\n\r\n%s", root, path, aToken, len(body), body[:cut])
			require.NoError(t, err)
			require.NoError(t, conn.Close())
		}
	}
	require.NoError(t, h.Close(t.Context()), "all of them are over")
	require.Empty(t, store.raws())
}

// FuzzBodies has any body be answered with one of the documented codes, as many
// events be stored as the answer says, and none without an answer that says so.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`{"event":"a"}{"event":{"k":1},"time":1.5,"fields":{"a":["b",1]}}`, `[{"event":"a"},{"event":""}]`, `{"event":"a","index":"secret"}`, "a\nb", `{"event":`, `{"fields":{"a":1}}`,
		`{"event":"a","time":"1e3","host":"h\u0000"}`, "\x1f\x8b\x08", `{"event":"a","x":1}`, `{"event":"é\ud800"}`,
	} {
		f.Add([]byte(seed), uint8(0))
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, body []byte, kind uint8) {
		store := &memory{}
		h := Handler(store, TokenList{{Name: "t", Value: aToken, Indexes: []string{"main"}}}, HandlerOptions{Clock: clock.Fixed(start), MaxBody: 1 << 16, MaxEvent: 1 << 12, MaxFields: 20})
		path := root + []string{"/event", "/raw"}[kind&1] + []string{"", "?auto_extract_timestamp=true&time=x", "?index=main", "?time=1"}[kind>>2&3]
		req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
		req.Header.Set("Authorization", "Splunk "+aToken)
		if kind&2 != 0 {
			req.Header.Set("Content-Encoding", "gzip")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		answer := ParseReply(w.Code, w.Body.Bytes())
		stored := store.raws()
		for _, raw := range stored {
			require.NotEmpty(t, raw)
		}
		switch {
		case answer.Status == 200 && answer.Code == CodeSuccess:
		case answer.Status == 400 && answer.bad() >= 0:
			require.LessOrEqual(t, len(stored), answer.bad())
		default:
			require.Contains(t, []Code{CodeNoData, CodeInvalidFormat, codeTooLarge}, answer.Code)
			require.Empty(t, stored)
		}
		require.Equal(t, answer.Code.Status(), answer.Status)
	})
}
