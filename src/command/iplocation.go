package command

import (
	"net/netip"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/lookup"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var iplocationSpec = search.Spec{
	Name: "iplocation", Kind: search.Streaming,
	Syntax:  "iplocation [prefix=<text>] [allfields=<bool>] [lang=<code>] <field>",
	Help:    "adds City, Country, Region, lat and lon of an address, as the MaxMind database of --geoip has them, or that which limits.conf of an app names, or the app's lookup file iplocation.csv: a column network and one of each field",
	Example: `| iplocation src | where Country!="Germany"`,
	Bind:    bindIplocation,
}

// locations is the lookup file that stands for Splunk's database of locations.
const locations = "iplocation.csv"

// iplocation looks addresses up. Without a database and without the file, or where
// no network holds the address, rows stay as they are.
type iplocation struct {
	shown
	field, prefix string
	lang          string
	made          []string
}

func bindIplocation(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	s := &iplocation{shown: shown{st}, field: st.Fields[0].Text, prefix: a.text("prefix", ""), lang: a.text("lang", "en"), made: []string{"City", "Country", "Region", "lat", "lon"}}
	if a.boolean("allfields", false) {
		s.made = append(s.made, "Continent", "MetroCode", "Timezone")
	}
	return s, a.problems
}

func (s *iplocation) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "there is no address", s.st.Fields...)
	for _, n := range s.made {
		in = in.With(s.prefix + n)
	}
	return in, problems
}

func (s *iplocation) Needs(want []string) []string {
	return append(want[:len(want):len(want)], s.field)
}

func (s *iplocation) Order() search.Order { return search.OrderKept }

func (s *iplocation) Open(w search.World) (search.Operator, error) {
	find := s.finder(w)
	if find == nil {
		m := s.st.Problem(s.st.NameSpan, "iplocation has no locations: no row gets one", "--geoip takes a MaxMind database; a lookup file "+locations+" of an app, with the columns network, Country, City and so on, is taken too")
		m.Severity = diag.Warning
		w.Warn(m)
		return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return b, nil }), nil
	}
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		x := newExtraction(b.Len)
		x.each(b.Column(s.field), func(text string) {
			addr, err := netip.ParseAddr(strings.TrimSpace(text))
			if err != nil {
				return
			}
			find(addr.Unmap().WithZone(""), func(name, value string) {
				if value != "" && slices.Contains(s.made, name) {
					x.set(x.column(s.prefix+name), value)
				}
			})
		})
		return x.into(b), nil
	}), nil
}

// finder tells the fields of an address: those of the database, or of the lookup
// file where there is none. It is nil when there is neither.
func (s *iplocation) finder(w search.World) func(addr netip.Addr, field func(name, value string)) {
	if db := w.Locations(); db != nil {
		return func(addr netip.Addr, field func(name, value string)) {
			l, _ := db.Find(addr, s.lang)
			for _, f := range [][2]string{
				{"City", l.City},
				{"Country", l.Country},
				{"Region", l.Region},
				{"lat", l.Lat},
				{"lon", l.Lon},
				{"Continent", l.Continent},
				{"MetroCode", l.MetroCode},
				{"Timezone", l.Timezone},
			} {
				field(f[0], f[1])
			}
		}
	}
	t, _ := w.Lookup(locations)
	nets := readNetworks(t)
	if nets == nil {
		return nil
	}
	return func(addr netip.Addr, field func(name, value string)) {
		row, ok := nets.find(addr)
		if !ok {
			return
		}
		for _, n := range s.made {
			if c := nets.column(n); c >= 0 {
				field(n, t.Value(row, c))
			}
		}
	}
}

// networks finds the row of the narrowest network that holds an address.
type networks struct {
	header []string
	rows   map[netip.Prefix]int
	bits   []int // lengths of prefixes, longest first
}

// readNetworks reads the column network; nil when there is none.
func readNetworks(t *lookup.Table) *networks {
	if t == nil {
		return nil
	}
	n := &networks{rows: map[netip.Prefix]int{}}
	for _, h := range t.Header() {
		n.header = append(n.header, strings.ToLower(h))
	}
	at := n.column("network")
	if at < 0 {
		return nil
	}
	for r := range t.Len() {
		text := strings.TrimSpace(t.Value(r, at))
		p, err := netip.ParsePrefix(text)
		if addr, err2 := netip.ParseAddr(text); err2 == nil {
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			continue
		}
		if p = p.Masked(); !slices.Contains(n.bits, p.Bits()) {
			n.bits = append(n.bits, p.Bits())
		}
		if _, taken := n.rows[p]; !taken {
			n.rows[p] = r
		}
	}
	slices.Sort(n.bits)
	slices.Reverse(n.bits)
	return n
}

func (n *networks) column(name string) int { return slices.Index(n.header, strings.ToLower(name)) }

func (n *networks) find(addr netip.Addr) (row int, ok bool) {
	for _, bits := range n.bits {
		p, err := addr.Prefix(bits)
		if err != nil {
			continue
		}
		if row, ok = n.rows[p]; ok {
			return row, true
		}
	}
	return 0, false
}
