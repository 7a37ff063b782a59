package evtx_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"riskreplay/src/evtx"
)

func ExampleRead() {
	file, err := os.Open(filepath.Join("..", "..", "testdata", "evtx", "sample.evtx"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = file.Close() }()
	problems := evtx.Read(context.Background(), "sample.evtx", file, evtx.Options{}, func(r evtx.Record) error {
		if r.Number < 4713 {
			fmt.Println(r.Number, r.Time.Std(), string(r.XML[bytes.Index(r.XML, []byte("<Channel>")):][:30]))
		}
		return nil
	})
	fmt.Println(problems.Err())
	// Output:
	// 4711 2026-01-14 12:00:00 +0000 UTC <Channel>Microsoft-Windows-Sys
	// 4712 2026-01-14 12:00:01.2345678 +0000 UTC <Channel>Security</Channel><Co
	// <nil>
}
