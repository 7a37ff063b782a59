package lookup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

// A collection of the KV store is a file kvstore/<collection>.json of an app: an
// array of documents, as splunkd's storage/collections/data gives them.

// keyColumn is the column with a document's key.
const keyColumn = "_key"

// parseCollection reads documents. A value that is an array is a multivalue,
// whose values stand in a cell one a line; an object stays JSON.
func parseCollection(name string, data []byte, fields []string) (*Table, diag.List) {
	refuse := func(err error) (*Table, diag.List) {
		return nil, diag.List{{Text: `cannot read collection "` + name + `": ` + err.Error(), Place: (&diag.Text{Name: name}).At(0, 0), Cause: err}}
	}
	var docs []map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&docs); err != nil {
		return refuse(err)
	}
	if len(docs) > maxRows {
		return refuse(fmt.Errorf("it has more than 5,000,000 documents"))
	}
	t := &Table{Name: name, collection: true, columns: append([]string{keyColumn}, fields...)}
	if len(fields) == 0 {
		seen := map[string]bool{keyColumn: true, "_user": true}
		var more []string
		for _, doc := range docs {
			for k := range doc {
				if !seen[k] {
					seen[k] = true
					more = append(more, k)
				}
			}
		}
		slices.Sort(more)
		if len(more) > maxColumns {
			return refuse(fmt.Errorf("it has more than 1000 fields"))
		}
		t.columns = append(t.columns, more...)
	}
	for n, doc := range docs {
		row := make([]string, len(t.columns))
		for i, name := range t.columns {
			row[i] = strings.Join(scalars(field(doc, name)), "\n")
		}
		if row[0] == "" {
			row[0] = strconv.Itoa(n)
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// field finds a name in a document; a.b is b within a where there is no a.b.
func field(doc map[string]any, name string) any {
	if v, ok := doc[name]; ok {
		return v
	}
	head, rest, ok := strings.Cut(name, ".")
	if inner, isObject := doc[head].(map[string]any); ok && isObject {
		return field(inner, rest)
	}
	return nil
}

func scalars(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case json.Number:
		return []string{v.String()}
	case bool:
		return []string{strconv.FormatBool(v)}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, scalars(x)...)
		}
		return out
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return []string{string(text)}
}

// documents is a collection as its file has it.
func (t *Table) documents() ([]byte, error) {
	docs := make([]map[string]any, len(t.rows))
	for r, row := range t.rows {
		docs[r] = map[string]any{}
		for i, name := range t.columns {
			switch list := strings.Split(row[i], "\n"); {
			case row[i] == "":
			case len(list) > 1:
				docs[r][name] = list
			default:
				docs[r][name] = row[i]
			}
		}
	}
	return json.MarshalIndent(docs, "", " ")
}

// upsert adds rows to a collection; one whose key is there already replaces it.
// A row without a key gets one.
func (t *Table) upsert(w Rows) {
	at := map[string]int{}
	for r, row := range t.rows {
		at[row[0]] = r
	}
	key := w.Rows.Column(keyColumn)
	if w.Key != "" {
		key = w.Rows.Column(w.Key)
	}
	for r, row := range cells(w.Rows, t.columns, "\n") {
		row[0] = ""
		if key != nil {
			row[0] = key.Text(r)
		}
		if row[0] == "" {
			row[0] = newKey(len(t.rows), row)
		}
		if old, ok := at[row[0]]; ok {
			t.rows[old] = row
			continue
		}
		at[row[0]] = len(t.rows)
		t.rows = append(t.rows, row)
	}
}

// newKey is a key of 24 hexadecimal digits, as the KV store makes them, the same
// for the same row in the same place.
func newKey(n int, row []string) string {
	sum := sha256.Sum256([]byte(strconv.Itoa(n) + "\x00" + strings.Join(row, "\x00")))
	return hex.EncodeToString(sum[:12])
}
