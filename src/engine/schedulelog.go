package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
)

// The scheduler's log is events as Splunk's scheduler.log has them: index=_internal
// sourcetype=scheduler.
const (
	internal  = "_internal"
	logForm   = "01-02-2006 15:04:05.000 -0700"
	schedules = "scheduler"
)

// logged is the event that tells of a run.
func (s *Scheduler) logged(key schedule.Key, saved *detection.SavedSearch, r schedule.Record) event.Event {
	level, digest := "INFO ", 1
	if r.Status == schedule.Failed {
		level = "ERROR"
	}
	if saved != nil && !saved.Digest {
		digest = 0
	}
	var b strings.Builder
	pair := func(name, value string) { fmt.Fprintf(&b, `, %s="%s"`, name, strings.ReplaceAll(value, `"`, `\"`)) }
	fmt.Fprintf(&b, ` SavedSplunker - savedsearch_id="nobody;%s;%s", search_type="scheduled", user="nobody"`, key.App, strings.ReplaceAll(key.Name, `"`, `\"`))
	pair("app", key.App)
	pair("savedsearch_name", key.Name)
	fmt.Fprintf(&b, ", priority=default, status=%s, digest_mode=%d, scheduled_time=%d", r.Status, digest, r.At.Unix())
	if r.Missed > 1 {
		fmt.Fprintf(&b, ", missed=%d", r.Missed)
	}
	if !r.Started.IsZero() {
		fmt.Fprintf(&b, ", dispatch_time=%d, run_time=%.3f, result_count=%d", r.Started.Unix(), r.Took.Seconds(), r.Results)
		pair("alert_actions", strings.Join(r.Actions, ","))
		pair("sid", r.SID)
		fmt.Fprintf(&b, ", suppressed=%d", r.Suppressed)
	}
	if r.Reason != "" {
		pair("reason", strings.ReplaceAll(oneLine(r.Reason), `"`, "'"))
	}
	return s.internal(schedules, level+b.String())
}

func oneLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// internal is a line of a log as an event of now.
func (s *Scheduler) internal(sourcetype, text string) event.Event {
	now := s.clock.Now()
	return event.Event{
		Raw:  []byte(now.In(s.engine.options.Zone).Format(logForm) + " " + text),
		Time: event.At(now.Truncate(time.Millisecond)), Host: "riskreplay", Source: sourcetype + ".log", Sourcetype: sourcetype, Index: internal,
	}
}

// log adds an event without waiting until it lasts.
func (s *Scheduler) log(ctx context.Context, e event.Event) {
	if _, err := s.engine.index.Append(ctx, []event.Event{e}); err != nil && ctx.Err() == nil {
		s.warnErr(err)
	}
}

// logIdle tells of a run that does not start.
func (s *Scheduler) logIdle(said schedule.Said) {
	s.mu.Lock()
	saved := s.saved[said.Key]
	s.mu.Unlock()
	s.log(context.Background(), s.logged(said.Key, saved, said.Record))
}

// logAction keeps what an alert action's program writes.
func (s *Scheduler) logAction(action, stream, line string) {
	s.log(context.Background(), s.internal("splunkd", fmt.Sprintf("WARN  sendmodalert - action=%s %s - %s", action, stream, line)))
}

// logProblem keeps what went wrong with actions.
func (s *Scheduler) logProblem(ctx context.Context, saved *detection.SavedSearch, list diag.List) {
	for _, m := range list.Errors() {
		s.log(ctx, s.internal("splunkd", fmt.Sprintf("ERROR sendmodalert - savedsearch_name=\"%s\" %s", strings.ReplaceAll(saved.Name, `"`, `\"`), oneLine(m.Text))))
	}
}

// recover finds out about runs that were begun and of which nobody knows whether
// they were done: the log tells, which is written with what a run writes, as its
// last event.
func (s *Scheduler) recover(ctx context.Context) error {
	for _, intent := range s.store.Open() {
		sid := strings.ReplaceAll(intent.SID, `"`, `\"`)
		done, err := s.raws(ctx, `index=_internal sourcetype=scheduler sid="`+sid+`" | fields _raw`)
		if err != nil {
			return err
		}
		if len(done) > 0 {
			r := schedule.Record{
				At: intent.At, SID: intent.SID, Status: schedule.Success, Triggered: true, Results: intent.Results, Count: intent.Count,
				Reason: "a stop interrupted it: what it wrote is there; whether its webhooks and programs were called is not known",
			}
			if err := s.store.Done(schedule.Said{Key: intent.Key, Record: r}, intent.Fired); err != nil {
				return err
			}
			continue
		}
		half, err := s.raws(ctx, `(index=risk OR index=notable OR index=summary) orig_sid="`+sid+`" | fields _raw`)
		if err != nil {
			return err
		}
		if len(half) > 0 {
			s.half[intent.SID] = half
		}
		s.store.Withdraw(intent)
	}
	return nil
}

// raws are the texts of the events that a search finds.
func (s *Scheduler) raws(ctx context.Context, text string) (map[string]bool, error) {
	result, err := s.engine.Run(ctx, job.Request{Search: text, Name: "scheduler", Now: s.clock.Now()})
	if err != nil {
		return nil, err
	}
	rows, err := results.ReadAll(ctx, result.Rows)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i := range rows.Len {
		out[rows.Column("_raw").Text(i)] = true
	}
	return out, nil
}

// missing are the events of a run that are not there yet: all, unless a stop has cut
// the run in two.
func (s *Scheduler) missing(sid string, events []event.Event) []event.Event {
	s.mu.Lock()
	half := s.half[sid]
	delete(s.half, sid)
	s.mu.Unlock()
	if half == nil {
		return events
	}
	var out []event.Event
	for _, e := range events {
		if !half[string(e.Raw)] {
			out = append(out, e)
		}
	}
	return out
}
