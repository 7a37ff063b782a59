package replay

import (
	"time"

	"riskreplay/src/event"
	"riskreplay/src/rebase"
)

// manifest is what a state says of its plan.
func (p *Plan) manifest(s *state, ended time.Time) Manifest {
	m := Manifest{
		ID: s.ID, PlanHash: s.PlanHash, Target: s.Target, Started: s.Started, Ended: Instant(event.At(ended)),
		Finished: s.Finished, Error: s.Error, Resumed: s.Resumed, Doubtful: append([]DoubtfulBatch(nil), s.Doubtful...),
		Turns: s.Turn, Unsure: s.Unsure, Moved: s.Moved, Left: s.Left, Disordered: s.Disordered,
		First: s.First, Last: s.Last, Fields: p.Settings.Fields,
	}
	rekey := p.rekey(s.ID)
	if rekey != nil {
		m.Suffix = rekey.Suffix
	}
	sent := newContents(p.Settings.Index, rekey)
	group := 0
	for _, f := range p.files() {
		shift := p.Datasets[f.dataset].Shift.rebase()
		c := FileCount{
			Path: f.Path, SHA256: f.SHA256, Planned: f.Events, First: f.First, Last: f.Last,
			NewFirst: Instant(shift.Time(event.Time(f.First))), NewLast: Instant(shift.Time(event.Time(f.Last))),
		}
		for _, g := range f.Groups {
			sent.add(g, s.Accepted[group], s.Dead[group])
			c.Accepted += s.Accepted[group]
			c.Dead += s.Dead[group]
			group++
		}
		m.Accepted += c.Accepted
		m.Dead += c.Dead
		m.Files = append(m.Files, c)
	}
	m.Events = m.Accepted + m.Dead
	m.Contents = sent.list
	return m
}

// contents sums groups of all files by what they were sent with.
type contents struct {
	index string
	hosts *rebase.Rewriter // nil leaves them
	at    map[Group]int
	list  []ContentCount
}

func newContents(index string, rekey *rebase.Rekey) *contents {
	c := &contents{index: index, at: map[Group]int{}}
	if rekey != nil {
		c.hosts, _ = rebase.New(rebase.Options{Rekey: rekey}) // the suffix is ours, and right
	}
	return c
}

func (c *contents) add(g Group, accepted, dead int64) {
	if accepted == 0 && dead == 0 {
		return
	}
	if g.Events = 0; c.index != "" {
		g.Index = c.index
	}
	if c.hosts != nil && g.Host != Anything {
		e := event.Event{Host: g.Host}
		c.hosts.Event(&e)
		g.Host = e.Host
	}
	i, ok := c.at[g]
	if !ok {
		i = len(c.list)
		c.at[g] = i
		c.list = append(c.list, ContentCount{Index: g.Index, Host: g.Host, Source: g.Source, Sourcetype: g.Sourcetype, EventID: g.EventID})
	}
	c.list[i].Accepted += accepted
	c.list[i].Dead += dead
}
