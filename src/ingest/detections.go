package ingest

import (
	"strconv"

	"riskreplay/src/diag"
)

// readDetections reads the detections of a folder. A file that several tests name
// with the same metadata is taken once; a detection whose tests have no data is
// left out.
func readDetections(in Input, paths []string) (datasets []Dataset, problems diag.List) {
	type use struct {
		path string
		Metadata
	}
	named := map[use]bool{}
	for _, path := range paths {
		c, more := parseCatalogue(path)
		if c != nil && c.tests != nil && len(c.tests) == 0 && !c.broken {
			continue
		}
		problems = append(problems, more...)
		if c == nil {
			continue
		}
		for _, part := range c.tests {
			d, more := part.dataset(in)
			problems = append(problems, more...)
			kept := d.Files[:0]
			for _, f := range d.Files {
				if u := (use{f.Path, f.Metadata}); !named[u] {
					named[u] = true
					kept = append(kept, f)
				}
			}
			d.Files = kept
			datasets = append(datasets, d.unlessEmpty()...)
		}
	}
	if len(datasets) == 0 && len(problems) == 0 {
		problems = diag.List{{Text: "cannot read " + strconv.Quote(in.Path) + ": none of its detections has a test with data"}}
	}
	return datasets, problems
}

// neither says which YAML beside detections is of no use here.
func neither(paths []string) diag.List {
	if len(paths) == 0 {
		return nil
	}
	text := strconv.Quote(paths[0]) + " is neither a catalogue nor a detection"
	if more := len(paths) - 1; more > 0 {
		text += ", as " + strconv.Itoa(more) + " more of the folder's YAML"
	}
	return diag.List{{Severity: diag.Warning, Text: text}}
}
