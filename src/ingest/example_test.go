package ingest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"riskreplay/src/ingest"
)

func Example() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "auth.log")
	text := "2026-01-15T11:40:12Z session opened\n2026-01-15T11:40:13.5Z session closed\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	in, err := ingest.ParseInput(path + ",host=pc1,sourcetype=linux_secure")
	if err != nil {
		fmt.Println(err)
		return
	}
	datasets, problems := ingest.Resolve(in)
	for _, d := range datasets {
		for _, f := range d.Files {
			problems = append(problems, ingest.Read(context.Background(), f, ingest.Options{}, func(b ingest.Block) error {
				for _, e := range b.Events {
					fmt.Printf("%s %s %s: %s\n", e.Time, e.Host, e.Sourcetype, e.Raw)
				}
				return nil
			})...)
		}
	}
	fmt.Println(len(problems), "problems")
	// Output:
	// 1768477212 pc1 linux_secure: 2026-01-15T11:40:12Z session opened
	// 1768477213.5 pc1 linux_secure: 2026-01-15T11:40:13.5Z session closed
	// 0 problems
}
