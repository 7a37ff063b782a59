package detection

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// The files that Build writes.
const (
	SavedSearchesConf   = "default/savedsearches.conf"
	MacrosConf          = "default/macros.conf"
	AnalyticStoriesConf = "default/analyticstories.conf"
	TransformsConf      = "default/transforms.conf"  // with lookups alone
	CollectionsConf     = "default/collections.conf" // with lookups in the KV store alone
)

// Build writes the app's generated files, .conf and the lookup of detections: path -> bytes. Stanzas are sorted
// by name, keys in contentctl's order; the same content gives the same bytes.
//
// A detection that cannot ship (no filter macro in its search is a warning, a
// name that ES cannot edit or a %token% without a value is an error) is left out
// with a message.
func (c *Content) Build() (map[string][]byte, diag.List) {
	b := &builder{Content: c, out: map[string][]byte{}}
	for _, d := range slices.Concat(c.Detections, c.Baselines) {
		if b.ships(d) {
			b.detections = append(b.detections, d)
		}
	}
	slices.SortStableFunc(b.detections, func(x, y *Detection) int { return strings.Compare(x.Name, y.Name) })
	b.write(SavedSearchesConf, "app/detections", b.savedSearches())
	b.write(MacrosConf, "app/macros, and a filter macro for each detection", b.macros())
	b.write(AnalyticStoriesConf, "app/detections and app/stories", b.analyticStories())
	b.lookup()
	b.lookups()
	return b.out, b.msgs
}

type builder struct {
	*Content
	detections []*Detection // those that ship
	out        map[string][]byte
	msgs       diag.List
}

func (b *builder) report(s diag.Severity, at diag.Place, hint, text string) {
	b.msgs = append(b.msgs, diag.Message{Severity: s, Text: text, Place: at, Hint: hint})
}

// ships checks what only the finished stanza can tell.
func (b *builder) ships(d *Detection) bool {
	ok := true
	stanza := d.Stanza(b.AppLabel())
	if n := cloned(d.SecurityDomain, stanza); d.Type != Baseline && n > maxStanza {
		b.report(diag.Error, d.orFile("name"), "shorten the name",
			"the name of detection "+quote(d.Name)+" is "+decimal(float64(n-maxStanza))+" characters too long for Enterprise Security to edit the search")
		ok = false
	}
	templates := []string{d.Deployment.RuleTitle, d.Deployment.RuleDescription}
	for _, p := range d.Deployment.Params {
		templates = append(templates, p.Value)
	}
	for _, template := range templates {
		if _, unknown := d.fill(template); unknown != "" {
			b.report(diag.Error, d.orFile("deployment.alert_action"), "", "nothing stands for "+unknown+" in the actions of detection "+quote(d.Name))
			ok = false
		}
	}
	if d.Type != Baseline && d.filter() == "" {
		b.report(diag.Warning, d.orFile("search"), "end the search with | `"+FilterMacro(d.Name)+"`",
			"the search of detection "+quote(d.Name)+" does not call its filter macro")
	}
	return ok
}

// orFile is the place of a key, or of the file.
func (d *Detection) orFile(key string) diag.Place {
	if at := d.Place(key); at.Text != nil {
		return at
	}
	return diag.Place{Text: &diag.Text{Name: d.File}}
}

// write writes one file; a stanza that no conf file can hold is left out.
func (b *builder) write(file, from string, stanzas []*conf.Stanza) {
	writable := stanzas[:0]
	for _, s := range stanzas {
		err := conf.Write(io.Discard, nil, []*conf.Stanza{s})
		if err == nil {
			writable = append(writable, s)
			continue
		}
		m := diag.Message{Text: err.Error(), Cause: err}
		errors.As(err, &m)
		if m.Place.Text == nil {
			m.Place = diag.Place{Text: &diag.Text{Name: file}}
		}
		b.msgs = append(b.msgs, m)
	}
	var buf bytes.Buffer
	header := []string{"Written by `riskreplay build` from " + from + ".", "Edit those and build again; put your own settings into local/."}
	_ = conf.Write(&buf, header, writable) // each was written once, and a buffer takes all
	b.out[file] = buf.Bytes()
}

// lines collects a stanza's settings.
type lines struct{ stanza *conf.Stanza }

func stanza(name string) lines { return lines{&conf.Stanza{Name: name}} }

// add appends settings, given as key, value, key, value.
func (l lines) add(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		l.stanza.Settings = append(l.stanza.Settings, conf.Setting{Key: pairs[i], Value: trim(pairs[i+1])})
	}
}
