package ingest

import "bytes"

// A wrapper is an object that holds nothing but the events, in one array:
//
//	{"Records":[{...},{...}]}                           CloudTrail
//	{"@odata.context":"...","value":[{...}]}            Microsoft Graph
//	{"preview":false,"init_offset":0,"results":[{...}]} a Splunk's search results
//
// Its events are read one by one, so that it may be of any size. What stands
// beside the array is no event and is skipped.

// wraps tells the keys that hold the events.
func wraps(key []byte, odata bool) bool {
	switch string(key) {
	case "Records", "records", "results":
		return true
	case "value":
		return odata
	}
	return false
}

// besides tells the keys that may stand before them.
func besides(key []byte) bool {
	switch string(key) {
	case "preview", "init_offset", "offset", "post_process_count", "messages", "fields":
		return true
	}
	return isOData(key)
}

func isOData(key []byte) bool { return bytes.HasPrefix(key, []byte("@odata.")) }

// wrapperStart is how long the beginning of a wrapper is, up to its first event or
// the bracket that closes it; 0 when text, which begins with {, is none. whole is
// false when more must be seen.
func wrapperStart(text []byte) (n int, whole bool) {
	odata := false
	for i := 1; ; {
		key, at, ok := readKey(text, i)
		if !ok {
			return 0, at < len(text)
		}
		odata = odata || isOData(key)
		switch {
		case wraps(key, odata):
			return listStart(text, at)
		case !besides(key):
			return 0, true
		}
		if at, ok = skipValue(text, at); !ok {
			return 0, false
		}
		if i = skipBlanks(text, at); i < len(text) && text[i] != ',' {
			return 0, true
		}
		i++
	}
}

// listStart is where the first object of a list stands, or the list's end.
func listStart(text []byte, i int) (int, bool) {
	if i < len(text) && text[i] != '[' {
		return 0, true
	}
	i = skipBlanks(text, min(i+1, len(text)))
	if i == len(text) {
		return 0, false
	}
	if text[i] == '{' || text[i] == ']' {
		return i, true
	}
	return 0, true
}

// wrapperEnd is how long the end of a wrapper is, from the bracket that text
// begins with; 0 when no wrapper ends so.
func wrapperEnd(text []byte) (n int, whole bool) {
	for i := 1; ; {
		if i = skipBlanks(text, i); i == len(text) {
			return 0, false
		}
		switch text[i] {
		case '}':
			return i + 1, true
		case ',':
		default:
			return 0, true
		}
		_, at, ok := readKey(text, i+1)
		if !ok {
			return 0, at < len(text)
		}
		if i, ok = skipValue(text, at); !ok {
			return 0, false
		}
	}
}

// maxKey is longer than the keys that are looked for.
const maxKey = 64

// readKey reads `"key":` from i on and gives where the value begins. When it is
// none, at is where that shows; the text's end when more must be seen.
func readKey(text []byte, i int) (key []byte, at int, ok bool) {
	if i = skipBlanks(text, min(i, len(text))); i == len(text) || text[i] != '"' {
		return nil, i, false
	}
	end := bytes.IndexByte(text[i+1:min(len(text), i+1+maxKey)], '"')
	if end < 0 {
		return nil, min(len(text), i+1+maxKey), false
	}
	key = text[i+1 : i+1+end]
	if i = skipBlanks(text, i+end+2); i == len(text) || text[i] != ':' {
		return nil, i, false
	}
	i = skipBlanks(text, i+1)
	return key, i, i < len(text)
}

// skipValue is where the value at text[i] ends; false when it does not. What is
// wrong inside of it is not seen.
func skipValue(text []byte, i int) (int, bool) {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			n := stringEnd(text[i:])
			if n == 0 {
				return len(text), false
			}
			if i += n - 1; depth == 0 {
				return i + 1, true
			}
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 {
				return i, true // behind a number or a word
			}
			if text[i] != ',' {
				if depth--; depth == 0 {
					return i + 1, true
				}
			}
		}
	}
	return i, false
}

// stringEnd is how long the string is that text begins with, its quotes included;
// 0 when it does not end.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// firstObject is a text from its first event on, when it is JSON; nil when not.
func firstObject(head []byte) []byte {
	i := skipSeparators(head, 0, false)
	if i == len(head) || head[i] != '{' {
		return nil
	}
	n, _ := wrapperStart(head[i:])
	if i += n; head[i] != '{' {
		return nil
	}
	return head[i:]
}
