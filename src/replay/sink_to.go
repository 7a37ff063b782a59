package replay

import (
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
	"riskreplay/src/splunkd"
)

// To is where a replay goes: what an argument of --to says.
type To struct {
	Kind Kind
	// Address is the URL of a collector (ToHEC) or of splunkd (ToSplunk).
	Address string
	// Path is the folder of an index, the file or folder to write, the
	// configuration of an attack range.
	Path string
	// Host is the address of an attack range's Splunk, "" when the configuration
	// says it.
	Host string
	Form Form
}

// Kind is the kind of a sink.
type Kind uint8

// The kinds of sinks.
const (
	ToHEC         Kind = iota // hec:URL
	ToSplunk                  // splunk:URL
	ToIndex                   // index:DIR
	ToFile                    // file:PATH
	ToStdout                  // stdout
	ToAttackRange             // attack-range:FILE
)

// Form is how events are written.
type Form uint8

// The forms of events.
const (
	// FormRaw is an event's bytes as they are, and a line end.
	FormRaw Form = iota
	// FormHEC is one envelope of the HTTP Event Collector a line, which has time,
	// host, source, sourcetype, index and indexed fields too. An event's bytes come
	// back as they were, but for those that are no UTF-8.
	FormHEC
	// FormTree is a folder with a file for each host, source and sourcetype, and a
	// catalogue in attack_data's form.
	FormTree
)

var formNames = [...]string{FormRaw: "raw", FormHEC: "hec", FormTree: "tree"}

// String is the form's name in an argument.
func (f Form) String() string { return formNames[f] }

// kindRow is what stands before the colon, what behind it, and which forms there
// are, the one taken without an option first.
type kindRow struct {
	name, rest string
	forms      []Form
	read       func(*To, string) error // checks and takes what stands behind the colon
}

var kinds = [...]kindRow{
	ToHEC: {"hec", "URL", []Form{FormHEC, FormRaw}, func(t *To, rest string) error {
		u, err := hec.Address(rest)
		if err == nil {
			t.Address = u.String()
		}
		return err
	}},
	ToSplunk: {"splunk", "URL", []Form{FormRaw}, func(t *To, rest string) error {
		u, err := splunkd.Address(rest)
		if err == nil {
			t.Address = u.String()
		}
		return err
	}},
	ToIndex:       {"index", "DIR", nil, takePath},
	ToFile:        {"file", "PATH", []Form{FormTree, FormRaw, FormHEC}, takeFile},
	ToStdout:      {"stdout", "", []Form{FormRaw, FormHEC}, func(*To, string) error { return nil }},
	ToAttackRange: {"attack-range", "FILE", []Form{FormRaw}, takePath},
}

// String is the kind's name in an argument.
func (k Kind) String() string { return kinds[k].name }

func takePath(t *To, rest string) error { t.Path = rest; return nil }

// endings are the names of single files, and the form in them.
var endings = map[string]Form{
	".log": FormRaw, ".txt": FormRaw, ".raw": FormRaw, ".xml": FormRaw,
	".jsonl": FormHEC, ".ndjson": FormHEC,
}

var packed = []string{".gz", ".zst", ".zip", ".bz2", ".xz"}

// takeFile tells a single file from a folder by the path's ending.
func takeFile(t *To, rest string) error {
	t.Path = rest
	ending := strings.ToLower(filepath.Ext(rest))
	if slices.Contains(packed, ending) {
		return diag.Message{Text: "cannot write a packed file", Hint: "pack it afterwards: a run that is resumed cuts the file where it stood"}
	}
	if form, ok := endings[ending]; ok {
		t.Form = form
	}
	return nil
}

const toUsage = "write hec:URL, splunk:URL, index:DIR, file:PATH, stdout or attack-range:FILE"

