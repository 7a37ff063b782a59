package winevent

// inName tells whether a byte may stand in a field's name; 2 is a digit or an
// underscore, which may not stand first.
var inName = func() (out [256]uint8) {
	for c := range out {
		switch {
		case byte(c)|0x20-'a' < 26:
			out[c] = 1
		case byte(c)-'0' < 10 || c == '_':
			out[c] = 2
		}
	}
	return out
}()

// isClean tells whether a name is a field's name as it stands.
func isClean(name []byte) bool {
	if len(name) == 0 || inName[name[0]] != 1 {
		return false
	}
	for _, c := range name {
		if inName[c] == 0 {
			return false
		}
	}
	return true
}

// clean is a name as a field has it, by the add-on's CLEAN_KEYS: what is no
// letter or digit becomes an underscore, and none of these, nor digits, stand
// first. `Process Name` is Process_Name.
func clean(name []byte) []byte {
	out := make([]byte, 0, len(name))
	for _, c := range name {
		if inName[c] == 0 {
			c = '_'
		}
		if len(out) > 0 || inName[c] == 1 {
			out = append(out, c)
		}
	}
	return out
}
