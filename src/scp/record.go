package scp

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// RecordVariable names the folder that conversations are recorded in: one pair of
// files NAME-PID.in and NAME-PID.out a process. Session keys are written over
// with x, length for length, so that a recording is a conversation that can be
// had again.
const RecordVariable = "SCP_RECORD"

// recording is the files of a process, or nothing.
type recording struct{ in, out *os.File }

func (r *recording) close() {
	if r != nil {
		_ = r.in.Close()  // a recording is for
		_ = r.out.Close() // looking at: losing it harms no search
	}
}

// streams are those of the program, recorded when the environment asks for it.
func (p *Program) streams(s *session) (io.Reader, io.Writer, *recording) {
	if p.Getenv == nil || p.Getenv(RecordVariable) == "" {
		return p.In, p.Out, nil
	}
	base := filepath.Join(p.Getenv(RecordVariable), fmt.Sprintf("%s-%d", p.Command.Name, os.Getpid()))
	r := &recording{}
	var err error
	if r.in, err = os.OpenFile(base+".in", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err == nil {
		r.out, err = os.OpenFile(base+".out", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	}
	if err != nil {
		s.messages.Warnf("The conversation is not recorded: %v.", err)
		return p.In, p.Out, nil
	}
	return io.TeeReader(p.In, &scrubber{w: r.in}), io.MultiWriter(p.Out, r.out), r
}

// scrubber hides the session key in what passes. The key stands in the first
// metadata, which is held back until its string has ended.
type scrubber struct {
	w    io.Writer
	held []byte
	done bool
}

// sessionKey begins the member of the metadata that holds the key.
var sessionKey = []byte(`"session_key"`)

// Write never fails for want of room on the recording's disk.
func (s *scrubber) Write(p []byte) (int, error) {
	if s.done {
		_, _ = s.w.Write(p)
		return len(p), nil
	}
	s.held = append(s.held, p...)
	if end := endOfFirst(s.held); end > 0 {
		hideKeys(s.held[:end])
		_, _ = s.w.Write(s.held)
		s.held, s.done = nil, true
	}
	return len(p), nil
}

// endOfFirst is where the first chunk's metadata ends, 0 when it is not there
// yet.
func endOfFirst(b []byte) int {
	line := bytes.IndexByte(b, '\n')
	if line < 0 {
		return 0
	}
	var meta, body int
	if _, err := fmt.Sscanf(string(b[:line]), "chunked 1.0,%d,%d", &meta, &body); err != nil || meta > len(b)-line-1 {
		return 0
	}
	return line + 1 + meta
}

// hideKeys writes x over the values of session keys.
func hideKeys(b []byte) {
	for {
		i := bytes.Index(b, sessionKey)
		if i < 0 {
			return
		}
		b = b[i+len(sessionKey):]
		at := bytes.IndexByte(b, '"')
		if at < 0 || len(bytes.Trim(b[:at], " \t\r\n:")) > 0 {
			continue // its value is no string
		}
		for at++; at < len(b) && b[at] != '"'; at++ {
			if b[at] == '\\' && at+1 < len(b) {
				b[at] = 'x'
				at++
			}
			b[at] = 'x'
		}
	}
}
