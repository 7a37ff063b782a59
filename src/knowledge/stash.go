package knowledge

import "bytes"

// stash reads what collect, the risk action and the notable action write:
//
//	1595251445, search_name="My rule", risk_object="pc1", threat_object="a", threat_object="b \"c\""
//
// A key stands as it is, dots included; a key that stands twice has two values;
// \" is a quote within a value and \\ a backslash. Values without quotes end at
// the comma.
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
			value, at = quoted(raw, at, value[:0], true)
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
