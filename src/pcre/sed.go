package pcre

import (
	"errors"
	"strconv"
	"strings"
)

// Sed is an edit in sed's language, as rex mode=sed and SEDCMD of props.conf take
// it: s/regex/text/, s/regex/text/g, s/regex/text/2 (the second match alone) or
// y/abc/xyz/ (letter by letter). Any character may stand for the slash; behind a
// backslash it is plain. A Sed is safe for concurrent use.
type Sed struct {
	re      *Regexp
	text    string
	all     bool
	nth     int // the match that is replaced
	letters *strings.Replacer
}

var errSed = errors.New("cannot read the sed expression")

// ReadSed reads one edit. An error about its regular expression is an *Error.
func ReadSed(text string) (*Sed, error) {
	text = strings.TrimSpace(text)
	s, rest, err := readSed(text)
	if err == nil && rest != "" {
		return nil, errSed
	}
	return s, err
}

// ReadSeds reads edits with blanks between them, to be made one after the other.
func ReadSeds(text string) (out []*Sed, err error) {
	for text = strings.TrimSpace(text); ; {
		s, rest, err := readSed(text)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
		if text = rest; text == "" {
			return out, nil
		}
	}
}

// readSed reads the first edit; rest is what stands behind it and the blanks
// after it.
func readSed(text string) (s *Sed, rest string, err error) {
	if len(text) < 4 || text[0] != 's' && text[0] != 'y' {
		return nil, "", errSed
	}
	from, rest, ok := sedPart(text[2:], text[1])
	if !ok {
		return nil, "", errSed
	}
	to, rest, ok := sedPart(rest, text[1])
	if !ok {
		return nil, "", errSed
	}
	flags := rest
	if i := strings.IndexAny(rest, " \t\r\n"); i >= 0 {
		flags, rest = rest[:i], strings.TrimSpace(rest[i:])
	} else {
		rest = ""
	}
	if text[0] == 'y' {
		s, err = readLetters(from, to, flags)
		return s, rest, err
	}
	s = &Sed{text: to, nth: 1}
	if s.re, err = Compile(from); err != nil {
		return nil, "", err
	}
	if s.all = flags == "g"; flags != "" && !s.all {
		if s.nth, err = strconv.Atoi(flags); err != nil || s.nth < 1 {
			return nil, "", errors.New(`sed has no flag "` + flags + `"`)
		}
	}
	return s, rest, nil
}

// sedPart is the text before a delimiter, and what stands behind it; ok is false
// when there is none.
func sedPart(text string, delimiter byte) (part, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			if text[i+1] != delimiter {
				b.WriteByte('\\')
			}
			i++
			b.WriteByte(text[i])
		case text[i] == delimiter:
			return b.String(), text[i+1:], true
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", false
}

func readLetters(from, to, flags string) (*Sed, error) {
	old, letters := []rune(from), []rune(to)
	if len(old) != len(letters) || flags != "" {
		return nil, errors.New("y/abc/xyz/ needs as many letters on both sides")
	}
	var pairs []string
	for i := range old {
		pairs = append(pairs, string(old[i]), string(letters[i]))
	}
	return &Sed{letters: strings.NewReplacer(pairs...)}, nil
}

// Edit is the text edited. Where a match is given up (ErrLimit) it is the text as
// it was.
func (s *Sed) Edit(text string) (string, error) {
	if s.letters != nil {
		return s.letters.Replace(text), nil
	}
	n := 1
	if s.all {
		n = -1
	}
	edit := func() (string, error) { return s.re.Replace(text, s.text, n) }
	if s.nth > 1 {
		edit = func() (string, error) { return s.editNth(text) }
	}
	out, err := edit()
	if err != nil {
		return text, err
	}
	return out, nil
}

// editNth replaces one match, which is not the first.
func (s *Sed) editNth(text string) (string, error) {
	all, err := s.re.FindAll(text, s.nth)
	if err != nil || len(all) < s.nth {
		return text, err
	}
	loc := all[s.nth-1]
	var out strings.Builder
	out.WriteString(text[:loc[0]])
	expand(&out, s.text, text, loc)
	out.WriteString(text[loc[1]:])
	return out.String(), nil
}
