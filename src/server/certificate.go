package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
)

const (
	certificateLife = 397 * 24 * time.Hour // clients refuse what is valid for longer
	renewBefore     = 30 * 24 * time.Hour
)

// Certificate is what the server shows to clients that speak TLS: one of its own,
// which is made anew before it expires, or one that was given, which is read anew
// when its files change. It is safe for concurrent use.
type Certificate struct {
	clock     clock.Clock
	cert, key string   // files; one when it is the server's own
	names     []string // of the server's own
	warn      func(diag.Message)

	mu   sync.Mutex
	seen [2]stamp
	now  *tls.Certificate
	leaf *x509.Certificate
}

// OwnCertificate is a self-signed certificate in file with its key, made when it is
// missing, will expire within 30 days or does not name all of names (hosts and
// addresses). The file is its owner's alone; beside it, with the end .crt, is the
// certificate without the key, for clients that are to trust it.
func OwnCertificate(file string, names []string, c clock.Clock, warn func(diag.Message)) (*Certificate, error) {
	o := &Certificate{clock: c, cert: file, key: file, names: names, warn: warn}
	err := o.read()
	if errors.Is(err, fs.ErrNotExist) || err == nil && o.outdated() {
		err = o.renew()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot use the certificate %q: %w", file, err)
	}
	return o, nil
}

// GivenCertificate is a certificate and its key in PEM files; the chain's other
// certificates stand behind the first.
func GivenCertificate(cert, key string, c clock.Clock, warn func(diag.Message)) (*Certificate, error) {
	o := &Certificate{clock: c, cert: cert, key: key, warn: warn}
	if err := o.read(); err != nil {
		return nil, diag.Message{Text: fmt.Sprintf("cannot use the certificate %q with the key %q: %v", cert, key, err), Hint: "both are PEM; the key has no passphrase", Cause: err}
	}
	if o.clock.Now().After(o.leaf.NotAfter) {
		o.warn(diag.Message{Severity: diag.Warning, Text: fmt.Sprintf("the certificate %q has expired: clients will refuse it", cert)})
	}
	return o, nil
}

// Config is TLS 1.2 or later with the certificate as it is at each handshake.
func (o *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return o.current(), nil },
	}
}

// current is the certificate as it is now. What cannot be read or made leaves the
// one of before.
func (o *Certificate) current() *tls.Certificate {
	o.mu.Lock()
	defer o.mu.Unlock()
	var err error
	switch {
	case len(o.names) > 0 && o.expiring():
		err = o.renew()
	case !o.seen[0].same(stampOf(o.cert)) || !o.seen[1].same(stampOf(o.key)):
		err = o.read()
	}
	if err != nil {
		o.seen = [2]stamp{stampOf(o.cert), stampOf(o.key)} // said once
		o.warn(diag.Message{Severity: diag.Warning, Text: fmt.Sprintf("cannot renew the certificate %q: the one of before goes on: %v", o.cert, err), Cause: err})
	}
	return o.now
}

func (o *Certificate) read() error {
	seen := [2]stamp{stampOf(o.cert), stampOf(o.key)}
	cert, err := os.ReadFile(o.cert)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(o.key)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err == nil {
		o.now, o.leaf, o.seen = &pair, leaf, seen
	}
	return err
}

func (o *Certificate) expiring() bool {
	now := o.clock.Now()
	return now.Add(renewBefore).After(o.leaf.NotAfter) || now.Before(o.leaf.NotBefore)
}

func (o *Certificate) outdated() bool {
	for _, name := range o.names {
		if o.leaf.VerifyHostname(name) != nil {
			return true
		}
	}
	return o.expiring()
}

// renew makes a certificate with a key of its own.
func (o *Certificate) renew() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := o.clock.Now()
	form := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: o.names[0], Organization: []string{"RiskReplay"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, name := range o.names {
		if ip := net.ParseIP(name); ip != nil {
			form.IPAddresses = append(form.IPAddresses, ip)
		} else {
			form.DNSNames = append(form.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return o.write(der, secret)
}

func (o *Certificate) write(der, secret []byte) error {
	if err := os.MkdirAll(filepath.Dir(o.cert), 0o700); err != nil {
		return err
	}
	var public, all bytes.Buffer
	_ = pem.Encode(&public, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes everything
	all.Write(public.Bytes())
	_ = pem.Encode(&all, &pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	if err := writeSecret(o.cert, all.Bytes()); err != nil {
		return err
	}
	if err := writeSecret(PublicCertificate(o.cert), public.Bytes()); err != nil {
		return err
	}
	return o.read()
}

// PublicCertificate is where the server's own certificate lies without its key.
func PublicCertificate(file string) string {
	return file[:len(file)-len(filepath.Ext(file))] + ".crt"
}
