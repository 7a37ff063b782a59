package lookup

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// database writes a tiny .mmdb: one IPv4 network with a record, all else without.
// The format is a binary tree over the bits of addresses, 24 bits a record, then
// 16 zero bytes, data, and metadata behind a mark.
func database(network netip.Prefix, data map[string]any) []byte {
	bits := network.Bits()
	addr := network.Addr().As4()
	nodes := uint32(bits)
	var tree bytes.Buffer
	for i := range bits {
		next := uint32(i + 1)
		if i == bits-1 {
			next = nodes + 16 // the record at the start of the data
		}
		pair := [2]uint32{nodes, nodes} // nothing is known there
		pair[addr[i/8]>>(7-i%8)&1] = next
		for _, n := range pair {
			tree.Write([]byte{byte(n >> 16), byte(n >> 8), byte(n)})
		}
	}
	out := append(tree.Bytes(), make([]byte, 16)...)
	out = encode(out, data)
	out = append(out, "\xab\xcd\xefMaxMind.com"...)
	return encode(out, map[string]any{
		"node_count": nodes, "record_size": uint16(24), "ip_version": uint16(4), "database_type": "Test-City",
		"languages": []any{"en"}, "binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0),
		"build_epoch": uint64(1768479600), "description": map[string]any{"en": "a test"},
	})
}

// encode appends a value: a byte with its kind and length, then its bytes.
func encode(out []byte, v any) []byte {
	head := func(kind, n int) {
		first := kind << 5
		if kind > 7 {
			first = 0
		}
		switch {
		case n < 29:
			out = append(out, byte(first|n))
		default:
			out = append(out, byte(first|29))
		}
		if kind > 7 {
			out = append(out, byte(kind-7))
		}
		if n >= 29 {
			out = append(out, byte(n-29))
		}
	}
	number := func(kind int, n uint64) {
		b := bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, n), "\x00")
		head(kind, len(b))
		out = append(out, b...)
	}
	switch v := v.(type) {
	case string:
		head(2, len(v))
		out = append(out, v...)
	case float64:
		head(3, 8)
		out = binary.BigEndian.AppendUint64(out, math.Float64bits(v))
	case uint16:
		number(5, uint64(v))
	case uint32:
		number(6, uint64(v))
	case uint64:
		number(9, v)
	case []any:
		head(11, len(v))
		for _, x := range v {
			out = encode(out, x)
		}
	case map[string]any:
		head(7, len(v))
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			out = encode(encode(out, k), v[k])
		}
	}
	return out
}

func testDatabase() []byte {
	named := func(en, de string) map[string]any {
		return map[string]any{"names": map[string]any{"en": en, "de": de}}
	}
	return database(netip.MustParsePrefix("192.0.2.0/24"), map[string]any{
		"city": named("Munich", "München"), "country": named("Germany", "Deutschland"), "continent": named("Europe", "Europa"),
		"subdivisions": []any{named("Bavaria", "Bayern")},
		"location":     map[string]any{"latitude": 48.13743, "longitude": -11.5, "metro_code": uint16(7), "time_zone": "Europe/Berlin"},
	})
}

func TestLocations(t *testing.T) {
	l, err := ReadLocations(testDatabase())
	require.NoError(t, err)
	want := Location{City: "Munich", Country: "Germany", Region: "Bavaria", Lat: "48.13743", Lon: "-11.50000", Continent: "Europe", Timezone: "Europe/Berlin", MetroCode: "7"}
	for _, a := range []string{"192.0.2.1", "192.0.2.255", "::ffff:192.0.2.9"} {
		got, ok := l.Find(netip.MustParseAddr(a), "")
		require.True(t, ok, a)
		require.Equal(t, want, got, a)
	}
	got, _ := l.Find(netip.MustParseAddr("192.0.2.1"), "de")
	require.Equal(t, "München Deutschland Bayern", got.City+" "+got.Country+" "+got.Region)
	for _, a := range []string{"192.0.3.1", "10.0.0.1", "2001:db8::1"} {
		_, ok := l.Find(netip.MustParseAddr(a), "")
		require.False(t, ok, a)
	}
	require.NoError(t, l.Close())
}

// TestLocationsFile: the file that tests of other packages read is this database.
func TestLocationsFile(t *testing.T) {
	const path = "../../testdata/geoip/networks.mmdb"
	if os.Getenv("RISKREPLAY_UPDATE") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, testDatabase(), 0o644))
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, testDatabase(), data, "RISKREPLAY_UPDATE=1 writes it")
}

func TestLocationsOfFiles(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "a.mmdb"), filepath.Join(dir, "b.mmdb")
	require.NoError(t, os.WriteFile(good, testDatabase(), 0o600))
	require.NoError(t, os.WriteFile(bad, []byte("no database"), 0o600))
	l, err := OpenLocations(good)
	require.NoError(t, err)
	_, ok := l.Find(netip.MustParseAddr("192.0.2.1"), "")
	require.True(t, ok)
	require.NoError(t, l.Close())
	_, err = OpenLocations(bad)
	require.ErrorContains(t, err, `cannot read the locations in "`)
	_, err = OpenLocations(filepath.Join(dir, "missing.mmdb"))
	require.ErrorContains(t, err, "missing.mmdb")
}

// FuzzLocations: a broken database is an error or no answer, never a panic.
func FuzzLocations(f *testing.F) {
	f.Add(testDatabase())
	f.Add(testDatabase()[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ReadLocations(data)
		if err != nil {
			return
		}
		for _, a := range []string{"192.0.2.1", "10.0.0.1", "2001:db8::1"} {
			l.Find(netip.MustParseAddr(a), "en")
		}
		require.NoError(t, l.Close())
	})
}
