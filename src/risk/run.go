package risk

import (
	"strings"
	"sync"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/scp"
)

// setup reads the arguments of one use and says how it runs. Files are read for
// rule= alone.
func setup(h Host) func(*scp.Info, *scp.Args) (scp.Plan, diag.List) {
	return func(info *scp.Info, args *scp.Args) (scp.Plan, diag.List) {
		var apps []conf.App
		find := func(name string) (SavedRule, []string, error) {
			apps = h.Apps(info)
			saved, _ := conf.Load("savedsearches.conf", apps, info.App)
			return FindSavedRule(saved, name)
		}
		spec, problems := ReadSpec(args, find)
		if problems.HasErrors() {
			return scp.Plan{}, problems
		}
		s := NewScorer(spec)
		c := &command{scorer: s}
		if spec.Output == OutputRisk {
			c.events = NewWriter(action(spec, info, h.Now(), apps))
		}
		plan := scp.Plan{Fields: []string{"*"}} // a row that may become several needs all its fields
		if spec.Output == OutputAnnotate {
			plan.Fields = s.Fields()
		}
		if spec.Stateful() {
			plan.Stateful = &stateful{command: c, emitter: emitter{scoring: s.New(), events: c.events}}
		} else {
			plan.Streaming = &streaming{command: c}
		}
		return plan, problems
	}
}

// action is the search as its risk events name it.
func action(spec *Spec, info *scp.Info, now time.Time, apps []conf.App) Action {
	a := Action{
		SearchName: spec.SearchName, Description: spec.Description, SID: info.SID, At: Moment(info.SID, now),
		Annotations: spec.Annotations,
	}
	a.Earliest, _ = event.ParseTime(info.Earliest)
	a.Latest, _ = event.ParseTime(info.Latest)
	if len(spec.Annotations.Values("mitre_attack")) > 0 {
		a.Known = techniques(apps)
	}
	return a
}

// Moment is when a search ran, by its id: the time of the schedule for a
// scheduled one (scheduler__nobody_app__RMD5x_at_1768478400_1), the time of
// dispatch for others (1599172248.26, remote_host_1599172248.26). now stands for
// ids that do not tell.
func Moment(sid string, now time.Time) event.Time {
	if _, at, ok := strings.Cut(sid, "_at_"); ok && strings.Contains(sid, "scheduler_") {
		at, _, _ = strings.Cut(at, "_")
		if t, ok := event.ParseTime(at); ok {
			return t
		}
	}
	last := sid[strings.LastIndexByte(sid, '_')+1:]
	seconds, _, ok := strings.Cut(last, ".")
	if t, number := event.ParseTime(seconds); ok && number {
		return t
	}
	return event.At(now)
}

// command is what both kinds have in common.
type command struct {
	scorer *Scorer
	events *Writer // nil unless output=risk

	mu     sync.Mutex
	counts Counts
}

// Summarise tells what was passed over.
func (c *command) Summarise(m *scp.Messages) {
	for _, text := range c.counts.Warnings() {
		m.Add(scp.LevelWarn, text)
	}
}

// streaming treats each row by itself, on several goroutines at once.
type streaming struct {
	*command
	idle sync.Pool
}

// Process scores the rows of a part.
func (s *streaming) Process(in *scp.Rows, out *scp.Writer) error {
	e, _ := s.idle.Get().(*emitter)
	if e == nil {
		e = &emitter{scoring: s.scorer.New(), events: s.events, number: -1}
	}
	err := e.run(in, out)
	s.mu.Lock()
	s.counts.Move(&e.scoring.counts)
	s.mu.Unlock()
	s.idle.Put(e)
	return err
}

// stateful sees all rows in their order.
type stateful struct {
	*command
	emitter
}

// Process scores the next rows.
func (s *stateful) Process(in *scp.Rows, out *scp.Writer) error {
	err := s.run(in, out)
	s.counts.Move(&s.scoring.counts)
	return err
}

// Finish has no rows to add.
func (s *stateful) Finish(*scp.Writer) error { return nil }
