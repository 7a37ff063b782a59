package lookup

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Locations is a database of where addresses are, in MaxMind's format (.mmdb).
// Safe for concurrent use.
type Locations struct{ db *maxminddb.Reader }

// Location is where an address is; a text is "" where the database says nothing.
type Location struct {
	City, Country, Region string
	Lat, Lon              string // decimal degrees
	Continent, Timezone   string
	MetroCode             string
}

// OpenLocations opens a file. Close lets it go.
func OpenLocations(path string) (*Locations, error) {
	db, err := maxminddb.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the locations in %q: %w", path, err)
	}
	return &Locations{db}, nil
}

// ReadLocations is the database in data, which is kept.
func ReadLocations(data []byte) (*Locations, error) {
	db, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("cannot read the locations: %w", err)
	}
	return &Locations{db}, nil
}

// Close lets the file go.
func (l *Locations) Close() error { return l.db.Close() }

type names map[string]string

// in is the name in a language, in English where there is none.
func (n names) in(lang string) string {
	if v := n[lang]; v != "" {
		return v
	}
	return n["en"]
}

// record is what databases of cities and countries have of a network.
type record struct {
	City struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"city"`
	Country struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"country"`
	Continent struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"continent"`
	Subdivisions []struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"subdivisions"`
	Location struct {
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
		MetroCode uint     `maxminddb:"metro_code"`
		TimeZone  string   `maxminddb:"time_zone"`
	} `maxminddb:"location"`
}

// Find is where an address is, with names in a language such as "de" where the
// database has it, else in English. It is false for an address that the database
// does not have, or whose record it cannot read.
func (l *Locations) Find(addr netip.Addr, lang string) (Location, bool) {
	result := l.db.Lookup(addr.Unmap().WithZone(""))
	if !result.Found() {
		return Location{}, false
	}
	var r record
	if result.Decode(&r) != nil {
		return Location{}, false
	}
	out := Location{
		City: r.City.Names.in(lang), Country: r.Country.Names.in(lang), Continent: r.Continent.Names.in(lang),
		Lat: degrees(r.Location.Latitude), Lon: degrees(r.Location.Longitude), Timezone: r.Location.TimeZone,
	}
	if len(r.Subdivisions) > 0 {
		out.Region = r.Subdivisions[0].Names.in(lang)
	}
	if r.Location.MetroCode > 0 {
		out.MetroCode = strconv.FormatUint(uint64(r.Location.MetroCode), 10)
	}
	return out, true
}

func degrees(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', 5, 64)
}
