package schedule

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"riskreplay/src/diag"
)

// Memory is what is remembered of one search.
type Memory struct {
	Key
	// Last is the last tick that is done with: run, or left out.
	Last time.Time `json:"last,omitzero"`
	// Count is what the last run counted, for "rises by"; nil before the first.
	Count *int `json:"count,omitempty"`
	// Fired is what suppression remembers.
	Fired map[string]time.Time `json:"fired,omitempty"`
	// History has the newest record last.
	History []Record `json:"history,omitempty"`
}

// Intent is what is noted of a run before any of its actions is done: whether they
// were is asked of the index after a stop.
type Intent struct {
	Key
	At    time.Time            `json:"at"`
	SID   string               `json:"sid"`
	Fired map[string]time.Time `json:"fired,omitempty"`
	// Count and Results as in Record.
	Count   int `json:"count,omitempty"`
	Results int `json:"results,omitempty"`
}

// line is a line of the journal: one of its fields.
type line struct {
	Intent *Intent `json:"intent,omitempty"`
	Done   *Said   `json:"done,omitempty"`
	// Fired goes with Done.
	Fired map[string]time.Time `json:"fired,omitempty"`
	// Seen is a search that is scheduled from At on.
	Seen *seen `json:"seen,omitempty"`
}

type seen struct {
	Key
	At time.Time `json:"at"`
}

// Store keeps what a scheduler remembers, in a folder: state.json, which is
// replaced as a whole, and journal, which has a line for each thing since. A line
// that was cut short by a stop is forgotten. Safe for concurrent use.
type Store struct {
	dir string

	mu      sync.Mutex
	journal *os.File
	size    int64
	memory  map[Key]*Memory
	open    map[Key][]Intent // without their Done
}

// maxState bounds what is read, and foldSize is how large the journal may grow.
const (
	maxState = 1 << 30
	foldSize = 8 << 20
)

// OpenStore reads a folder, which is made when it is missing, and folds its journal
// into its state. An empty dir is a store in memory.
func OpenStore(dir string) (*Store, error) {
	s := &Store{dir: dir, memory: map[Key]*Memory{}, open: map[Key][]Intent{}}
	if dir == "" {
		return s, nil
	}
	if err := s.read(); err != nil {
		return nil, diag.Message{Text: fmt.Sprintf("cannot read the scheduler's state %q: %v", dir, err), Cause: err, Hint: "set the folder aside to begin anew: searches then start with their next tick"}
	}
	if err := s.fold(); err != nil {
		return nil, s.cannot(err)
	}
	return s, nil
}

func (s *Store) cannot(err error) error {
	return diag.Message{Text: fmt.Sprintf("cannot write the scheduler's state %q: %v", s.dir, err), Cause: err}
}

func (s *Store) read() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	data, err := readBounded(filepath.Join(s.dir, "state.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var state struct {
		Searches []*Memory `json:"searches"`
		Open     []Intent  `json:"open"`
	}
	if data != nil {
		if err := json.Unmarshal(data, &state); err != nil {
			return fmt.Errorf("state.json: %w", err)
		}
	}
	for _, m := range state.Searches {
		if m != nil {
			s.memory[m.Key] = m
		}
	}
	for _, i := range state.Open {
		s.open[i.Key] = append(s.open[i.Key], i)
	}
	return s.readJournal()
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxState+1))
	if err == nil && len(data) > maxState {
		err = errors.New("it is too large")
	}
	return data, err
}

