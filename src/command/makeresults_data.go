package command

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/spl"
)

// readCSV reads a header and records; an empty cell is null.
func readCSV(a *arguments, v spl.Value) *batch.Batch {
	r := csv.NewReader(strings.NewReader(strings.TrimLeft(v.Text, "\r\n")))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		a.problem(v.Span, "cannot read the CSV data: there is no line with the fields' names", "")
		return nil
	}
	t := newCellTable()
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			a.problem(v.Span, "cannot read the CSV data: "+err.Error(), "")
			return nil
		}
		t.next()
		for i, text := range record {
			if i < len(header) && text != "" {
				t.set(strings.TrimSpace(header[i]), text)
			}
		}
	}
	return t.batch()
}

// readJSON reads an array of objects, or one object: strings as they are, other
// values as their JSON text, null as no value.
func readJSON(a *arguments, v spl.Value) *batch.Batch {
	d := jsontext.NewDecoder(strings.NewReader(v.Text), jsontext.AllowDuplicateNames(true))
	t := newCellTable()
	if err := readObjects(d, t); err != nil {
		a.problem(v.Span, "cannot read the JSON data: "+strings.TrimPrefix(err.Error(), "jsontext: "), `it is an array of objects: [{"a":"1"},{"a":"2"}]`)
		return nil
	}
	return t.batch()
}

func readObjects(d *jsontext.Decoder, t *cellTable) error {
	if d.PeekKind() == '[' {
		if _, err := d.ReadToken(); err != nil {
			return err
		}
	}
	for d.PeekKind() == '{' {
		t.next()
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for d.PeekKind() == '"' {
			name, err := d.ReadToken()
			if err != nil {
				return err
			}
			field := name.String()
			value, err := d.ReadValue()
			if err != nil {
				return err
			}
			switch value.Kind() {
			case 'n':
			case '"':
				text, err := jsontext.AppendUnquote(nil, value)
				if err != nil {
					return err
				}
				t.set(field, string(text))
			default:
				t.set(field, value.String())
			}
		}
		if _, err := d.ReadToken(); err != nil {
			return err
		}
	}
	end, err := d.ReadToken()
	switch {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	case end.Kind() != ']':
		return errors.New("an element is no object")
	}
	return nil
}

// cellTable is rows under construction, cell by cell.
type cellTable struct {
	rows    int
	names   []string
	columns map[string]*batch.Column
}

func newCellTable() *cellTable { return &cellTable{columns: map[string]*batch.Column{}} }

func (t *cellTable) next() { t.rows++ }

func (t *cellTable) set(name, text string) {
	c := t.columns[name]
	if c == nil {
		c = &batch.Column{Dict: batch.NewDict()}
		t.columns[name] = c
		t.names = append(t.names, name)
	}
	for len(c.Codes) < t.rows {
		c.Codes = append(c.Codes, 0)
	}
	c.Codes[t.rows-1] = c.Dict.Add(text)
}

func (t *cellTable) batch() *batch.Batch {
	b := batch.New(t.rows)
	for _, n := range t.names {
		c := t.columns[n]
		for len(c.Codes) < t.rows {
			c.Codes = append(c.Codes, 0)
		}
		b.Set(n, c)
	}
	return b
}
