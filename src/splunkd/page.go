package splunkd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// page is one answer with results, read as it comes (output_mode=json):
//
//	{"preview":false,"init_offset":0,"messages":[],"fields":[{"name":"host"}],
//	 "results":[{"host":"a"},...],"highlighted":{}}
//
// The keys may stand in any order; older Splunks write fields as plain texts, and
// no answer at all for no results.
type page struct {
	dec *jsontext.Decoder
	in  *meter

	inside   bool // in the list of results
	ended    bool
	rows     int
	fields   []string
	messages []Message
}

// errMalformed is an answer that is not of the form.
var errMalformed = errors.New("the answer holds no results in JSON")

func newPage(r io.Reader, limit int) *page {
	in := &meter{r: r, limit: limit}
	in.renew()
	return &page{in: in, dec: jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// next adds rows until there are enough of them or the page ends.
func (p *page) next(rows *rowsBuilder) error {
	for !p.ended {
		if !p.inside {
			if err := p.key(); err != nil {
				return err
			}
			continue
		}
		if rows.full() {
			return nil
		}
		p.in.renew()
		if p.dec.PeekKind() == ']' {
			if _, err := p.dec.ReadToken(); err != nil {
				return err
			}
			p.inside = false
			continue
		}
		if err := rows.read(p.dec, p.fields); err != nil {
			return err
		}
		p.rows++
	}
	return nil
}

// key reads on to the list of results or to the end.
func (p *page) key() error {
	p.in.renew()
	if p.dec.StackDepth() == 0 {
		return p.begin()
	}
	t, err := p.dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() == '}' {
		p.ended = true
		return nil
	}
	switch t.String() {
	case "messages":
		return p.value(&p.messages)
	case "fields":
		var names fieldNames
		err := p.value(&names)
		p.fields = names
		return err
	case "results":
		if t, err := p.dec.ReadToken(); err != nil || t.Kind() != '[' {
			return orMalformed(err)
		}
		p.inside = true
		return nil
	}
	return p.dec.SkipValue()
}

func (p *page) begin() error {
	t, err := p.dec.ReadToken()
	switch {
	case err == io.EOF: // nothing: no results
		p.ended = true
		return nil
	case err != nil:
		return err
	case t.Kind() != '{':
		return errMalformed
	}
	return nil
}

func (p *page) value(into any) error {
	v, err := p.dec.ReadValue()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(v, into); errors.Is(err, errFields) {
		return err
	} else if err != nil {
		return errMalformed
	}
	return nil
}

func orMalformed(err error) error {
	if err == nil {
		err = errMalformed
	}
	return err
}

// fieldNames is the list of fields: objects with a name, or texts.
type fieldNames []string

func (f *fieldNames) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, raw := range list {
		var named struct {
			Name string `json:"name"`
		}
		if bytes.HasPrefix(raw, []byte(`"`)) {
			_ = json.Unmarshal(raw, &named.Name) // it is a valid text
		} else if err := json.Unmarshal(raw, &named); err != nil {
			return err
		}
		*f = append(*f, named.Name)
	}
	if len(*f) > maxFields {
		return errFields
	}
	return nil
}

// maxFields is how many fields rows may have.
const maxFields = 20_000

var errFields = fmt.Errorf("the results have more than %d fields", maxFields)

// meter bounds how much is read between two renewals: one row, one message.
type meter struct {
	r           io.Reader
	limit, left int
}

func (m *meter) renew() { m.left = m.limit }

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errLarge
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	return n, err
}
