package scp

import "bytes"

// appendMulti writes the text of an __mv_ column, not yet as a cell: $a$;$b$
// with dollars inside a value doubled.
func appendMulti(dst, value []byte, first bool) []byte {
	if !first {
		dst = append(dst, ';')
	}
	dst = append(dst, '$')
	for {
		i := bytes.IndexByte(value, '$')
		if i < 0 {
			break
		}
		dst = append(dst, value[:i+1]...)
		dst = append(dst, '$')
		value = value[i+1:]
	}
	dst = append(dst, value...)
	return append(dst, '$')
}

// nextMulti reads the value that text begins with and what follows it. Values
// with doubled dollars are written to the scratch. ok is false for a text that
// is not of the form.
func nextMulti(text, scratch []byte) (value, rest, longer []byte, ok bool) {
	if len(text) == 0 || text[0] != '$' {
		return nil, nil, scratch, false
	}
	text = text[1:]
	start, copied := len(scratch), false
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '$')
		if i < 0 {
			return nil, nil, scratch[:start], false
		}
		at += i
		if at+1 < len(text) && text[at+1] == '$' {
			scratch = append(scratch, text[:at+1]...)
			text, at, copied = text[at+2:], 0, true
			continue
		}
		value, rest = text[:at], text[at+1:]
		if copied {
			scratch = append(scratch, value...)
			value = scratch[start:]
		}
		break
	}
	if len(rest) == 0 {
		return value, nil, scratch, true
	}
	if rest[0] != ';' || len(rest) == 1 {
		return nil, nil, scratch[:start], false
	}
	return value, rest[1:], scratch, true
}
