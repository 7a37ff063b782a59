package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"riskreplay/src/diag"
)

// Admin is the user that the first start makes.
const Admin = "admin"

// maxUsers bounds the file of users.
const maxUsers = 1000

// account is a user with the password.
type account struct {
	user
	password Password
}

// Users are who may log in, as a file has them: a line NAME:ROLE:HASH each. A change
// of the file counts at once. It is safe for concurrent use.
type Users struct {
	file   string
	mu     sync.Mutex
	seen   stamp
	list   []account
	nobody Password // is compared with where there is no such user
}

// ReadUsers reads a file of users. Of a missing file the error is fs.ErrNotExist.
func ReadUsers(file string) (*Users, error) {
	list, err := readUsers(file)
	if err != nil {
		return nil, err
	}
	nobody, err := hashPassword(rand.Text())
	return &Users{file: file, seen: stampOf(file), list: list, nobody: nobody}, err
}

func readUsers(file string) ([]account, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []account
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		a, ok := parseAccount(strings.TrimSpace(line))
		if !ok || i >= maxUsers {
			return nil, diag.Message{
				Text: fmt.Sprintf("cannot read the users in %q: line %d is not of the form that was written there", file, i+1),
				Hint: "restore the file, or remove it to have a new admin's password made at the next start",
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// parseAccount reads NAME:ROLE:HASH, and the one line of earlier versions, which had
// an admin without a role.
func parseAccount(line string) (account, bool) {
	name, rest, _ := strings.Cut(line, ":")
	role, hash, _ := strings.Cut(rest, ":")
	if role == oldScheme {
		role, hash = RoleAdmin, rest
	}
	p, ok := parsePassword(hash)
	return account{user{name, role}, p}, ok && userName(name) && roles[role] != nil
}

// userName tells a name that a user may have.
func userName(name string) bool {
	return plainName(name) && !strings.ContainsAny(name, " ") && name == strings.ToLower(name)
}

// MakeUsers makes the file of users with an admin of a random password, which is
// written to plain: that file is for the person to read and remove.
func MakeUsers(file, plain string) (*Users, error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot make a password: there is a file %q", file)
	}
	text := rand.Text()
	if err := writeSecret(plain, []byte(text+"\n")); err != nil {
		return nil, err
	}
	if err := SetUser(file, Admin, RoleAdmin, text); err != nil {
		return nil, err
	}
	return ReadUsers(file)
}

// SetUser adds a user to a file, or gives one that is there another password and
// role; an empty role is the one that the user has.
func SetUser(file, name, role, password string) error {
	switch {
	case !userName(name):
		return diag.Message{Text: fmt.Sprintf("cannot name a user %q", name), Hint: "use lower-case letters, digits, - . and _, 100 at most"}
	case role != "" && roles[role] == nil:
		return diag.Message{Text: fmt.Sprintf("cannot give a user the role %q: there is no such role", role), Hint: "the roles are " + strings.Join(Roles(), " and ")}
	}
	p, err := hashPassword(password)
	if err != nil {
		return err
	}
	return replaceUser(file, account{user{name, role}, p})
}

// replaceUser writes a user to a file, in place of the one of that name; without a
// role it has to be there.
func replaceUser(file string, a account) error {
	confLock.Lock()
	defer confLock.Unlock()
	list, err := readUsers(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	at := slices.IndexFunc(list, func(b account) bool { return b.name == a.name })
	switch {
	case at >= 0 && a.role == "":
		a.role = list[at].role
	case a.role == "":
		return noUser(a.name)
	case at < 0:
		at, list = len(list), append(list, account{})
	}
	list[at] = a
	if !hasAdmin(list) {
		return diag.Message{Text: fmt.Sprintf("cannot change the role of %q: nobody would be an admin", a.name), Hint: "make another user of the role admin first"}
	}
	return writeUsers(file, list)
}

func hasAdmin(list []account) bool {
	return slices.ContainsFunc(list, func(a account) bool { return a.role == RoleAdmin })
}

// change gives a user of the file another role or password; what is empty stays.
func (u *Users) change(name, role, password string) error {
	a, there := u.find(name)
	if !there {
		return noUser(name)
	}
	if password != "" {
		return SetUser(u.file, name, role, password)
	}
	if role == "" {
		return diag.Message{Text: "expected a password or roles"}
	}
	a.role = role
	return replaceUser(u.file, a)
}

func noUser(name string) error {
	return diag.Message{Text: fmt.Sprintf("there is no user %q", name), Hint: "riskreplay serve user list says who there is"}
}

// RemoveUser removes a user from a file. The last admin stays.
func RemoveUser(file, name string) error {
	confLock.Lock()
	defer confLock.Unlock()
	list, err := readUsers(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	at := slices.IndexFunc(list, func(a account) bool { return a.name == name })
	if at < 0 {
		return noUser(name)
	}
	list = slices.Delete(list, at, at+1)
	if !hasAdmin(list) {
		return diag.Message{Text: fmt.Sprintf("cannot remove %q: nobody would be an admin", name), Hint: "make another user of the role admin first"}
	}
	return writeUsers(file, list)
}

func writeUsers(file string, list []account) error {
	var b strings.Builder
	for _, a := range list {
		b.WriteString(a.name + ":" + a.role + ":" + a.password.line() + "\n")
	}
	return writeSecret(file, []byte(b.String()))
}

// current are the users as the file has them now. While the file cannot be read
// those of before it go on.
func (u *Users) current() []account {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := stampOf(u.file); !now.same(u.seen) {
		u.seen = now
		if list, err := readUsers(u.file); err == nil {
			u.list = list
		}
	}
	return u.list
}

// User is a user as a list has it.
type User struct{ Name, Role string }

// ListUsers are the users of a file, in its order.
func ListUsers(file string) ([]User, error) {
	list, err := readUsers(file)
	if err != nil {
		return nil, err
	}
	var out []User
	for _, a := range list {
		out = append(out, User{a.name, a.role})
	}
	return out, nil
}

// find gives a user's account.
func (u *Users) find(name string) (account, bool) {
	for _, a := range u.current() {
		if a.name == name {
			return a, true
		}
	}
	return account{password: u.nobody}, false
}

// check tells whether name and password are a user's. It takes the same time for
// who is none.
func (u *Users) check(name, password string) (account, bool) {
	a, there := u.find(strings.ToLower(name))
	right := len(password) <= maxPassword && a.password.is(password)
	return a, right && there
}
