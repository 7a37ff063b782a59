package batch

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

// Code numbers an entry of a Dict. Code 0 is null: the field is absent.
type Code = uint32

// Dict is the distinct values of one or more columns. An entry is a text or
// several texts (a multivalue); the empty text is a value, not null.
//
// Adding is for one goroutine; a Dict that nobody adds to is read by many.
type Dict struct {
	texts  []string
	multi  map[Code][]Code
	codes  map[string]Code
	lists  map[string]Code // multivalues, by the bytes of their codes
	arena  []byte
	size   int // bytes of all texts and lists
	folded foldedTexts
}

type foldedTexts struct {
	sync.Mutex
	list  []string
	asked int // entries looked at so far, by FoldedFor
}

// NewDict holds null alone.
func NewDict() *Dict { return &Dict{texts: make([]string, 1, 16), codes: map[string]Code{}} }

// Len is the number of codes, null included: every code is below it.
func (d *Dict) Len() int { return len(d.texts) }

// entrySize is about what an entry takes besides its text: the text's place in the
// list and in the table.
const entrySize = 64

// Size is about how many bytes the dictionary takes.
func (d *Dict) Size() int64 { return int64(d.size + entrySize*len(d.texts)) }

// Add gives the code of a text. The text is copied when it is new.
func (d *Dict) Add(text string) Code {
	if c, ok := d.codes[text]; ok {
		return c
	}
	return d.insert(d.keep(text))
}

// AddBytes is Add for bytes, which may be written over afterwards.
func (d *Dict) AddBytes(text []byte) Code {
	if c, ok := d.codes[string(text)]; ok {
		return c
	}
	return d.insert(d.keep(unsafe.String(unsafe.SliceData(text), len(text))))
}

// AddShared is Add for a text that may be kept as it is, without a copy.
func (d *Dict) AddShared(text string) Code {
	if c, ok := d.codes[text]; ok {
		return c
	}
	return d.insert(text)
}

func (d *Dict) insert(text string) Code {
	c := Code(len(d.texts))
	d.texts = append(d.texts, text)
	d.codes[text] = c
	d.size += len(text)
	return c
}

// arenaSize is how many bytes of texts share an allocation.
const arenaSize = 32 << 10

// keep copies a text. Small ones share an allocation, which is never written
// over, so that a dictionary of many values is few objects for the collector.
func (d *Dict) keep(text string) string {
	if len(text) > arenaSize/8 {
		return strings.Clone(text)
	}
	if len(d.arena)+len(text) > cap(d.arena) {
		d.arena = make([]byte, 0, arenaSize)
	}
	from := len(d.arena)
	d.arena = append(d.arena, text...)
	return unsafe.String(unsafe.SliceData(d.arena[from:]), len(text))
}

// AddValues gives the code of a multivalue: null for no values, the plain value
// for one. Values keep their order.
func (d *Dict) AddValues(values []string) Code {
	codes := make([]Code, len(values))
	for i, v := range values {
		codes[i] = d.Add(v)
	}
	return d.AddCodes(codes)
}

// AddCodes is AddValues for values that are in the dictionary already.
func (d *Dict) AddCodes(values []Code) Code {
	switch len(values) {
	case 0:
		return 0
	case 1:
		return values[0]
	}
	key := unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*4)
	if c, ok := d.lists[key]; ok {
		return c
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = d.texts[v]
	}
	c := Code(len(d.texts))
	d.texts = append(d.texts, strings.Join(parts, "\n"))
	d.size += len(d.texts[c]) + 8*len(values)
	if d.lists == nil {
		d.lists, d.multi = map[string]Code{}, map[Code][]Code{}
	}
	d.multi[c] = append([]Code(nil), values...)
	d.lists[strings.Clone(key)] = c
	return c
}

// Find gives the code of a text that is in the dictionary.
func (d *Dict) Find(text string) (Code, bool) {
	c, ok := d.codes[text]
	return c, ok
}

// Text is the text of a value, "" for null, and the values of a multivalue
// joined by newlines.
func (d *Dict) Text(c Code) string { return d.texts[c] }

// HasMulti tells whether any entry is a multivalue.
func (d *Dict) HasMulti() bool { return len(d.multi) > 0 }

// Multi is the values of a multivalue as codes, nil for null and plain values.
// The slice is not to be written to.
func (d *Dict) Multi(c Code) []Code {
	if d.multi == nil {
		return nil
	}
	return d.multi[c]
}

// Values is the values as texts: none for null, one for a plain value.
func (d *Dict) Values(c Code) []string {
	if c == 0 {
		return nil
	}
	list := d.Multi(c)
	if list == nil {
		return []string{d.texts[c]}
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = d.texts[v]
	}
	return out
}

// Num is the number that a plain value's text is; see Number.
func (d *Dict) Num(c Code) (float64, bool) {
	if c == 0 || d.Multi(c) != nil {
		return 0, false
	}
	return Number(d.texts[c])
}

// Folded is every entry's text in lower case, by code; computed once. It is
// safe for concurrent use once nobody adds, and its strings are not to be kept
// longer than the dictionary.
func (d *Dict) Folded() []string {
	d.folded.Lock()
	defer d.folded.Unlock()
	for c := len(d.folded.list); c < len(d.texts); c++ {
		d.folded.list = append(d.folded.list, strings.ToLower(d.texts[c]))
	}
	return d.folded.list
}

// FoldedFor is Folded for who is about to look at up to n entries, or nil while
// making the texts of all entries would cost more than was asked for in all:
// then the entries are folded one by one. Safe for concurrent use like Folded.
func (d *Dict) FoldedFor(n int) []string {
	d.folded.Lock()
	d.folded.asked += min(n, len(d.texts))
	pays := d.folded.asked >= len(d.texts)/2
	d.folded.Unlock()
	if !pays {
		return nil
	}
	return d.Folded()
}

// Number reads a text as Splunk reads a field's: decimal digits with a sign, a
// point and an exponent, "nan", "inf" and "-inf"; no hex, no underscores, no
// blanks around it. A field that holds digits is a number.
func Number(text string) (float64, bool) {
	if text == "" || len(text) > 400 {
		return 0, false
	}
	switch c := text[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
	case c == 'n' || c == 'N':
		return math.NaN(), strings.EqualFold(text, "nan")
	case c == 'i' || c == 'I':
		return math.Inf(1), strings.EqualFold(text, "inf")
	default:
		return 0, false
	}
	if strings.EqualFold(text, "-inf") {
		return math.Inf(-1), true
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
