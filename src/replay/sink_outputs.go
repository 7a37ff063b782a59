package replay

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// outputs are the files of a sink: one, or one an origin of events. One goroutine
// writes, another syncs.
type outputs struct {
	root   *os.Root
	form   Form
	folder string // of a tree, its last part
	single string // the one file; "" is a tree
	all    []*output
	byFrom map[origin]*output
	taken  map[string]bool // names, folded
	opened int
	recent *output
	used   []*output // by the last write

	unsynced []*output // the sink's lock's

	// syncing is held while files are synced, and while some are closed to make
	// room for others.
	syncing sync.Mutex
}

type output struct {
	number int
	name   string // with slashes, below the root
	from   origin
	size   int64 // written
	file   *os.File
	text   []byte // of the batch being written
	there  bool   // it was opened before
	made   bool   // by this process, so that its folder is synced too

	// The sink's lock's: it was written since the last sync, the journal names it, and
	// the size for who syncs.
	dirty, known bool
	reached      int64
}

// change is an output and up to where it is to be on the disk.
type change struct {
	*output
	upTo int64
	new  bool
}

// maxOpen is how many files are open at once.
const maxOpen = 200

func (o *outputs) open(path string, form Form) (err error) {
	o.form, o.byFrom, o.taken = form, map[origin]*output{}, map[string]bool{}
	dir := path
	if form != FormTree {
		dir, o.single = filepath.Dir(path), filepath.Base(path)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	o.folder = fileName(filepath.Base(path))
	o.taken[strings.ToLower(o.catalogue())] = true
	o.root, err = os.OpenRoot(dir)
	return err
}

// resume takes over the files of a run before, cut to where they were good.
func (o *outputs) resume(before []*output) error {
	for _, f := range before {
		file, err := o.root.OpenFile(filepath.FromSlash(f.name), os.O_RDWR, 0)
		if err != nil {
			return cannotWrite(f.name, err)
		}
		info, err := file.Stat()
		if err == nil && info.Size() < f.size {
			err = diag.Message{Text: "it is shorter than the run had left it"}
		}
		if err == nil {
			err = file.Truncate(f.size)
		}
		if err = errors.Join(err, file.Close()); err != nil {
			return cannotWrite(f.name, err)
		}
		f.known, f.there = true, true
		o.add(f)
	}
	return nil
}

func (o *outputs) add(f *output) {
	f.number = len(o.all)
	o.all = append(o.all, f)
	o.byFrom[f.from] = f
	o.taken[strings.ToLower(f.name)] = true
}

// truncate makes the single file, empty unless a run goes on with it.
func (o *outputs) truncate(resumed bool) error {
	if resumed && len(o.all) > 0 {
		return nil
	}
	f := &output{name: o.single}
	o.add(f)
	return o.ready(f)
}

// of is the output of an event.
func (o *outputs) of(e *event.Event) *output {
	if o.single != "" {
		return o.all[0]
	}
	from := originOf(e)
	if o.recent != nil && o.recent.from == from {
		return o.recent
	}
	f := o.byFrom[from]
	if f == nil {
		f = &output{name: o.free(from), from: from}
		o.add(f)
	}
	o.recent = f
	return f
}

// free is the name for an origin that no other has, whatever the case of letters.
func (o *outputs) free(from origin) string {
	base := path.Join(fileName(from.host), fileName(from.source), fileName(from.sourcetype))
	name := base + ".log"
	for n := 2; o.taken[strings.ToLower(name)]; n++ {
		name = base + "~" + strconv.Itoa(n) + ".log"
	}
	return name
}

// write writes events, and gives their latest time.
func (o *outputs) write(events []event.Event) (last event.Time, err error) {
	o.used = o.used[:0]
	for i := range events {
		e := &events[i]
		f := o.of(e)
		if len(f.text) == 0 {
			o.used = append(o.used, f)
		}
		f.text = o.form.append(f.text, *e)
		last = max(last, e.Time)
	}
	for _, f := range o.used {
		if err = o.ready(f); err != nil {
			return last, err
		}
		if _, err = f.file.WriteAt(f.text, f.size); err != nil {
			return last, err
		}
		f.size += int64(len(f.text))
		f.text = f.text[:0]
	}
	return last, nil
}

// ready opens an output.
func (o *outputs) ready(f *output) (err error) {
	if f.file != nil {
		return nil
	}
	if o.opened >= maxOpen {
		if err := o.closeAll(); err != nil {
			return err
		}
	}
	name, flags := filepath.FromSlash(f.name), os.O_RDWR
	if f.there {
		o.syncing.Lock() // who syncs may be looking at it
		defer o.syncing.Unlock()
	} else {
		// What a run before left there was never settled.
		flags |= os.O_CREATE | os.O_TRUNC
		f.there, f.made = true, true
		if dir := filepath.Dir(name); dir != "." {
			if err := o.root.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
	}
	if f.file, err = o.root.OpenFile(name, flags, 0o644); err == nil {
		o.opened++
	}
	return err
}

// closeAll puts every file on the disk and closes it.
func (o *outputs) closeAll() (err error) {
	o.syncing.Lock()
	defer o.syncing.Unlock()
	for _, f := range o.all {
		if f.file != nil {
			err = errors.Join(err, f.file.Sync(), f.file.Close())
			f.file = nil
		}
	}
	o.opened = 0
	return err
}

// touched notes what the last write changed; under the sink's lock.
func (o *outputs) touched() {
	for _, f := range o.used {
		f.reached = f.size
		if !f.dirty {
			f.dirty = true
			o.unsynced = append(o.unsynced, f)
		}
	}
}

// changed is what is to be synced; under the sink's lock.
func (o *outputs) changed() (out []change) {
	for _, f := range o.unsynced {
		out = append(out, change{output: f, upTo: f.reached, new: !f.known})
		f.dirty, f.known = false, true
	}
	o.unsynced = o.unsynced[:0]
	return out
}

// sync puts an output on the disk, with the names of the folders that lead there
// when it is new. An output that is closed is there already.
func (o *outputs) sync(f *output) error {
	if f.file != nil {
		if err := f.file.Sync(); err != nil {
			return err
		}
	}
	if !f.made {
		return nil
	}
	f.made = false
	for dir := path.Dir(f.name); ; dir = path.Dir(dir) {
		o.syncFolder(dir)
		if dir == "." {
			return nil
		}
	}
}

// syncFolder asks for a folder's names to be on the disk; not every system can.
func (o *outputs) syncFolder(dir string) {
	if d, err := o.root.Open(filepath.FromSlash(dir)); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

func (o *outputs) close() error {
	if o.root == nil {
		return nil
	}
	return errors.Join(o.closeAll(), o.root.Close())
}

// reserved are names that Windows gives to devices.
const reserved = " con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 "

// maxName is how many bytes of a name are kept.
const maxName = 100

// fileName is a text as a name that every system takes.
func fileName(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
			b.WriteRune(c)
		case !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	name := b.String()
	if len(name) > maxName {
		name = name[:maxName]
	}
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	if name == "" || name[0] == '.' || strings.Contains(reserved, " "+stem+" ") {
		name = "_" + name
	}
	if strings.HasSuffix(name, ".") {
		name += "_"
	}
	return name
}
