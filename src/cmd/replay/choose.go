package main

import (
	"fmt"
	"path"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/ingest"
)

// choose gives the datasets that select names.
func choose(all []ingest.Dataset, list string) ([]ingest.Dataset, error) {
	words := commas(list, "")
	if len(words) == 0 {
		return all, nil
	}
	hit := map[string]bool{}
	var out []ingest.Dataset
	for _, d := range all {
		taken := false
		for _, w := range words {
			if isMeant(d, w) {
				hit[w], taken = true, true
			}
		}
		if taken {
			out = append(out, d)
		}
	}
	for _, w := range words {
		if !hit[w] {
			return nil, unknown(all, w)
		}
	}
	return out, nil
}

// isMeant tells that a word is a dataset's name, id or technique.
func isMeant(d ingest.Dataset, word string) bool {
	word = strings.ToLower(word)
	for _, name := range append([]string{d.Name, d.ID}, d.Technique...) {
		name = strings.ToLower(name)
		if ok, err := path.Match(word, name); name != "" && (ok && err == nil || name == word) {
			return true
		}
	}
	for _, t := range d.Technique {
		if strings.HasPrefix(strings.ToLower(t), word+".") {
			return true
		}
	}
	return false
}

// unknown says what there is.
func unknown(all []ingest.Dataset, word string) error {
	var names []string
	for _, d := range all {
		names = append(append(names, d.Name), d.Technique...)
	}
	hint := diag.DidYouMean(word, names)
	if hint == "" {
		const most = 20
		hint = "there is " + strings.Join(names[:min(len(names), most)], ", ")
	}
	return diag.Message{Text: fmt.Sprintf("cannot select %q: no dataset has that name, id or technique", word), Hint: hint}
}
