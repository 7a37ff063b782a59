package hec

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
)

// Token is a collector's token with what is set for it (a stanza http://NAME of
// inputs.conf).
type Token struct {
	Name     string
	Value    Secret
	Disabled bool
	// Index, Host, Source and Sourcetype hold where neither the envelope nor the
	// query says otherwise. Without them the index is main, the host the one that
	// was asked, the source http:NAME and the sourcetype httpevent.
	Index, Host, Source, Sourcetype string
	// Indexes are those that may be written; none means any that there is.
	Indexes []string
	// UseACK has the client give a channel and ask for acknowledgements.
	UseACK bool
	// AllowQuery lets the token be given in the query (allowQueryStringAuth).
	AllowQuery bool
}

// Tokens finds a token by its value. It is safe for concurrent use and must not
// tell by its time how much of a value is right.
type Tokens interface {
	Find(value string) (Token, bool)
}

// TokenList is a fixed list of tokens.
type TokenList []Token

// Find compares with every token, and each in constant time.
func (l TokenList) Find(value string) (Token, bool) {
	sum := sha256.Sum256([]byte(value))
	found := -1
	for i := range l {
		own := sha256.Sum256([]byte(l[i].Value))
		if subtle.ConstantTimeCompare(sum[:], own[:]) == 1 {
			found = i
		}
	}
	if found < 0 || value == "" {
		return Token{}, false
	}
	return l[found], true
}

// may tells whether the token may write an index.
func (t *Token) may(index string) bool {
	return len(t.Indexes) == 0 || slices.Contains(t.Indexes, index)
}

// Secret is a text that is not printed.
type Secret string

const hidden = "[hidden]"

// String is never the secret.
func (Secret) String() string { return hidden }

// GoString is never the secret.
func (Secret) GoString() string { return hidden }

// MarshalText is never the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
