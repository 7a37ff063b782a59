package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"runtime"
	"strconv"
	"sync"
	"unicode/utf8"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// blockSize is how much of a file is read and held at once.
const blockSize = 1 << 20

// Scan reads datasets once and makes the plan for a moment. What is wrong in one
// file is in the list, as is what is worth a warning; the plan holds the good
// files, and is nil when there are none or the settings are wrong.
func Scan(ctx context.Context, datasets []ingest.Dataset, s Settings, now event.Time) (*Plan, diag.List) {
	set, err := s.parse()
	if err != nil {
		return nil, diag.List{asMessage(err)}
	}
	found, problems := scanFiles(ctx, datasets, now)
	if err := ctx.Err(); err != nil {
		return nil, append(problems, diag.Message{Text: "the scan was stopped: " + err.Error(), Cause: err})
	}
	p := &Plan{Version: 1, Settings: s, Now: Instant(now)}
	for i, d := range datasets {
		out := Dataset{Name: d.Name, Path: d.Path, ID: d.ID}
		for _, f := range found[i] {
			if f != nil {
				out.add(*f)
			}
		}
		if len(out.Files) > 0 {
			p.Datasets = append(p.Datasets, out)
			p.Events += out.Events
			p.Bytes += out.Bytes
		}
	}
	if p.Events == 0 {
		return nil, append(problems, diag.Message{Text: "cannot make a plan: no event was found"})
	}
	more, err := p.place(set, now)
	if err != nil {
		return nil, append(problems, asMessage(err))
	}
	return p, append(problems, more...)
}

func asMessage(err error) diag.Message {
	if m, ok := err.(diag.Message); ok {
		return m
	}
	return diag.Message{Text: err.Error(), Cause: err}
}

func (d *Dataset) add(f File) {
	if d.Events == 0 {
		d.First, d.Last = f.First, f.Last
	}
	d.First, d.Last = min(d.First, f.First), max(d.Last, f.Last)
	d.Events += f.Events
	d.Bytes += f.Bytes
	d.Files = append(d.Files, f)
}

