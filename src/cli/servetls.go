package cli

import (
	"errors"
	"net"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/server"
)

// tlsOptions say how the ports speak.
type tlsOptions struct {
	only      bool
	cert, key string
}

func (o *tlsOptions) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.only, "tls", false, "speak https alone; without it http is answered too, and only loopback addresses are listened on")
	c.Flags().StringVar(&o.cert, "cert", "", "PEM file of the certificate to show, with its chain (default one of its own, DIR/auth/server.pem)")
	c.Flags().StringVar(&o.key, "key", "", "PEM file of the certificate's key")
}

func (o *tlsOptions) check() error {
	if (o.cert == "") != (o.key == "") {
		return usageError{errors.New("--cert and --key come together")}
	}
	return nil
}

// ownCertificate is where the server's own certificate lies.
func (o *serveOptions) ownCertificate() string { return filepath.Join(o.home, "auth", "server.pem") }

// certificate goes by the machine's clock whatever --now says: clients do.
func (o *serveOptions) certificate() (*server.Certificate, error) {
	warn := func(m diag.Message) { o.say(diag.List{m}) }
	if o.tls.cert != "" {
		return server.GivenCertificate(o.tls.cert, o.tls.key, clock.Real{}, warn)
	}
	return server.OwnCertificate(o.ownCertificate(), certificateNames(o.hec, o.api), clock.Real{}, warn)
}

// certificateNames are what clients may call this machine: its name, loopback, and
// the addresses that are listened on.
func certificateNames(addresses ...string) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(hostName())
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || host != "" && (ip == nil || !ip.IsUnspecified()) {
			add(host)
			continue
		}
		all, _ := net.InterfaceAddrs() // one that has none is reached by its name
		for _, a := range all {
			if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
				add(n.IP.String())
			}
		}
	}
	return names
}

// listen opens both ports; the first is the collector's.
func (o *serveOptions) listen() (list [2]net.Listener, err error) {
	how := server.ListenOptions{Only: o.tls.only}
	if how.Certificate, err = o.certificate(); err != nil {
		return list, err
	}
	for i, address := range []string{o.hec, o.api} {
		if list[i], err = server.Listen(address, how); err != nil {
			return list, err // the process ends, and its listeners with it
		}
	}
	return list, nil
}

// url is the address of a port.
func (o *serveOptions) url(l net.Listener) string {
	if o.tls.only {
		return "https://" + l.Addr().String()
	}
	return "http://" + l.Addr().String()
}
