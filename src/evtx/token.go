package evtx

import (
	"errors"
	"fmt"
)

// The tokens of BinXml. Some have the flag "more" set, which tells nothing new.
const (
	tokenEOF = iota
	tokenOpenStart
	tokenCloseStart
	tokenCloseEmpty
	tokenEnd
	tokenValue
	tokenAttribute
	tokenCData
	tokenCharRef
	tokenEntityRef
	tokenPITarget
	tokenPIData
	tokenInstance
	tokenSubstitution
	tokenOptional
	tokenFragment
	tokenMore = 0x40
)

// Limits of one chunk. A step is a token parsed, a node rendered or 16 bytes
// written; a chunk of a real log takes some ten thousand.
const (
	chunkSteps  = 4 << 20
	recordSteps = 512 << 10
	leastSteps  = 4 << 10 // a record has these though others have used up the chunk's
	maxDepth    = 100     // of elements and templates
)

var (
	errCut   = errors.New("its BinXml is cut off")
	errDepth = fmt.Errorf("elements or templates lie more than %d deep", maxDepth)
	errSteps = errors.New("its templates expand to more than the limit allows")
)
