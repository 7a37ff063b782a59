package ingest

import "github.com/goccy/go-yaml/ast"

// readTests reads the tests of a detection, each a dataset of its own:
//
//	tests:
//	- name: True Positive Test
//	  attack_data:
//	  - data: https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/.../windows-sysmon.log
//	    source: XmlWinEventLog:Microsoft-Windows-Sysmon/Operational
//	    sourcetype: XmlWinEventLog
//	    host: pc1                   may be missing, as may
//	    custom_index: winevents
//
// A test without data (a manual one) is left out.
func (c *catalogue) readTests(y *yamlReader, fields map[string]ast.Node) {
	c.technique = y.words(fields, "mitre_attack_id")
	if tags := fields["tags"]; tags != nil && c.technique == nil {
		if inner, ok := y.mapping(tags, `"tags"`); ok {
			c.technique = y.words(inner, "mitre_attack_id")
		}
	}
	c.tests = []*catalogue{}
	for _, item := range y.list(fields["tests"], `"tests"`) {
		test, ok := y.mapping(item, `an entry of "tests"`)
		if !ok || test["attack_data"] == nil {
			continue
		}
		part := *c
		part.tests, part.name = nil, y.word(test, "name")
		for _, data := range y.list(test["attack_data"], `"attack_data"`) {
			part.readAttackData(y, data)
		}
		c.tests = append(c.tests, &part)
	}
	if len(c.tests) == 1 {
		c.tests[0].name = ""
	}
	c.broken = len(y.problems) > 0
	if len(c.tests) == 0 && !c.broken {
		y.wrong(fields["tests"], "none of the detection's tests has data", "")
	}
	for _, part := range c.tests {
		part.wrong = len(y.problems) > 0
	}
}

func (c *catalogue) readAttackData(y *yamlReader, item ast.Node) {
	fields, ok := y.mapping(item, `an entry of "attack_data"`)
	if !ok {
		return
	}
	if fields["data"] == nil {
		y.wrong(item, `an entry of "attack_data" has no "data"`, "")
		return
	}
	e := entry{target: y.word(fields, "data"), place: y.place(fields["data"]), from: FromTest}
	e.Metadata = Metadata{
		Sourcetype: y.word(fields, "sourcetype"), Source: y.word(fields, "source"),
		Host: y.word(fields, "host"), Index: y.word(fields, "custom_index"),
	}
	if e.target != "" {
		c.entries = append(c.entries, e)
	}
}
