package server

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"riskreplay/src/clock"
)

const (
	sessionTime = time.Hour      // since it was used last
	sessionLife = 24 * time.Hour // since the login
	maxSessions = 10_000
	provedTime  = 5 * time.Minute // that a password which was right is not checked again
)

// verdict is what became of asking who makes a request.
type verdict uint8

const (
	unknown verdict = iota
	admitted
	crowded // too many passwords to check
)

// sessions are who is logged in. Of a key only its hash is kept, so that finding one
// tells nothing by its time.
type sessions struct {
	clock  clock.Clock
	users  *Users
	bearer *BearerTokens
	audit  *Audit
	guard  *guard
	salt   [sha256.Size]byte // of proved: what is kept there is of no use elsewhere

	mu     sync.Mutex
	open   map[[sha256.Size]byte]*session
	proved map[[sha256.Size]byte]*session
}

// session is one login. It ends with the password that it was made with.
type session struct {
	user        string
	hash        []byte // of the password
	since, used time.Time
}

func newSessions(o APIOptions) *sessions {
	s := &sessions{
		clock: o.Clock, users: o.Users, bearer: o.Bearer, audit: o.Audit, guard: newGuard(o.Clock),
		open: map[[sha256.Size]byte]*session{}, proved: map[[sha256.Size]byte]*session{},
	}
	_, _ = rand.Read(s.salt[:]) // never fails
	return s
}

// login tells whether name and password are a user's.
func (s *sessions) login(r *http.Request, name, password string) (user, []byte, verdict) {
	from := addressOf(r)
	if !s.guard.enter(name, from) {
		return user{}, nil, crowded
	}
	a, ok := s.users.check(name, password)
	s.guard.leave(name, from, ok)
	if !ok {
		s.audit.Add(Entry{User: name, Action: "login attempt", Info: "failed", More: map[string]string{"clientip": from}})
		return user{}, nil, unknown
	}
	return a.user, a.password.hash, admitted
}

// begin logs a user in and gives the key.
func (s *sessions) begin(r *http.Request, name, password string) (string, verdict) {
	u, hash, v := s.login(r, name, password)
	if v != admitted {
		return "", v
	}
	s.audit.Add(Entry{User: u.name, Action: "login attempt", Info: "succeeded", More: map[string]string{"clientip": addressOf(r)}})
	key := rand.Text() + rand.Text()
	s.keep(s.open, sha256.Sum256([]byte(key)), u.name, hash)
	return key, admitted
}

// keep remembers a session; those that have ended, and when there are too many any,
// make room.
func (s *sessions) keep(in map[[sha256.Size]byte]*session, key [sha256.Size]byte, user string, hash []byte) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in) >= maxSessions {
		for k, old := range in {
			if old.ended(now) || len(in) >= maxSessions {
				delete(in, k)
			}
		}
	}
	in[key] = &session{user: user, hash: hash, since: now, used: now}
}

func (s *session) ended(now time.Time) bool {
	return now.Sub(s.used) > sessionTime || now.Sub(s.since) > sessionLife
}

// known is the user of a session's key, if the user is still there and has the same
// password.
func (s *sessions) known(in map[[sha256.Size]byte]*session, key [sha256.Size]byte, life time.Duration) (user, bool) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	one := in[key]
	if one == nil {
		return user{}, false
	}
	a, there := s.users.find(one.user)
	if !there || one.ended(now) || now.Sub(one.since) > life || !bytes.Equal(a.password.hash, one.hash) {
		delete(in, key)
		return user{}, false
	}
	one.used = now
	return a.user, true
}

// end logs a session out.
func (s *sessions) end(key string) bool {
	sum := sha256.Sum256([]byte(key))
	s.mu.Lock()
	defer s.mu.Unlock()
	_, there := s.open[sum]
	delete(s.open, sum)
	return there
}

// admits tells who makes a request: "Splunk KEY" or "Bearer KEY" of a session,
// "Bearer TOKEN", or a user with a password (Basic).
func (s *sessions) admits(r *http.Request) (user, verdict) {
	if name, password, basic := r.BasicAuth(); basic {
		return s.basic(r, name, password)
	}
	key := keyOf(r)
	if key == "" {
		return user{}, unknown
	}
	if u, ok := s.known(s.open, sha256.Sum256([]byte(key)), sessionLife); ok {
		return u, admitted
	}
	if u, ok := s.bearer.user(key, s.users); ok {
		return u, admitted
	}
	return user{}, unknown
}

// keyOf is the key or token that a request shows, "" when it shows none.
func keyOf(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Splunk") && !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

// basic checks a password with each request. One that was right is taken for right
// for a while: checking is slow on purpose.
func (s *sessions) basic(r *http.Request, name, password string) (user, verdict) {
	sum := s.proof(name, password)
	if u, ok := s.known(s.proved, sum, provedTime); ok {
		return u, admitted
	}
	u, hash, v := s.login(r, name, password)
	if v == admitted {
		s.keep(s.proved, sum, u.name, hash)
	}
	return u, v
}

func (s *sessions) proof(name, password string) [sha256.Size]byte {
	h := sha256.New()
	h.Write(s.salt[:])
	h.Write([]byte(name + "\x00" + password))
	return [sha256.Size]byte(h.Sum(nil))
}

// addressOf is the machine that a request comes from.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
