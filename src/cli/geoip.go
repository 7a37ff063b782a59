package cli

import (
	"github.com/spf13/cobra"

	"riskreplay/src/lookup"
)

// addGeoip adds the flag for the database that iplocation looks into.
func (f *targetFlags) addGeoip(c *cobra.Command) {
	c.Flags().StringVar(&f.geoip, "geoip", "", "MaxMind database (.mmdb) of cities or countries that iplocation looks into")
}

// openLocations opens the database; "" is none.
func openLocations(path string) (*lookup.Locations, error) {
	if path == "" {
		return nil, nil
	}
	l, err := lookup.OpenLocations(path)
	if err != nil {
		return nil, environmentError{err}
	}
	return l, nil
}
