package server

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"riskreplay/src/clock"
)

// maxBearer bounds how many bearer tokens there are.
const maxBearer = 1000

// BearerTokens are tokens for programs that search (authorization/tokens), as a file
// has them: of each its hash, never the token itself. It is safe for concurrent use;
// a nil one has none.
type BearerTokens struct {
	file  string
	clock clock.Clock

	mu   sync.Mutex
	list []bearerToken
	used map[string]time.Time // by id
}

// bearerToken is one of them as the file has it.
type bearerToken struct {
	ID       string    `json:"id"`
	User     string    `json:"user"`
	Audience string    `json:"audience"`
	Hash     string    `json:"sha256"`
	Made     time.Time `json:"made"`
	Expires  time.Time `json:"expires,omitzero"`
	Disabled bool      `json:"disabled,omitempty"`
}

// ReadBearer reads a file of bearer tokens; a missing one holds none.
func ReadBearer(file string, c clock.Clock) (*BearerTokens, error) {
	b := &BearerTokens{file: file, clock: c, used: map[string]time.Time{}}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &b.list)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the bearer tokens in %q: %w", file, err)
	}
	return b, nil
}

func bearerHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// add makes a token; expires may be zero, for never.
func (b *BearerTokens) add(name, audience string, expires time.Time) (token string, made bearerToken, err error) {
	token = rand.Text() + rand.Text()
	made = bearerToken{
		ID: rand.Text(), User: name, Audience: audience, Hash: bearerHash(token), Made: b.clock.Now().UTC().Truncate(time.Second), Expires: expires.UTC(),
	}
	if expires.IsZero() {
		made.Expires = time.Time{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.list) >= maxBearer {
		return "", made, fmt.Errorf("cannot make another token: there are %d already", maxBearer)
	}
	return token, made, b.write(append(slices.Clone(b.list), made))
}

// write replaces the file and the list; mu is held.
func (b *BearerTokens) write(list []bearerToken) error {
	data, err := json.MarshalIndent(list, "", "  ")
	if err == nil {
		err = writeSecret(b.file, append(data, '\n'))
	}
	if err == nil {
		b.list = list
	}
	return err
}

// change changes the tokens that are of a user ("" is any) and have an id ("" is
// any): change tells whether one stays. It gives how many there were.
func (b *BearerTokens) change(name, id string, change func(*bearerToken) (stays bool)) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, n := make([]bearerToken, 0, len(b.list)), 0
	for _, t := range b.list {
		if (name == "" || t.User == name) && (id == "" || t.ID == id) {
			n++
			if !change(&t) {
				continue
			}
		}
		list = append(list, t)
	}
	if n == 0 {
		return 0, nil
	}
	return n, b.write(list)
}

// all are the tokens, and when each was used last.
func (b *BearerTokens) all() ([]bearerToken, map[string]time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	used := make(map[string]time.Time, len(b.used))
	for id, t := range b.used {
		used[id] = t
	}
	return slices.Clone(b.list), used
}

// user is whose token this is. Hashes are compared: that tells nothing by its time.
func (b *BearerTokens) user(token string, users *Users) (user, bool) {
	if b == nil {
		return user{}, false
	}
	hash, now := bearerHash(token), b.clock.Now()
	b.mu.Lock()
	at := slices.IndexFunc(b.list, func(t bearerToken) bool { return t.Hash == hash })
	if at < 0 || b.list[at].Disabled || !b.list[at].Expires.IsZero() && !now.Before(b.list[at].Expires) {
		b.mu.Unlock()
		return user{}, false
	}
	name := b.list[at].User
	b.used[b.list[at].ID] = now
	b.mu.Unlock()
	a, there := users.find(name)
	return a.user, there
}
