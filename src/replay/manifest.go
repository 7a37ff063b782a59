package replay

// Manifest is the record of a run: what was read, what was sent, and what the sink
// said to it. Counts are those of events that the sink settled.
type Manifest struct {
	ID       string `json:"id"`
	PlanHash string `json:"plan_sha256"`
	Target   string `json:"target,omitempty"`
	// Started is the run's first start, Ended the end of what was done last.
	Started Instant `json:"started"`
	Ended   Instant `json:"ended"`
	// Finished: all of the plan was sent and settled. Error says why not.
	Finished bool   `json:"finished"`
	Error    string `json:"error,omitempty"`
	// Resumed counts the resumptions; Doubtful are the batches that were with the
	// sink when the run before one ended, and were sent again: their events may be
	// there twice.
	Resumed  int             `json:"resumed,omitempty"`
	Doubtful []DoubtfulBatch `json:"doubtful,omitempty"`

	Turns    int   `json:"turns"`
	Events   int64 `json:"events"`
	Accepted int64 `json:"accepted"`
	Dead     int64 `json:"dead"`
	Unsure   int64 `json:"unsure"`
	// Moved and Left are times inside of events that were moved, and texts that look
	// like a date and were not. Disordered are events that the order by time came
	// too late for.
	Moved      int64 `json:"times_moved"`
	Left       int64 `json:"times_left"`
	Disordered int64 `json:"disordered,omitempty"`
	// First and Last are the earliest and latest time as sent, over all turns; Fields
	// tells that events carry replay_run and replay_seq.
	First    Instant        `json:"first"`
	Last     Instant        `json:"last"`
	Fields   bool           `json:"fields,omitempty"`
	Suffix   string         `json:"host_suffix,omitempty"`
	Files    []FileCount    `json:"files"`
	Contents []ContentCount `json:"contents"`
}

// DoubtfulBatch names the events of a batch by their numbers in the run.
type DoubtfulBatch struct {
	Batch uint64 `json:"batch"`
	From  int64  `json:"from_seq"`
	To    int64  `json:"to_seq"`
}

// FileCount is what became of a file's events.
type FileCount struct {
	Path     string  `json:"path"`
	SHA256   string  `json:"sha256"`
	Planned  int64   `json:"planned"`
	Accepted int64   `json:"accepted"`
	Dead     int64   `json:"dead"`
	First    Instant `json:"first"`
	Last     Instant `json:"last"`
	NewFirst Instant `json:"new_first"`
	NewLast  Instant `json:"new_last"`
}

// ContentCount is what became of the events of one kind, with the metadata that
// they were sent with.
type ContentCount struct {
	Index      string `json:"index,omitempty"`
	Host       string `json:"host"`
	Source     string `json:"source"`
	Sourcetype string `json:"sourcetype"`
	EventID    string `json:"event_id,omitempty"`
	Accepted   int64  `json:"accepted"`
	Dead       int64  `json:"dead,omitempty"`
}
