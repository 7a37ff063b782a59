// The generator writes a whole conversation to its standard output, as splunkd
// would send it, to measure commands of the search command protocol with:
//
//	go run ./testdata/scp/generator -rows 200000 -chunk 50000 -command riskscore impact=80 confidence=70 FOR dest > conversation
package main

import (
	"flag"
	"fmt"
	"os"

	"riskreplay/testdata/scp/stream"
)

func main() {
	command := flag.String("command", "riskscore", "name of the command")
	rows := flag.Int("rows", 200000, "rows in all")
	chunk := flag.Int("chunk", 50000, "rows a chunk")
	flag.Parse()
	if err := stream.Conversation(os.Stdout, *command, flag.Args(), *rows, max(*chunk, 1)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
