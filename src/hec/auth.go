package hec

import (
	"net/http"
	"strings"
)

// authorize finds the token of a request: in the query, else in the header as
// "Splunk TOKEN" or as the password of Basic. A token in the query goes before
// the header's, also where it is not allowed.
func (s *Server) authorize(r *http.Request) (Token, Code) {
	var value string
	inQuery := false
	if q := r.URL.Query(); q.Has("token") {
		value, inQuery = q.Get("token"), true
	} else {
		var code Code
		if value, code = headerToken(r); code != CodeSuccess {
			return Token{}, code
		}
	}
	t, ok := s.tokens.Find(value)
	switch {
	case !ok:
		return Token{}, CodeInvalidToken
	case t.Disabled:
		return Token{}, CodeTokenDisabled
	case inQuery && !t.AllowQuery:
		return Token{}, CodeQueryAuth
	}
	return t, CodeSuccess
}

// headerToken reads the Authorization header. The scheme's case does not matter.
func headerToken(r *http.Request) (string, Code) {
	header := strings.TrimSpace(r.Header.Get("Authorization"))
	if header == "" {
		return "", CodeTokenRequired
	}
	scheme, value, _ := strings.Cut(header, " ")
	if strings.EqualFold(scheme, "Splunk") {
		return strings.TrimSpace(value), CodeSuccess
	}
	if _, password, ok := r.BasicAuth(); ok {
		return password, CodeSuccess
	}
	return "", CodeInvalidAuth
}

// channelOf is the channel of a request, "" when there is none.
func channelOf(r *http.Request) (string, Code) {
	channel := r.Header.Get("X-Splunk-Request-Channel")
	if channel == "" {
		channel = r.URL.Query().Get("channel")
	}
	if channel != "" && !isGUID(channel) {
		return "", CodeInvalidChannel
	}
	return strings.ToLower(channel), CodeSuccess
}

// isGUID tells 8-4-4-4-12 hexadecimal digits.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case c-'0' >= 10 && c-'a' >= 6:
			return false
		}
	}
	return true
}

// admit does what all posts need: the token and the channel.
func (s *Server) admit(r *http.Request) (t Token, channel string, c Code) {
	if t, c = s.authorize(r); c != CodeSuccess {
		return t, "", c
	}
	if channel, c = channelOf(r); c != CodeSuccess {
		return t, "", c
	}
	if t.UseACK && channel == "" {
		return t, "", CodeChannelMissing
	}
	return t, channel, CodeSuccess
}
