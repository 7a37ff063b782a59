package vet

import (
	"strings"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	planned "riskreplay/src/search"
	"riskreplay/src/spl"
)

// ContentRule is one rule over the detections of a content repository.
type ContentRule struct {
	ID string
	// Severity is Error where the detection would not work, or would be refused; a
	// warning does not fail.
	Severity diag.Severity
	// Why is what the rule is for, in one line.
	Why string
	run func(*subject)
}

// Found is what a rule found. Its message says where and what to do.
type Found struct {
	Rule string
	// File is that of the detection, as the content names it; "" for what is of no
	// detection.
	File    string
	Message diag.Message
}

// Planner plans searches with the content's macros and lookups.
type Planner interface {
	Plan(text *diag.Text, now time.Time) (*planned.Plan, *spl.Search, diag.List)
}

// ContentRules are all rules over content, by id.
func ContentRules() []ContentRule {
	rules := []ContentRule{
		{"RR001", diag.Error, "a file is YAML in contentctl's form, v4 or v5, and what it names is there", nil},
		{"RR002", diag.Error, "what the app is built from can be built: names that Enterprise Security can edit, tokens that stand for something", nil},
	}
	return append(rules, contentRules...)
}

// subject is a detection that rules look at.
type subject struct {
	*detection.Detection
	content *detection.Content
	planner Planner
	now     time.Time
	// plan and tree are those of the search; nil when it has errors.
	plan *planned.Plan
	tree *spl.Search
	said diag.List // about the search

	rule  *ContentRule
	found []Found
}

// Content runs the rules over detections. read is what reading the content had to
// say, built what building it had.
func Content(c *detection.Content, detections []*detection.Detection, read, built diag.List, p Planner, now time.Time) []Found {
	var out []Found
	mine := map[string]bool{}
	for _, d := range detections {
		mine[d.File], mine[detection.TestFile(d.File)] = true, true
	}
	for _, list := range []struct {
		rule     string
		messages diag.List
	}{{"RR001", read}, {"RR002", built}} {
		for _, m := range list.messages {
			if list.rule == "RR002" && m.Severity != diag.Error {
				continue // another rule says so
			}
			f := Found{Rule: list.rule, Message: m}
			if m.Place.Text != nil {
				f.File = strings.TrimSuffix(strings.TrimSuffix(m.Place.Text.Name, ".test.yml"), ".yml") + ".yml"
			}
			out = append(out, f)
		}
	}
	for _, d := range detections {
		s := &subject{Detection: d, content: c, planner: p, now: now}
		if d.SearchText != nil {
			s.plan, s.tree, s.said = p.Plan(d.SearchText, now)
		}
		for i := range contentRules {
			s.rule = &contentRules[i]
			s.rule.run(s)
		}
		out = append(out, s.found...)
	}
	return out
}

// say notes what the rule found, with the rule's severity.
func (s *subject) say(at diag.Place, text, hint string) {
	if at.Text == nil {
		at = diag.Place{Text: &diag.Text{Name: s.File}}
	}
	s.message(diag.Message{Severity: s.rule.Severity, Text: text, Place: at, Hint: hint})
}

func (s *subject) message(m diag.Message) {
	s.found = append(s.found, Found{Rule: s.rule.ID, File: s.File, Message: m})
}

// in is the place of a text inside a key's value, else of the value.
func (s *subject) in(key, text string) diag.Place {
	at := s.Place(key)
	if at.Text == nil || text == "" {
		return at
	}
	if i := strings.Index(at.Text.Body[at.Start:], text); i >= 0 {
		return at.Text.At(at.Start+i, at.Start+i+len(text))
	}
	return at
}

// fields are those that the search gives; false when that is not known before it
// runs: it has errors, or its results are events.
func (s *subject) fields() (planned.Schema, bool) {
	if s.plan == nil {
		return planned.Schema{}, false
	}
	schema := s.plan.Schema()
	return schema, !schema.Open
}

// given tells whether the search gives a field, as far as that can be known.
func (s *subject) given(field string) bool {
	schema, known := s.fields()
	return !known || schema.Has(field)
}

// near is a hint at the field that was meant.
func (s *subject) near(field string) string {
	schema, _ := s.fields()
	if hint := diag.DidYouMean(field, schema.Fields); hint != "" {
		return hint
	}
	if n := len(schema.Fields); n > 0 && n <= 15 {
		return "the search gives " + strings.Join(schema.Fields, ", ")
	}
	return ""
}
