package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"riskreplay/src/batch"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// maxText bounds texts read whole: searches, detections, conf.
const maxText = 16 << 20

func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err == nil && len(data) > maxText {
		return nil, errors.New("it is larger than 16 MiB")
	}
	return data, err
}

// formats are those of --format.
var formats = []string{"table", "json", "csv"}

func addFormat(c *cobra.Command, format *string) {
	c.Flags().StringVar(format, "format", "table", "table, json (one object a line) or csv")
}

func checkFormat(format string) error {
	for _, f := range formats {
		if f == format {
			return nil
		}
	}
	return usageError{fmt.Errorf("unknown --format %q: use table, json or csv", format)}
}

// width is the terminal's, 0 when the output is none.
func (s streams) width() int {
	f, ok := s.out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// show writes the rows of a search. JSON goes out as rows come; CSV and tables
// need all columns first.
func (s streams) show(ctx context.Context, r *job.Result, format string, zone *time.Location) error {
	defer func() { _ = r.Rows.Close() }() // ends the search when writing failed
	if format == "json" {
		for {
			b, err := r.Rows.Next(ctx)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := results.WriteJSON(s.out, inOrder(b, r)); err != nil {
				return written(err)
			}
		}
	}
	b, err := results.ReadAll(ctx, r.Rows)
	if err != nil {
		return err
	}
	b = inOrder(b, r)
	if format == "csv" {
		return written(results.WriteCSV(s.out, b))
	}
	if r.Events && b.Column("_raw") != nil {
		b = asEvents(b)
	}
	return written(results.Table{Width: s.width(), Zone: zone}.Write(s.out, b))
}

// asEvents is what a person wants of events: the time and the text.
func asEvents(b *batch.Batch) *batch.Batch {
	out := batch.New(b.Len)
	for _, name := range []string{"_time", "_raw"} {
		if c := b.Column(name); c != nil {
			out.Set(name, c)
		}
	}
	return out
}

// inOrder puts columns that no command ordered in byte order of their names.
func inOrder(b *batch.Batch, r *job.Result) *batch.Batch {
	if r.Ordered {
		return b
	}
	return b.Sorted()
}

func written(err error) error {
	if err != nil {
		return environmentError{fmt.Errorf("cannot write the results: %w", err)}
	}
	return nil
}

// rows writes lines of text under names in a format.
func (s streams) rows(names []string, lines [][]string, format string) error {
	b := batch.New(len(lines))
	for i, name := range names {
		texts := make([]string, len(lines))
		for j, line := range lines {
			texts[j] = line[i]
		}
		b.Set(name, batch.Texts(texts...))
	}
	switch format {
	case "json":
		return results.WriteJSON(s.out, b)
	case "csv":
		return results.WriteCSV(s.out, b)
	}
	return results.Table{Width: s.width(), Zone: time.UTC}.Write(s.out, b)
}

// indent puts blanks before each line of a text.
func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
