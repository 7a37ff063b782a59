package scp

import (
	"fmt"
	"runtime/debug"
)

// guard runs a command's code; a panic becomes an error with an id, under which
// the log has the stack.
func (s *session) guard(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			id := s.log.panicked(p, debug.Stack())
			err = fmt.Errorf("internal error %s in the command: %s", id, s.log.where())
		}
	}()
	return run()
}
