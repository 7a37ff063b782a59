package replay

import (
	"encoding/json"
	"slices"

	"riskreplay/src/diag"
	"riskreplay/src/modinput"
)

// state is how far a run is: what its checkpoint holds. A batch counts when the
// sink settled it; those below the first that did not are told by their number,
// those above one by one.
type state struct {
	ID       string  `json:"id"`
	PlanHash string  `json:"plan_sha256"`
	Target   string  `json:"target,omitempty"`
	Started  Instant `json:"started"`
	Saved    Instant `json:"saved"`
	Finished bool    `json:"finished,omitempty"`
	Error    string  `json:"error,omitempty"`

	// Turn counts from 1; TurnNow is the moment its times were placed by.
	Turn    int     `json:"turn"`
	TurnNow Instant `json:"turn_now"`
	Settled uint64  `json:"settled"` // all batches up to this one
	// Position counts the turn's events up to there.
	Position int64     `json:"position"`
	Above    []settled `json:"above,omitempty"`
	// Sent is the last batch that a sink may have.
	Sent uint64 `json:"sent"`

	Resumed  int             `json:"resumed,omitempty"`
	Doubtful []DoubtfulBatch `json:"doubtful,omitempty"`

	Unsure     int64 `json:"unsure"`
	Moved      int64 `json:"moved"`
	Left       int64 `json:"left"`
	Disordered int64 `json:"disordered,omitempty"`
	// First and Last are times as sent.
	First Instant `json:"first"`
	Last  Instant `json:"last"`
	// DeadBytes is how long the dead-letter file is.
	DeadBytes int64 `json:"dead_bytes"`
	// Accepted and Dead count events by group, in the plan's order.
	Accepted []int64 `json:"accepted"`
	Dead     []int64 `json:"dead"`
}

// clone is a state that may be changed.
func (s *state) clone() *state {
	c := *s
	c.Above, c.Doubtful = slices.Clone(s.Above), slices.Clone(s.Doubtful)
	c.Accepted, c.Dead = slices.Clone(s.Accepted), slices.Clone(s.Dead)
	return &c
}

// settled is a batch above the first that is not settled.
type settled struct {
	Seq uint64 `json:"seq"`
	// Upto counts the turn's events up to its end.
	UpTo int64 `json:"up_to"`
}

// stateKey names the checkpoint in its folder.
const stateKey = "run"

func parseState(data []byte, p *Plan) (*state, error) {
	s := &state{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, diag.Message{Text: "cannot read the checkpoint: " + err.Error(), Cause: err}
	}
	if why := s.wrong(p); why != "" {
		return nil, diag.Message{Text: "cannot use the checkpoint: " + why, Cause: modinput.ErrCorrupt}
	}
	return s, nil
}

// wrong says what does not fit together, or with the plan.
func (s *state) wrong(p *Plan) string {
	groups := p.groups()
	ordered := slices.IsSortedFunc(s.Above, func(a, b settled) int {
		if a.Seq < b.Seq && a.UpTo <= b.UpTo {
			return -1
		}
		return 1
	})
	switch {
	case s.PlanHash != p.Hash():
		return "it belongs to another plan"
	case len(s.Accepted) != groups || len(s.Dead) != groups:
		return "it counts other groups of events than the plan"
	case s.Turn < 1 || s.Position < 0 || s.Position > p.Events || s.DeadBytes < 0:
		return "its position is none of the plan"
	case !ordered || len(s.Above) > 0 && (s.Above[0].Seq <= s.Settled || s.Above[0].UpTo <= s.Position):
		return "its batches are not in order"
	case slices.ContainsFunc(s.Accepted, negative) || slices.ContainsFunc(s.Dead, negative):
		return "a count is negative"
	}
	return ""
}

func negative(n int64) bool { return n < 0 }

func (p *Plan) groups() (n int) {
	for _, d := range p.Datasets {
		for _, f := range d.Files {
			n += len(f.Groups)
		}
	}
	return n
}

// isSettled tells whether a batch above the prefix is.
func (s *state) isSettled(seq uint64) bool {
	_, found := slices.BinarySearchFunc(s.Above, seq, func(a settled, seq uint64) int {
		switch {
		case a.Seq < seq:
			return -1
		case a.Seq > seq:
			return 1
		}
		return 0
	})
	return found || seq <= s.Settled
}

// settle takes a batch in.
func (s *state) settle(b settled) {
	i := len(s.Above)
	for i > 0 && s.Above[i-1].Seq > b.Seq {
		i--
	}
	s.Above = slices.Insert(s.Above, i, b)
	n := 0
	for n < len(s.Above) && s.Above[n].Seq == s.Settled+1 {
		s.Settled, s.Position = s.Above[n].Seq, s.Above[n].UpTo
		n++
	}
	s.Above = slices.Delete(s.Above, 0, n)
}
