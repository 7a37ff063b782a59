package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"

	"riskreplay/src/event"
)

// catalogue is the name of a tree's catalogue.
func (o *outputs) catalogue() string { return o.folder + ".yml" }

// writeCatalogue writes what is in a folder in attack_data's form. It depends on
// the events alone: its id is a hash of the rest, its date that of the last event.
func (o *outputs) writeCatalogue(last event.Time) error {
	var list strings.Builder
	for _, f := range o.all {
		name := strings.TrimSuffix(path.Base(f.name), ".log")
		fmt.Fprintf(&list, "- name: %s\n  path: %s\n  sourcetype: %s\n  source: %s\n",
			strconv.Quote(name), strconv.Quote(f.name), strconv.Quote(f.from.sourcetype), strconv.Quote(f.from.source))
	}
	sets := list.String()
	if sets == "" {
		return nil // no event, no catalogue
	}
	text := fmt.Sprintf("author: riskreplay\nid: %s\ndate: '%s'\ndescription: Events written by a replay, a file for each host, source and sourcetype.\nenvironment: replay\ndatasets:\n%s",
		hashID(sets), last.Std().Format("2006-01-02"), sets)
	const fresh = ".catalogue"
	file, err := o.root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := o.root.Rename(fresh, o.catalogue()); err != nil {
		return err
	}
	o.syncFolder(".")
	return nil
}

// hashID is a UUID made of a text's hash.
func hashID(text string) string {
	sum := sha256.Sum256([]byte(text))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	s := hex.EncodeToString(sum[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
