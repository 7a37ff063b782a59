package knowledge

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/lookup"
	"riskreplay/src/spl"
)

// Base is the knowledge of a set of apps, as one of them sees it. It is read-only
// and safe for concurrent use.
type Base struct {
	env        eval.Env
	hash       [32]byte
	props      *props
	eventTypes []*eventType
	tags       *tags
	macros     map[string]spl.Macro // by "name" and "name(2)"
	lookups    lookup.Places
	models     map[string]*Model
	// arriving: something is done to events before they are indexed.
	arriving bool

	mu       sync.Mutex
	rules    map[string]*rules   // by id
	datasets map[string]*Dataset // by "Model.Dataset"
	left     diag.List           // extractions that are left out
}

// Load reads the configuration of apps, lowest first, as the app named in sees
// it (conf.Load); the built-in knowledge lies below them all. The Base is never
// nil: what is wrong is reported and left out.
func Load(apps []conf.App, in string, env eval.Env) (*Base, diag.List) {
	return LoadWith(apps, in, env, nil)
}

// LoadWith is Load where automatic lookups look into what searches have written
// before, too.
func LoadWith(apps []conf.App, in string, env eval.Env, written *lookup.Store) (*Base, diag.List) {
	l := &loader{
		apps: append([]conf.App{builtin()}, apps...), in: in, written: written,
		base: &Base{env: env, rules: map[string]*rules{}, datasets: map[string]*Dataset{}},
	}
	l.read()
	return l.base, l.messages
}

// loader reads a Base.
type loader struct {
	apps       []conf.App
	in         string
	written    *lookup.Store
	base       *Base
	transforms *conf.Conf
	extracts   map[string][]extraction // by transform
	messages   diag.List
}

func (l *loader) read() {
	l.base.macros = l.readMacros(l.conf("macros.conf"))
	l.transforms = l.conf("transforms.conf")
	l.base.lookups = lookup.Places{Transforms: l.transforms, Apps: l.apps, In: l.in, Store: l.written}
	l.base.props = l.readProps(l.conf("props.conf"))
	l.base.tags = l.readTags(l.conf("tags.conf"))
	l.base.eventTypes = l.readEventTypes(l.conf("eventtypes.conf"))
	l.base.models = l.readModels()
	l.base.hash = l.sum()
}

func (l *loader) conf(file string) *conf.Conf {
	c, messages := conf.Load(file, l.apps, l.in)
	l.messages = append(l.messages, messages...)
	return c
}

// Hash is of all that decides the fields of events and datasets. Bases of the
// same hash make the same columns.
func (b *Base) Hash() [32]byte { return b.hash }

// Fields is an extractor of fields of events: names, or patterns with `*`.
func (b *Base) Fields(want []string) *Extractor { return newExtractor(b, nil, want) }

// Macro finds a macro by its name and number of arguments, for spl.Expand.
func (b *Base) Macro(name string, nargs int) (spl.Macro, bool) {
	m, ok := b.macros[macroKey(name, nargs)]
	return m, ok
}

// Macros are the names of all macros, with the number of arguments where there
// are some: "drop_dm_object_name(1)". In byte order.
func (b *Base) Macros() []string {
	out := make([]string, 0, len(b.macros))
	for name := range b.macros {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Lookups is where lookup tables are, for commands that look into them.
func (b *Base) Lookups() lookup.Places { return b.lookups }

// EventType tells whether an event type of that name exists and is enabled.
func (b *Base) EventType(name string) bool {
	return slices.ContainsFunc(b.eventTypes, func(t *eventType) bool { return t.name == name })
}

// EventTypes are the names of all event types, in byte order.
func (b *Base) EventTypes() []string {
	out := make([]string, len(b.eventTypes))
	for i, t := range b.eventTypes {
		out[i] = t.name
	}
	return out
}

// Dataset is a dataset of a data model. With dataset "" it is the model's only
// root dataset. The error is a diag.Message without a place that names what is
// near.
func (b *Base) Dataset(model, dataset string) (*Dataset, error) {
	m, ok := b.models[model]
	if !ok {
		return nil, diag.Message{
			Text: `data model "` + model + `" was not found`,
			Hint: cmp.Or(diag.DidYouMean(model, b.Models()), "| datamodel lists the models there are"),
		}
	}
	object, err := m.object(dataset)
	if err != nil {
		return nil, err
	}
	key := m.Name + "." + object.Name
	b.mu.Lock()
	defer b.mu.Unlock()
	d, ok := b.datasets[key]
	if !ok {
		var problems diag.List
		d, problems = b.compileDataset(m, object)
		d.err = problems.Err()
		b.datasets[key] = d
	}
	if d.err != nil {
		return nil, diag.Message{Text: `cannot use dataset "` + key + `": ` + firstLine(d.err), Cause: d.err}
	}
	return d, nil
}

// Models are the names of all data models, in byte order.
func (b *Base) Models() []string {
	out := make([]string, 0, len(b.models))
	for name := range b.models {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Definition is a data model as its file has it, "" when there is none.
func (b *Base) Definition(model string) string {
	if m := b.models[model]; m != nil {
		return m.text
	}
	return ""
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// readFile reads a file of an app, nil when it is missing or too large.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAtMost(f, maxModelBytes)
}
