package scp

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// maxJournal is the size at which a log file is renamed to .1 and begun anew.
const maxJournal = 10 << 20

// journal is the log of a command: a file in $SPLUNK_HOME/var/log/splunk, which
// Splunk indexes into _internal. Where there is no such folder it is stderr,
// which gets nothing but the stacks of panics: splunkd shows each line of it as
// an error.
type journal struct {
	mu     sync.Mutex
	path   string // "" is stderr
	stderr io.Writer
	now    func() time.Time
	events int
}

func newJournal(command string, getenv func(string) string, stderr io.Writer, now func() time.Time) *journal {
	j := &journal{stderr: stderr, now: now}
	if home := getenv("SPLUNK_HOME"); home != "" {
		dir := filepath.Join(home, "var", "log", "splunk")
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			j.path = filepath.Join(dir, command+".log")
		}
	}
	return j
}

// panicked writes the stack down and gives its id.
func (j *journal) panicked(value any, stack []byte) (id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events++
	var at time.Time
	if j.now != nil {
		at = j.now()
	}
	id = strconv.FormatUint(uint64(at.UnixNano())^uint64(os.Getpid())<<40+uint64(j.events), 36)
	text := fmt.Sprintf("%s ERROR pid=%d id=%s panic: %v\n%s\n", at.Format("2006-01-02 15:04:05.000 -0700"), os.Getpid(), id, value, stack)
	if j.path == "" || j.append(text) != nil {
		_, _ = io.WriteString(j.stderr, text) // nowhere is left to report to
	}
	return id
}

// where tells where to look for an id.
func (j *journal) where() string {
	if j.path == "" {
		return "its stack is in the search log."
	}
	return "its stack is in " + filepath.Base(j.path) + " (index=_internal)."
}

func (j *journal) append(text string) error {
	if st, err := os.Stat(j.path); err == nil && st.Size() > maxJournal {
		_ = os.Rename(j.path, j.path+".1") // a log that cannot be renamed grows
	}
	f, err := os.OpenFile(j.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if bad := f.Close(); err == nil {
		err = bad
	}
	return err
}
