package knowledge

import "bytes"

// stash reads what collect, the risk action and the notable action write:
//
//	1595251445, search_name="My rule", risk_object="pc1", threat_object="a", threat_object="b \"c\""
//
// A key stands as it is, dots included; a key that stands twice has two values.
// Within a value \" is a quote, and a backslash before anything else is itself,
// which is how they are written. Values without quotes end at the comma.
func stash(raw []byte, p *pass) {
	p.begin(true)
	var value []byte
	for at := 0; at < len(raw); {
		eq := bytes.IndexByte(raw[at:], '=')
		if eq < 0 {
			return
		}
		key := raw[at : at+eq]
		if comma := bytes.LastIndexByte(key, ','); comma >= 0 {
			key = key[comma+1:]
		}
		key = bytes.Trim(key, " \t\r\n")
		at += eq + 1
		if at < len(raw) && raw[at] == '"' {
			value, at = stashed(raw, at, value[:0])
		} else {
			end := bytes.IndexByte(raw[at:], ',')
			if end < 0 {
				end = len(raw) - at
			}
			value = append(value[:0], bytes.TrimRight(raw[at:at+end], " \t\r\n")...)
			at += end
		}
		if i := p.index(key); i >= 0 {
			p.put(i, value)
		}
	}
}

// stashed reads a quoted value that begins at raw[at] into value, and gives where
// to go on.
func stashed(raw []byte, at int, value []byte) ([]byte, int) {
	for at++; at < len(raw); {
		n := bytes.IndexByte(raw[at:], '"')
		if n < 0 {
			return append(value, raw[at:]...), len(raw)
		}
		piece := raw[at : at+n]
		at += n + 1
		if n == 0 || piece[n-1] != '\\' || endsPair(raw[at:]) {
			return append(value, piece...), at
		}
		value = append(append(value, piece[:n-1]...), '"')
	}
	return value, at
}

// endsPair tells whether a quote behind a backslash, with rest behind it, is the
// value's last: a value may end in a backslash, as folders do (path="C:\dir\"). It
// is when the text ends here or the next pair begins; within a value the quote
// behind an equals sign has a backslash of its own.
func endsPair(rest []byte) bool {
	if len(bytes.TrimLeft(rest, " \t\r\n")) == 0 {
		return true
	}
	if rest[0] != ',' {
		return false
	}
	stop := bytes.IndexAny(rest[1:], `",=`) + 1
	return rest[stop] == '=' && stop+1 < len(rest) && rest[stop+1] == '"'
}
