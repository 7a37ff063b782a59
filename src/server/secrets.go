package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"riskreplay/src/conf"
)

// Secrets encrypts what storage/passwords keeps: AES-256 in GCM, with a key in a file
// that is its owner's alone.
type Secrets struct{ box cipher.AEAD }

// secretScheme begins an encrypted value; Splunk's own begin with $7$.
const secretScheme = "$rr1$"

// maxSecret bounds a password that is kept.
const maxSecret = 64 << 10

// OpenSecrets reads the key in a file, or makes it.
func OpenSecrets(file string) (*Secrets, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails
		text = []byte(hex.EncodeToString(key) + "\n")
		err = writeSecret(file, text)
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("cannot read the key in %q: expected 64 hexadecimal digits; without that key the passwords in passwords.conf are lost", file)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	box, err := cipher.NewGCM(block)
	return &Secrets{box}, err
}

// seal encrypts a text for a place, such as an app's stanza: it opens nowhere else.
func (s *Secrets) seal(text, place string) string {
	nonce := make([]byte, s.box.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return secretScheme + base64.StdEncoding.EncodeToString(s.box.Seal(nonce, nonce, []byte(text), []byte(place)))
}

func (s *Secrets) open(sealed, place string) (string, bool) {
	text, ok := strings.CutPrefix(sealed, secretScheme)
	data, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(data) < s.box.NonceSize() {
		return "", false
	}
	plain, err := s.box.Open(nil, data[:s.box.NonceSize()], data[s.box.NonceSize():], []byte(place))
	return string(plain), err == nil
}

const (
	passwordsConf = "passwords.conf"
	credential    = "credential:" // begins a stanza's name
)

// secretRoutes are the rows of storage/passwords.
func (a *API) secretRoutes() []route {
	if a.o.Secrets == nil {
		return nil
	}
	const all, one = "/storage/passwords", "/storage/passwords/{name}"
	return []route{
		{"GET", all, mayPasswords, a.listSecrets},
		{"POST", all, mayPasswords, a.createSecret},
		{"GET", one, mayPasswords, a.showSecret},
		{"POST", one, mayPasswords, a.editSecret},
		{"DELETE", one, mayPasswords, a.removeSecret},
	}
}

// colons escapes what separates realm and name, and itself.
var colons = strings.NewReplacer(`\`, `\\`, `:`, `\:`)

// splitSecret is realm and name of REALM:NAME:, as colons has escaped them.
func splitSecret(text string) (realm, name string) {
	parts := []string{""}
	escaped := false
	for _, r := range text {
		last := len(parts) - 1
		switch {
		case escaped:
			parts[last] += string(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ':':
			parts = append(parts, "")
		default:
			parts[last] += string(r)
		}
	}
	return parts[0], strings.Join(parts[1:min(2, len(parts))], "")
}

func (a *API) secretEntry(c *call, s *conf.Stanza) entry {
	key := strings.TrimPrefix(s.Name, credential)
	realm, name := splitSecret(key)
	content := map[string]any{"realm": realm, "username": name, "password": "********", "encr_password": s.Get("password")}
	if plain, ok := a.o.Secrets.open(s.Get("password"), s.App+"/"+s.Name); ok {
		content["clear_password"] = plain
	}
	return entry{
		name: key, path: "/servicesNS/nobody/" + segment(s.App) + "/storage/passwords/" + segment(key), updated: c.now, content: content,
		acl: &access{app: s.App, owner: "nobody", sharing: "app", removable: true}, fields: &fieldNames{optional: []string{"password"}}, actions: []string{"edit", "remove"},
	}
}

func (a *API) listSecrets(c *call) {
	o, ok := a.in(c, objects{file: passwordsConf, path: "/storage/passwords"})
	if !ok {
		return
	}
	var list []entry
	for _, s := range a.all(c, o) {
		if strings.HasPrefix(s.Name, credential) {
			list = append(list, a.secretEntry(c, s))
		}
	}
	a.sendFeed(c, list)
}

// secretNamed is the password that a path names, with or without the last colon; nil
// and an answer when there is none.
func (a *API) secretNamed(c *call) (objects, *conf.Stanza) {
	o, ok := a.in(c, objects{file: passwordsConf, path: "/storage/passwords"})
	if !ok {
		return o, nil
	}
	name := credential + strings.TrimSuffix(c.part("name"), ":")
	for _, s := range a.all(c, o) {
		if strings.TrimSuffix(s.Name, ":") == name {
			return o, s
		}
	}
	c.refuse(http.StatusNotFound, "ERROR", "Could not find object id="+c.part("name"))
	return o, nil
}

func (a *API) showSecret(c *call) {
	if _, s := a.secretNamed(c); s != nil {
		a.sendFeed(c, []entry{a.secretEntry(c, s)})
	}
}

func (a *API) createSecret(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	o, ok := a.in(c, objects{file: passwordsConf, path: "/storage/passwords"})
	if !ok {
		return
	}
	app, name, password := a.namespace(c), c.body.Get("name"), c.body.Get("password")
	stanza := credential + colons.Replace(c.body.Get("realm")) + ":" + colons.Replace(name) + ":"
	switch {
	case app == "-" || c.part("owner") == "-":
		c.refuse(http.StatusBadRequest, "ERROR", "cannot write with a wildcard in the namespace: name the app")
		return
	case strings.TrimSpace(name) == "" || password == "" || len(password) > maxSecret || len(stanza) > 2048:
		c.refuse(http.StatusBadRequest, "ERROR", "expected name and password")
		return
	case a.lookup(c, o, stanza) != nil:
		c.refuse(http.StatusConflict, "ERROR", "Object id="+strings.TrimPrefix(stanza, credential)+" already exists")
		return
	}
	a.writeSecretOf(c, o, app, stanza, http.StatusCreated)
}

func (a *API) editSecret(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	o, s := a.secretNamed(c)
	if s == nil {
		return
	}
	if password := c.body.Get("password"); password == "" || len(password) > maxSecret {
		c.refuse(http.StatusBadRequest, "ERROR", "expected password")
		return
	}
	a.writeSecretOf(c, o, s.App, s.Name, http.StatusOK)
}

// writeSecretOf keeps the password of a call under a stanza.
func (a *API) writeSecretOf(c *call, o objects, app, stanza string, status int) {
	sealed := a.o.Secrets.seal(c.body.Get("password"), app+"/"+stanza)
	if err := a.o.Layers.edit(app, passwordsConf, stanza, []conf.Setting{{Key: "password", Value: sealed}}); err != nil {
		c.refuseWrite(err)
		return
	}
	a.audit(c, "write password", "succeeded", map[string]string{"object": strings.TrimPrefix(stanza, credential), "app": app})
	s := a.lookup(c, o, stanza)
	if s == nil {
		c.refuse(http.StatusInternalServerError, "ERROR", "the password cannot be read again")
		return
	}
	a.sendFeedAs(c, status, []entry{a.secretEntry(c, s)})
}

func (a *API) removeSecret(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	_, s := a.secretNamed(c)
	if s == nil {
		return
	}
	if err := a.o.Layers.remove(s.App, passwordsConf, s.Name); err != nil {
		c.refuseWrite(err)
		return
	}
	a.audit(c, "remove password", "succeeded", map[string]string{"object": strings.TrimPrefix(s.Name, credential), "app": s.App})
	a.listSecrets(c)
}
