// Package replay delivers datasets into a sink: the right events, at the right
// time, once, completely, and with proof.
//
//	p, problems := replay.Scan(ctx, datasets, replay.Settings{Time: "window=-70m..-10m"}, now)
//	m, err := replay.Run(ctx, p, open, replay.Options{Dir: state, Clock: clock.Real{}})
//
// and after a kill, a full disk or a target that was away
//
//	run, err := replay.Find(state, "3f9a0c")
//	m, err := replay.Resume(ctx, run, open, replay.Options{Clock: clock.Real{}})
//
// # Plan
//
// First there is a plan: what will be read, from where, with which metadata, how
// many events, and by how much their times move. It is made by reading the
// datasets once; the same arguments and the same moment give the same bytes, and
// its hash names what was sent. A file that is not as the plan found it is refused:
// by its size before it is read, and by its hash before its last block is sent.
//
// # Order and pace
//
// Events go in the order of the files, or merged by time (Settings.Order). To merge,
// up to 65,536 events are held, what memory has no room for in temporary files; an event
// that comes later than that allows goes late, and is counted. With a speed, an event goes out at
//
//	start + (its time - the first time) / speed
//
// A batch goes when its last event is due, and holds 200 ms of the schedule at most.
// Each moment is counted from the start, so that nothing drifts; who is late catches
// up. Rates (EPS, MBPS) are kept from batch to batch, and make up for a second at
// most.
//
// # Delivery
//
// Batches are cut by the events alone: a run that is resumed cuts the same ones. The
// checkpoint is written before a batch is sent and after it is settled, so that it
// knows at any moment what the sink has for good and what it may have. Promised,
// when the process is killed:
//
//   - nothing is lost: what was not settled is sent again;
//   - only batches that were with the sink may be there twice. They are named in the
//     manifest (Doubtful). A sink that can ask its target (HEC with REST) or that
//     keeps a journal (files) leaves none twice.
//
// The checkpoint waits for the disk once a second: when the machine ends, what was
// settled in the last second may be sent again too.
//
// # State
//
// runs/<id>/ in the state folder holds plan.json, the checkpoint, manifest.json and,
// when events were refused, dead.jsonl: HEC envelopes with the reason, the file and
// the offset, which can be replayed as they are (format=hec). The id is the first 12
// digits of the plan's hash and the start: 3f9a0c12b4de-20260115T122000Z. One process
// at a time works on a run.
package replay
