package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/results"
)

func newIndex(s streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "index",
		Short: "Look at an index in a folder, or verify it",
		Long: `An index in a folder keeps events on disk: in a journal first, then in segments,
which are Parquet files that other programs read too. It is searched with
riskreplay search --data DIR.`,
	}
	c.AddCommand(newIndexLs(s), newIndexVerify(s))
	return c
}

func newIndexLs(s streams) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "ls DIR",
		Short: "List the segments of an index",
		Long: `Lists the segments of an index: events, bytes of the events and of the file, the
time range and the sourcetypes. The line "journal" is what is in no segment yet.`,
		Example: `  riskreplay index ls events/
  riskreplay index ls --format json events/`,
		Args: func(_ *cobra.Command, args []string) error {
			if err := oneFolder(args); err != nil {
				return err
			}
			return checkFormat(format)
		},
		RunE: func(_ *cobra.Command, args []string) error { return s.indexLs(args[0], format) },
	}
	addFormat(c, &format)
	return c
}

func oneFolder(args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("expected the folder of one index, found %d arguments", len(args))}
	}
	return nil
}

func (s streams) indexLs(dir, format string) error {
	x, err := index.Open(dir, index.Options{ReadOnly: true, Warn: func(m diag.Message) { s.say(diag.List{m}) }})
	if err != nil {
		return environmentError{err}
	}
	sum, err := x.Summary()
	if err == nil {
		err = x.Close()
	}
	if err != nil {
		return environmentError{err}
	}
	b := partRows(sum.Parts)
	switch format {
	case "json":
		return written(results.WriteJSON(s.out, b))
	case "csv":
		return written(results.WriteCSV(s.out, b))
	}
	if b.Len > 0 {
		if err := (results.Table{Width: s.width()}).Write(s.out, b); err != nil {
			return written(err)
		}
	}
	_, err = fmt.Fprintf(s.out, "%s in %s, %s\n", several(sum.Events, "event"), several(segments(sum.Parts), "segment"), smaller(sum.Parts))
	return written(err)
}

// several is a number of things.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func segments(parts []index.Part) int {
	n := 0
	for _, p := range parts {
		if p.Name != "" {
			n++
		}
	}
	return n
}

// smaller tells how large the segments' files are beside their events.
func smaller(parts []index.Part) string {
	raw, files := int64(0), int64(0)
	for _, p := range parts {
		if p.Name != "" {
			raw, files = raw+p.RawBytes, files+p.FileBytes
		}
	}
	if raw == 0 {
		return "all in the journal"
	}
	return fmt.Sprintf("whose files have %.1f %% of the events' bytes", 100*float64(files)/float64(raw))
}

// partRows is a row for each part.
func partRows(parts []index.Part) *batch.Batch {
	columns := make([][]string, 7)
	for _, p := range parts {
		name := p.Name
		if name == "" {
			name = "journal"
		}
		row := []string{
			name, strconv.Itoa(p.Events), strconv.FormatInt(p.RawBytes, 10), strconv.FormatInt(p.FileBytes, 10),
			utc(p.First), utc(p.Last), strings.Join(p.Sourcetypes, " "),
		}
		for i, cell := range row {
			columns[i] = append(columns[i], cell)
		}
	}
	out := batch.New(len(parts))
	for i, name := range []string{"segment", "events", "raw_bytes", "file_bytes", "first", "last", "sourcetypes"} {
		out.Set(name, batch.Texts(columns[i]...))
	}
	return out
}

// utc is a time as ISO 8601 has it, to the second.
func utc(t event.Time) string { return t.Std().Format("2006-01-02T15:04:05Z") }

func newIndexVerify(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "Read a whole index and check it",
		Long: `Reads every byte of an index and compares it with its checksums and counts. It
changes nothing. What is wrong is named on stderr, and the exit code is 1.`,
		Example: `  riskreplay index verify events/`,
		Args:    func(_ *cobra.Command, args []string) error { return oneFolder(args) },
		RunE:    func(c *cobra.Command, args []string) error { return s.indexVerify(c.Context(), args[0]) },
	}
}

func (s streams) indexVerify(ctx context.Context, dir string) error {
	v, problems, err := index.Verify(ctx, dir)
	s.say(problems)
	if err != nil {
		return environmentError{err}
	}
	_, err = fmt.Fprintf(s.out, "%s in %s are as they were written\n", several(v.Events, "event"), several(v.Files-len(problems.Errors()), "file"))
	if err != nil {
		return written(err)
	}
	if problems.HasErrors() {
		return answerNo{fmt.Errorf("the index %q is damaged (see above)", dir)}
	}
	return nil
}
