package detection

import (
	"strconv"

	"riskreplay/src/diag"
)

// Macro is a search macro.
type Macro struct {
	Name        string   // without the number of arguments
	Arguments   []string // their names
	Definition  string
	Description string
	File        string
}

var macroKeys = []key[Macro]{
	{name: "name", must: true, read: text(func(m *Macro) *string { return &m.Name })},
	{name: "arguments", read: texts(func(m *Macro) *[]string { return &m.Arguments })},
	{name: "definition", must: true, read: text(func(m *Macro) *string { return &m.Definition })},
	{name: "description", must: true, read: text(func(m *Macro) *string { return &m.Description })},
	{name: "id", read: skipped[Macro]},
	{name: "version", read: skipped[Macro]},
	{name: "date", read: skipped[Macro]},
	{name: "author", read: skipped[Macro]},
	{name: "status", read: skipped[Macro]},
}

// ReadMacro reads one macro file; nil when it is no YAML mapping.
func ReadMacro(name string, data []byte) (*Macro, diag.List) {
	m := &Macro{File: name}
	msgs, ok := readFile(name, data, "a macro", macroKeys, m)
	if !ok {
		return nil, msgs
	}
	m.Definition, m.Description = trim(m.Definition), trim(m.Description)
	return m, msgs
}

// Stanza is the macro's stanza name: "security_content_ctime(1)".
func (m *Macro) Stanza() string {
	if len(m.Arguments) == 0 {
		return m.Name
	}
	return m.Name + "(" + strconv.Itoa(len(m.Arguments)) + ")"
}
