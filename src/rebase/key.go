package rebase

// maxKey is the longest key looked for.
const maxKey = 64

// keyBefore is the name of the value that begins at raw[i], nil when none stands
// there:
//
//	"name": "VALUE   \"name\":VALUE   name=VALUE   name: VALUE
//	<name>VALUE      <Data Name='name'>VALUE
func keyBefore(raw []byte, i int) []byte {
	i = skipBack(raw, i, isQuote)
	if i > 0 && raw[i-1] == '>' {
		return elementName(raw, i-1)
	}
	i = skipBack(raw, i, isBlank)
	if i == 0 || raw[i-1] != ':' && raw[i-1] != '=' {
		return nil
	}
	i = skipBack(raw, i-1, isBlank)
	i = skipBack(raw, i, isQuote)
	return word(raw, i)
}

// elementName is the name of an element whose start tag ends at raw[i]: the last
// attribute's value, or the tag's name.
func elementName(raw []byte, i int) []byte {
	if i == 0 || raw[i-1] != '\'' && raw[i-1] != '"' {
		return word(raw, i)
	}
	return word(raw, skipBack(raw, i, isQuote))
}

// word is the word that ends before raw[i].
func word(raw []byte, i int) []byte {
	from := i
	for from > 0 && i-from < maxKey && isWord(raw[from-1]) {
		from--
	}
	if from == i {
		return nil
	}
	return raw[from:i]
}

func isWord(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '.' || c == '@' || c == '-'
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '\\' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// skipBack goes back over some bytes, of which there are few in a good text.
func skipBack(raw []byte, i int, over func(byte) bool) int {
	for n := 0; i > 0 && n < 16 && over(raw[i-1]); n++ {
		i--
	}
	return i
}

// timeSuffixes are the ends of names whose numbers are times: ProcessStartTime,
// createdDateTime, created_at, timestamp_usec, ContextTimeStamp_decimal.
var timeSuffixes = [...]string{
	"time", "timestamp", "timestamp_decimal", "time_decimal", "date", "_at", "_ts", "_epoch",
	"time_usec", "timestamp_usec", "time_us", "time_ms", "time_msec", "time_ns", "time_nanos", "time_millis", "timemillis", "timestampms",
	"seen", "lastlogon", "lastlogoff", "pwdlastset", "accountexpires", "passwordlastset",
}

// noTimes are the ends of names whose numbers are how long something took, or
// half of a FILETIME.
var noTimes = [...]string{
	"lowdatetime", "highdatetime", "modetime", "kerneltime", "usertime", "cputime",
	"processortime", "uptime", "runtime", "idletime", "elapsedtime", "responsetime", "exectime",
}

// timeKey tells whether the numbers with a name are times, in any case. Names
// with dots go by what stands behind the last one.
func timeKey(key []byte) bool {
	var lower [maxKey]byte
	if len(key) == 0 || len(key) > maxKey {
		return false
	}
	for i, c := range key {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	name := lower[:len(key)]
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			name = name[i+1:]
			break
		}
	}
	switch string(name) {
	case "t", "ts", "@ts", "when", "epoch", "unix", "exp", "iat", "nbf", "expires", "created", "updated", "modified", "published",
		"createdon", "updatedon", "firstoccurrence", "lastoccurrence", "start", "end", "expiry", "since", "until":
		return true
	}
	for _, s := range noTimes {
		if hasSuffix(name, s) {
			return false
		}
	}
	for _, s := range timeSuffixes {
		if hasSuffix(name, s) {
			return true
		}
	}
	return false
}
