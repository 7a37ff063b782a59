package cli

import (
	"context"
	"errors"
	"os"
	"syscall"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/index"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/server"
)

// inputs is what the collector works with.
type inputs struct {
	tokens  *server.Tokens
	first   *hec.Token // that the first start made
	indexes *server.IndexNames
	props   *ingest.Props
	options hec.HandlerOptions
}

// inputs reads the tokens, and makes one where there is no file of them; the indexes
// and what goes wrong on purpose.
func (o *serveOptions) inputs(e *engine.Engine) (in inputs, err error) {
	if o.fault != "" {
		faults, err := hec.ParseFaults(o.fault)
		if err != nil {
			return in, usageError{err}
		}
		o.say(diag.List{{Severity: diag.Warning, Text: "the collector goes wrong on purpose: --fault " + faults.String(), Hint: "events are refused and doubled: this is for tests of clients"}})
		in.options.Fault = faults.Draw
	}
	if _, err := os.Lstat(o.tokenFile()); err != nil {
		t, err := server.AddToken(o.tokenFile(), hec.Token{Name: "default"})
		if err != nil {
			return in, environmentError{err}
		}
		in.first = &t
	}
	if in.tokens, err = server.WatchTokens(o.tokenFile(), o.say); err != nil {
		return in, environmentError{err}
	}
	apps := o.layers.Apps()
	list, problems := conf.Load("indexes.conf", apps, "")
	o.say(problems)
	in.indexes = server.WatchIndexes(o.file("indexes.conf"), in.tokens, func() []string { return o.withEvents(e) }, server.IndexStanzas(list.Stanzas())...)
	in.props, err = o.props(apps)
	in.options.Break = in.props.Break
	in.options.Stamp = func(e event.Event) (event.Time, bool) { return in.props.Stamp(e, event.At(o.clock.Now())) }
	in.options.Warn = server.WarnsAt80(o.tokenFile())
	in.options.Clock, in.options.HasIndex = o.clock, in.indexes.Has
	return in, err
}

// props are the apps' rules for raw data.
func (o *serveOptions) props(apps []conf.App) (*ingest.Props, error) {
	zone, err := o.zone()
	if err != nil {
		return nil, err
	}
	props, problems := conf.Load("props.conf", apps, "")
	o.say(problems)
	return ingest.NewProps(props, zone, func(m diag.Message) { o.say(diag.List{m}) }), nil
}

// withEvents are the indexes that have events.
func (o *serveOptions) withEvents(e *engine.Engine) []string {
	const search = "| tstats count where index=* OR index=_* by index"
	ctx := context.Background()
	result, err := e.Run(ctx, job.Request{Search: search, Name: "indexes", Now: o.clock.Now()})
	if err != nil {
		return nil // nothing could be read: there is none
	}
	rows, err := results.ReadAll(ctx, result.Rows)
	if err != nil {
		return nil
	}
	var names []string
	for i := range rows.Len {
		names = append(names, rows.Column("index").Text(i))
	}
	return names
}

// store is an index as a collector writes to it.
type store struct {
	index *index.Index
	// arrive is what the apps do to events before they are indexed; nil is nothing.
	arrive func([]event.Event) []event.Event
}

func (s store) Append(ctx context.Context, events []event.Event) (hec.Ticket, error) {
	if s.arrive != nil {
		events = s.arrive(events)
	}
	ticket, err := s.index.Append(ctx, events)
	if err != nil {
		return nil, busy(err)
	}
	return kept{ticket}, nil
}

// kept is a ticket of an index.
type kept struct{ index.Ticket }

func (k kept) Wait(ctx context.Context) error { return busy(k.Ticket.Wait(ctx)) }

// busy has a full disk be a reason to come back later: room may be made.
func busy(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, errQuota) {
		return errors.Join(hec.ErrBusy, err)
	}
	return err
}
