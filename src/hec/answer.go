package hec

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// maxAckBody is how large a question for acknowledgements may be: a million ids.
const maxAckBody = 16 << 20

// answerAcks answers {"acks":[0,1]} with {"acks":{"0":true,"1":false}}.
func (s *Server) answerAcks(w http.ResponseWriter, r *http.Request) {
	token, code := s.authorize(r)
	var channel string
	if code == CodeSuccess {
		channel, code = channelOf(r)
	}
	switch {
	case code != CodeSuccess:
	case !token.UseACK:
		code = CodeAckDisabled
	case channel == "":
		code = CodeChannelMissing
	}
	if code != CodeSuccess {
		s.reply(w, r, newReply(code))
		return
	}
	var question struct{ Acks []int64 }
	text, err := io.ReadAll(io.LimitReader(r.Body, maxAckBody))
	switch {
	case err != nil:
		panic(http.ErrAbortHandler) // the connection broke: there is nobody to answer
	case len(text) == 0:
		s.reply(w, r, newReply(CodeNoData))
		return
	case json.Unmarshal(text, &question) != nil || question.Acks == nil:
		s.reply(w, r, newReply(CodeInvalidFormat))
		return
	}
	safe := s.acks.ask(token.Name, channel, question.Acks, s.o.Clock.Now())
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = w.Write(appendAcks(nil, question.Acks, safe)) // a client that went away is told nothing
}

func appendAcks(b []byte, ids []int64, safe []bool) []byte {
	b = append(b, `{"acks":{`...)
	told := make(map[int64]bool, len(ids))
	for i, id := range ids {
		if told[id] {
			continue
		}
		if len(told) > 0 {
			b = append(b, ',')
		}
		told[id] = true
		b = append(b, '"')
		b = strconv.AppendInt(b, id, 10)
		b = append(b, '"', ':')
		b = strconv.AppendBool(b, safe[i])
	}
	return append(b, `}}`...)
}

// health tells how the server does; it asks for no token.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	queues := s.inFlight.Load() >= s.o.MaxInFlight
	acks := r.URL.Query().Get("ack") == "true" && s.acks.full()
	s.mu.Lock()
	closing := s.closing
	s.mu.Unlock()
	code := CodeHealthy
	switch {
	case closing:
		code = CodeShuttingDown
	case queues && acks:
		code = CodeBothFull
	case queues:
		code = CodeQueuesFull
	case acks:
		code = CodeAckUnavailable
	case s.o.Warn && s.inFlight.Load() > s.o.MaxInFlight*4/5:
		code = CodeNearCapacity
	}
	s.reply(w, r, newReply(code))
}
