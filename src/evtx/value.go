package evtx

import (
	"encoding/hex"
	"math"
	"strconv"
)

// valueKind is the type of a value; with arrayFlag it is an array of them.
type valueKind uint8

const (
	nullValue       valueKind = 0x00
	stringValue     valueKind = 0x01
	ansiValue       valueKind = 0x02
	binaryValue     valueKind = 0x0e
	guidValue       valueKind = 0x0f
	sizeValue       valueKind = 0x10
	fileTimeValue   valueKind = 0x11
	systemTimeValue valueKind = 0x12
	sidValue        valueKind = 0x13
	binXMLValue     valueKind = 0x21
	xmlValue        valueKind = 0x23
	arrayFlag       valueKind = 0x80
)

// fixed are the types whose size tells whether a value is one; others have any
// size.
var fixed = [256]struct {
	size   int
	append func(out, b []byte) []byte
}{
	0x03:            {1, func(out, b []byte) []byte { return strconv.AppendInt(out, int64(int8(b[0])), 10) }},
	0x04:            {1, func(out, b []byte) []byte { return strconv.AppendUint(out, uint64(b[0]), 10) }},
	0x05:            {2, func(out, b []byte) []byte { return strconv.AppendInt(out, int64(int16(le.Uint16(b))), 10) }},
	0x06:            {2, func(out, b []byte) []byte { return strconv.AppendUint(out, uint64(le.Uint16(b)), 10) }},
	0x07:            {4, func(out, b []byte) []byte { return strconv.AppendInt(out, int64(int32(le.Uint32(b))), 10) }},
	0x08:            {4, func(out, b []byte) []byte { return strconv.AppendUint(out, uint64(le.Uint32(b)), 10) }},
	0x09:            {8, func(out, b []byte) []byte { return strconv.AppendInt(out, int64(le.Uint64(b)), 10) }},
	0x0a:            {8, func(out, b []byte) []byte { return strconv.AppendUint(out, le.Uint64(b), 10) }},
	0x0b:            {4, func(out, b []byte) []byte { return appendReal(out, float64(math.Float32frombits(le.Uint32(b))), 32) }},
	0x0c:            {8, func(out, b []byte) []byte { return appendReal(out, math.Float64frombits(le.Uint64(b)), 64) }},
	0x0d:            {4, func(out, b []byte) []byte { return strconv.AppendBool(out, le.Uint32(b) != 0) }},
	guidValue:       {16, appendGUID},
	fileTimeValue:   {8, func(out, b []byte) []byte { return appendFileTime(out, le.Uint64(b)) }},
	systemTimeValue: {16, appendSystemTime},
	0x14:            {4, appendHexInt},
	0x15:            {8, appendHexInt},
}

// appendValue writes a value that is neither an array nor BinXml. quoted tells
// that it stands in an attribute.
func appendValue(out []byte, kind valueKind, b []byte, quoted bool) []byte {
	if f := &fixed[kind]; f.size != 0 && f.size == len(b) {
		return f.append(out, b)
	}
	switch kind {
	case nullValue:
		return out
	case stringValue, xmlValue:
		return appendUTF16(out, b, quoted)
	case ansiValue:
		return appendANSI(out, b, quoted)
	case sizeValue:
		if len(b) == 4 || len(b) == 8 {
			return appendHexInt(out, b)
		}
	case sidValue:
		return appendSID(out, b)
	}
	return appendBinary(out, b)
}

// nextItem cuts the first item off an array.
func nextItem(kind valueKind, b []byte) (item, rest []byte) {
	n := fixed[kind].size
	switch {
	case kind == stringValue || kind == xmlValue:
		for i := 0; i+1 < len(b); i += 2 {
			if b[i] == 0 && b[i+1] == 0 {
				return b[:i], b[i+2:]
			}
		}
		return b, nil
	case kind == ansiValue:
		for i, c := range b {
			if c == 0 {
				return b[:i], b[i+1:]
			}
		}
		return b, nil
	case kind == sizeValue: // of 64 bits; those of 32 come as hex numbers
		n = 8
	case kind == sidValue && len(b) >= 2:
		n = 8 + 4*int(b[1])
	}
	if n == 0 || n > len(b) {
		return b, nil
	}
	return b[:n], b[n:]
}

const hexDigits = "0123456789ABCDEF"

func appendBinary(out, b []byte) []byte {
	for _, c := range b {
		out = append(out, hexDigits[c>>4], hexDigits[c&15])
	}
	return out
}

// appendHexInt writes 0x3e7.
func appendHexInt(out, b []byte) []byte {
	var wide [8]byte
	copy(wide[:], b)
	return strconv.AppendUint(append(out, "0x"...), le.Uint64(wide[:]), 16)
}

// appendReal writes what Windows does, whose words for what is no number are
// those of its C library.
func appendReal(out []byte, f float64, bits int) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(out, "1.#INF"...)
	case math.IsInf(f, -1):
		return append(out, "-1.#INF"...)
	case math.IsNaN(f):
		return append(out, "-1.#IND"...)
	}
	return strconv.AppendFloat(out, f, 'g', -1, bits)
}

// appendGUID writes {54849625-5478-4994-A5BA-3E3B0328C30D}: three little-endian
// numbers, then bytes.
func appendGUID(out, b []byte) []byte {
	order := [...]int{3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15}
	out = append(out, '{')
	for _, i := range order {
		if i < 0 {
			out = append(out, '-')
			continue
		}
		out = append(out, hexDigits[b[i]>>4], hexDigits[b[i]&15])
	}
	return append(out, '}')
}

// appendSID writes S-1-5-21-...: revision, authority (big endian), and the rest;
// an authority above 32 bits is written in hex.
func appendSID(out, b []byte) []byte {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return appendBinary(out, b)
	}
	out = strconv.AppendUint(append(out, "S-"...), uint64(b[0]), 10)
	if b[2] != 0 || b[3] != 0 {
		out = hex.AppendEncode(append(out, "-0x"...), b[2:8])
	} else {
		authority := uint64(b[4])<<24 | uint64(b[5])<<16 | uint64(b[6])<<8 | uint64(b[7])
		out = strconv.AppendUint(append(out, '-'), authority, 10)
	}
	for i := range int(b[1]) {
		out = strconv.AppendUint(append(out, '-'), uint64(le.Uint32(b[8+4*i:])), 10)
	}
	return out
}
