package splunkd

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
)

// Login checks the credentials: it opens a session when they are a user with a
// password. Other calls do so by themselves.
func (c *Client) Login(ctx context.Context) error {
	if _, fault := c.authorization(ctx); fault != nil {
		if ours(ctx, fault) {
			return ended(ctx)
		}
		return c.problem("log in", fault)
	}
	return nil
}

// authorization is the header that shows who calls.
func (c *Client) authorization(ctx context.Context) (string, *Error) {
	switch o := c.o.Credentials; {
	case o.Token != "":
		return "Bearer " + string(o.Token), nil
	case o.SessionKey != "":
		return "Splunk " + string(o.SessionKey), nil
	case o.User == "":
		return "", nil
	}
	c.session.Lock()
	key := c.session.key
	c.session.Unlock()
	if key == "" {
		// Callers at the same time may each open a session; the last one is kept, and
		// all are valid.
		var fault *Error
		if key, fault = c.open(ctx); fault != nil {
			return "", fault
		}
		c.session.Lock()
		c.session.key = key
		c.session.Unlock()
	}
	return "Splunk " + string(key), nil
}

// forget drops a session that was refused, unless another has been opened since.
func (c *Client) forget(auth string) {
	c.session.Lock()
	defer c.session.Unlock()
	if auth == "Splunk "+string(c.session.key) {
		c.session.key = ""
	}
}

// maxLogin bounds the answer to a login.
const maxLogin = 1 << 20

// open exchanges user and password for a session key.
func (c *Client) open(ctx context.Context) (Secret, *Error) {
	q := &call{method: http.MethodPost, path: "/services/auth/login", open: true, form: url.Values{
		"username": {c.o.Credentials.User}, "password": {string(c.o.Credentials.Password)}, "output_mode": {"json"},
	}}
	a, _, fault := c.ask(ctx, q, "")
	if fault != nil {
		if fault.Kind == Rejected && fault.Status == http.StatusBadRequest {
			fault.Kind = Refused // some answer a wrong password so
		}
		return "", fault
	}
	defer a.body.Close()
	data, err := io.ReadAll(io.LimitReader(a.body, maxLogin))
	if err != nil {
		return "", &Error{Kind: Broken, Text: plainly(err), cause: err}
	}
	if key := sessionKey(data); key != "" {
		return key, nil
	}
	return "", &Error{Kind: Foreign, Text: "the answer to the login holds no session key" + pageTitle(data)}
}

// sessionKey reads the answer to a login: JSON, or XML from a server that does not
// know output_mode there.
func sessionKey(data []byte) Secret {
	var read struct {
		Key string `json:"sessionKey" xml:"sessionKey"`
	}
	if json.Unmarshal(data, &read) != nil {
		_ = xml.Unmarshal(data, &read) // no key, then
	}
	for _, r := range read.Key {
		if r <= ' ' || r > '~' {
			return "" // it would not fit into a header
		}
	}
	return Secret(read.Key)
}
