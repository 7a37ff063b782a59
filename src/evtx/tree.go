package evtx

// The tree that BinXml is parsed into. A template's tree is made once a chunk
// and rendered with the values of each of its instances.

type nodeKind uint8

const (
	literal nodeKind = iota
	substitution
	elementNode
	instanceNode
)

// node is a piece of an element's content, or of an attribute's value.
type node struct {
	kind nodeKind
	text []byte // of a literal: escaped
	// of a substitution
	id       int
	optional bool
	element  *element
	instance *instance
}

// noDependency is the id of elements that depend on no value.
const noDependency = 0xffff

type element struct {
	name       []byte
	dependency int // the element is left out when this value is null
	attributes []attribute
	empty      bool // closed in itself
	content    []node
	// direct are the substitutions right in the content: null may leave the
	// element out, an array repeats it.
	direct []node
}

type attribute struct {
	name  []byte
	value []node
}

// instance is a template with the values for it.
type instance struct {
	template *template
	values   []value
}

// template is a definition; err is why it could not be parsed.
type template struct {
	nodes []node
	err   error
	busy  bool // it is being parsed: a use of it now is a use inside itself
}

// value is one value of an instance; at is where its data stands in the chunk.
type value struct {
	kind valueKind
	data []byte
	at   int
}

func (v value) isNull() bool { return v.kind == nullValue }

// chunk is a chunk's data and what is known of it while it is read.
type chunk struct {
	data []byte
	at   int64 // in the file
	free int   // its stated end
	// steps are what the record at hand may still take; budget is what the chunk
	// has for all its records. They bound what nested templates expand to.
	steps, budget int
	maxXML        int
	*scratch
}

// scratch is kept from chunk to chunk to spare allocations.
type scratch struct {
	templates map[int]*template
	names     map[int]name
	values    []value // of the record at hand, and of what is nested in it
}

// name is an XML name; size is how many bytes it takes in the chunk.
type name struct {
	text []byte
	size int
	err  error
}

func (s *scratch) reset() {
	if s.templates == nil {
		s.templates, s.names = map[int]*template{}, map[int]name{}
		s.values = make([]value, 0, 256)
	}
	clear(s.templates)
	clear(s.names)
}
