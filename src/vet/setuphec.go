package vet

import (
	"context"
	"crypto/subtle"
	"errors"
	"strconv"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
	"riskreplay/src/splunkd"
)

// reasonOf is what Splunk said, without where.
func reasonOf(err error) string {
	var e *splunkd.Error
	if errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}

func checkHEC(ctx context.Context, v *visit) error {
	off, err := v.collectorOff(ctx)
	switch {
	case err != nil:
		return v.unknown("whether the HTTP Event Collector is on", err)
	case off:
		v.doubt("the HTTP Event Collector is switched off", "to replay over HEC enable it in Settings, Data inputs, HTTP Event Collector, Global settings")
	}
	tokens, err := v.hecTokens(ctx)
	if err != nil {
		return v.unknown("which tokens the HTTP Event Collector has", err)
	}
	on, acks := 0, 0
	for _, t := range tokens {
		if t.Disabled {
			continue
		}
		on++
		if t.UseACK {
			acks++
		}
	}
	switch {
	case on == 0:
		v.doubt("the HTTP Event Collector has no token that is enabled, or the user may not see it", "to replay over HEC make one in Settings, Data inputs, HTTP Event Collector")
	case acks == 0:
		v.ok(plural(on, "token") + " enabled, none with indexer acknowledgement: what was sent is not known to be indexed")
	default:
		v.ok(plural(on, "token") + " enabled, " + strconv.Itoa(acks) + " with indexer acknowledgement")
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// collectorOff tells whether the collector as a whole is switched off.
func (v *visit) collectorOff(ctx context.Context) (bool, error) {
	entries, err := v.client.Get(ctx, "/servicesNS/nobody/splunk_httpinput/data/inputs/http/http", nil)
	if err != nil || len(entries) == 0 {
		return false, orMissing(err)
	}
	return entries[0].Content.Bool("disabled"), nil
}

func (v *visit) hecTokens(ctx context.Context) ([]splunkd.Collector, error) {
	return v.tokens.get(func() ([]splunkd.Collector, error) { return v.client.Collectors(ctx) })
}

// checkHealth asks the collector itself: it is another port, and often another
// machine.
func checkHealth(ctx context.Context, v *visit) error {
	if v.collector == nil {
		return nil
	}
	o := *v.collector
	known, acks := v.acknowledges(ctx, o.Token)
	o.Ack = known && acks
	c, err := hec.New(o)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.Health(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		text := err.Error()
		var m diag.Message
		if errors.As(err, &m) {
			text = m.Text
		}
		v.wrong(text, hint(err, "look at Settings, Data inputs, HTTP Event Collector"))
		return nil
	}
	switch {
	case acks:
		v.ok("the collector is healthy, takes the token and acknowledges")
	case known:
		v.ok("the collector is healthy and takes the token, which has no indexer acknowledgement")
	default:
		v.ok("the collector is healthy and takes the token")
	}
	return nil
}

// acknowledges finds the token among those that Splunk lists, and tells whether it
// has indexer acknowledgement.
func (v *visit) acknowledges(ctx context.Context, token hec.Secret) (known, acks bool) {
	tokens, err := v.hecTokens(ctx)
	if err != nil {
		return false, false // the check before has told
	}
	for _, t := range tokens {
		if subtle.ConstantTimeCompare([]byte(t.Token.Reveal()), []byte(token)) == 1 {
			return true, t.UseACK
		}
	}
	return false, false
}
