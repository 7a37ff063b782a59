package splunkd

import "strings"

// Secret is a text that is not printed.
type Secret string

const hidden = "[hidden]"

// String is never the secret.
func (Secret) String() string { return hidden }

// GoString is never the secret.
func (Secret) GoString() string { return hidden }

// MarshalText is never the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal is the text.
func (s Secret) Reveal() string { return string(s) }

// Credentials are what a client shows: one of a session key, a bearer token, or a
// user with a password. None is allowed; few calls are answered without.
type Credentials struct {
	// SessionKey is one that splunkd gave out, as to a modular input.
	SessionKey Secret
	// Token is an authentication token (a JWT).
	Token Secret
	// User and Password are exchanged for a session key with the first call, and
	// again when that session has ended.
	User     string
	Password Secret
}

// login tells whether a session is opened with a password.
func (c Credentials) login() bool { return c.SessionKey == "" && c.Token == "" && c.User != "" }

// hide takes the secrets out of a text that came from outside: a reply may repeat
// what was sent.
func hide(text string, secrets ...Secret) string {
	for _, s := range secrets {
		if len(s) > 3 { // a shorter one would take letters out of common words
			text = strings.ReplaceAll(text, string(s), hidden)
		}
	}
	return text
}
