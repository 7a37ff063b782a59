package ingest

import (
	"os"
	"path/filepath"
)

// From says where a value of a file's metadata came from.
type From string

// The places, the first of which that has a value counts.
const (
	FromArgument  From = "argument"  // the command line's or the caller's
	FromTest      From = "test"      // a detection's test entry
	FromCatalogue From = "catalogue" // an attack_data YAML
	FromContent   From = "content"   // nothing was given: each event tells its own
)

// MetadataFrom has for each value of Metadata the place it came from.
type MetadataFrom struct{ Sourcetype, Source, Host, Index, Format From }

// origins are the fields of MetadataFrom in the order of options.
func (m *MetadataFrom) origins() []*From {
	return []*From{&m.Sourcetype, &m.Source, &m.Host, &m.Index, &m.Format}
}

// layer is metadata from one place.
type layer struct {
	Metadata
	from From
}

// lay takes each value from the first layer that has it.
func lay(layers []layer) (m Metadata, from MetadataFrom) {
	places := from.origins()
	for i, o := range options {
		*places[i] = FromContent
		for _, l := range layers {
			if v := *o.field(&l.Metadata); v != "" {
				*o.field(&m), *places[i] = v, l.from
				break
			}
		}
	}
	return m, from
}

// maxBeside is how many catalogues beside a file are looked into.
const maxBeside = 20

// catalogued is what the catalogues in a file's folder say about it.
func catalogued(path string) Metadata {
	info, err := os.Stat(path)
	if err != nil {
		return Metadata{}
	}
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.y*ml")) // the pattern is right
	for _, name := range beside[:min(len(beside), maxBeside)] {
		if !isYAML(name) || !looksLikeCatalogue(name) {
			continue
		}
		c, _ := parseCatalogue(name)
		if c == nil {
			continue
		}
		for _, e := range c.entries {
			at, err := locate(name, e.target, "")
			if err != nil {
				continue
			}
			if other, err := os.Stat(at); err == nil && os.SameFile(info, other) {
				return e.Metadata
			}
		}
	}
	return Metadata{}
}
