package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"riskreplay/src/check"
	"riskreplay/src/diag"
)

// JUnit writes the tests as CI systems read them: a suite for each detection, and in
// it a case for its validation and two for each test.
func (t *Tests) JUnit(w io.Writer) error {
	out := junitSuites{Name: "riskreplay", Time: seconds(t.Took.Seconds())}
	for i := range t.Detections {
		d := &t.Detections[i]
		suite := junitSuite{Name: d.Detection.Name, File: d.Detection.File}
		suite.add(d, "Validation", &d.Validation)
		for j := range d.Cases {
			r := &d.Cases[j]
			suite.add(d, caseName(r)+": Unit", &r.Unit)
			suite.add(d, caseName(r)+": Integration", &r.Integration)
		}
		out.Tests, out.Failures, out.Skipped = out.Tests+suite.Tests, out.Failures+suite.Failures, out.Skipped+suite.Skipped
		out.Suites = append(out.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	File     string      `xml:"file,attr,omitempty"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	took     float64
}

type junitCase struct {
	Name    string     `xml:"name,attr"`
	Class   string     `xml:"classname,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure"`
	Skipped *junitText `xml:"skipped"`
	Output  string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (s *junitSuite) add(d *Tested, name string, step *check.Step) {
	c := junitCase{Name: name, Class: d.Detection.Name, Time: seconds(step.Took.Seconds())}
	s.Tests++
	s.took += step.Took.Seconds()
	s.Time = seconds(s.took)
	said, first := texts(step.Problems)
	switch step.Status {
	case check.Failed:
		s.Failures++
		c.Failure = &junitText{Message: first, Text: said}
	case check.Skipped:
		s.Skipped++
		c.Skipped = &junitText{Message: first}
	default:
		c.Output = said
	}
	s.Cases = append(s.Cases, c)
}

// texts are messages as one text, and the first error, or else the first message, in
// a line.
func texts(list diag.List) (all, first string) {
	var lines []string
	failed := false
	for _, m := range list {
		lines = append(lines, m.Severity.String()+": "+m.Error())
		if first == "" || m.Severity == diag.Error && !failed {
			first, failed = m.Short(), m.Severity == diag.Error
		}
	}
	return strings.Join(lines, "\n"), first
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
