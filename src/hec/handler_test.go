package hec

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

var allTokens = TokenList{
	{Name: "plain", Value: aToken, Index: "main", Indexes: []string{"main", "test"}},
	{Name: "off", Value: "off", Disabled: true},
	{Name: "ack", Value: "ack", UseACK: true},
	{Name: "query", Value: "query", AllowQuery: true},
	{Name: "own", Value: "own", Index: "test", Host: "h", Source: "s", Sourcetype: "st"},
}

// do makes one request; heads are "Name: value".
func do(t *testing.T, url, method, path, body string, heads ...string) (status int, answer string, header http.Header) {
	req, err := http.NewRequest(method, url+path, strings.NewReader(body))
	require.NoError(t, err)
	for _, h := range heads {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text), resp.Header
}

const plain = "Authorization: Splunk " + aToken

func TestAnswersAndWhatIsTaken(t *testing.T) {
	const (
		notFound = `{"text":"The requested URL was not found on this server.","code":404}`
		success  = `{"text":"Success","code":0}`
		format   = `{"text":"Invalid data format","code":6,"invalid-event-number":`
	)
	for _, c := range []struct {
		name, method, path, heads, body string
		status                          int
		answer                          string
		taken                           string // raws joined by |
	}{
		{"one", "POST", "/services/collector", plain, `{"event":"a"}`, 200, success, "a"},
		{"event path", "POST", "/services/collector/event", plain, `{"event":"a"}`, 200, success, "a"},
		{"version", "POST", "/services/collector/event/1.0", plain, `{"event":"a"}`, 200, success, "a"},
		{"no version of the root", "POST", "/services/collector/1.0", plain, `{"event":"a"}`, 404, notFound, ""},
		{"two without a blank", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":{"k": 1}}`, 200, success, `a|{"k": 1}`},
		{"two on lines", "POST", "/services/collector/event", plain, "{\"event\":\"a\"}\r\n\n{\"event\":[1]}\n", 200, success, "a|[1]"},
		{"an array", "POST", "/services/collector/event", plain, `[{"event":"a"},{"event":7}]`, 200, success, "a|7"},
		{"a form", "POST", "/services/collector/event", plain + "|Content-Type: application/x-www-form-urlencoded", `{"event":"a=b&c"}`, 200, success, "a=b&c"},
		{"scheme's case", "POST", "/services/collector/event", "Authorization: splunk " + aToken, `{"event":"a"}`, 200, success, "a"},
		{"basic", "POST", "/services/collector/event", "Authorization: Basic eDoxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTU=", `{"event":"a"}`, 200, success, "a"},
		{"query token", "POST", "/services/collector/event?token=query", "", `{"event":"a"}`, 200, success, "a"},
		{"query token not allowed wins", "POST", "/services/collector/event?token=own", plain, `{"event":"a"}`, 400, `{"text":"Query string authorization is not enabled","code":16}`, ""},
		{"query token unknown wins", "POST", "/services/collector/event?token=none", plain, `{"event":"a"}`, 403, `{"text":"Invalid token","code":4}`, ""},
		{"no token", "POST", "/services/collector/event", "", `{"event":"a"}`, 401, `{"text":"Token is required","code":2}`, ""},
		{"bearer", "POST", "/services/collector/event", "Authorization: Bearer " + aToken, `{"event":"a"}`, 401, `{"text":"Invalid authorization","code":3}`, ""},
		{"unknown token", "POST", "/services/collector/event", "Authorization: Splunk x", `{"event":"a"}`, 403, `{"text":"Invalid token","code":4}`, ""},
		{"empty token", "POST", "/services/collector/event", "Authorization: Splunk ", `{"event":"a"}`, 403, `{"text":"Invalid token","code":4}`, ""},
		{"disabled", "POST", "/services/collector/event", "Authorization: Splunk off", `{"event":"a"}`, 403, `{"text":"Token disabled","code":1}`, ""},
		{"no data", "POST", "/services/collector/event", plain, ``, 400, `{"text":"No data","code":5}`, ""},
		{"blanks", "POST", "/services/collector/event", plain, " \n", 400, `{"text":"No data","code":5}`, ""},
		{"no JSON", "POST", "/services/collector/event", plain, `hello`, 400, format + `0}`, ""},
		{"a text", "POST", "/services/collector/event", plain, `"a"`, 400, format + `0}`, ""},
		{"bad in the middle", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":"b",}{"event":"c"}`, 400, format + `1}`, "a"},
		{"cut off", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":"b"`, 400, format + `1}`, "a"},
		{"bad time", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":"b","time":"noon"}`, 400, format + `1}`, "a"},
		{"host is a number", "POST", "/services/collector/event", plain, `{"event":"a","host":1}`, 400, format + `0}`, ""},
		{"no event", "POST", "/services/collector/event", plain, `{"event":"a"}{"host":"b"}`, 400, `{"text":"Event field is required","code":12,"invalid-event-number":1}`, "a"},
		{"null event", "POST", "/services/collector/event", plain, `{"event":null}`, 400, `{"text":"Event field is required","code":12,"invalid-event-number":0}`, ""},
		{"blank event", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":""}{"event":"c"}`, 400, `{"text":"Event field cannot be blank","code":13,"invalid-event-number":1}`, "a"},
		{"nested field", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":"b","fields":{"x":{"y":1}}}`, 400, `{"text":"Error in handling indexed fields","code":15,"invalid-event-number":1}`, "a"},
		{"fields is a list", "POST", "/services/collector/event", plain, `{"event":"b","fields":[1]}`, 400, `{"text":"Error in handling indexed fields","code":15,"invalid-event-number":0}`, ""},
		{"fields alone", "POST", "/services/collector/event", plain, `{"fields":{"metric_name:cpu":1}}`, 200, success, ""},
		{"fields alone among others", "POST", "/services/collector/event", plain, `{"fields":{"a":1}}{"event":"b"}`, 200, success, "b"},
		{"wrong index", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":"b","index":"secret"}{"event":"c"}`, 400, `{"text":"Incorrect index","code":7,"invalid-event-number":2}`, "a"},
		{"wrong index in the query", "POST", "/services/collector/event?index=secret", plain, `{"event":"a"}`, 400, `{"text":"Incorrect index","code":7,"invalid-event-number":1}`, ""},
		{"no such index", "POST", "/services/collector/event?index=nowhere", "Authorization: Splunk own", `{"event":"a"}`, 400, `{"text":"Incorrect index","code":7,"invalid-event-number":1}`, ""},
		{"a stray key", "POST", "/services/collector/event", plain, `{"event":"a"}{"event":"b","evnet":"c"}{"event":"d"}`, 200, success, "a"},
		{"a stray key alone", "POST", "/services/collector/event", plain, `{"event":"b","evnet":"c"}`, 400, `{"text":"No data","code":5}`, ""},
		{"too many fields", "POST", "/services/collector/event", plain, `{"event":"b","fields":{"a":[1,2,3,4],"b":5}}`, 400, `{"text":"Error in handling indexed fields","code":15,"invalid-event-number":0}`, ""},
		{"too large an event", "POST", "/services/collector/event", plain, `{"event":"` + strings.Repeat("x", 300) + `"}`, 400, format + `0}`, ""},
		{"too large a body", "POST", "/services/collector/event", plain, strings.Repeat(" ", 5000), 413, `{"text":"Request entity is too large","code":413}`, ""},
		{"deep", "POST", "/services/collector/event", plain, `{"event":` + strings.Repeat("[", 2000), 400, format + `0}`, ""},
		{"deflate", "POST", "/services/collector/event", plain + "|Content-Encoding: deflate", `x`, 415, unsupported, ""},
		{"no gzip", "POST", "/services/collector/event", plain + "|Content-Encoding: gzip", `x`, 400, format + `0}`, ""},
		{"channel is no GUID", "POST", "/services/collector/event?channel=x", plain, `{"event":"a"}`, 400, `{"text":"Invalid data channel","code":11}`, ""},
		{"channel missing", "POST", "/services/collector/event", "Authorization: Splunk ack", `{"event":"a"}`, 400, `{"text":"Data channel is missing","code":10}`, ""},
		{"channel", "POST", "/services/collector/event", "Authorization: Splunk ack|X-Splunk-Request-Channel: " + aChannel, `{"event":"a"}`, 200, `{"text":"Success","code":0,"ackId":0}`, "a"},
		{"channel in the query", "POST", "/services/collector/event?channel=" + aChannel, "Authorization: Splunk ack", `{"event":"a"}{`, 400, format + `1,"ackId":0}`, "a"},
		{"raw", "POST", "/services/collector/raw", plain, "a\r\n\nb", 200, success, "a|b"},
		{"raw version", "POST", "/services/collector/raw/1.0", plain, "a", 200, success, "a"},
		{"raw no data", "POST", "/services/collector/raw", plain, "\n", 400, `{"text":"No data","code":5}`, ""},
		{"raw index", "POST", "/services/collector/raw?index=secret", plain, "a", 400, `{"text":"Incorrect index","code":7,"invalid-event-number":1}`, ""},
		{"ack disabled", "POST", "/services/collector/ack?channel=" + aChannel, plain, `{"acks":[0]}`, 400, `{"text":"ACK is disabled","code":14}`, ""},
		{"ack without a channel", "POST", "/services/collector/ack", "Authorization: Splunk ack", `{"acks":[0]}`, 400, `{"text":"Data channel is missing","code":10}`, ""},
		{"ack unknown", "GET", "/services/collector/ack/1.0?channel=" + aChannel, "Authorization: Splunk ack", `{"acks":[0,7,0]}`, 200, `{"acks":{"0":false,"7":false}}`, ""},
		{"ack no data", "POST", "/services/collector/ack?channel=" + aChannel, "Authorization: Splunk ack", ``, 400, `{"text":"No data","code":5}`, ""},
		{"ack no JSON", "POST", "/services/collector/ack?channel=" + aChannel, "Authorization: Splunk ack", `{"acks":["x"]}`, 400, `{"text":"Invalid data format","code":6}`, ""},
		{"health", "GET", "/services/collector/health", "", "", 200, `{"text":"HEC is healthy","code":17}`, ""},
		{"health head", "HEAD", "/services/collector/health/1.0", "Authorization: Splunk x", "", 200, "", ""},
		{"health ack", "GET", "/services/collector/health?ack=true", "", "", 200, `{"text":"HEC is healthy","code":17}`, ""},
		{"options", "OPTIONS", "/services/collector/event", "", "", 200, "", ""},
		{"get", "GET", "/services/collector/event", plain, "", 405, notFound, ""},
		{"head", "HEAD", "/services/collector/event", plain, "", 405, "", ""},
		{"nowhere", "POST", "/services/collector/nowhere", plain, "", 404, notFound, ""},
		{"outside", "POST", "/services/collectors", plain, "", 404, notFound, ""},
		{"a slash too much", "POST", "/services//collector/event", plain, `{"event":"a"}`, 404, notFound, ""},
		{"a slash at the end", "POST", "/services/collector/event/", plain, `{"event":"a"}`, 404, notFound, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &memory{}
			_, web := collector(t, store, allTokens, HandlerOptions{
				MaxBody: 4096, MaxEvent: 256, MaxFields: 4,
				HasIndex: func(name string) bool { return name != "nowhere" },
			})
			var heads []string
			if c.heads != "" {
				heads = strings.Split(c.heads, "|")
			}
			status, answer, _ := do(t, web.URL, c.method, c.path, c.body, heads...)
			require.Equal(t, c.status, status)
			require.Equal(t, c.answer, answer)
			require.Equal(t, c.taken, strings.Join(store.raws(), "|"))
		})
	}
}

func TestAllowHeaders(t *testing.T) {
	_, web := collector(t, &memory{}, nil, HandlerOptions{})
	for path, want := range map[string]string{"/event": "POST,OPTIONS", "/raw": "POST,OPTIONS", "/ack": "POST,OPTIONS", "/health": "GET,HEAD,OPTIONS"} {
		_, _, header := do(t, web.URL, "OPTIONS", root+path, "")
		require.Equal(t, want, header.Get("Allow"), path)
	}
}

func TestMetadataComesFromEnvelopeQueryToken(t *testing.T) {
	now := event.At(start)
	for _, c := range []struct {
		name, token, query, body string
		want                     event.Event
	}{
		{"nothing", "query", "", `{"event":"a"}`, event.Event{Time: now, Index: "main", Source: "http:query", Sourcetype: "httpevent", Host: "*"}},
		{"token", "own", "", `{"event":"a"}`, event.Event{Time: now, Index: "test", Host: "h", Source: "s", Sourcetype: "st"}},
		{"query", "own", "?index=i&host=j&source=k&sourcetype=l&time=1.5", `{"event":"a"}`, event.Event{Time: 1.5e9, Index: "i", Host: "j", Source: "k", Sourcetype: "l"}},
		{
			"envelope", "own", "?index=i&host=j&source=k&sourcetype=l&time=1.5",
			`{"index":"m","host":"n\u0041","source":"o","sourcetype":"p","time":"1595251445.123456789","event":"a"}`,
			event.Event{Time: 1595251445123456789, Index: "m", Host: "nA", Source: "o", Sourcetype: "p"},
		},
		{"null is nothing", "own", "", `{"event":"a","host":null,"source":"","time":null}`, event.Event{Time: now, Index: "test", Host: "h", Source: "s", Sourcetype: "st"}},
		{
			"fields", "own", "", `{"event":"a","fields":{"a":1,"b":["x","y"],"c":null,"d":true,"e":"\"q\""}}`,
			event.Event{
				Time: now, Index: "test", Host: "h", Source: "s", Sourcetype: "st",
				Fields: []event.Field{{Name: "a", Value: "1"}, {Name: "b", Value: "x"}, {Name: "b", Value: "y"}, {Name: "d", Value: "true"}, {Name: "e", Value: `"q"`}},
			},
		},
		{"stamped", "own", "?auto_extract_timestamp=true", `{"event":"a"}`, event.Event{Time: 42, Index: "test", Host: "h", Source: "s", Sourcetype: "st"}},
		{"the envelope's time wins", "own", "?auto_extract_timestamp=true", `{"event":"a","time":1}`, event.Event{Time: 1e9, Index: "test", Host: "h", Source: "s", Sourcetype: "st"}},
		{"the query's time wins", "own", "?auto_extract_timestamp=true&time=2", `{"event":"a"}`, event.Event{Time: 2e9, Index: "test", Host: "h", Source: "s", Sourcetype: "st"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &memory{}
			_, web := collector(t, store, allTokens, HandlerOptions{Stamp: func(event.Event) (event.Time, bool) { return 42, true }})
			path := root + "/event" + c.query
			if c.token == "query" {
				path += "?token=query"
			}
			status, answer, _ := do(t, web.URL, "POST", path, c.body, "Authorization: Splunk "+c.token)
			require.Equal(t, 200, status, answer)
			require.Len(t, store.events, 1)
			c.want.Raw = []byte("a")
			if c.want.Host == "*" {
				c.want.Host = strings.TrimPrefix(web.URL, "http://")
			}
			require.Equal(t, c.want, store.events[0])
		})
	}
}

func TestStoreErrorsHaveTheirCodes(t *testing.T) {
	for err, want := range map[error]string{
		ErrBusy:          `{"text":"Server is busy","code":9}`,
		ErrAtCapacity:    `{"text":"HEC queue is at capacity and cannot process any more requests","code":26}`,
		ErrShuttingDown:  `{"text":"Server is shutting down","code":23}`,
		io.ErrShortWrite: `{"text":"Internal server error","code":8}`,
	} {
		for _, token := range []string{aToken, "ack"} {
			_, web := collector(t, &memory{fail: func(int) error { return err }}, allTokens, HandlerOptions{})
			status, answer, _ := do(t, web.URL, "POST", root, `{"event":"a"}`, "Authorization: Splunk "+token, "X-Splunk-Request-Channel: "+aChannel)
			require.Equal(t, want, answer)
			require.Equal(t, ParseReply(0, []byte(answer)).Code.Status(), status)
		}
	}
}

func TestGzipBodies(t *testing.T) {
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, err := zip.Write([]byte(`{"event":"a"}{"event":"b"}`))
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	store := &memory{}
	_, web := collector(t, store, allTokens, HandlerOptions{})
	status, _, _ := do(t, web.URL, "POST", root, zipped.String(), plain, "Content-Encoding: gzip")
	require.Equal(t, 200, status)
	require.Equal(t, []string{"a", "b"}, store.raws())
}

func TestZipBombsAreRefused(t *testing.T) {
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, err := zip.Write(bytes.Repeat([]byte(" "), 1<<20))
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	_, web := collector(t, &memory{}, allTokens, HandlerOptions{MaxBody: 1 << 16})
	status, _, _ := do(t, web.URL, "POST", root, zipped.String(), plain, "Content-Encoding: gzip")
	require.Equal(t, 413, status)
}

func TestAcksAreTrueOnceAndPerChannel(t *testing.T) {
	store := &memory{wait: make(chan struct{})}
	h, web := collector(t, store, allTokens, HandlerOptions{})
	const other = "99999999-8888-7777-6666-000000000000"
	post := func(path, body, channel string) string {
		_, answer, _ := do(t, web.URL, "POST", root+path, body, "Authorization: Splunk ack", "X-Splunk-Request-Channel: "+channel)
		return answer
	}
	require.Equal(t, `{"text":"Success","code":0,"ackId":0}`, post("", `{"event":"a"}`, aChannel))
	require.Equal(t, `{"text":"Success","code":0,"ackId":1}`, post("/raw", "b", aChannel))
	require.Equal(t, `{"text":"Success","code":0,"ackId":0}`, post("", `{"event":"c"}`, other))
	require.Equal(t, `{"acks":{"0":false,"1":false}}`, post("/ack", `{"acks":[0,1]}`, aChannel), "not safe yet")
	close(store.wait)
	require.NoError(t, h.Close(t.Context()))
	require.Equal(t, `{"acks":{"0":true,"2":false}}`, post("/ack", `{"acks":[0,2]}`, aChannel))
	require.Equal(t, `{"acks":{"0":false,"1":true}}`, post("/ack", `{"acks":[0,1]}`, aChannel), "yes is said once")
	require.Equal(t, `{"acks":{"0":true}}`, post("/ack", `{"acks":[0]}`, strings.ToUpper(other)))
	require.Equal(t, `{"text":"Server is shutting down","code":23}`, post("", `{"event":"d"}`, aChannel))
}

func TestBackPressure(t *testing.T) {
	for warn, want := range map[bool][2]string{
		false: {`{"text":"Server is busy","code":9}`, `{"text":"Server is busy","code":9}`},
		true:  {`{"text":"HEC queue is at capacity and cannot process any more requests","code":26}`, `{"text":"HEC ACK channel is at capacity and cannot process any more requests","code":27}`},
	} {
		store := &memory{wait: make(chan struct{})}
		h, web := collector(t, store, allTokens, HandlerOptions{Warn: warn, MaxInFlight: 3 * reserveStep, MaxPending: 2})
		heads := []string{"Authorization: Splunk ack", "X-Splunk-Request-Channel: " + aChannel}
		for range 2 {
			status, _, _ := do(t, web.URL, "POST", root, `{"event":"a"}`, heads...)
			require.Equal(t, 200, status)
		}
		_, answer, _ := do(t, web.URL, "POST", root, `{"event":"a"}`, heads...)
		require.Equal(t, want[1], answer, "two acknowledgements are open")
		_, answer, _ = do(t, web.URL, "POST", root, `{"event":"`+strings.Repeat("x", 2*reserveStep)+`"}`, plain)
		require.Equal(t, want[0], answer, "too much is under way")
		close(store.wait)
		require.NoError(t, h.Close(t.Context()))
		require.Zero(t, h.inFlight.Load(), "all room was given back")
	}
}

func TestALargeBodyAloneIsTaken(t *testing.T) {
	store := &memory{}
	_, web := collector(t, store, allTokens, HandlerOptions{MaxInFlight: 1000})
	status, _, _ := do(t, web.URL, "POST", root, `{"event":"`+strings.Repeat("x", 1<<20)+`"}`, plain)
	require.Equal(t, 200, status)
}

func TestIdleChannelsAreForgotten(t *testing.T) {
	a := newAcks(HandlerOptions{MaxChannels: 2, MaxPending: 9, MaxIdle: 10})
	at := start
	for i, channel := range []string{"a", "b"} {
		_, code := a.open("t", channel, at.Add(0))
		require.Equal(t, CodeSuccess, code, i)
	}
	_, code := a.open("t", "c", at.Add(5))
	require.Equal(t, CodeBusy, code, "there are two already")
	_, code = a.open("t", "a", at.Add(9))
	require.Equal(t, CodeSuccess, code)
	id, code := a.open("t", "c", at.Add(15))
	require.Equal(t, CodeSuccess, code, "b was forgotten")
	require.Zero(t, id)
	id, _ = a.open("t", "a", at.Add(15))
	require.Equal(t, int64(2), id)
}

func TestNothingIsTakenOfABodyThatBreaksOff(t *testing.T) {
	const whole = `{"event":"a"}{"event":"b"}`
	for cut := range len(whole) {
		store := &memory{}
		_, web := collector(t, store, allTokens, HandlerOptions{})
		conn, err := net.Dial("tcp", web.Listener.Addr().String())
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "POST /services/collector HTTP/1.1\r\nHost: h\r\n%s\r\nContent-Length: %d\r\n\r\n%s", plain, len(whole), whole[:cut])
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		require.Empty(t, answer)
		require.NoError(t, conn.Close())
		require.Empty(t, store.raws(), whole[:cut])
	}
}
