package server

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"riskreplay/src/hec"
)

// Admin is the user that there is.
const Admin = "admin"

// hashRounds is what a guess of a password costs; a file may ask for others.
const hashRounds = 210_000

// Password is a password as it is kept: PBKDF2 with SHA-512 and a salt of its own.
type Password struct {
	rounds     int
	salt, hash []byte
}

const passwordScheme = "pbkdf2-sha512"

// ReadPassword reads the admin's password from a file with one line
// admin:pbkdf2-sha512:ROUNDS:SALT:HASH. Of a missing file the error is
// fs.ErrNotExist.
func ReadPassword(file string) (Password, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Password{}, err
	}
	p, ok := parsePassword(strings.TrimSpace(string(data)))
	if !ok {
		return Password{}, fmt.Errorf("cannot read the password in %q: it is not of the form that was written there; remove the file to have a new one made", file)
	}
	return p, nil
}

func parsePassword(text string) (p Password, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 5 || parts[0] != Admin || parts[1] != passwordScheme {
		return p, false
	}
	var errs [3]error
	p.rounds, errs[0] = strconv.Atoi(parts[2])
	p.salt, errs[1] = base64.StdEncoding.DecodeString(parts[3])
	p.hash, errs[2] = base64.StdEncoding.DecodeString(parts[4])
	return p, errors.Join(errs[:]...) == nil && p.rounds >= 1000 && p.rounds <= 10_000_000 && len(p.salt) >= 16 && len(p.hash) == sha512.Size
}

// MakePassword makes a random password, writes it hashed to file and as it is to
// plain; both are their owner's alone. plain is for the person to read and remove.
func MakePassword(file, plain string) (Password, error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return Password{}, fmt.Errorf("cannot make a password: there is a file %q", file)
	}
	text := rand.Text()
	p := Password{rounds: hashRounds, salt: make([]byte, 16)}
	_, _ = rand.Read(p.salt) // never fails
	p.hash = p.sum(text)
	if err := writeSecret(plain, []byte(text+"\n")); err != nil {
		return p, err
	}
	line := fmt.Sprintf("%s:%s:%d:%s:%s\n", Admin, passwordScheme, p.rounds, base64.StdEncoding.EncodeToString(p.salt), base64.StdEncoding.EncodeToString(p.hash))
	return p, writeSecret(file, []byte(line))
}

func (p Password) sum(text string) []byte {
	sum, err := pbkdf2.Key(sha512.New, text, p.salt, p.rounds, sha512.Size)
	if err != nil {
		return nil // in a mode that knows no such hash; nothing compares equal
	}
	return sum
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
