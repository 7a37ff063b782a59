package server

import (
	"crypto/sha256"
	"sync"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
)

// Tokens are the collector's tokens as an inputs.conf has them: a change of the file
// counts from the next request on. It is safe for concurrent use.
type Tokens struct {
	file string
	warn func(diag.List)

	mu   sync.Mutex
	seen stamp
	list hec.TokenList
	// bySum finds a token by the hash of its value, which tells nothing by its time.
	bySum map[[sha256.Size]byte]hec.Token
}

// WatchTokens reads the tokens of a file; warn is told what is wrong with it, then
// and after each change.
func WatchTokens(file string, warn func(diag.List)) (*Tokens, error) {
	t := &Tokens{file: file, warn: warn}
	return t, t.read(stampOf(file))
}

// read reads the file; mu is held, or nobody else has the tokens yet.
func (t *Tokens) read(seen stamp) error {
	t.seen = seen
	list, problems, err := ReadTokens(t.file)
	if err != nil {
		return err
	}
	t.warn(problems)
	t.list, t.bySum = list, make(map[[sha256.Size]byte]hec.Token, len(list))
	for _, one := range list {
		t.bySum[sha256.Sum256([]byte(one.Value))] = one
	}
	return nil
}

// look reads the file when it changed. One that cannot be read leaves the tokens of
// before. mu is held.
func (t *Tokens) look() {
	now := stampOf(t.file)
	if now.same(t.seen) {
		return
	}
	if err := t.read(now); err != nil {
		t.warn(diag.List{{Severity: diag.Warning, Text: "the collector's tokens of before go on: " + err.Error(), Cause: err}})
	}
}

// Find is hec.Tokens'.
func (t *Tokens) Find(value string) (hec.Token, bool) {
	sum := sha256.Sum256([]byte(value))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.look()
	one, ok := t.bySum[sum]
	return one, ok && value != ""
}

// All are the tokens as they are now.
func (t *Tokens) All() hec.TokenList {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.look()
	return t.list
}
