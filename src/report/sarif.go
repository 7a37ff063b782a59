package report

import (
	"encoding/json"

	"riskreplay/src/diag"
	"riskreplay/src/vet"
)

// SARIF is what rules found in content, in the form of code scanning (SARIF 2.1.0).
func SARIF(found []vet.Found) ([]byte, error) {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "riskreplay", Rules: []sarifRule{}}
	for _, r := range vet.ContentRules() {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: r.ID, Short: sarifText{r.Why}})
	}
	for _, f := range found {
		result := sarifResult{Rule: f.Rule, Level: level(f.Message.Severity), Message: sarifText{f.Message.Text}}
		if f.Message.Hint != "" {
			result.Message.Text += " (" + f.Message.Hint + ")"
		}
		if at := f.Message.Place; at.Text != nil {
			var l sarifLocation
			l.Physical.Artifact.URI = at.Text.Name
			if line, column := at.LineColumn(); line > 0 && at.Text.Body != "" {
				l.Physical.Region = &sarifRegion{Line: line, Column: column}
			}
			result.Locations = append(result.Locations, l)
		}
		run.Results = append(run.Results, result)
	}
	return json.MarshalIndent(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, "", " ")
}

func level(s diag.Severity) string {
	if s == diag.Error {
		return "error"
	}
	return "warning"
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
}

type sarifResult struct {
	Rule      string          `json:"ruleId"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn"`
}
