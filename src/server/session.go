package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"

	"riskreplay/src/clock"
)

const (
	sessionTime = time.Hour // since it was used last
	maxSessions = 10_000
	// Checking a password is work on purpose: so many are checked at once, so many a
	// second.
	checksAtOnce   = 2
	checksASecond  = 10
	checksInABurst = 30
	maxPassword    = 1024
)

// sessions are who is logged in. Of a key only its hash is kept, so that finding one
// tells nothing by its time.
type sessions struct {
	clock    clock.Clock
	password Password
	checks   chan struct{}
	mu       sync.Mutex
	left     float64 // checks that may be made now
	counted  time.Time
	used     map[[sha256.Size]byte]time.Time
}

func newSessions(p Password, c clock.Clock) *sessions {
	return &sessions{
		clock: c, password: p, checks: make(chan struct{}, checksAtOnce), left: checksInABurst, counted: c.Now(),
		used: map[[sha256.Size]byte]time.Time{},
	}
}

// login tells whether user and password are right; busy that too many are asking.
func (s *sessions) login(user, password string) (ok, busy bool) {
	if !s.mayCheck() {
		return false, true
	}
	s.checks <- struct{}{}
	defer func() { <-s.checks }()
	right := len(password) <= maxPassword && s.password.is(password) // the same work for any user
	return right && subtle.ConstantTimeCompare([]byte(user), []byte(Admin)) == 1, false
}

// mayCheck counts a check of a password, unless there were too many of late.
func (s *sessions) mayCheck() bool {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if passed := now.Sub(s.counted).Seconds(); passed > 0 {
		s.left = min(checksInABurst, s.left+passed*checksASecond)
		s.counted = now
	}
	if s.left < 1 {
		return false
	}
	s.left--
	return true
}

// open gives the key of a new session.
func (s *sessions) open() string {
	key := rand.Text() + rand.Text()
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, used := range s.used {
		if now.Sub(used) > sessionTime || len(s.used) >= maxSessions {
			delete(s.used, k)
		}
	}
	s.used[sha256.Sum256([]byte(key))] = now
	return key
}

func (s *sessions) known(key string) bool {
	sum, now := sha256.Sum256([]byte(key)), s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	used, ok := s.used[sum]
	if !ok || now.Sub(used) > sessionTime {
		delete(s.used, sum)
		return false
	}
	s.used[sum] = now
	return true
}

// admits tells whether a request shows who asks: "Splunk KEY" or "Bearer KEY" of a
// session, or a user with a password (Basic).
func (s *sessions) admits(r *http.Request) (ok, busy bool) {
	if user, password, basic := r.BasicAuth(); basic {
		return s.login(user, password)
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Splunk") && !strings.EqualFold(scheme, "Bearer") {
		return false, false
	}
	return s.known(strings.TrimSpace(key)), false
}
