// The measure program runs a command of the search command protocol as splunkd
// does, a request and then its reply over two pipes, and says how fast it is, how
// much memory it takes and how long it takes to start:
//
//	go build -o build/measure ./testdata/scp/measure
//	build/measure -rows 200000 -chunk 50000 -- bin/riskscore : impact=80 confidence=70 FOR dest
//
// What stands behind the colon are the arguments of the command. Without a
// program it measures itself: a copy of what comes in, in lock step.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"riskreplay/testdata/scp/stream"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	rows := flag.Int("rows", 200000, "rows in all")
	chunk := flag.Int("chunk", 50000, "rows a chunk")
	starts := flag.Int("starts", 21, "how often to start the program for the time it takes")
	echo := flag.Bool("echo", false, "copy: be the program that is measured")
	flag.Parse()
	if *echo {
		return copyChunks(os.Stdin, os.Stdout)
	}
	program, arguments := flag.Args(), []string(nil)
	if i := slices.Index(program, ":"); i >= 0 {
		program, arguments = program[:i], program[i+1:]
	}
	if len(program) == 0 {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		program = []string{self, "-echo"}
	}
	bodies, total := chunks(*rows, max(*chunk, 1))
	getinfo := stream.Getinfo("riskscore", arguments)
	took, memory, got, err := converse(program, getinfo, bodies)
	if err != nil {
		return err
	}
	fmt.Printf("%d rows in chunks of %d, %.1f MB: %.0f rows/s, %.1f MB back, peak memory %.1f MB\n",
		*rows, *chunk, float64(total)/1e6, float64(*rows)/took.Seconds(), float64(got)/1e6, float64(memory)/1e6)
	var times []time.Duration
	for range *starts {
		took, _, _, err := converse(program, getinfo, nil)
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	if slices.Sort(times); len(times) > 0 {
		fmt.Printf("start to getinfo reply: median %.2f ms, fastest %.2f ms\n", ms(times[len(times)/2]), ms(times[0]))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func chunks(rows, chunk int) (bodies [][]byte, total int) {
	s := stream.New(1)
	for left := rows; left > 0; left -= chunk {
		b := s.AppendChunk(nil, min(chunk, left))
		bodies = append(bodies, b)
		total += len(b)
	}
	return bodies, total
}

// converse has a conversation; without bodies the time is that from the start to
// the reply to getinfo, else from there to the last reply.
func converse(program []string, getinfo string, bodies [][]byte) (took time.Duration, memory int64, got int, err error) {
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, 0, 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, 0, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, 0, err
	}
	r := bufio.NewReaderSize(out, 1<<20)
	if err := stream.Frame(in, getinfo, nil); err != nil {
		return 0, 0, 0, err
	}
	metadata, _, err := readChunk(r, io.Discard)
	if err != nil {
		return 0, 0, 0, err
	}
	if strings.Contains(metadata, `"error"`) {
		return 0, 0, 0, errors.New(metadata)
	}
	if len(bodies) > 0 {
		began = time.Now()
	}
	for i, b := range bodies {
		if err := stream.Frame(in, stream.Execute(i == len(bodies)-1), b); err != nil {
			return 0, 0, 0, err
		}
		metadata, n, err := readChunk(r, io.Discard)
		if err != nil {
			return 0, 0, 0, err
		}
		if strings.Contains(metadata, `"error"`) {
			return 0, 0, 0, errors.New(metadata)
		}
		got += n
	}
	took = time.Since(began)
	memory = peak(cmd.Process.Pid)
	if err := in.Close(); err != nil {
		return 0, 0, 0, err
	}
	return took, memory, got, cmd.Wait()
}

func readChunk(r *bufio.Reader, body io.Writer) (metadata string, n int, err error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", 0, err
	}
	var m int
	if _, err := fmt.Sscanf(line, "chunked 1.0,%d,%d\n", &m, &n); err != nil {
		return "", 0, err
	}
	meta := make([]byte, m)
	if _, err := io.ReadFull(r, meta); err != nil {
		return "", 0, err
	}
	_, err = io.CopyN(body, r, int64(n))
	return string(meta), n, err
}

// copyChunks answers each request with its own bytes.
func copyChunks(in io.Reader, out io.Writer) error {
	r := bufio.NewReaderSize(in, 64<<10)
	var body bytes.Buffer
	for {
		body.Reset()
		metadata, _, err := readChunk(r, &body)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.Contains(metadata, "getinfo") {
			metadata = `{"type":"streaming"}`
		}
		if err := stream.Frame(out, metadata, body.Bytes()); err != nil {
			return err
		}
	}
}
