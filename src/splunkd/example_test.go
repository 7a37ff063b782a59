package splunkd_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"riskreplay/src/clock"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/splunkd"
)

// A search, and what to do about its errors.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			_, _ = io.WriteString(w, `{"sid":"1768479600.1"}`)
		case strings.HasSuffix(r.URL.Path, "/results"):
			_, _ = io.WriteString(w, `{"fields":[{"name":"host"},{"name":"count"}],"results":[{"host":"wks-114","count":"3"}]}`)
		default:
			_, _ = io.WriteString(w, `{"entry":[{"content":{"dispatchState":"DONE","resultCount":1}}]}`)
		}
	}))
	defer server.Close()

	c, err := splunkd.New(splunkd.Options{URL: server.URL, Credentials: splunkd.Credentials{Token: "token"}, Clock: clock.Real{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	result, err := c.Run(context.Background(), job.Request{Search: "index=main | stats count by host", Earliest: "-24h"})
	if splunkd.KindOf(err) == splunkd.Rejected {
		fmt.Println("the search is wrong:", err)
		return
	}
	rows, err := results.ReadAll(context.Background(), result.Rows)
	if err == nil {
		fmt.Print(rows)
	}
	// Output:
	// host=wks-114 count=3
}
