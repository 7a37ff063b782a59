// Command generator writes the logs of testdata/datasets: two attack datasets
// in the form of Splunk's attack_data, of two made-up hosts.
//
//	go run ./testdata/datasets/generator          # writes the logs anew
//	go run ./testdata/datasets/generator -check   # exit 1 when a log is not what would be written
//
// It promises the same bytes on every run and machine: the day, the seed and
// the order of drawing are fixed and nothing asks the clock. What an attack
// does stands in services.go and regsvcs.go, move by move; what two hosts do
// all day stands in the table of habits.go, from which a seeded generator
// draws. All of it goes through a small model of Windows (host, session,
// proc), so that ids of processes and logons agree over all logs of a host.
//
// What the detections must find in the logs is not written from here: the
// expected.json files were computed from the logs by another program.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", filepath.Join("testdata", "datasets"), "folder of the datasets")
	check := flag.Bool("check", false, "write nothing; fail when a log differs from what would be written")
	flag.Parse()
	if err := run(*out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "generator:", err)
		os.Exit(1)
	}
}

// run writes, or with check compares, every log of every dataset below out.
func run(out string, check bool) error {
	for _, d := range datasets() {
		for _, l := range d.logs() {
			path := filepath.Join(out, d.folder, l.name)
			if err := place(path, l.text(), check); err != nil {
				return err
			}
		}
	}
	return nil
}

func place(path string, text []byte, check bool) error {
	if !check {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return fmt.Errorf("%q is not what the generator writes: run it without -check", path)
	}
	return nil
}
