package modinput

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"slices"
)

// pieceKey is what unbroken pieces of one text have in common.
type pieceKey struct{ stanza, source, sourcetype, host, index string }

// maxPieces bounds the text that pieces make together, and how many texts are
// open at once.
const (
	maxPieces = 16 << 20
	maxOpen   = 1000
)

// take gives an event, or adds an unbroken one to those before it: they are
// given when one is done, and at the end.
func (i *instance) take(e *Event) error {
	i.fill(e)
	if !e.Unbroken {
		return i.give(*e)
	}
	key := pieceKey{e.Stanza, e.Source, e.Sourcetype, e.Host, e.Index}
	have := i.pieces[key]
	switch {
	case have == nil && e.Done:
		return i.give(*e)
	case have == nil:
		if len(i.pieces) == maxOpen {
			if err := i.flushPieces(); err != nil {
				return err
			}
		}
		i.pieces[key] = e
		return nil
	}
	have.Raw = append(have.Raw, e.Raw...)
	have.Time = cmp.Or(have.Time, e.Time)
	have.Done = e.Done
	if !e.Done && len(have.Raw) < maxPieces {
		return nil
	}
	delete(i.pieces, key)
	return i.give(*have)
}

// flushPieces gives what was never done, in the order of its names.
func (i *instance) flushPieces() error {
	keys := slices.SortedFunc(maps.Keys(i.pieces), func(a, b pieceKey) int {
		return cmp.Or(cmp.Compare(a.stanza, b.stanza), cmp.Compare(a.source, b.source), cmp.Compare(a.sourcetype, b.sourcetype),
			cmp.Compare(a.host, b.host), cmp.Compare(a.index, b.index))
	})
	for _, k := range keys {
		if err := i.give(*i.pieces[k]); err != nil {
			return err
		}
		delete(i.pieces, k)
	}
	return nil
}

// maxLine bounds a line of plain text; a longer one is several events.
const maxLine = 1 << 20

// readText reads an input that streams plain text.
func (i *instance) readText(p *process) error {
	if i.o.Text != nil {
		return i.readPieces(p)
	}
	lines := bufio.NewReaderSize(p.out, maxLine)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			err = io.EOF
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			var e Event
			e.Raw = bytes.Clone(line)
			i.fill(&e)
			if err := i.give(e); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
}

// readPieces leaves the breaking to the callback.
func (i *instance) readPieces(p *process) error {
	st := &i.config.Stanzas[0]
	piece := make([]byte, 64<<10)
	for {
		n, err := p.out.Read(piece)
		if n > 0 || err != nil {
			if bad := i.givePiece(st, piece[:n], err != nil); bad != nil {
				return bad
			}
		}
		if err != nil {
			return nil // a pipe says nothing of interest at its end
		}
	}
}

func (i *instance) givePiece(st *Stanza, piece []byte, done bool) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.o.Text(st, piece, done)
}