// readJournal applies the journal's lines; the first that is no line is where a
// stop has cut it.
func (s *Store) readJournal() error {
	f, err := os.Open(filepath.Join(s.dir, "journal"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReader(io.LimitReader(f, maxState))
	for {
		text, err := in.ReadBytes('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		var l line
		if json.Unmarshal(text, &l) != nil {
			return nil
		}
		s.apply(l)
	}
}

func (s *Store) apply(l line) {
	switch {
	case l.Intent != nil:
		s.open[l.Intent.Key] = append(s.open[l.Intent.Key], *l.Intent)
	case l.Done != nil:
		s.settle(*l.Done, l.Fired)
	case l.Seen != nil:
		if m := s.of(l.Seen.Key); m.Last.IsZero() {
			m.Last = l.Seen.At
		}
	}
}

// of gives the memory of a search.
func (s *Store) of(k Key) *Memory {
	m := s.memory[k]
	if m == nil {
		m = &Memory{Key: k}
		s.memory[k] = m
	}
	return m
}

func (s *Store) settle(d Said, fired map[string]time.Time) {
	m := s.of(d.Key)
	if d.Status != Deferred && d.At.After(m.Last) {
		m.Last = d.At
	}
	if d.Status == Success {
		count := d.Count
		m.Count = &count
	}
	if len(fired) > 0 {
		memory := Suppression{m.Fired}
		memory.Add(fired)
		m.Fired = memory.fired
	}
	m.History = append(m.History, d.Record)
	if over := len(m.History) - historySize; over > 0 {
		m.History = append([]Record(nil), m.History[over:]...)
	}
	left := s.open[d.Key][:0]
	for _, i := range s.open[d.Key] {
		if !i.At.Equal(d.At) {
			left = append(left, i)
		}
	}
	s.open[d.Key] = left
}

// See notes from when on searches are scheduled that were not before, so that a stop
// before their first tick does not lose it.
func (s *Store) See(keys []Key, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range keys {
		l := line{Seen: &seen{k, at}}
		s.apply(l)
		if err := s.write(l, i == len(keys)-1); err != nil {
			return err
		}
	}
	return nil
}

// Intend notes what a run is about to do; it lasts when it returns nil.
func (s *Store) Intend(i Intent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apply(line{Intent: &i})
	return s.write(line{Intent: &i}, true)
}

// Done notes what became of a run. It outlasts the program, though not the machine.
func (s *Store) Done(d Said, fired map[string]time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(d, fired)
	if err := s.write(line{Done: &d, Fired: fired}, false); err != nil {
		return err
	}
	if s.size < foldSize {
		return nil
	}
	if err := s.fold(); err != nil {
		return s.cannot(err)
	}
	return nil
}

func (s *Store) write(l line, sync bool) error {
	if s.dir == "" {
		return nil
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	n, err := s.journal.Write(append(text, '\n'))
	s.size += int64(n)
	if err == nil && sync {
		err = s.journal.Sync()
	}
	if err != nil {
		return s.cannot(err)
	}
	return nil
}

// fold writes the state as a whole and begins a journal anew. A stop in between
// leaves a journal whose lines are in the state already: to apply them again
// changes nothing but the history, which folding keeps short.
func (s *Store) fold() error {
	if s.dir == "" {
		return nil
	}
	var state struct {
		Searches []*Memory `json:"searches"`
		Open     []Intent  `json:"open,omitempty"`
	}
	for _, m := range s.memory {
		state.Searches = append(state.Searches, m)
	}
	for _, list := range s.open {
		state.Open = append(state.Open, list...)
	}
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(s.dir, "state.json"), data); err != nil {
		return err
	}
	return s.beginJournal()
}

func (s *Store) beginJournal() error {
	f, err := os.OpenFile(filepath.Join(s.dir, "journal"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if s.journal != nil {
		_ = s.journal.Close() // it is folded
	}
	s.journal, s.size = f, 0
	return nil
}

// replace writes a file as a whole: aside, made to last, then renamed.
func replace(path string, data []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	return err
}

// Open are the intents of which nobody knows whether they were done, by search.
func (s *Store) Open() []Intent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Intent
	for _, list := range s.open {
		out = append(out, list...)
	}
	return out
}

// Withdraw forgets an intent of which nothing was done.
func (s *Store) Withdraw(i Intent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.open[i.Key][:0]
	for _, other := range s.open[i.Key] {
		if other.SID != i.SID {
			left = append(left, other)
		}
	}
	s.open[i.Key] = left
}

// Last is the last tick of a search that is done with.
func (s *Store) Last(k Key) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.memory[k]; m != nil {
		return m.Last
	}
	return time.Time{}
}

// Count is what the last run counted.
func (s *Store) Count(k Key) (n int, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.memory[k]; m != nil && m.Count != nil {
		return *m.Count, true
	}
	return 0, false
}

// Suppression is what fired of a search, as a copy to try with; what fired longer
// ago than the period is left out for good.
func (s *Store) Suppression(k Key, at time.Time, period time.Duration) (now, trial *Suppression) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.of(k)
	memory := Suppression{m.Fired}
	memory.Forget(at, period)
	return memory.Trial(), memory.Trial()
}

// History are the records of a search, the newest last.
func (s *Store) History(k Key) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.memory[k]; m != nil {
		return append([]Record(nil), m.History...)
	}
	return nil
}

// Close writes the state down and lets the folder go.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" || s.journal == nil {
		return nil
	}
	err := s.fold()
	if closed := s.journal.Close(); err == nil {
		err = closed
	}
	s.journal = nil
	if err != nil {
		return s.cannot(err)
	}
	return nil
}
