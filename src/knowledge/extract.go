package knowledge

import (
	"runtime"
	"slices"
	"sync"

	"riskreplay/src/batch"
	"riskreplay/src/winevent"
)

// extractor is the extractions of a set of rules: those of EXTRACT and REPORT in
// their order, then what KV_MODE says.
type extractor struct {
	steps []extraction
	kv    kvMode
	// noJSON: KV_MODE auto finds no JSON. indexedJSON: JSON is read whatever
	// KV_MODE says.
	noJSON, indexedJSON bool
}

// extraction is one EXTRACT, or one transform of a REPORT.
type extraction interface {
	// gives tells whether the extraction may give a field of that name.
	gives(name string) bool
	// reads is the field that it reads, "_raw" for the event itself.
	reads() string
	// run extracts from a text into the pass.
	run(text []byte, p *pass)
}

// kvMode is how fields are found when nothing says where they are.
type kvMode uint8

const (
	kvNone kvMode = iota
	kvAuto
	kvAutoEscaped
	kvJSON
	kvXML
	// kvWinevent is ours: Windows event XML, as Splunk's add-on extracts it. It
	// stands for the add-on's first REPORT, so that others can read its fields.
	kvWinevent
	kvStash // ours: what collect and the risk action write
)

var kvModes = map[string]kvMode{
	"none": kvNone, "auto": kvAuto, "auto_escaped": kvAutoEscaped, "json": kvJSON, "xml": kvXML,
	"winevent": kvWinevent, "stash": kvStash,
}

// first tells whether what KV_MODE says comes before the steps, which may read its
// fields: Windows events, and JSON that Splunk would have indexed.
func (x *extractor) first() bool { return x.kv == kvWinevent || x.indexedJSON }

// early tells whether a field is found without reading an event to its end.
func (x *extractor) early(name string) bool { return x.kv == kvWinevent && name == "EventCode" }

// columns extracts fields from the rows named, in one pass over their bytes.
func (x *extractor) columns(e *Events, rows []int32, names []string) []*batch.Column {
	steps, all := x.plan(names)
	p := newPass(e.Len(), all, false)
	x.passes(e, rows, p, steps, runtime.GOMAXPROCS(0))
	return p.columns()[:len(names)]
}

// parallelRows is from how many rows on it pays to share a pass.
const parallelRows = 16 << 10

// passes shares a pass over many events between some goroutines.
func (x *extractor) passes(e *Events, rows []int32, p *pass, steps []extraction, workers int) {
	if len(rows) < parallelRows || workers == 1 {
		x.pass(e, rows, p, steps)
		return
	}
	size := (len(rows) + workers - 1) / workers
	var wg sync.WaitGroup
	var others []*pass
	for from := size; from < len(rows); from += size {
		q := p.parallel()
		others = append(others, q)
		wg.Go(func() { x.pass(e, rows[from:min(from+size, len(rows))], q, steps) })
	}
	x.pass(e, rows[:size], p, steps)
	wg.Wait()
	for i, q := range others {
		from := (i + 1) * size
		p.join(q, rows[from:min(from+size, len(rows))])
	}
}

// every extracts every field there is from the rows named.
func (x *extractor) every(e *Events, rows []int32) (names []string, columns []*batch.Column) {
	p := newPass(e.Len(), nil, true)
	x.pass(e, rows, p, x.steps)
	return p.names, p.columns()
}

// plan is the extractions that may give one of the fields, and the fields with
// those that the extractions read.
func (x *extractor) plan(names []string) (steps []extraction, all []string) {
	all = slices.Clone(names)
	needed := make([]bool, len(x.steps))
	for i := 0; i < len(all); i++ {
		for k, s := range x.steps {
			if needed[k] || !s.gives(all[i]) {
				continue
			}
			needed[k] = true
			if from := s.reads(); !isMeta(from) && !slices.Contains(all, from) {
				all = append(all, from)
			}
		}
	}
	for k, s := range x.steps {
		if needed[k] {
			steps = append(steps, s)
		}
	}
	return steps, all
}

func (x *extractor) pass(e *Events, rows []int32, p *pass, steps []extraction) {
	auto := x.auto(p)
	if len(steps) == 0 && e.Indexed == nil && auto == nil {
		return
	}
	if e.Fetch == nil {
		x.passRows(e, rows, nil, p, steps, auto)
		return
	}
	for part := range slices.Chunk(rows, fetchRows) {
		x.passRows(e, part, e.fetch(part), p, steps, auto)
	}
}

// fetchRows is how many events are fetched at once to be read.
const fetchRows = 8 << 10

// passRows is pass for some rows; fetched are their bytes when e does not have
// them.
func (x *extractor) passRows(e *Events, rows []int32, fetched [][]byte, p *pass, steps []extraction, auto func([]byte)) {
	for i, r := range rows {
		p.row = r
		if fetched != nil {
			p.raw = fetched[i]
		} else {
			p.raw = e.Raw[r]
		}
		if fields, ok := e.Indexed[r]; ok {
			p.indexed(fields)
		}
		if x.first() {
			auto(p.raw)
		}
		for _, s := range steps {
			if text, ok := p.text(e, s.reads()); ok {
				s.run(text, p)
			}
		}
		if auto != nil && !x.first() {
			auto(p.raw)
		}
		p.end()
	}
}

// text is the text that an extraction reads in the row at work.
func (p *pass) text(e *Events, field string) ([]byte, bool) {
	switch field {
	case "_raw":
		return p.raw, true
	case "host", "source", "sourcetype", "index":
		return []byte(e.meta(field, nil).Text(int(p.row))), true
	}
	i, ok := p.number[field]
	if !ok {
		return nil, false
	}
	s, ok := p.value(i)
	return []byte(s), ok
}

// auto is what KV_MODE does with an event, nil for nothing.
func (x *extractor) auto(p *pass) func(raw []byte) {
	switch x.kv {
	case kvWinevent:
		return winFields(p)
	case kvStash:
		return func(raw []byte) { stash(raw, p) }
	case kvJSON:
		j := newJSONFields(p)
		return func(raw []byte) { j.extract(raw) }
	case kvAuto, kvAutoEscaped:
		j := newJSONFields(p)
		escaped := x.kv == kvAutoEscaped
		return func(raw []byte) {
			if x.noJSON || !j.extract(raw) {
				pairs(raw, p, escaped)
			}
		}
	case kvXML:
		return func(raw []byte) { elements(raw, p) }
	}
	return nil
}

// winFields runs the scanner for Windows event XML.
func winFields(p *pass) func(raw []byte) {
	if p.open {
		return func(raw []byte) {
			p.begin(true)
			winevent.Each(raw, func(name, value []byte) {
				if i := p.index(name); i >= 0 {
					p.put(i, value)
				}
			})
		}
	}
	fields, put := winevent.NewFields(p.names...), p.put
	return func(raw []byte) {
		p.begin(true)
		fields.Extract(raw, put)
	}
}
