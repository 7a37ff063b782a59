package server

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
)

// What a guess of a password costs: argon2id with 19 MiB, two passes. A file may
// ask for others.
const (
	argonKiB    = 19 << 10
	argonPasses = 2
	argonSize   = 32
	saltSize    = 16
)

// Password is a password as it is kept: hashed with argon2id and a salt of its own,
// or with PBKDF2 as earlier versions did.
type Password struct {
	scheme     string
	kib        uint32 // of argon2id
	rounds     int    // passes of argon2id, rounds of PBKDF2
	salt, hash []byte
}

const (
	argonScheme = "argon2id"
	oldScheme   = "pbkdf2-sha512"
)

// minPassword and maxPassword bound a password that a person chooses, in bytes.
const (
	minPassword = 8
	maxPassword = 1024
)

// hashPassword hashes a password that may be used.
func hashPassword(text string) (Password, error) {
	switch {
	case len(text) < minPassword:
		return Password{}, diag.Message{Text: fmt.Sprintf("cannot use that password: it is shorter than %d characters", minPassword)}
	case len(text) > maxPassword:
		return Password{}, diag.Message{Text: fmt.Sprintf("cannot use that password: it is longer than %d characters", maxPassword)}
	case strings.ContainsAny(text, "\r\n\x00"):
		return Password{}, diag.Message{Text: "cannot use that password: it goes over lines"}
	}
	p := Password{scheme: argonScheme, kib: argonKiB, rounds: argonPasses, salt: make([]byte, saltSize)}
	_, _ = rand.Read(p.salt) // never fails
	p.hash = p.sum(text)
	return p, nil
}

// line is the password for a file: $argon2id$v=19$m=KIB,t=PASSES,p=1$SALT$HASH, or
// as it was read.
func (p Password) line() string {
	if p.scheme == oldScheme {
		return fmt.Sprintf("%s:%d:%s:%s", oldScheme, p.rounds, base64.StdEncoding.EncodeToString(p.salt), base64.StdEncoding.EncodeToString(p.hash))
	}
	return fmt.Sprintf("$%s$v=%d$m=%d,t=%d,p=1$%s$%s", argonScheme, argon2.Version, p.kib, p.rounds,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.hash))
}

// parsePassword reads what line writes.
func parsePassword(text string) (p Password, ok bool) {
	if old, is := strings.CutPrefix(text, oldScheme+":"); is {
		return parseOld(old)
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != argonScheme || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, false
	}
	p.scheme = argonScheme
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &p.kib, &p.rounds); n != 2 || err != nil {
		return p, false
	}
	var errs [2]error
	p.salt, errs[0] = base64.RawStdEncoding.DecodeString(parts[4])
	p.hash, errs[1] = base64.RawStdEncoding.DecodeString(parts[5])
	sane := p.kib >= 8 && p.kib <= 256<<10 && p.rounds >= 1 && p.rounds <= 100
	return p, errors.Join(errs[:]...) == nil && sane && len(p.salt) >= saltSize && len(p.hash) == argonSize
}

func parseOld(text string) (p Password, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return p, false
	}
	var errs [3]error
	p.scheme = oldScheme
	p.rounds, errs[0] = strconv.Atoi(parts[0])
	p.salt, errs[1] = base64.StdEncoding.DecodeString(parts[1])
	p.hash, errs[2] = base64.StdEncoding.DecodeString(parts[2])
	return p, errors.Join(errs[:]...) == nil && p.rounds >= 1000 && p.rounds <= 10_000_000 && len(p.salt) >= saltSize && len(p.hash) == sha512.Size
}

func (p Password) sum(text string) []byte {
	switch p.scheme {
	case argonScheme:
		return argon2.IDKey([]byte(text), p.salt, uint32(p.rounds), p.kib, 1, argonSize)
	case oldScheme:
		sum, err := pbkdf2.Key(sha512.New, text, p.salt, p.rounds, sha512.Size)
		if err == nil {
			return sum
		}
	}
	return nil // nothing compares equal
}

// is compares in constant time.
func (p Password) is(text string) bool {
	sum := p.sum(text)
	return len(sum) == len(p.hash) && len(sum) > 0 && subtle.ConstantTimeCompare(sum, p.hash) == 1
}

// String is never the secret.
func (Password) String() string { return hec.Secret("").String() }

// GoString is never the secret.
func (Password) GoString() string { return hec.Secret("").String() }
