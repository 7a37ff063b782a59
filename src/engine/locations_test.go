package engine

import (
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/lookup"
	"riskreplay/src/results"
)

// TestIplocation: locations come from the database of the options, else from that
// which limits.conf of an app names, else from the lookup file.
func TestIplocation(t *testing.T) {
	data, err := os.ReadFile("../../testdata/geoip/networks.mmdb")
	require.NoError(t, err)
	table := &fstest.MapFile{Data: []byte("network,City,Country\n192.0.2.0/24,Table,T\n")}
	given, err := lookup.ReadLocations(data)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		options  Options
		files    fstest.MapFS
		search   string
		want     string
		problems string
	}{
		"options": {
			options: Options{Locations: given}, files: fstest.MapFS{"lookups/iplocation.csv": table},
			search: "iplocation ip", want: "Munich|Germany|Bavaria|48.13743|-11.50000||",
		},
		"all fields, another language": {
			options: Options{Locations: given}, search: "iplocation allfields=t lang=de ip", want: "München|Deutschland|Bayern|48.13743|-11.50000|Europa|Europe/Berlin",
		},
		"limits.conf": {
			files:  fstest.MapFS{"default/limits.conf": {Data: []byte("[iplocation]\ndb_path = lookups/n.mmdb\n")}, "lookups/n.mmdb": {Data: data}, "lookups/iplocation.csv": table},
			search: "iplocation ip", want: "Munich|Germany|Bavaria|48.13743|-11.50000||",
		},
		"limits.conf names what is not there": {
			files:  fstest.MapFS{"default/limits.conf": {Data: []byte("[iplocation]\ndb_path = /etc/n.mmdb\n")}, "lookups/iplocation.csv": table},
			search: "iplocation ip", want: "Table|T|||||", problems: `cannot read the locations "/etc/n.mmdb": no app has that file`,
		},
		"limits.conf names a broken file": {
			files:  fstest.MapFS{"default/limits.conf": {Data: []byte("[iplocation]\ndb_path = n.mmdb\n")}, "n.mmdb": {Data: data[:100]}},
			search: "iplocation ip", want: "||||||", problems: `cannot read the locations "n.mmdb"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Apps, c.options.App = []conf.App{{ID: "a", FS: c.files}}, "a"
			if c.files == nil {
				c.options.Apps[0].FS = fstest.MapFS{}
			}
			e, problems := New(c.options)
			if c.problems == "" {
				require.NoError(t, problems.Err())
			} else {
				require.Len(t, problems, 1)
				require.Contains(t, problems[0].Error(), c.problems)
			}
			require.NoError(t, e.Append(t.Context(), []event.Event{{Time: 1, Index: "main", Raw: []byte("ip=192.0.2.7")}}))
			r, err := e.Run(t.Context(), job.Request{Now: time.Unix(10, 0), Search: "* | " + c.search + ` | fillnull value="" City Country Region lat lon Continent Timezone | eval all=City."|".Country."|".Region."|".lat."|".lon."|".Continent."|".Timezone | table all`})
			require.NoError(t, err)
			rows, err := results.ReadAll(t.Context(), r.Rows)
			require.NoError(t, err)
			require.Equal(t, c.want, rows.Column("all").Text(0))
		})
	}
}
