package replay

import (
	"context"
	"fmt"
	"io"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/hec"
)

// append appends an event as a form writes it, with its line end.
func (f Form) append(b []byte, e event.Event) []byte {
	if f == FormHEC {
		b = hec.AppendEnvelope(b, e)
	} else {
		b = append(b, e.Raw...)
	}
	return append(b, '\n')
}

// Stdout is a sink that writes events one behind the other, in FormRaw or FormHEC.
// A batch is settled when the write has returned: what then lies in a pipe may be
// lost with who reads it, as that is beyond the sink's sight.
func Stdout(w io.Writer, form Form) Open {
	return func(settled func(Receipt)) (Sink, error) {
		if form == FormTree {
			return nil, diag.Message{Text: fmt.Sprintf("cannot write format %q to a stream", form)}
		}
		return &streamSink{w: w, form: form, tell: settled}, nil
	}
}

type streamSink struct {
	w    io.Writer
	form Form
	tell func(Receipt)
	text []byte
}

func (s *streamSink) Send(ctx context.Context, b Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.text = s.text[:0]
	for _, e := range b.Events {
		s.text = s.form.append(s.text, e)
	}
	if _, err := s.w.Write(s.text); err != nil {
		return diag.Message{Text: "cannot write the events: " + err.Error(), Cause: err}
	}
	s.tell(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
	return nil
}

// Flush has nothing to wait for.
func (s *streamSink) Flush(context.Context) error { return nil }

// Close leaves the stream to its owner.
func (s *streamSink) Close() error { return nil }
