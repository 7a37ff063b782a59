package search

import "errors"

// ErrNotSupported is the cause of a message about a command, option or argument
// that is right in Splunk but not run by this engine yet. A search with no other
// errors is a right search.
var ErrNotSupported = errors.New("not supported yet")
