package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/modinput"
	"riskreplay/src/replay"
)

// run sends what a stanza asks for: what is left of a run that was ended, all
// that was never sent, or nothing.
func run(ctx context.Context, s *modinput.Session) error {
	st := &s.Config.Stanzas[0]
	r, err := read(st, ownApp(), s.Config.ServerHost)
	if err != nil {
		return err
	}
	say(s.Log, r.warnings)
	p, problems := replay.Scan(ctx, r.datasets, r.settings, event.At(s.Clock.Now()))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	say(s.Log, problems)
	if p == nil || p.Events == 0 {
		return errors.New("cannot replay the dataset: there is no event in it")
	}
	k := &keeper{dir: stateFolder(s.Config.CheckpointDir, st.Title()), log: s.Log}
	resumed, err := k.look(p, r.always)
	switch {
	case err != nil:
		return err
	case k.done:
		return nil
	}
	return send(ctx, s, k, p, resumed)
}

// drain is how long the last events have when the input is told to end: less than
// what is left of the time that splunkd gives it.
const drain = 700 * time.Millisecond

// send carries a plan out, or what is left of a run.
func send(ctx context.Context, s *modinput.Session, k *keeper, p *replay.Plan, resumed *replay.Stored) error {
	o := replay.Options{
		Dir: k.dir, Clock: s.Clock, Target: "stdout", Drain: drain,
		ProgressEvery: time.Minute,
		Progress: func(p replay.Progress) {
			if !p.Done {
				s.Log.Infof("run %s: %d events sent, %d settled", p.ID, p.Events, p.Accepted)
			}
		},
	}
	var m replay.Manifest
	var err error
	var sent *sink
	opened := func(path string) replay.Open {
		return func(settled func(replay.Receipt)) (replay.Sink, error) {
			made, err := open(s, path)(settled)
			sent, _ = made.(*sink)
			return made, err
		}
	}
	if resumed != nil {
		s.Log.Infof("run %s: resumed, %d of %d events were taken before", resumed.ID, resumed.Manifest.Accepted, p.Events)
		m, err = replay.Resume(ctx, resumed, opened(k.position(resumed.ID)), o)
	} else {
		o.ID = k.newID(p, s.Clock.Now())
		s.Log.Infof("run %s: %s", o.ID, describe(p))
		m, err = replay.Run(ctx, p, opened(k.position(o.ID)), o)
	}
	if sent != nil && sent.fields > 0 {
		s.Log.Warnf("run %s: %d events had indexed fields, which a modular input cannot send", m.ID, sent.fields)
	}
	if err == nil {
		s.Log.Infof("run %s: all was sent, %d events", m.ID, m.Accepted)
		return nil
	}
	if ctx.Err() != nil {
		s.Log.Infof("run %s: ended before all was sent, and goes on at the next start", m.ID)
		return ctx.Err()
	}
	return fmt.Errorf("run %s: %w", m.ID, err)
}

// say logs messages by their severity.
func say(log *modinput.Logger, list diag.List) {
	for _, m := range list {
		switch m.Severity {
		case diag.Error:
			log.Errorf("%s", m.Error())
		case diag.Warning:
			log.Warnf("%s", m.Error())
		default:
			log.Infof("%s", m.Error())
		}
	}
}

// stateFolder is where a stanza's runs lie: readable, and different for every
// name. Without a folder for checkpoints nothing is kept.
func stateFolder(checkpoints, title string) string {
	if checkpoints == "" {
		return ""
	}
	return filepath.Join(checkpoints, folderName(title))
}
