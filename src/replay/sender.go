package replay

import "errors"

// sender sends batches in their order, on a goroutine of its own.
type sender struct {
	batches chan *pending
	ended   chan struct{}
	err     error // when it has ended
}

// errNotSent is hand's error when the sender has ended with its own.
var errNotSent = errors.New("a batch before it was not sent")

// begin starts it. After an error nothing more is sent.
func (s *sender) begin(send func(*pending) error) {
	s.batches, s.ended = make(chan *pending), make(chan struct{})
	go func() {
		defer close(s.ended)
		for b := range s.batches {
			if s.err = send(b); s.err != nil {
				return
			}
		}
	}()
}

// hand gives a batch to be sent, once the one before it was.
func (s *sender) hand(b *pending) error {
	select {
	case s.batches <- b:
		return nil
	case <-s.ended:
		return errNotSent
	}
}

// end waits until all was sent, or one was not.
func (s *sender) end() error {
	close(s.batches)
	<-s.ended
	return s.err
}
