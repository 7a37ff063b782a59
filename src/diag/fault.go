package diag

import (
	"fmt"
	"runtime/debug"
)

// Fault is a panic caught where one search, one request or one file must not end
// the program: a mistake in it, not in what it was given.
type Fault struct {
	// Value is what the panic said; Stack is where it was.
	Value any
	Stack []byte
}

// NewFault is a Fault of what recover gave, to be made where it is caught.
func NewFault(recovered any) *Fault { return &Fault{Value: recovered, Stack: debug.Stack()} }

// Error says what happened, not where: the stack is for who mends it.
func (f *Fault) Error() string { return fmt.Sprintf("a fault of the program: %v", f.Value) }
