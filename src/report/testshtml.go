package report

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"riskreplay/src/check"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

//go:embed tests.html
var testsPage string

// HTML writes the tests as one page that needs nothing else: no network, no
// scripts. What is folded opens with the keyboard.
func (t *Tests) HTML(w io.Writer) error {
	page, err := template.New("tests").Funcs(template.FuncMap{
		"sign": func(s check.Status) string { return plainSigns[s] }, "plural": plural, "size": size, "duration": duration,
		"failed": func(s check.Status) bool { return s == check.Failed },
	}).Parse(testsPage)
	if err != nil {
		return err
	}
	return page.Execute(w, t.page())
}

// plainSigns are signs that fonts without pictures have.
var plainSigns = map[check.Status]string{check.Passed: "✓", check.Failed: "✗", check.Skipped: "–"}

// page is what the template shows.
type page struct {
	*Tests
	Passed, Failed, Skipped int
	EventCount              int
	Bytes                   int64
	Matrix                  []tactic
	Detections              []pageDetection
}

// tactic is a column of the matrix.
type tactic struct {
	Name       string
	Techniques []pageTechnique
}

type pageTechnique struct {
	ID, Name string
	Status   check.Status
	Names    string
	Anchor   string
}

type pageDetection struct {
	*Tested
	Anchor  string
	Status  check.Status
	Said    []string
	Cases   []pageCase
	Found   int
	Risk    int
	Notable int
}

type pageCase struct {
	*check.Result
	Name string
	Said []string
	Why  string
	Head []string
	Rows [][]string
	More int
}

func (t *Tests) page() page {
	p := page{Tests: t, Passed: t.Count(check.Passed), Failed: t.Count(check.Failed), Skipped: t.Count(check.Skipped), Matrix: t.matrix()}
	p.EventCount, p.Bytes = t.Events()
	for i := range t.Detections {
		d := &t.Detections[i]
		one := pageDetection{Tested: d, Anchor: anchor(d), Status: d.Status(), Said: saidAll(d.Validation.Problems)}
		one.Found, one.Risk, one.Notable = d.totals()
		for j := range d.Cases {
			one.Cases = append(one.Cases, pageCaseOf(&d.Cases[j]))
		}
		p.Detections = append(p.Detections, one)
	}
	return p
}

func anchor(d *Tested) string { return detection.FileName(d.Detection.Name) }

func saidAll(list diag.List) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.Severity.String()+": "+m.Error())
	}
	return out
}

// pageRows is how many results of a test the page shows.
const pageRows = 25

func pageCaseOf(r *check.Result) pageCase {
	c := pageCase{Result: r, Name: caseName(r), Said: append(saidAll(r.Unit.Problems), saidAll(r.Integration.Problems)...)}
	if r.Why != nil {
		c.Why = r.Why.String()
	}
	if rows := r.Unit.Rows; rows != nil && rows.Len > 0 {
		c.Head = rows.Names
		for i := range min(rows.Len, pageRows) {
			var cells []string
			for _, column := range rows.Columns {
				text := ""
				if !column.IsNull(i) {
					text = strings.Join(column.Values(i), "\n")
				}
				cells = append(cells, text)
			}
			c.Rows = append(c.Rows, cells)
		}
		c.More = rows.Len - len(c.Rows)
	}
	return c
}

// tactics are those of ATT&CK's enterprise matrix, in its order.
var tactics = []string{
	"Reconnaissance", "Resource Development", "Initial Access", "Execution", "Persistence", "Privilege Escalation", "Defense Evasion",
	"Credential Access", "Discovery", "Lateral Movement", "Collection", "Command And Control", "Exfiltration", "Impact",
}

// matrix is the techniques that detections name, by tactic; those of no tactic that
// is known come last.
func (t *Tests) matrix() []tactic {
	byTactic := map[string][]pageTechnique{}
	for _, c := range t.techniques() {
		one := pageTechnique{ID: c.ID, Status: check.Skipped, Anchor: anchor(c.Detections[0])}
		var names []string
		for _, d := range c.Detections {
			names = append(names, d.Detection.Name)
			switch s := d.Status(); {
			case s == check.Failed:
				one.Status = s
			case s == check.Passed && one.Status == check.Skipped:
				one.Status = s
			}
		}
		one.Names = strings.Join(names, ", ")
		of := []string{""}
		if known, ok := t.Techniques[c.ID]; ok {
			one.Name, of = known.Name, known.Tactics
		}
		for _, name := range of {
			byTactic[columnOf(name)] = append(byTactic[columnOf(name)], one)
		}
	}
	var out []tactic
	for _, name := range append(slices.Clone(tactics), "other") {
		if list := byTactic[name]; list != nil {
			out = append(out, tactic{name, list})
		}
	}
	return out
}

// columnOf is the column of a tactic, however it is written: defense-evasion.
func columnOf(name string) string {
	for _, t := range tactics {
		if strings.EqualFold(strings.ReplaceAll(name, "-", " "), t) {
			return t
		}
	}
	return "other"
}
