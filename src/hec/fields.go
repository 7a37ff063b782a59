package hec

import (
	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/event"
)

// readFields reads the indexed fields: a flat object, whose lists are fields with
// several values.
func (d *decoder) readFields() error {
	if kind := d.json.PeekKind(); kind != '{' {
		if kind != 'n' {
			d.fault(CodeFields)
		}
		return d.json.SkipValue()
	}
	if _, err := d.json.ReadToken(); err != nil {
		return err
	}
	d.event.Fields = nil
	for d.json.PeekKind() != '}' {
		key, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		name := d.names.get(key)
		if name == "" {
			d.fault(CodeFields)
		}
		if err := d.fieldValue(name); err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return err
}

// fieldValue reads the value or the list of values of a field.
func (d *decoder) fieldValue(name string) error {
	if d.json.PeekKind() != '[' {
		value, err := d.json.ReadValue()
		if err == nil {
			d.addField(name, value)
		}
		return err
	}
	if _, err := d.json.ReadToken(); err != nil {
		return err
	}
	for d.json.PeekKind() != ']' {
		value, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		d.addField(name, value)
	}
	_, err := d.json.ReadToken()
	return err
}

// addField adds one value; null is none.
func (d *decoder) addField(name string, value jsontext.Value) {
	switch value.Kind() {
	case '{', '[':
		d.fault(CodeFields)
		return
	case 'n':
		return
	}
	if len(d.event.Fields) >= d.limits.fields {
		d.fault(CodeFields)
		return
	}
	text := string(value)
	if value.Kind() == '"' {
		plain, _ := jsontext.AppendUnquote(nil, value) // the error is what is no UTF-8, and was replaced
		text = string(plain)
	}
	d.event.Fields = append(d.event.Fields, event.Field{Name: name, Value: text})
}
