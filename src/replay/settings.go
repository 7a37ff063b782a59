package replay

import (
	"time"
)

// Settings say how datasets are replayed. They are the texts that people write;
// Check says what is wrong with them. The zero Settings keep all times and send as
// fast as the sink takes.
type Settings struct {
	// Time says where times go: keep, now, at=TIME, window=-70m..-10m, days or
	// scale=F; "" is keep. See ParseMode.
	Time string `json:"time,omitempty"`
	// Anchor is the event that now, at and scale go by: last or first; "" is last.
	Anchor string `json:"anchor,omitempty"`
	// Compress scales a dataset that is longer than the window, so that it fits.
	Compress bool `json:"compress,omitempty"`
	// Zone is the zone of a TIME without one and of relative times that snap to
	// days, as "Europe/Berlin"; "" is UTC.
	Zone string `json:"zone,omitempty"`
	// Together moves all datasets by one amount, where else each has its own.
	Together bool `json:"together,omitempty"`

	// Order is file (one file behind the other, as they stand), or time (all files
	// merged); "" is time for a paced replay, else file.
	Order string `json:"order,omitempty"`
	// Rekey gives processes, logons and hosts a new identity in each run.
	Rekey bool `json:"rekey,omitempty"`
	// Index is where events go whatever their files say; "" leaves each with the one
	// that was given for it, or none.
	Index string `json:"index,omitempty"`
	// Fields adds the indexed fields replay_run (the run's id) and replay_seq (the
	// event's number in the run, from 1) to each event.
	Fields bool `json:"fields,omitempty"`

	// Speed is max, or how many times as fast as recorded: 1, 10x, 0.5; "" is max.
	Speed string `json:"speed,omitempty"`
	// EPS and MBPS bound events and megabytes (1e6 bytes of raw events) a second; 0
	// is no bound.
	EPS  float64 `json:"eps,omitempty"`
	MBPS float64 `json:"mbps,omitempty"`
	// MaxGap is the longest pause between two events; 0 is no bound.
	MaxGap time.Duration `json:"max_gap,omitempty"`
	// Duration is how long the replay takes; it gives the speed. 0 leaves it.
	Duration time.Duration `json:"duration,omitempty"`
	// Loop is how often all is sent: a number, or forever; "" is once. Each turn has
	// its own place in time, as the time at its start gives it.
	Loop string `json:"loop,omitempty"`

	// BatchEvents and BatchBytes bound a batch; 0 is 5,000 events and 1 MiB of raw
	// events. An event that is larger is a batch of its own.
	BatchEvents int `json:"batch_events,omitempty"`
	BatchBytes  int `json:"batch_bytes,omitempty"`
}

// Check says what is wrong with the settings, and how to write it.
func (s Settings) Check() error {
	_, err := s.parse()
	return err
}
