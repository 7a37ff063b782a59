package replay

import (
	"cmp"
	"context"
	"time"
)

// lingering is a context that ends some time after another (0 is a second): what
// was begun before may end well, and need not be sent again.
func lingering(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		late, end := context.WithTimeout(out, cmp.Or(more, time.Second))
		defer end()
		<-late.Done()
		cancel()
	})
	return out, func() {
		stop()
		cancel()
	}
}
