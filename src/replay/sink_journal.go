package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"strconv"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// journal is how far the files of a sink are good: a line for each time they were
// put on the disk, behind a line that says whose they are. A line is the checksum of
// what follows, a blank, and JSON. What does not fit its checksum was never
// finished.
type journal struct{ file *os.File }

// journalLine is one line. The first has To and Form, the others the last batch that
// is on the disk, the files that are new, and the sizes of those that grew, by the
// number of the file.
type journalLine struct {
	To    string        `json:"to,omitempty"`
	Form  string        `json:"form,omitempty"`
	Seq   uint64        `json:"seq,omitempty"`
	Last  int64         `json:"last,omitempty"`
	New   []journalFile `json:"new,omitempty"`
	Sizes [][2]int64    `json:"sizes,omitempty"`
}

type journalFile struct {
	Name       string `json:"name"`
	Host       string `json:"host,omitempty"`
	Source     string `json:"source,omitempty"`
	Sourcetype string `json:"sourcetype,omitempty"`
	Index      string `json:"index,omitempty"`
}

// before is what a journal says of the run so far.
type before struct {
	seq     uint64
	last    event.Time
	outputs []*output
	length  int64 // of the lines that are whole
}

// maxJournal is far above what a run of millions of batches writes.
const maxJournal = 4 << 30

// readJournal gives nil when there is none yet.
func readJournal(path, to string, form Form) (*before, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > maxJournal {
		err = errors.New("it is too large")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, badJournal(path, err.Error(), err)
	}
	b := &before{}
	first := true
	for line := range bytes.Lines(text) {
		l, ok := parseJournal(line)
		if !ok {
			break
		}
		if first && (l.To != to || l.Form != form.String()) {
			return nil, badJournal(path, fmt.Sprintf("it is of %q in format %s", l.To, l.Form), nil)
		}
		if !first && !b.take(l) {
			return nil, badJournal(path, "its lines do not fit each other", nil)
		}
		first = false
		b.length += int64(len(line))
	}
	if first {
		return nil, nil // the run ended before it had written anything
	}
	return b, nil
}

func badJournal(path, why string, cause error) error {
	return diag.Message{Text: "cannot use the journal " + strconv.Quote(path) + ": " + why, Hint: "resume with the sink that the run began with, or begin a new run", Cause: cause}
}

func parseJournal(line []byte) (l journalLine, ok bool) {
	sum, text, found := bytes.Cut(line, []byte(" "))
	if !found || !bytes.HasSuffix(text, []byte("\n")) {
		return l, false
	}
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if err != nil || uint32(want) != crc32.ChecksumIEEE(text) {
		return l, false
	}
	return l, json.Unmarshal(text, &l) == nil
}

// take adds a line; false when it cannot follow those before.
func (b *before) take(l journalLine) bool {
	for _, f := range l.New {
		b.outputs = append(b.outputs, &output{name: f.Name, from: origin{f.Host, f.Source, f.Sourcetype, f.Index}})
	}
	for _, s := range l.Sizes {
		if s[0] < 0 || s[0] >= int64(len(b.outputs)) || s[1] < b.outputs[s[0]].size {
			return false
		}
		o := b.outputs[s[0]]
		o.size, o.reached = s[1], s[1]
	}
	ok := l.Seq > b.seq
	b.seq, b.last = l.Seq, event.Time(l.Last)
	return ok
}

// openJournal begins a journal, or goes on with one behind its last whole line.
func openJournal(path string, b *before, to string, form Form) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	j := &journal{file}
	if b == nil {
		b = &before{}
	}
	if err := file.Truncate(b.length); err != nil {
		return nil, errors.Join(cannotWrite(path, err), file.Close())
	}
	if _, err := file.Seek(b.length, 0); err != nil {
		return nil, errors.Join(cannotWrite(path, err), file.Close())
	}
	if b.length == 0 {
		if err := j.append(journalLine{To: to, Form: form.String()}); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return j, nil
}

// commit writes down what is on the disk. Without a journal there is nothing to do.
func (j *journal) commit(seq uint64, last event.Time, changed []change) error {
	if j == nil {
		return nil
	}
	l := journalLine{Seq: seq, Last: int64(last)}
	for _, c := range changed {
		if c.new {
			l.New = append(l.New, journalFile{c.name, c.from.host, c.from.source, c.from.sourcetype, c.from.index})
		}
		l.Sizes = append(l.Sizes, [2]int64{int64(c.number), c.upTo})
	}
	return j.append(l)
}

func (j *journal) append(l journalLine) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	line := append(fmt.Appendf(nil, "%08x ", crc32.ChecksumIEEE(text)), text...)
	if _, err = j.file.Write(line); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return cannotWrite(j.file.Name(), err)
	}
	return nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}
