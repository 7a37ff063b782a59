package check

import "context"

// Why is where a search lost its events.
type Why struct{ Text string }

func (t *trial) why(context.Context) *Why { return nil }
