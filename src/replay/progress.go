package replay

import "time"

// Progress is how far a run is.
type Progress struct {
	ID string
	// Turn counts the loops from 1.
	Turn int
	// Events and Bytes were handed to the sink in this turn; TotalEvents and
	// TotalBytes are those of a turn.
	Events, TotalEvents int64
	Bytes, TotalBytes   int64
	// EventsPerSecond and BytesPerSecond are those since the last report.
	EventsPerSecond, BytesPerSecond float64
	// Lag is how far the run is behind its schedule, 0 when it has none.
	Lag time.Duration
	// Unsettled are batches that the sink has and did not settle, UnsettledBytes
	// their events' texts.
	Unsettled      int
	UnsettledBytes int64
	Accepted, Dead int64
	// Unsure are accepted events that may be there twice.
	Unsure int64
	// Elapsed is the time since the run (or its resumption) began; ETA the time that
	// is left at this rate or by the schedule, 0 when it is not known.
	Elapsed, ETA time.Duration
	Datasets     []DatasetProgress
	// Done tells the last report.
	Done bool
}

// DatasetProgress is how far a dataset is in this turn.
type DatasetProgress struct {
	Name          string
	Events, Total int64
	Bytes, Size   int64
}
