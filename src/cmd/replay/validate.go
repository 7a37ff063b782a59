package main

import (
	"context"
	"errors"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/modinput"
	"riskreplay/src/replay"
)

// validator makes a plan and sends nothing: what would go wrong is said to who
// saves the stanza.
func validator(c clock.Clock) func(context.Context, *modinput.Config) error {
	return func(ctx context.Context, config *modinput.Config) error {
		r, err := read(&config.Stanzas[0], ownApp(), config.ServerHost)
		if err != nil {
			return err
		}
		if err := r.warnings.Errors().Err(); err != nil {
			return err
		}
		p, problems := replay.Scan(ctx, r.datasets, r.settings, event.At(c.Now()))
		if err := problems.Errors().Err(); err != nil {
			return err
		}
		if p == nil || p.Events == 0 {
			return errors.New("cannot replay the dataset: there is no event in it")
		}
		return nil
	}
}
