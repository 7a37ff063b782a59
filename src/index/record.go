package index

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"

	"riskreplay/src/event"
)

// A record of a journal is some events that were appended together:
//
//	marker   8 bytes, drawn at random for each journal
//	length   4 bytes, of the payload
//	checksum 4 bytes, CRC-32C of marker, length and payload
//	payload  the texts of metadata, each once, then the events
//
// Numbers are little endian. The marker is where reading goes on behind bytes
// that are damaged. It is random so that nobody can send an event that would be
// taken for a record.

// marker begins every record of one journal.
type marker [8]byte

const (
	recordHead = 16
	// recordRaw is how many bytes of events share a record; an event that is larger
	// has one of its own.
	recordRaw = 4 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record is events as bytes. The marker and the checksum are put in when it is
// known which journal it goes to.
type record struct {
	bytes  []byte
	events []event.Event // their Raw is in bytes
	raw    int
}

// encodeRecords makes records of events, in their order.
func encodeRecords(evs []event.Event) []record {
	var out []record
	for len(evs) > 0 {
		n, raw := 1, len(evs[0].Raw)
		for n < len(evs) && raw+len(evs[n].Raw) <= recordRaw {
			raw += len(evs[n].Raw)
			n++
		}
		out = append(out, encodeRecord(evs[:n], raw))
		evs = evs[n:]
	}
	return out
}

// texts numbers the texts of a record.
type texts struct {
	list  []string
	codes map[string]int
	last  [5]string
	code  [5]int
	known [5]bool
	bytes int
}

// number is a text's number; slot is a place where texts often repeat.
func (t *texts) number(slot int, s string) int {
	if t.known[slot] && s == t.last[slot] {
		return t.code[slot]
	}
	c, ok := t.codes[s]
	if !ok {
		if t.codes == nil {
			t.codes = map[string]int{}
		}
		s = strings.Clone(s)
		c = len(t.list)
		t.list = append(t.list, s)
		t.codes[s] = c
		t.bytes += len(s)
	}
	t.last[slot], t.code[slot], t.known[slot] = t.list[c], c, true
	return c
}

const maxVarint = binary.MaxVarintLen64

func encodeRecord(evs []event.Event, raw int) record {
	var t texts
	refs := make([]int, 0, 4*len(evs))
	stored := make([]event.Event, len(evs))
	fields := 0
	for i := range evs {
		e := &evs[i]
		h, s, st, x := t.number(0, e.Host), t.number(1, e.Source), t.number(2, e.Sourcetype), t.number(3, e.Index)
		refs = append(refs, h, s, st, x)
		stored[i] = event.Event{Time: e.Time, Host: t.list[h], Source: t.list[s], Sourcetype: t.list[st], Index: t.list[x]}
		for _, f := range e.Fields {
			t.number(4, f.Name)
			fields += len(f.Value) + 2*maxVarint
		}
	}
	b := make([]byte, recordHead, recordHead+t.bytes+(len(t.list)+2)*maxVarint+raw+7*maxVarint*len(evs)+fields)
	b = binary.AppendUvarint(b, uint64(len(t.list)))
	for _, s := range t.list {
		b = appendText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(evs)))
	var last event.Time
	for i := range evs {
		e := &evs[i]
		b = binary.AppendVarint(b, int64(e.Time-last))
		last = e.Time
		for _, r := range refs[4*i : 4*i+4] {
			b = binary.AppendUvarint(b, uint64(r))
		}
		b = binary.AppendUvarint(b, uint64(len(e.Fields)))
		for _, f := range e.Fields {
			n := t.number(4, f.Name)
			b = binary.AppendUvarint(b, uint64(n))
			b = appendText(b, f.Value)
			stored[i].Fields = append(stored[i].Fields, event.Field{Name: t.list[n], Value: strings.Clone(f.Value)})
		}
		b = binary.AppendUvarint(b, uint64(len(e.Raw)))
		from := len(b)
		b = append(b, e.Raw...)
		stored[i].Raw = b[from:len(b):len(b)]
	}
	binary.LittleEndian.PutUint32(b[8:], uint32(len(b)-recordHead))
	return record{bytes: b, events: stored, raw: raw}
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// seal puts in what depends on the journal.
func (r record) seal(m marker) {
	copy(r.bytes, m[:])
	binary.LittleEndian.PutUint32(r.bytes[12:], checksum(r.bytes[:12], r.bytes[recordHead:]))
}

func checksum(head, payload []byte) uint32 {
	return crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, payload)
}

var errRecord = errors.New("the record's inside is not what its checksum says")

// decodeRecord gives the events of a payload; their Raw is in it.
func decodeRecord(payload []byte) ([]event.Event, error) {
	d := decoder{rest: payload}
	list := make([]string, d.count(1))
	for i := range list {
		list[i] = string(d.bytes())
	}
	evs := make([]event.Event, d.count(7))
	var at event.Time
	for i := range evs {
		at += event.Time(d.varint())
		evs[i] = event.Event{Time: at, Host: d.text(list), Source: d.text(list), Sourcetype: d.text(list), Index: d.text(list)}
		if n := d.count(2); n > 0 {
			fields := make([]event.Field, n)
			for k := range fields {
				fields[k].Name = d.text(list)
				fields[k].Value = string(d.bytes())
			}
			evs[i].Fields = fields
		}
		evs[i].Raw = d.bytes()
		if d.bad {
			return nil, errRecord
		}
	}
	if d.bad || len(d.rest) > 0 {
		return nil, errRecord
	}
	return evs, nil
}

// decoder reads a payload; once something does not fit it gives zeros.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count is how many things follow, of which each takes some bytes at least.
func (d *decoder) count(each int) int {
	n := d.uvarint()
	if n > uint64(len(d.rest)/each) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) bytes() []byte {
	n := d.count(1)
	out := d.rest[:n:n]
	d.rest = d.rest[n:]
	return out
}

func (d *decoder) text(list []string) string {
	n := d.uvarint()
	if n >= uint64(len(list)) {
		d.fail()
		return ""
	}
	return list[n]
}

func (d *decoder) fail() { d.bad, d.rest = true, []byte{} }