// ParseTo reads an argument of --to:
//
//	hec:https://HOST:8088            the HTTP Event Collector's /event; ,format=raw is its /raw
//	splunk:https://HOST:8089         splunkd's receivers/stream, without a collector's token
//	index:DIR                        the embedded index
//	file:PATH                        a folder: a file for each host, source and sourcetype, and a catalogue
//	file:PATH.log .txt .raw .xml     one file of the events' bytes
//	file:PATH.jsonl .ndjson          one file of envelopes, one a line
//	file:PATH,format=raw|hec|tree    whatever the path's ending is
//	stdout  stdout,format=hec        the events' bytes, or envelopes
//	attack-range:attack_range.yml    the Splunk of an attack range; ,host=H says where it is
//
// Options are read from the right, so that a path may hold commas. The error is a
// diag.Message with its place in the argument.
func ParseTo(arg string) (To, error) {
	text := &diag.Text{Name: "--to", Body: arg}
	name, rest, colon := strings.Cut(arg, ":")
	if bare, _, _ := strings.Cut(arg, ","); bare == ToStdout.String() || !colon {
		name, rest = bare, strings.TrimPrefix(arg, bare)
	}
	kind := slices.IndexFunc(kinds[:], func(k kindRow) bool { return k.name == name })
	if kind < 0 {
		return To{}, unknownKind(text, name)
	}
	t := To{Kind: Kind(kind)}
	if forms := kinds[kind].forms; forms != nil {
		t.Form = forms[0]
	}
	at := len(arg) - len(rest)
	rest, given, err := t.options(text, rest)
	if err != nil {
		return To{}, err
	}
	if want := kinds[kind].rest; (rest == "") != (want == "") {
		return To{}, diag.Message{Text: "expected " + strings.TrimSuffix(name+":"+want, ":"), Place: text.At(0, len(arg)), Hint: toUsage}
	}
	form := t.Form
	if err := kinds[kind].read(&t, rest); err != nil {
		return To{}, placed(err, text.At(at, at+len(rest)))
	}
	if given {
		t.Form = form
	}
	return t, nil
}

// unknownKind is the message for what no sink is called; a URL alone is what
// people forget most.
func unknownKind(text *diag.Text, name string) error {
	m := diag.Message{Text: `no such sink "` + name + `"`, Place: text.At(0, len(name)), Hint: toUsage}
	switch name {
	case "":
		m.Text = "expected a sink"
	case "http", "https":
		m.Text = "expected the kind of sink before its address"
		m.Hint = `write "hec:` + text.Body + `" or "splunk:` + text.Body + `"`
	default:
		var names []string
		for _, k := range kinds {
			names = append(names, k.name)
		}
		if hint := diag.DidYouMean(name, names); hint != "" {
			m.Hint = hint
		}
	}
	return m
}

// options takes key=value from the right of what stands behind the colon, and
// tells whether a form was among them.
func (t *To) options(text *diag.Text, rest string) (left string, formGiven bool, err error) {
	offset := len(text.Body) - len(rest)
	for {
		i := strings.LastIndexByte(rest, ',')
		if i < 0 {
			return rest, formGiven, nil
		}
		key, value, ok := strings.Cut(rest[i+1:], "=")
		place := text.At(offset+i+1, offset+len(rest))
		switch {
		case ok && key == "format" && !formGiven:
			formGiven = true
			err = t.setForm(value, place)
		case ok && key == "host" && t.Kind == ToAttackRange && t.Host == "" && value != "":
			t.Host = value
		case ok && (key == "format" || key == "host") || t.Kind == ToStdout:
			err = diag.Message{Text: `cannot use the option "` + rest[i+1:] + `" here`, Place: place, Hint: toUsage}
		default:
			return rest, formGiven, nil // a comma of the path
		}
		if err != nil {
			return "", false, err
		}
		rest = rest[:i]
	}
}

// setForm takes a form that the kind has.
func (t *To) setForm(name string, place diag.Place) error {
	var names []string
	for _, f := range kinds[t.Kind].forms {
		if f.String() == name {
			t.Form = f
			return nil
		}
		names = append(names, f.String())
	}
	m := diag.Message{Text: `a sink "` + t.Kind.String() + `" has no format "` + name + `"`, Place: place}
	if m.Hint = "it has none"; len(names) > 0 {
		m.Hint = "it has " + strings.Join(names, ", ")
	}
	return m
}

// placed gives a message its place, unless that would show a secret that somebody
// wrote into an address.
func placed(err error, at diag.Place) error {
	if m, ok := err.(diag.Message); ok && !strings.ContainsAny(at.Text.Body, "@?") {
		m.Place = at
		return m
	}
	return err
}
