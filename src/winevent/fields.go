package winevent

// Fields is a compiled set of wanted field names. It is safe for concurrent use.
type Fields struct {
	// names are the wanted names that any part of an event may give.
	names []string
	// next chains names of one bucket; heads and next hold a number + 1.
	next  []uint16
	heads [buckets]uint16
	// lengths has bit n set when a name of n bytes is wanted (63: or longer).
	lengths uint64
	// fixed holds, for each computed name, its number + 1.
	fixed [fixedNames]uint16
	// plain tells whether any name is wanted that is not computed.
	plain bool
	// blocks tells whether a block is wanted that lies behind System.
	blocks bool
}

// buckets is a power of two, far above the number of names that people ask for.
const buckets = 256

// The names that are computed from a part of the event instead of read from it.
const (
	codeField = iota
	systemField
	eventDataField
	userDataField
	debugDataField
	renderingField
	fixedNames
)

var fixedName = [fixedNames]string{
	codeField:      "EventCode",
	systemField:    "System_Props_Xml",
	eventDataField: "EventData_Xml",
	userDataField:  "UserData_Xml",
	debugDataField: "DebugData_Xml",
	renderingField: "RenderingInfo_Xml",
}

// NewFields compiles a set of names; a field's number is its place among them.
// Names are compared with case, as Splunk does. At most 65535 names are kept;
// of a name given twice the first number counts. The names of an event are
// compared as fields have them: `Process Name` is Process_Name.
func NewFields(names ...string) *Fields {
	f := &Fields{names: names, next: make([]uint16, len(names))}
	for i := min(len(names), 1<<16-1) - 1; i >= 0; i-- {
		f.add(i, names[i])
	}
	return f
}

// add links a name into its bucket, before those already there.
func (f *Fields) add(i int, name string) {
	number := uint16(i + 1)
	for k, fixed := range fixedName {
		if name == fixed {
			f.fixed[k] = number
			f.blocks = f.blocks || k > systemField
			return
		}
	}
	if !isClean([]byte(name)) {
		return // no field is called so
	}
	f.plain = true
	f.lengths |= 1 << min(len(name), 63)
	h := bucket(name)
	f.next[i], f.heads[h] = f.heads[h], number
}

// bucket mixes what differs between field names of Windows events: the length
// and the letters at both ends.
func bucket[S string | []byte](name S) uint8 {
	n := len(name)
	return uint8(n)*31 ^ name[0]*7 ^ name[n-1]*13 ^ name[n/2]
}

// number is the place of a plain name, or -1.
func (f *Fields) number(name []byte) int {
	if f.lengths>>min(len(name), 63)&1 == 0 || len(name) == 0 {
		return -1
	}
	for n := f.heads[bucket(name)]; n != 0; n = f.next[n-1] {
		if f.names[n-1] == string(name) {
			return int(n - 1)
		}
	}
	return -1
}

// mayClean tells whether a name that is none wanted may be one when it is
// cleaned: a letter first keeps its length.
func (f *Fields) mayClean(name []byte) bool {
	if len(name) == 0 || inName[name[0]] == 1 && f.lengths>>min(len(name), 63)&1 == 0 {
		return false
	}
	return !isClean(name)
}
