package results

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"riskreplay/src/batch"
)

// Table is how rows are shown to a person.
type Table struct {
	// Width is the terminal's width; wide cells are cut to fit. Zero cuts nothing.
	Width int
	// Cell is the widest that a cell may be; zero cuts nothing.
	Cell int
	// Zone shows _time as a date and time; nil as epoch seconds.
	Zone *time.Location
}

const (
	columnGap   = 2
	leastColumn = 8
	longestRule = 60
)

// Write shows the rows as aligned columns under a header with a rule; values of
// a multivalue are joined by ", ", of what is too wide the middle is left out.
// No rows is the header alone.
func (t Table) Write(w io.Writer, b *batch.Batch) error {
	cells, widths := t.cells(b)
	if t.Cell > 0 {
		for i := range widths {
			widths[i] = min(widths[i], t.Cell)
		}
	}
	if t.Width > 0 {
		fit(widths, t.Width)
	}
	rule := make([]string, len(widths))
	for i, n := range widths {
		if i == len(widths)-1 {
			n = min(n, longestRule) // nothing stands behind the last column
		}
		rule[i] = strings.Repeat("-", n)
	}
	cells = append(cells[:1], append([][]string{rule}, cells[1:]...)...)
	var line strings.Builder
	for _, row := range cells {
		line.Reset()
		for i, cell := range row {
			cell = cut(cell, widths[i])
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+columnGap))
			}
		}
		if _, err := io.WriteString(w, strings.TrimRight(line.String(), " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// cells is the header and the rows as text, and the width each column wants.
func (t Table) cells(b *batch.Batch) (cells [][]string, widths []int) {
	cells, widths = [][]string{b.Names}, make([]int, len(b.Names))
	for r := range b.Len {
		row := make([]string, len(b.Columns))
		for i, c := range b.Columns {
			row[i] = t.cell(b.Names[i], c, r)
		}
		cells = append(cells, row)
	}
	for _, row := range cells {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return cells, widths
}

func (t Table) cell(name string, c *batch.Column, row int) string {
	if name == "_time" && t.Zone != nil {
		if at, ok := c.Time(row); ok {
			return at.Std().In(t.Zone).Format("2006-01-02 15:04:05.999999999")
		}
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(strings.Join(c.Values(row), ", "), "\uFFFD"))
}

// fit narrows the widest columns until the row fits the terminal, none below a
// readable least.
func fit(widths []int, total int) {
	sum := columnGap * (len(widths) - 1)
	for _, n := range widths {
		sum += n
	}
	for ; sum > total; sum-- {
		widest := 0
		for i, n := range widths {
			if n > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= leastColumn {
			return
		}
		widths[widest]--
	}
}

// cut leaves out the middle: paths and command lines tell most at both ends.
func cut(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	runes := []rune(s)
	tail := (width - 1) / 2
	return string(runes[:width-1-tail]) + "…" + string(runes[len(runes)-tail:])
}