// scanFiles scans all files, several at once; the result has their order.
func scanFiles(ctx context.Context, datasets []ingest.Dataset, now event.Time) ([][]*File, diag.List) {
	type job struct{ dataset, file int }
	found, said := make([][]*File, len(datasets)), make([][]diag.List, len(datasets))
	var jobs []job
	for i, d := range datasets {
		found[i], said[i] = make([]*File, len(d.Files)), make([]diag.List, len(d.Files))
		for j := range d.Files {
			jobs = append(jobs, job{i, j})
		}
	}
	next := make(chan job)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8, len(jobs)) {
		workers.Go(func() {
			for j := range next {
				f, problems := scanFile(ctx, datasets[j.dataset].Files[j.file], now)
				found[j.dataset][j.file], said[j.dataset][j.file] = f, problems
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	workers.Wait()
	var problems diag.List
	for _, of := range said {
		for _, list := range of {
			problems = append(problems, list...)
		}
	}
	return found, problems
}

// scanFile reads a file; nil when it holds no event that could be sent.
func scanFile(ctx context.Context, in ingest.File, now event.Time) (*File, diag.List) {
	if ctx.Err() != nil {
		return nil, nil
	}
	before, err := os.Stat(in.Path)
	if err == nil && !before.Mode().IsRegular() {
		return nil, diag.List{{
			Text: "cannot plan " + strconv.Quote(in.Path) + ": it can be read once only, and a plan reads it before the replay does",
			Hint: "write it to a file first",
		}}
	}
	if !utf8.ValidString(in.Path) {
		return nil, diag.List{{Text: "cannot plan " + strconv.Quote(in.Path) + ": the path is not UTF-8", Hint: "rename the file"}}
	}
	f := &File{
		Path: in.Path, GivenFormat: in.Format, Sourcetype: in.Sourcetype, Source: in.Source,
		Host: in.Host, Index: in.Index, Catalogue: in.Catalogue,
		From: MetadataFrom{
			Sourcetype: cameFrom(in.From.Sourcetype, in.Sourcetype), Source: cameFrom(in.From.Source, in.Source),
			Host: cameFrom(in.From.Host, in.Host), Index: cameFrom(in.From.Index, in.Index), Format: cameFrom(in.From.Format, in.Format),
		},
	}
	sum := &counted{hash: sha256.New()}
	g := newGrouper(nil)
	problems := ingest.Read(ctx, in, readOptions(now, sum, blockSize), func(b ingest.Block) error {
		f.count(b, g)
		return nil
	})
	if f.Events == 0 {
		if len(problems) == 0 {
			problems = diag.List{{Text: "cannot replay " + strconv.Quote(in.Path) + ": there is no event in it"}}
		}
		return nil, problems
	}
	f.SHA256, f.Size = hex.EncodeToString(sum.hash.Sum(nil)), sum.n
	if before == nil || f.Size != before.Size() {
		return nil, append(problems, diag.Message{Text: "cannot plan " + strconv.Quote(in.Path) + ": it changed while it was read", Hint: "wait until it is written"})
	}
	f.mtime = before.ModTime()
	return f, problems
}

// cameFrom is where a value came from; who made the File by hand gave what is set.
func cameFrom(from ingest.From, value string) string {
	switch {
	case from != "":
		return string(from)
	case value != "":
		return string(ingest.FromArgument)
	}
	return string(ingest.FromContent)
}

func readOptions(now event.Time, tee *counted, block int) ingest.Options {
	return ingest.Options{Now: now, BlockSize: block, Tee: tee, NoIndex: true}
}

// count adds a block's events.
func (f *File) count(b ingest.Block, g *grouper) {
	if f.Events == 0 {
		f.First, f.Last, f.Format = Instant(b.Events[0].Time), Instant(b.Events[0].Time), b.Format
	}
	for i := range b.Events {
		e := &b.Events[i]
		f.First, f.Last = min(f.First, Instant(e.Time)), max(f.Last, Instant(e.Time))
		f.Bytes += int64(len(e.Raw))
		at := g.of(e)
		if at == len(f.Groups) {
			f.Groups = append(f.Groups, g.groups[at])
		}
		f.Groups[at].Events++
	}
	f.Events += int64(len(b.Events))
}

// place says where the datasets' times go.
func (p *Plan) place(set parsed, now event.Time) (warnings diag.List, err error) {
	shifts, fits, err := p.shifts(set.mode, now)
	if err != nil {
		return nil, err
	}
	for i := range p.Datasets {
		d := &p.Datasets[i]
		d.Shift = planShift(shifts[i])
		d.NewFirst, d.NewLast = Instant(shifts[i].Time(event.Time(d.First))), Instant(shifts[i].Time(event.Time(d.Last)))
		if !fits[i] {
			warnings = append(warnings, diag.Message{
				Severity: diag.Warning, Text: "dataset " + strconv.Quote(d.Name) + " is longer than the window: it begins at " + d.NewFirst.String() + ", before it",
				Hint: "use --compress to fit it in, or a longer window",
			})
		}
		if set.mode.name != "keep" && event.Time(d.NewLast) > now {
			warnings = append(warnings, diag.Message{
				Severity: diag.Warning, Text: "dataset " + strconv.Quote(d.Name) + " ends at " + d.NewLast.String() + ", in the future",
				Hint: "searches up to now do not find those events yet",
			})
		}
	}
	return warnings, nil
}

// shifts is where each dataset's times go when it is now.
func (p *Plan) shifts(m Mode, now event.Time) (out []rebase.Shift, fits []bool, err error) {
	first, last := p.Datasets[0].First, p.Datasets[0].Last
	for _, d := range p.Datasets {
		first, last = min(first, d.First), max(last, d.Last)
	}
	for _, d := range p.Datasets {
		if !p.Settings.Together {
			first, last = d.First, d.Last
		}
		s, fit, err := m.Shift(event.Time(first), event.Time(last), now)
		if err != nil {
			return nil, nil, err
		}
		out, fits = append(out, s), append(fits, fit)
	}
	return out, fits, nil
}

func planShift(s rebase.Shift) Shift {
	return Shift{Seconds: s.Delta.String(), Base: Instant(s.Base), Num: s.Num, Den: s.Den}
}
