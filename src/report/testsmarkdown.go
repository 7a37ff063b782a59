package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"riskreplay/src/check"
	"riskreplay/src/diag"
)

// Markdown writes the tests for a pull request: the count, a table of detections,
// and what is wrong, folded.
func (t *Tests) Markdown(w io.Writer) error {
	var b bytes.Buffer
	events, bytes := t.Events()
	fmt.Fprintf(&b, "## Detections: %d passed, %d failed, %d skipped\n\n", t.Count(check.Passed), t.Count(check.Failed), t.Count(check.Skipped))
	fmt.Fprintf(&b, "%s (%s) replayed in %s.\n\n", plural(events, "event"), size(bytes), duration(t.Took))
	b.WriteString("| detection | ATT&CK | validation | unit | integration | findings | risk events | notables |\n|---|---|---|---|---|---:|---:|---:|\n")
	for i := range t.Detections {
		d := &t.Detections[i]
		found, risk, notables := d.totals()
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d | %d | %d |\n", cell(d.Detection.Name), cell(strings.Join(d.Detection.MitreAttackIDs, " ")),
			signs[d.Validation.Status], signs[d.Unit()], signs[d.Integration()], found, risk, notables)
	}
	for i := range t.Detections {
		if d := &t.Detections[i]; d.Status() == check.Failed {
			d.markdown(&b)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// signs are how a status is shown where there is little room.
var signs = map[check.Status]string{check.Passed: "✅", check.Failed: "❌", check.Skipped: "➖"}

// totals are the results, risk events and notables of all of a detection's tests.
func (t *Tested) totals() (found, risk, notables int) {
	for i := range t.Cases {
		r := &t.Cases[i]
		if r.Unit.Rows != nil {
			found += r.Unit.Rows.Len
		}
		risk, notables = risk+len(r.Integration.Risk), notables+len(r.Integration.Notables)
	}
	return found, risk, notables
}

// cell is a text inside a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s)
}

func (t *Tested) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(t.Detection.Name))
	said := func(name string, s *check.Step, why string) {
		if s.Status != check.Failed {
			return
		}
		fmt.Fprintf(b, "**%s**\n\n", cell(name))
		text := ""
		for _, m := range s.Problems {
			if m.Severity == diag.Error {
				text += m.Error() + "\n"
			}
		}
		fence := strings.Repeat("`", max(3, longestRun(text+why, '`')+1))
		fmt.Fprintf(b, "%s\n%s%s%s\n\n", fence, strings.TrimRight(text, "\n")+"\n", why, fence)
	}
	said("validation", &t.Validation, "")
	for i := range t.Cases {
		r := &t.Cases[i]
		why := ""
		if r.Why != nil {
			why = r.Why.String()
		}
		said(caseName(r)+": unit", &r.Unit, why)
		said(caseName(r)+": integration", &r.Integration, "")
	}
	b.WriteString("</details>\n")
}

// longestRun is the length of the longest run of a byte.
func longestRun(s string, of byte) int {
	best, n := 0, 0
	for i := range len(s) {
		if s[i] != of {
			n = 0
			continue
		}
		n++
		best = max(best, n)
	}
	return best
}
