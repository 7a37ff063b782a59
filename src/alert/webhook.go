package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"riskreplay/src/diag"
)

// Webhooks posts alerts to the addresses that are allowed, and to no others. The
// certificates of https addresses are verified.
type Webhooks struct {
	allowed []*url.URL
	client  *http.Client
}

const (
	webhookTime  = 10 * time.Second
	maxPayload   = 1 << 20
	maxAnswer    = 64 << 10 // read, so that the connection can be used again
	maxRedirects = 3
)

// NewWebhooks allows addresses: scheme, host and port are to be the same, and the
// path begins with the allowed one's. transport is nil for the usual one.
func NewWebhooks(allowed []string, transport http.RoundTripper) (*Webhooks, error) {
	w := &Webhooks{client: &http.Client{Timeout: webhookTime, Transport: transport, CheckRedirect: sameHost}}
	for _, text := range allowed {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, diag.Message{Text: fmt.Sprintf("cannot allow the webhook address %q: it is no http or https address", text), Hint: "write https://hooks.example.com/services/"}
		}
		w.allowed = append(w.allowed, u)
	}
	return w, nil
}

// sameHost follows redirects within one host alone.
func sameHost(r *http.Request, via []*http.Request) error {
	if first := via[0].URL; r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
		return fmt.Errorf("it redirects to another host, %q", r.URL.Host)
	}
	if len(via) > maxRedirects {
		return errors.New("it redirects too often")
	}
	return nil
}

func (w *Webhooks) allows(u *url.URL) bool {
	if w == nil || u.User != nil {
		return false
	}
	clean := path.Clean("/" + u.Path)
	if strings.HasSuffix(u.Path, "/") && clean != "/" {
		clean += "/"
	}
	for _, a := range w.allowed {
		if strings.EqualFold(a.Scheme, u.Scheme) && strings.EqualFold(a.Host, u.Host) && strings.HasPrefix(clean, "/"+strings.TrimPrefix(a.Path, "/")) {
			return true
		}
	}
	return false
}

// send posts Splunk's payload about the first result.
func (w *Webhooks) send(ctx context.Context, address string, t *Tokens) error {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return diag.Message{Text: fmt.Sprintf("cannot read its address %q", address), Hint: "write action.webhook.param.url = https://..."}
	}
	if !w.allows(u) {
		return diag.Message{Text: fmt.Sprintf("its address %q is not allowed", u.Redacted()), Hint: "start the server with --allow-webhook " + u.Scheme + "://" + u.Host + "/"}
	}
	body, err := json.Marshal(map[string]any{
		"sid": t.Run.SID, "search_name": t.Saved.Name, "app": t.Saved.App, "owner": owner, "results_link": t.Link, "result": t.result(),
	})
	if err != nil {
		return err
	}
	if len(body) > maxPayload {
		return fmt.Errorf("its payload has %d bytes: the result is too large", len(body))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "RiskReplay")
	answer, err := w.client.Do(r)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // without the address, which may hold a secret
		}
		return fmt.Errorf("%s: %w", u.Host, err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // what it says is of no interest
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s", u.Host, answer.Status)
	}
	return nil
}

// result is the first result: texts, and lists of multivalues.
func (t *Tokens) result() map[string]any {
	out := map[string]any{}
	if t.First < 0 {
		return out
	}
	row{t.Rows, t.First}.Each(func(name string, values []string) {
		switch len(values) {
		case 0:
		case 1:
			out[name] = values[0]
		default:
			out[name] = values
		}
	})
	return out
}
