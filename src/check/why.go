package check

import "context"

// Why tells where a search lost its events.
type Why struct{ Text string }

// String is the explanation, in lines.
func (w *Why) String() string { return w.Text }

func (t *trial) why(context.Context) *Why { return nil }
