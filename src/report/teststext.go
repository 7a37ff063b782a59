package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"riskreplay/src/check"
	"riskreplay/src/diag"
)

// marks are how a status is shown in a table.
var marks = map[check.Status]string{check.Passed: "pass", check.Failed: "FAIL", check.Skipped: "skip"}

// Text shows the tests to a person: a line for each test with its three steps,
// what is wrong below it, and the count. verbose says warnings and what was skipped
// too.
func (t *Tests) Text(w io.Writer, verbose bool) error {
	var b bytes.Buffer
	width := utf8.RuneCountInString("detection")
	for i := range t.Detections {
		d := &t.Detections[i]
		width = max(width, utf8.RuneCountInString(d.Detection.Name))
		for j := range d.Cases {
			width = max(width, 2+utf8.RuneCountInString(caseName(&d.Cases[j])))
		}
	}
	width = min(width, widestName)
	line := func(name string, cells ...string) {
		fmt.Fprintf(&b, "%s", pad(name, width))
		for i, c := range cells {
			b.WriteString("  " + pad(c, [...]int{10, 18, 0}[i]))
		}
		b.Truncate(len(bytes.TrimRight(b.Bytes(), " ")))
		b.WriteByte('\n')
	}
	line("detection", "validation", "unit", "integration")
	for i := range t.Detections {
		d := &t.Detections[i]
		line(d.Detection.Name, marks[d.Validation.Status])
		tell(&b, d.Validation.Problems, verbose)
		for j := range d.Cases {
			r := &d.Cases[j]
			line("  "+caseName(r), "", unitCell(r), integrationCell(r))
			tell(&b, r.Unit.Problems, verbose)
			tell(&b, r.Integration.Problems, verbose)
			if r.Why != nil {
				indent(&b, r.Why.String())
			}
		}
	}
	t.counts(&b)
	_, err := w.Write(b.Bytes())
	return err
}

// widestName keeps a line readable.
const widestName = 72

func pad(s string, width int) string {
	n := utf8.RuneCountInString(s)
	if n > width && width > 0 {
		return string([]rune(s)[:width-1]) + "…"
	}
	return s + strings.Repeat(" ", max(0, width-n))
}

func unitCell(r *check.Result) string {
	out := marks[r.Unit.Status]
	if r.Unit.Rows != nil {
		out += ", " + plural(r.Unit.Rows.Len, "result")
	}
	return out
}

func integrationCell(r *check.Result) string {
	s := &r.Integration
	out := marks[s.Status]
	if s.Rows == nil {
		return out
	}
	if len(s.Risk) > 0 {
		out += ", " + plural(len(s.Risk), "risk event")
	}
	if len(s.Notables) > 0 {
		out += ", " + plural(len(s.Notables), "notable")
	}
	if s.Suppressed > 0 {
		out += fmt.Sprintf(", %d suppressed", s.Suppressed)
	}
	return out
}

// tell says what is wrong; warnings only when asked.
func tell(b *bytes.Buffer, list diag.List, verbose bool) {
	for _, m := range list {
		if m.Severity == diag.Error || verbose {
			indent(b, "  "+strings.ReplaceAll(strings.TrimRight(m.Severity.String()+": "+m.Error(), "\n"), "\n", "\n  ")+"\n")
		}
	}
}

func (t *Tests) counts(b *bytes.Buffer) {
	events, bytes := t.Events()
	fmt.Fprintf(b, "\n%s: %d passed, %d failed, %d skipped; %s (%s) in %s\n", plural(len(t.Detections), "detection"),
		t.Count(check.Passed), t.Count(check.Failed), t.Count(check.Skipped), plural(events, "event"), size(bytes), duration(t.Took))
}
