package command

import (
	"errors"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/pcre"
)

// sed is what rex does in its sed mode: s/regex/text/flags or y/abc/xyz/.
type sed struct {
	re      *pcre.Regexp
	text    string
	all     bool
	nth     int // the match that is replaced
	letters *strings.Replacer
}

var errSed = errors.New("cannot read the sed expression")

func readSed(text string) (*sed, error) {
	text = strings.TrimSpace(text)
	if len(text) < 4 || text[0] != 's' && text[0] != 'y' {
		return nil, errSed
	}
	parts := sedParts(text[2:], text[1])
	if len(parts) != 3 {
		return nil, errSed
	}
	if text[0] == 'y' {
		return readLetters(parts)
	}
	re, err := pcre.Compile(parts[0])
	if err != nil {
		return nil, err
	}
	out := &sed{re: re, text: parts[1], nth: 1}
	switch flags := strings.TrimSpace(parts[2]); flags {
	case "":
	case "g":
		out.all = true
	default:
		if out.nth, err = strconv.Atoi(flags); err != nil || out.nth < 1 {
			return nil, errors.New(`sed has no flag "` + flags + `"`)
		}
	}
	return out, nil
}

// sedParts splits at a delimiter; behind a backslash it is plain.
func sedParts(text string, delimiter byte) []string {
	var out []string
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			if text[i+1] != delimiter {
				part.WriteByte('\\')
			}
			i++
			part.WriteByte(text[i])
		case text[i] == delimiter:
			out = append(out, part.String())
			part.Reset()
		default:
			part.WriteByte(text[i])
		}
	}
	return append(out, part.String())
}

func readLetters(parts []string) (*sed, error) {
	from, to := []rune(parts[0]), []rune(parts[1])
	if len(from) != len(to) || strings.TrimSpace(parts[2]) != "" {
		return nil, errors.New("y/abc/xyz/ needs as many letters on both sides")
	}
	var pairs []string
	for i := range from {
		pairs = append(pairs, string(from[i]), string(to[i]))
	}
	return &sed{letters: strings.NewReplacer(pairs...)}, nil
}

// column edits each distinct value.
func (s *sed) column(c *batch.Column, warn func(error)) *batch.Column {
	return mapLists(c, func(list []string) []string {
		out := make([]string, len(list))
		for i, v := range list {
			out[i] = s.edit(v, warn)
		}
		return out
	})
}

func (s *sed) edit(text string, warn func(error)) string {
	if s.letters != nil {
		return s.letters.Replace(text)
	}
	n := 1
	if s.all {
		n = -1
	}
	var out string
	var err error
	if s.nth > 1 {
		out, err = s.editNth(text)
	} else {
		out, err = s.re.Replace(text, s.text, n)
	}
	if err != nil {
		warn(err)
		return text
	}
	return out
}

// editNth replaces one match, which is not the first.
func (s *sed) editNth(text string) (string, error) {
	all, err := s.re.FindAll(text, s.nth)
	if err != nil || len(all) < s.nth {
		return text, err
	}
	loc := all[s.nth-1]
	var out strings.Builder
	out.WriteString(text[:loc[0]])
	for i := 0; i < len(s.text); i++ {
		c := s.text[i]
		if c != '\\' || i+1 == len(s.text) {
			out.WriteByte(c)
			continue
		}
		i++
		g := int(s.text[i] - '0')
		switch {
		case s.text[i] == '\\':
			out.WriteByte('\\')
		case g > 9:
			out.WriteString(s.text[i-1 : i+1])
		case 2*g+1 < len(loc) && loc[2*g] >= 0:
			out.WriteString(text[loc[2*g]:loc[2*g+1]])
		}
	}
	out.WriteString(text[loc[1]:])
	return out.String(), nil
}
