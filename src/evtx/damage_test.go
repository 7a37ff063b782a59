package evtx

import (
	"bytes"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"
)

// chunkOf holds records with numbers.
func chunkOf(numbers ...uint64) []byte {
	c := newChunk()
	for _, n := range numbers {
		if !c.record(n, sampleTime, a("E", "text of the event")) {
			panic("no room")
		}
	}
	return c.bytes()
}

func recordAt(chunk []byte, i int) (at, size int) {
	at = chunkHeaderSize
	for range i {
		at += int(le.Uint32(chunk[at+4:]))
	}
	return at, int(le.Uint32(chunk[at+4:]))
}

func numbersOf(records []Record) (out []int) {
	for _, r := range records {
		out = append(out, int(r.Number))
	}
	return out
}

func TestDamage(t *testing.T) {
	three := func() []byte { return chunkOf(1, 2, 3) }
	next := func() []byte { return chunkOf(4, 5) }
	spoiled := func(chunk []byte, at int, b ...byte) []byte {
		copy(chunk[at:], b)
		return chunk
	}
	dirty := func(file []byte) []byte {
		file[120] |= dirtyFlag
		sealFile(file)
		return file
	}
	second, size := recordAt(three(), 1)
	unclosed := three() // as it was before its third record: the header is behind
	third, _ := recordAt(unclosed, 2)
	le.PutUint32(unclosed[48:], uint32(third))
	sealed := bytes.Clone(unclosed)
	le.PutUint32(sealed[52:], crc32.ChecksumIEEE(sealed[chunkHeaderSize:third]))
	sealChunk(sealed)
	old := chunkOf(1, 2, 9)
	le.PutUint32(old[48:], uint32(third))

	for _, c := range []struct {
		name string
		file []byte
		want []int
		said string
	}{
		{"whole", log(three(), next()), []int{1, 2, 3, 4, 5}, ""},
		{"empty", nil, nil, "error: this is no Windows event log (.evtx): it does not begin with ElfFile"},
		{"header alone", log(), nil, ""},
		{"half a header", log(three())[:1000], nil, "error: the file is cut off at offset 0x3e8, inside its header"},
		{"cut off in a record", log(three())[:fileBlockSize+third+9], []int{1, 2}, "error: the file is cut off at offset 0x12c1, inside a chunk"},
		{"cut off behind its records", log(next(), three())[:fileBlockSize+chunkSize+2000], []int{4, 5, 1, 2, 3}, "error: the file is cut off at offset 0x117d0, inside a chunk"},
		{"header's checksum", spoiled(log(three()), 124, 0), []int{1, 2, 3}, "warning: the checksum of the file's header is wrong: all chunks are read"},
		{"another version", func() []byte { f := log(three()); f[38] = 4; sealFile(f); return f }(), []int{1, 2, 3}, "warning: the format's version is 4.1, known is 3: it is read as 3"},
		{"chunk's checksum", log(spoiled(three(), 124, 0), next()), []int{1, 2, 3, 4, 5}, "warning: the checksum of the header of the chunk at offset 0x1000 is wrong: its records are read"},
		{"records' checksum", log(spoiled(three(), second+16, 1), next()), []int{1, 2, 3, 4, 5}, "warning: the checksum of the records of the chunk at offset 0x1000 is wrong: they are read"},
		{"no chunk", log(spoiled(bytes.Repeat([]byte{7}, chunkSize), 0, 1), next()), []int{4, 5}, "error: the chunk at offset 0x1000 is damaged: it does not begin with ElfChnk and holds no record"},
		{"chunk's first letters", log(spoiled(three(), 0, 'x'), next()), []int{1, 2, 3, 4, 5}, "warning: the chunk at offset 0x1000 does not begin with ElfChnk: its records are read"},
		{"unused chunk", log(make([]byte, chunkSize), next()), []int{4, 5}, ""},
		{"record's first letters", log(spoiled(three(), second, 'x'), next()), []int{1, 3, 4, 5}, "error: 88 bytes at offset 0x1260 are no record: reading goes on behind them"},
		{"record's size", log(spoiled(three(), second+4, 0xff, 0xff, 0xff, 0xff)), []int{1, 3}, "are no record: reading goes on behind them"},
		{"copy of the size", log(spoiled(three(), second+size-4, 1)), []int{1, 3}, "are no record: reading goes on behind them"},
		{"last record", log(spoiled(three(), third, 'x')), []int{1, 2}, "bytes at offset 0x12b8 are no record"},
		{"BinXml", log(spoiled(three(), second+28, 0x1f), next()), []int{1, 3, 4, 5}, "error: record 2 at offset 0x1260 cannot be read: token 0x1f at offset 0x27c of the chunk stands where an element begins"},
		{"not closed", dirty(log(sealed)), []int{1, 2, 3}, ""},
		{"not closed, more chunks than counted", dirty(spoiled(log(three(), next()), 42, 1)), []int{1, 2, 3, 4, 5}, ""},
		{"closed, an old record behind", log(sealed), []int{1, 2}, ""},
		{"not closed, an old record behind", dirty(log(old)), []int{1, 2}, "warning: the checksum of the header of the chunk"},
		{"old chunks behind", func() []byte { f := log(three(), next()); f[42] = 1; sealFile(f); return f }(), []int{1, 2, 3}, "warning: 1 chunks behind the end of the log hold old records: they are not read"},
	} {
		records, problems := readLog(c.file, Options{})
		require.Equal(t, c.want, numbersOf(records), "%s: %s", c.name, said(problems))
		if c.said == "" {
			require.Empty(t, said(problems), c.name)
		}
		require.Contains(t, said(problems), c.said, c.name)
		for _, m := range problems {
			require.Equal(t, "x.evtx", m.Place.String())
		}
	}
}

func TestEveryCutIsReadAndSaid(t *testing.T) {
	file := log(chunkOf(1, 2, 3))
	whole, _ := readLog(file, Options{})
	for n := range fileBlockSize + 1000 {
		records, problems := readLog(file[:n], Options{})
		require.LessOrEqual(t, len(records), 3)
		for i, r := range records {
			require.Equal(t, whole[i].XML, r.XML)
		}
		require.Equal(t, n != fileBlockSize, len(problems) > 0, n)
	}
}

func TestProblemsOfAKindAreCounted(t *testing.T) {
	var chunks [][]byte
	for range 9 {
		chunks = append(chunks, bytes.Repeat([]byte{7}, chunkSize))
	}
	_, problems := readLog(log(chunks...), Options{})
	require.Len(t, problems, problemsShown+1)
	require.Equal(t, "and 4 more like this: the chunk at offset 0x81000 is damaged: it does not begin with ElfChnk and holds no record", problems[problemsShown].Text)
}
