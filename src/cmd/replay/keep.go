package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/modinput"
	"riskreplay/src/replay"
)

// keeper knows the runs of one stanza.
type keeper struct {
	dir  string // "" keeps nothing
	log  *modinput.Logger
	done bool // nothing is to be sent
}

// keptRuns is how many finished runs are kept.
const keptRuns = 10

// look finds the run that is to be gone on with, nil for a new one. done is set
// when everything was sent.
func (k *keeper) look(p *replay.Plan, always bool) (*replay.Stored, error) {
	if k.dir == "" {
		k.log.Warnf("splunkd gave no checkpoint_dir: what was sent is not remembered")
		return nil, nil
	}
	if err := k.tidy(); err != nil {
		return nil, err
	}
	left, err := replay.Resumable(k.dir, p)
	if err != nil || left != nil {
		return left, err
	}
	sent, err := replay.Done(k.dir, p)
	switch {
	case err != nil:
		return nil, err
	case sent != nil && !always:
		k.done = true
		k.log.Infof("run %s has sent the dataset, %d events, and it has not changed: nothing is sent again. loop = start would send it at every start", sent.ID, sent.Manifest.Accepted)
	case sent == nil:
		k.sayChanged(p)
	}
	return nil, nil
}

// sayChanged tells why a dataset is sent anew, or a run not gone on with.
func (k *keeper) sayChanged(p *replay.Plan) {
	runs, _ := replay.Runs(k.dir) // what cannot be read was an error before
	if len(runs) == 0 {
		return
	}
	last := runs[0]
	var changed []string
	before := map[string]string{}
	for _, d := range last.Plan.Datasets {
		for _, f := range d.Files {
			before[f.Path] = f.SHA256
		}
	}
	for _, d := range p.Datasets {
		for _, f := range d.Files {
			if sum, ok := before[f.Path]; ok && sum != f.SHA256 {
				changed = append(changed, f.Path)
			}
		}
	}
	switch {
	case len(changed) > 0:
		k.log.Warnf("the dataset has changed since run %s (%s): it is sent from its beginning", last.ID, strings.Join(changed, ", "))
	default:
		k.log.Infof("the stanza asks for something else than run %s sent: it is sent from its beginning", last.ID)
	}
}

// tidy removes runs that were killed before they had begun, and old finished ones.
func (k *keeper) tidy() error {
	entries, err := os.ReadDir(filepath.Join(k.dir, "runs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diag.Message{Text: "cannot read the checkpoints: " + err.Error(), Cause: err}
	}
	for _, e := range entries {
		path := filepath.Join(k.dir, "runs", e.Name())
		if kept, err := filepath.Glob(filepath.Join(path, "*.checkpoint")); err == nil && len(kept) == 0 {
			if err := os.RemoveAll(path); err != nil {
				return diag.Message{Text: "cannot remove a run that never began: " + err.Error(), Cause: err}
			}
		}
	}
	runs, _ := replay.Runs(k.dir)
	finished := 0
	for _, r := range runs {
		if !r.Manifest.Finished {
			continue
		}
		if finished++; finished > keptRuns {
			_ = os.RemoveAll(r.Dir) // it costs a little room at most
		}
	}
	return nil
}

// position is the file of a run's place in the stream.
func (k *keeper) position(id string) string {
	if k.dir == "" {
		return os.DevNull
	}
	return filepath.Join(k.dir, "runs", id, "position")
}

// newID is a run's id that no run has.
func (k *keeper) newID(p *replay.Plan, start time.Time) string {
	id := replay.NewID(p, start)
	for n, free := 2, id; ; n++ {
		if _, err := os.Stat(filepath.Join(k.dir, "runs", free)); k.dir == "" || err != nil {
			return free
		}
		free = id + "-" + strconv.Itoa(n)
	}
}

// folderName is the name of a stanza's folder.
func folderName(title string) string {
	readable := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, title)
	sum := sha256.Sum256([]byte(title))
	return readable[:min(len(readable), 60)] + "-" + hex.EncodeToString(sum[:8])
}
