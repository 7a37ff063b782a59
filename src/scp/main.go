package scp

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// Main is a whole program for a command: splunkd's side of it when it is started
// without arguments, and for people
//
//	NAME --help
//	NAME run 'ARGUMENTS' < FILE.csv
//
// It gives the exit code: 0 when it came to an end, 1 when it did not, 2 for
// arguments it does not know. From here on nothing but the protocol is written
// to the standard output: what other code prints goes to the standard error.
func Main(c Command, now func() time.Time) int {
	out := os.Stdout
	os.Stdout = os.Stderr
	quietPipe()
	return main(c, os.Args[1:], os.Stdin, out, os.Stderr, os.Getenv, now)
}

func main(c Command, args []string, in io.Reader, out, stderr io.Writer, getenv func(string) string, now func() time.Time) int {
	p := &Program{Command: c, In: in, Out: out, Stderr: stderr, Getenv: getenv, Now: now}
	var err error
	switch {
	case slices.ContainsFunc(args, func(a string) bool { return a == "__GETINFO__" || a == "__EXECUTE__" }):
		err = fmt.Errorf("%s speaks version 2 of the search command protocol only: set chunked = true in [%s] of commands.conf", c.Name, c.Name)
		fmt.Fprintln(stderr, err)
		return 1
	case len(args) == 0 && isTerminal(in), len(args) == 1 && slices.Contains([]string{"--help", "-h", "help"}, args[0]):
		_, err = io.WriteString(out, c.Usage())
	case len(args) == 2 && args[0] == "run":
		err = p.RunCSV(args[1])
	case len(args) == 0:
		widen(in, out)
		return p.Run()
	default:
		fmt.Fprintf(stderr, "%s: unknown argument %q; %s --help says what there is\n", c.Name, args[0], c.Name)
		return 2
	}
	if err != nil && !gone(err) {
		fmt.Fprintf(stderr, "%s: %v\n", c.Name, err)
		return 1
	}
	return 0
}

// isTerminal tells that a person, and not a program, is at the other end.
func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
