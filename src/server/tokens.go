package server

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/hec"
)

// tokenStanza begins the name of a token's stanza in inputs.conf.
const tokenStanza = "http://"

// maxConf bounds the file of tokens.
const maxConf = 4 << 20

// ReadTokens reads the collector's tokens of an inputs.conf: its stanzas
// [http://NAME] with token, index, indexes, host, source, sourcetype, useACK,
// disabled and allowQueryStringAuth. A missing file holds none. A stanza that is no
// token is a message, and the others count.
func ReadTokens(file string) (hec.TokenList, diag.List, error) {
	parsed, problems, err := readConf(file)
	if err != nil {
		return nil, nil, err
	}
	var list hec.TokenList
	values := map[string]string{}
	for _, s := range parsed.Stanzas {
		name, ok := strings.CutPrefix(s.Name, tokenStanza)
		if !ok || name == "" {
			continue
		}
		t := readToken(name, s)
		switch other, taken := values[string(t.Value)]; {
		case t.Value == "":
			problems = append(problems, diag.Message{Text: fmt.Sprintf("the collector's token %q has no value: it is left out", name), Place: s.Place, Hint: "token = a GUID"})
			continue
		case taken:
			problems = append(problems, diag.Message{Text: fmt.Sprintf("the collector's tokens %q and %q have one value: the second is left out", other, name), Place: s.Place})
			continue
		}
		values[string(t.Value)] = name
		list = append(list, t)
	}
	return list, problems, nil
}

// WarnsAt80 tells whether an inputs.conf has the collector warn of its queues
// ([http] backpressureState = warn_at_80).
func WarnsAt80(file string) bool {
	parsed, _, err := readConf(file)
	if err != nil {
		return false
	}
	s, ok := parsed.Stanza("http")
	return ok && s.Get("backpressureState") == "warn_at_80"
}

func readConf(file string) (*conf.File, diag.List, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &conf.File{Name: file}, nil, nil
	}
	if err == nil && info.Size() > maxConf {
		err = fmt.Errorf("it is larger than %d MiB", maxConf>>20)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read %q: %w", file, err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read %q: %w", file, err)
	}
	parsed, problems := conf.Parse(file, data)
	return parsed, problems, nil
}

func readToken(name string, s *conf.Stanza) hec.Token {
	t := hec.Token{
		Name: name, Value: hec.Secret(s.Get("token")), Disabled: isTrue(s.Get("disabled")),
		Index: s.Get("index"), Host: s.Get("host"), Source: s.Get("source"), Sourcetype: s.Get("sourcetype"),
		UseACK: isTrue(s.Get("useACK")), AllowQuery: isTrue(s.Get("allowQueryStringAuth")),
	}
	for _, index := range strings.Split(s.Get("indexes"), ",") {
		if index = strings.TrimSpace(index); index != "" {
			t.Indexes = append(t.Indexes, index)
		}
	}
	return t
}

// isTrue reads a boolean as Splunk writes them.
func isTrue(text string) bool {
	switch strings.ToLower(text) {
	case "1", "t", "true", "y", "yes":
		return true
	}
	return false
}

// AddToken makes a token and writes it to an inputs.conf, whose text stays as it is
// otherwise. Its value is a random one unless it has one. The file is one for its
// owner alone.
func AddToken(file string, t hec.Token) (hec.Token, error) {
	if err := checkToken(t); err != nil {
		return t, err
	}
	if t.Value == "" {
		t.Value = newGUID()
	}
	return t, editConf(file, func(f *conf.File) (string, error) {
		if _, taken := f.Stanza(tokenStanza + t.Name); taken {
			return "", diag.Message{Text: fmt.Sprintf("there is a token %q already", t.Name), Hint: "choose another name, or edit " + file}
		}
		return f.Edit(tokenStanza+t.Name, tokenSettings(t, nil))
	})
}

// ChangeToken writes a token that is there anew.
func ChangeToken(file string, t hec.Token) error {
	if err := checkToken(t); err != nil {
		return err
	}
	return editConf(file, func(f *conf.File) (string, error) {
		old, there := f.Stanza(tokenStanza + t.Name)
		if !there {
			return "", noToken(t.Name)
		}
		return f.Edit(tokenStanza+t.Name, tokenSettings(t, old))
	})
}

// RemoveToken removes a token.
func RemoveToken(file, name string) error {
	return editConf(file, func(f *conf.File) (string, error) {
		if _, there := f.Stanza(tokenStanza + name); !there {
			return "", noToken(name)
		}
		return f.Remove(tokenStanza + name), nil
	})
}

func noToken(name string) error {
	return diag.Message{Text: fmt.Sprintf("there is no token %q", name), Hint: "riskreplay serve token list says which there are"}
}

// tokenSettings are a token's stanza: what is not the default, and what the stanza
// that there is (or nil) says already.
func tokenSettings(t hec.Token, old *conf.Stanza) []conf.Setting {
	list := []conf.Setting{{Key: "disabled", Value: digit(t.Disabled)}, {Key: "token", Value: string(t.Value)}}
	for _, s := range []struct{ key, value, otherwise string }{
		{"index", t.Index, ""},
		{"indexes", strings.Join(t.Indexes, ","), ""},
		{"host", t.Host, ""},
		{"source", t.Source, ""},
		{"sourcetype", t.Sourcetype, ""},
		{"useACK", digit(t.UseACK), "0"},
		{"allowQueryStringAuth", digit(t.AllowQuery), "0"},
	} {
		said := false
		if old != nil {
			_, said = old.Lookup(s.key)
		}
		if said || s.value != s.otherwise {
			list = append(list, conf.Setting{Key: s.key, Value: s.value})
		}
	}
	return list
}

func digit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// checkToken refuses names that a stanza cannot hold or Splunk would not take.
func checkToken(t hec.Token) error {
	if !plainName(t.Name) {
		return diag.Message{Text: fmt.Sprintf("cannot name a token %q", t.Name), Hint: "use letters, digits, blanks, - . and _, 100 at most"}
	}
	for _, index := range append(t.Indexes, t.Index) {
		if index != "" && !indexName(index) {
			return diag.Message{Text: fmt.Sprintf("cannot use %q as an index", index), Hint: "use lower-case letters, digits, - and _"}
		}
	}
	for _, text := range []string{t.Host, t.Source, t.Sourcetype} {
		if len(text) > 1000 || strings.ContainsAny(text, "\r\n\x00") || strings.HasSuffix(text, "\\") || strings.TrimSpace(text) != text {
			return diag.Message{Text: fmt.Sprintf("cannot use %.40q: expected one line of 1,000 bytes at most", text)}
		}
	}
	if t.Value != "" && (len(t.Value) < 8 || len(t.Value) > 256 || !plainName(string(t.Value)[:min(100, len(t.Value))])) {
		return diag.Message{Text: "cannot use that value of a token: expected a GUID"}
	}
	return nil
}

func plainName(name string) bool {
	if name == "" || len(name) > 100 || strings.TrimSpace(name) != name {
		return false
	}
	for _, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(" -._", r) {
			return false
		}
	}
	return true
}

// newGUID is a random GUID, as tokens are.
func newGUID() hec.Secret {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return hec.Secret(s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:])
}

// writeSecret replaces a file by one that its owner alone reads: it is whole or as
// before, whatever happens.
func writeSecret(file string, data []byte) error {
	err := replaceFile(file, data)
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", file, err)
	}
	return nil
}

func replaceFile(file string, data []byte) error {
	aside := file + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(aside, file)
}
