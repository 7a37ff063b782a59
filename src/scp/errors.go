package scp

import "errors"

// ErrDone is returned by a command that needs, or has, no more rows. It ends the
// command, not the search: what was written before is returned.
var ErrDone = errors.New("no more rows are needed")
